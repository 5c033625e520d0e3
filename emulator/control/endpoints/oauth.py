"""The application that a platform is to the owners of accounts: its client id and its redirect URIs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from emulator.auth.applications import Application
from emulator.control.endpoints.reading import Body, excerpt, fields_of, optional_text, query_of, secret_key, state
from emulator.control.endpoints.responses import ControlError, respond
from emulator.resources.connect.account_links import is_url

MOST_URIS = 100
_CLIENT_ID = re.compile(r"ca_[A-Za-z0-9_]{1,250}\Z", re.ASCII)


async def application(request: Request) -> Response:
    """GET /_emulator/oauth"""
    query_of(request)
    return _shown(request)


async def declare(request: Request) -> Response:
    """POST /_emulator/oauth with `client_id` or `redirect_uris`; omitted fields are unchanged."""
    key, body = secret_key(request), await fields_of(request, "client_id", "redirect_uris")
    sandboxes = state(request).sandboxes
    home = sandboxes.sandbox_key(key)
    applications = sandboxes.applications
    before = applications.of(home.sandbox) or Application(home)
    client_id = _client_id(body) or before.client_id
    taken = applications.by_client_id(client_id) if client_id else None
    if taken is not None and taken.platform.sandbox != home.sandbox:
        message = "Another sandbox has this client id."
        raise ControlError(
            409, "client_id_in_use", message, "A client id belongs to one key: use that key, or another id."
        )
    uris = _uris(body["redirect_uris"]) if "redirect_uris" in body else before.redirect_uris
    applications.declare(Application(home, client_id, uris))
    sandbox = sandboxes.of(key)
    sandbox.client_id = client_id or sandbox.client_id
    return _shown(request)


def _shown(request: Request) -> Response:
    sandboxes = state(request).sandboxes
    sandbox = sandboxes.of(secret_key(request))
    declared = sandboxes.applications.of(sandbox.name)
    return respond({"client_id": sandbox.client_id, "redirect_uris": list(declared.redirect_uris) if declared else []})


def _client_id(body: Body) -> str | None:
    given = optional_text(body, "client_id")
    if given is not None and not _CLIENT_ID.match(given):
        raise ControlError(400, "invalid_client_id", f"{excerpt(given)} is no client id.", "Send one like ca_my_app.")
    return given


def _uris(given: object) -> tuple[str, ...]:
    """The elements of a list, of the indexed fields of a form, or of one URI."""
    items: Iterable[object] = (
        given.values() if isinstance(given, dict) else given if isinstance(given, list) else [given]
    )
    uris = tuple(items)[: MOST_URIS + 1]
    if len(uris) > MOST_URIS or not all(isinstance(each, str) and is_url(each) for each in uris):
        hint = f"Send a list of at most {MOST_URIS} URLs that begin with http:// or https://."
        raise ControlError(400, "invalid_redirect_uris", f"{excerpt(given)} is no list of redirect URIs.", hint)
    return tuple(str(each) for each in uris)
