"""Serves the script and its frame at Stripe's paths: `/v1.0/connect.js`, and `/v0.1/connect.js` for old packages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.connect_js.elements import ELEMENTS, Element
from emulator.wire.json import Json

STATIC = Path(__file__).parent / "static"
PARTS = ("frame.js", "calls.js", "instance.js", "drawing.js", "forms.js", "placeholders.js", "element.js", "start.js")
BRIDGE = "/v1.0/bridge.html"
HEADERS = {
    "cache-control": "no-store",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
# happy-dom sends a preflight request for the script, which no browser does.
PREFLIGHT = {**HEADERS, "access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "*"}
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?\Z", re.ASCII)


@cache
def _template() -> str:
    return "\n".join((STATIC / part).read_text(encoding="utf-8") for part in PARTS)


@lru_cache(maxsize=64)
def script(origin: str, *, live: bool) -> str:
    """The script's text, for an emulator at an origin; `live` if it accepts live keys."""
    config: Json = {
        "origin": origin,
        "bridge": BRIDGE,
        "live": live,
        "css": (STATIC / "connect.css").read_text(encoding="utf-8"),
        "elements": {element.name: _row(element) for element in ELEMENTS.values()},
    }
    return program(config, _template())


def program(config: Json, text: str) -> str:
    """A script with a constant CONFIG."""
    return f'"use strict";\n(() => {{\nconst CONFIG = {_literal(config)};\n{text}\n}})();\n'


def _row(element: Element) -> Json:
    return {
        "key": element.key,
        "callbacks": [
            {
                "setter": callback.setter,
                "label": callback.label,
                "args": list(callback.args),
                "feature": callback.feature,
                "on_load": None if callback.on_load is None else list(callback.on_load),
            }
            for callback in element.callbacks
        ],
    }


def _literal(value: Json) -> str:
    """JSON that is safe in a script, also in an inline one."""
    text = orjson.dumps(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def origin_of(scope: Scope) -> str:
    """The emulator's origin by the Host header; by the socket if the header is not a valid host."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(hosts) == 1 and _HOST.match(hosts[0]):
        return f"{scope.get('scheme', 'http')}://{hosts[0]}"
    host, port = scope.get("server") or ("127.0.0.1", 80)
    return f"{scope.get('scheme', 'http')}://{f'[{host}]' if ':' in host else host}:{port}"


class Scripts:
    """An ASGI application of scripts and frames, which any page may GET."""

    def __init__(self, *, live: bool) -> None:
        self._live = live

    def get(self, scope: Scope) -> Response:
        """The response to a GET."""
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers=PREFLIGHT)
        elif request.method not in ("GET", "HEAD"):
            response = Response("Only GET.\n", 405, {**HEADERS, "allow": "GET, HEAD"}, "text/plain")
        else:
            response = self.get(scope)
        await response(scope, receive, send)


class ConnectJs(Scripts):
    """The ASGI application of the paths in `PATHS`."""

    def get(self, scope: Scope) -> Response:
        return PATHS[scope["path"]](self, scope)

    def script(self, scope: Scope) -> Response:
        """GET /v1.0/connect.js"""
        return Response(script(origin_of(scope), live=self._live), 200, HEADERS, "text/javascript")

    def bridge(self, _: Scope) -> Response:
        """GET /v1.0/bridge.html: the frame through which the script calls, past a page's Content-Security-Policy."""
        return Response((STATIC / "bridge.html").read_text(encoding="utf-8"), 200, HEADERS, "text/html")


PATHS: Mapping[str, Callable[[ConnectJs, Scope], Response]] = {
    "/v1.0/connect.js": ConnectJs.script,
    "/v0.1/connect.js": ConnectJs.script,
    BRIDGE: ConnectJs.bridge,
}
