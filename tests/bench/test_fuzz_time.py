"""The fuzzer notices money that does not add up, and time passes in it."""

from __future__ import annotations

import random

from emulator.events import Origin, Transaction
from emulator.resources.money import ledger

from ..resources.money.tills import Till
from .fuzz_time import pass_time, unbalanced
from .watchdog import Watchdog


def test_a_balance_that_is_not_the_sum_of_its_transactions_is_found() -> None:
    till = Till()
    till.post(1000)
    sandboxes = till.api.emulator.sandboxes
    assert list(unbalanced(sandboxes)) == []
    table = till.sandbox.table(ledger.TRANSACTION)
    row = next(table.everything())
    with Transaction(till.sandbox, Origin(till.now)):
        table.remove_row(row.owner, row.id)
    assert list(unbalanced(sandboxes)) == [f"balance of {till.platform}: {{'usd': 1000}}, and its transactions: {{}}"]


def test_clocks_are_advanced_now_and_then() -> None:
    till, chance = Till(), random.Random(1)
    before = till.now
    for _ in range(10_000):
        assert list(pass_time(chance, till.api.emulator.sandboxes, Watchdog())) == []
    assert till.now - before > 86_400
