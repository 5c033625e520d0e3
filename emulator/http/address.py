"""The address at which a client reaches the emulator, with which URLs in responses begin."""

from __future__ import annotations

import re
from functools import lru_cache

from emulator.http.message import Request
from emulator.settings import Settings

_HOST = re.compile(rb"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?\Z", re.ASCII)


def address_of(request: Request, settings: Settings) -> str:
    """`http://127.0.0.1:12111`: the setting `public_url`, else the Host header, else the address it listens on."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return _from_host(request.headers.get(b"host", b""), secure=request.secure) or _from_settings(settings)


@lru_cache(maxsize=64)
def _from_host(host: bytes, *, secure: bool) -> str | None:
    """The address of a Host header, None if that is no host."""
    return f"{'https' if secure else 'http'}://{host.decode('ascii')}" if _HOST.match(host) else None


def _from_settings(settings: Settings) -> str:
    scheme = "https" if settings.tls or settings.tls_cert else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{settings.port}"
