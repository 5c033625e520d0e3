"""`/v1/refunds` and the refunds below a charge: money, the parts of others, changes over time, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from ..transfers.test_transfers import balance
from .shop import NOW, Shop
from .test_connect import CANADA, line

MINUTE = 60


def refund(shop: Shop, charge: str, account: str | None = None, **params: object) -> Any:
    answer = shop.post("/v1/refunds", {"charge": charge, **params}, stripe_account=account)
    assert answer.status == 200, answer.body
    return answer.body


def refused(shop: Shop, **params: object) -> tuple[int, dict[str, str]]:
    answer = shop.post("/v1/refunds", params)
    return answer.status, {name: answer.error[name] for name in ("code", "message", "param") if name in answer.error}


def later(shop: Shop, seconds: int = MINUTE) -> None:
    shop.sandbox.clock.set(NOW + seconds)


def test_a_refund_shows_every_key(shop: Shop) -> None:
    charge = shop.charge(description="Two concert tickets")
    made = refund(shop, charge["id"], amount=1_000, reason="requested_by_customer", metadata={"order": "6735"})
    assert made == {
        "id": made["id"],
        "object": "refund",
        "amount": 1_000,
        "balance_transaction": made["balance_transaction"],
        "charge": charge["id"],
        "created": NOW,
        "currency": "usd",
        "customer": None,
        "customer_account": None,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": {"order": "6735"},
        "payment_intent": None,
        "payment_method": charge["payment_method"],
        "reason": "requested_by_customer",
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    assert made["id"][3:20] == charge["id"][3:20] == made["balance_transaction"][4:21]
    assert shop.transaction(made["balance_transaction"]) == {
        "id": made["balance_transaction"],
        "object": "balance_transaction",
        "amount": -1_000,
        "available_on": shop.transaction(charge["balance_transaction"])["available_on"],
        "balance_type": "payments",
        "created": NOW,
        "currency": "usd",
        "description": "REFUND FOR CHARGE (Two concert tickets)",
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": -1_000,
        "reporting_category": "refund",
        "source": made["id"],
        "status": "pending",
        "type": "refund",
    }
    assert shop.event_types() == ["charge.succeeded", "refund.created", "charge.refunded"]


def test_refunds_add_up_on_their_charge(shop: Shop) -> None:
    charge = shop.charge(amount=1_000)
    first = refund(shop, charge["id"], amount=400)
    part = shop.get(f"/v1/charges/{charge['id']}").body
    assert (part["amount_refunded"], part["refunded"], part["status"], "refunds" in part) == (
        400,
        False,
        "succeeded",
        False,
    )
    second = refund(shop, charge["id"])
    whole = shop.get(f"/v1/charges/{charge['id']}?expand[]=refunds").body
    assert (second["amount"], whole["amount_refunded"], whole["refunded"]) == (600, 1_000, True)
    assert whole["refunds"] == {
        "object": "list",
        "data": [second, first],
        "has_more": False,
        "total_count": 2,
        "url": f"/v1/charges/{charge['id']}/refunds",
    }
    assert balance(shop) == ({"usd": 0}, {"usd": -59})


def test_money_that_was_available_is_refunded_at_once(shop: Shop) -> None:
    charge = shop.charge(amount=1_000, source="tok_bypassPending")
    made = refund(shop, charge["id"])
    transaction = shop.transaction(made["balance_transaction"])
    assert (transaction["description"], transaction["available_on"], transaction["status"]) == (
        "REFUND FOR CHARGE",
        NOW,
        "available",
    )


def test_refunds_of_a_charge_are_counted_in_a_list(shop: Shop) -> None:
    charge, other = shop.charge(amount=1_000), shop.charge(amount=1_000)
    refund(shop, other["id"])
    first, second = refund(shop, charge["id"], amount=400), refund(shop, charge["id"], amount=300)
    assert shop.get(f"/v1/refunds?charge={charge['id']}&limit=1").body == {
        "object": "list",
        "count": 1,
        "data": [second],
        "has_more": True,
        "url": "/v1/refunds",
    }
    assert list(shop.get(f"/v1/refunds?charge={charge['id']}").body)[:2] == ["object", "count"]
    assert shop.get(f"/v1/charges/{charge['id']}/refunds").body == {
        "object": "list",
        "data": [second, first],
        "has_more": False,
        "url": f"/v1/charges/{charge['id']}/refunds",
    }
    every = shop.get("/v1/refunds").body
    assert (len(every["data"]), every["count"]) == (3, 3)


def test_the_old_form_responds_with_the_charge(shop: Shop) -> None:
    charge = shop.charge(amount=1_000)
    path = f"/v1/charges/{charge['id']}"
    assert shop.post(f"{path}/refund", {"amount": 400}).body == {**charge, "amount_refunded": 400}
    below = shop.post(f"{path}/refunds", {"amount": 100, "expand": ["charge"]}).body
    assert (below["object"], below["charge"]["amount_refunded"]) == ("refund", 500)
    assert shop.get(f"{path}/refunds/{below['id']}").body["amount"] == 100
    other = shop.charge()
    answer = shop.get(f"/v1/charges/{other['id']}/refunds/{below['id']}")
    assert (answer.status, answer.error["message"], answer.error["param"]) == (
        404,
        f"No such refund: '{below['id']}'",
        "refund",
    )


def test_an_update_changes_the_metadata_alone(shop: Shop) -> None:
    made = refund(shop, shop.charge()["id"])
    before = len(shop.event_types())
    changed = shop.post(f"/v1/refunds/{made['id']}", {"metadata": {"order": "6735"}}).body
    assert changed == {**made, "metadata": {"order": "6735"}}
    assert shop.event_types()[before:] == ["refund.updated", "charge.refund.updated"]


def test_versions_before_november_2022_include_the_refunds_of_a_charge(shop: Shop) -> None:
    charge = shop.charge(amount=1_000)
    made = refund(shop, charge["id"], amount=400)
    path = f"/v1/charges/{charge['id']}"
    old = shop.get(path, stripe_version="2022-08-01").body
    assert [each["id"] for each in old["refunds"]["data"]] == [made["id"]]
    assert list(old)[2:] == sorted(list(old)[2:])
    assert "refunds" not in shop.get(path, stripe_version="2022-11-15").body


# --- the parts of others ----------------------------------------------------------------------------------------------


def test_a_part_of_a_destination_charge_is_refunded_by_all(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=1_000, transfer_data={"destination": account}, application_fee_amount=101)
    platform, own = len(shop.event_types()), len(shop.event_types(account=account))
    made = refund(shop, charge["id"], amount=500, reverse_transfer=True, refund_application_fee=True)
    transfer = shop.get(f"/v1/transfers/{charge['transfer']}").body
    [reversal] = transfer["reversals"]["data"]
    assert (made["transfer_reversal"], reversal["amount"], reversal["source_refund"]) == (
        reversal["id"],
        500,
        made["id"],
    )
    fee = shop.get(f"/v1/application_fees/{charge['application_fee']}").body
    assert (fee["amount_refunded"], fee["refunds"]["data"][0]["amount"]) == (51, 51)
    returned = shop.get(f"/v1/refunds/{reversal['destination_payment_refund']}", stripe_account=account).body
    transaction = shop.transaction(returned["balance_transaction"], account)
    assert (transaction["amount"], transaction["fee"], transaction["net"]) == (-500, -51, -449)
    assert transaction["fee_details"] == [
        line(-51, "Platform application fee refund", "application_fee", shop.sandbox.client_id)
    ]
    assert balance(shop) == ({"usd": 0}, {"usd": 1_000 - 59 - 1_000 + 101 - 500 + 500 - 51})
    assert balance(shop, account) == ({"usd": 0}, {"usd": 1_000 - 101 - 500 + 51})
    assert shop.event_types()[platform:] == [
        "application_fee.refunded",
        "transfer.reversed",
        "refund.created",
        "charge.refunded",
    ]
    assert shop.event_types(account=account)[own:] == ["refund.created", "charge.refunded"]


def test_a_platform_refunds_a_destination_charge_alone_unless_it_says_so(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=1_000, transfer_data={"destination": account}, application_fee_amount=100)
    assert refund(shop, charge["id"], amount=400)["transfer_reversal"] is None
    assert balance(shop, account) == ({"usd": 0}, {"usd": 900})
    refund(shop, charge["id"], amount=400, refund_application_fee=True)
    assert balance(shop, account) == ({"usd": 0}, {"usd": 940})
    refund(shop, charge["id"], reverse_transfer=True)
    assert balance(shop, account) == ({"usd": 0}, {"usd": 740})


def test_shares_are_rounded_half_up_and_never_exceed_what_is_left(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=153, transfer_data={"destination": account, "amount": 109})
    refund(shop, charge["id"], amount=50, reverse_transfer=True)
    transfer = shop.get(f"/v1/transfers/{charge['transfer']}").body
    assert transfer["amount_reversed"] == 36
    refund(shop, charge["id"], reverse_transfer=True)
    assert shop.get(f"/v1/transfers/{charge['transfer']}").body["reversed"]


def test_a_destination_charge_without_a_fee_has_none_to_return(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=200, transfer_data={"destination": account, "amount": 152})
    refund(shop, charge["id"], reverse_transfer=True, refund_application_fee=True)
    assert balance(shop, account) == ({"usd": 0}, {"usd": 0})


def test_a_transfer_that_is_gone_cannot_be_reversed_by_a_refund(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=1_000, transfer_data={"destination": account})
    shop.post(f"/v1/transfers/{charge['transfer']}/reversals")
    before = balance(shop)
    assert refused(shop, charge=charge["id"], reverse_transfer=True) == (
        400,
        {"message": f"The transfer {charge['transfer']} is already fully reversed."},
    )
    assert balance(shop) == before


def test_a_direct_charge_is_refunded_by_its_account(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(account, amount=1_000, application_fee_amount=100)
    kept = refund(shop, charge["id"], account, amount=500)
    assert shop.transaction(kept["balance_transaction"], account)["net"] == -500
    made = refund(shop, charge["id"], account, amount=500, refund_application_fee=True)
    transaction = shop.transaction(made["balance_transaction"], account)
    assert (transaction["amount"], transaction["fee"], transaction["net"]) == (-500, -50, -450)
    assert balance(shop, account) == ({"usd": 0}, {"usd": 1_000 - 59 - 100 - 500 - 450})
    assert balance(shop) == ({"usd": 0}, {"usd": 50})


def test_an_account_that_refunds_a_payment_takes_the_transfer_back(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=1_000, transfer_data={"destination": account})
    payment = shop.get(f"/v1/transfers/{charge['transfer']}").body["destination_payment"]
    made = refund(shop, payment, account, amount=400, metadata={"order": "6735"})
    assert (made["id"][:4], made["charge"], made["metadata"]) == ("pyr_", payment, {"order": "6735"})
    transfer = shop.get(f"/v1/transfers/{charge['transfer']}").body
    assert transfer["reversals"]["data"][0]["destination_payment_refund"] == made["id"]
    assert balance(shop, account) == ({"usd": 0}, {"usd": 600})


def test_a_converted_charge_is_refunded_at_its_rate_to_the_cent(shop: Shop) -> None:
    account = shop.seller(**CANADA)
    charge = shop.charge(amount=1_001, transfer_data={"destination": account}, on_behalf_of=account)
    for amount in (333, 333, 335):
        refund(shop, charge["id"], amount=amount, reverse_transfer=True)
    assert balance(shop, account) == ({"cad": 0}, {"cad": 0})
    fee = shop.transaction(charge["balance_transaction"])["fee"]
    assert balance(shop)[1]["cad"] == -fee


# --- changes over time -----------------------------------------------------------------------------------------------


def test_the_bank_has_a_reference_after_some_seconds(shop: Shop) -> None:
    made = refund(shop, shop.charge()["id"])
    before = len(shop.event_types())
    later(shop)
    card = shop.get(f"/v1/refunds/{made['id']}").body["destination_details"]["card"]
    assert list(card) == ["reference", "reference_status", "reference_type", "type"]
    assert (len(card["reference"]), card["reference_status"]) == (16, "available")
    assert shop.event_types()[before:] == ["refund.updated", "charge.refund.updated"]


def test_a_refund_to_some_cards_is_pending_at_first(shop: Shop) -> None:
    charge = shop.charge(source="tok_pendingRefund")
    made = refund(shop, charge["id"])
    assert (made["status"], made["pending_reason"]) == ("pending", "processing")
    assert shop.get(f"/v1/charges/{charge['id']}").body["refunded"]
    later(shop)
    ended = shop.get(f"/v1/refunds/{made['id']}").body
    assert (ended["status"], "pending_reason" in ended) == ("succeeded", False)


def test_a_refund_to_some_cards_fails_later(shop: Shop) -> None:
    charge = shop.charge(amount=1_000, source="tok_refundFail")
    made = refund(shop, charge["id"])
    assert (made["status"], "failure_reason" in made) == ("succeeded", False)
    before = len(shop.event_types())
    later(shop)
    failed = shop.get(f"/v1/refunds/{made['id']}").body
    assert (failed["status"], failed["failure_reason"]) == ("failed", "expired_or_canceled_card")
    back = shop.transaction(failed["failure_balance_transaction"])
    assert (back["amount"], back["type"], back["description"], back["source"]) == (
        1_000,
        "refund_failure",
        "REFUND FAILURE",
        made["id"],
    )
    whole = shop.get(f"/v1/charges/{charge['id']}").body
    assert (whole["amount_refunded"], whole["refunded"]) == (0, False)
    assert balance(shop) == ({"usd": 0}, {"usd": 941})
    assert shop.event_types()[before:] == ["refund.failed", "refund.updated", "charge.refund.updated"]
    assert refund(shop, charge["id"])["amount"] == 1_000


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"amount": 1_100},
            {"message": "Refund amount ($11.00) is greater than charge amount ($10.00)", "param": "amount"},
        ),
        (
            {"amount": -1},
            {
                "code": "parameter_invalid_integer",
                "message": "This value must be greater than or equal to 1.",
                "param": "amount",
            },
        ),
        (
            {"reason": "late"},
            {
                "message": "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer",
                "param": "reason",
            },
        ),
        (
            {"reverse_transfer": True},
            {"message": "Cannot reverse transfer on charge {id} because it does not have an associated transfer."},
        ),
        (
            {"refund_application_fee": True},
            {"message": "Attempting to refund_application_fee on charge {id}, but it has no application fee"},
        ),
    ],
)
def test_a_refund_that_is_refused_moves_nothing(
    shop: Shop, params: dict[str, object], expected: dict[str, str]
) -> None:
    charge = shop.charge(amount=1_000)
    status, error = refused(shop, charge=charge["id"], **params)
    assert (status, error) == (
        400,
        {name: text.format(id=charge["id"]) for name, text in expected.items()},
    )
    assert shop.get("/v1/refunds").body["data"] == []
    assert balance(shop) == ({"usd": 0}, {"usd": 941})


def test_no_more_is_refunded_than_is_left(shop: Shop) -> None:
    charge = shop.charge(amount=1_000)
    refund(shop, charge["id"], amount=500)
    assert refused(shop, charge=charge["id"], amount=600) == (
        400,
        {"message": "Refund amount ($6.00) is greater than unrefunded amount on charge ($5.00)", "param": "amount"},
    )
    refund(shop, charge["id"])
    for amount in ({}, {"amount": 1}, {"amount": 5_000}):
        assert refused(shop, charge=charge["id"], **amount) == (
            400,
            {"code": "charge_already_refunded", "message": f"Charge {charge['id']} has already been refunded."},
        )


def test_amounts_are_shown_in_their_currency(shop: Shop) -> None:
    charge = shop.charge(amount=1_000, currency="jpy")
    assert refused(shop, charge=charge["id"], amount=1_100)[1]["message"] == (
        "Refund amount (¥1,100) is greater than charge amount (¥1,000)"
    )


def test_a_refund_names_one_payment(shop: Shop) -> None:
    message = "One of the following params should be provided for this request: payment_intent or charge."
    assert refused(shop) == (400, {"message": message})
    assert refused(shop, charge="ch_unknown") == (
        404,
        {"code": "resource_missing", "message": "No such charge: 'ch_unknown'", "param": "id"},
    )
    assert refused(shop, charge="ch_1", payment_intent="pi_1") == (
        400,
        {"message": "You may only specify one of these parameters: charge, payment_intent.", "param": "charge"},
    )


def test_only_the_captured_part_can_be_refunded(shop: Shop) -> None:
    charge = shop.charge(amount=1_000, capture=False)
    shop.post(f"/v1/charges/{charge['id']}/capture", {"amount": 600})
    assert refused(shop, charge=charge["id"], amount=601)[1]["message"] == (
        "Refund amount ($6.01) is greater than charge amount ($6.00)"
    )
    refund(shop, charge["id"])
    whole = shop.get(f"/v1/charges/{charge['id']}").body
    assert (whole["amount_refunded"], whole["refunded"]) == (600, True)


def test_a_refund_releases_a_hold(shop: Shop) -> None:
    charge = shop.charge(amount=1_000, capture=False)
    assert refused(shop, charge=charge["id"], amount=400) == (
        400,
        {
            "message": f"Charge {charge['id']} has not been captured; only its whole amount can be refunded.",
            "param": "amount",
        },
    )
    made = refund(shop, charge["id"])
    assert (made["amount"], made["balance_transaction"], made["status"]) == (1_000, None, "succeeded")
    assert shop.get(f"/v1/charges/{charge['id']}").body["refunded"]
    assert shop.get("/v1/balance_transactions").body["data"] == []


def test_a_failed_charge_cannot_be_refunded(shop: Shop) -> None:
    failed = shop.refused(source="tok_chargeDeclined").error["charge"]
    assert refused(shop, charge=failed) == (400, {"message": f"Charge {failed} has failed; cannot issue a refund."})


def test_a_refund_that_waits_for_nobody_can_be_neither_canceled_nor_expired(shop: Shop) -> None:
    made = refund(shop, shop.charge()["id"])
    answer = shop.post(f"/v1/refunds/{made['id']}/cancel")
    assert (answer.status, answer.error) == (
        400,
        {"message": "Canceling this refund is unsupported.", "type": "invalid_request_error"},
    )
    answer = shop.post(f"/v1/test_helpers/refunds/{made['id']}/expire")
    assert (answer.status, answer.error["message"]) == (
        400,
        "This refund cannot be expired because it has a status of succeeded.",
    )
    assert shop.post("/v1/refunds/re_unknown/cancel").error["message"] == "No such refund: 're_unknown'"


def test_refunds_of_customer_balances_are_refused_by_name(shop: Shop) -> None:
    assert refused(shop, origin="customer_balance", customer="cus_1", amount=100, currency="eur")[0] == 501


def test_a_list_of_refunds_has_their_number(shop: Shop) -> None:
    for _ in range(3):
        assert shop.post("/v1/refunds", {"charge": shop.charge()["id"]}).status == 200
    found = shop.get("/v1/refunds?limit=2").body
    assert (list(found), found["count"], found["has_more"]) == (["object", "count", "data", "has_more", "url"], 2, True)
    assert shop.get("/v1/refunds?limit=2&created[lt]=1").body["count"] == 0
