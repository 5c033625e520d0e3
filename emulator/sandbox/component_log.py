"""Component events of pages, and load errors to force on the next components. Both are bounded: the newest are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from emulator.wire.namedtuples import NamedTuple

MAX_EVENTS = 1000
MAX_FORCED = 100
Kind = Literal["mounted", "event", "error"]


class ComponentEvent(NamedTuple):
    """One event of a component on a page, at a unix second of the sandbox's clock.

    `name` is the callback of an event, the type of an error, and empty otherwise; `detail` is JSON or a message.
    `client_secret` is None for a page without a session of this sandbox.
    """

    at: int
    kind: Kind
    component: str
    name: str
    detail: str
    client_secret: str | None
    origin: str | None


class ForcedError(NamedTuple):
    """A load error, a delay or both, for the next matching component. `account` and `component` None match all."""

    type: str | None
    message: str | None
    component: str | None
    account: str | None
    delay_ms: int
    before_loader_start: bool

    def matches(self, component: str, account: str | None) -> bool:
        """Whether it applies to a component that is about to mount."""
        return self.component in (None, component) and self.account in (None, account)


class ComponentLog:
    """The component events of one sandbox, and its forced errors."""

    def __init__(self) -> None:
        self._events: list[ComponentEvent] = []
        self._forced: list[ForcedError] = []

    def add(self, event: ComponentEvent) -> None:
        """Append an event, and drop the oldest beyond a thousand."""
        self._events.append(event)
        del self._events[:-MAX_EVENTS]

    def __iter__(self) -> Iterator[ComponentEvent]:
        return iter(self._events)

    def of(self, client_secret: str) -> list[ComponentEvent]:
        """The events of one session, oldest first."""
        return [event for event in self._events if event.client_secret == client_secret]

    def by_session(self) -> dict[str, list[ComponentEvent]]:
        """The events of each session, oldest first."""
        found: dict[str, list[ComponentEvent]] = {}
        for event in self._events:
            if event.client_secret:
                found.setdefault(event.client_secret, []).append(event)
        return found

    def force(self, forced: ForcedError, times: int) -> None:
        """Queue an error for the next `times` matching components, and drop the oldest beyond a hundred."""
        self._forced += [forced] * times
        del self._forced[:-MAX_FORCED]

    def pending(self) -> list[tuple[ForcedError, int]]:
        """The forced errors that have not been applied yet, each with its count."""
        return list(Counter(self._forced).items())

    def depends_on_account(self, component: str) -> bool:
        """Whether a forced error for this component is limited to an account."""
        return any(forced.account and forced.matches(component, forced.account) for forced in self._forced)

    def take_error(self, component: str, account: str | None) -> ForcedError | None:
        """Remove and return the first forced error that matches."""
        for index, forced in enumerate(self._forced):
            if forced.matches(component, account):
                return self._forced.pop(index)
        return None

    def clear_errors(self) -> int:
        """Clear the forced errors and return their number."""
        count = len(self._forced)
        self._forced.clear()
        return count
