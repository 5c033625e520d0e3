"""The entry of a request in the log of its sandbox's changes."""

from __future__ import annotations

from emulator.http.authentication import Caller
from emulator.http.context import RequestContext
from emulator.http.message import Request
from emulator.sandbox.change_log import Changed, Entry, places_of
from emulator.wire import form
from emulator.wire.json import Json


def logged(  # noqa: PLR0913, PLR0917 - of all that a request consists of
    request: Request, context: RequestContext, caller: Caller, changed: Changed, value: Json, refused: str
) -> Entry:
    """The log entry of a request that changed rows; `value` is its response, or the details of its error `refused`."""
    named = request.header(b"stripe-account") or request.header(b"stripe-context") or caller.account
    made = () if request.method == "GET" else changed.drawn  # which makes objects for unknown ids alone
    return Entry(
        at=context.now or 0,
        method=request.method,
        path=request.path,
        query=request.query,
        body=_body(request),
        account=context.account if named else None,
        version=context.version,
        publishable=caller.publishable,
        made=made,
        places=places_of(value, made) if made else (),
        touched=changed.touched,
        removed=changed.removed,
        refused=refused,
    )


def _body(request: Request) -> bytes:
    """The body as it is exported: of an upload, the form without the file, whose contents the sandbox has."""
    if not request.uploads or request.tree is None:
        return request.body
    return form.encode({name: value for name, value in request.tree.items() if name not in request.uploads}).encode()
