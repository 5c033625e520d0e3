"""Seeds: loading a fixtures document into a sandbox, and exporting a sandbox as one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import TypeVar, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.reading import Body, body_of, sandbox_of, sandbox_with_clock, secret_key, state
from emulator.control.endpoints.responses import ControlError, respond
from emulator.seeds import files
from emulator.seeds.document import Document, assemble, check, fixtures_of
from emulator.seeds.errors import SeedError
from emulator.seeds.export import document
from emulator.seeds.run import Run
from emulator.wire.json import Json

Item = TypeVar("Item")
SLICE_SECONDS = 0.01
RESET = "sandbox_reset"
HINTS = {
    RESET: "Load the seed again, once the sandbox is reset.",
    "fixture_failed": "The fixtures before it have run: correct the document, reset the sandbox, and load again.",
    "incomplete_log": "Reset the sandbox: from then on its changes are kept again.",
    "invalid_fixtures": 'Nothing ran. Send a fixtures document of the Stripe CLI, or {"name": ...} of a shipped seed.',
}


async def list_all(_: Request) -> Response:
    """GET /_emulator/seeds: the names of the seeds that come with the emulator."""
    return respond({"data": list(files.shipped())})


async def load(request: Request) -> Response:
    """POST /_emulator/seeds: runs a fixtures document, or the shipped seed of a `name`.

    `variables` resolve `${.env:NAME}`: the server's own environment is not read for a request.
    """
    key, control, body = secret_key(request), state(request), await body_of(request, files.LARGEST, files.MOST_VALUES)
    try:
        read, variables = await _read(_document(body)), _variables(body)
        async with sandbox_with_clock(request):
            running = Run(read, control.pipeline, control.sandboxes, key, variables)
            await _in_slices(running)
            loaded = running.result()
    except SeedError as error:
        raise ControlError(409 if error.code == RESET else 400, error.code, str(error), HINTS[error.code]) from None
    return respond({"fixtures": loaded.responses, "env": loaded.env, "notes": loaded.notes})


async def export(request: Request) -> Response:
    """GET /_emulator/export: the sandbox as a fixtures document."""
    try:
        head, fixtures = document(sandbox_of(request))
    except SeedError as error:
        raise ControlError(409, error.code, str(error), HINTS[error.code]) from None
    exported = {**head, "fixtures": await _in_slices(fixtures)}
    if len(orjson.dumps(exported)) > files.LARGEST:
        note = f"that it is larger than {files.LARGEST} bytes, which is the most that can be loaded"
        exported["_left_out"] = [*cast("list[Json]", exported.get("_left_out", [])), note]
    return respond(exported)


async def _read(tree: Json) -> Document:
    """A document from JSON. Raises SeedError."""
    check(tree)
    return assemble(tree, await _in_slices(fixtures_of(tree)))


async def _in_slices(work: Iterable[Item]) -> list[Item]:
    """All items of an iteration; other requests have their turn every few milliseconds."""
    found, since = [], perf_counter()
    for each in work:
        found.append(each)
        if perf_counter() - since > SLICE_SECONDS:
            await asyncio.sleep(0)
            since = perf_counter()
    return found


def _document(body: Body) -> Json:
    name = body.get("name")
    if "fixtures" not in body and isinstance(name, str):
        return files.read_shipped(name)
    return cast("Json", body)


def _variables(body: Body) -> Mapping[str, str]:
    given = body.get("variables", {})
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise ControlError(400, "invalid_variables", "variables must be an object of strings.", "Send it as JSON.")
    return cast("Mapping[str, str]", given)
