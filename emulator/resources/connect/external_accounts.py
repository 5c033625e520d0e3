"""External accounts: the bank accounts and debit cards that an account is paid out to."""

from __future__ import annotations

from functools import cache

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.answering import paging
from emulator.model.answering.paging import SequenceSource
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.model.stored.metadata import merged
from emulator.resources.connect.accounts.endpoints import reached
from emulator.resources.connect.accounts.external_accounts import render as external_account_render
from emulator.resources.connect.accounts.external_accounts import rules as external_account_rules
from emulator.resources.connect.accounts.external_accounts.input import (
    expiry,
    external_account_param,
    payout_destination,
)
from emulator.resources.connect.accounts.lifecycle import find
from emulator.resources.connect.accounts.locking import check_external_accounts_lock
from emulator.resources.connect.accounts.persons.documents import check_documents
from emulator.resources.connect.accounts.storage import store
from emulator.resources.connect.accounts.test_data import sample_bank_account
from emulator.schema import spec
from emulator.schema.check import Value
from emulator.schema.trees import hash_at
from emulator.store.rows import Account, ExternalAccount
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

CARD = "tok_visa_debit"
SENT_AS = ("external_account", "bank_account")


def create(call: Call) -> Json:
    """POST /v1/accounts/{account}/external_accounts: a token or a hash, also as `bank_account`. Raises StripeError."""
    account = _writable(call)
    name, sent = _sent(call)
    row = payout_destination(call.sandbox, call.now, account, sent, name)
    row = replace(
        row,
        default_for_currency=row.default_for_currency or call.params.get("default_for_currency") is True,
        metadata=merged(row.metadata, call.params.get("metadata")),
    )
    return _stored(call, external_account_rules.add(account, row), row)


def retrieve(call: Call) -> Json:
    """GET /v1/accounts/{account}/external_accounts/{id}. Raises StripeError."""
    account = _reached(call)
    return external_account_render.render(account, row_of(account, call.path["id"]), call.now)


def update(call: Call) -> Json:
    """POST /v1/accounts/{account}/external_accounts/{id}. Raises StripeError."""
    return _changed(call, _writable(call, existing=True))


def update_own(call: Call) -> Json:
    """POST /v1/external_accounts/{id}: of the account that the request acts as. Raises StripeError."""
    account = find(call.sandbox, call.acting) if call.acting else None
    if account is None:
        raise errors.no_such("external account", call.path["id"], "id", 404)
    check_external_accounts_lock(account, existing=True)
    return _changed(call, account)


def delete(call: Call) -> Json:
    """DELETE /v1/accounts/{account}/external_accounts/{id}. Raises StripeError for a default that must stay."""
    account = _writable(call, existing=True)
    row = row_of(account, call.path["id"])
    store(call.sandbox, call.now, external_account_rules.remove(account, row))
    return {"id": row.id, "object": row.object, "deleted": True}


def list_all(call: Call) -> Json:
    """GET /v1/accounts/{account}/external_accounts, newest first, of one `object` or of both. Raises StripeError."""
    account = reached(call)
    wanted = call.params.get("object")
    page = paging.page(
        call,
        SequenceSource(account.external_accounts, lambda row: row.id),
        noun="external account",
        keep=lambda row: wanted in (None, row.object),
    )
    data = [external_account_render.render(account, row, call.now) for row in page.rows]
    return paging.listing(data, f"/v1/accounts/{account.id}/external_accounts", has_more=page.has_more)


def _sent(call: Call) -> tuple[str, Value]:
    for name in SENT_AS:
        if name in call.params:
            return name, call.params[name]
    raise errors.missing_param(("external_account",))


def _changed(call: Call, account: Account) -> Json:
    row = row_of(account, call.path["id"])
    check_documents(call.scope.of(account.id), hash_at(call.params, "documents"))
    params = call.params
    if row.object == "card" and not {"exp_month", "exp_year"}.isdisjoint(params):
        params = {**params, **expiry({**row.fields, **params}, call.now)}
    return _stored(call, external_account_rules.apply_update(account, row, params), row)


def _stored(call: Call, account: Account, row: ExternalAccount) -> Json:
    after = store(call.sandbox, call.now, account)
    return external_account_render.render(after, row_of(after, row.id), call.now)


def _reached(call: Call) -> Account:
    """The account in the URL; the external account in the URL is created first where unknown ids are.

    Raises StripeError.
    """
    account, wanted = reached(call), call.path.get("id")
    known = wanted is None or any(row.id == wanted for row in account.external_accounts)
    if known or not unknown.are_created(call.sandbox):
        return account
    row = (
        payout_destination(call.sandbox, call.now, account, CARD, SENT_AS[0])
        if str(wanted).startswith("card")
        else None
    )
    row = row or sample_bank_account(call.sandbox, account, call.now)
    return store(call.sandbox, call.now, external_account_rules.add(account, replace(row, id=str(wanted))))


def _writable(call: Call, *, existing: bool = False) -> Account:
    account = _reached(call)
    if account.id == call.sandbox.platform_id:
        raise errors.own_account_read_only()
    check_external_accounts_lock(account, existing=existing)
    return account


def row_of(account: Account, identifier: str) -> ExternalAccount:
    """One of an account by its id. Raises StripeError."""
    row = next((each for each in account.external_accounts if each.id == identifier), None)
    if row is None:
        raise errors.no_such("external account", identifier, "id", 404)
    return row


@cache
def _params(operation_id: str) -> spec.Object:
    """The OpenAPI document takes only a token; the hashes are in the API reference."""
    sent = dict.fromkeys(SENT_AS, external_account_param())
    return spec.Object({**catalog.operation(operation_id).params.params, **sent})


def _create_params(_: Version) -> spec.Object:
    return _params("PostAccountsAccountExternalAccounts")


# Also under the old path, `/v1/accounts/{account}/bank_accounts`.
EXTERNAL_ACCOUNTS = Resource[ExternalAccount](
    name="external_account",
    noun="external account",
    verbs={"create": create, "retrieve": retrieve, "update": update, "delete": delete, "list": list_all},
    endpoints={"PostExternalAccountsId": update_own},
    params={"create": _create_params},
)
RESOURCES = (EXTERNAL_ACCOUNTS,)
