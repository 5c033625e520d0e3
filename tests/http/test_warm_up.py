"""Modules are imported while no request comes."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from emulator.http import warm_up


def test_no_resource_is_left_to_import() -> None:
    code = """
        import asyncio, sys
        from emulator.catalog import operations
        from emulator.http import warm_up
        from emulator.resources import registry

        warm_up.IDLE_SECONDS = 0
        asyncio.run(warm_up.warm_up(lambda: 0))
        before = {*sys.modules}
        print(sum(1 for operation in operations() if registry.endpoint(operation)), *({*sys.modules} - before))
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True, timeout=60
    )
    count, *imported = ran.stdout.split()
    assert (int(count) > 600, imported) == (True, [])


@pytest.mark.asyncio
async def test_an_import_waits_until_no_request_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_up, "IDLE_SECONDS", 0)
    counts = iter([1, 2, 5, 5, 6])
    await warm_up._idle(lambda: next(counts))
    assert list(counts) == [6]
