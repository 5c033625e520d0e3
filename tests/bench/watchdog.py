"""A watchdog for fuzzing: the processor time of each response, and logged errors."""

from __future__ import annotations

import gc
import logging
import math
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .stepping import Holds

Result = TypeVar("Result")
LONGEST_SECONDS = 0.2
TRIES = 4


class _Errors(logging.Handler):
    """Keeps the errors of a log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@dataclass
class Watchdog:
    """Measures responses. The machine may be busy with others, so the time is that of a thread, not that on the wall.

    `slow` says whether the last response was, `slowest` is the longest time of all and `what` took it.
    """

    clock: int | None = None
    slowest: float = 0.0
    what: str = ""
    last: float = 0.0
    errors: _Errors = field(default_factory=_Errors)

    def now(self) -> float:
        """Seconds of this thread, or of the one whose clock was given."""
        return time.thread_time() if self.clock is None else time.clock_gettime(self.clock)

    def tries(self, what: str) -> Iterator[AbstractContextManager[None]]:
        """Measures a response, and again while it is too slow: a busy machine slows even the time of a thread.

        The shortest time counts.
        """
        for _ in self._attempts(what):
            yield self._measured()

    def response(self, what: str, start: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """The response that a coroutine returns, measured likewise; of each time its longest hold of the loop."""
        for _ in self._attempts(what):
            holds = Holds(start(), self.now)
            response = holds.run()
            self.last = min(self.last, holds.longest)
        return response

    def _attempts(self, what: str) -> Iterator[None]:
        self.last = math.inf
        for _ in range(TRIES):
            yield
            if self.slow is None:
                break
        if self.last > self.slowest:
            self.slowest, self.what = self.last, what

    @contextmanager
    def _measured(self) -> Iterator[None]:
        started = self.now()
        yield
        self.last = min(self.last, self.now() - started)

    @property
    def slow(self) -> str | None:
        """The fault of the last response's time, None if it is within the limit."""
        return f"{self.last * 1000:.0f} ms of the loop" if self.last > LONGEST_SECONDS else None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Collects logged errors, which would be tracebacks. Garbage collections of the fuzzer's objects do not count."""
        logs = [logging.getLogger(name) for name in ("emulator", "uvicorn.error", "asyncio")]
        for log in logs:
            log.addHandler(self.errors)
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            for log in logs:
                log.removeHandler(self.errors)
            gc.unfreeze()

    def __str__(self) -> str:
        found = f"slowest {self.slowest * 1000:.0f} ms ({self.what[:100]}), {len(self.errors.lines)} errors logged"
        return "".join([found, *(f"\n{line[:2000]}" for line in self.errors.lines[:5])])
