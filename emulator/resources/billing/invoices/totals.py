"""The amounts of an invoice: discounts and taxes of its lines, shipping, and the balance of its customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import amounts
from emulator.resources.billing.invoices.kept import LineState
from emulator.resources.billing.products.line_items import RATE
from emulator.resources.billing.products.redemption import terms
from emulator.resources.billing.usage.credit_use import credits_of
from emulator.resources.money.currencies import MINIMUMS
from emulator.resources.money.exchange import settle
from emulator.schema.trees import hash_in, hashes_in, integer, list_in
from emulator.wire.json import Json

Coupons = Sequence[tuple[str, Fields]]  # by the ids of discounts
Taken = Sequence[tuple[str, int]]  # amounts by the ids of discounts


def with_lines(scope: Scope, invoice: Fields, lines: Sequence[Fields]) -> Fields:
    """An invoice with these lines, and its amounts: discounts of items, then those of the invoice, then taxes."""
    own = [_item_discounts(scope, line) for line in lines]
    left = [integer(line, "amount") - _taken(found) for line, found in zip(lines, own, strict=True)]
    more = _invoice_discounts(left, lines, _coupons(scope, invoice))
    credited = [sum(integer(each, "amount") for each in credits_of(line)) for line in lines]
    plain = [amount - _taken(found) - paid for amount, found, paid in zip(left, more, credited, strict=True)]
    taxed = amounts.lines(plain, (), [_rates(scope, invoice, line) for line in lines])
    shown: list[Json] = [
        _priced(line, (*item, *whole), priced)
        for line, item, whole, priced in zip(lines, own, more, taxed, strict=True)
    ]
    return {
        **invoice,
        **_sums(scope, invoice, sum(left), taxed),
        **_totals(shown),
        "lines": {"object": "list", "data": shown, "has_more": False, "total_count": len(shown), "url": ""},
    }


def _sums(scope: Scope, invoice: Fields, subtotal: int, found: Sequence[amounts.Line]) -> Fields:
    shipping = integer(hash_in(invoice, "shipping_cost"), "amount_total")
    total = sum(line.total for line in found) + shipping
    tax, included = sum(line.tax for line in found), sum(line.tax - line.added for line in found)
    return {
        "amount_shipping": shipping,
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - included,
        "total": total,
        "total_excluding_tax": total - tax,
        **balanced(scope, {**invoice, "total": total}),
    }


# --- the balance of the customer ----------------------------------------------------------------------------------


def balanced(scope: Scope, invoice: Fields) -> Fields:
    """The amount due after the present balance of the customer, which `starting_balance` is (official)."""
    start = balance_of(scope, invoice)
    due = max(_due(scope, integer(invoice, "total") + start, invoice)[0], 0)
    return {"amount_due": due, "amount_remaining": due, "starting_balance": start}


def ending(scope: Scope, invoice: Fields) -> int:
    """The balance of the customer once an invoice is finalized: the rest of a credit, or a debt."""
    return _due(scope, integer(invoice, "total") + integer(invoice, "starting_balance"), invoice)[1]


def balance_of(scope: Scope, invoice: Fields) -> int:
    """The balance that an invoice starts with: that of its customer in the same currency, negative for credit."""
    customer = objects.get(scope, "customer", str(invoice.get("customer") or ""))
    known = shared(customer) if customer is not None else {}
    return integer(known, "balance") if known.get("currency") in (invoice.get("currency"), None) else 0


def _due(scope: Scope, amount: int, invoice: Fields) -> tuple[int, int]:
    """The amount due, and the balance after it: less than the smallest payment is left to the next invoice."""
    if amount <= 0:
        return 0, amount
    settled = settle(scope, amount, str(invoice["currency"]))
    return (0, amount) if settled.amount < MINIMUMS.get(settled.currency, 0) else (amount, 0)


# --- discounts and taxes ------------------------------------------------------------------------------------------


def _priced(line: Fields, taken: Taken, priced: amounts.Line) -> Fields:
    """A line with its discounts and taxes."""
    off: list[Json] = [{"amount": amount, "discount": identifier} for identifier, amount in taken]
    taxes: list[Json] = [
        {
            "amount": tax,
            "tax_behavior": "inclusive" if rate.get("inclusive") else "exclusive",
            "tax_rate_details": {"tax_rate": rate["id"]},
            "taxability_reason": "not_available",
            "taxable_amount": priced.amount - (tax if rate.get("inclusive") else 0),
            "type": "tax_rate_details",
        }
        for rate, tax in priced.taxes
    ]
    item_off = sum(amount for identifier, amount in taken if identifier in _ids(line))
    return {
        **line,
        "discount_amounts": off,
        "pretax_credit_amounts": [
            *({**each, "type": "discount"} for each in off if isinstance(each, dict)),
            *credits_of(line),
        ],
        "taxes": taxes,
        "subtotal": integer(line, "amount") - item_off,
    }


def _taken(found: Taken) -> int:
    return sum(amount for _, amount in found)


def _invoice_discounts(left: Sequence[int], lines: Sequence[Fields], coupons: Coupons) -> list[list[tuple[str, int]]]:
    """The discounts of an invoice by line: one coupon after another, on the lines that it applies to."""
    found: list[list[tuple[str, int]]] = [[] for _ in lines]
    for identifier, coupon in coupons:
        places = [place for place, line in enumerate(lines) if _applies(coupon, line)]
        rest = [left[place] - _taken(found[place]) for place in places]
        for place, amount in zip(places, amounts.discounts(rest, coupon, (), currency_of(lines)), strict=True):
            if amount:
                found[place].append((identifier, amount))
    return found


def currency_of(lines: Sequence[Fields]) -> str | None:
    """The currency of lines, None without any."""
    return next((str(line["currency"]) for line in lines if line.get("currency")), None)


def _applies(coupon: Fields, line: Fields) -> bool:
    """Whether a coupon discounts a line: prorations and others are not discountable, some are for products."""
    products = hash_in(coupon, "applies_to").get("products")
    product = hash_in(hash_in(line, "pricing"), "price_details").get("product")
    return bool(line.get("discountable", True)) and (not isinstance(products, list) or product in products)


def _totals(lines: Sequence[Json]) -> Fields:
    """The discounts and taxes of all lines, each added up."""
    off: dict[str, int] = {}
    taxes: dict[str, Fields] = {}
    for line in lines:
        if not isinstance(line, Mapping):
            continue
        for each in list_in(line, "discount_amounts"):
            off[str(each["discount"])] = off.get(str(each["discount"]), 0) + integer(each, "amount")
        for tax in list_in(line, "taxes"):
            rate = str(hash_in(tax, "tax_rate_details")["tax_rate"])
            old = taxes.get(rate, {"amount": 0, "taxable_amount": 0})
            sums: Fields = {name: integer(old, name) + integer(tax, name) for name in ("amount", "taxable_amount")}
            taxes[rate] = {**tax, **sums}
    discounts: list[Json] = [{"amount": amount, "discount": identifier} for identifier, amount in off.items()]
    credited: list[Json] = [{**each, "type": "discount"} for each in discounts if isinstance(each, dict)]
    return {
        "total_discount_amounts": discounts,
        "total_pretax_credit_amounts": [*credited, *(each for line in lines for each in _credits(line))],
        "total_taxes": list(taxes.values()),
    }


def _credits(line: Json) -> list[Json]:
    """The credit grants that pay for a line."""
    return list(credits_of(line)) if isinstance(line, dict) else []


def _item_discounts(scope: Scope, line: Fields) -> list[tuple[str, int]]:
    """The amount of each discount of a line."""
    left, found = integer(line, "amount"), []
    for identifier, coupon in _coupons(scope, line):
        taken = amounts.discounts([left], coupon, (), currency_of([line]))[0]
        found.append((identifier, taken))
        left -= taken
    return found


def _coupons(scope: Scope, holder: Fields) -> Coupons:
    """The discounts of a line or an invoice, each with its coupon."""
    found = [(identifier, coupon_of(scope, identifier)) for identifier in _ids(holder)]
    return [(identifier, coupon) for identifier, coupon in found if coupon]


def _ids(holder: Fields) -> list[str]:
    found = holder.get("discounts")
    return [str(each) for each in found] if isinstance(found, list) else []


def coupon_of(scope: Scope, discount: str) -> Fields:
    """The coupon of a discount, as it was when it was redeemed; empty where there is none."""
    return terms(scope, discount)


def _rates(scope: Scope, invoice: Fields, line: Fields) -> list[Fields]:
    """The tax rates of a line, or the default ones of its invoice, as they are stored."""
    for found in (private(LineState, line).get("_rates", []), hashes_in(invoice, "default_tax_rates")):
        rows = [row for rate in found if (row := objects.get(scope, RATE, str(rate["id"]))) is not None]
        if rows:
            return [objects.shown(scope, RATE, row) for row in rows]
    return []
