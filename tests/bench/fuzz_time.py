"""Time that passes between the requests of the fuzzer, and the money that must add up after them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from emulator.events.elapsing import is_behind
from emulator.model.stored.stored import shared
from emulator.resources.money import ledger
from emulator.sandbox.sandbox import Sandbox, Sandboxes

from ..bench.watchdog import Watchdog

OFTEN = 0.001  # of requests follow an advance of a clock
LONGEST = 40 * 86_400


def pass_time(chance: random.Random, sandboxes: Sandboxes, watchdog: Watchdog) -> Iterator[str]:
    """Advances the clock of the sandbox that was used last, now and then, and yields each slice that takes too long."""
    sandbox = next(sandboxes.newest_first(), None)
    if sandbox is None or chance.random() >= OFTEN:
        return
    sandbox.clock.advance(chance.choice((60, 3600, 86_400, LONGEST)))
    now, behind = sandbox.clock.now(), True
    while behind:
        for attempt in watchdog.tries("a slice of an advance"):
            with attempt:
                behind = is_behind(sandbox, now)
        if watchdog.slow is not None:
            yield watchdog.slow


def unbalanced(sandboxes: Sandboxes) -> Iterator[str]:
    """The accounts whose balance is not the sum of their transactions."""
    for sandbox in sandboxes.newest_first():
        sums = _sums(sandbox)
        for row in sandbox.table(ledger.BALANCE).everything():
            total = {currency: amount for currency, amount in ledger.sums(row).items() if amount}
            found = {currency: amount for currency, amount in sums.pop(row.owner, Counter()).items() if amount}
            if total != found:
                yield f"balance of {row.owner}: {total}, and its transactions: {found}"
        yield from (f"transactions of {owner} without a balance: {dict(each)}" for owner, each in sums.items())


def _sums(sandbox: Sandbox) -> dict[str, Counter[str]]:
    """The net amounts of all balance transactions, by account and currency."""
    sums: dict[str, Counter[str]] = {}
    for row in sandbox.table(ledger.TRANSACTION).everything():
        fields = shared(row)
        sums.setdefault(row.owner, Counter())[str(fields["currency"])] += int(str(fields["net"]))
    return sums
