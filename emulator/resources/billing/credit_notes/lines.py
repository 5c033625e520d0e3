"""The lines of credit notes: parts of an invoice's lines with their discounts and taxes, and custom ones."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.declaration.templates import whole
from emulator.model.stored.metadata import merged
from emulator.resources.billing.base import amounts
from emulator.resources.billing.invoices.lines import lines_of
from emulator.resources.billing.products.line_items import rates_of
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

LINE = "credit_note_line_item"
OWN = ("id", "object")


class Sums(NamedTuple):
    """The sums of the lines of a credit note, with taxes and discounts."""

    subtotal: int
    discount: int
    tax: int
    added: int

    @property
    def total(self) -> int:
        """The amount after discounts and with added taxes."""
        return self.subtotal - self.discount + self.added


def lines(call: Call, scope: Scope, invoice: Shared) -> list[Fields]:
    """The lines of a request, or one of its amount. Raises StripeError."""
    sent = list_in(call.params, "lines")
    if not sent and not call.params.get("amount"):
        if call.params.get("shipping_cost"):
            return []
        raise errors.missing_param(("amount",))
    if not sent:
        custom: Params = {"type": "custom_line_item", "unit_amount": integer(call.params, "amount"), "quantity": 1}
        return [_line(call, scope, invoice, custom, "lines[0]")]
    return [_line(call, scope, invoice, each, f"lines[{place}]") for place, each in enumerate(sent)]


def sums(found: Sequence[Fields]) -> Sums:
    """The sums of lines."""
    taxes = [tax for line in found for tax in list_in(line, "taxes")]
    return Sums(
        sum(integer(line, "amount") for line in found),
        sum(integer(line, "discount_amount") for line in found),
        sum(integer(tax, "amount") for tax in taxes),
        sum(integer(tax, "amount") for tax in taxes if tax.get("tax_behavior") == "exclusive"),
    )


def added_up(found: Sequence[Fields]) -> Fields:
    """The discounts and the taxes of all lines, each added up."""
    off: dict[str, int] = {}
    taxes: dict[str, Fields] = {}
    for line in found:
        for each in list_in(line, "discount_amounts"):
            off[str(each["discount"])] = off.get(str(each["discount"]), 0) + integer(each, "amount")
        for tax in list_in(line, "taxes"):
            rate = str(hash_in(tax, "tax_rate_details").get("tax_rate"))
            old = taxes.get(rate, {})
            total: Fields = {name: integer(old, name) + integer(tax, name) for name in ("amount", "taxable_amount")}
            taxes[rate] = {**tax, **total}
    discounts: list[Json] = [{"amount": amount, "discount": identifier} for identifier, amount in off.items()]
    return {
        "discount_amount": sum(off.values()),
        "discount_amounts": discounts,
        "pretax_credit_amounts": [{**each, "type": "discount"} for each in discounts if isinstance(each, dict)],
        "total_taxes": list(taxes.values()),
    }


def _line(call: Call, scope: Scope, invoice: Shared, sent: Params, path: str) -> Fields:
    of_invoice = sent["type"] == "invoice_line_item"
    own = _of_invoice(invoice, sent, path) if of_invoice else _custom(sent, path)
    own |= _taxes(call, sent, path, integer(own, "amount") - integer(own, "discount_amount"))
    identifier = scope.sandbox.ids.in_account("cnli", scope.outside.now, scope.owner)
    common: Fields = {"type": str(sent["type"]), "livemode": scope.sandbox.livemode, "taxes": []}
    if "metadata" in sent:
        common["metadata"] = dict(merged({}, sent["metadata"]))
    fields = whole(LINE, {**common, **own})
    return {"id": identifier, "object": LINE, **{name: fields[name] for name in sorted(fields) if name not in OWN}}


def _custom(sent: Params, path: str) -> Fields:
    """A line of an amount for each of a quantity. Raises StripeError."""
    each, quantity = sent.get("unit_amount", sent.get("unit_amount_decimal")), integer(sent, "quantity", 1)
    if each is None:
        raise errors.missing_param((path, "unit_amount"))
    exact = Decimal(str(each))
    return {
        "amount": integer(sent, "amount", _rounded(exact * quantity)),
        "description": str(sent["description"]) if sent.get("description") else None,
        "quantity": quantity,
        "unit_amount": int(exact) if exact == int(exact) else None,
        "unit_amount_decimal": str(each),
    }


def _of_invoice(invoice: Shared, sent: Params, path: str) -> Fields:
    """The credit of a line of the invoice: an amount, or a quantity, with its part of the discounts and taxes.

    Without both it is the whole line. Raises StripeError.
    """
    wanted = str(sent.get("invoice_line_item") or "")
    found = next((line for line in lines_of(invoice) if line["id"] == wanted), None)
    if found is None:
        raise errors.no_such("invoice line item", wanted, f"{path}[invoice_line_item]")
    full, count = integer(found, "amount"), max(integer(found, "quantity", 1), 1)
    quantity = integer(sent, "quantity") if "quantity" in sent else None
    share = Decimal(full) * (count if quantity is None else quantity) / count
    amount = integer(sent, "amount") if "amount" in sent else _rounded(share)
    if not 0 <= amount <= full:
        raise errors.credit_note_line_too_large(f"{path}[amount]")
    part = Decimal(amount) / full if full else Decimal(0)
    off = [{**each, "amount": _part(each, part)} for each in list_in(found, "discount_amounts")]
    names = ("amount", "taxable_amount")
    taxes = [{**tax, **{name: _part(tax, part, name) for name in names}} for tax in list_in(found, "taxes")]
    unit = hash_in(found, "pricing").get("unit_amount_decimal") if quantity is not None else None
    return {
        "amount": amount,
        "description": found.get("description"),
        "discount_amount": sum(integer(each, "amount") for each in off),
        "discount_amounts": list(off),
        "invoice_line_item": wanted,
        "pretax_credit_amounts": [{**each, "type": "discount"} for each in off],
        "quantity": quantity,
        "taxes": list(taxes),
        "unit_amount": int(str(unit)) if str(unit).isdecimal() else None,
        "unit_amount_decimal": unit,
    }


def _part(holder: Params, part: Decimal, name: str = "amount") -> int:
    return _rounded(integer(holder, name) * part)


def _rounded(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_UP))


def _taxes(call: Call, sent: Params, path: str, net: int) -> Fields:
    """The taxes that a line of a request names: by rates, or as amounts. Raises StripeError."""
    if list_in(sent, "tax_amounts"):
        return {"taxes": [_sent_tax(call, each, f"{path}[tax_amounts]") for each in list_in(sent, "tax_amounts")]}
    if not sent.get("tax_rates"):
        return {}
    rates = rates_of(call, sent, path)
    return {"tax_rates": list(rates), "taxes": [_tax(rate, amounts.tax(net, rate), net) for rate in rates]}


def _sent_tax(call: Call, sent: Params, path: str) -> Json:
    [rate] = rates_of(call, {"tax_rates": [str(sent["tax_rate"])]}, path)
    return _tax(rate, integer(sent, "amount"), integer(sent, "taxable_amount"))


def _tax(rate: Fields, amount: int, taxable: int) -> Json:
    inclusive = bool(rate.get("inclusive"))
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "taxability_reason": "not_available",
        "taxable_amount": taxable - amount if inclusive else taxable,
        "type": "tax_rate_details",
    }
