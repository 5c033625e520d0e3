"""From the bytes of a request to its tree of parameters, and `expand`."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

import orjson

from emulator import errors
from emulator.catalog import Operation
from emulator.errors import StripeError
from emulator.http import multipart
from emulator.http.message import Request
from emulator.schema import spec
from emulator.wire import form
from emulator.wire.form import Tree
from emulator.wire.json import canonical, load

UPLOAD = 17 * 1_048_576  # a file of 16 MiB, and the fields beside it
FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"


def limit_of(request: Request) -> int:
    """The most bytes of a body: more where a file is uploaded."""
    return UPLOAD if request.path == "/v1/files" and request.method == "POST" else form.LIMITS.body


def tree_of(request: Request, operation: Operation, params: spec.Object) -> Tree:
    """The tree of a request: of its form, on v2 of its JSON with the query under it. Raises the 400s."""
    if request.too_large:
        raise errors.too_large(f"a body of more than {limit_of(request)} bytes")
    if operation.v2:
        return {**_query(request), **(_json(request, params) if request.body.strip() else {})}
    uploading = operation.body == "multipart" and is_multipart(request)
    if request.body and not uploading and _content_type(request, FORM) != FORM:
        raise errors.invalid_content()
    try:
        return _tree(request)
    except form.FormError as error:
        raise _refused(error) from None


def _tree(request: Request) -> Tree:
    """The tree of a request to v1, read once. Raises FormError."""
    if request.tree is None:
        body = request.body
        if body and is_multipart(request):
            body, request.uploads = multipart.parse(request.headers[b"content-type"], body)
        request.tree = form.parse(request.query, body)
    return request.tree


def is_multipart(request: Request) -> bool:
    """Whether the body is multipart/form-data."""
    return _content_type(request, FORM) == multipart.MULTIPART


def canonical_v1(request: Request) -> tuple[bytes, ...]:
    """The same bytes for the same parameters of v1; the bytes as sent if they are no form, which is refused later."""
    try:
        return (canonical(_tree(request)),)
    except form.FormError:
        return request.query, request.body


def canonical_v2(request: Request) -> tuple[bytes, bytes]:
    """Query and body of v2 in the same way. No body is the same as an empty object."""
    query, body = request.query, request.body
    with suppress(form.FormError):
        query = canonical(form.parse(query))
    with suppress(ValueError):
        body = orjson.dumps(_loaded(request), option=orjson.OPT_SORT_KEYS)
    return query, body


def unchecked_tree(request: Request) -> Tree:
    """The tree of a request before it is checked, to match faults; empty if it cannot be read."""
    try:
        if not request.v2:
            return _tree(request)
        body = form.text_tree(_loaded(request))
        return {**form.parse(request.query), **(body if isinstance(body, dict) else {})}
    except ValueError:
        return {}


def _loaded(request: Request) -> object:
    """The JSON of a body, an empty object without one; read once. Raises TooLarge, and ValueError for other bytes."""
    if request.json is None:
        try:
            request.json = load(request.body.strip() or b"{}"), None
        except ValueError as error:
            request.json = None, error
    value, failed = request.json
    if failed is not None:
        raise failed
    return value


def _content_type(request: Request, default: bytes) -> bytes:
    return _media_type(request.headers.get(b"content-type", default))


@lru_cache(maxsize=64)
def _media_type(content_type: bytes) -> bytes:
    return content_type.partition(b";")[0].strip().lower()


def _query(request: Request) -> Tree:
    """The query of a request to v2. Raises the 400s."""
    try:
        return _indexed(form.parse(request.query))
    except form.FormError as error:
        raise _refused(error) from None


def _refused(error: form.FormError) -> StripeError:
    if isinstance(error, form.InvalidUtf8):
        return errors.invalid_utf8(error.text)
    if isinstance(error, form.Clash):
        return errors.invalid_array(error.path) if error.array else errors.invalid_object(error.path)
    return errors.too_large(error.limit) if isinstance(error, form.TooLarge) else errors.invalid_content()


def _indexed(tree: Tree) -> Tree:
    """A query of v2, whose arrays have indexes: `include[0]=identity` (official). Raises the 400."""
    for name, node in tree.items():
        if isinstance(node, list):
            raise errors.v2_array_without_index(name)
    return tree


def _json(request: Request, params: spec.Object) -> Tree:
    """The body of a request to v2; null clears a field. Raises the 400s."""
    from emulator.schema.json_types import mismatch  # noqa: PLC0415 - of v2 only

    if _content_type(request, JSON) != JSON:
        raise errors.invalid_json(f"the Content-Type header must be {JSON.decode()}")
    try:
        value = _loaded(request)
    except form.TooLarge as error:
        raise errors.too_large(error.limit) from None
    except ValueError as error:
        raise errors.invalid_json(str(error)) from None
    if not isinstance(value, dict):
        raise errors.invalid_json("the body must be an object")
    tree = form.text_tree(value)
    found = mismatch(value, params)
    if found is not None:
        raise errors.v2_type(found.path, found.expected)
    return tree if isinstance(tree, dict) else {}
