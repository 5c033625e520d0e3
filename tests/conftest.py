"""Fixtures of our own tests."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import hypothesis
import pytest

from .api import Api

pytest_plugins = ["pytester"]


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


# A slow machine is no failed promise.
hypothesis.settings.register_profile("emulator", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("emulator")
