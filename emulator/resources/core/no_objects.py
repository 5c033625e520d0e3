"""Operations whose responses are no objects: the PDF of a quote, and a stream of meter events."""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.registry import declared
from emulator.model.declaration.resource import Resource
from emulator.model.stored.stored import decode
from emulator.resources.billing.schedules import quote_documents
from emulator.resources.v2 import billing
from emulator.resources.v2.style import V2
from emulator.wire import pdf


def _quote(call: Call) -> bytes:
    """GET /v1/quotes/{quote}/pdf: both parties, the lines and the sums. Raises StripeError for a draft."""
    row = verbs.found(declared("quote"), verbs.Place("quote"), call)
    fields = decode(row)
    if fields.get("status") == "draft":
        raise errors.quote_without_pdf()
    return pdf.document("Quote", list(quote_documents.rows(call.scope, row, fields)))


NO_OBJECTS = Resource[Any](
    name="-",
    endpoints={"PostV2BillingMeterEventStream": billing.stream},
    files={"GetQuotesQuotePdf": ("application/pdf", _quote)},
    style=V2,
)
RESOURCES = (NO_OBJECTS,)
