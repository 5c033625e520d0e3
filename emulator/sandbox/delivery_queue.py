"""The queue of sandboxes with deliveries to send, for the dispatcher of a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from emulator.store.destinations import Receiver

Owner = TypeVar("Owner")


class DeliveryQueue(Generic[Owner]):
    """The sandboxes that wait for the dispatcher, and the callback that wakes it.

    `forwards` are the URLs of the settings `forward_to` and `forward_thin_to`, which get the events of every sandbox.
    """

    __slots__ = ("_callback", "_owners", "forwards")

    def __init__(self, forwards: tuple[Receiver, ...] = ()) -> None:
        self.forwards = forwards
        self._owners: dict[str, Owner] = {}
        self._callback: Callable[[], None] | None = None

    def subscribe(self, callback: Callable[[], None] | None) -> None:
        """Set the callback of `notify`; None while no dispatcher runs."""
        self._callback = callback

    def wait(self, name: str, owner: Owner) -> None:
        """Add a sandbox that has something to send, and wake the dispatcher."""
        self._owners[name] = owner
        self.notify()

    def notify(self) -> None:
        """Wake the dispatcher: something may be due now."""
        if self._callback is not None:
            self._callback()

    def waiting(self) -> list[Owner]:
        """The sandboxes that have something to send, now or later."""
        return list(self._owners.values())

    def remove(self, name: str) -> None:
        """Remove a sandbox that has nothing more to send, or has been dropped."""
        self._owners.pop(name, None)

    def clear(self) -> None:
        """Remove all sandboxes."""
        self._owners.clear()
