"""The rung of idempotency keys: replay, mismatch, in flight."""

from __future__ import annotations

from emulator import errors
from emulator.http.context import RequestContext
from emulator.http.message import Request
from emulator.http.reading import said, said_on_v2
from emulator.sandbox.ids import Ids
from emulator.store.idempotency import LIFETIME, Conflict, Saved, Use, fingerprint
from emulator.wire.json import Json

LONGEST_KEY = 255
HEADER = b"idempotency-key"


def key_of(request: Request, ids: Ids) -> str | None:
    """The key that is echoed: the one sent, or on a POST without any a new one (observed). Never on GET."""
    if request.method == "GET":
        return None
    sent = request.headers.get(HEADER)
    if sent is None:
        return ids.uuid() if request.method == "POST" else None
    return sent.decode("latin-1").strip()


def sent_key(request: Request) -> str | None:
    """The key that was sent, whether it counts or not, without what makes it too long."""
    sent = request.header(HEADER)
    return sent[: LONGEST_KEY + 1] if sent else None


def use_of(request: Request, trace: RequestContext) -> Use | None:
    """The key that counts for this request: only one that was sent, on POST, and in v2 on DELETE. Raises the 400."""
    version = "v2" if request.v2 else "v1"
    key, now = trace.idempotency_key, trace.now
    counts = request.method == "POST" or (request.method == "DELETE" and version == "v2")
    if key is None or now is None or not counts or HEADER not in request.headers:
        return None
    if not 1 <= len(key) <= LONGEST_KEY:
        raise errors.idempotency_key_length(len(key))
    # the verb, since DELETE has keys too on v2
    mark = fingerprint(request.method.encode(), *said_on_v2(request)) if version == "v2" else fingerprint(said(request))
    return Use((trace.account, key), mark, request.path, now, LIFETIME[version])


def saved_for(use: Use, trace: RequestContext) -> Saved | None:
    """What the first request with the key came to. Raises the 400s and the 409, which on v2 is one (observed)."""
    if trace.sandbox is None:
        return None
    keys = trace.sandbox.idempotency
    found = keys.find(use)
    if isinstance(found, Conflict) and trace.v2:
        raise errors.v2_idempotency_conflict()
    if found is Conflict.IN_FLIGHT:
        raise errors.idempotency_key_in_use(use.slot[1])
    if found is Conflict.OTHER_PARAMETERS:
        raise errors.idempotency_other_parameters(use.slot[1])
    if found is Conflict.OTHER_ENDPOINT:
        raise errors.idempotency_other_endpoint(use.slot[1], use.path, keys.first_path(use.slot))
    return found if isinstance(found, Saved) else None


def save(trace: RequestContext, status: int, value: Json, body: bytes, *, light: bool) -> None:
    """Keeps the outcome of an execution, success or error; what was refused before it is not saved (official).

    v2 keeps no failure: the next request with the key is executed (official).
    """
    ran = trace.executed and (trace.error is None or trace.error.stage is errors.Stage.RUN)
    if trace.use is None or trace.sandbox is None or not ran or trace.replayed_from:
        return
    if trace.error is not None and trace.v2:
        return
    kept: Json | bytes = value if light and trace.error is None else bytes(memoryview(body))
    trace.sandbox.idempotency.save(trace.use, status, kept, trace.request_id)
