"""Line items of checkout sessions, payment links and quotes: prices, quantities and their totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from emulator import errors
from emulator.resources import objects
from emulator.resources.billing.base import amounts
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import created, hash_in, integer, list_in, of_id
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.check import Params
from emulator.wire.json import Json

ITEM, PRICE, RATE, DISCOUNT = "item", "price", "tax_rate", "discount"


class Total(NamedTuple):
    """The line items of an object and their sums."""

    items: list[Json]
    currency: str | None
    subtotal: int
    discount: int
    tax: int
    total: int

    @property
    def details(self) -> Fields:
        """The field `total_details`."""
        return {"amount_discount": self.discount, "amount_shipping": 0, "amount_tax": self.tax}


def total(call: Call, sent: Sequence[Params], coupons: Sequence[Fields] = (), rates: Sequence[Fields] = ()) -> Total:
    """The line items of a request; `rates` are those of lines without their own. Raises StripeError."""
    prices = [price_of(call, each, f"line_items[{place}]") for place, each in enumerate(sent)]
    quantities = [integer(each, "quantity", 1) for each in sent]
    own_rates = [rates_of(call, each, f"line_items[{place}]") or rates for place, each in enumerate(sent)]
    plain = [amounts.amount_of(price, quantity) for price, quantity in zip(prices, quantities, strict=True)]
    found = amounts.lines(plain, coupons, own_rates)
    items: list[Json] = [
        _item(call, price, quantity, line, each)
        for price, quantity, line, each in zip(prices, quantities, found, sent, strict=True)
    ]
    return Total(
        items,
        str(prices[0]["currency"]) if prices else None,
        sum(plain),
        sum(line.discount for line in found),
        sum(line.tax for line in found),
        sum(line.total for line in found),
    )


def _item(call: Call, price: Fields, quantity: int, line: amounts.Line, sent: Params) -> Fields:
    adjustable = hash_in(sent, "adjustable_quantity")
    fields: Fields = {
        "adjustable_quantity": {"maximum": None, "minimum": None, **adjustable} if adjustable else None,
        "amount_discount": line.discount,
        "amount_subtotal": line.amount,
        "amount_tax": line.tax,
        "amount_total": line.total,
        "currency": price["currency"],
        "description": product_name(call, price),
        "metadata": dict(hash_in(sent, "metadata")) or None,
        "price": shown_price(price),
        "quantity": quantity,
    }
    return {"id": call.sandbox.ids.in_account("li", call.now, call.owner), "object": ITEM, **fields}


def product_name(call: Call, price: Mapping[str, Json]) -> Json:
    """The name of the product of a price."""
    product = objects.get(call.scope, "product", str(price.get("product")))
    return decode(product).get("name") if product else None


def price_of(call: Call, sent: Params, path: str) -> Fields:
    """The price that a line names, with its tiers, or a new one by its `price_data`. Raises StripeError."""
    data = hash_in(sent, "price_data")
    if data and sent.get("price"):
        raise errors.exclusive_params([(path, "price"), (path, "price_data")])
    if not data and not sent.get("price"):
        raise errors.line_without_price(path)
    identifier = str(created(call, PRICE, _inline(data))["id"] if data else sent["price"])
    row = of_id(call, PRICE, identifier, f"{path}[price]")
    fields = decode(row)
    if not fields.get("active") and not data:
        raise errors.price_inactive(f"{path}[price]")
    return {**objects.shown(call.scope, PRICE, row), "tiers": fields.get("tiers")}


def _inline(data: Fields) -> Params:
    return {name: value for name, value in data.items() if value is not None}  # type: ignore[misc]


def shown_price(price: Fields) -> Fields:
    """A price as other objects show it."""
    return {name: value for name, value in price.items() if name != "tiers"}


def rates_of(call: Call, sent: Params, path: str, name: str = "tax_rates") -> list[Fields]:
    """The tax rates that a parameter names. Raises StripeError."""
    found = sent.get(name)
    ids = found if isinstance(found, list) else []
    rows = (of_id(call, RATE, str(each), f"{path}[{name}][{place}]") for place, each in enumerate(ids))
    return [objects.shown(call.scope, RATE, row) for row in rows]


def coupons_of(call: Call, sent: Params) -> list[Fields]:
    """The coupons of the discounts that a request names, by their own ids or by promotion codes. Raises StripeError."""
    found: list[Fields] = []
    for place, each in enumerate(list_in(sent, "discounts")):
        name = next((kind for kind in _COUPONS if each.get(kind)), None)
        if name is not None:
            found.append(coupon_of(call, name, str(each[name]), f"discounts[{place}][{name}]"))
    return found


def coupon_of(call: Call, name: str, identifier: str, path: str) -> Fields:
    """The coupon that an id of a kind names: a coupon, a promotion code or a discount. Raises StripeError."""
    return _COUPONS[name](call, identifier, path)


def _coupon(call: Call, identifier: str, path: str) -> Fields:
    coupon = objects.shown(call.scope, "coupon", of_id(call, "coupon", identifier, path))
    if not coupon["valid"]:
        raise errors.coupon_expired(identifier)
    return coupon


def _promotion(call: Call, identifier: str, path: str) -> Fields:
    promotion = hash_in(decode(of_id(call, "promotion_code", identifier, path)), "promotion")
    return _coupon(call, str(promotion["coupon"]), path)


def _discount(call: Call, identifier: str, path: str) -> Fields:
    source = hash_in(decode(of_id(call, "discount", identifier, path)), "source")
    return _coupon(call, str(source["coupon"]), path)


_COUPONS: Mapping[str, Callable[[Call, str, str], Fields]] = {
    "coupon": _coupon,
    "promotion_code": _promotion,
    "discount": _discount,
}


def discounts_of(call: Call, sent: Params, **owner: Json) -> list[Json]:
    """The ids of new discounts, one for each that a request names; `owner` is what they are for. Raises StripeError."""
    ids: list[Json] = []
    for coupon, each in zip(coupons_of(call, sent), list_in(sent, "discounts"), strict=True):
        source: Json = {"coupon": coupon["id"], "type": "coupon"}
        fields = {"source": source, "start": call.now, "promotion_code": each.get("promotion_code"), **owner}
        identifier = call.sandbox.ids.in_account("di", call.now, call.owner)
        objects.add(call.scope, "discount", identifier, fields)
        ids.append(identifier)
    return ids


def customer_discount(call: Call, customer: Json) -> Fields:
    """The discount of a customer, empty where there is none."""
    row = objects.get(call.scope, "customer", str(customer or ""))
    return hash_in(decode(row), DISCOUNT) if row is not None else {}


def invoice_discounts(call: Call, payer: Json, **owner: Json) -> list[Json]:
    """The discounts of a new invoice: those sent, or else that of its customer (official). Raises StripeError."""
    return discounts_of(call, call.params, **owner) if "discounts" in call.params else inherited(call, payer)


def inherited(call: Call, customer: Json) -> list[Json]:
    """The ids of the discounts that an invoice has where none were sent: that of its customer (official)."""
    found = customer_discount(call, customer)
    return [found["id"]] if found else []


def used_up(call: Call, customer: Json, discounts: Json) -> None:
    """Removes the discount of a customer that only applies once, after an invoice that has it is finalized."""
    row, found = objects.get(call.scope, "customer", str(customer or "")), customer_discount(call, customer)
    if row is None or not found or not isinstance(discounts, list) or found["id"] not in discounts:
        return
    coupon = objects.get(call.scope, "coupon", str(hash_in(found, "source").get("coupon")))
    if coupon is not None and decode(coupon).get("duration", "once") == "once":
        call.sandbox.table(DISCOUNT).remove(call.owner, str(found["id"]))
        objects.change(call.scope, "customer", row, discount=None)
