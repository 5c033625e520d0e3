"""Memory is given back after a reset of all."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from emulator.store import memory

from ..api import Api


def resident() -> int:
    """The megabytes of this process in memory."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) // 1024


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives memory back on request")
@pytest.mark.asyncio
async def test_a_reset_of_all_gives_memory_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "WAIT_SECONDS", 0.01)
    memory.give_back()
    before = resident()
    for number in range(150):
        own = {"authorization": f"Bearer sk_test_{number}"}
        account = api.post("/v1/accounts", "type=custom", **own).body["id"]
        for change in range(40):
            api.post(f"/v1/accounts/{account}", f"metadata[text]={'a' * 400}{change}", **own)
    used = resident() - before
    for _ in range(2):  # at once, as one
        await api.control("POST", "/reset", {"all": True})
    while memory._scheduled:
        await asyncio.sleep(0.01)
    assert used > 10
    assert resident() - before < used / 2
