"""What is behind a change."""

from __future__ import annotations

from typing import NamedTuple


class Origin(NamedTuple):
    """When a change happens, in unix seconds, and the request that makes it; without one it happens by itself."""

    now: int
    request: str | None = None
    idempotency_key: str | None = None
