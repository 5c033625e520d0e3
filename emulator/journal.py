"""The last requests of a sandbox and their answers: bounded, and shown without secrets."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

KEPT = 50
BODY_KEPT = 4096
_SECRET = re.compile(r"(accs_secret__|em_(?:test|live)_)([0-9A-Za-z]{4})[0-9A-Za-z]+")


class Entry(NamedTuple):
    """One request and its answer. Bodies are cut; times are unix seconds."""

    at: int
    method: str
    path: str
    status: int
    request_id: str
    account: str | None
    error: str | None
    request: bytes
    response: bytes


class Journal:
    """The newest entries of one sandbox."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first."""
        return iter(tuple(self._entries))


def cut(body: bytes) -> bytes:
    """A copy of the beginning of a body; a copy, because a serialized body holds a larger buffer than it shows."""
    return bytes(memoryview(body)[:BODY_KEPT])


def masked(body: bytes) -> str:
    """A body as text, with client secrets and session tokens shortened."""
    return _SECRET.sub(r"\1\2***", body.decode(errors="replace"))
