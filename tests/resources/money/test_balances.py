"""The balance and the list of balance transactions as they are read."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.settings import Settings

from .tills import DAY, Till

NOTHING = {"amount": 0, "currency": "usd", "source_types": {"card": 0}}


def balance(till: Till, owner: str | None = None, query: str = "") -> Any:
    return till.api.get(f"/v1/balance{query}", stripe_account=owner).body


def test_an_empty_balance_has_one_entry_of_the_default_currency() -> None:
    assert balance(Till()) == {
        "object": "balance",
        "available": [NOTHING],
        "livemode": False,
        "pending": [NOTHING],
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 0, "currency": "usd"}],
            "pending": [{"amount": 0, "currency": "usd"}],
        },
    }


def test_each_currency_has_an_entry_in_both_lists_by_source_type() -> None:
    till = Till(Settings(platform_country="CA"))
    till.post(500)
    till.post(-70, source_type="bank_account")
    till.post(900, "cad", available_on=till.now + DAY)
    body = balance(till)

    assert body["available"] == [
        {"amount": 0, "currency": "cad", "source_types": {"card": 0}},
        {"amount": 430, "currency": "usd", "source_types": {"bank_account": -70, "card": 500}},
    ]
    assert body["pending"] == [
        {"amount": 900, "currency": "cad", "source_types": {"card": 900}},
        {"amount": 0, "currency": "usd", "source_types": {"bank_account": 0, "card": 0}},
    ]


def test_a_balance_may_be_negative() -> None:
    till = Till()
    till.post(-1_500, kind="dispute")

    assert balance(till)["available"] == [{"amount": -1_500, "currency": "usd", "source_types": {"card": -1_500}}]


def test_money_that_becomes_available_emits_an_event() -> None:
    till = Till()
    till.post(100, available_on=till.now + 10)
    till.post(50)
    assert till.events("balance.available") == []
    till.pass_time(DAY)

    [event] = till.events("balance.available")
    assert event["data"]["object"] == balance(till)
    assert "previous_attributes" not in event["data"]


def test_money_that_is_taken_emits_no_event() -> None:
    till = Till()
    till.post(-100, kind="refund", available_on=till.now + 10)
    till.pass_time(DAY)

    assert (till.events("balance.available"), till.balance()) == ([], ({"usd": -100}, {"usd": 0}))


def test_an_account_that_takes_instant_payouts_shows_what_it_can_be_paid_at_once() -> None:
    till = Till()
    seller = till.seller()
    till.post(100, owner=seller)
    till.post(20, owner=seller, available_on=till.now + DAY)
    bank = till.api.get(f"/v1/accounts/{seller}").body["external_accounts"]["data"][0]["id"]
    entry = {"amount": 120, "currency": "usd", "source_types": {"card": 120}}
    net = {"amount": 120, "destination": bank, "source_types": {"card": 120}}

    assert balance(till, seller)["instant_available"] == [entry]
    assert balance(till, seller, "?expand[]=instant_available.net_available")["instant_available"] == [
        {**entry, "net_available": [net]}
    ]
    assert list(balance(till, seller)) == [
        "object",
        "available",
        "instant_available",
        "livemode",
        "pending",
        "refund_and_dispute_prefunding",
    ]


def test_the_platform_holds_a_reserve_for_negative_accounts_that_it_is_liable_for() -> None:
    till = Till()
    custom, express = till.seller(), till.api.account(type="express", country="US")
    assert "connect_reserved" not in balance(till)
    till.post(100, owner=custom)
    till.post(-250, owner=custom, kind="refund")
    till.post(-400, owner=express, kind="refund")

    assert balance(till)["connect_reserved"] == [{"amount": 150, "currency": "usd", "source_types": {"card": 150}}]
    till.post(500, owner=custom)
    assert balance(till)["connect_reserved"] == [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}]
    assert "connect_reserved" not in balance(till, custom)


# --- balance transactions -----------------------------------------------------------------------------------------


@pytest.fixture
def till() -> Till:
    """Four transactions: of a charge, its refund, a charge in euros, and a dispute."""
    made = Till()
    made.post(1_000, source="ch_1", available_on=made.now + DAY)
    made.post(-1_000, kind="refund", source="re_1", available_on=made.now + DAY)
    made.post(700, "eur", source="ch_2")
    made.post(-700, "eur", kind="dispute", source="du_1")
    return made


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [-700, 700, -1_000, 1_000]),
        ("?type=charge", [700, 1_000]),
        ("?type=adjustment", [-700]),
        ("?type=unknown", []),
        ("?currency=usd", [-1_000, 1_000]),
        ("?currency=usd&type=refund", [-1_000]),
        ("?source=ch_1", [1_000]),
        ("?source=du_1", []),  # those of disputes are not found
        ("?created[lt]=5", []),
        ("?limit=1", [-700]),
    ],
)
def test_balance_transactions_are_listed_newest_first(till: Till, query: str, expected: list[int]) -> None:
    for path in ("balance_transactions", "balance/history"):
        body = till.api.get(f"/v1/{path}{query}").body
        assert [each["net"] for each in body["data"]] == expected
        assert (body["object"], body["url"]) == ("list", "/v1/balance_transactions")


def test_one_is_read_at_both_paths_and_its_status_follows_the_clock(till: Till) -> None:
    identifier = till.api.get("/v1/balance_transactions?source=ch_1").body["data"][0]["id"]
    paths = [f"/v1/{path}/{identifier}" for path in ("balance_transactions", "balance/history")]
    before = [till.api.get(path).body["status"] for path in paths]
    till.pass_time(DAY)

    assert (before, [till.api.get(path).body["status"] for path in paths]) == (["pending"] * 2, ["available"] * 2)


def test_an_unknown_one_is_refused() -> None:
    answer = Till().api.get("/v1/balance_transactions/txn_unknown")

    assert (answer.status, answer.error["code"], answer.error["message"], answer.error["param"]) == (
        404,
        "resource_missing",
        "No such balance transaction: 'txn_unknown'",
        "id",
    )


def test_another_account_does_not_see_them(till: Till) -> None:
    seller = till.seller()

    assert till.api.get("/v1/balance_transactions", stripe_account=seller).body["data"] == []
