"""Counts of the requests for which the emulator falls short: operations not emulated, and those that are generic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

MOST = 1000
SHOWN = 20


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


def lines(not_emulated: Mapping[str, int], generic: Mapping[str, int]) -> Iterator[str]:
    """The counts for a log or a report, the most frequent operations first: at most one line for each kind."""
    if not_emulated:
        yield f"Requested, but not emulated: {_listed(not_emulated)}."
    if generic:
        yield f"Generic, as the API description alone decides: {_listed(generic)}."


def _listed(counts: Mapping[str, int]) -> str:
    by_count = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{name} {f'{number} times' if number > 1 else 'once'}" for name, number in by_count[:SHOWN]]
    more = [f"and {len(counts) - SHOWN} more"] if len(counts) > SHOWN else []
    return ", ".join([*shown, *more])
