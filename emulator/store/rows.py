"""What is stored. A row is not a response: rendering is the resources' business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from emulator.schema.check import Value

AccountType = Literal["standard", "express", "custom", "none"]
Payer = Literal["account", "application", "application_custom", "application_express"]
Party = Literal["application", "stripe"]
Dashboard = Literal["express", "full", "none"]


@dataclass(frozen=True, slots=True)
class Controller:
    """Who is responsible for what on a connected account."""

    fees_payer: Payer
    losses_payments: Party
    requirement_collection: Party
    dashboard: Dashboard


@dataclass(frozen=True, slots=True)
class Individual:
    """The person behind an account of an individual; what is known of them is in the account's fields."""

    id: str
    created: int


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account, or the platform's own. `fields` holds what was sent, nested as in the API.

    `onboarded` says that nothing is asked any more, as after a completed hosted onboarding.
    """

    id: str
    created: int
    type: AccountType
    controller: Controller
    country: str
    default_currency: str
    email: str | None = None
    business_type: str | None = None
    capabilities: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Value] = field(default_factory=dict)
    rejected: str | None = None
    individual: Individual | None = None
    onboarded: bool = False


class Session(NamedTuple):
    """An account session. Kept as an exact tuple, which the garbage collector does not walk.

    `enabled` and `features` are sets of bits over the rows of the component table; times are unix seconds.
    """

    client_secret: str
    account: str
    created: int
    expires_at: int
    enabled: int
    features: int
    layout: str


class Attempt(NamedTuple):
    """One try to claim a secret."""

    at: int
    outcome: str


class BrowserSession(NamedTuple):
    """What a claimed secret became: a token of its own lifetime that acts for one account."""

    token: str
    client_secret: str
    account: str
    created: int
    expires_at: int
