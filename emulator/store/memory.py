"""Returns memory that a reset frees to the system.

The memory of sandboxes is fragmented, and the allocator of the C library keeps it for reuse. On Linux with glibc it
returns it on request; on other systems the process keeps its size and reuses the memory. So it does after the reset of
one sandbox, which is frequent in tests.
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
