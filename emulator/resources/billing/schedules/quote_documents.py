"""The PDF document of a quote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import documents
from emulator.resources.billing.base.documents import Line, Parties, date, money
from emulator.resources.connect.accounts.settings import settings
from emulator.resources.money.holders import account_of
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row as Stored
from emulator.wire.json import Json
from emulator.wire.pdf import Row


def rows(scope: Scope, row: Stored[bytes], quote: Fields) -> Iterator[Row]:
    """Its facts, both parties, the lines and the sums, with the texts of the seller."""
    known = {
        "Quote number": str(quote.get("number") or row.id),
        "Status": str(quote["status"]).capitalize(),
        "Date of issue": date(row.created),
        "Valid until": date(quote.get("expires_at")),
    }
    total = money(quote, integer(quote, "amount_total"))
    yield from documents.facts(known)
    yield from documents.parties(_parties(scope, quote))
    yield from documents.headline(total)
    yield from documents.paragraphs(quote.get("header"))
    yield from documents.table(_line(each) for each in list_in(hash_in(quote, "line_items"), "data"))
    yield from documents.sums(_sums(quote, total), "Total")
    yield from documents.paragraphs(quote.get("description"), quote.get("footer"))


def _parties(scope: Scope, quote: Fields) -> Parties:
    account = hash_in(settings(account_of(scope.sandbox, scope.owner)), "dashboard")
    row = objects.get(scope, "customer", str(quote.get("customer") or ""))
    customer = shared(row) if row else {}
    name, *reached = (str(customer.get(name) or "") for name in ("name", "email", "phone"))
    place = documents.address(hash_in(customer, "address"))
    return Parties(documents.seller(scope, account.get("display_name")), [name, *place, *reached])


def _line(item: Mapping[str, Json]) -> Line:
    price = hash_in(item, "price")
    recurring = hash_in(price, "recurring")
    return Line(
        str(item.get("description") or "Item"),
        str(integer(item, "quantity", 1)),
        money(item, integer(price, "unit_amount")) if price.get("unit_amount") is not None else "",
        documents.interval(recurring).capitalize() if recurring else "",
        money(item, integer(item, "amount_subtotal")),
    )


def _sums(quote: Fields, total: str) -> dict[str, str]:
    details = hash_in(quote, "total_details")
    found = {
        "Subtotal": integer(quote, "amount_subtotal"),
        "Discount": -integer(details, "amount_discount"),
        "Tax": integer(details, "amount_tax"),
    }
    return {**{name: money(quote, amount) for name, amount in found.items() if amount}, "Total": total}
