"""Automatic payouts: when they are made, of which money, and how they are reconciled."""

from __future__ import annotations

from typing import Any

import pytest

from .tills import DAY, Till

WEEK = 7 * DAY


def payouts(till: Till, owner: str | None = None) -> list[Any]:
    """The payouts of an account, oldest first."""
    return list(reversed(till.api.get("/v1/payouts?limit=100", stripe_account=owner).body["data"]))


def schedule(till: Till, seller: str, **fields: object) -> None:
    answer = till.api.post(f"/v1/accounts/{seller}", {"settings": {"payouts": {"schedule": fields}}})
    assert answer.status == 200, answer.body


def paid_days(till: Till, days: int, owner: str) -> list[tuple[int, int]]:
    """Pass a number of days; returns the days from now on which payouts were made, and their amounts."""
    begin = till.now // DAY
    for _ in range(days):
        till.pass_time(DAY)
    return [(each["created"] // DAY - begin, each["amount"]) for each in payouts(till, owner)]


def test_money_is_paid_out_at_the_midnight_at_which_it_becomes_available() -> None:
    till = Till()
    seller = till.seller()
    till.post(1_000, owner=seller, available_on=(till.now // DAY + 2) * DAY)
    till.pass_time(WEEK)

    [payout] = payouts(till, seller)

    assert (payout["amount"], payout["automatic"], payout["description"], payout["method"], payout["status"]) == (
        1_000,
        True,
        "STRIPE PAYOUT",
        "standard",
        "paid",
    )
    thursday = 1_788_998_400
    assert (payout["created"], payout["arrival_date"]) == (thursday, thursday + DAY)
    assert till.balance(seller) == ({"usd": 0}, {"usd": 0})


def test_its_events_come_in_order() -> None:
    till = Till()
    seller = till.seller()
    till.post(1_000, owner=seller, available_on=(till.now // DAY + 2) * DAY)
    till.pass_time(WEEK)

    assert [each["type"] for each in [*till.events("balance", seller), *till.events("payout", seller)]] == [
        "balance.available",
        "payout.created",
        "payout.updated",
        "payout.reconciliation_completed",
        "payout.paid",
    ]


def test_nothing_happens_where_there_is_no_money() -> None:
    till = Till()
    seller = till.seller()
    till.post(1_000, owner=seller)
    till.pass_time(WEEK)
    before = len(till.events("", seller)), len(till.events(""))
    till.pass_time(20 * DAY)

    assert (len(till.events("", seller)), len(till.events(""))) == before
    assert till.sandbox.timers.next() is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"interval": "daily"}, [(1, 100)]),
        ({"interval": "manual"}, []),
        ({"interval": "weekly", "weekly_anchor": "monday"}, [(6, 100)]),
        ({"interval": "weekly", "weekly_payout_days": ["friday", "monday"]}, [(3, 100)]),
        ({"interval": "monthly", "monthly_anchor": 12}, [(4, 100)]),
        ({"interval": "monthly", "monthly_anchor": 31}, [(22, 100)]),
        ({"interval": "monthly", "monthly_payout_days": [1, 15]}, [(7, 100)]),
    ],
)
def test_the_schedule_says_on_which_days(fields: dict[str, object], expected: list[tuple[int, int]]) -> None:
    till = Till()
    seller = till.seller()
    schedule(till, seller, **fields)
    till.post(100, owner=seller)

    assert paid_days(till, 40, seller) == expected


def test_daily_payouts_are_made_on_business_days() -> None:
    till = Till()
    seller = till.seller()
    till.pass_time(3 * DAY)  # Friday
    till.post(100, owner=seller)

    assert paid_days(till, 10, seller) == [(3, 100)]


def test_a_schedule_that_becomes_automatic_pays_what_there_is() -> None:
    till = Till()
    seller = till.seller()
    schedule(till, seller, interval="manual")
    till.post(100, owner=seller)
    assert paid_days(till, 5, seller) == []
    schedule(till, seller, interval="daily")

    assert [amount for _, amount in paid_days(till, 5, seller)] == [100]


def test_the_platform_is_paid_out_once_its_schedule_is_automatic() -> None:
    till = Till(daily=True)
    till.post(100, available_on=till.now + DAY)
    till.pass_time(WEEK)

    assert [(each["amount"], each["destination"][:3], each["status"]) for each in payouts(till)] == [
        (100, "ba_", "paid")
    ]


def test_a_negative_balance_is_debited_where_the_account_allows_it() -> None:
    till = Till()
    allowed = till.seller(settings={"payouts": {"debit_negative_balances": True}})
    others = till.seller()
    for each in (allowed, others):
        till.post(-100, owner=each, kind="refund")
    till.pass_time(WEEK)

    [payout] = payouts(till, allowed)
    assert (payout["amount"], payout["status"], payout["description"]) == (-100, "paid", "STRIPE PAYOUT")
    assert till.balance(allowed) == ({"usd": 0}, {"usd": 0})
    assert (payouts(till, others), till.balance(others)) == ([], ({"usd": -100}, {"usd": 0}))


def test_each_currency_is_paid_out_to_its_own_bank_account_and_others_wait() -> None:
    till = Till()
    seller = till.seller()
    till.post(100, owner=seller)
    till.post(200, "eur", owner=seller)
    till.pass_time(WEEK)

    assert [(each["amount"], each["currency"]) for each in payouts(till, seller)] == [(100, "usd")]
    assert till.balance(seller) == ({"usd": 0, "eur": 200}, {"usd": 0, "eur": 0})


def test_money_without_a_bank_account_waits_for_one() -> None:
    till = Till()
    seller = till.seller()
    till.post(200, "eur", owner=seller)
    till.pass_time(WEEK)
    bank = {"object": "bank_account", "country": "DE", "currency": "eur", "account_number": "DE89370400440532013000"}
    added = till.api.post(f"/v1/accounts/{seller}/external_accounts", {"external_account": bank})
    assert added.status == 200, added.body
    till.pass_time(2 * DAY)

    assert [(each["amount"], each["currency"]) for each in payouts(till, seller)] == [(200, "eur")]


def test_nothing_happens_to_the_money_of_a_deleted_account() -> None:
    till = Till(daily=True)
    seller = till.seller()
    till.post(100, owner=seller, available_on=till.now + DAY)
    assert till.api.delete(f"/v1/accounts/{seller}").status == 200
    before = len(till.sandbox.events)
    till.pass_time(WEEK)

    assert len(till.sandbox.events) == before
    assert till.sandbox.timers.next() is None


# --- reconciliation -----------------------------------------------------------------------------------------------


def transactions(till: Till, payout: str, owner: str | None = None) -> Any:
    return till.api.get(f"/v1/balance_transactions?payout={payout}", stripe_account=owner)


def test_each_payout_lists_the_transactions_that_it_paid_and_its_own() -> None:
    till = Till()
    seller = till.seller()
    early = till.post(100, owner=seller)
    late = till.post(1_000, owner=seller, available_on=till.now + 2 * DAY)
    till.post(7, "eur", owner=seller)
    till.pass_time(DAY)
    between = till.post(-30, owner=seller, kind="refund")
    till.pass_time(WEEK)
    first, second = payouts(till, seller)

    def listed(payout: Any) -> list[str]:
        return [each["id"] for each in transactions(till, payout["id"], seller).body["data"]]

    assert (first["amount"], second["amount"]) == (100, 970)
    assert listed(first) == [first["balance_transaction"], early]
    assert listed(second) == [second["balance_transaction"], between, late]


def test_the_transactions_of_a_payout_by_hand_are_refused() -> None:
    till = Till()
    till.post(1_000)
    payout = till.api.post("/v1/payouts", {"amount": 100, "currency": "usd"}).body

    answer = transactions(till, payout["id"])

    assert (answer.status, answer.error) == (
        400,
        {
            "message": "Balance transaction history can only be filtered on automatic transfers, not manual.",
            "param": "payout",
            "type": "invalid_request_error",
        },
    )


def test_the_transactions_of_an_unknown_payout_are_refused() -> None:
    answer = transactions(Till(), "po_unknown")

    assert (answer.status, answer.error["code"], answer.error["message"], answer.error["param"]) == (
        400,
        "resource_missing",
        "No such payout: 'po_unknown'",
        "payout",
    )


def test_an_automatic_payout_is_not_canceled() -> None:
    till = Till()
    seller = till.seller()
    till.post(1_000, owner=seller)
    till.pass_time(DAY // 2)
    [payout] = payouts(till, seller)

    answer = till.api.post(f"/v1/payouts/{payout['id']}/cancel", stripe_account=seller)

    assert (payout["status"], payout["reconciliation_status"], answer.status) == ("pending", "in_progress", 400)
