"""A request as it came and an answer as it goes: bytes and headers, nothing of Stripe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `path` is as sent, percent-encoded; header names are in lower case."""

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    too_large: bool = False

    def header(self, name: bytes) -> str | None:
        """A header's text, None when it is absent or empty."""
        value = self.headers.get(name)
        return value.decode("latin-1").strip() or None if value else None


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, complete."""

    status: int
    headers: Headers
    body: bytes
