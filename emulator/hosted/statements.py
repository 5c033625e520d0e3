"""Invoices and credit notes as text: the rows that their pages and PDF documents show."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.model.declaration.resource import Fields, Shared
from emulator.resources.billing.base import documents
from emulator.resources.billing.base.documents import Line, Parties, date, money
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.pdf import Row

STATES = {
    "draft": "Draft",
    "open": "Payment due",
    "paid": "Paid",
    "uncollectible": "Uncollectible",
    "void": "Void",
}


def facts(invoice: Fields) -> dict[str, str]:
    """The facts above the lines, without those that are not known."""
    custom = list_in(invoice, "custom_fields")
    found = {
        "Invoice number": str(invoice.get("number") or ""),
        "Status": STATES.get(str(invoice["status"]), ""),
        "Date of issue": date(invoice.get("effective_at") or invoice.get("created")),
        "Date due": date(invoice.get("due_date")),
        **{str(each.get("name")): str(each.get("value")) for each in custom},
    }
    return {name: value for name, value in found.items() if value}


def customer(invoice: Shared) -> list[str]:
    """The customer of an invoice: name, address, email and tax ids."""
    taxed = list_in(invoice, "customer_tax_ids")
    return [
        str(invoice.get("customer_name") or ""),
        *documents.address(hash_in(invoice, "customer_address")),
        str(invoice.get("customer_email") or ""),
        *(f"{str(each.get('type')).replace('_', ' ').upper()} {each.get('value')}" for each in taxed),
    ]


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


def text(invoice: Fields, both: Parties) -> list[Row]:
    """The rows of the PDF document of an invoice."""
    return [
        *documents.facts(facts(invoice)),
        *documents.parties(both),
        *_headline(invoice),
        *documents.table(lines(invoice)),
        *documents.sums(sums(invoice), "Amount due"),
        *documents.paragraphs(invoice.get("description"), invoice.get("footer")),
    ]


def _headline(invoice: Fields) -> Iterator[Row]:
    """The amount that is due or was paid, and the link to the page of the invoice."""
    link, status = str(invoice.get("hosted_invoice_url") or ""), invoice["status"]
    if status == "paid":
        return documents.headline(f"{money(invoice, integer(invoice, 'amount_paid'))} paid", "View online", link)
    due, on = money(invoice, integer(invoice, "amount_remaining")), date(invoice.get("due_date"))
    if status == "void":
        return documents.headline(f"{due}, void", "View online", link)
    return documents.headline(f"{due} due {on}".strip(), "Pay online", link)


def note_text(note: Fields, invoice: Shared, both: Parties) -> list[Row]:
    """The rows of the PDF document of a credit note on an invoice."""
    known = {
        "Credit note": str(note["number"]),
        "Invoice number": str(invoice.get("number") or ""),
        "Status": str(note["status"]).capitalize(),
        "Date of issue": date(note.get("effective_at") or note.get("created")),
        "Reason": str(note.get("reason") or "").replace("_", " ").capitalize(),
    }
    total = money(note, integer(note, "total"))
    return [
        *documents.facts(known),
        *documents.parties(both),
        *documents.headline(f"{total} credited"),
        *documents.table(lines(note)),
        *documents.sums({"Total": total}, "Total"),
        *documents.paragraphs(note.get("memo")),
    ]
