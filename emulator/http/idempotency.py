"""Idempotency keys: replay, mismatch, a request in flight."""

from __future__ import annotations

from emulator import errors
from emulator.http.context import RequestContext
from emulator.http.message import Request
from emulator.http.reading import canonical_v1, canonical_v2
from emulator.sandbox.ids import Ids
from emulator.store.idempotency import LIFETIME, Conflict, Saved, Use, fingerprint
from emulator.wire.json import Json

LONGEST_KEY = 255
HEADER = b"idempotency-key"


def key_of(request: Request, ids: Ids) -> str | None:
    """The key that the response repeats: the one sent, or a new one on a POST without any (observed). None on GET."""
    if request.method == "GET":
        return None
    sent = request.headers.get(HEADER)
    if sent is None:
        return ids.uuid() if request.method == "POST" else None
    return sent.decode("latin-1").strip()


def sent_key(request: Request) -> str | None:
    """The key that was sent, valid or not, cut to one character more than a valid one has at most."""
    sent = request.header(HEADER)
    return sent[: LONGEST_KEY + 1] if sent else None


def use_of(request: Request, context: RequestContext) -> Use | None:
    """The use of a key that was sent; it has an effect on POST, and in v2 on DELETE. Raises the 400."""
    key, now, v2 = context.idempotency_key, context.now, context.v2
    counts = request.method == "POST" or (request.method == "DELETE" and v2)
    if key is None or now is None or not counts or HEADER not in request.headers:
        return None
    if not 1 <= len(key) <= LONGEST_KEY:
        raise errors.idempotency_key_length(len(key))
    # The method is included on v2, where DELETE has keys too.
    mark = fingerprint(request.method.encode(), *canonical_v2(request)) if v2 else fingerprint(*canonical_v1(request))
    return Use((context.account, key), mark, request.path, now, LIFETIME["v2" if v2 else "v1"])


def saved_for(context: RequestContext) -> Saved | None:
    """The outcome of the first request with the key. Raises the 400s and the 409; v2 has one error (observed)."""
    use, sandbox = context.use, context.sandbox
    if use is None or sandbox is None:
        return None
    found = sandbox.idempotency.find(use)
    if not isinstance(found, Conflict):
        return found
    if context.v2:
        raise errors.v2_idempotency_conflict(in_flight=found is Conflict.IN_FLIGHT)
    if found is Conflict.IN_FLIGHT:
        raise errors.idempotency_key_in_use(use.slot[1])
    if found is Conflict.OTHER_PARAMETERS:
        raise errors.idempotency_other_parameters(use.slot[1])
    raise errors.idempotency_other_endpoint(use.slot[1], use.path, sandbox.idempotency.first_path(use.slot))


def save(context: RequestContext, status: int, body: Json | bytes) -> None:
    """Saves the outcome of an execution, success or error, but not a refusal by an earlier stage (official).

    v2 saves no failure: the next request with the key is executed (official).
    """
    if context.use is None or context.sandbox is None or not context.ran or context.replay is not None:
        return
    if context.error is None or not context.v2:
        context.sandbox.idempotency.save(context.use, status, body, context.request_id)
