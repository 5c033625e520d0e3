"""Imports of a product catalog: created, and waiting for an upload that never comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from operator import eq, ge, gt, le, lt
from typing import Any

from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields, Resource
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, encode
from emulator.resources.v2 import pages
from emulator.resources.v2.params import unix_time
from emulator.resources.v2.style import V2
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

NAME = "v2.commerce.product_catalog_import"
URL = "/v2/commerce/product_catalog/imports"
UPLOAD = int(timedelta(minutes=5).total_seconds())  # our choice
FILTERS = ("feed_type", "status")
CREATED: dict[str, Callable[[float, float], bool]] = {
    "created": eq,
    "created_gt": gt,
    "created_gte": ge,
    "created_lt": lt,
    "created_lte": le,
}


def _create(call: Call) -> bytes:
    url = f"{call.address}{URL}/uploads/{call.sandbox.ids.token(32)}"
    upload: Json = {"expires_at": format_timestamp(call.now + UPLOAD), "url": url}
    fields: Fields = {
        "feed_type": str(call.params["feed_type"]),
        "metadata": dict(merged({}, call.params["metadata"])),
        "status": "awaiting_upload",
        "status_details": {"awaiting_upload": {"upload_url": upload}},
    }
    return encode(fields)


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    own: Fields = {"created": format_timestamp(row.created), "livemode": sandbox.livemode}
    return {"id": row.id, "object": NAME, **dict(sorted({**decode(row), **own}.items()))}


def _list(call: Call) -> Json:
    """GET /v2/commerce/product_catalog/imports. Raises StripeError."""
    times = {name: unix_time(str(call.params[name]), name) for name in CREATED if call.params.get(name)}
    rows = [row for row in call.sandbox.table(NAME).newest(call.owner) if _keeps(call, times, row)]
    return pages.listing(call, call.url, rows, lambda row: row.id, lambda row: IMPORTS.respond(call, row))


def _keeps(call: Call, times: dict[str, float], row: Row[bytes]) -> bool:
    fields, params = decode(row), call.params
    kept = all(fields[name] == params[name] for name in FILTERS if params.get(name))
    return kept and all(CREATED[name](row.created, at) for name, at in times.items())


IMPORTS = Resource[bytes](
    name=NAME,
    noun="product catalog import",
    new_id=lambda call, _: call.sandbox.ids.random("pci", 30, "" if call.sandbox.livemode else "test_61"),
    render=_render,
    create=_create,
    verbs={"list": _list},
    style=V2,
    fidelity="generic",
)
RESOURCES: tuple[Resource[Any], ...] = (IMPORTS,)
