"""Create, update, find and delete accounts. Everything is checked before anything is stored."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from emulator import errors
from emulator.model.declaration import registry, unknown
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.side_tables import SideTable
from emulator.model.stored.metadata import merged
from emulator.resources.connect.accounts.base import controllers, countries, formats
from emulator.resources.connect.accounts.base.capability_rules import (
    CARD_PAYMENTS,
    TRANSFERS,
    check_capabilities,
    check_configurations,
    requested,
)
from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.connect.accounts.base.tokens import expand_account_token
from emulator.resources.connect.accounts.external_accounts import rules as external_account_rules
from emulator.resources.connect.accounts.external_accounts.input import payout_destination
from emulator.resources.connect.accounts.locking import check_lock
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.connect.accounts.persons import documents
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.reviews import REVIEW_SECONDS, WEBSITE_SECONDS
from emulator.resources.connect.accounts.requirements.rules import WEBSITE
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.resources.connect.accounts.storage import remove, store
from emulator.sandbox.change_log import step
from emulator.sandbox.clock import wall
from emulator.sandbox.sandbox import PLATFORM_CREATED, Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import dig, hash_at, merge, split_path
from emulator.store.rows import Account, ClosedAccount, Controller
from emulator.wire.dataclasses import replace

MOST_CLOSED = 1000
PLATFORM = SideTable[Account]("platform")  # the platform's own account, once its settings have changed
CLOSED = SideTable[ClosedAccount]("closed_account")  # accounts of Accounts v2 as they were when they were closed
PLATFORM_DELAY_DAYS = {"US": 7}  # as charges of new platforms were seen to settle since 2025
FIRST_TERMS = 1_230_768_000  # 2009-01-01
CLOCKS_DIFFER = 5  # seconds by which a client's clock may be ahead of the sandbox's (our choice)
_USUAL = (CARD_PAYMENTS, TRANSFERS)
_DESCRIPTION = ("business_profile", "product_description")
_ACCEPTED = ("date", "ip", "user_agent")
_CHECKED = tuple((name, split_path(name)) for name in (*test_values.VALUES, "company.address", "documents"))
# The parameters that are stored as they were sent, nested as in the API.
_STORED = ("business_profile", "company", "documents", "groups", "settings", "tos_acceptance")


def find(sandbox: Sandbox, account_id: str) -> Account | None:
    """A connected account of the sandbox, None when there is none of this id."""
    return sandbox.accounts.get(account_id)


def find_or_create(scope: Scope, account_id: str) -> Account | None:
    """The connected account of an id that a request names, created first where unknown ids are."""
    accounts = registry.resource("account")
    account = find(scope.sandbox, account_id)
    if account is None and accounts is not None:
        row = unknown.row(accounts, scope.platform, account_id)
        account = row.data if row is not None else None
    return account


def platform(sandbox: Sandbox) -> Account:
    """The platform's own account: a standard one, onboarded, with both usual capabilities (our choice)."""
    return PLATFORM.get(Scope(sandbox, sandbox.platform_id, 0), sandbox.platform_id) or usual_platform(sandbox)


def usual_platform(sandbox: Sandbox) -> Account:
    """The platform's own account as it is before its settings change."""
    return _platform(sandbox.platform_id, sandbox.settings.platform_country)


def store_platform(scope: Scope, account: Account) -> None:
    """Store the platform's own account with changed settings."""
    PLATFORM.put(scope.platform, account.id, account)


@lru_cache(maxsize=256)
def _platform(identifier: str, country: str) -> Account:
    delay = PLATFORM_DELAY_DAYS.get(country) or countries.payout_schedule(country)["delay_days"]
    return Account(
        id=identifier,
        created=PLATFORM_CREATED,
        type="standard",
        controller=controllers.TYPES["standard"],
        country=country,
        default_currency=countries.currency_of(country),
        capabilities=_USUAL,
        requested_at=dict.fromkeys(_USUAL, PLATFORM_CREATED),
        changed_at=PLATFORM_CREATED,
        onboarded=True,
        fields={"settings": {"payouts": {"schedule": {"delay_days": delay, "interval": "manual"}}}},
    )


def create_account(
    sandbox: Sandbox,
    now: int,
    params: Params,
    *,
    account_id: str | None = None,
    preview: bool = False,
) -> Account:
    """Create and store a connected account from the checked parameters of POST /v1/accounts. Raises StripeError.

    `now` is unix seconds. Without HTTP, an id can be fixed; an account of this id is replaced. `preview` is whether
    the request names a preview version.
    """
    account = new_account(sandbox, now, params, account_id, preview=preview)
    if account.id in sandbox.accounts:
        remove(sandbox, account.id)
    return store(sandbox, now, account)


def update_account(sandbox: Sandbox, now: int, account: Account, params: Params) -> Account:
    """Update and store an account by the checked parameters of its update. Raises StripeError."""
    params = expand_account_token(sandbox, now, params)
    check_lock(account, params)
    check_configurations(account, params)
    _check_currency(account, params, now)
    person_changes.check_verified(account, representative(account), hash_at(params, "individual"), now, ("individual",))
    return store(sandbox, now, apply_update(sandbox, now, account, params))


@step("disconnect")
def delete_account(sandbox: Sandbox, account_id: str) -> None:
    """Delete a connected account; deleted and unknown ones have the same error. Raises KeyError.

    An account of v2 is closed: v2 still shows it (our choice), as it does the newest thousand of these.
    """
    account = remove(sandbox, account_id)
    if account.v2 is not None:
        platform = Scope(sandbox, sandbox.platform_id, 0)
        CLOSED.put(platform, account_id, ClosedAccount(account_id, account))
        if CLOSED.count(platform) > MOST_CLOSED:
            CLOSED.drop(platform, next(CLOSED.oldest(platform)).id)


def new_account(
    sandbox: Sandbox, now: int, params: Params, account_id: str | None = None, *, preview: bool = False
) -> Account:
    """A connected account by checked parameters, not stored. Raises StripeError."""
    tokenized = bool(params.get("account_token"))
    params = expand_account_token(sandbox, now, params)
    kind, controller = controllers.resolve(params, preview=preview)
    home = sandbox.settings.platform_country
    if home in countries.BY_TOKEN and controller.requirement_collection == "application" and not tokenized:
        raise errors.account_token_required(home)
    country = str(params.get("country") or home)
    agreement = str(hash_at(params, "tos_acceptance").get("service_agreement", ""))
    check_capabilities(requested((), params), country, kind, controller.dashboard)
    countries.check_country(country, home, agreement)
    new = Account(
        id=account_id or sandbox.ids.account(now),
        created=now,
        type=kind,
        controller=controller,
        country=country,
        default_currency=countries.currency_of(country),
    )
    return apply_update(sandbox, now, new, params)


def apply_update(sandbox: Sandbox, now: int, account: Account, params: Params) -> Account:
    """An account updated by checked parameters of v1, not stored. Raises StripeError."""
    _check_terms(account.controller, params, now)
    names = requested(account.capabilities, params)
    added = set(names) - set(account.capabilities)
    check_capabilities(added, account.country, account.type, account.controller.dashboard)
    formats.check_details(params)
    formats.check_business(account, params)
    if account.v2 is None:  # v2 checks its own
        _check_files(Scope(sandbox, account.id, now), params)
    fields, uploaded = _fields(account, params, now)
    changed = replace(
        account,
        default_currency=str(params.get("default_currency", account.default_currency)).lower(),
        email=cast("str | None", params.get("email", account.email)) or None,
        business_type=cast("str | None", params.get("business_type", account.business_type)) or None,
        capabilities=names,
        requested_at={**account.requested_at, **dict.fromkeys(sorted(added), now)},
        metadata=merged(account.metadata, params.get("metadata")),
        fields=fields,
        ready_at={**account.ready_at, **_ready_at(_checked_again(account, fields, uploaded), now)},
        added_requirements={name: at for name, at in account.added_requirements.items() if not _touches(params, name)},
    )
    return _with_external_account(sandbox, now, with_individual(sandbox, now, changed, params), params)


def with_individual(sandbox: Sandbox, now: int, account: Account, params: Params) -> Account:
    """Apply the parameter `individual`, which is the representative (observed)."""
    sent = hash_at(params, "individual")
    person = representative(account)
    if not sent and ("individual" not in params or person is None):
        return account
    if person is None:
        person = person_changes.new_person(account, sandbox.ids.in_account("person", now, account.id), now)
        sent = merge(sent, {"relationship": {"representative": True}})
    return person_changes.put_updated_person(
        account, person_changes.apply_update(account, person, sent, now, at=("individual",)), sent
    )


def _fields(account: Account, params: Params, now: int) -> tuple[Params, bool]:
    fields = merge(account.fields, {name: params[name] for name in _STORED if name in params})
    if account.v2 is None and dig(params, _DESCRIPTION) == "":  # stays an empty text in v1, unlike others (observed)
        fields["business_profile"] = {**hash_at(fields, "business_profile"), "product_description": ""}
    sent = hash_at(params, "company", "verification")
    return person_changes.with_documents(fields, sent, now, ("company", "verification"))


def _check_files(scope: Scope, params: Params) -> None:
    """Refuse files in parameters that do not exist or are for something else. Raises StripeError."""
    company = hash_at(params, "company", "verification")
    documents.check_verification(scope, company, ("company", "verification"), documents.OF_COMPANIES)
    documents.check_documents(scope, hash_at(params, "documents"))
    person_changes.check_files(scope, hash_at(params, "individual"), ("individual",))


def _with_external_account(sandbox: Sandbox, now: int, account: Account, params: Params) -> Account:
    """Apply the parameter `external_account` or, in its old form, `bank_account`."""
    for name in ("external_account", "bank_account"):
        if name in params:
            account = external_account_rules.replace_default(
                account, payout_destination(sandbox, now, account, params[name], name)
            )
    return account


def _checked_again(account: Account, fields: Params, uploaded: bool) -> list[str]:
    """The checks whose values have changed."""
    checks = () if fields == account.fields else _CHECKED
    again = [name for name, path in checks if dig(account.fields, path) != dig(fields, path)]
    return again + ([test_values.TAX_ID, test_values.NAME] if uploaded else [])


def _ready_at(checks: list[str], now: int) -> dict[str, int]:
    """The second at which each check that begins now will end."""
    return {name: now + (WEBSITE_SECONDS if name == WEBSITE else REVIEW_SECONDS) for name in checks}


def _touches(params: Params, name: str) -> bool:
    """Whether a request sends the field of a requirement."""
    return dig(params, tuple(name.split("."))) is not None


def _check_currency(account: Account, params: Params, now: int) -> None:
    """The default currency stays once an account can do something (official)."""
    currency = str(params.get("default_currency", account.default_currency)).lower()
    if currency != account.default_currency:
        able = status_of(account, now)
        if able.charges_enabled or able.payouts_enabled:
            raise errors.currency_immutable()


def _check_terms(controller: Controller, params: Params, now: int) -> None:
    """A platform accepts the terms only where it collects the requirements; naming the agreement is no acceptance.

    The date may not be ahead of both the sandbox's clock and the machine's, which is the client's (our choice).
    """
    sent = hash_at(params, "tos_acceptance")
    if controller.requirement_collection == "stripe" and any(sent.get(name, "") != "" for name in _ACCEPTED):
        raise errors.terms_on_behalf()
    date = sent.get("date")
    if isinstance(date, int) and not FIRST_TERMS <= date <= max(now, wall()) + CLOCKS_DIFFER:
        raise errors.terms_date_invalid()
