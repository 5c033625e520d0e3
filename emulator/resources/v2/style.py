"""The conventions of /v2: an unknown id, the page of a list, the response to a DELETE, parameters that may be null."""

from __future__ import annotations

from typing import Any

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields, Resource, Style
from emulator.resources.v2 import pages, params
from emulator.store.table import Row
from emulator.wire.json import Json


def _missing(resource: Resource[Any], call: Call, template: str) -> StripeError:
    return errors.v2_not_found(resource.noun, call.path[template])


def _page(resource: Resource[Any], call: Call, _: str | None) -> Json:
    rows = list(call.sandbox.table(resource.rows).newest(resource.owner(call)))
    return pages.listing(call, call.url, rows, lambda row: row.id, lambda row: resource.respond(call, row))


def _stub(resource: Resource[Any], row: Row[Any]) -> Fields:
    return {"id": row.id, "object": resource.name}


V2 = Style(_missing, _page, _stub, params.of)
