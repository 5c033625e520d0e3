"""A request as it came and an answer as it goes: bytes and headers, nothing of Stripe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

Headers = list[tuple[bytes, bytes]]
_STATUS_LINE = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
NOTHING = 0  # the status of an answer that is never sent


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
    secure: bool = False

    def header(self, name: bytes) -> str | None:
        """A header's text, None when it is absent or empty."""
        value = self.headers.get(name)
        return value.decode("latin-1").strip() or None if value else None


class Cut(Enum):
    """How an answer fails on its way: not sent, half sent, sent with a body that is no JSON, or sent by nobody."""

    DROP = "drop"
    HALF = "half"
    MALFORMED = "malformed"
    TIMEOUT = "timeout"


@dataclass(slots=True)
class Response:
    """One HTTP answer, complete. Header names are written as Stripe writes them.

    `delay` is in seconds, before it is sent; `cut` says how it fails.
    """

    status: int
    headers: Headers
    body: bytes
    delay: float = 0.0
    cut: Cut | None = None

    def lower_case(self) -> Headers:
        """The headers as ASGI wants them."""
        return [(name.lower(), value) for name, value in self.headers]

    def raw(self, *, head_only: bool) -> bytes:
        """The answer as it stands on the wire; without its body for HEAD."""
        if self.cut in (Cut.DROP, Cut.TIMEOUT):
            return b""
        head = b"".join([b"%b: %b\r\n" % header for header in self.headers])
        whole = b"%b%b\r\n%b" % (_STATUS_LINE[self.status], head, b"" if head_only else self.body)
        return whole[: len(whole) - len(self.body) // 2] if self.cut is Cut.HALF else whole

    def malformed(self) -> None:
        """Leaves half of the body, and says that it is all."""
        self.body = self.body[: len(self.body) // 2]
        length = (b"Content-Length", b"%d" % len(self.body))
        self.headers = [length if header[0] == b"Content-Length" else header for header in self.headers]
