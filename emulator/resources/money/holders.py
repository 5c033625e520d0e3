"""The accounts that hold money, the platform's own and connected ones, when they are paid out, and where to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import cast

from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.registry import declared
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.base import countries
from emulator.resources.connect.accounts.external_accounts import render as external_account_render
from emulator.resources.connect.accounts.external_accounts import rules as external_account_rules
from emulator.resources.connect.accounts.external_accounts import test_numbers
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.resources.connect.accounts.settings import payout_schedule, settings
from emulator.resources.connect.accounts.storage import store
from emulator.sandbox.sandbox import PLATFORM_CREATED, Sandbox
from emulator.schema.check import Params, Value
from emulator.settings import Settings
from emulator.store.rows import Account, ExternalAccount
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

PAYOUT_RUN = "payout_run"  # its rows: for each account that waits, when its balance is looked at (`money.automatic`)


def account_of(sandbox: Sandbox, owner: str) -> Account:
    """The account of an owner of rows."""
    found = lifecycle.find(sandbox, owner) if owner != sandbox.platform_id else None
    return found or lifecycle.platform(sandbox)


def is_open(scope: Scope) -> bool:
    """Whether the account of a scope exists; connected accounts can be deleted."""
    return scope.account is None or lifecycle.find(scope.sandbox, scope.owner) is not None


def default_currency(sandbox: Sandbox, owner: str) -> str:
    """The currency that an account settles in unless it holds others."""
    return account_of(sandbox, owner).default_currency


def schedule_of(account: Account) -> Mapping[str, Value]:
    """The payout schedule of an account."""
    return payout_schedule(account)


def delay_days(account: Account) -> int:
    """The days between a payment to an account and its availability, as its payout schedule says."""
    return cast("int", payout_schedule(account)["delay_days"])


def payouts_enabled(scope: Scope) -> bool:
    """Whether the account of a scope can be paid out."""
    return status_of(account_of(scope.sandbox, scope.owner), scope.now).payouts_enabled


def payout_settings(account: Account) -> Params:
    """The settings of the payouts of an account, such as whether negative balances are debited."""
    return cast("Params", settings(account)["payouts"])


def bank_accounts(account: Account, sandbox: Sandbox) -> tuple[ExternalAccount, ...]:
    """The bank accounts and debit cards that an account is paid out to, newest first."""
    own = account.id == sandbox.platform_id
    return (*account.external_accounts, *(_platform_banks(sandbox, account) if own else ()))


def destination_of(account: Account, sandbox: Sandbox, currency: str) -> ExternalAccount | None:
    """The default destination of the payouts of a currency."""
    found = [each for each in bank_accounts(account, sandbox) if each.currency == currency]
    return next((each for each in found if each.default_for_currency), found[0] if found else None)


def shown_bank(scope: Scope, identifier: str) -> dict[str, Json] | None:
    """A bank account or a card that the account of a scope is paid out to, by its id, as responses show it."""
    account = account_of(scope.sandbox, scope.owner)
    found = next((each for each in bank_accounts(account, scope.sandbox) if each.id == identifier), None)
    return external_account_render.render(account, found, scope.now) if found else None


def stop_payouts(scope: Scope, identifier: str) -> None:
    """Mark a bank account or a card of a connected account as errored. That of the platform stays usable."""
    account = lifecycle.find(scope.sandbox, scope.owner)
    found = next((each for each in account.external_accounts if each.id == identifier), None) if account else None
    if account and found and not found.errored:
        store(scope.sandbox, scope.now, external_account_rules.mark_errored(account, found))


def plan_payout_run(scope: Scope, at: int) -> None:
    """Plan a run for the first midnight, UTC, at or after a unix second, unless an earlier one is planned.

    What changes a balance, a schedule or a bank account plans one.
    """
    row, due = scope.sandbox.table(PAYOUT_RUN).get(scope.owner, scope.owner), next_midnight(at)
    if row is None:
        writes.add(scope._replace(now=at), declared(PAYOUT_RUN), scope.owner, due)
    elif due < row.data:
        writes.replace(scope, declared(PAYOUT_RUN), row, due)


def next_midnight(at: int) -> int:
    """The first midnight, UTC, at or after a unix second."""
    return -(-at // DAY) * DAY


def takes_instant(account: Account, destination: ExternalAccount) -> bool:
    """Whether instant payouts can go to a bank account or a card."""
    methods = external_account_render.render(account, destination)["available_payout_methods"]
    return "instant" in cast("list[str]", methods)


def _platform_banks(sandbox: Sandbox, account: Account) -> Iterator[ExternalAccount]:
    """The bank accounts of the platform: in the currencies of the setting, and in its own."""
    for currency in settlement_currencies(sandbox.settings):
        if currency != account.default_currency:
            yield _platform_bank(account.id, countries.at_home_in(currency), f"Platform{currency.upper()}")
    yield _platform_bank(account.id, account.country)


def settlement_currencies(settings: Settings) -> list[str]:
    """The currencies that the platform settles in beside its own."""
    return [word for each in settings.settlement_currencies.split(",") if (word := each.strip().lower())]


@lru_cache(maxsize=256)
def _platform_bank(owner: str, country: str, suffix: str = "Platform") -> ExternalAccount:
    """A bank account of the platform, which the API does not show (our choice)."""
    number, routing = test_numbers.sample_number(country)
    digits = owner.removeprefix("acct_").rjust(16, "0")[-16:]
    return ExternalAccount(
        id=f"ba_{digits}{suffix}",
        account=owner,
        created=PLATFORM_CREATED,
        object="bank_account",
        country=country,
        currency=countries.currency_of(country),
        number=number,
        routing=routing,
        fingerprint=digits,
        default_for_currency=True,
    )
