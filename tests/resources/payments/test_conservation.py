"""No cent appears or vanishes: random payments, refunds, transfers and payouts, on the platform and on its accounts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ..money.tills import DAY, Till

SEQUENCES = 10
STEPS = 45
REFUSED = (200, 400, 402)
CARDS = (
    "pm_card_visa",
    "pm_card_bypassPending",
    "pm_card_mastercard",
    "pm_card_createDispute",
    "pm_card_chargeDeclined",
)
# Movements between accounts: one account receives the amount that another one pays.
BETWEEN_ACCOUNTS = {
    "application_fee",
    "application_fee_refund",
    "payment",
    "payment_refund",
    "transfer",
    "transfer_refund",
}
FEE_RETURNED = "Platform application fee refund"  # on the account that has paid the fee


class Shop:
    """Random operations, as a platform and its sellers make them."""

    def __init__(self, seed: int, currencies: tuple[str, ...]) -> None:
        self.random = random.Random(seed)
        self.currencies = currencies
        self.till = Till(daily=seed % 2 == 0)
        manual = {"payouts": {"schedule": {"interval": "manual"}}}
        self.sellers = [self.till.seller(), self.till.seller(settings=manual)]
        self.made: dict[str, list[tuple[str | None, str]]] = {}
        self.done: Counter[str] = Counter()
        self.steps: tuple[Callable[[], None], ...] = (
            *(self.pay,) * 5, self.capture, self.refund, self.refund, self.transfer, self.transfer, self.reverse,
            self.refund_fee, self.pay_out, self.cancel_payout, self.top_up, self.cancel, self.wait, self.wait_for_days,
        )  # fmt: skip

    @property
    def owners(self) -> list[str | None]:
        return [None, *self.sellers]

    def step(self) -> None:
        self.random.choice(self.steps)()

    def send(self, kind: str, path: str, params: Mapping[str, object], owner: str | None = None) -> Any:
        """One request, which is done or refused; a made object is remembered by its kind."""
        answer = self.till.api.post(path, params, stripe_account=owner)
        assert answer.status in REFUSED, (path, params, answer.body)
        if answer.status == 200:
            self.made.setdefault(kind, []).append((owner, answer.body["id"]))
            self.done[kind] += 1
        return answer.body

    def one(self, kind: str) -> tuple[str | None, str] | None:
        """An object that was made."""
        found = self.made.get(kind)
        return self.random.choice(found) if found else None

    def some(self, most: int = 5_000) -> int:
        return self.random.randint(100, most)

    def maybe(self, **params: object) -> dict[str, object]:
        """Some of the parameters."""
        return {name: value for name, value in params.items() if self.random.random() < 0.5}

    # --- operations -----------------------------------------------------------------------------------------------

    def pay(self) -> None:
        """A payment on the platform, on a seller, or on the platform for a seller."""
        amount, seller = self.some(), self.random.choice(self.sellers)
        ways: list[tuple[str | None, dict[str, object]]] = [
            (None, {}),
            (seller, self.maybe(application_fee_amount=amount // 10)),
            (None, {"transfer_data": {"destination": seller}, **self.maybe(application_fee_amount=amount // 10)}),
            (
                None,
                {"transfer_data": {"destination": seller, "amount": amount // 2}, **self.maybe(on_behalf_of=seller)},
            ),
        ]
        owner, more = self.random.choice(ways)
        sent = {
            "amount": amount,
            "currency": self.random.choice(self.currencies),
            "payment_method": self.random.choice(CARDS),
            "payment_method_types": ["card"],
            "confirm": True,
            "capture_method": self.random.choice(("automatic", "automatic_async", "automatic", "manual")),
            **more,
        }
        self.send("payment_intent", "/v1/payment_intents", sent, owner)

    def capture(self) -> None:
        if found := self.one("payment_intent"):
            sent = self.maybe(amount_to_capture=self.some(3_000))
            self.send("capture", f"/v1/payment_intents/{found[1]}/capture", sent, found[0])

    def cancel(self) -> None:
        if found := self.one("payment_intent"):
            self.send("cancel", f"/v1/payment_intents/{found[1]}/cancel", {}, found[0])

    def refund(self) -> None:
        if found := self.one("payment_intent"):
            more = self.maybe(amount=self.some(2_000), reverse_transfer=True, refund_application_fee=True)
            self.send("refund", "/v1/refunds", {"payment_intent": found[1], **more}, found[0])

    def transfer(self) -> None:
        sent: dict[str, object] = {
            "amount": self.some(2_000),
            "currency": self.random.choice(self.currencies),
            "destination": self.random.choice(self.sellers),
        }
        found = self.one("payment_intent")
        if found and found[0] is None and self.random.random() < 0.5:
            intent = self.till.api.get(f"/v1/payment_intents/{found[1]}").body
            sent |= {"source_transaction": intent["latest_charge"]} if intent["latest_charge"] else {}
        self.send("transfer", "/v1/transfers", sent)

    def reverse(self) -> None:
        if found := self.one("transfer"):
            self.send("reversal", f"/v1/transfers/{found[1]}/reversals", self.maybe(amount=self.some(900)))

    def refund_fee(self) -> None:
        fees = self.till.api.get("/v1/application_fees").body["data"]
        if fees:
            fee = self.random.choice(fees)["id"]
            self.send("fee_refund", f"/v1/application_fees/{fee}/refunds", self.maybe(amount=self.some(200)))

    def pay_out(self) -> None:
        sent = {"amount": self.some(3_000), "currency": self.random.choice(self.currencies)}
        self.send("payout", "/v1/payouts", sent, self.random.choice(self.owners))

    def cancel_payout(self) -> None:
        if found := self.one("payout"):
            self.send("canceled", f"/v1/payouts/{found[1]}/cancel", {}, found[0])

    def top_up(self) -> None:
        source = self.random.choice(("btok_us_verified", "btok_us_verified_noAccount"))
        self.send("topup", "/v1/topups", {"amount": self.some(), "currency": "usd", "source": source})

    def wait(self) -> None:
        self.till.pass_time(self.random.randint(1, 60))

    def wait_for_days(self) -> None:
        self.till.pass_time(self.random.randint(DAY, 5 * DAY))

    # --- invariants --------------------------------------------------------------------------------------

    def transactions(self, owner: str | None) -> list[Any]:
        found: list[Any] = []
        page: Any = {"has_more": True}
        while page["has_more"]:
            after = f"&starting_after={found[-1]['id']}" if found else ""
            page = self.till.api.get(f"/v1/balance_transactions?limit=100{after}", stripe_account=owner).body
            found += page["data"]
        return found

    def check(self) -> None:
        """The balance of each account is the sum of its transactions."""
        for owner in self.owners:
            sums: Counter[str] = Counter()
            for each in self.transactions(owner):
                assert each["net"] == each["amount"] - each["fee"]
                sums[each["currency"]] += each["net"]
            available, pending = self.till.balance(owner)
            assert {name: available[name] + pending[name] for name in available} == {
                name: sums[name] for name in available
            }
            assert set(sums) <= set(available)

    def check_between_accounts(self) -> None:
        """Over all accounts, transfers and fees add up to zero: one account receives the amount another one pays."""
        moved = 0
        for owner in self.owners:
            for each in self.transactions(owner):
                between = each["type"] in BETWEEN_ACCOUNTS or each["description"] == FEE_RETURNED
                moved += each["amount"] if between else 0
                moved -= sum(fee["amount"] for fee in each["fee_details"] if fee["type"] == "application_fee")
        assert moved == 0

    def check_objects(self) -> None:
        """Counters of charges and transfers are the sums of their refunds and reversals."""
        for owner in self.owners:
            for charge in (each for each in self._all("charges", owner) if each["captured"]):
                refunds = self._all(f"refunds?charge={charge['id']}&", owner)
                live = sum(each["amount"] for each in refunds if each["status"] not in ("failed", "canceled"))
                assert (charge["amount_refunded"], charge["refunded"]) == (live, live == charge["amount_captured"] > 0)
        for transfer in self._all("transfers", None):
            assert transfer["amount_reversed"] == sum(each["amount"] for each in transfer["reversals"]["data"])

    def _all(self, path: str, owner: str | None) -> list[Any]:
        query = path if path.endswith("&") else f"{path}?"
        body = self.till.api.get(f"/v1/{query}limit=100", stripe_account=owner).body
        data: list[Any] = body["data"]
        return data


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_money_in_one_currency_only_moves(seed: int) -> None:
    shop = Shop(seed, ("usd",))
    for _ in range(STEPS):
        shop.step()
        shop.check()
    shop.check_between_accounts()
    shop.till.pass_time(30 * DAY)
    shop.check()
    shop.check_between_accounts()
    shop.check_objects()


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_money_in_several_currencies_adds_up_on_each_account(seed: int) -> None:
    shop = Shop(seed, ("usd", "eur", "jpy"))
    for _ in range(STEPS):
        shop.step()
    shop.check()
    shop.till.pass_time(30 * DAY)
    shop.check()
    shop.check_objects()


def test_a_fee_is_refunded_before_its_payment_has_a_balance_transaction() -> None:
    till = Till()
    seller = till.seller()
    sent = {
        "amount": 1_000,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
        "confirm": True,
        "capture_method": "automatic_async",
        "application_fee_amount": 100,
    }
    assert till.api.post("/v1/payment_intents", sent, stripe_account=seller).status == 200
    [fee] = till.api.get("/v1/application_fees").body["data"]
    answer = till.api.post(f"/v1/application_fees/{fee['id']}/refunds")
    till.pass_time(5)

    assert (answer.status, answer.body["amount"]) == (200, 100)
    available, pending = till.balance(seller)
    assert (available, pending) == ({"usd": 0}, {"usd": 1_000 - 59})
