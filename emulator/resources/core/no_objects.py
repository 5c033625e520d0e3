"""Operations whose responses are no objects: the PDF of a quote, and a stream of meter events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator import errors
from emulator.resources import verbs
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import declared, hash_in, integer, list_in
from emulator.resources.resource import Resource
from emulator.resources.stored import decode
from emulator.resources.v2 import billing
from emulator.resources.v2.style import V2


def _quote(call: Call) -> bytes:
    """GET /v1/quotes/{quote}/pdf: a page with the quote's number, lines and total. Raises StripeError for a draft."""
    row = verbs.found(declared("quote"), verbs.Place("quote"), call)
    fields = decode(row)
    if fields.get("status") == "draft":
        raise errors.quote_without_pdf()
    lines = [
        f"{integer(each, 'quantity', 1)} x {each.get('description')}: {_amount(each)}"
        for each in list_in(hash_in(fields, "line_items"), "data")
    ]
    return pdf([f"Quote {fields.get('number') or row.id}", *lines, f"Total: {_amount(fields)}"])


def _amount(fields: Mapping[str, Any]) -> str:
    return f"{integer(fields, 'amount_total')} {fields.get('currency') or ''}".strip()


def pdf(lines: list[str]) -> bytes:
    """A document of one page with some lines of plain text."""
    shown = "".join(f"({line.translate(_ESCAPED)}) Tj T* " for line in lines)
    text = f"BT /F1 12 Tf 72 720 Td 16 TL {shown}ET".encode("latin-1", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%b endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


_ESCAPED = str.maketrans({"(": "\\(", ")": "\\)", "\\": "\\\\"})
NO_OBJECTS = Resource[Any](
    name="-",
    endpoints={"PostV2BillingMeterEventStream": billing.stream},
    files={"GetQuotesQuotePdf": ("application/pdf", _quote)},
    style=V2,
)
RESOURCES = (NO_OBJECTS,)
