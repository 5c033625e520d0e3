"""Worlds to start from: loading one into a sandbox, and a sandbox as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.requests import Body, body_of, secret_key, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.seeds import sources
from emulator.seeds.document import read
from emulator.seeds.errors import SeedError
from emulator.seeds.export import export as exported
from emulator.seeds.run import run
from emulator.wire.json import Json

HINTS = {
    "fixture_failed": "What ran before it stays: correct the document, and reset the sandbox before you load it again.",
    "invalid_fixtures": 'Nothing ran. Send a fixtures document of the Stripe CLI, or {"name": ...} of a shipped world.',
}


async def shipped(_: Request) -> Response:
    """GET /_emulator/seeds: the names of the worlds that come with the emulator."""
    return answer({"data": list(sources.shipped())})


async def load(request: Request) -> Response:
    """POST /_emulator/seeds: runs a fixtures document, or the shipped one of a `name`.

    `variables` are those that `${.env:NAME}` finds: the server's own environment is not read for a request.
    """
    key, body = secret_key(request), await body_of(request)
    state = world(request)
    try:
        document = read(_document(body))
        loaded = run(document, state.pipeline, state.sandboxes.of(key), key.text, _variables(body))
    except SeedError as error:
        raise ControlError(400, error.code, str(error), HINTS[error.code]) from None
    return answer({"fixtures": loaded.answers, "env": loaded.env, "notes": loaded.notes})


async def export(request: Request) -> Response:
    """GET /_emulator/export: the sandbox as a fixtures document."""
    return answer(exported(world(request).sandboxes.of(secret_key(request))))


def _document(body: Body) -> Json:
    name = body.get("name")
    if "fixtures" not in body and isinstance(name, str):
        return sources.world(name)
    return cast("Json", body)


def _variables(body: Body) -> Mapping[str, str]:
    given = body.get("variables", {})
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise ControlError(400, "invalid_variables", "variables must be an object of strings.", "Send it as JSON.")
    return cast("Mapping[str, str]", given)
