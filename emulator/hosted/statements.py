"""Invoices and credit notes as text: the rows that their pages and PDF documents show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import zip_longest

from emulator.hosted.countries import COUNTRIES
from emulator.hosted.pdf import RIGHT, Cell, Row, wrapped
from emulator.resources.generic.base.additions import hash_in, integer, list_in
from emulator.resources.money.currencies import formatted
from emulator.resources.resource import Fields
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

STATES = {
    "draft": "Draft",
    "open": "Payment due",
    "paid": "Paid",
    "uncollectible": "Uncollectible",
    "void": "Void",
}
SELLER = "_seller_address"
_QUANTITY, _PRICE = 370, 465  # where the columns of the PDF end


class Line(NamedTuple):
    """One line: the item, its quantity, period and price, and the amount. What does not apply is empty."""

    name: str
    quantity: str
    price: str
    period: str
    amount: str

    @property
    def details(self) -> str:
        """The period, and the quantity with the price of more than one."""
        several = f"{self.quantity} \u00d7 {self.price}" if self.quantity not in ("", "1") and self.price else ""
        return ", ".join(filter(None, (self.period, several)))


def money(fields: Mapping[str, Json], amount: int) -> str:
    """An amount in the currency of an invoice."""
    return formatted(amount, str(fields["currency"]))


def date(at: Json) -> str:
    """`November 14, 2023`, as on all pages."""
    return f"{datetime.fromtimestamp(at, UTC):%B %-d, %Y}" if isinstance(at, int) else ""


def facts(invoice: Fields) -> dict[str, str]:
    """The facts above the lines, without those that are not known."""
    due = date(invoice.get("due_date"))
    found = {
        "Invoice number": str(invoice.get("number") or ""),
        "Status": STATES.get(str(invoice["status"]), ""),
        "Date of issue": date(invoice.get("effective_at") or invoice.get("created")),
        "Date due": due,
        "From": str(invoice.get("account_name") or ""),
        "Bill to": str(invoice.get("customer_name") or ""),
        "Email": str(invoice.get("customer_email") or ""),
    }
    return {name: value for name, value in found.items() if value}


def lines(invoice: Fields) -> Iterator[Line]:
    """The lines of an invoice or a credit note."""
    for each in list_in(hash_in(invoice, "lines"), "data"):
        period, unit = hash_in(each, "period"), str(hash_in(each, "pricing").get("unit_amount_decimal"))
        start, end = date(period.get("start")), date(period.get("end"))
        yield Line(
            str(each.get("description") or "Amount"),
            str(integer(each, "quantity", 1)),
            money(invoice, int(unit)) if unit.lstrip("-").isdigit() else "",
            f"{start} \u2013 {end}" if start != end else "",
            money(invoice, integer(each, "amount")),
        )


def sums(invoice: Fields) -> dict[str, str]:
    """The sums below the lines."""
    off = sum(integer(each, "amount") for each in list_in(invoice, "total_discount_amounts"))
    taxes = sum(integer(each, "amount") for each in list_in(invoice, "total_taxes"))
    applied = integer(invoice, "starting_balance") - integer(invoice, "ending_balance")
    found = {
        "Subtotal": integer(invoice, "subtotal"),
        "Discount": -off,
        "Shipping": integer(invoice, "amount_shipping"),
        "Tax": taxes,
        "Total": integer(invoice, "total"),
        "Applied balance": applied if invoice.get("ending_balance") is not None else 0,
        "Credit notes": -integer(invoice, "pre_payment_credit_notes_amount"),
        "Amount paid": -integer(invoice, "amount_paid"),
        "Amount due": integer(invoice, "amount_remaining"),
    }
    always = ("Subtotal", "Total", "Amount due")
    return {name: money(invoice, amount) for name, amount in found.items() if amount or name in always}


def text(invoice: Fields) -> list[Row]:
    """The rows of the PDF document of an invoice."""
    named = {name: value for name, value in facts(invoice).items() if name not in ("From", "Bill to", "Email")}
    due = money(invoice, integer(invoice, "amount_remaining"))
    link = str(invoice.get("hosted_invoice_url") or "")
    when = f" due {date(invoice['due_date'])}" if invoice.get("due_date") else " due"
    return [
        *_pairs(named),
        Row(),
        *_parties(invoice),
        Row(),
        Row([Cell(due + when, size=14, bold=True)]),
        *([Row([Cell("View and pay online", link=link)])] if link else []),
        Row(),
        *_table(invoice),
        *(_sum(name, value, bold=name == "Amount due") for name, value in sums(invoice).items()),
        *_paragraph(invoice.get("description")),
        *_paragraph(invoice.get("footer")),
    ]


def note_text(note: Fields) -> list[Row]:
    """The rows of the PDF document of a credit note."""
    known = {
        "Credit note": str(note["number"]),
        "Status": str(note["status"]).capitalize(),
        "Date of issue": date(note.get("effective_at") or note.get("created")),
        "Reason": str(note.get("reason") or "").replace("_", " "),
        "Memo": str(note.get("memo") or ""),
    }
    total = money(note, integer(note, "total"))
    return [*_pairs({k: v for k, v in known.items() if v}), Row(), *_table(note), _sum("Total", total, bold=True)]


def _pairs(facts: Mapping[str, str]) -> Iterator[Row]:
    for name, value in facts.items():
        yield Row([Cell(name, bold=True), Cell(value, 140)])


def _parties(invoice: Fields) -> Iterator[Row]:
    """The seller and the customer side by side, each with the address."""
    seller = [str(invoice.get("account_name") or ""), *address(hash_in(invoice, SELLER))]
    customer = [str(invoice.get("customer_name") or ""), *address(hash_in(invoice, "customer_address"))]
    customer.append(str(invoice.get("customer_email") or ""))
    yield Row([Cell("From", bold=True), Cell("Bill to", 300, bold=True)])
    for left, right in zip_longest(filter(None, seller), filter(None, customer), fillvalue=""):
        yield Row([Cell(left), Cell(right, 300)])


def address(found: Mapping[str, Json]) -> list[str]:
    """The lines of an address: street, postal code with the city and the state, country."""
    place = " ".join(str(found[name]) for name in ("postal_code", "city", "state") if found.get(name))
    country = str(found.get("country") or "")
    lines = (found.get("line1"), found.get("line2"), place, COUNTRIES.get(country, country))
    return [str(each) for each in lines if each]


def _table(holder: Fields) -> Iterator[Row]:
    titles = (Cell("Description", bold=True), Cell("Qty", _QUANTITY, bold=True, ends=True))
    prices = (Cell("Unit price", _PRICE, bold=True, ends=True), Cell("Amount", RIGHT, bold=True, ends=True))
    yield Row([*titles, *prices], rule=True)
    for line in lines(holder):
        first, *others = wrapped(line.name, 50)
        numbers = ((line.quantity, _QUANTITY), (line.price, _PRICE), (line.amount, RIGHT))
        yield Row([Cell(first), *(Cell(value, left, ends=True) for value, left in numbers)])
        yield from (Row([Cell(each)]) for each in others)
        if line.period:
            yield Row([Cell(line.period, size=9)])
    yield Row(rule=True)


def _sum(name: str, value: str, *, bold: bool) -> Row:
    return Row([Cell(name, _QUANTITY, bold=bold), Cell(value, RIGHT, bold=bold, ends=True)])


def _paragraph(found: Json) -> list[Row]:
    return [Row(), *(Row([Cell(each)]) for each in wrapped(str(found), 100))] if found else []
