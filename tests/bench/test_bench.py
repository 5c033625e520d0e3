"""The benchmark's pieces run, with tiny numbers, and print a table. No time is asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.inside import size_of
from tests.bench.load import BadAnswers, Job, Own, Sample, checked
from tests.bench.memory import stored
from tests.bench.processes import QUIET, Launcher
from tests.bench.table import HEAD, Row, markdown
from tests.bench.traffic import sandbox_traffic, send

from ..bench import wrk

TINY = (
    "--rounds=1",
    "--connections=2",
    "--sessions=50",
    "--sandboxes=5",
    "--payments=50",
    "--times=1",
    "--stored=3",
    "--every=150",
    "--own-generator",
)


@pytest.fixture
def launcher(tmp_path: Path) -> Launcher:
    return Launcher(str(tmp_path))


def test_one_run_measures_everything(capsys: pytest.CaptureFixture[str]) -> None:
    main([*TINY, "--seconds=0.1", "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert {"machine", "Python", "versions", "load generator"} <= set(printed["machine"])
    assert len([row for row in printed["rows"] if row["target"]]) == 31
    assert all(row["what"] and row["value"] for row in printed["rows"])


def test_a_table_says_what_was_met() -> None:
    rows = [Row("a", "1 ms", "b 2 ms", "below 2 ms", True), Row("c", "3 ms", target="below 2 ms", met=False)]
    assert markdown({"cores": "2"}, rows) == (
        "- cores: 2\n"
        "\n"
        f"| {' | '.join(HEAD)} |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| a | 1 ms | b 2 ms | below 2 ms | yes |\n"
        "| c | 3 ms |  | below 2 ms | **no** |"
    )


def test_every_request_is_answered_and_has_its_own_number(launcher: Launcher) -> None:
    with launcher.emulator(*QUIET) as running:
        traffic = sandbox_traffic(running.url)
        connection = running.connect()
        try:
            for template in traffic:
                assert json.loads(send(connection, template))["object"] == "account_session"
        finally:
            connection.close()
        job = Job(port=running.port, templates=traffic, connections=4, count=100)
        sample = Own(launcher).run(job)
        assert (sample.requests, sample.errors) == (100, 0)
        assert len({template.request(number) for number, template in enumerate(traffic)}) == len(traffic)


@pytest.mark.skipif(wrk.find() is None, reason="wrk is not installed")
def test_wrk_sends_the_same_requests(launcher: Launcher) -> None:
    found = wrk.find()
    assert found is not None
    with launcher.emulator(*QUIET) as running:
        traffic = sandbox_traffic(running.url)
        sample = found.run(Job(port=running.port, templates=traffic, connections=2, seconds=1))
        assert sample.requests > 0
        assert 0 < sample.p50 <= sample.p99 <= sample.longest
        assert stored(running, traffic) >= sample.requests


def test_answers_other_than_200_are_no_measurement() -> None:
    with pytest.raises(BadAnswers):
        checked(Sample.of([0.1, 0.2], 1.0, 1, 0.5))


def test_percentiles_are_of_every_latency() -> None:
    sample = Sample.of([number / 1000 for number in range(1000)], 2.0, 0, 0.5)
    assert (sample.rate, sample.p50, sample.p99, sample.p999, sample.longest) == (500, 0.5, 0.99, 0.999, 0.999)


def test_a_size_counts_each_object_once() -> None:
    text = "x" * 100
    assert size_of([text, text]) == size_of([text]) + 8
