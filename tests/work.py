"""Measures work: in calls of functions, which are as many on every machine, and in seconds of the processor."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def calls_of(run: Callable[[], object]) -> int:
    """The number of calls of Python functions that something makes when it runs once more."""
    run()  # what is imported and kept by the first one is not counted
    calls = 0

    def counted(_: object, kind: str, __: object) -> None:
        nonlocal calls
        calls += kind == "call"

    sys.setprofile(counted)
    try:
        run()
    finally:
        sys.setprofile(None)
    return calls


def seconds(run: Callable[[], object]) -> float:
    """Seconds of the processor that something takes: the machine may be busy with others."""
    started = time.thread_time()
    run()
    return time.thread_time() - started
