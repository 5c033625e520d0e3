"""Billing before clover and basil (2025): objects with the names that these versions removed.

New names come to every version (observed), so that the old ones are added to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.model.declaration.versions import Find, Node, before, in_order
from emulator.resources.billing.base.periods import period_end
from emulator.wire.json import Json

if TYPE_CHECKING:
    from emulator.catalog.format import Node as Type

CLOVER, BASIL = "2025-09-30", "2025-03-31"
TAXES: Type = [{"tax_rate!": "expandable tax_rate"}]


@before(CLOVER, "discount", {"coupon!": "@coupon"})
def coupon(discount: Node, find: Find) -> Node:
    """Before clover, discounts have the whole coupon instead of their source (official)."""
    return _with_coupon(discount, "source", find)


@before(CLOVER, "promotion_code", {"coupon!": "@coupon"})
def coupon_of_code(code: Node, find: Find) -> Node:
    """Before clover, promotion codes have the whole coupon instead of their promotion (official)."""
    return _with_coupon(code, "promotion", find)


def _with_coupon(node: Node, newer: str, find: Find) -> Node:
    """An object with the whole coupon instead of the hash that names it."""
    named = node.get(newer)
    known = named.get("coupon") if isinstance(named, Mapping) else None
    found = find("coupon", known) if isinstance(known, str) else known
    return in_order({**{name: value for name, value in node.items() if name != newer}, "coupon": found})


@before(BASIL, "price")
def aggregate_usage(price: Node, find: Find) -> Node:
    """Before basil, recurring prices show how usage records were aggregated (official)."""
    recurring = price.get("recurring")
    if not isinstance(recurring, Mapping):
        return price
    return {**price, "recurring": in_order({**recurring, "aggregate_usage": _aggregation(price, recurring, find)})}


@before(BASIL, "plan")
def aggregate_usage_of_plan(plan: Node, find: Find) -> Node:
    """Before basil, plans show how usage records were aggregated (observed)."""
    return plan if plan.get("deleted") else in_order({**plan, "aggregate_usage": _aggregation(plan, plan, find)})


def _aggregation(price: Node, recurring: Mapping[str, Json], find: Find) -> Json:
    """`sum` of a metered price unless it says otherwise (official), null where a meter or nothing counts."""
    if recurring.get("usage_type") != "metered" or recurring.get("meter"):
        return None
    found = find("usage_of_price", str(price.get("id")))
    return found.get("aggregate_usage") if isinstance(found, Mapping) else None


@before(
    BASIL,
    "invoice",
    {
        "charge?": "expandable charge",
        "discount?+": "@discount",
        "payment_intent?": "expandable payment_intent",
        "quote?": "expandable quote",
        "subscription?": "expandable subscription",
        "total_tax_amounts!": TAXES,
    },
)
def invoice(node: Node, find: Find) -> Node:
    """Invoices name their subscription, their payment, their one discount and their taxes."""
    if node.get("deleted"):
        return node
    details = _hash(node, "parent", "subscription_details")
    found = find("payment_of_invoice", str(node.get("id")))
    payment: Mapping[str, Json] = found if isinstance(found, Mapping) else {}
    taxes = [_tax(each) for each in _list(node, "total_taxes")]
    own: dict[str, Json] = {
        "application_fee_amount": payment.get("application_fee_amount"),
        "charge": payment.get("charge"),
        "discount": _discount(node, find),
        "paid": node.get("status") == "paid",
        "paid_out_of_band": bool(payment.get("paid_out_of_band")),
        "payment_intent": payment.get("payment_intent"),
        "quote": _hash(node, "parent", "quote_details").get("quote"),
        "subscription": details.get("subscription"),
        "subscription_details": {"metadata": details.get("metadata")},
        "tax": sum(_integer(each, "amount") for each in taxes) if taxes else None,
        "total_tax_amounts": list(taxes),
        "transfer_data": payment.get("transfer_data"),
    }
    return in_order({**node, **own})


@before(
    BASIL,
    "line_item",
    {
        "invoice_item?": "expandable invoiceitem",
        "plan?": "@plan",
        "price?": "@price",
        "subscription?": "expandable subscription",
        "tax_amounts!": TAXES,
        "tax_rates!": ["@tax_rate"],
    },
)
def line(node: Node, find: Find) -> Node:
    """Lines of invoices have a type, a whole price, and say themselves whether they are prorations."""
    if "parent" not in node:
        return node
    item, own = _hash(node, "parent", "invoice_item_details"), _hash(node, "parent", "subscription_item_details")
    details = {**item, **own}
    taxes = [_tax(each) for each in _list(node, "taxes")]
    included = sum(_integer(each, "amount") for each in taxes if each["inclusive"])
    net = _integer(node, "amount") - included
    named = {name: details[name] for name in ("invoice_item", "subscription_item") if details.get(name)}
    priced = _priced(node, find)
    extra = named.get("invoice_item") or (own and _is_cut_short(node, _hash(priced, "price", "recurring")))
    found: dict[str, Json] = {
        **named,
        **priced,
        "amount_excluding_tax": net,
        "proration": bool(details.get("proration")),
        "proration_details": details.get("proration_details") or {"credited_items": None},
        "subscription": details.get("subscription"),
        "tax_amounts": list(taxes),
        "tax_rates": [find("tax_rate", str(each["tax_rate"])) for each in taxes],
        "type": "invoiceitem" if extra else "subscription",
        "unit_amount_excluding_tax": _unit(net, _integer(node, "quantity") or 1),
    }
    return in_order({**node, **found})


@before(BASIL, "invoiceitem", {"plan?": "@plan", "price?": "@price", "subscription?": "expandable subscription"})
def item(node: Node, find: Find) -> Node:
    """Invoice items have a whole price, and name their subscription."""
    if node.get("deleted"):
        return node
    details = _hash(node, "parent", "subscription_details")
    unit = _hash(node, "pricing").get("unit_amount_decimal")
    own: dict[str, Json] = {
        **_priced(node, find),
        **{name: details[name] for name in ("subscription_item",) if details.get(name)},
        "subscription": details.get("subscription"),
        "unit_amount": int(unit) if isinstance(unit, str) and unit.lstrip("-").isdigit() else None,
        "unit_amount_decimal": unit,
    }
    return in_order({**node, **own})


@before(BASIL, "subscription", {"discount?+": "@discount"})
def subscription(node: Node, find: Find) -> Node:
    """Subscriptions have one period, that of their first item to renew, and one discount."""
    items = list(_list(_hash(node, "items"), "data"))
    first: Mapping[str, Json] = min(items, key=lambda each: _integer(each, "current_period_end"), default={})
    own: dict[str, Json] = {
        "current_period_end": first.get("current_period_end"),
        "current_period_start": first.get("current_period_start"),
        "discount": _discount(node, find),
    }
    return in_order({**node, **own})


@before(BASIL, "credit_note", {"refund?": "expandable refund", "tax_amounts!": TAXES})
def credit_note(node: Node, _: Find) -> Node:
    """Credit notes name one refund (official; the first, where there are several, is our choice) and their taxes."""
    refunds = list(_list(node, "refunds"))
    taxes: list[Json] = [_tax(each) for each in _list(node, "total_taxes")]
    own: dict[str, Json] = {"refund": refunds[0].get("refund") if refunds else None, "tax_amounts": taxes}
    return in_order({**node, **own})


@before(BASIL, "credit_note_line_item", {"tax_amounts!": TAXES, "tax_rates!": ["@tax_rate"]})
def credit_note_line(node: Node, _: Find) -> Node:
    """Lines of credit notes have amounts without taxes (official)."""
    taxes = [_tax(each) for each in _list(node, "taxes")]
    net = _integer(node, "amount") - sum(_integer(each, "amount") for each in taxes if each["inclusive"])
    quantity = _integer(node, "quantity")
    own: dict[str, Json] = {
        "amount_excluding_tax": net,
        "tax_amounts": list(taxes),
        "unit_amount_excluding_tax": _unit(net, quantity) if quantity else None,
    }
    return in_order({**node, **own})


def _is_cut_short(line: Node, recurring: Mapping[str, Json]) -> bool:
    """Whether a line costs a share of a period, which a later anchor ends early."""
    start, end = (_integer(_hash(line, "period"), name) for name in ("start", "end"))
    licensed = bool(_integer(line, "amount")) and recurring.get("usage_type") == "licensed"
    return licensed and end < period_end(start, recurring)


def _priced(node: Node, find: Find) -> dict[str, Json]:
    """The price and the plan; that of an amount is a price of its own (observed)."""
    identifier = str(_hash(node, "pricing", "price_details").get("price"))
    price = find("price", identifier) or find("hidden_price", identifier)
    recurring = isinstance(price, Mapping) and bool(price.get("recurring"))
    return {"plan": find("plan", identifier) if recurring else None, "price": price}


def _discount(node: Node, find: Find) -> Json:
    """The first discount, with the whole coupon."""
    ids = node.get("discounts")
    first = ids[0] if isinstance(ids, list) and ids else None
    return find("discount", first) if isinstance(first, str) else first


def _tax(tax: Mapping[str, Any]) -> dict[str, Json]:
    return {
        "amount": tax["amount"],
        "inclusive": tax.get("tax_behavior") == "inclusive",
        "tax_rate": _hash(tax, "tax_rate_details").get("tax_rate"),
        "taxability_reason": None,
        "taxable_amount": tax.get("taxable_amount"),
    }


def _unit(amount: int, quantity: int) -> str:
    return f"{amount / quantity:.12f}".rstrip("0").rstrip(".")


def _hash(node: Mapping[str, Any], *names: str) -> Mapping[str, Json]:
    found: Any = node
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _list(node: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    found = node.get(name)
    yield from (each for each in found if isinstance(each, Mapping)) if isinstance(found, list) else ()


def _integer(node: Mapping[str, Any], name: str) -> int:
    found = node.get(name)
    return found if isinstance(found, int) else 0
