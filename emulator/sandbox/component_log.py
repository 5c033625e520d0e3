"""What pages did with the components: which were mounted, what fired, what failed; and errors that wait for them.

All of it is bounded: the newest are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

KEPT = 1000
FORCED_KEPT = 100
Kind = Literal["mounted", "event", "error"]


class ComponentEvent(NamedTuple):
    """One thing that a page told. `client_secret` is None where no session of the sandbox stands behind it.

    `name` is the callback of an event, the type of an error, and empty otherwise; `detail` is JSON or a message.
    """

    at: int
    kind: Kind
    component: str
    name: str
    detail: str
    client_secret: str | None
    origin: str | None


class Forced(NamedTuple):
    """A load error, a delay or both, for the next component that fits. `account` and `component` None fit all."""

    type: str | None
    message: str | None
    component: str | None
    account: str | None
    delay_ms: int
    before_loader_start: bool

    def fits(self, component: str, account: str | None) -> bool:
        """Whether a component that is about to mount gets it."""
        return self.component in (None, component) and self.account in (None, account)


class ComponentLog:
    """The happenings of one sandbox, and the errors forced on it."""

    def __init__(self) -> None:
        self._happenings: list[ComponentEvent] = []
        self._forced: list[Forced] = []

    def tell(self, happening: ComponentEvent) -> None:
        """Keeps a happening, and forgets the oldest beyond a thousand."""
        self._happenings.append(happening)
        del self._happenings[:-KEPT]

    def __iter__(self) -> Iterator[ComponentEvent]:
        return iter(self._happenings)

    def of(self, client_secret: str) -> list[ComponentEvent]:
        """The happenings of one session, oldest first."""
        return [happening for happening in self._happenings if happening.client_secret == client_secret]

    def by_session(self) -> dict[str, list[ComponentEvent]]:
        """The happenings of each session, oldest first."""
        found: dict[str, list[ComponentEvent]] = {}
        for happening in self._happenings:
            if happening.client_secret:
                found.setdefault(happening.client_secret, []).append(happening)
        return found

    def force(self, forced: Forced, times: int) -> None:
        """Queues an error for the next `times` components that fit; the oldest go beyond a hundred."""
        self._forced += [forced] * times
        del self._forced[:-FORCED_KEPT]

    def waiting(self) -> list[tuple[Forced, int]]:
        """The forced errors that nobody has met yet, each with how many there are of it."""
        return list(Counter(self._forced).items())

    def asks_for_account(self, component: str) -> bool:
        """Whether it depends on the account what a component meets."""
        return any(forced.account and forced.fits(component, forced.account) for forced in self._forced)

    def meet(self, component: str, account: str | None) -> Forced | None:
        """Tests and burns: the first forced error that fits."""
        for index, forced in enumerate(self._forced):
            if forced.fits(component, account):
                return self._forced.pop(index)
        return None

    def calm(self) -> int:
        """Forgets the forced errors, and says how many there were."""
        count = len(self._forced)
        self._forced.clear()
        return count
