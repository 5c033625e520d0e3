"""The longest time that a coroutine holds the loop is that of one of its steps."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from .stepping import Holds


async def three_steps() -> str:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return "done"


async def fails() -> None:
    await asyncio.sleep(0)
    raise ValueError("no")


def test_the_longest_step_counts() -> None:
    times = iter([0.0, 1.0, 5.0, 9.0, 20.0, 22.0])
    holds = Holds(three_steps(), lambda: next(times))
    assert holds.run() == "done"
    assert holds.longest == 4.0


def test_a_loop_runs_the_steps_too() -> None:
    async def awaited(holds: Holds[str]) -> str:
        return await holds

    seconds = count()
    holds = Holds(three_steps(), lambda: next(seconds))
    assert asyncio.run(awaited(holds)) == "done"
    assert holds.longest == 1


def test_the_failure_of_a_step_is_raised() -> None:
    with pytest.raises(ValueError, match="no"):
        Holds(fails()).run()
