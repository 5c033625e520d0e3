"""Rate limits of one sandbox, off unless they are set.

Requests are counted by the second of the sandbox's clock: while it is frozen a limit stays reached, and advancing it
by one second lifts it, so that tests need not wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class RateLimits:
    """Requests a second: of the whole sandbox, and of each operation. 0 is no limit."""

    total: int = 0
    endpoint: int = 0
    _second: int = -1
    _counts: dict[str, int] = field(default_factory=dict)

    def exceeded(self, operation: str, now: int) -> str | None:
        """Counts a request, and says which limit it exceeds as Stripe names it."""
        if not (self.total or self.endpoint):
            return None
        if now != self._second:
            self._second, self._counts = now, {}
        for name in ("", operation):
            self._counts[name] = self._counts.get(name, 0) + 1
        if self.total and self._counts[""] > self.total:
            return "global-rate"
        return "endpoint-rate" if self.endpoint and self._counts[operation] > self.endpoint else None
