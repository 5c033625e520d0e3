"""Names that rows use for themselves are plain names where a client sends them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import emulator
from emulator import catalog
from emulator.auth import keys
from emulator.catalog import Operation
from emulator.model.answering import endpoints
from emulator.schema import spec
from emulator.settings import Settings
from emulator.wire import form

from ..api import KEY, Api
from .creates import with_money

START = 1_700_000_000
DAY = 86_400
MOST_KEYS = 49  # of metadata: an update adds one
SOURCES = Path(emulator.__file__).parent / "resources"
NAME = re.compile(r'"_([a-z]\w*)"|^    _([a-z]\w*): ', re.MULTILINE)  # in an expression, or declared by a record
PRIVATE = sorted(
    {name for path in SOURCES.rglob("*.py") for found in NAME.findall(path.read_text()) for name in found if name}
)
Place = tuple[str | int, ...]


def places(kind: spec.Type, above: Place = ()) -> Iterator[Place]:
    """The paths of the hashes with any keys in the parameters of an operation, in the first item of arrays too."""
    match kind:
        case spec.Map():
            yield above
        case spec.Object():
            for name, param in kind.params.items():
                yield from places(param.type, (*above, name))
        case spec.Array():
            yield from places(kind.item, (*above, 0))
        case spec.AnyOf():
            for option in kind.options:
                yield from places(option, above)


WRITES = [
    each
    for each in catalog.operations()
    if each.verb in ("create", "update") and not each.v2 and endpoints.endpoint(each) and any(places(each.params))
]


def with_names(body: Any, place: Place, names: dict[str, str]) -> Any:
    """A body with more names in the hash at a place."""
    if not place:
        return {**(body if isinstance(body, dict) else {}), **names}
    first, *rest = place
    if isinstance(first, int):
        items = body if isinstance(body, list) else [{}]
        return [with_names(items[0], tuple(rest), names), *items[1:]]
    known = body if isinstance(body, dict) else {}
    return {**known, first: with_names(known.get(first), tuple(rest), names)}


def transcript(operation: Operation, first: str) -> str:
    """All responses and events of requests that send the private names, which begin with `first`, at each place."""
    api = Api(Settings(id_seed="private names"))
    key = keys.parse(KEY)
    assert key is not None
    sandbox = api.emulator.sandboxes.of(key)
    sandbox.clock.freeze()
    sandbox.clock.set(START)
    values, found = with_money(api), list[bytes]()
    for place in places(operation.params):
        for names in (PRIVATE[at : at + MOST_KEYS] for at in range(0, len(PRIVATE), MOST_KEYS)):
            path, body = values.request(operation) or ("", {})
            body = with_names(body, place, {f"{first}{name}": "1" for name in names})
            answer = api.send("POST", path, form.encode(body).encode())
            found += [answer.raw, api.get("/v1/events?limit=100").raw]
            if answer.status == 200 and answer.body.get("id") and operation.verb == "create":
                one = f"{path}/{answer.body['id']}"
                found += [api.post(one, {"metadata": {f"{first}secret": "2"}}).raw, api.get(one).raw]
    sandbox.clock.set(START + 40 * DAY)
    found.append(api.get("/v1/events?limit=100").raw)
    return re.sub(rf'(["[ ]){first}', r"\1", b"\n".join(found).decode())


@pytest.mark.parametrize("operation", WRITES, ids=lambda each: each.id)
def test_a_private_name_that_a_client_sends_is_a_key_like_any_other(operation: Operation) -> None:
    assert {"fresh", "pending", "secret", "used", "number"} <= set(PRIVATE)
    assert transcript(operation, "_") == transcript(operation, "z_")
