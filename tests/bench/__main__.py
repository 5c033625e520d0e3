"""`python -m tests.bench`: one run, one table.

With the defaults it takes about three minutes. Nothing else should run on the machine meanwhile; the load average and
the spread over rounds tell whether it did.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence

from tests.bench.load import Generator, Load, Own
from tests.bench.processes import Launcher
from tests.bench.table import Row

from ..bench import (
    embedding,
    holds,
    lists,
    live_sessions,
    machine,
    operations,
    sandboxes,
    startup,
    table,
    throughput,
    wrk,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures everything and prints the table."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="bytecode-") as cache:
        print(run(Launcher(cache), options))


def run(launcher: Launcher, options: argparse.Namespace) -> str:
    """The whole run, as text."""
    own, installed = Own(launcher), None if options.own_generator else wrk.find()
    rounds: Generator = installed or own
    facts = machine.facts(wrk.version(installed) if installed else "tests.bench.generator, standard library only")
    load = Load(rounds, own, options.connections, options.seconds)
    rows = _measure(launcher, load, options)
    facts["load average at the end"] = machine.load_average()
    facts["rounds"] = f"{options.rounds} of {options.seconds:g} s at {options.connections} connections, in turns"
    facts["busiest round of the load generator"] = f"{load.busiest:.2f} of a core"
    return (table.as_json if options.json else table.markdown)(facts, rows)


def _measure(launcher: Launcher, load: Load, options: argparse.Namespace) -> list[Row]:
    size = throughput.answer_size(launcher)
    return [
        *throughput.measure(launcher, load, options.rounds, size),
        *live_sessions.measure(launcher, load, options.rounds, options.sessions, size),
        *operations.measure(launcher, options.times * 20),
        *lists.measure(launcher, options.payments, options.times * 20),
        *startup.measure(launcher, options.times),
        *sandboxes.measure(launcher, options.sandboxes),
        sandboxes.measure_reset(launcher, options.times * 5),
        *embedding.measure(launcher, options.times, options.sessions),
        *holds.measure(launcher, options.stored, options.every),
    ]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one round of load")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of load for each server")
    parser.add_argument("--connections", type=int, default=16, help="connections that are kept busy")
    parser.add_argument("--sessions", type=int, default=100_000, help="live account sessions to store")
    parser.add_argument("--payments", type=int, default=100_000, help="payments to store for a list")
    parser.add_argument("--sandboxes", type=int, default=2000, help="new keys to use")
    parser.add_argument("--stored", type=int, default=2000, help="objects of each kind to store for the longest hold")
    parser.add_argument("--every", type=int, default=1, help="search the longest hold in one of so many operations")
    parser.add_argument("--times", type=int, default=10, help="processes to start for each start-up time")
    parser.add_argument("--own-generator", action="store_true", help="use no wrk, even where it is installed")
    parser.add_argument("--json", action="store_true", help="print JSON, not Markdown")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
