"""Counts of the requests for which the emulator falls short: operations not emulated, and those that are generic."""

from __future__ import annotations

from collections import Counter

MOST = 1000


class Gaps:
    """Requests by operation, such as `POST /v1/tokens`, or `POST /v1/tokens (pii)` for one of its parameters.

    Beyond a thousand names, new ones are not counted.
    """

    __slots__ = ("generic", "not_emulated")

    def __init__(self) -> None:
        self.not_emulated: Counter[str] = Counter()
        self.generic: Counter[str] = Counter()

    def count(self, name: str, *, generic: bool) -> None:
        """Count one request."""
        counter = self.generic if generic else self.not_emulated
        if name in counter or len(counter) < MOST:
            counter[name] += 1
