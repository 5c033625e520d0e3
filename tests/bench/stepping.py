"""Runs a coroutine step by step: between two steps the loop is free for others."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Holds(Awaitable[Result], Generic[Result]):
    """A coroutine, and the seconds of its longest step in processor time of the thread."""

    def __init__(self, coroutine: Coroutine[Any, Any, Result], now: Callable[[], float] = time.thread_time) -> None:
        self._coroutine, self._now = coroutine, now
        self.longest = 0.0

    def __await__(self) -> Generator[Any, Any, Result]:
        step = self._measured(lambda: self._coroutine.send(None))
        while True:
            try:
                waits_for = step()
            except StopIteration as end:
                result: Result = end.value
                return result
            try:
                sent = yield waits_for
                step = self._measured(lambda sent=sent: self._coroutine.send(sent))  # type: ignore[misc]
            except BaseException as error:  # noqa: BLE001 the coroutine handles it
                step = self._measured(lambda error=error: self._coroutine.throw(error))  # type: ignore[misc]

    def _measured(self, step: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            started = self._now()
            try:
                return step()
            finally:
                self.longest = max(self.longest, self._now() - started)

        return run

    def run(self) -> Result:
        """The result, without a loop: nothing but turns may be waited for."""
        steps = self.__await__()
        while True:
            try:
                next(steps)
            except StopIteration as end:
                result: Result = end.value
                return result
