"""The costs of a test session: the server's life cycle in its process, and the import of the pytest plugin."""

from __future__ import annotations

import re
from statistics import median

from tests.bench.inside import Inside
from tests.bench.processes import Launcher
from tests.bench.table import Row, ms, spread

PLUGIN = "emulator_fixtures"
_IMPORTED = re.compile(r"import time:\s+\d+ \|\s+(\d+) \|( +)(\S+)")


def measure(launcher: Launcher, times: int, sessions: int) -> list[Row]:
    inside = Inside(**launcher.answer("tests.bench.inside", {"times": times * 5, "sessions": sessions}))
    return [*_life(inside), *_sizes(inside), _plugin([plugin_import(launcher) for _ in range(times + 1)][1:])]


def plugin_import(launcher: Launcher) -> float:
    """Seconds of importing the plugin where pytest is imported already, by `python -X importtime`."""
    listed = launcher.output(["-X", "importtime", "-c", f"import pytest; import {PLUGIN}.plugin"]).stderr
    found = [(int(match[1]), match[2], match[3]) for match in map(_IMPORTED.match, listed.splitlines()) if match]
    # One space of indent: the import statement's own modules; their times include the modules that they import.
    micro = [cost for cost, indent, name in found if name.partition(".")[0] == PLUGIN and len(indent) == 1]
    return sum(micro) / 1e6


def _life(inside: Inside) -> list[Row]:
    return [
        Row(
            "Server() and start, in-process",
            ms(inside.start),
            f"the first time {ms(inside.first_start)}",
            "below 5 ms",
            inside.start < 0.005,
        ),
        Row("stop, in-process", ms(inside.stop), target="below 5 ms", met=inside.stop < 0.005),
    ]


def _sizes(inside: Inside) -> list[Row]:
    return [
        Row("stored session, summed over its objects", f"{inside.session_bytes:.0f} bytes"),
        Row("unused sandbox, summed over its objects", f"{inside.sandbox_bytes:,.0f} bytes"),
    ]


def _plugin(seconds: list[float]) -> Row:
    comparison = f"{spread([value * 1000 for value in seconds], '.2f')} ms, pytest not counted"
    return Row("import of the pytest plugin", ms(median(seconds)), comparison, "below 20 ms", median(seconds) < 0.020)
