"""Lists inside objects: always shown, shown when expanded, or listed by an endpoint of their own.

The items of such a list are stored in the record of the object around it, in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any

from emulator.catalog import Operation
from emulator.model.answering import paging, verbs
from emulator.model.answering.paging import DEFAULT_LIMIT, SequenceSource, list_object
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import public
from emulator.model.declaration.resource import Fields, Handler
from emulator.model.declaration.templates import properties
from emulator.model.stored.stored import decode, render
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.shape import List
from emulator.store.table import Row, Table
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

# Objects that only exist inside the list of another one.
ITEMS = frozenset("item tax.calculation_line_item tax.transaction_line_item".split())
# Fields that are shown only when expanded, by object (official).
HIDDEN: Mapping[str, frozenset[str]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "apps.secret": "payload",
        "checkout.session": "line_items",
        "coupon": "applies_to currency_options",
        "identity.verification_session": "verified_outputs",
        "issuing.authorization": "fraud_challenges",
        "issuing.card": "cvc number",
        "issuing.dispute": "balance_transactions",
        "issuing.token": "network_data",
        "issuing.transaction": "purchase_details",
        "item": "discounts taxes",
        "payment_link": "line_items",
        "plan": "tiers",
        "price": "currency_options tiers",
        "quote": "line_items",
        "tax.calculation": "line_items",
        "tax.calculation_line_item": "tax_breakdown",
        "treasury.financial_account": "features",
        "treasury.transaction": "entries flow_details",
        "treasury.transaction_entry": "flow_details",
    }.items()
}


class Children(NamedTuple):
    """A list of objects below another one that have rows of their own.

    `url` is that of the list where it is not below the object's own.
    """

    kind: str
    url: str = ""


CHILDREN: Mapping[tuple[str, str], Children] = {
    ("customer", "subscriptions"): Children("subscription"),
    ("customer", "tax_ids"): Children("tax_id"),
    ("radar.value_list", "list_items"): Children("radar.value_list_item", url="/v1/radar/value_list_items?value_list="),
}
# Lists whose endpoint has another name than their field.
PLACES: Mapping[str, tuple[str, ...]] = {"computed_upfront_line_items": ("computed", "upfront", "line_items")}


def endpoints(name: str, operations: Sequence[Operation]) -> Mapping[str, Handler]:
    """The endpoints that list the items of one kind, by operation."""
    if name not in ITEMS:
        return {}
    return {each.id: partial(_listing, each) for each in operations if each.verb == "list" and each.parent != "-"}


def _listing(operation: Operation, call: Call) -> Json:
    """GET /v1/things/{id}/line_items. Raises StripeError."""
    parent = registry.resource(operation.parent)
    if parent is None:
        raise TypeError(f"{operation.parent} is not emulated")
    row = verbs.row_of_path(parent, verbs.Place(next(iter(call.path))), call)
    field = operation.path.rpartition("/")[2]
    found = items(decode(row), PLACES.get(field, (field,)))
    page = paging.page(call, SequenceSource(found, lambda each: str(each["id"])), noun=operation.object)
    return paging.listing([public(each) for each in page.rows], call.url, has_more=page.has_more)


def items(fields: Mapping[str, Json], place: Sequence[str]) -> list[Fields]:
    """The items of the list at a place in the fields of an object."""
    found: Any = fields
    for name in (*place, "data"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def first_page(value: Json, url: str) -> Json:
    """The first page of a list, as its object shows it."""
    if not isinstance(value, Mapping) or value.get("object") != "list":
        return value
    data = value.get("data")
    found = [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
    page: list[Json] = [public(each) for each in found[:DEFAULT_LIMIT]]
    return {**value, "data": page, "has_more": len(found) > DEFAULT_LIMIT, "url": value["url"] or url}


def hiding(name: str, path: str, absent: Iterable[str] = ()) -> dict[str, Any]:
    """The `render` and the `include` of a resource with lists inside it, or with fields that only an expansion shows.

    `path` is where its objects are listed, `absent` are names that show only when they apply.
    """
    hidden = frozenset(absent) | HIDDEN.get(name, frozenset())
    return {"render": partial(shown, name, path, hidden), "include": partial(include, path, name)}


def shown(  # noqa: PLR0913, PLR0917 - three of them are the declaration's
    name: str, path: str, absent: frozenset[str], sandbox: Sandbox, row: Row[bytes], now: int
) -> Fields:
    """The object; lists inside it have its id in their URLs, and fields that only an expansion shows are left out."""
    body = render(name, absent, sandbox, row, now)
    for key in HIDDEN.get(name, frozenset()) & body.keys():
        del body[key]
    for key in names_of_lists(name):
        found = children(sandbox, row, name, key, now) or body.get(key)
        body[key] = first_page(found, f"{path}/{row.id}/{key}")
    return body


def include(path: str, name: str, call: Call, identifier: str, field: str) -> Json:
    """A field that is shown only when expanded, None where there is none."""
    row: Row[bytes] | None = call.sandbox.table(name).get(call.owner, identifier)
    if row is None or field not in HIDDEN[name]:
        return None
    url = f"{path}/{identifier}/{field}"
    empty = list_object() if isinstance(properties(name)[field].type, List) else None
    return first_page(children(call.sandbox, row, name, field, call.now) or decode(row).get(field, empty), url)


def children(sandbox: Sandbox, row: Row[bytes], name: str, field: str, now: int) -> Json:
    """The first page, and one more, of the objects that have rows of their own; None for other lists."""
    found = CHILDREN.get((name, field))
    resource = registry.resource(found.kind) if found else None
    if found is None or resource is None:
        return None
    table: Table[bytes] = sandbox.table(resource.rows)
    rows = islice(table.oldest(row.owner, parent=row.id), DEFAULT_LIMIT + 1)
    data = [resource.render(sandbox, each, now) for each in rows]
    return list_object(data, f"{found.url}{row.id}" if found.url.endswith("=") else found.url)


def count_children(sandbox: Sandbox, row: Row[bytes], name: str, field: str) -> int:
    """The number of objects in a list of those that have rows of their own."""
    resource = registry.resource(CHILDREN[name, field].kind)
    return sandbox.table(resource.rows).count(row.owner, row.id) if resource else 0


@cache
def names_of_lists(name: str) -> tuple[str, ...]:
    """The lists that an object always shows."""
    hiding = HIDDEN.get(name, frozenset())
    return tuple(key for key, each in properties(name).items() if isinstance(each.type, List) and key not in hiding)
