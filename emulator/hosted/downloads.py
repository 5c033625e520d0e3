"""Serves the contents of files: `/v1/files/{file}/contents` with a key, and the URLs of file links without one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator import catalog, errors
from emulator.catalog import versions
from emulator.errors import StripeError
from emulator.hosted import responses
from emulator.http import message
from emulator.http.authentication import acting_account, authenticate
from emulator.http.permissions import permit
from emulator.model.declaration import endpoint
from emulator.resources.core.contents import URLS, Found, of_file, of_link
from emulator.sandbox.sandbox import Sandboxes
from emulator.settings import Settings
from emulator.wire.json import dump_error

LINKS = "/links/"
FILES, CONTENTS = "/v1/files/", "/contents"
OPERATION = "GetFilesFile"  # whose permission a download requires
# No browser may run what a test has uploaded.
HEADERS = {"cache-control": "no-store", "content-security-policy": "sandbox", "x-content-type-options": "nosniff"}


class Downloads:
    """The ASGI application for the contents of files."""

    def __init__(self, settings: Settings, sandboxes: Sandboxes) -> None:
        self._settings = settings
        self._sandboxes = sandboxes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._respond(Request(scope, receive))
        response.headers.update(HEADERS)
        await response(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return responses.not_allowed("GET, HEAD")
        path = request.scope["path"]
        if path.startswith(LINKS):
            return self._linked(path)
        try:
            return _sent(self._of_key(request, path.removeprefix(FILES).removesuffix(CONTENTS)))
        except StripeError as error:
            return Response(dump_error(error.body.envelope(None)), error.body.status, media_type="application/json")

    def _linked(self, path: str) -> Response:
        sandbox = self._sandboxes.find_by_row(URLS.name, path)
        found = of_link(sandbox, path) if sandbox else None
        if found is None:
            return responses.message(404, "No such link", "The link does not exist, or it has expired.")
        return _sent(found)

    def _of_key(self, request: Request, identifier: str) -> Found:
        """The file of a key's account, or of the connected account that the request names. Raises StripeError."""
        raw = message.Request(request.method, request.url.path, b"", dict(request.scope["headers"]), b"")
        caller = authenticate(raw, self._sandboxes, allow_live=self._settings.allow_live_keys)
        acting = acting_account(raw, None, caller)
        sandbox = caller.sandbox
        permit(caller, catalog.operation(OPERATION), acting, versions.parse(sandbox.api_version))
        found = of_file(endpoint.Scope(sandbox, acting or sandbox.platform_id, caller.now), identifier)
        if found is None:
            raise errors.no_such("file upload", identifier, "file", 404, sandbox.other_mode_of(identifier))
        return found


def _sent(found: Found) -> Response:
    name = "".join(each for each in found.filename if each.isascii() and each.isprintable() and each not in '"\\')
    return Response(
        found.data, media_type=found.media_type, headers={"content-disposition": f'inline; filename="{name}"'}
    )
