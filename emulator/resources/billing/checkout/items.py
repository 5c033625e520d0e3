"""Line items of checkout sessions and payment links: their prices and quantities, and the totals that follow.

An item is stored inside its session with what its amounts follow from: the price, its tiers and the tax rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from emulator import catalog, errors
from emulator.model.answering.paging import list_object
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import kept, names, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored.stored import stored
from emulator.resources.billing.base import amounts
from emulator.resources.billing.checkout.kept import SessionItemState
from emulator.resources.billing.products import breakdowns, line_items
from emulator.resources.billing.products.redemption import Purchase
from emulator.resources.generic.base import lists
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

ITEM, LINES = "item", "line_items"
AMOUNTS = ("tiers", "unit_amount", "unit_amount_decimal")
NO_LIMITS: Mapping[str, Json] = {"maximum": None, "minimum": None}


class Totals(NamedTuple):
    """The items with their amounts, and the sums of a session."""

    items: list[Fields]
    subtotal: int
    discount: int
    shipping: int
    tax: int

    @property
    def total(self) -> int:
        """The amount due."""
        return sum(integer(each, "amount_total") for each in self.items) + self.shipping

    @property
    def fields(self) -> Fields:
        """The fields of a session."""
        details: Json = {
            "amount_discount": self.discount,
            "amount_shipping": self.shipping,
            "amount_tax": self.tax,
        }
        return {
            "amount_subtotal": self.subtotal,
            "amount_total": self.total,
            LINES: list_object(cast("list[Json]", self.items)),
            "total_details": details,
        }


def new(call: Call, sent: Sequence[Params], *, trial: bool = False, rates: Sequence[Fields] = ()) -> list[Fields]:
    """The items of a request, without amounts. Raises StripeError.

    A trial makes recurring ones free at first; `rates` are those of items without their own.
    """
    found = [_item(call, each, f"{LINES}[{place}]", trial=trial) for place, each in enumerate(sent)]
    found = [{**each, **_taxed(each, rates)} for each in found]
    if len({each["currency"] for each in found}) > 1:
        raise errors.line_currencies_differ()
    return found


def _taxed(item: Fields, rates: Sequence[Fields]) -> Fields:
    return kept(SessionItemState(_rates=private(SessionItemState, item)["_tax_rates"] or list(rates)))


def _item(call: Call, sent: Params, path: str, *, trial: bool) -> Fields:
    price = line_items.price_of(call, sent, path)
    if price.get("custom_unit_amount"):
        raise errors.param_not_emulated((path, "price"))
    wanted = call.params.get("currency")
    charged = amounts.in_currency(price, str(wanted)) if wanted else price
    adjustable = hash_in(sent, "adjustable_quantity")
    own = SessionItemState(
        _tax_rates=line_items.rates_of(call, sent, path),
        _charged={name: charged.get(name) for name in AMOUNTS},
        _trial=trial and bool(price.get("recurring")),
    )
    fields: Fields = {
        "adjustable_quantity": {**NO_LIMITS, **adjustable} if adjustable else None,
        "currency": charged["currency"],
        "description": line_items.product_name(call, price),
        "metadata": dict(hash_in(sent, "metadata")) or None,
        "price": line_items.shown_price(price),
        "quantity": _quantity(sent, price, path),
        **kept(own),
    }
    return {"id": call.sandbox.ids.in_account("li", call.now, call.owner), "object": ITEM, **fields}


def _quantity(sent: Params, price: Fields, path: str) -> int | None:
    """The quantity of an item; a metered price has none. Raises StripeError."""
    if hash_in(price, "recurring").get("usage_type") == "metered":
        if "quantity" in sent:
            raise errors.quantity_of_metered_price(path)
        return None
    if "quantity" not in sent:
        raise errors.line_without_quantity(path)
    if integer(sent, "quantity") < 1:
        raise errors.quantity_too_small(f"{path}[quantity]")
    return integer(sent, "quantity")


def purchase(items: Sequence[Fields], customer: Json) -> Purchase:
    """The purchase of a customer, as coupons and promotion codes look at it."""
    products = [hash_in(each, "price").get("product") for each in items]
    currency = str(items[0]["currency"]) if items else None
    return Purchase(customer, currency, sum(full_amount(each) for each in items), products)


def totals(items: Sequence[Fields], coupons: Sequence[Fields] = (), shipping: int = 0) -> Totals:
    """The items with amounts after discounts and taxes, and their sums."""
    plain = [_amount(each) for each in items]
    rates = [private(SessionItemState, each).get("_rates", []) for each in items]
    products = [hash_in(each, "price").get("product") for each in items]
    currency = str(items[0]["currency"]) if items else None
    lines = amounts.lines(plain, coupons, rates, products, currency)
    priced = [_priced(each, line) for each, line in zip(items, lines, strict=True)]
    discount, tax = sum(line.discount for line in lines), sum(line.tax for line in lines)
    return Totals(priced, sum(plain), discount, shipping, tax)


def _amount(item: Fields) -> int:
    return 0 if private(SessionItemState, item).get("_trial") else full_amount(item)


def full_amount(item: Fields) -> int:
    """The amount of an item after a trial, before discounts and taxes."""
    price = {**hash_in(item, "price"), **private(SessionItemState, item).get("_charged", {})}
    return amounts.amount_of(price, integer(item, "quantity"))


def _priced(item: Fields, line: amounts.Line) -> Fields:
    priced: Fields = {
        "amount_discount": line.discount,
        "amount_subtotal": line.amount,
        "amount_tax": line.tax,
        "amount_total": line.total,
    }
    named = {"id": item["id"], "object": ITEM}
    same = {name: value for name, value in item.items() if name not in names(breakdowns.ItemBreakdown)}
    return {**named, **dict(sorted({**same, **priced, **breakdowns.hidden(line)}.items())), **named}


def of(fields: Mapping[str, Json]) -> list[Fields]:
    """The items of a session or a payment link."""
    return lists.items(fields, (LINES,))


def is_recurring(item: Fields) -> bool:
    """Whether an item is paid again and again."""
    return bool(hash_in(hash_in(item, "price"), "recurring"))


def sent_in(params: Params) -> list[Params]:
    """The items of a request."""
    return list_in(params, LINES)


ITEMS = stored(
    ITEM,
    "li",
    include=breakdowns.include_of_item,
    endpoints=lists.endpoints(ITEM, [each for each in catalog.operations() if each.object == ITEM]),
)
RESOURCES = (ITEMS,)
