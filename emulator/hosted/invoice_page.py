"""The page of an invoice as HTML: the amount due, its lines and sums, and the form to pay it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from emulator.hosted import checkout_page, inputs, pages, statements
from emulator.model.declaration.resource import Fields
from emulator.resources.billing.base.documents import money
from emulator.schema.trees import integer
from emulator.wire.namedtuples import NamedTuple

CARDS = {
    "4242 4242 4242 4242": "succeeds",
    "4000 0000 0000 0002": "is declined",
    "4000 0000 0000 3220": "asks for 3D Secure",
}


class Shown(NamedTuple):
    """The content of the page: the invoice, earlier input, the error, and the URL where a payment continues."""

    invoice: Fields
    values: Mapping[str, str] = {}
    problem: str = ""
    authenticate: str = ""


def page(shown: Shown) -> str:
    """The page of a finalized invoice."""
    invoice = shown.invoice
    name = str(invoice.get("account_name") or "Sandbox")
    title = f"Invoice {invoice.get('number') or ''}".strip()
    return pages.document(
        title,
        f"<p class=brand><bdi>{escape(name)}</bdi></p>",
        _summary(invoice),
        pages.section("Details", _lines(invoice)),
        _payment(shown),
        sheet=checkout_page.STYLE,
        kind="invoice",
    )


def _summary(invoice: Fields) -> str:
    """The amount due, the state, and both parties."""
    status = str(invoice["status"])
    paid = status == "paid"
    amount = money(invoice, integer(invoice, "amount_paid" if paid else "amount_remaining"))
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd><bdi>{escape(value)}</bdi></dd>"
        for name, value in {**statements.facts(invoice), **_parties(invoice)}.items()
        if value and name != "Status"  # which stands beside the amount
    )
    return (
        f"<section><p class=total id=amount>{escape(amount)} <span class='state {status}' id=status>"
        f"{escape(statements.STATES.get(status, status))}</span></p><dl>{facts}</dl>"
        f'<p class=pdf><a href="{escape(str(invoice["invoice_pdf"]))}">Download PDF</a></p></section>'
    )


def _parties(invoice: Fields) -> dict[str, str]:
    names = {"From": "account_name", "Bill to": "customer_name", "Email": "customer_email"}
    return {title: str(invoice.get(name) or "") for title, name in names.items()}


def _lines(invoice: Fields) -> str:
    rows = "".join(
        f"<li><span>{escape(line.name)}{f'<small>{escape(line.details)}</small>' if line.details else ''}</span>"
        f"<b>{escape(line.amount)}</b></li>"
        for line in statements.lines(invoice)
    )
    found = statements.sums(invoice)
    sums = "".join(
        f"<div{' class=due' if name == 'Amount due' else ''}><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in found.items()
    )
    memo = "".join(
        f"<p class=quiet>{escape(str(invoice[name]))}</p>" for name in ("description", "footer") if invoice[name]
    )
    return f"<ul class=lines>{rows}</ul><dl class=sums>{sums}</dl>{memo}"


def _payment(shown: Shown) -> str:
    """The form to pay, for an invoice that can be paid."""
    invoice = shown.invoice
    if invoice["status"] not in ("open", "uncollectible"):
        return ""
    problem = f"<p class=problem role=alert>{escape(shown.problem)}</p>" if shown.problem else ""
    waits = (
        f'<p>Your bank asks you to confirm the last payment. <a href="{escape(shown.authenticate)}">Confirm it</a>, or '
        "pay with another card.</p>"
        if shown.authenticate
        else ""
    )
    amount = money(invoice, integer(invoice, "amount_remaining"))
    card = inputs.card(shown.values)
    cards = "".join(f"<dt><code>{number}</code></dt><dd>{what}</dd>" for number, what in CARDS.items())
    return pages.section(
        "Pay this invoice",
        problem,
        waits,
        f"<form method=post novalidate>{card}",
        pages.button("pay", f"Pay {amount}", first=True, identifier="pay"),
        "</form><form method=post>",
        pages.button("pay_test", "Pay with a test card", identifier="pay-test"),
        f"</form><details><summary>Test cards</summary><dl>{cards}</dl></details>",
    )
