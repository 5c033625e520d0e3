"""The discounts and taxes of line items, and of all items of an object: fields that only an expansion shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import Private, kept, private, public
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import template
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import amounts
from emulator.resources.billing.products.redemption import DISCOUNT, Redeemed, discount_fields
from emulator.resources.generic.base.lists import items
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

BREAKDOWN = "total_details.breakdown"
HOLDERS = ("checkout.session", "quote", "payment_link")  # objects with line items


class ItemBreakdown(Private, total=False):
    """What a line item keeps for its expansions: the amount by coupon, and the taxes as they are shown."""

    _off: list[int]
    _taxes: list[Fields]


class RedeemedCoupons(Private, total=False):
    """What a session keeps: the terms of its coupons, and the ids of its discounts."""

    _coupons: list[Fields]
    _discounts: list[str]


def hidden(line: amounts.Line) -> Fields:
    """The fields that an item keeps for its expansions."""
    taxes: list[Fields] = [
        {
            "amount": tax,
            "rate": dict(rate),
            "taxability_reason": None,
            "taxable_amount": line.amount - line.discount - (tax if rate.get("inclusive") else 0),
        }
        for rate, tax in line.taxes
    ]
    own = ItemBreakdown()
    if any(line.discounts):
        own["_off"] = list(line.discounts)
    if taxes:
        own["_taxes"] = taxes
    return kept(own)


def redeemed(scope: Scope, coupons: Sequence[Fields]) -> Fields:
    """The fields of a session with coupons: their terms, and the ids of its discounts."""
    new_id = scope.sandbox.ids.in_account
    ids = [new_id("di", scope.now, scope.owner) for _ in coupons]
    return kept(RedeemedCoupons(_coupons=list(coupons), _discounts=ids))


def breakdown(call: Call, row: Row[bytes], place: Sequence[str] = ("line_items",)) -> Json:
    """The discounts and taxes of all items of an object: one of each discount, and of each rate."""
    fields, off, taxes = shared(row), _discounts(call, row), dict[str, Fields]()
    found = items(fields, place)
    for each in (tax for item in found for tax in private(ItemBreakdown, item).get("_taxes", [])):
        key = str(hash_in(each, "rate")["id"])
        known = taxes.get(key, {**each, "amount": 0, "taxable_amount": 0})
        sums: Fields = {name: integer(known, name) + integer(each, name) for name in ("amount", "taxable_amount")}
        taxes[key] = {**known, **sums}
    totals = [sum(amount for item in found for amount in _at(item, at)) for at in range(len(off))]
    return {
        "discounts": [{"amount": amount, DISCOUNT: each} for amount, each in zip(totals, off, strict=True)],
        "taxes": list(taxes.values()),
    }


def _at(item: Fields, place: int) -> Iterator[int]:
    yield from private(ItemBreakdown, item).get("_off", [])[place : place + 1]


def include_of_item(call: Call, identifier: str, name: str) -> Json:
    """The discounts or the taxes of a line item."""
    quoted = f'"{identifier}"'.encode()
    for row in _holders(call):
        found = items(shared(row), ("line_items",)) if quoted in row.data else ()  # few rows are parsed
        for item in found:
            if item["id"] == identifier:
                return _of_item(call, row, item, name)
    return None


def _holders(call: Call) -> Iterator[Row[bytes]]:
    """The objects with line items: those that the path of the request names, then all."""
    tables = [call.sandbox.table(kind) for kind in HOLDERS]
    for identifier in call.path.values():
        yield from filter(None, (table.get(call.owner, identifier) for table in tables))
    for table in tables:
        yield from table.newest(call.owner)


def _of_item(call: Call, row: Row[bytes], item: Fields, name: str) -> Json:
    if name == "taxes":
        return list(private(ItemBreakdown, item).get("_taxes", []))
    pairs = [(amount, each) for at, each in enumerate(_discounts(call, row)) for amount in _at(item, at)]
    return [{"amount": amount, DISCOUNT: each} for amount, each in pairs] if name == "discounts" else None


def _discounts(call: Call, row: Row[bytes]) -> list[Fields]:
    """The discounts of an object: a session has them before anything is redeemed."""
    fields = shared(row)
    own = private(RedeemedCoupons, fields)
    if "_coupons" in own:
        codes = [each.get("promotion_code") for each in list_in(fields, "discounts")]
        return [
            _of_session(call, row, identifier, Redeemed(coupon, str(code) if code else None))
            for identifier, coupon, code in zip(own["_discounts"], own["_coupons"], codes, strict=True)
        ]
    ids = fields.get("discounts")
    rows = [objects.get(call.scope, DISCOUNT, str(each)) for each in (ids if isinstance(ids, list) else [])]
    return [objects.shown(call.scope, DISCOUNT, each) for each in rows if each is not None]


def _of_session(call: Call, row: Row[bytes], identifier: str, found: Redeemed) -> Fields:
    own = discount_fields(Scope(call.sandbox, row.owner, row.created), found, checkout_session=row.id)
    return {**template(DISCOUNT), **public(own), "id": identifier}
