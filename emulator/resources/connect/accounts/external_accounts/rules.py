"""Writing external accounts: defaults by currency, updates and removal.

Functions return the changed account; nothing is stored here.
"""

from __future__ import annotations

from emulator import errors
from emulator.model.stored.metadata import merged
from emulator.schema.check import Params
from emulator.store.rows import Account, ExternalAccount
from emulator.wire.dataclasses import replace

_BANK_FIELDS = ("account_holder_name", "account_holder_type", "account_type", "documents")
_CARD_FIELDS = (
    "address_city", "address_country", "address_line1", "address_line2", "address_state", "address_zip",
    "exp_month", "exp_year", "name",
)  # fmt: skip


def add(account: Account, new: ExternalAccount) -> Account:
    """Add an external account; the first of a currency is its default, a later one when it says so (official)."""
    if all(each.currency != new.currency for each in account.external_accounts):
        return _put_first(account, account.external_accounts, replace(new, default_for_currency=True))
    return _put_first(account, _others(account, new), new)


def replace_default(account: Account, new: ExternalAccount) -> Account:
    """Replace the default of a currency by a new one, as the update of an account does (official)."""
    kept = tuple(
        each for each in account.external_accounts if each.currency != new.currency or not each.default_for_currency
    )
    return _put_first(account, kept, replace(new, default_for_currency=True))


def _put_first(account: Account, others: tuple[ExternalAccount, ...], new: ExternalAccount) -> Account:
    """The account with a new external account, which meets an added requirement of one."""
    unmet = {name: deadline for name, deadline in account.added_requirements.items() if name != "external_account"}
    return replace(account, external_accounts=(new, *others), added_requirements=unmet)


def apply_update(account: Account, row: ExternalAccount, params: Params) -> Account:
    """Update an external account by checked parameters, even by none; it can be paid out to again (official)."""
    names = _BANK_FIELDS if row.object == "bank_account" else _CARD_FIELDS
    fields = {**row.fields, **{name: params[name] for name in names if name in params}}
    default = params.get("default_for_currency") is True or row.default_for_currency
    new = replace(
        row,
        fields={name: value for name, value in fields.items() if value != ""},
        metadata=merged(row.metadata, params.get("metadata")),
        default_for_currency=default,
        errored=False,
    )
    by_id = {each.id: each for each in (*_others(account, new), new)}
    return replace(account, external_accounts=tuple(by_id[each.id] for each in account.external_accounts))


def mark_errored(account: Account, row: ExternalAccount) -> Account:
    """Stop payouts to an external account, as a failed payout does (official)."""
    others = (replace(each, errored=True) if each.id == row.id else each for each in account.external_accounts)
    return replace(account, external_accounts=tuple(others))


def remove(account: Account, row: ExternalAccount) -> Account:
    """Remove an external account. Raises StripeError for a default that must stay."""
    rest = tuple(each for each in account.external_accounts if each.id != row.id)
    needed = row.currency == account.default_currency or any(each.currency == row.currency for each in rest)
    if row.default_for_currency and needed:
        raise errors.default_external_account_kept()
    return replace(account, external_accounts=rest)


def _others(account: Account, new: ExternalAccount) -> tuple[ExternalAccount, ...]:
    """The others, none of which stays the default of a currency that has a new one."""
    others = (each for each in account.external_accounts if each.id != new.id)
    return tuple(
        replace(each, default_for_currency=False)
        if new.default_for_currency and each.default_for_currency and each.currency == new.currency
        else each
        for each in others
    )
