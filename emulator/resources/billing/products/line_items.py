"""Line items of checkout sessions, payment links and quotes: prices, quantities and their totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator import errors
from emulator.model.asking.requests import create
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id, scope_of
from emulator.model.stored.stored import decode
from emulator.resources.billing.base import amounts, clocks
from emulator.resources.billing.products.breakdowns import hidden
from emulator.resources.billing.products.redemption import (
    DISCOUNT,
    NOTHING,
    DiscountState,
    Purchase,
    add,
    redeemed,
    redemptions,
    terms,
)
from emulator.resources.generic.base.lists import HIDDEN
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.path import below

REMOVED = "discount.removed"

ITEM, PRICE, RATE = "item", "price", "tax_rate"


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


def total(
    call: Call,
    sent: Sequence[Params],
    coupons: Sequence[Fields] = (),
    rates: Sequence[Fields] = (),
    currency: str | None = None,
) -> Total:
    """The line items of a request; `rates` are those of lines without their own. Raises StripeError.

    `currency` is the one that is charged, where it is not that of the prices.
    """
    found = [price_of(call, each, f"line_items[{place}]") for place, each in enumerate(sent)]
    prices = [amounts.in_currency(price, currency) if currency else price for price in found]
    quantities = [integer(each, "quantity", 1) for each in sent]
    own_rates = [rates_of(call, each, f"line_items[{place}]") or rates for place, each in enumerate(sent)]
    plain = [amounts.amount_of(price, quantity) for price, quantity in zip(prices, quantities, strict=True)]
    charged = str(prices[0]["currency"]) if prices else None
    found_lines = amounts.lines(plain, coupons, own_rates, [price.get("product") for price in prices], charged)
    items: list[Json] = [
        _item(call, price, quantity, line, each)
        for price, quantity, line, each in zip(prices, quantities, found_lines, sent, strict=True)
    ]
    return Total(
        items,
        charged,
        sum(plain),
        sum(line.discount for line in found_lines),
        sum(line.tax for line in found_lines),
        sum(line.total for line in found_lines),
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
        **hidden(line),
    }
    return {"id": call.sandbox.ids.in_account("li", call.now, call.owner), "object": ITEM, **fields}


def product_name(call: Call | Scope, price: Mapping[str, Json]) -> Json:
    """The name of the product of a price."""
    product = objects.get(scope_of(call), "product", str(price.get("product")))
    return decode(product).get("name") if product else None


def price_of(call: Call, sent: Params, path: str) -> Fields:
    """The price that a line names, with its tiers, or a new one by its `price_data`. Raises StripeError."""
    data = hash_in(sent, "price_data")
    if data and sent.get("price"):
        raise errors.exclusive_params([(below(path, PRICE),), (below(path, "price_data"),)])
    if not data and not sent.get("price"):
        raise errors.line_without_price(path)
    row = of_id(call, PRICE, _new_price(call, data, path) if data else str(sent["price"]), below(path, PRICE))
    fields = decode(row)
    if not fields.get("active") and not data:
        raise errors.price_inactive(below(path, PRICE))
    return whole_price(call, row)


def _new_price(call: Call, data: Fields, path: str) -> str:
    """The id of a price that a line has the data of. Raises StripeError."""
    return create(call, PRICE, _inline(data), inside=below(path, "price_data")).id


def whole_price(call: Call | Scope, row: Row[bytes]) -> Fields:
    """A price with its tiers, and its amounts in other currencies."""
    fields = decode(row)
    return {**objects.shown(scope_of(call), PRICE, row), **{name: fields.get(name) for name in HIDDEN[PRICE]}}


def _inline(data: Fields) -> Params:
    return {name: value for name, value in data.items() if value is not None}  # type: ignore[misc]


def shown_price(price: Fields) -> Fields:
    """A price as other objects show it."""
    return {name: value for name, value in price.items() if name not in HIDDEN[PRICE]}


def rates_of(call: Call, sent: Params, path: str, name: str = "tax_rates") -> list[Fields]:
    """The tax rates that a parameter names. Raises StripeError."""
    found = sent.get(name)
    ids = found if isinstance(found, list) else []
    rows = (of_id(call, RATE, str(each), f"{below(path, name)}[{place}]") for place, each in enumerate(ids))
    return [objects.shown(call.scope, RATE, row) for row in rows]


def coupons_of(call: Call | Scope, sent: Params, purchase: Purchase = NOTHING) -> list[Fields]:
    """The terms of the discounts that a request names, by coupons or promotion codes. Raises StripeError."""
    return [found.coupon for found in redemptions(call, sent, purchase)]


def coupon_of(call: Call | Scope, name: str, identifier: str, path: str) -> Fields:
    """The terms that an id of a kind redeems: that of a coupon, a promotion code or a discount. Raises StripeError."""
    return redeemed(call, name, identifier, path).coupon


def discounts_of(call: Call | Scope, sent: Params, purchase: Purchase | None = None, /, **owner: Json) -> list[Json]:
    """The ids of new discounts, one for each that a request names; `owner` is what they are for. Raises StripeError."""
    buyer = purchase or Purchase(owner.get("customer"))
    scope = clocks.scope_of_customer(call.scope, buyer.customer) if isinstance(call, Call) else call
    return [add(scope, found, **owner) for found in redemptions(scope, sent, buyer)]


def customer_discount(call: Call | Scope, customer: Json) -> Fields:
    """The discount of a customer, empty where there is none."""
    row = objects.get(scope_of(call), "customer", str(customer or ""))
    return hash_in(decode(row), DISCOUNT) if row is not None else {}


def invoice_discounts(call: Call, payer: Json, **owner: Json) -> list[Json]:
    """The discounts of a new invoice: those sent, or else that of its customer (official). Raises StripeError."""
    if "discounts" not in call.params:
        return inherited(call, payer)
    return discounts_of(call, call.params, Purchase(payer), **owner, **kept(DiscountState(_direct=True)))


def inherited(call: Call | Scope, customer: Json) -> list[Json]:
    """The ids of the discounts that an invoice has where none were sent: that of its customer (official)."""
    found = customer_discount(call, customer)
    return [found["id"]] if found else []


def used_up(call: Call | Scope, customer: Json, discounts: Json) -> None:
    """Removes the discount of a customer that only applies once, after an invoice that has it is finalized."""
    scope = scope_of(call)
    found = customer_discount(call, customer)
    if not found or not isinstance(discounts, list) or found["id"] not in discounts:
        return
    if terms(scope, str(found["id"])).get("duration", "once") == "once":
        objects.remove(scope, DISCOUNT, str(found["id"]))
        registry.happen(scope, REMOVED, str(found["id"]), str(customer), "")
