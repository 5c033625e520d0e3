"""`/v1/transfers/{id}/reversals`: money comes back, and the payment on the account is refunded."""

from __future__ import annotations

from typing import Any

from ..charges.shop import NOW, Shop
from ..charges.test_connect import CANADA
from .test_transfers import balance, transfer


def reverse(shop: Shop, identifier: str, **params: object) -> Any:
    answer = shop.post(f"/v1/transfers/{identifier}/reversals", params)
    assert answer.status == 200, answer.body
    return answer.body


def refused(shop: Shop, identifier: str, **params: object) -> tuple[int, dict[str, str]]:
    answer = shop.post(f"/v1/transfers/{identifier}/reversals", params)
    return answer.status, {name: answer.error[name] for name in ("code", "message", "param") if name in answer.error}


def test_a_reversal_shows_every_key(shop: Shop) -> None:
    account = shop.seller()
    made = transfer(shop, account)
    before, own = len(shop.event_types()), len(shop.event_types(account=account))
    reversal = reverse(shop, made["id"], amount=300, metadata={"reason": "return"})
    assert reversal == {
        "id": reversal["id"],
        "object": "transfer_reversal",
        "amount": 300,
        "balance_transaction": reversal["balance_transaction"],
        "created": NOW,
        "currency": "usd",
        "destination_payment_refund": reversal["destination_payment_refund"],
        "metadata": {"reason": "return"},
        "source_refund": None,
        "transfer": made["id"],
    }
    transaction = shop.transaction(reversal["balance_transaction"])
    assert {name: transaction[name] for name in ("amount", "description", "source", "type", "reporting_category")} == {
        "amount": 300,
        "description": "REFUND FOR TRANSFER",
        "source": made["id"],
        "type": "transfer_refund",
        "reporting_category": "transfer_reversal",
    }
    assert shop.event_types()[before:] == ["transfer.reversed"]
    assert shop.event_types(account=account)[own:] == ["refund.created", "charge.refunded"]


def test_the_payment_of_the_account_is_refunded(shop: Shop) -> None:
    account = shop.seller()
    made = transfer(shop, account)
    reversal = reverse(shop, made["id"], amount=300)
    identifier = reversal["destination_payment_refund"]
    refund = shop.get(f"/v1/refunds/{identifier}", stripe_account=account).body
    assert refund == {
        "id": identifier,
        "object": "refund",
        "amount": 300,
        "balance_transaction": refund["balance_transaction"],
        "charge": made["destination_payment"],
        "created": NOW,
        "currency": "usd",
        "customer": None,
        "customer_account": None,
        "metadata": {},
        "payment_intent": None,
        "payment_method": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": reversal["id"],
        "status": "succeeded",
        "transfer_reversal": reversal["id"],
    }
    assert identifier.startswith("pyr_1")
    transaction = shop.transaction(refund["balance_transaction"], account)
    assert {name: transaction[name] for name in ("amount", "description", "fee", "type", "reporting_category")} == {
        "amount": -300,
        "description": "REFUND FOR PAYMENT",
        "fee": 0,
        "type": "payment_refund",
        "reporting_category": "refund",
    }
    payment = shop.get(
        f"/v1/charges/{made['destination_payment']}?expand[]=refunds.data.balance_transaction", stripe_account=account
    ).body
    assert (payment["amount_refunded"], payment["refunded"]) == (300, False)
    assert [each["balance_transaction"]["net"] for each in payment["refunds"]["data"]] == [-300]


def test_reversals_add_up_on_their_transfer(shop: Shop) -> None:
    account = shop.seller()
    made = transfer(shop, account)
    first = reverse(shop, made["id"], amount=300)
    second = reverse(shop, made["id"])
    after = shop.get(f"/v1/transfers/{made['id']}").body
    assert (second["amount"], after["amount_reversed"], after["reversed"]) == (700, 1_000, True)
    assert after["reversals"] == {
        "object": "list",
        "data": [second, first],
        "has_more": False,
        "total_count": 2,
        "url": f"/v1/transfers/{made['id']}/reversals",
    }
    assert shop.get(f"/v1/transfers/{made['id']}/reversals?limit=1").body == {
        "object": "list",
        "data": [second],
        "has_more": True,
        "url": f"/v1/transfers/{made['id']}/reversals",
    }
    assert (balance(shop), balance(shop, account)) == (({"usd": 97_070}, {"usd": 0}), ({"usd": 0}, {"usd": 0}))


def test_an_update_of_a_reversal_shows_in_its_transfer(shop: Shop) -> None:
    made = transfer(shop, shop.seller())
    reversal = reverse(shop, made["id"], amount=300)
    before = shop.event_types()
    path = f"/v1/transfers/{made['id']}/reversals/{reversal['id']}"
    changed = shop.post(path, {"metadata": {"reason": "return"}}).body
    assert changed == {**reversal, "metadata": {"reason": "return"}} == shop.get(path).body
    assert shop.get(f"/v1/transfers/{made['id']}").body["reversals"]["data"] == [changed]
    assert shop.event_types() == before


def test_a_reversal_of_too_much_is_refused(shop: Shop) -> None:
    made = transfer(shop, shop.seller())
    reverse(shop, made["id"], amount=300)
    assert refused(shop, made["id"], amount=701) == (
        400,
        {
            "message": "Transfer reversal amount ($7.01) is greater than unreversed amount on transfer ($7.00)",
            "param": "amount",
        },
    )
    assert refused(shop, made["id"], amount=0)[1]["message"] == "This value must be greater than or equal to 1."
    reverse(shop, made["id"])
    assert refused(shop, made["id"]) == (400, {"message": f"The transfer {made['id']} is already fully reversed."})
    assert refused(shop, "tr_unknown") == (
        404,
        {"code": "resource_missing", "message": "No such transfer: 'tr_unknown'", "param": "id"},
    )


def test_a_reversal_of_another_transfer_is_not_found(shop: Shop) -> None:
    account = shop.seller()
    first, second = transfer(shop, account), transfer(shop, account)
    reversal = reverse(shop, first["id"], amount=300)
    answer = shop.get(f"/v1/transfers/{second['id']}/reversals/{reversal['id']}")
    assert (answer.status, answer.error["code"], answer.error["param"]) == (404, "resource_missing", "id")


def test_the_balance_of_an_account_becomes_negative_where_the_platform_is_liable(shop: Shop) -> None:
    account = shop.seller()
    made = transfer(shop, account)
    transfer(shop, shop.sandbox.platform_id, payer=account)
    reverse(shop, made["id"])
    assert balance(shop, account) == ({"usd": -1_000}, {"usd": 0})


def test_an_account_that_is_liable_itself_needs_the_money(shop: Shop) -> None:
    account = shop.account(type="standard", country="US")
    made = transfer(shop, account)
    transfer(shop, shop.sandbox.platform_id, payer=account, amount=400)
    assert refused(shop, made["id"], amount=601) == (
        400,
        {
            "code": "balance_insufficient",
            "message": f"The connected account {account} has insufficient funds in its balance to reverse this transfer.",
        },
    )
    assert reverse(shop, made["id"], amount=600)["amount"] == 600


def test_the_transfer_of_a_destination_charge_can_always_be_reversed(shop: Shop) -> None:
    account = shop.account(type="standard", country="US")
    charge = shop.charge(amount=1_000, source="tok_bypassPending", transfer_data={"destination": account})
    transfer(shop, shop.sandbox.platform_id, payer=account, amount=1_000)
    reverse(shop, charge["transfer"])
    assert balance(shop, account) == ({"usd": -1_000}, {"usd": 0})


def test_a_converted_payment_is_taken_back_to_the_cent(shop: Shop) -> None:
    account = shop.seller(**CANADA)
    made = transfer(shop, account, amount=1_001)
    for amount in (333, 333, 335):
        reverse(shop, made["id"], amount=amount)
    assert balance(shop, account) == ({"cad": 0}, {"cad": 0})


def test_a_reversal_returns_its_part_of_the_application_fee(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=1_000, transfer_data={"destination": account}, application_fee_amount=101)
    reverse(shop, charge["transfer"], amount=500, refund_application_fee=True)
    fee = shop.get(f"/v1/application_fees/{charge['application_fee']}").body
    assert (fee["amount"], fee["amount_refunded"], fee["refunded"]) == (101, 51, False)
    assert balance(shop, account) == ({"usd": 0}, {"usd": 899 - 500 + 51})


def test_a_reversal_without_a_fee_cannot_return_one(shop: Shop) -> None:
    made = transfer(shop, shop.seller())
    status, error = refused(shop, made["id"], refund_application_fee=True)
    assert (status, error["param"]) == (400, "refund_application_fee")


def test_the_money_of_a_pending_charge_comes_back_with_it(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=1_000, transfer_data={"destination": account})
    reversal = reverse(shop, charge["transfer"])
    available = shop.transaction(charge["balance_transaction"])["available_on"]
    assert available > NOW
    assert shop.transaction(reversal["balance_transaction"])["available_on"] == available
