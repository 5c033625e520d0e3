"""Visits of a checkout page: its visitor changes the order, pays, or leaves.

Each function is a step of an export. It raises LookupError for a session that the sandbox lacks, and StripeError where
the session refuses; a declined payment is an outcome, and raises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.checkout import completing, items, payers, promotions, sessions
from emulator.resources.billing.checkout.creation import SESSION
from emulator.resources.billing.products import shipping
from emulator.resources.payments.intents import customer_actions
from emulator.resources.payments.intents.confirmation import ActionResult
from emulator.resources.payments.intents.states import ACTION
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.form import Tree
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

MOST = 999_999  # of one item, where its line sets no limit (official)


class CheckoutResult(NamedTuple):
    """A session after an attempt to pay. `problem` is the message of a decline, empty without one."""

    session: Row[bytes]
    problem: str = ""
    code: str = ""


def find(sandbox: Sandbox, session: str) -> tuple[Scope, Row[bytes]]:
    """A session of the platform or of any of its accounts, and the moment of the visit. Raises LookupError."""
    row: Row[bytes] | None = sandbox.table(SESSION).find(session)
    if row is None:
        raise LookupError(f"This sandbox has no checkout session {session[:100]}")
    return Scope(sandbox, row.owner, sandbox.clock.now()), row


@step("pay_checkout")
def pay(sandbox: Sandbox, session: str, entered: Tree, address: str, path: str = "") -> CheckoutResult:
    """Pay a session with the details of a form. Raises StripeError.

    `address` is the base of the emulator's URLs, `path` that of the page, to which a bank returns.
    """
    scope, row = find(sandbox, session)
    fields = shared(row)
    page = f"{address}{path or f'/c/pay/{row.id}'}"
    try:
        payer = payers.from_entered(scope, fields, cast("Mapping[str, Json]", entered), address, page)
        return CheckoutResult(completing.complete(scope, row, payer))
    except StripeError as error:
        if not error.body.changes_stay:
            raise
        decline = dict(error.body.details).get("decline_code")
        return CheckoutResult(find(sandbox, session)[1], error.body.message, str(decline or error.body.code or ""))


@step("change_checkout")
def change(sandbox: Sandbox, session: str, changes: Tree) -> Row[bytes]:
    """Change the order of an open session: a promotion code, a shipping rate, quantities. Raises StripeError.

    An empty promotion code removes the one that was entered.
    """
    scope, row = find(sandbox, session)
    fields = decode(row)
    if fields["status"] != sessions.OPEN:
        raise errors.session_over(str(fields["status"]))
    sent = cast("Mapping[str, Json]", changes)
    if sent.get("shipping_rate"):
        fields["shipping_cost"] = shipping.cost(_option(fields, str(sent["shipping_rate"])))
    found = _quantities(items.of(fields), hash_in(sent, "quantities"))
    if "promotion_code" in sent:
        fields |= promotions.entered(scope, fields, str(sent["promotion_code"]).strip())
    return objects.replace(scope, SESSION, row, {**fields, **sessions.repriced(fields, found)})


def complete(sandbox: Sandbox, session: str, entered: Tree, changes: Tree, address: str) -> CheckoutResult:
    """Pay a session as a visitor without a browser, who enters what a test leaves out. Raises StripeError."""
    if changes:
        change(sandbox, session, changes)
    fields = shared(find(sandbox, session)[1])
    return pay(sandbox, session, payers.with_defaults(fields, entered), address)


@step("authenticate_checkout")
def authenticate(sandbox: Sandbox, session: str, outcome: str = "succeeded") -> Row[bytes]:
    """The visitor authenticates the payment of a session, or fails to. Raises LookupError and ValueError."""
    scope, row = find(sandbox, session)
    intent = completing.intent_of(scope, shared(row))
    if intent is None or shared(intent)["status"] != ACTION:
        raise ValueError(f"{row.id} waits for nobody")
    if outcome not in ("succeeded", "failed"):
        raise ValueError(f"outcome is {outcome[:100]!r}, and must be one of succeeded, failed")
    customer_actions.complete_3ds(scope, intent.id, cast("ActionResult", outcome))
    return find(sandbox, session)[1]


def _option(fields: Fields, rate: str) -> Fields:
    offered = cast("list[Fields]", fields.get("shipping_options") or [])
    found = next((each for each in offered if each["shipping_rate"] == rate), None)
    if found is None:
        raise errors.shipping_option_unknown(rate)
    return found


def _quantities(found: list[Fields], wanted: Mapping[str, Json]) -> list[Fields]:
    """The items with other quantities, where their lines allow that. Raises StripeError."""
    return [
        {**each, "quantity": _quantity(each, str(wanted[str(each["id"])]))} if each["id"] in wanted else each
        for each in found
    ]


def _quantity(item: Fields, text: str) -> int:
    limits = hash_in(item, "adjustable_quantity")
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    if value == item["quantity"]:
        return value
    least, most = limits.get("minimum"), limits.get("maximum")
    lowest, highest = least if isinstance(least, int) else 0, most if isinstance(most, int) else MOST
    if not limits.get("enabled") or not max(lowest, 1) <= value <= highest:
        raise errors.quantity_not_adjustable()
    return value


def waits_at(scope: Scope, fields: Mapping[str, Json]) -> str | None:
    """The URL of the page where the visitor authenticates the payment, None where nothing waits for that."""
    row = completing.intent_of(scope, fields)
    action = hash_in(shared(row), "next_action") if row is not None else {}
    found = hash_in(action, "redirect_to_url").get("url")
    return str(found) if found else None


def last_error(scope: Scope, fields: Mapping[str, Json]) -> str:
    """The message of the last attempt to pay, empty without a failed one."""
    row = completing.intent_of(scope, fields)
    known = shared(row) if row is not None else {}
    error = hash_in(known, "last_setup_error") or hash_in(known, "last_payment_error")
    return str(error.get("message") or "")
