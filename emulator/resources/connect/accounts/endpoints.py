"""The operations on accounts. Each is given one checked request and answers with the body."""

from __future__ import annotations

from emulator import errors
from emulator.model.answering import paging
from emulator.model.answering.paging import TableSource
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import within
from emulator.resources.connect.accounts import lifecycle, overrides
from emulator.resources.connect.accounts.render import render
from emulator.store.rows import Account
from emulator.wire.json import Json

URL = "/v1/accounts"


def create(call: Call) -> Json:
    """POST /v1/accounts. Raises StripeError."""
    _platform_only(call)
    account = lifecycle.create_account(call.sandbox, call.now, call.params, preview=call.version.preview)
    return render(account, now=call.now)


def retrieve(call: Call) -> Json:
    """GET /v1/accounts/{account}: a connected account, or the platform's own. Raises StripeError."""
    return shown(call, call.path["account"])


def retrieve_own(call: Call) -> Json:
    """GET /v1/account: the account that the request acts as. Raises StripeError."""
    return shown(call, call.acting or call.sandbox.platform_id)


def update(call: Call) -> Json:
    """POST /v1/accounts/{account}. Raises StripeError."""
    account = reached(call)
    if account.id == call.sandbox.platform_id:
        raise errors.own_account_read_only()
    return render(lifecycle.update_account(call.sandbox, call.now, account, call.params), now=call.now)


def delete(call: Call) -> Json:
    """DELETE /v1/accounts/{account}. Test accounts can always be deleted (official). Raises StripeError."""
    account = reached(call)
    if account.id == call.sandbox.platform_id:
        raise errors.own_account_kept()
    lifecycle.delete_account(call.sandbox, account.id)
    return {"id": account.id, "object": "account", "deleted": True}


def reject(call: Call) -> Json:
    """POST /v1/accounts/{account}/reject. Raises StripeError."""
    account = reached(call)
    reason = str(call.params["reason"])
    if reason not in overrides.REJECTIONS:
        raise errors.invalid_enum(("reason",), overrides.REJECTIONS)
    if account.id == call.sandbox.platform_id or account.controller.losses_payments != "application":
        raise errors.rejection_not_liable()
    return render(overrides.reject(call.sandbox, account, reason, call.now), now=call.now)


def reached(call: Call) -> Account:
    """The account in the URL of a request. Raises StripeError."""
    return _account(call, call.path["account"])


def list_all(call: Call) -> Json:
    """GET /v1/accounts: the connected accounts, newest first. Raises StripeError."""
    _platform_only(call)
    rows: TableSource[Account] = TableSource(call.sandbox.table("account"), call.owner)
    page = paging.page(
        call,
        rows,
        noun="account",
        keep=lambda row: within(row.created, call.params.get("created")),
    )
    return paging.listing([render(row.data, now=call.now) for row in page.rows], URL, has_more=page.has_more)


def _platform_only(call: Call) -> None:
    if call.acting is not None:
        raise errors.accounts_of_connected_account()


def _account(call: Call, account_id: str) -> Account:
    """The account of an id that the pipeline let pass. Raises StripeError for one of another account."""
    if call.acting not in (None, account_id):
        raise errors.accounts_of_connected_account()
    if account_id == call.sandbox.platform_id:
        return lifecycle.platform(call.sandbox)
    account = lifecycle.find_or_create(call.scope, account_id)
    if account is None:
        raise errors.account_invalid(call.key, account_id)
    return account


def shown(call: Call, account_id: str) -> dict[str, Json]:
    """An account that the caller may look at, by its id. Raises StripeError."""
    account = _account(call, account_id)
    return render(account, own=account.id == call.sandbox.platform_id, now=call.now)
