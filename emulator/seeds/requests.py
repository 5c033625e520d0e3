"""The request of a fixture, byte for byte what the Stripe CLI sends; with `_params`, what was sent once."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from emulator.catalog import versions
from emulator.http.message import Request
from emulator.seeds.document import Fixture
from emulator.seeds.encoding import V2_ONE_JSON, form_data, json_body
from emulator.seeds.errors import SeedError
from emulator.seeds.lookup import text_of
from emulator.seeds.references import Known, resolve, resolve_path
from emulator.wire import form
from emulator.wire.json import Json, compact

METHODS = ("DELETE", "GET", "POST")
USER_AGENT = b"stripe-emulator-seeds"
_FORM, _JSON = b"application/x-www-form-urlencoded", b"application/json"
_SAFE = "/?&=%+[]:,@!$'()*;~"


def request_of(fixture: Fixture, key: str, known: Known) -> Request:
    """The request with its references resolved. Raises SeedError.

    As the CLI does it, parameters take the place of a path's own query unless they are a body.
    """
    if fixture.method not in METHODS:
        raise SeedError(f"its method must be get, post or delete, not {fixture.method.lower()!r}")
    path = resolve_path(fixture.path, known)
    if not path.startswith(("/v1/", "/v2/")):
        raise SeedError(f'fixture path "{fixture.path}" is not a valid Stripe API path (must start with /v1/ or /v2/)')
    version = path[1:3]
    if version == "v2" and not key.startswith("sk_") and not fixture.publishable:
        raise SeedError("this trigger must be run with a secret API key (starts with 'sk_')")
    target, _, query = quote(path, safe=_SAFE).partition("?")
    data = _data(fixture, version, known)
    kind = {b"content-type": _JSON if version == "v2" else _FORM}
    headers = {**sender(key, version), **kind, **_headers(fixture, known)}
    if fixture.method == "POST":
        return Request("POST", target, query.encode(), headers, data.encode())
    return Request(fixture.method, target, data.encode(), headers, b"")


def sender(key: str, version: str = "v1") -> dict[bytes, bytes]:
    """The headers of every request of a seed; v2 requires an API version."""
    dated = {b"stripe-version": versions.NEWEST.encode()} if version == "v2" else {}
    return {b"authorization": f"Bearer {key}".encode(), b"user-agent": USER_AGENT, **dated}


def _data(fixture: Fixture, version: str, known: Known) -> str:
    if fixture.exact_params is not None:
        return compact(fixture.exact_params) if version == "v2" else form.encode(fixture.exact_params)
    if version == "v2" and fixture.method == "POST":
        return json_body(fixture.params, known)
    data = form_data(fixture.params, known)
    if data and version == "v2":
        raise SeedError(f"the Stripe CLI cannot send its params: {V2_ONE_JSON}")
    return data


def _headers(fixture: Fixture, known: Known) -> dict[bytes, bytes]:
    own = {"idempotency-key": fixture.idempotency_key} if fixture.idempotency_key else {}
    said = {**own, **{name.lower(): text for name, text in fixture.headers.items()}}
    try:
        return {name.encode("latin-1"): resolve(text, known).encode("latin-1") for name, text in said.items()}
    except UnicodeEncodeError:
        raise SeedError("its headers must be Latin-1") from None


def refused(request: Request, status: int, error: Mapping[str, Json]) -> str:
    """Which request failed, and Stripe's words."""
    code = f"({text_of(error['code'])})" if error.get("code") else ""
    kind, message = text_of(error.get("type")), text_of(error.get("message"))
    words = " ".join(filter(None, (f"{status}", kind, code)))
    return f"{request.method} {request.path[:100]} answered {words}{': ' if message else ''}{message}"
