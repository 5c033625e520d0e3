"""The fuzzer reaches what is behind the checks of parameters."""

from __future__ import annotations

from .fuzz import Run


def test_three_requests_in_ten_of_the_fuzzer_are_accepted() -> None:
    reports: list[object] = []
    run = Run(1, reports.append)
    for _ in range(1000):
        run.next()
    assert reports == []
    assert run.statuses[200] >= 300
    assert run.statuses[400] >= 100
