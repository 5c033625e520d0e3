"""Callbacks after each request and delivery, for the open pages of the dashboard. Bounded in number."""

from __future__ import annotations

from collections.abc import Callable

MAX_OBSERVERS = 32
Callback = Callable[[bool], None]


class Observers:
    """The callbacks of one server.

    Each is called with whether its sandbox has certainly changed: a request to Stripe's API may belong to another one.
    """

    __slots__ = ("_callbacks",)

    def __init__(self) -> None:
        self._callbacks: set[Callback] = set()

    def __len__(self) -> int:
        return len(self._callbacks)

    @property
    def full(self) -> bool:
        """Whether no more callbacks are accepted."""
        return len(self._callbacks) >= MAX_OBSERVERS

    def add(self, callback: Callback) -> None:
        """Register a callback."""
        self._callbacks.add(callback)

    def remove(self, callback: Callback) -> None:
        """Remove a callback."""
        self._callbacks.discard(callback)

    def notify(self, *, changed: bool) -> None:
        """Call all callbacks."""
        for callback in tuple(self._callbacks):
            callback(changed)
