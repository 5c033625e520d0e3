"""Memory that a reset frees is given back to the system.

What sandboxes held lies in many small pieces between others, which the allocator of the C library keeps for later. On
Linux with glibc it gives them back on request; elsewhere the process keeps its size, and uses the memory again. So does
a reset of one sandbox, which tests do all the time: what it frees serves the next one.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from functools import cache

WAIT_SECONDS = 1.0  # after a reset, in which others may follow
_scheduled: set[asyncio.Task[None]] = set()


def give_back_soon() -> None:
    """Give memory back in a moment, once for all resets until then."""
    if not _scheduled and _trim() is not None:
        task = asyncio.get_running_loop().create_task(_later())
        _scheduled.add(task)
        task.add_done_callback(_scheduled.discard)


async def _later() -> None:
    await asyncio.sleep(WAIT_SECONDS)
    await asyncio.to_thread(give_back)


def give_back() -> bool:
    """Collect garbage and give free memory back; whether the system got some."""
    gc.collect()
    trim = _trim()
    return trim is not None and bool(trim(0))


@cache
def _trim() -> ctypes._NamedFuncPointer | None:
    """The function of glibc, None elsewhere."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
