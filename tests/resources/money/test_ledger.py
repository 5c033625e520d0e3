"""No cent appears or vanishes: balances are the sums of the balance transactions, whatever happens and whenever."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from emulator.resources.money.ledger import KINDS, Fee

from .tills import DAY, Till

CURRENCIES = ("usd", "usd", "usd", "eur", "jpy")
SEQUENCES = 12
STEPS = 60
BOTH = ("available", "pending")


class Walk:
    """A random sequence of movements of money: on the platform, on a daily seller and on one paid out by hand."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.till = till = Till(daily=True)
        manual = {"payouts": {"schedule": {"interval": "manual"}}}
        debited = {"payouts": {"debit_negative_balances": True}}
        failing = till.seller("000111111116", settings=debited)
        self.owners = [till.platform, till.seller(), till.seller(settings=manual), failing]
        self.payouts: list[tuple[str, str]] = []
        self.steps: tuple[Callable[[], None], ...] = (
            *(self.post,) * 6, self.pay, self.pay, self.cancel, self.reverse, self.wait, self.wait_for_days,
        )  # fmt: skip

    def step(self) -> None:
        self.random.choice(self.steps)()

    def post(self) -> None:
        """Any movement, with fees and a delay or without."""
        choose = self.random
        amount = choose.randint(-2_000, 5_000)
        fees = tuple(Fee(choose.randint(-10, 90)) for _ in range(choose.randint(0, 2)))
        delay = choose.choice((None, None, -5, 0, 1, 3_600, DAY, 7 * DAY))
        self.till.post(
            amount,
            choose.choice(CURRENCIES),
            choose.choice(self.owners),
            kind=choose.choice(sorted(KINDS)),
            fees=fees,
            available_on=None if delay is None else self.till.now + delay,
            source_type=choose.choice(("card", "card", "bank_account")),
        )

    def pay(self) -> None:
        owner = self.random.choice(self.owners)
        sent = {"amount": self.random.randint(1, 3_000), "currency": self.random.choice(CURRENCIES)}
        method = {"method": "instant"} if self.random.random() < 0.3 else {}
        answer = self.till.api.post("/v1/payouts", {**sent, **method}, stripe_account=owner)
        assert answer.status in (200, 400), answer.body
        if answer.status == 200:
            self.payouts.append((owner, answer.body["id"]))

    def cancel(self) -> None:
        self._act("cancel")

    def reverse(self) -> None:
        self._act("reverse")

    def _act(self, action: str) -> None:
        if self.payouts:
            owner, payout = self.random.choice(self.payouts)
            answer = self.till.api.post(f"/v1/payouts/{payout}/{action}", stripe_account=owner)
            assert answer.status in (200, 400), answer.body

    def wait(self) -> None:
        self.till.pass_time(self.random.randint(0, 40))

    def wait_for_days(self) -> None:
        self.till.pass_time(self.random.randint(1, 4 * DAY))

    # --- invariants --------------------------------------------------------------------------------------

    def listed(self, owner: str, query: str = "") -> list[Any]:
        """Every balance transaction of an account."""
        found: list[Any] = []
        more, after = True, ""
        while more:
            page = self.till.api.get(f"/v1/balance_transactions?limit=100{query}{after}", stripe_account=owner).body
            found += page["data"]
            more = page["has_more"]
            after = f"&starting_after={found[-1]['id']}" if found else ""
        return found

    def check(self) -> None:
        for owner in self.owners:
            sums: Counter[str] = Counter()
            for each in self.listed(owner):
                assert (
                    each["net"]
                    == each["amount"] - each["fee"]
                    == each["amount"] - sum(line["amount"] for line in each["fee_details"])
                )
                assert each["status"] == ("available" if each["available_on"] <= self.till.now else "pending")
                sums[each["currency"]] += each["net"]
            available, pending = self.till.balance(owner)
            whole = {name: available[name] + pending[name] for name in available}
            assert {name: amount for name, amount in whole.items() if amount} == {
                name: amount for name, amount in sums.items() if amount
            }

    def check_payouts(self) -> None:
        """An automatic payout is the sum of the transactions that it lists beside its own."""
        for owner in self.owners:
            for payout in self.till.api.get("/v1/payouts?limit=100", stripe_account=owner).body["data"]:
                if payout["automatic"]:
                    listed = self.listed(owner, f"&payout={payout['id']}")
                    nets = [each["net"] for each in listed if each["id"] != payout["balance_transaction"]]
                    assert (sum(nets), len(nets)) == (payout["amount"], len(listed) - 1)


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_balances_are_the_sums_of_their_transactions(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
        walk.check()
    walk.till.pass_time(30 * DAY)
    walk.check()
    walk.check_payouts()


def test_money_is_pending_until_its_second_and_available_from_it_on() -> None:
    till = Till()
    till.post(100, available_on=till.now + 10)
    till.post(7, "eur", available_on=till.now + 20)
    found = []
    for seconds in (0, 9, 1, 10):
        till.sandbox.clock.advance(seconds)
        found.append(till.balance())

    assert found == [
        ({"usd": 0, "eur": 0}, {"usd": 100, "eur": 7}),
        ({"usd": 0, "eur": 0}, {"usd": 100, "eur": 7}),
        ({"usd": 100, "eur": 0}, {"usd": 0, "eur": 7}),
        ({"usd": 100, "eur": 7}, {"usd": 0, "eur": 0}),
    ]


def test_a_refused_request_moves_no_money() -> None:
    till = Till()
    till.post(100)
    before = till.api.get("/v1/balance_transactions").body

    assert till.api.post("/v1/payouts", {"amount": 101, "currency": "usd"}).status == 400
    assert (till.api.get("/v1/balance_transactions").body, till.balance()) == (before, ({"usd": 100}, {"usd": 0}))
