"""HTTP requests and responses: bytes and headers, nothing specific to Stripe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import formatdate
from enum import Enum
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from emulator.wire.dataclasses import dataclass
from emulator.wire.path import is_v2

if TYPE_CHECKING:
    from emulator.model.declaration.endpoint import Upload
    from emulator.wire.form import Tree

Headers = list[tuple[bytes, bytes]]
_CONTENT_LENGTH = re.compile(rb"(?m)^Content-Length: [0-9]+")
NOTHING = 0  # the status of a response that is never sent
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def phrase(status: int) -> str:
    """The reason phrase of a status."""
    return _PHRASES.get(status, "Unknown")


@lru_cache(maxsize=64)
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {phrase(status)}\r\n".encode()


@dataclass(slots=True)
class Request:
    """One HTTP request. `path` is as sent, percent-encoded; header names are in lower case.

    `tree` is query and body as v1 reads them, `json` the value of the body as v2 reads it or the reason why
    it cannot be read; both are None until they are parsed, and nobody changes them. `uploads` are the files
    of a multipart body by field name.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    keep_alive: bool = True
    secure: bool = False
    too_large: bool = False
    tree: Tree | None = None
    json: tuple[object, ValueError | None] | None = None
    uploads: Mapping[str, Upload] | None = None

    @property
    def v2(self) -> bool:
        """Whether the path belongs to v2 of the API."""
        return is_v2(self.path)

    def header(self, name: bytes) -> str | None:
        """A header's text, None when it is absent or empty."""
        value = self.headers.get(name)
        return value.decode("latin-1").strip() or None if value else None


class Cut(Enum):
    """How a response fails: connection dropped, half sent, sent with a body that is no JSON, or never sent."""

    DROP = "drop"
    HALF = "half"
    MALFORMED = "malformed"
    TIMEOUT = "timeout"


@dataclass(slots=True)
class Response:
    """One complete HTTP response. `head` is its header lines, as they are sent, in Stripe's spelling.

    `delay` is the seconds before it is sent; `cut` is how it fails.
    """

    status: int
    head: bytes
    body: bytes
    delay: float = 0.0
    cut: Cut | None = None

    @property
    def headers(self) -> Headers:
        """The headers for ASGI, names in lower case."""
        lines = (line.partition(b": ") for line in self.head.split(b"\r\n")[:-1])
        return [(name.lower(), value) for name, _, value in lines]

    @property
    def ends(self) -> bool:
        """Whether its connection ends with it. A malformed body is complete, for HTTP."""
        return self.cut is not None and self.cut is not Cut.MALFORMED

    @property
    def unusual(self) -> bool:
        """Whether plain ASGI cannot express it: its connection ends, or its status is none of HTTP's."""
        return self.ends or self.status not in _PHRASES

    def raw(self, *, head_only: bool) -> bytes:
        """The bytes to send; without the body for HEAD."""
        if self.status == NOTHING:
            return b""
        body = b"" if head_only else self.half() if self.cut is Cut.HALF else self.body
        return b"".join((_status_line(self.status), self.head, b"\r\n", body))

    def half(self) -> bytes:
        """The first half of the body."""
        return self.body[: len(self.body) // 2]

    def fail(self, cut: Cut) -> None:
        """Make it fail; a malformed body is half of it, with a Content-Length that fits."""
        self.cut = cut
        if cut in (Cut.DROP, Cut.TIMEOUT):
            self.status = NOTHING
        if cut is Cut.MALFORMED:
            self.body = self.half()
            self.head = _CONTENT_LENGTH.sub(b"Content-Length: %d" % len(self.body), self.head, count=1)


def lines(headers: Headers) -> bytes:
    """Headers as header lines."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


@lru_cache(maxsize=64)
def http_date(now: int) -> bytes:
    """A time in unix seconds in the format of headers, RFC 1123."""
    return formatdate(now, usegmt=True).encode()


def joined(sent: Headers) -> dict[bytes, bytes]:
    """The headers by name; one that was sent more than once has all its values, joined by commas (observed)."""
    headers = dict(sent)
    if len(headers) < len(sent):
        headers = {name: b", ".join(value for other, value in sent if other == name) for name in headers}
    return headers
