"""`/v1/application_fees` and their refunds."""

from __future__ import annotations

from typing import Any

from ..charges.shop import NOW, Shop
from ..charges.test_connect import CANADA
from .test_transfers import balance


def direct(shop: Shop, account: str) -> Any:
    """A direct charge of 10.00 with a fee of 1.00."""
    return shop.charge(account, amount=1_000, application_fee_amount=100)


def test_a_fee_shows_every_key(shop: Shop) -> None:
    account = shop.seller()
    charge = direct(shop, account)
    fee = shop.get(f"/v1/application_fees/{charge['application_fee']}").body
    assert fee == {
        "id": charge["application_fee"],
        "object": "application_fee",
        "account": account,
        "amount": 100,
        "amount_refunded": 0,
        "application": shop.sandbox.client_id,
        "balance_transaction": fee["balance_transaction"],
        "charge": charge["id"],
        "created": NOW,
        "currency": "usd",
        "fee_source": {"charge": charge["id"], "type": "charge"},
        "livemode": False,
        "originating_transaction": None,
        "refunded": False,
        "refunds": {
            "object": "list",
            "data": [],
            "has_more": False,
            "total_count": 0,
            "url": f"/v1/application_fees/{charge['application_fee']}/refunds",
        },
    }
    assert fee["id"][10:20] == account[-10:]
    transaction = shop.transaction(fee["balance_transaction"])
    assert transaction == {
        "id": fee["balance_transaction"],
        "object": "balance_transaction",
        "amount": 100,
        "available_on": shop.transaction(charge["balance_transaction"], account)["available_on"],
        "balance_type": "payments",
        "created": NOW,
        "currency": "usd",
        "description": f"Application fee from application Platform for accessible.stripe ({account})",
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": 100,
        "reporting_category": "platform_earning",
        "source": fee["id"],
        "status": "pending",
        "type": "application_fee",
    }


def test_fees_are_the_platforms_and_are_listed_by_charge(shop: Shop) -> None:
    account = shop.seller()
    first, second = direct(shop, account), direct(shop, account)

    def listed(query: str = "", owner: str | None = None) -> list[str]:
        return [each["id"] for each in shop.get(f"/v1/application_fees{query}", stripe_account=owner).body["data"]]

    assert listed() == [second["application_fee"], first["application_fee"]]
    assert listed(f"?charge={first['id']}") == [first["application_fee"]]
    assert listed(owner=account) == []
    expanded = shop.get(
        f"/v1/charges/{first['id']}?expand[]=application_fee.balance_transaction", stripe_account=account
    ).body
    assert expanded["application_fee"]["amount"] == 100


def test_a_refund_of_a_fee_goes_to_the_account(shop: Shop) -> None:
    account = shop.seller()
    charge = direct(shop, account)
    path = f"/v1/application_fees/{charge['application_fee']}"
    before = len(shop.event_types())
    refund = shop.post(f"{path}/refunds", {"amount": 40, "metadata": {"order": "6735"}}).body
    assert refund == {
        "id": refund["id"],
        "object": "fee_refund",
        "amount": 40,
        "balance_transaction": refund["balance_transaction"],
        "created": NOW,
        "currency": "usd",
        "fee": charge["application_fee"],
        "metadata": {"order": "6735"},
    }
    transaction = shop.transaction(refund["balance_transaction"])
    assert {name: transaction[name] for name in ("amount", "description", "source", "type", "reporting_category")} == {
        "amount": -40,
        "description": "REFUND FOR APPLICATION FEE",
        "source": charge["application_fee"],
        "type": "application_fee_refund",
        "reporting_category": "platform_earning_refund",
    }
    fee = shop.get(path).body
    assert (fee["amount_refunded"], fee["refunded"], fee["refunds"]["data"]) == (40, False, [refund])
    [credited, *_] = shop.get("/v1/balance_transactions", stripe_account=account).body["data"]
    assert (credited["type"], credited["net"], credited["source"]) == ("adjustment", 40, charge["id"])
    assert balance(shop, account) == ({"usd": 0}, {"usd": 1_000 - 59 - 100 + 40})
    assert shop.event_types()[before:] == ["application_fee.refunded"]


def test_the_rest_of_a_fee_is_refunded_once(shop: Shop) -> None:
    account = shop.seller()
    charge = direct(shop, account)
    path = f"/v1/application_fees/{charge['application_fee']}"
    shop.post(f"{path}/refunds", {"amount": 40})
    answer = shop.post(f"{path}/refunds", {"amount": 61})
    assert (answer.status, answer.error["message"], answer.error["param"]) == (
        400,
        "Refund amount ($0.61) is greater than unrefunded amount on application fee ($0.60)",
        "amount",
    )
    whole = shop.post(f"{path}/refund").body
    assert (whole["object"], whole["amount_refunded"], whole["refunded"]) == ("application_fee", 100, True)
    again = shop.post(f"{path}/refunds")
    assert (again.status, again.error["message"]) == (
        400,
        f"Application fee {charge['application_fee']} has already been refunded.",
    )
    assert balance(shop, account) == ({"usd": 0}, {"usd": 1_000 - 59})
    assert balance(shop) == ({"usd": 97_070}, {"usd": 0})


def test_an_update_of_a_refund_shows_in_its_fee(shop: Shop) -> None:
    charge = direct(shop, shop.seller())
    path = f"/v1/application_fees/{charge['application_fee']}"
    refund = shop.post(f"{path}/refunds", {"amount": 40}).body
    before = len(shop.event_types())
    changed = shop.post(f"{path}/refunds/{refund['id']}", {"metadata": {"order": "6735"}}).body
    assert changed == {**refund, "metadata": {"order": "6735"}} == shop.get(f"{path}/refunds/{refund['id']}").body
    assert shop.get(path).body["refunds"]["data"] == [changed] == shop.get(f"{path}/refunds").body["data"]
    assert sorted(shop.event_types()[before:]) == ["application_fee.refund.updated"]


def test_a_fee_that_nobody_took_is_not_found(shop: Shop) -> None:
    for path in ("/v1/application_fees/fee_unknown", "/v1/application_fees/fee_unknown/refunds"):
        answer = shop.get(path)
        assert (answer.status, answer.error["message"], answer.error["param"]) == (
            404,
            "No such application fee: 'fee_unknown'",
            "id",
        )


def test_the_fee_of_a_converted_charge_stays_in_its_currency_and_shows_the_rate(shop: Shop) -> None:
    account = shop.seller(**CANADA)
    charge = direct(shop, account)
    fee = shop.get(f"/v1/application_fees/{charge['application_fee']}?expand[]=balance_transaction").body
    transaction = fee["balance_transaction"]
    assert (fee["amount"], fee["currency"], transaction["amount"], transaction["currency"]) == (100, "usd", 100, "usd")
    assert transaction["exchange_rate"] == 1.3985
    shop.post(f"/v1/application_fees/{fee['id']}/refund")
    assert balance(shop)[0] == {"usd": 97_070}
    own = shop.transaction(charge["balance_transaction"], account)
    assert [each["amount"] for each in own["fee_details"] if each["type"] == "application_fee"] == [140]
    assert balance(shop, account)[1] == {"cad": own["net"] + 140}


def test_a_fee_on_behalf_of_an_account_is_refunded_in_the_currency_of_the_payment(shop: Shop) -> None:
    account = shop.seller(**CANADA)
    charge = shop.charge(
        amount=1_000, transfer_data={"destination": account}, on_behalf_of=account, application_fee_amount=100
    )
    transfer = shop.get(f"/v1/transfers/{charge['transfer']}?expand[]=destination_payment").body
    payment = transfer["destination_payment"]
    assert (transfer["amount"], transfer["currency"], payment["application_fee_amount"]) == (1_399, "cad", 140)
    fee = shop.get(f"/v1/application_fees/{charge['application_fee']}").body
    assert (fee["amount"], fee["currency"], fee["charge"]) == (100, "usd", payment["id"])
    shop.post("/v1/refunds", {"charge": charge["id"], "reverse_transfer": True, "refund_application_fee": True})
    fee = shop.get(f"/v1/application_fees/{fee['id']}?expand[]=refunds.data.balance_transaction").body
    [refund] = fee["refunds"]["data"]
    assert (refund["amount"], refund["currency"]) == (140, "cad")
    returned = refund["balance_transaction"]
    assert (returned["amount"], returned["currency"], returned["exchange_rate"]) == (-100, "usd", 1.3985)
    assert balance(shop, account) == ({"cad": 0}, {"cad": 0})


def test_the_refunds_of_a_converted_fee_are_the_fee_to_the_cent(shop: Shop) -> None:
    account = shop.seller(**CANADA)
    charge = direct(shop, account)
    for amount in (33, 33, 34):
        shop.post(f"/v1/application_fees/{charge['application_fee']}/refunds", {"amount": amount})
    own = shop.transaction(charge["balance_transaction"], account)
    assert balance(shop, account)[1] == {"cad": own["net"] + 140}


def test_the_fee_of_an_asynchronous_payment_is_refunded_at_once(shop: Shop) -> None:
    account = shop.seller()
    sent = {
        "amount": 1_000,
        "currency": "usd",
        "confirm": True,
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
        "application_fee_amount": 100,
        "capture_method": "automatic_async",
    }
    paid = shop.post("/v1/payment_intents", sent, stripe_account=account).body
    assert paid["status"] == "succeeded"
    [fee] = shop.get("/v1/application_fees").body["data"]
    shop.post(f"/v1/application_fees/{fee['id']}/refund")
    assert balance(shop, account) == ({"usd": 0}, {"usd": 1_000 - 59})
