"""Requests per second and latency of a valid account session POST, beside a bare Starlette route.

Both get the same requests, in turns: bare, quiet, logging, bare, ... The bare route answers as many bytes as a real
account session has. "Quiet" is the emulator without a log line for each request, as the bare route runs; "logging" is
its default, the lines going to the null device. The store is not emptied between rounds.
"""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median

from tests.bench.load import Load, Sample, middle, ratios
from tests.bench.processes import QUIET, Launcher, Running
from tests.bench.table import Row, ms, spread
from tests.bench.traffic import Template, sandbox_traffic, send

Turns = dict[str, list[Sample]]
Work = dict[str, list[float]]
TICK = 0.01  # seconds: the resolution of the processor time in /proc


def answer_size(launcher: Launcher) -> int:
    """The bytes of a real answer, as the emulator gives it to the first account."""
    with launcher.emulator(*QUIET) as emulator:
        connection = emulator.connect()
        try:
            return len(send(connection, sandbox_traffic(emulator.url)[0]))
        finally:
            connection.close()


def measure(launcher: Launcher, load: Load, rounds: int, size: int) -> list[Row]:
    with ExitStack() as stack:
        quiet = stack.enter_context(launcher.emulator(*QUIET))
        logging = stack.enter_context(launcher.emulator())
        bare = stack.enter_context(launcher.bare(size))
        traffic = sandbox_traffic(quiet.url)
        servers = {
            "bare": (bare, traffic),
            "quiet": (quiet, traffic),
            "logging": (logging, sandbox_traffic(logging.url)),
        }
        turns, work = take_turns(load, servers, rounds)
    return [*_rows(turns, size), _processor_row(work)]


def take_turns(load: Load, servers: dict[str, tuple[Running, list[Template]]], rounds: int) -> tuple[Turns, Work]:
    """Rounds of load on each server in turn, after some requests to warm each up.

    The second answer is the processor time of each round for one request, in seconds.
    """
    turns: Turns = {name: [] for name in servers}
    work: Work = {name: [] for name in servers}
    for server, traffic in servers.values():
        load.fill(server, traffic, 500)
    for _ in range(rounds):
        for name, (server, traffic) in servers.items():
            before = server.cpu_seconds()
            turns[name].append(load.round(server, traffic))
            spent = max(server.cpu_seconds() - before, TICK)  # below the resolution of the kernel, but not zero
            work[name].append(spent / turns[name][-1].requests)
    return turns, work


def _processor_row(work: Work) -> Row:
    micro = {name: f"{median(seconds) * 1e6:.0f} us" for name, seconds in work.items()}
    times = [ours / theirs for ours, theirs in zip(work["quiet"], work["bare"], strict=True)]
    return Row(
        "processor time of the server for each request",
        micro["quiet"],
        f"bare {micro['bare']}, with the default log {micro['logging']}; {median(times):.2f} times bare "
        f"({spread(times, '.2f')}), whatever else runs",
    )


def _rows(turns: Turns, size: int) -> list[Row]:
    bare, quiet, logging = turns["bare"], turns["quiet"], turns["logging"]
    rate, p99 = ratios(quiet, bare, "rate"), ratios(quiet, bare, "p99")
    return [
        Row(
            "requests per second, account session POST",
            f"{middle(quiet, 'rate'):,.0f}",
            f"bare route with {size} bytes: {middle(bare, 'rate'):,.0f}; "
            f"{median(rate):.2f} of it ({spread(rate, '.2f')})",
            "at least 0.6 of the bare route",
            median(rate) >= 0.6,
        ),
        Row(
            "the same with the default log line for each request",
            f"{middle(logging, 'rate'):,.0f}",
            f"{median(ratios(logging, bare, 'rate')):.2f} of the bare route",
        ),
        Row(
            "p50 latency",
            ms(middle(quiet, "p50")),
            f"bare {ms(middle(bare, 'p50'))}; {median(ratios(quiet, bare, 'p50')):.2f} times it",
        ),
        Row(
            "p99 latency",
            ms(middle(quiet, "p99")),
            f"bare {ms(middle(bare, 'p99'))}; {median(p99):.2f} times it ({spread(p99, '.2f')})",
            "below 3 times the bare route",
            median(p99) < 3,
        ),
    ]
