"""Builds the request of a fixture, byte for byte as the Stripe CLI does; with `_params`, the exported parameters."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

from emulator.catalog import versions
from emulator.http.message import Request
from emulator.seeds.document import Fixture
from emulator.seeds.encoding import V2_ONE_JSON, form_data, json_body
from emulator.seeds.errors import SeedError
from emulator.seeds.lookup import text_of
from emulator.seeds.references import Scope, resolve, resolve_path
from emulator.wire import form
from emulator.wire.json import Json, dump_line

BOUNDARY = b"stripe-emulator-seeds-4b1d7c0e9f2a8365"
METHODS = ("DELETE", "GET", "POST")
USER_AGENT = b"stripe-emulator-seeds"
_FORM, _JSON = b"application/x-www-form-urlencoded", b"application/json"
_SAFE = "/?&=%+[]:,@!$'()*;~"


def request_of(fixture: Fixture, key: str, scope: Scope) -> Request:
    """The request with its references resolved. Raises SeedError.

    As in the CLI, parameters replace the query of the path unless they are sent in the body.
    """
    if fixture.method not in METHODS:
        raise SeedError(f"its method must be get, post or delete, not {fixture.method.lower()!r}")
    path = resolve_path(fixture.path, scope)
    if not path.startswith(("/v1/", "/v2/")):
        raise SeedError(f'fixture path "{fixture.path}" is not a valid Stripe API path (must start with /v1/ or /v2/)')
    version = path[1:3]
    if version == "v2" and not key.startswith("sk_") and not fixture.publishable:
        raise SeedError("this trigger must be run with a secret API key (starts with 'sk_')")
    target, _, query = quote(path, safe=_SAFE).partition("?")
    data = _data(fixture, version, scope)
    kind = {b"content-type": _JSON if version == "v2" else _FORM}
    headers = {**base_headers(key, version), **kind, **_headers(fixture, scope)}
    if fixture.file is not None:
        headers[b"content-type"] = b"multipart/form-data; boundary=" + BOUNDARY
        return Request("POST", target, query.encode(), headers, multipart(data, *fixture.file))
    if fixture.method == "POST":
        return Request("POST", target, query.encode(), headers, data.encode())
    return Request(fixture.method, target, data.encode(), headers, b"")


def multipart(data: str, filename: str, content: bytes) -> bytes:
    """A body with the pairs of a form, and the file of an upload."""
    name = filename.replace("\\", "\\\\").replace('"', '\\"')
    parts = [(f'name="{each}"', value.encode()) for each, value in parse_qsl(data, keep_blank_values=True)]
    head = b"--" + BOUNDARY + b"\r\ncontent-disposition: form-data; "
    body = [
        head + of.encode() + b"\r\n\r\n" + value for of, value in (*parts, (f'name="file"; filename="{name}"', content))
    ]
    return b"\r\n".join((*body, b"--" + BOUNDARY + b"--\r\n"))


def base_headers(key: str, version: str = "v1") -> dict[bytes, bytes]:
    """The headers of all requests of a seed; v2 requires an API version."""
    dated = {b"stripe-version": versions.NEWEST.encode()} if version == "v2" else {}
    return {b"authorization": f"Bearer {key}".encode(), b"user-agent": USER_AGENT, **dated}


def _data(fixture: Fixture, version: str, scope: Scope) -> str:
    _check_size(fixture.params if fixture.exact_params is None else fixture.exact_params)
    if fixture.exact_params is not None:
        return dump_line(fixture.exact_params) if version == "v2" else form.encode(fixture.exact_params)
    if version == "v2" and fixture.method == "POST":
        return json_body(fixture.params, scope)
    data = form_data(fixture.params, scope)
    if data and version == "v2":
        raise SeedError(f"the Stripe CLI cannot send its params: {V2_ONE_JSON}")
    return data


def _check_size(params: object) -> None:
    """Refuse parameters that are more than a request may be: each value of a form repeats all names around it."""
    size, waiting = 0, [(params, 0)]
    while waiting:
        node, names = waiting.pop()
        if isinstance(node, Mapping):
            waiting.extend((child, names + len(str(name)) + 2) for name, child in node.items())
        elif isinstance(node, list):
            waiting.extend((child, names + 3) for child in node)
        else:
            size += names + (len(node) if isinstance(node, str) else 1)
        if size > form.LIMITS.body:
            raise SeedError(f"its params are more than {form.LIMITS.body} bytes")


def _headers(fixture: Fixture, scope: Scope) -> dict[bytes, bytes]:
    own = {"idempotency-key": fixture.idempotency_key} if fixture.idempotency_key else {}
    sent = {**own, **{name.lower(): text for name, text in fixture.headers.items()}}
    try:
        return {name.encode("latin-1"): resolve(text, scope).encode("latin-1") for name, text in sent.items()}
    except UnicodeEncodeError:
        raise SeedError("its headers must be Latin-1") from None


def failure(request: Request, status: int, error: Mapping[str, Json]) -> str:
    """The message for a failed request: the request, the status and Stripe's message."""
    code = f"({text_of(error['code'])})" if error.get("code") else ""
    kind, message = text_of(error.get("type")), text_of(error.get("message"))
    words = " ".join(filter(None, (f"{status}", kind, code)))
    return f"{request.method} {request.path[:100]} answered {words}{': ' if message else ''}{message}"
