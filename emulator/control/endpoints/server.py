"""The server as a whole and the sandbox as a whole: health, versions, the CA certificate, reset."""

from __future__ import annotations

import ipaddress
import platform
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from emulator import __version__
from emulator.catalog import versions
from emulator.control.endpoints.reading import (
    excerpt,
    fields_of,
    flag,
    limit_of,
    query_of,
    sandbox_of,
    secret_key,
    state,
)
from emulator.control.endpoints.responses import ControlError, respond
from emulator.settings import Settings
from emulator.store.memory import give_back_soon
from emulator.wire.json import Json


async def health(request: Request) -> Response:
    """GET /_emulator/health"""
    return respond({"status": "ok", "sandboxes": len(state(request).sandboxes)})


async def sandboxes(request: Request) -> Response:
    """GET /_emulator/sandboxes: the sandboxes with their secret keys, last used first, if it listens on loopback."""
    found, total = state(request).sandboxes, len(state(request).sandboxes)
    limit, listed = limit_of(query_of(request, "limit")), is_private(state(request).settings)
    rows: list[Json] = [
        {"key": sandbox.secret_key, "requests": len(sandbox.journal), "accounts": len(sandbox.accounts)}
        for sandbox in islice(found.newest_first(), limit if listed else 0)
    ]
    return respond({"data": rows, "total": total, "listed": listed})


def is_private(settings: Settings) -> bool:
    """Whether only this machine reaches the server: it listens on loopback, or on a Unix socket."""
    if settings.uds or settings.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        return False


async def version(_: Request) -> Response:
    """GET /_emulator/version: the versions of the emulator, of Python, and the newest known one of the API."""
    return respond({"version": __version__, "api_version": versions.NEWEST, "python": platform.python_version()})


async def set_api_version(request: Request) -> Response:
    """POST /_emulator/version with `api_version`, the sandbox's default version; empty restores the setting's."""
    sandbox, body = sandbox_of(request), await fields_of(request, "api_version")
    value = body.get("api_version")
    if value in (None, ""):
        value = state(request).settings.api_version
    if not versions.exists(str(value)):
        near = " or ".join(versions.near(str(value))) or "2023-10-16"
        hint = f"Use one such as {near}; the newest is {versions.NEWEST}."
        message = f"{excerpt(value)} is not a version of the Stripe API."
        raise ControlError(400, "invalid_api_version", message, hint)
    sandbox.api_version = str(value)
    return respond({"api_version": sandbox.api_version})


async def certificate(request: Request) -> Response:
    """GET /_emulator/tls/ca.pem: the CA certificate that clients must trust."""
    found = state(request).ca
    if not found:
        raise ControlError(404, "tls_disabled", "The emulator does not serve https.", "Start it with --tls.")
    return Response(found[-1], media_type="application/x-pem-file")


async def reset(request: Request) -> Response:
    """POST /_emulator/reset: drops the key's sandbox, or with {"all": true} every sandbox."""
    body = await fields_of(request, "all")
    sandboxes = state(request).sandboxes
    if flag(body, "all"):
        sandboxes.reset_all()
        give_back_soon()
        return respond({"reset": "all"})
    key = secret_key(request)
    sandboxes.reset(key)
    return respond({"reset": key.sandbox})
