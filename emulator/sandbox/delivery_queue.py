"""Which sandboxes have something to send, for the one task of a server that sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from emulator.store.destinations import Receiver

Owner = TypeVar("Owner")


class DeliveryQueue(Generic[Owner]):
    """The sandboxes that wait for the courier, and the bell that wakes it.

    `forwards` are the addresses of the settings `forward_to` and `forward_thin_to`, to which the events of every
    sandbox go.
    """

    __slots__ = ("_bell", "_worlds", "forwards")

    def __init__(self, forwards: tuple[Receiver, ...] = ()) -> None:
        self.forwards = forwards
        self._worlds: dict[str, Owner] = {}
        self._bell: Callable[[], None] | None = None

    def answer(self, bell: Callable[[], None] | None) -> None:
        """Whom to wake; nobody when None, as in a server that does not run."""
        self._bell = bell

    def wait(self, name: str, world: Owner) -> None:
        """Notes that a sandbox has something to send, and wakes the courier."""
        self._worlds[name] = world
        self.ring()

    def ring(self) -> None:
        """Wakes the courier: something may be due now."""
        if self._bell is not None:
            self._bell()

    def waiting(self) -> list[Owner]:
        """The sandboxes that have something to send, now or later."""
        return list(self._worlds.values())

    def forget(self, name: str) -> None:
        """Takes a sandbox off: it has nothing more to send, or is gone."""
        self._worlds.pop(name, None)

    def clear(self) -> None:
        """Takes all sandboxes off."""
        self._worlds.clear()
