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
TokenKind = Literal["account", "bank_account", "card", "person"]
Verdict = Literal["verified", "failed", "pending"]
PriorStatus = Literal["none", "charges", "payouts"]


@dataclass(frozen=True, slots=True)
class Controller:
    """Who is responsible for what on a connected account."""

    fees_payer: Payer
    losses_payments: Party
    requirement_collection: Party
    dashboard: Dashboard


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Person:
    """A person behind an account. `fields` holds what was sent, nested as in the API, numbers and tokens included.

    `ready` says, by check, when the result of what was last sent for it is there, in unix seconds. `updated` is when
    anything of it last was changed, 0 when never.
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
    """A bank account or a debit card that an account is paid out to.

    `number` and `routing` are as sent, of a bank account; `fields` holds what else the API shows of it.
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


@dataclass(frozen=True, slots=True)
class Token:
    """What was told in a browser, to be used once. `params` are those of the request that made it.

    `source` is the bank account or the card that it stands for. Tokens of v2 expire, in unix seconds; those of persons
    are of one `account`.
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
    def of_v2(self) -> bool:
        """Whether v2 has made it, which v1 does not know."""
        return self.expires_at is not None


class ForcedStatus(NamedTuple):
    """The status of a capability that a test has set, whatever is owed."""

    status: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class AccountV2Fields:
    """What only Accounts v2 knows of an account. `fields` holds what has no place in v1, nested as in v2.

    `applied` are its configurations, `known` also those that were deactivated; `dashboard` is None where nothing needs
    one, and `country` says whether its country was named.
    """

    applied: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    dashboard: Dashboard | None = None
    country: bool = False
    fields: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Account:
    """A connected account, or the platform's own. `fields` holds what was sent, nested as in the API.

    Its persons and external accounts, newest first, are the very rows of their own tables: so what an account shows
    follows from this row and the time. `changed` is when it last was, in unix seconds. `onboarded` says that nothing
    is asked any more, as after a completed hosted onboarding; `submitted` that all details were there once; `standing`
    what it could do just before the last change; `locked` that the platform has handed the collection over to Stripe.
    `requested_at` says when each capability was asked for, and names those that were given back too. `added` are the
    requirements that a test has added, with their deadlines;
    `forced` and `verdict` what it has decided about capabilities and checks. `v2` is there when it was made by v2.
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
    """An account of Accounts v2 as it was when it was closed: v1 knows it no more."""

    id: str
    account: Account


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
    """What a claimed secret became: a token of its own lifetime that acts for one account.

    `origin` is that of the page which claimed it, None when nothing was said of it.
    """

    token: str
    client_secret: str
    account: str
    created: int
    expires_at: int
    origin: str | None = None
