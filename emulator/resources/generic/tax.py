"""Stripe Tax: calculations, the transactions made from them, and reversals.

Rates are not known. Without a registration in the customer's country no tax is collected, as on Stripe; with one, a
calculation is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.answering.paging import list_object
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.registry import declared
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import whole
from emulator.model.stored import objects
from emulator.model.stored.objects import added, of_id
from emulator.model.stored.stored import decode
from emulator.resources.generic.base.behaviour import Behaviour
from emulator.resources.generic.base.lists import items
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.json import Json

CALCULATION, TRANSACTION = "tax.calculation", "tax.transaction"
GOODS = "txcd_99999999"  # General - Tangible Goods
SHIPPING = "txcd_92010001"
# Fields of a calculation that its transaction repeats.
COPIED = ("currency", "customer", "customer_details", "ship_from_details", "tax_date")


def _calculated(call: Call, fields: Fields) -> Fields:
    """A calculation without tax. Raises StripeError where tax would be collected."""
    country = hash_in(hash_in(fields, "customer_details"), "address").get("country")
    if any(decode(row).get("country") == country for row in call.sandbox.table("tax.registration").newest(call.owner)):
        raise errors.effect_not_emulated("rates of tax in the country of a registration")
    lines = [_line(call, place, each) for place, each in enumerate(list_in(call.params, "line_items"))]
    shipping = hash_in(call.params, "shipping_cost")
    total = sum(integer(each, "amount") for each in lines) + integer(shipping, "amount")
    rate: Json = whole("tax_product_resource_tax_rate_details", {"country": country, "percentage_decimal": "0.0"})
    untaxed: Json = {
        "amount": 0,
        "inclusive": False,
        "tax_rate_details": rate,
        "taxability_reason": "not_collecting",
        "taxable_amount": 0,
    }
    return {
        **fields,
        "amount_total": total,
        "line_items": list_object(lines),
        "shipping_cost": _shipping(shipping) if shipping else None,
        "tax_breakdown": [untaxed],
        "tax_date": integer(call.params, "tax_date", call.now),
    }


def _line(call: Call, place: int, sent: Mapping[str, Json]) -> Fields:
    line = {
        "id": call.sandbox.ids.random("tax_li", 14),
        "object": "tax.calculation_line_item",
        "livemode": call.sandbox.livemode,
        "quantity": 1,
        "reference": f"L{place + 1}",
        "tax_behavior": "exclusive",
        "tax_code": GOODS,
        **sent,
        "amount_tax": 0,
    }
    shown = whole("tax.calculation_line_item", line)
    return {key: value for key, value in shown.items() if key != "tax_breakdown"}


def _shipping(sent: Mapping[str, Json]) -> Fields:
    return {"amount": 0, "tax_behavior": "exclusive", "tax_code": SHIPPING, **sent, "amount_tax": 0}


def _from_calculation(call: Call) -> Json:
    """POST /v1/tax/transactions/create_from_calculation. Raises StripeError."""
    row = of_id(call, CALCULATION, str(call.params["calculation"]), "calculation")
    fields = decode(row)
    if integer(fields, "expires_at") <= call.now:
        raise errors.tax_calculation_expired(row.id)
    lines: list[Json] = [_copy(call, each, 1, None) for each in items(fields, ("line_items",))]
    copied = {name: fields[name] for name in COPIED if name in fields}
    return _added(call, {**copied, "type": "transaction"}, lines, _without_breakdown(fields.get("shipping_cost")))


def _reversal(call: Call) -> Json:
    """POST /v1/tax/transactions/create_reversal. Raises StripeError."""
    if "flat_amount" in call.params:
        raise errors.param_not_emulated(("flat_amount",))
    original = of_id(call, TRANSACTION, str(call.params["original_transaction"]), "original_transaction")
    fields = decode(original)
    lines = items(fields, ("line_items",))
    full = call.params["mode"] == "full"
    reversed_lines: list[Json] = [_copy(call, each, -1, str(each["id"])) for each in lines]
    if not full:
        reversed_lines = [_partial(call, each, lines) for each in list_in(call.params, "line_items")]
    _refuse_more_than_left(call, original.id, fields, reversed_lines)
    shipping = _negative(hash_in(fields, "shipping_cost")) if full else hash_in(call.params, "shipping_cost")
    copied = {name: fields[name] for name in COPIED if name in fields}
    reversal: Json = {"original_transaction": original.id}
    return _added(call, {**copied, "type": "reversal", "reversal": reversal}, reversed_lines, shipping or None)


def _added(call: Call, fields: Fields, lines: list[Json], shipping: Json) -> Json:
    """A new transaction, whose reference no other one has. Raises StripeError."""
    reference = str(call.params["reference"])
    for row in call.sandbox.table(TRANSACTION).newest(call.owner):
        if decode(row).get("reference") == reference:
            raise errors.tax_reference_used(reference)
    own: Fields = {
        "line_items": list_object(lines),
        "metadata": dict(hash_in(call.params, "metadata")) or None,
        "posted_at": integer(call.params, "posted_at", call.now),
        "reference": reference,
        "shipping_cost": shipping,
    }
    return objects.shown(call.scope, TRANSACTION, added(call, TRANSACTION, {**fields, **own}))


def _copy(call: Call, line: Mapping[str, Json], sign: int, original: str | None) -> Fields:
    """A line of a transaction like another line, or its reversal."""
    kept = {key: value for key, value in line.items() if key != "tax_breakdown"}
    return {
        **kept,
        "id": call.sandbox.ids.random("tax_li", 14),
        "object": "tax.transaction_line_item",
        "amount": sign * integer(line, "amount"),
        "amount_tax": sign * integer(line, "amount_tax"),
        "reversal": {"original_line_item": original} if original else None,
        "type": "reversal" if original else "transaction",
    }


def _partial(call: Call, sent: Mapping[str, Json], lines: list[Fields]) -> Fields:
    """The reversal of a part of a line. Raises StripeError for a line that the transaction does not have."""
    wanted = str(sent["original_line_item"])
    found = next((each for each in lines if each["id"] == wanted), None)
    if found is None:
        raise errors.no_such("tax transaction line item", wanted, "line_items[0][original_line_item]")
    kept = {name: value for name, value in sent.items() if name != "original_line_item"}
    return {**_copy(call, found, -1, wanted), **kept}


def _refuse_more_than_left(call: Call, original: str, fields: Fields, lines: list[Json]) -> None:
    """Refuses reversals beyond the amounts of the lines, those of earlier reversals included. Raises StripeError."""
    left = {str(each["id"]): integer(each, "amount") for each in items(fields, ("line_items",))}
    earlier = (decode(row) for row in call.sandbox.table(TRANSACTION).newest(call.owner))
    mine = (each for each in earlier if hash_in(each, "reversal").get("original_transaction") == original)
    for line in (*(line for each in mine for line in items(each, ("line_items",))), *lines):
        if isinstance(line, dict):
            left[str(hash_in(line, "reversal").get("original_line_item"))] += integer(line, "amount")
    if any(amount < 0 for amount in left.values()):
        raise errors.tax_reversal_too_large(original)


def _negative(cost: Fields) -> Fields:
    return {key: -value if isinstance(value, int) else value for key, value in cost.items()}


def _without_breakdown(cost: Json) -> Json:
    return {key: value for key, value in cost.items() if key != "tax_breakdown"} if isinstance(cost, dict) else None


def _find(call: Call) -> Json:
    """GET /v1/tax/associations/find: no payment is associated with a calculation. Raises StripeError."""
    raise errors.no_such("association", str(call.params["payment_intent"]), "payment_intent", 404)


# The general tax codes with their names, in Stripe's order, and their descriptions (official).
CODES: Mapping[str, tuple[str, str]] = {
    "txcd_99999999": (
        "General - Tangible Goods",
        "A physical good that can be moved or touched. Also known as tangible personal property.",
    ),
    "txcd_20030000": (
        "General - Services",
        (
            "General category for services. It should be used only when there is no more specific services category. "
            "In the European Union, the default rule for business-to-consumer sales (B2C) is the location of the "
            "seller, whereas for business-to-business sales (B2B) - the location of the buyer."
        ),
    ),
    "txcd_10000000": (
        "General - Electronically Supplied Services",
        (
            "A digital service provided mainly through the internet with minimal human involvement, relying on "
            "information technology. Consider more specific categories like software, digital goods, cloud services, "
            "or website services for your product (especially if you sell in the US). If you stay with this category, "
            "taxes will be similar to those for a generic digital item like downloaded music."
        ),
    ),
    "txcd_00000000": (
        "Nontaxable",
        (
            "Any nontaxable good or service which can be used to ensure no tax is applied, even for jurisdictions "
            "that impose a tax."
        ),
    ),
}


def _shown_code(identifier: str) -> Fields:
    name, description = CODES[identifier]
    return whole("tax_code", {"id": identifier, "object": "tax_code", "description": description, "name": name})


def _codes(call: Call) -> Json:
    """GET /v1/tax_codes. Raises StripeError."""
    page = paging.page(call, paging.SequenceSource(list(CODES), str), noun="tax code")
    return paging.listing([_shown_code(each) for each in page.rows], call.url, has_more=page.has_more)


def _code(call: Call) -> Json:
    """GET /v1/tax_codes/{id}. Raises StripeError."""
    known = call.path["id"] in CODES
    return _shown_code(call.path["id"]) if known else verbs.retrieve(declared("tax_code"), verbs.Place("id"), call)


BEHAVIOUR = {
    "tax.association": Behaviour(verbs={"show": _find}),
    "tax_code": Behaviour(verbs={"list": _codes, "retrieve": _code}),
    CALCULATION: Behaviour(create=_calculated),
    TRANSACTION: Behaviour(verbs={"create_from_calculation": _from_calculation, "create_reversal": _reversal}),
}
