"""Who wants to know that something happened: the open pages of the dashboard. Bounded; costs nothing without one."""

from __future__ import annotations

from collections.abc import Callable

MOST = 32
Bell = Callable[[bool], None]


class Observers:
    """The bells of one server, rung after each request and each delivery.

    A bell is told whether something has surely changed: a request to Stripe's API may have been about another sandbox.
    """

    __slots__ = ("_bells",)

    def __init__(self) -> None:
        self._bells: set[Bell] = set()

    def __len__(self) -> int:
        return len(self._bells)

    @property
    def full(self) -> bool:
        """Whether nobody more is let in."""
        return len(self._bells) >= MOST

    def join(self, bell: Bell) -> None:
        """Rings a bell from now on."""
        self._bells.add(bell)

    def leave(self, bell: Bell) -> None:
        """No longer rings a bell."""
        self._bells.discard(bell)

    def ring(self, *, surely: bool) -> None:
        """Tells everybody."""
        for bell in tuple(self._bells):
            bell(surely)
