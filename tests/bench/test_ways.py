"""The ways of three requests stay short: the files that each enters, counted in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys

MOST = {"account session": 45, "payment confirmed": 96, "subscription updated": 76}


def test_no_way_gets_longer() -> None:
    """A request that needs more files has found another door: use the one that is there."""
    command = [sys.executable, "-m", "tests.bench.ways"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    found = {name: int(files) for name, files in re.findall(r"(.+): (\d+) files, \d+ switches", printed)}
    assert found.keys() == MOST.keys()
    assert {name: files for name, files in found.items() if files > MOST[name]} == {}
