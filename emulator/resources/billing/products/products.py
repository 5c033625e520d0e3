"""`/v1/products`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import orjson

from emulator import errors
from emulator.model.asking.requests import by_request, create
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.registry import declared
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import draw
from emulator.model.stored.stored import decode, render, stored
from emulator.resources.billing.base.declarations import deleted_as, given_id, minute_id, searching
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Value
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

PRODUCT, PRICE = "product", "price"


def _create(call: Call) -> Json:
    """POST /v1/products, and a price where its data are given. Raises StripeError."""
    resource, data = declared(PRODUCT), hash_at(call.params, "default_price_data")
    if resource.create is None or resource.new_id is None:
        raise TypeError(PRODUCT)
    record = resource.create(call)
    identifier, price = resource.new_id(call, record), draw(call, PRICE) if data else None
    fields = cast("Fields", orjson.loads(record))
    row = objects.add(call.scope, PRODUCT, identifier, {**fields, "default_price": price})
    if price:
        create(call, PRICE, {**data, "product": identifier}, identifier=price, inside="default_price_data")
    return resource.respond(call, row)


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    price = objects.get(call.scope, PRICE, str(call.params.get("default_price") or ""))
    if price is not None and decode(price).get(PRODUCT) != row.id:
        raise errors.default_price_of_another_product(price.id)
    return {**fields, "updated": call.now}


def _delete(call: Call, row: Row[bytes]) -> None:
    if next(_prices(call, row.id), None) is not None and PRODUCT not in unknown.marked(call.scope, row.id):
        raise errors.product_with_prices()


def _prices(call: Call, product: str) -> Iterator[Row[bytes]]:
    """The prices of a product, archived ones included."""
    place = list(declared(PRICE).filters).index(PRODUCT)
    rows: Iterator[Row[bytes]] = call.sandbox.table(PRICE).newest(call.owner, keys={place: product})
    return rows


def _has_id(row: Row[bytes], value: Value) -> bool:
    return isinstance(value, list) and row.id in value


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    shown = render(PRODUCT, frozenset(), sandbox, row, now)
    code = shown.get("tax_code")
    return {**shown, "tax_details": {"performance_location": None, "tax_code": code} if code else None}


PRODUCTS = stored(
    PRODUCT,
    "prod",
    noun=PRODUCT,
    param="id",
    new_id=given_id(PRODUCT, "Product", minute_id("prod")),
    start={"active": True, "attributes": [], "type": "service"},
    request_only=["default_price_data", "id"],
    filters=["active", "shippable", "type", "url"],
    matches={"ids": _has_id},
    render=_render,
    update=_update,
    delete=_delete,
    unknown=by_request(PRODUCT, {"name": "Product"}),
    verbs={"create": _create, "search": searching(PRODUCT, "active description metadata name shippable url")},
    events=deleted_as(Events("product.created", "product.updated", "product.deleted"), active=False),
)
RESOURCES = (PRODUCTS,)
