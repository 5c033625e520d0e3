"""Modules are imported while no request comes."""

from __future__ import annotations

import asyncio
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
        from emulator.model.answering import endpoints
        from emulator.model.declaration import registry
        from emulator.resources.table import TABLE

        registry.install(TABLE)
        warm_up.PAUSE_SECONDS = 0
        asyncio.run(warm_up.warm_up(lambda: 0))
        before = {*sys.modules}
        print(sum(1 for operation in operations() if endpoints.endpoint(operation)), *({*sys.modules} - before))
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True, timeout=60
    )
    count, *imported = ran.stdout.split()
    assert (int(count) > 600, imported) == (True, [])


@pytest.mark.asyncio
async def test_an_import_waits_until_no_request_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    module = "emulator.http.not_imported"

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(warm_up, "modules", lambda: [module, module])
    monkeypatch.setattr(warm_up, "import_module", lambda name: slept.append(0))
    counts = iter([1, 2, 2, 2])
    await warm_up.warm_up(lambda: next(counts))
    pause, idle = warm_up.PAUSE_SECONDS, warm_up.IDLE_SECONDS
    assert slept == [pause, idle, idle, 0, pause, 0]
