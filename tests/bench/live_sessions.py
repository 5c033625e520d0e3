"""The cost of many live account sessions: pauses and latency while they are stored.

Two emulators run: one is reset before each of its rounds ("fresh"), one holds the sessions and gets more. Their rounds
take turns with the bare route's, whose longest pause is what the machine does on its own.
"""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median

from tests.bench.load import Load, Sample, middle, ratios
from tests.bench.memory import LASTING, Filled
from tests.bench.processes import QUIET, Launcher, Running
from tests.bench.table import Row, ms, spread
from tests.bench.traffic import sandbox_traffic

from ..bench import memory

Samples = list[Sample]


def measure(launcher: Launcher, load: Load, rounds: int, sessions: int, size: int) -> list[Row]:
    with ExitStack() as stack:
        fresh = stack.enter_context(launcher.emulator(*QUIET))
        bare = stack.enter_context(launcher.bare(size))
        filled = memory.fill(stack.enter_context(launcher.emulator(*LASTING)), load, sessions, keyed=False)
        samples = _take_turns(load, fresh, filled, bare, rounds)
        reset = memory.timed_reset(filled)
    with launcher.emulator(*LASTING) as server:
        keyed = memory.fill(server, load, sessions, keyed=True)
        kept = memory.expire(keyed, load)
    return [*_rows(*samples, filled), *memory.rows(filled, keyed), *kept, reset]


def _take_turns(
    load: Load, fresh: Running, filled: Filled, bare: Running, rounds: int
) -> tuple[Samples, Samples, Samples]:
    one: Samples = []
    many: Samples = []
    none: Samples = []
    load.fill(fresh, sandbox_traffic(fresh.url), 1000)
    for _ in range(rounds):
        memory.reset_all(fresh)
        one.append(load.round(fresh, sandbox_traffic(fresh.url, keyed=False)))
        many.append(load.round(filled.server, filled.traffic))
        none.append(load.round(bare, filled.traffic))
    return one, many, none


def _rows(fresh: Samples, filled: Samples, bare: Samples, held: Filled) -> list[Row]:
    longest, stored = max(sample.longest for sample in filled), f"{held.count:,} live sessions"
    slower = ratios(filled, fresh, "p50")
    return [
        Row(
            f"longest pause with {stored}",
            ms(longest),
            f"fresh {ms(max(sample.longest for sample in fresh))}, bare {ms(max(sample.longest for sample in bare))}",
            "below 30 ms",
            longest < 0.030,
        ),
        Row(
            f"p99.9 latency with {stored}",
            ms(middle(filled, "p999")),
            f"fresh {ms(middle(fresh, 'p999'))}, bare {ms(middle(bare, 'p999'))}",
        ),
        Row(
            f"p50 latency with {stored}",
            ms(middle(filled, "p50")),
            f"fresh {ms(middle(fresh, 'p50'))}; {median(slower):.3f} times it ({spread(slower, '.3f')})",
            "within 5 % of a fresh server",
            median(slower) <= 1.05,
        ),
    ]
