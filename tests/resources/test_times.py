"""Times outside the years 1 to 9999 are refused where they are sent; all others are shown wherever they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import pytest

from emulator import catalog
from emulator.catalog import Operation
from emulator.model.answering import endpoints
from emulator.resources import table
from emulator.schema import spec
from emulator.wire.path import format_path

from ..api import Api
from .billing.test_numbers import NOBODY, TEMPLATE, put, send
from .generic.values import Values

REFUSED = ("-1000000000000", "-62135596801", "253402300800", "1000000000000")
TAKEN = ("-62135596800", "0", "32503680000", "253402300799")  # the third is the year 3000


def times(kind: spec.Type, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the times in a request; the first item stands for a list."""
    match kind:
        case spec.Integer(is_time=True):
            yield path
        case spec.Object(params):
            for name, param in params.items():
                yield from times(param.type, (*path, name))
        case spec.Array(item):
            yield from times(item, (*path, "0"))
        case spec.AnyOf(options):
            for option in options:
                yield from times(option, path)


def areas() -> dict[str, list[Operation]]:
    """The modelled operations with times, by the area of their module."""
    found: dict[str, list[Operation]] = {}
    for operation in catalog.operations():
        if not operation.v2 and endpoints.endpoint(operation) and any(times(operation.params)):
            found.setdefault(table.MODULES.get(operation.object, "generic").rpartition(".")[0], []).append(operation)
    return found


AREAS = areas()
HOST = "127.0.0.1:12111"
LISTS: dict[str, list[str]] = {}
for each in catalog.operations():
    if each.verb == "list" and not each.v2 and endpoints.endpoint(each):
        LISTS.setdefault(each.object, []).append(each.path)


def test_every_time_out_of_bounds_is_refused() -> None:
    api, wrong, count = Api(), [], 0
    account = api.account(type="custom", country="US")
    for operation in (each for operations in AREAS.values() for each in operations):
        target = TEMPLATE.sub(NOBODY, operation.path.replace("{account}", account))
        for path in times(operation.params):
            if path == ("tos_acceptance", "date"):
                continue  # it has words of its own, and a test among the requirements
            for value in REFUSED:
                answer = send(api, operation, target, put({}, path, value))
                count += 1
                if answer.status != 400 or answer.error.get("param") != format_path(path):
                    wrong.append((operation.id, path, value, answer.body))
    assert wrong == []
    assert count > 400


@pytest.mark.parametrize("area", sorted(AREAS))
def test_every_other_time_is_shown_wherever_it_is(area: str) -> None:
    wrong = []
    for operation in AREAS[area]:
        api = Api()
        values = Values(api)
        for path in times(operation.params):
            for value in TAKEN:
                request = values.request(operation)
                if request is None:
                    continue
                answer = send(api, operation, request[0], put(request[1], path, value))
                if answer.status not in {200, 400, 402, 404, 501}:
                    wrong.append((operation.id, path, value, answer.status))
                elif answer.status == 200:
                    wrong += [(operation.id, path, value, each) for each in unshown(api, answer.body)]
    assert wrong == []


def unshown(api: Api, body: Any) -> list[Any]:
    """What is not shown after a request: the object and its list, the pages and files that it names, the events."""
    url = str(body.get("url") or "")
    read = ["/v1/events?limit=100", *(each for each in LISTS.get(str(body.get("object")), ()) if "{" not in each)]
    found = [(each, api.get(each).status) for each in read]
    pages = [str(body[name]) for name in ("hosted_invoice_url", "invoice_pdf") if body.get(name)]
    pages += [url] if url.startswith(f"http://{HOST}") else []
    found += [(each, visited(api, each)) for each in pages]
    return [each for each in found if each[1] not in (200, 400)]  # 400: lists that need a parameter


def visited(api: Api, url: str) -> int:
    """The status of a page."""

    async def visit() -> int:
        transport = httpx.ASGITransport(app=api.emulator)
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.get(url)).status_code

    return anyio.run(visit)
