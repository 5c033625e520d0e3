"""Capabilities as objects: their requests, their status and their requirements."""

from __future__ import annotations

from emulator import errors
from emulator.model.answering.paging import listing
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS
from emulator.resources.connect.accounts.capabilities import ever_requested, render
from emulator.resources.connect.accounts.endpoints import reached
from emulator.resources.connect.accounts.lifecycle import update_account
from emulator.resources.connect.accounts.overrides import capability_names
from emulator.schema.check import Params
from emulator.store.rows import Account
from emulator.wire.json import Json


def retrieve(call: Call) -> Json:
    """GET /v1/accounts/{account}/capabilities/{capability}. Raises StripeError."""
    return render(reached(call), _name(call), call.now)


def update(call: Call) -> Json:
    """POST /v1/accounts/{account}/capabilities/{capability}. Raises StripeError."""
    account, name = reached(call), _name(call)
    if account.id == call.sandbox.platform_id:
        raise errors.own_account_read_only()
    if "requested" in call.params:
        sent: Params = {"capabilities": {name: {"requested": call.params["requested"]}}}
        account = update_account(call.sandbox, call.now, account, sent)
    return render(account, name, call.now)


def list_all(call: Call) -> Json:
    """GET /v1/accounts/{account}/capabilities: those ever requested, newest first, in one page (official)."""
    account = reached(call)
    data = [render(account, name, call.now) for name in ever_requested(account)]
    return listing(data, f"/v1/accounts/{account.id}/capabilities", has_more=False)


def _name(call: Call) -> str:
    name = call.path["capability"]
    if name not in capability_names():
        if unknown.are_created(call.sandbox):  # such as `acap_123`
            return CARD_PAYMENTS
        raise errors.no_such("capability", name, "capability", 404)
    return name


CAPABILITIES = Resource[Account](
    name="capability",
    noun="capability",
    verbs={"list": list_all, "retrieve": retrieve, "update": update},
)
RESOURCES = (CAPABILITIES,)
