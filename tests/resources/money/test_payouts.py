"""Payouts by hand: their refusals, their life, cancellation and reversal."""

from __future__ import annotations

from typing import Any

import pytest

from .tills import DAY, Till

TOO_LOW = (
    "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low.  You can use "
    "the /v1/balance endpoint to view your Stripe balance (for more details, see stripe.com/docs/api#balance)."
)
PROFILE = {"mcc": "7299", "url": "https://shop.example.com"}
PERSON = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "email": "jenny@example.com",
    "phone": "0000000000",
    "dob": {"day": 1, "month": 1, "year": 1902},
    "id_number": "222222222",
    "address": {"line1": "address_full_match", "city": "South Bend", "state": "IN", "postal_code": "46601"},
}
TERMS = {"date": 1_700_000_000, "ip": "203.0.113.7"}


def till_with(amount: int = 10_000, number: str = "000123456789", interval: str = "manual") -> tuple[Till, str]:
    """A sandbox, and a seller with money that is paid out by hand."""
    till = Till()
    seller = till.seller(number, settings={"payouts": {"schedule": {"interval": interval}}})
    till.post(amount, owner=seller)
    return till, seller


def pay(till: Till, seller: str | None, **params: object) -> Any:
    sent = {"amount": 1_000, "currency": "usd", **params}
    return till.api.post("/v1/payouts", sent, stripe_account=seller)


def read(till: Till, seller: str | None, payout: str) -> Any:
    return till.api.get(f"/v1/payouts/{payout}", stripe_account=seller).body


def test_a_payout_is_pending_and_has_left_the_balance() -> None:
    till, seller = till_with()
    bank = till.api.get(f"/v1/accounts/{seller}").body["external_accounts"]["data"][0]["id"]
    sent = {"description": "For May", "statement_descriptor": "MAY", "metadata": {"b": "2", "a": "1"}}

    payout = pay(till, seller, **sent).body

    assert payout == {
        "id": payout["id"],
        "object": "payout",
        "amount": 1_000,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": till.now // DAY * DAY,
        "automatic": False,
        "balance_transaction": payout["balance_transaction"],
        "created": till.now,
        "currency": "usd",
        "description": "For May",
        "destination": bank,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {"a": "1", "b": "2"},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": "MAY",
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
    assert list(payout)[2:] == sorted(payout)[:1] + sorted(set(payout) - {"id", "object", "amount"})
    assert list(payout["metadata"]) == ["a", "b"]
    assert payout["id"].startswith("po_1")
    assert till.balance(seller) == ({"usd": 9_000}, {"usd": 0})


def test_its_balance_transaction_names_it() -> None:
    till, seller = till_with()
    payout = pay(till, seller, description="For May").body
    path = f"/v1/balance_transactions/{payout['balance_transaction']}"

    found = till.api.get(path, stripe_account=seller).body

    assert found == {
        "id": payout["balance_transaction"],
        "object": "balance_transaction",
        "amount": -1_000,
        "available_on": payout["arrival_date"],
        "balance_type": "payments",
        "created": till.now,
        "currency": "usd",
        "description": "For May",
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": -1_000,
        "reporting_category": "payout",
        "source": payout["id"],
        "status": "available",
        "type": "payout",
    }


def test_a_payout_is_sent_and_arrives() -> None:
    till, seller = till_with()
    payout = pay(till, seller).body
    states = []
    for seconds in (0, 10, 20):
        till.pass_time(seconds)
        found = read(till, seller, payout["id"])
        states.append((found["status"], found["trace_id"]["status"]))

    assert states == [("pending", "pending"), ("in_transit", "pending"), ("paid", "supported")]
    assert [event["type"] for event in till.events("payout", seller)] == [
        "payout.created",
        "payout.updated",
        "payout.paid",
    ]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("000111111116", "no_account"),
        ("000111111113", "account_closed"),
        ("000222222227", "insufficient_funds"),
        ("000333333335", "debit_not_authorized"),
        ("000444444440", "invalid_currency"),
    ],
)
def test_a_payout_to_a_failing_account_fails_and_the_money_returns(number: str, code: str) -> None:
    till, seller = till_with(number=number)
    payout = pay(till, seller).body
    till.pass_time(10)
    assert till.balance(seller) == ({"usd": 9_000}, {"usd": 0})
    till.pass_time(20)
    found = read(till, seller, payout["id"])
    returned = till.api.get(
        f"/v1/balance_transactions/{found['failure_balance_transaction']}", stripe_account=seller
    ).body

    assert (found["status"], found["failure_code"]) == ("failed", code)
    assert found["failure_message"]
    assert (returned["type"], returned["reporting_category"], returned["net"], returned["source"]) == (
        "payout_failure",
        "payout_reversal",
        1_000,
        payout["id"],
    )
    assert till.balance(seller) == ({"usd": 10_000}, {"usd": 0})
    assert till.events("payout", seller)[-1]["type"] == "payout.failed"


def test_the_bank_account_of_a_failed_payout_is_errored_until_it_is_updated() -> None:
    till = Till()
    sent = {"business_type": "individual", "business_profile": PROFILE, "individual": PERSON, "tos_acceptance": TERMS}
    seller = till.seller("000111111116", onboard=False, **sent)
    till.pass_time(60)
    till.post(10_000, owner=seller)
    before = till.api.get(f"/v1/accounts/{seller}").body
    [bank] = before["external_accounts"]["data"]
    pay(till, seller)
    till.pass_time(10)
    till.pass_time(20)

    after = till.api.get(f"/v1/accounts/{seller}").body
    assert (before["payouts_enabled"], bank["status"]) == (True, "new")
    assert (after["payouts_enabled"], after["external_accounts"]["data"]) == (False, [{**bank, "status": "errored"}])
    assert after["requirements"]["currently_due"] == ["external_account"]
    assert [event["type"] for event in till.events("", seller)][-3:] == [
        "payout.failed",
        "account.external_account.updated",
        "account.updated",
    ]
    till.pass_time(10 * DAY)  # automatic payouts have stopped
    assert till.balance(seller) == ({"usd": 10_000}, {"usd": 0})
    refused = pay(till, seller)
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        400,
        "payouts_not_allowed",
        "Cannot create payouts; please contact us via https://support.stripe.com/contact with details for assistance.",
    )
    updated = till.api.post(f"/v1/accounts/{seller}/external_accounts/{bank['id']}").body
    assert (updated["status"], pay(till, seller).status) == ("new", 200)


def test_a_payout_is_canceled_while_it_is_pending() -> None:
    till, seller = till_with()
    payout = pay(till, seller).body

    canceled = till.api.post(f"/v1/payouts/{payout['id']}/cancel", stripe_account=seller).body
    till.pass_time(60)

    assert (canceled["status"], read(till, seller, payout["id"])["status"]) == ("canceled", "canceled")
    assert till.balance(seller) == ({"usd": 10_000}, {"usd": 0})
    listed = till.api.get("/v1/balance_transactions", stripe_account=seller).body["data"]
    assert [(each["type"], each["net"]) for each in listed] == [
        ("payout_cancel", 1_000),
        ("payout", -1_000),
        ("charge", 10_000),
    ]
    assert listed[0]["id"] == canceled["failure_balance_transaction"]
    assert [event["type"] for event in till.events("payout", seller)] == ["payout.created", "payout.canceled"]
    again = till.api.post(f"/v1/payouts/{payout['id']}/cancel", stripe_account=seller)
    assert (again.status, again.error) == (
        400,
        {"message": "Payouts can only be canceled while they are pending.", "type": "invalid_request_error"},
    )


def test_a_paid_payout_is_reversed_by_another() -> None:
    till, seller = till_with()
    payout = pay(till, seller).body
    early = till.api.post(f"/v1/payouts/{payout['id']}/reverse", stripe_account=seller)
    till.pass_time(10)
    till.pass_time(20)

    reversal = till.api.post(
        f"/v1/payouts/{payout['id']}/reverse", {"metadata": {"a": "b"}}, stripe_account=seller
    ).body

    assert early.status == 400
    assert (reversal["amount"], reversal["original_payout"], reversal["metadata"]) == (-1_000, payout["id"], {"a": "b"})
    assert read(till, seller, payout["id"])["reversed_by"] == reversal["id"]
    assert till.balance(seller) == ({"usd": 10_000}, {"usd": 0})
    assert till.api.post(f"/v1/payouts/{payout['id']}/reverse", stripe_account=seller).status == 400


def test_a_payout_of_the_platform_is_not_reversed() -> None:
    till = Till()
    till.post(10_000)
    payout = pay(till, None).body
    till.pass_time(10)
    till.pass_time(20)

    answer = till.api.post(f"/v1/payouts/{payout['id']}/reverse")

    assert (answer.status, read(till, None, payout["id"])["status"]) == (400, "paid")


def test_only_metadata_of_a_payout_change() -> None:
    till, seller = till_with()
    payout = pay(till, seller, metadata={"b": "1"}).body

    changed = till.api.post(f"/v1/payouts/{payout['id']}", {"metadata": {"a": "2"}}, stripe_account=seller).body

    assert list(changed["metadata"].items()) == [("a", "2"), ("b", "1")]
    event = till.events("payout", seller)[-1]
    assert (event["type"], event["data"]["previous_attributes"]) == ("payout.updated", {"metadata": {"a": None}})


def test_what_a_payout_names_is_expanded() -> None:
    till, seller = till_with()
    bank = till.api.get(f"/v1/accounts/{seller}").body["external_accounts"]["data"][0]

    payout = pay(till, seller, expand=["destination", "balance_transaction"]).body
    listed = till.api.get("/v1/balance_transactions?limit=1&expand[]=data.source", stripe_account=seller).body["data"]

    assert (payout["destination"], payout["balance_transaction"]["net"]) == (bank, -1_000)
    assert listed[0]["source"]["id"] == payout["id"]
    platform = Till()
    platform.post(1_000)
    assert pay(platform, None, expand=["destination"]).body["destination"]["last4"] == "6789"


# --- instant ------------------------------------------------------------------------------------------------------


def test_an_instant_payout_arrives_at_once_and_takes_pending_money() -> None:
    till, seller = till_with(500)
    till.post(1_000, owner=seller, available_on=till.now + DAY)

    payout = pay(till, seller, amount=1_500, method="instant").body

    assert (payout["method"], payout["arrival_date"]) == ("instant", till.now)
    assert till.balance(seller) == ({"usd": -1_000}, {"usd": 1_000})
    assert pay(till, seller, amount=1, method="instant").error["code"] == "balance_insufficient"


def test_the_account_that_takes_no_instant_payouts_fails_them_alone() -> None:
    till, seller = till_with(number="000888888883")
    instant, standard = pay(till, seller, method="instant").body, pay(till, seller).body
    till.pass_time(10)
    till.pass_time(20)

    assert [read(till, seller, each["id"])["status"] for each in (instant, standard)] == ["failed", "paid"]


def test_an_instant_payout_has_a_largest_amount() -> None:
    till, seller = till_with(2_000_000)

    answer = pay(till, seller, amount=999_901, method="instant")

    assert (answer.status, answer.error) == (
        400,
        {
            "message": "Instant Payouts to bank accounts are only supported for amounts less than or equal to $9999",
            "type": "invalid_request_error",
        },
    )
    assert pay(till, seller, amount=999_900, method="instant").status == 200


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"amount": 10_001}, {"code": "balance_insufficient", "message": TOO_LOW}),
        (
            {"amount": 0},
            {
                "code": "parameter_invalid_integer",
                "message": "This value must be greater than or equal to 1.",
                "param": "amount",
            },
        ),
        ({"currency": "eur"}, {"message": "Sorry, you don't have any external accounts in that currency (eur)."}),
        (
            {"destination": "ba_unknown"},
            {
                "code": "resource_missing",
                "message": "No such external account: 'ba_unknown'",
                "param": "destination",
            },
        ),
    ],
)
def test_a_payout_is_refused(params: dict[str, object], error: dict[str, str]) -> None:
    till, seller = till_with()

    answer = pay(till, seller, **params)

    shown = {name: value for name, value in answer.error.items() if name != "doc_url"}
    assert (answer.status, shown) == (400, {**error, "type": "invalid_request_error"})
    assert till.balance(seller) == ({"usd": 10_000}, {"usd": 0})


def test_pending_money_is_not_paid_out() -> None:
    till, seller = till_with(0)
    till.post(10_000, owner=seller, available_on=till.now + DAY)

    assert pay(till, seller).error["code"] == "balance_insufficient"


def test_an_account_whose_payouts_are_disabled_is_not_paid_out() -> None:
    till = Till()
    account = till.api.account(type="custom", country="US")
    till.post(10_000, owner=account)

    answer = pay(till, account)

    assert (answer.status, answer.error["code"]) == (400, "payouts_not_allowed")


@pytest.mark.parametrize("action", ["", "/cancel", "/reverse"])
def test_an_unknown_payout_is_refused(action: str) -> None:
    till = Till()

    answer = till.api.send("POST" if action else "GET", f"/v1/payouts/po_unknown{action}")

    assert (answer.status, answer.error["message"], answer.error["param"]) == (
        404,
        "No such payout: 'po_unknown'",
        "payout",
    )


def test_payouts_are_listed_by_status_destination_and_arrival() -> None:
    till, seller = till_with()
    first = pay(till, seller).body
    till.pass_time(10)
    second = pay(till, seller).body

    def listed(query: str) -> list[str]:
        return [each["id"] for each in till.api.get(f"/v1/payouts?{query}", stripe_account=seller).body["data"]]

    assert listed("") == [second["id"], first["id"]]
    assert listed("status=in_transit") == [first["id"]]
    assert listed(f"destination={first['destination']}&limit=1") == [second["id"]]
    assert listed(f"arrival_date[gt]={first['arrival_date']}") == []
