"""The typed rows of the store. Resources render them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from emulator.schema.check import Value
from emulator.wire.dataclasses import dataclass
from emulator.wire.namedtuples import NamedTuple

AccountType = Literal["standard", "express", "custom", "none"]
Payer = Literal["account", "application", "application_custom", "application_express"]
Party = Literal["application", "stripe"]
Dashboard = Literal["express", "full", "none"]
TokenKind = Literal["account", "bank_account", "card", "person"]
Verdict = Literal["verified", "failed", "pending"]
PriorStatus = Literal["none", "charges", "payouts"]


@dataclass(frozen=True, slots=True)
class Controller:
    """The controller properties of an account."""

    fees_payer: Payer
    losses_payments: Party
    requirement_collection: Party
    dashboard: Dashboard


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Person:
    """A person of an account. `fields` holds the sent parameters, nested as in the API, numbers and tokens included.

    `ready_at` is the unix second at which each check ends. `updated_at` is the second of the last update, 0 without
    one.
    """

    id: str
    account: str
    created: int
    fields: Mapping[str, Value] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    ready_at: Mapping[str, int] = field(default_factory=dict)
    updated_at: int = 0


@dataclass(frozen=True, slots=True, weakref_slot=True)
class ExternalAccount:
    """A bank account or a debit card for the payouts of an account.

    `number` and `routing`, of a bank account, are as sent; `fields` holds further properties of the response. It is
    `errored` after a payout that failed, until it is updated.
    """

    id: str
    account: str
    created: int
    object: Literal["bank_account", "card"]
    country: str
    currency: str
    number: str
    fingerprint: str
    default_for_currency: bool
    routing: str | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    errored: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A single-use token. `params` are those of the request that created it.

    `source` is its bank account or card. Only tokens of v2 have `expires_at`, a unix second; those of persons belong
    to one `account`.
    """

    id: str
    kind: TokenKind
    created: int
    params: Mapping[str, Value] = field(default_factory=dict)
    source: ExternalAccount | None = None
    account: str | None = None
    expires_at: int | None = None
    used: bool = False

    @property
    def v2(self) -> bool:
        """Whether it was created by v2; v1 does not accept it."""
        return self.expires_at is not None


class ForcedStatus(NamedTuple):
    """The status of a capability set by a test; it overrides the derived one."""

    status: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class AccountV2Fields:
    """Properties of an account that only v2 has. `fields` holds parameters without a v1 equivalent, nested as in v2.

    `applied` are its configurations, `known` also those that were deactivated; `dashboard` is None for configurations
    that need none; `country` is true if the country was sent.
    """

    applied: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    dashboard: Dashboard | None = None
    country: bool = False
    fields: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Account:
    """A connected account, or the platform's own. `fields` holds the sent parameters, nested as in the API.

    It holds its persons and external accounts, newest first, so that the rendered account depends on this row and the
    time only. Times are unix seconds.

    `authorized`: its owner allowed the platform to act for it, by OAuth. `onboarded`: nothing more is required, as
    after a completed hosted onboarding. `details_submitted`: all details had been submitted before the last change.
    `prior_status`: the features that were enabled before it. `locked`: the platform has handed the collection of
    requirements over to Stripe. `requested_at`: the first request of each capability, including those no longer
    requested. `ready_at`: the end of each check. `added_requirements`, with their deadlines, `forced_statuses` and
    `verdict` are set by tests. `v2` is set on accounts of Accounts v2.
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
    authorized: bool = False
    onboarded: bool = False
    persons: tuple[Person, ...] = ()
    external_accounts: tuple[ExternalAccount, ...] = ()
    requested_at: Mapping[str, int] = field(default_factory=dict)
    ready_at: Mapping[str, int] = field(default_factory=dict)
    changed_at: int = 0
    details_submitted: bool = False
    prior_status: PriorStatus = "none"
    locked: bool = False
    added_requirements: Mapping[str, int | None] = field(default_factory=dict)
    forced_statuses: Mapping[str, ForcedStatus] = field(default_factory=dict)
    verdict: Verdict | None = None
    v2: AccountV2Fields | None = None


@dataclass(frozen=True, slots=True)
class ClosedAccount:
    """An account of Accounts v2 as it was when it was closed; v1 no longer finds it."""

    id: str
    account: Account


class Session(NamedTuple):
    """An account session, stored as a plain tuple, which the garbage collector does not track.

    `enabled` and `features` are bit sets over the rows of the component table; times are unix seconds.
    """

    client_secret: str
    account: str
    created: int
    expires_at: int
    enabled: int
    features: int
    layout: str


class Attempt(NamedTuple):
    """One attempt to claim a secret."""

    at: int
    outcome: str


class BrowserSession(NamedTuple):
    """The browser session of a claimed secret: a token with its own lifetime, for one account.

    `origin` is that of the page which claimed it, None if unknown.
    """

    token: str
    client_secret: str
    account: str
    created: int
    expires_at: int
    origin: str | None = None
