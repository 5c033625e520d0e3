"""A request as it came and an answer as it goes: bytes and headers, nothing of Stripe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

Headers = list[tuple[bytes, bytes]]
_STATUS_LINE = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


@dataclass(slots=True)
class Request:
    """One HTTP request. `path` is as sent, percent-encoded; header names are in lower case."""

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    too_large: bool = False
    keep_alive: bool = True

    def header(self, name: bytes) -> str | None:
        """A header's text, None when it is absent or empty."""
        value = self.headers.get(name)
        return value.decode("latin-1").strip() or None if value else None


@dataclass(slots=True)
class Response:
    """One HTTP answer, complete. Header names are written as Stripe writes them."""

    status: int
    headers: Headers
    body: bytes

    def lower_case(self) -> Headers:
        """The headers as ASGI wants them."""
        return [(name.lower(), value) for name, value in self.headers]

    def raw(self, *, head_only: bool) -> bytes:
        """The answer as it stands on the wire; without its body for HEAD."""
        head = b"".join([b"%b: %b\r\n" % header for header in self.headers])
        return b"%b%b\r\n%b" % (_STATUS_LINE[self.status], head, b"" if head_only else self.body)
