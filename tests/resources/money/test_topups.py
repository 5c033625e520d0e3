"""Top-ups: money that comes from a bank account, or does not."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.settings import Settings

from .tills import Till


def top_up(till: Till, **params: object) -> Any:
    return till.api.post("/v1/topups", {"amount": 2_000, "currency": "usd", **params})


def read(till: Till, topup: str) -> Any:
    return till.api.get(f"/v1/topups/{topup}").body


def test_a_topup_is_pending_and_then_the_money_is_there() -> None:
    till = Till()
    topup = top_up(
        till, description="For May", statement_descriptor="Top-up", transfer_group="g", metadata={"b": 1, "a": 2}
    ).body
    assert topup == {
        "id": topup["id"],
        "object": "topup",
        "amount": 2_000,
        "balance_transaction": None,
        "created": till.now,
        "currency": "usd",
        "description": "For May",
        "expected_availability_date": till.now + 30,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {"a": "2", "b": "1"},
        "source": None,
        "statement_descriptor": "Top-up",
        "status": "pending",
        "transfer_group": "g",
    }
    assert till.balance() == ({"usd": 0}, {"usd": 0})
    till.pass_time(30)
    done = read(till, topup["id"])
    transaction = till.api.get(f"/v1/balance_transactions/{done['balance_transaction']}").body

    assert (done["status"], till.balance()) == ("succeeded", ({"usd": 2_000}, {"usd": 0}))
    assert [transaction[name] for name in ("type", "reporting_category", "net", "source", "description", "status")] == [
        "topup",
        "topup",
        2_000,
        topup["id"],
        "For May",
        "available",
    ]
    assert [event["type"] for event in till.events("")] == ["topup.created", "topup.succeeded", "balance.available"]


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("btok_us_verified_noAccount", "no_account"),
        ("btok_us_verified_accountClosed", "account_closed"),
        ("btok_us_verified_insufficientFunds", "insufficient_funds"),
        ("btok_us_verified_debitNotAuthorized", "debit_not_authorized"),
        ("btok_us_verified_invalidCurrency", "invalid_currency"),
    ],
)
def test_a_topup_from_a_failing_bank_account_fails(token: str, code: str) -> None:
    till = Till()
    topup = top_up(till, source=token).body
    till.pass_time(30)
    done = read(till, topup["id"])

    assert (topup["status"], topup["failure_code"], done["status"], done["failure_code"]) == (
        "pending",
        None,
        "failed",
        code,
    )
    assert done["failure_message"]
    assert till.balance() == ({"usd": 0}, {"usd": 0})
    assert [event["type"] for event in till.events("topup")] == ["topup.created", "topup.failed"]


def test_the_source_of_a_test_token_is_shown() -> None:
    till = Till()
    source = top_up(till, source="btok_us_verified").body["source"]

    assert (source["object"], source["type"], source["ach_debit"]["last4"]) == ("source", "ach_debit", "6789")
    assert list(source)[:2] == ["id", "object"]
    assert list(source)[2:] == sorted(list(source)[2:])


def test_a_pending_topup_is_canceled_once() -> None:
    till = Till()
    topup = top_up(till).body
    canceled = till.api.post(f"/v1/topups/{topup['id']}/cancel").body
    till.pass_time(60)
    again = till.api.post(f"/v1/topups/{topup['id']}/cancel")

    assert (canceled["status"], read(till, topup["id"])["status"], again.status) == ("canceled", "canceled", 400)
    assert till.balance() == ({"usd": 0}, {"usd": 0})
    assert [event["type"] for event in till.events("topup")] == ["topup.created", "topup.canceled"]


def test_the_description_and_the_metadata_change_without_an_event() -> None:
    till = Till()
    topup = top_up(till, metadata={"b": 1}).body
    changed = till.api.post(f"/v1/topups/{topup['id']}", {"description": "New", "metadata": {"a": 1}}).body

    assert (changed["description"], list(changed["metadata"])) == ("New", ["a", "b"])
    assert [event["type"] for event in till.events("topup")] == ["topup.created"]


def test_topups_are_listed_by_status_and_amount() -> None:
    till = Till()
    small, large = top_up(till, amount=100).body["id"], top_up(till, amount=900).body["id"]
    till.api.post(f"/v1/topups/{small}/cancel")

    def listed(query: str) -> list[str]:
        return [each["id"] for each in till.api.get(f"/v1/topups?{query}").body["data"]]

    assert (listed(""), listed("status=canceled"), listed("amount[gt]=100")) == ([large, small], [small], [large])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"amount": 0}, "This value must be greater than or equal to 1."),
        ({"currency": "eur"}, "You don't have a bank account to top up from in that currency (eur)."),
        ({"source": "src_unknown"}, "No such source: 'src_unknown'"),
    ],
)
def test_a_topup_is_refused(params: dict[str, object], message: str) -> None:
    answer = top_up(Till(), **params)

    assert (answer.status, answer.error["message"]) == (400, message)


def test_a_platform_outside_the_us_is_not_topped_up() -> None:
    answer = top_up(Till(Settings(platform_country="CA")), currency="cad")

    assert (answer.status, answer.error["message"]) == (400, "Top-ups are not supported for accounts in CA.")


def test_an_unknown_topup_is_refused() -> None:
    answer = Till().api.get("/v1/topups/tu_unknown")

    assert (answer.status, answer.error["message"], answer.error["param"]) == (
        404,
        "No such topup: 'tu_unknown'",
        "topup",
    )
