"""Invoices and credit notes as text: the rows that their pages and PDF documents show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from emulator.hosted.pdf import WIDTH
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


class Line(NamedTuple):
    """One line: the item, its quantity, period and price, and the amount."""

    name: str
    details: str
    amount: str


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
        yield Line(
            str(each.get("description") or "Amount"), _details(invoice, each), money(invoice, integer(each, "amount"))
        )


def _details(invoice: Fields, line: Mapping[str, Json]) -> str:
    period, unit = hash_in(line, "period"), hash_in(line, "pricing").get("unit_amount_decimal")
    start, end = date(period.get("start")), date(period.get("end"))
    found = [f"{start} \u2013 {end}" if start != end else "", ""]
    quantity = integer(line, "quantity", 1)
    if quantity != 1 and str(unit).lstrip("-").isdigit():
        found[1] = f"{quantity} \u00d7 {money(invoice, int(str(unit)))}"
    return ", ".join(filter(None, found))


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


def text(invoice: Fields) -> list[str]:
    """The lines of the PDF document of an invoice."""
    return [
        *(f"{name:<18}{value}" for name, value in facts(invoice).items()),
        "",
        *_table(invoice),
        *(_row(f"{name:>60}", value) for name, value in sums(invoice).items()),
        *(["", str(invoice["description"])] if invoice.get("description") else []),
        *(["", str(invoice["footer"])] if invoice.get("footer") else []),
    ]


def note_text(note: Fields) -> list[str]:
    """The lines of the PDF document of a credit note."""
    known = {
        "Credit note": str(note["number"]),
        "Status": str(note["status"]).capitalize(),
        "Date of issue": date(note.get("effective_at") or note.get("created")),
        "Reason": str(note.get("reason") or "").replace("_", " "),
        "Memo": str(note.get("memo") or ""),
    }
    return [
        *(f"{name:<18}{value}" for name, value in known.items() if value),
        "",
        *_table(note),
        _row(f"{'Total':>60}", money(note, integer(note, "total"))),
    ]


def _table(holder: Fields) -> Iterator[str]:
    yield _row("Description", "Amount")
    yield "-" * WIDTH
    for line in lines(holder):
        yield _row(line.name, line.amount)
        if line.details:
            yield f"  {line.details}"
    yield "-" * WIDTH


def _row(left: str, right: str) -> str:
    return f"{left[: WIDTH - len(right) - 1]:<{WIDTH - len(right)}}{right}"
