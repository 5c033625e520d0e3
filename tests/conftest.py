"""Fixtures of our own tests."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator

import hypothesis
import pytest

from emulator.model.declaration import registry
from emulator.resources.table import TABLE

from .api import Api

pytest_plugins = ["pytester"]
registry.install(TABLE)


@pytest.fixture
def api() -> Api:
    """A fresh emulator, called without a socket."""
    return Api()


class _Failures(logging.Handler):
    """Keeps the records of a logger."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def failed_timers() -> Iterator[list[logging.LogRecord]]:
    """The errors that timers logged, which are no response. A test that expects some clears the list."""
    handler, log = _Failures(), logging.getLogger("emulator.timers")
    log.addHandler(handler)
    yield handler.records
    log.removeHandler(handler)
    assert [record.getMessage() for record in handler.records] == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason for which tests were skipped, in place of one for each place (`-rs` lists them)."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    if not reasons or terminalreporter.hasopt("s"):
        return
    terminalreporter.section("skipped tests")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} skipped: {reason}")


# A slow machine is no failed promise.
hypothesis.settings.register_profile("emulator", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("emulator")
