"""The operations on accounts of v2. Each takes a checked request and returns the body of the response."""

from __future__ import annotations

from collections.abc import Collection

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.v2 import pages
from emulator.resources.v2.accounts import lifecycle
from emulator.resources.v2.accounts.events import events
from emulator.resources.v2.accounts.render import render
from emulator.resources.v2.style import V2
from emulator.store.rows import Account
from emulator.wire.json import Json

URL = "/v2/core/accounts"
NOUN = "account"


def create(call: Call) -> Json:
    """POST /v2/core/accounts. Raises StripeError."""
    platform_only(call)
    return _response(call, lifecycle.create(call.sandbox, call.now, call.params, preview=call.version.preview))


def retrieve(call: Call) -> Json:
    """GET /v2/core/accounts/{id}, also of a closed account. Raises StripeError."""
    platform_only(call)
    closed = call.sandbox.closed_accounts.get(call.path["id"])
    return (
        _response(call, closed.account, closed=True) if closed else _response(call, open_account(call, call.path["id"]))
    )


def update(call: Call) -> Json:
    """POST /v2/core/accounts/{id}. Raises StripeError."""
    account = open_account(call, call.path["id"])
    return _response(call, lifecycle.update(call.sandbox, call.now, account, call.params, preview=call.version.preview))


def close(call: Call) -> Json:
    """POST /v2/core/accounts/{id}/close. Raises StripeError."""
    account = open_account(call, call.path["id"])
    lifecycle.close(call.sandbox, account, _names(call, "applied_configurations"))
    return _response(call, account, closed=True)


def list_all(call: Call) -> Json:
    """GET /v2/core/accounts, newest first: accounts created by v2, either open or closed ones. Raises StripeError."""
    platform_only(call)
    configurations = set(_names(call, "applied_configurations"))
    closed = call.params.get("closed") is True
    rows = [
        account
        for account in _rows(call, closed=closed)
        if account.v2 is not None and configurations.issubset(account.v2.applied)
    ]
    return pages.listing(
        call, URL, rows, lambda account: account.id, lambda account: _response(call, account, closed=closed)
    )


def open_account(call: Call, identifier: str) -> Account:
    """The open account with an id, if v2 created it. Raises StripeError."""
    platform_only(call)
    account = call.sandbox.accounts.get(identifier)
    if account is not None and account.v2 is not None:
        return account
    if account is not None or identifier == call.sandbox.platform_id:
        raise errors.v1_account_on_v2()
    if identifier.startswith("cus_"):
        raise errors.v1_customer_on_v2()
    raise errors.v2_not_found(NOUN, identifier)


def platform_only(call: Call) -> None:
    """Refuses connected accounts, which have no accounts of their own here. Raises StripeError."""
    if call.acting is not None:
        raise errors.accounts_of_connected_account()


def _rows(call: Call, *, closed: bool) -> list[Account]:
    if closed:
        return [row.account for row in call.sandbox.closed_accounts.newest_first()]
    return list(call.sandbox.accounts.newest_first())


def _names(call: Call, name: str) -> Collection[str]:
    sent = call.params.get(name)
    return [str(each) for each in sent] if isinstance(sent, list) else []


def _response(call: Call, account: Account, *, closed: bool = False) -> dict[str, Json]:
    include = _names(call, "include")
    return render(account, livemode=call.sandbox.livemode, include=include, now=call.now, closed=closed)


ACCOUNTS_V2 = Resource[Account](
    name="v2.core.account",
    table="account",
    verbs={"list": list_all, "retrieve": retrieve, "create": create, "update": update, "close": close},
    events=events,
    style=V2,
)
RESOURCES = (ACCOUNTS_V2,)
