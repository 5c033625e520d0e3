"""The payments, disputes, balances and payouts of an account, as components show them, and the actions of its owner.

A component shows figures and items; each item has the actions that its state and the session's features allow. An
action is a request of the API that the account makes, so its rules and errors are Stripe's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import cast

from emulator.connect_js.access import Grant
from emulator.connect_js.items import SHOWN, Action, Item, rows, scope
from emulator.connect_js.records import RECORDS
from emulator.connect_js.refusals import Refused
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.money import ledger
from emulator.resources.money.currencies import digits, formatted
from emulator.resources.money.holders import default_currency
from emulator.resources.payments import owner_requests
from emulator.store.table import Row
from emulator.wire.form import Tree
from emulator.wire.json import Json

CAPTURE, REFUND, DISPUTE = "capture_payments", "refund_management", "dispute_management"
ON_BEHALF = "destination_on_behalf_of_charge_management"
STANDARD, INSTANT = "standard_payouts", "instant_payouts"
OPEN = ("needs_response", "warning_needs_response")
Params = Mapping[str, object]


# --- items --------------------------------------------------------------------------------------------------------


def _payments(grant: Grant) -> list[Item]:
    """The payments of the account, and with its feature those that the platform took on its behalf."""
    found = [*rows(grant, "charge")]
    if grant.features.get(ON_BEHALF):
        mine = grant.account.id
        platform = grant.sandbox.table("charge").newest(grant.sandbox.platform_id)
        found += islice((row for row in platform if decode(row).get("on_behalf_of") == mine), SHOWN)
    newest = sorted(found, key=lambda row: (row.created, row.number), reverse=True)[:SHOWN]
    return [_payment(grant, row) for row in newest]


def _one_payment(grant: Grant) -> list[Item]:
    """The payment that the page names, by the id of a charge or of a payment intent."""
    wanted = str(grant.props.get("payment", ""))
    row = objects.get(scope(grant), "charge", wanted) or _latest_charge(grant, wanted)
    return [_payment(grant, row)] if row else []


def _latest_charge(grant: Grant, intent: str) -> Row[bytes] | None:
    row = objects.get(scope(grant), "payment_intent", intent)
    return objects.get(scope(grant), "charge", cast("str | None", decode(row).get("latest_charge"))) if row else None


def _payment(grant: Grant, row: Row[bytes]) -> Item:
    charge = objects.shown(scope(grant).of(row.owner), "charge", row)
    amount, currency = cast("int", charge["amount"]), str(charge["currency"])
    about = [text for name in ("description", "failure_message") if (text := charge[name])]
    own = row.owner == grant.account.id
    return Item(
        row.id,
        "Payment",
        formatted(amount, currency),
        _state(charge),
        tuple(map(str, about)),
        tuple(_allowed(grant, _of_payment(grant, charge))) if own else (),
        currency,
    )


def _state(charge: Fields) -> str:
    """The state of a payment, as the Dashboard names it."""
    if charge["disputed"]:
        return "disputed"
    if charge["refunded"]:
        return "refunded" if charge["captured"] else "canceled"
    if charge["amount_refunded"]:
        return "partially refunded"
    if charge["status"] == "succeeded" and not charge["captured"]:
        return "uncaptured"
    return str(charge["status"])


def _of_payment(grant: Grant, charge: Fields) -> Iterator[Action]:
    state = _state(charge)
    if state == "disputed":
        row = objects.get(scope(grant), "dispute", cast("str | None", charge["dispute"]))
        yield from _of_dispute(row) if row else ()
    if state == "uncaptured":
        intent = charge["payment_intent"]
        path = f"/v1/payment_intents/{intent}/capture" if intent else f"/v1/charges/{charge['id']}/capture"
        yield Action("capture", "Capture", CAPTURE, path)
    if state in ("succeeded", "partially refunded"):
        left = cast("int", charge["amount_captured"]) - cast("int", charge["amount_refunded"])
        yield Action("refund", "Refund", REFUND, "/v1/refunds", {"charge": str(charge["id"])}, left)


def _disputes(grant: Grant) -> list[Item]:
    return [_dispute(grant, row) for row in rows(grant, "dispute")]


def _disputes_of_payment(grant: Grant) -> list[Item]:
    charges = {item.id for item in _one_payment(grant)}
    rows = grant.sandbox.table("dispute").newest(grant.account.id)
    return [_dispute(grant, row) for row in rows if decode(row)["charge"] in charges]


def _dispute(grant: Grant, row: Row[bytes]) -> Item:
    shown = objects.shown(scope(grant), "dispute", row)
    currency = str(shown["currency"])
    return Item(
        row.id,
        "Dispute",
        formatted(cast("int", shown["amount"]), currency),
        str(shown["status"]),
        (str(shown["reason"]), str(shown["charge"])),
        tuple(_allowed(grant, _of_dispute(row))),
        currency,
    )


def _of_dispute(row: Row[bytes]) -> Iterator[Action]:
    path = f"/v1/disputes/{row.id}"
    if decode(row)["status"] in OPEN:
        yield Action("counter", "Submit evidence", DISPUTE, path, text=("evidence", "uncategorized_text"))
        yield Action("accept", "Accept the dispute", DISPUTE, f"{path}/close")


def _payouts(grant: Grant) -> list[Item]:
    return [_payout(grant, row) for row in rows(grant, "payout")]


def _one_payout(grant: Grant) -> list[Item]:
    row = objects.get(scope(grant), "payout", str(grant.props.get("payout", "")))
    return [_payout(grant, row)] if row else []


def _payout(grant: Grant, row: Row[bytes]) -> Item:
    shown = objects.shown(scope(grant), "payout", row)
    currency, failure = str(shown["currency"]), shown["failure_message"]
    about = (str(shown["method"]), *([str(failure)] if failure else []))
    return Item(row.id, "Payout", formatted(cast("int", shown["amount"]), currency), str(shown["status"]), about)


def _allowed(grant: Grant, actions: Iterator[Action] | tuple[Action, ...]) -> Iterator[Action]:
    return (action for action in actions if grant.features.get(action.feature))


# --- balances -----------------------------------------------------------------------------------------------------


def _balances(grant: Grant) -> list[Item]:
    """The money of each currency, with the payouts that the session allows."""
    held = {default_currency(grant.sandbox, grant.account.id): 0, **ledger.totals(scope(grant))}
    return [_balance(grant, currency) for currency in held]


def _balance(grant: Grant, currency: str) -> Item:
    kinds = ledger.totals(scope(grant)).get(currency, {}).values()
    available = sum(total["available"] for total in kinds)
    pending = sum(sum(total["pending"].values()) for total in kinds)
    actions = tuple(_allowed(grant, _of_balance(currency, available))) if available > 0 else ()
    about = (f"{formatted(pending, currency)} pending",)
    return Item(currency, "Balance", formatted(available, currency), "available", about, actions, currency)


def _of_balance(currency: str, available: int) -> Iterator[Action]:
    yield Action("pay_out", "Pay out", STANDARD, "/v1/payouts", {"currency": currency}, available)
    instant = {"currency": currency, "method": "instant"}
    yield Action("pay_out_instantly", "Pay out instantly", INSTANT, "/v1/payouts", instant, available)


def _promotion(grant: Grant) -> list[Item]:
    """Balances that can be paid out instantly, if the session allows it."""
    found = [_only(item, "pay_out_instantly") for item in _balances(grant)]
    return [item for item in found if item.actions]


def _only(item: Item, name: str) -> Item:
    return item._replace(actions=tuple(action for action in item.actions if action.name == name))


# --- components ---------------------------------------------------------------------------------------------------

LISTS: Mapping[str, tuple[Callable[[Grant], list[Item]], ...]] = {
    "balances": (_balances,),
    "disputes-list": (_disputes,),
    "instant-payouts-promotion": (_promotion,),
    "payment-details": (_one_payment, _disputes_of_payment),
    "payment-disputes": (_disputes_of_payment,),
    "payments": (_payments,),
    "payout-details": (_one_payout,),
    "payouts": (_balances, _payouts),
    "payouts-list": (_payouts,),
    **{name: (record.items,) for name, record in RECORDS.items()},
}
# The features whose buttons belong to items.
FEATURES = frozenset({CAPTURE, REFUND, DISPUTE, ON_BEHALF, STANDARD, INSTANT})


def view(grant: Grant) -> dict[str, Json]:
    """The items of a component, and the arguments of its callbacks."""
    found = [item for items in LISTS[grant.element.name] for item in items(grant)]
    return {"items": [_shown(item) for item in found], "loaded": _loaded(grant.element.name, len(found))}


def _loaded(name: str, count: int) -> dict[str, Json]:
    loaded: Mapping[str, dict[str, Json]] = {
        "instant-payouts-promotion": {"setOnInstantPayoutsPromotionLoaded": [{"promotionShown": count > 0}]},
        "payment-disputes": {"setOnDisputesLoaded": [{"total": count}]},
    }
    return loaded.get(name, {})


def _shown(item: Item) -> Json:
    actions: list[Json] = [
        {
            "name": action.name,
            "label": action.label,
            "amount": None if action.amount is None else _decimal(action.amount, item.currency),
            "text": bool(action.text),
        }
        for action in item.actions
    ]
    return {**item._asdict(), "about": list(item.about), "actions": actions}


def _decimal(amount: int, currency: str) -> str:
    return f"{Decimal(amount).scaleb(-digits(currency)):f}"


# --- actions of the owner ------------------------------------------------------------------------------------------


def run(grant: Grant, name: str, params: Params) -> Json:
    """Run the action of an item as the owner. Raises Refused, and StripeError with the words of the API."""
    item, action = _found(grant, name, str(params.get("id", "")))
    tree: Tree = dict(action.params)
    if action.amount is not None:
        tree["amount"] = str(_minor(params.get("amount"), item.currency, action.amount))
    if action.text:
        outer, inner = action.text
        tree[outer] = {inner: str(params.get("text", ""))}
    return owner_requests.request(grant.sandbox, grant.account, action.path, tree)


def _found(grant: Grant, name: str, identifier: str) -> tuple[Item, Action]:
    for items in LISTS[grant.element.name]:
        for item in items(grant):
            for action in item.actions:
                if (item.id, action.name) == (identifier, name):
                    return item, action
    raise Refused("action_unknown", name)


def _minor(value: object, currency: str, default: int) -> int:
    """An amount that the owner typed, in minor units. Raises Refused."""
    if value is None:
        return default
    shown = str(value)[:20].strip() or "An empty field"
    try:
        amount = Decimal(str(value)).scaleb(digits(currency))
    except InvalidOperation:
        raise Refused("amount_invalid", shown) from None
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise Refused("amount_invalid", shown)
    return int(amount)
