"""`/v1/charges`: payments without a payment intent, their capture, changes, lists and searches."""

from __future__ import annotations

import pytest

from .samples import CHARGE, FAILED, TRANSACTION
from .shop import Shop

DAY = 86_400


def test_a_charge_shows_every_key(shop: Shop) -> None:
    made = shop.charge(
        description="Two concert tickets",
        metadata={"order": "6735"},
        statement_descriptor_suffix="tickets",
        receipt_email="jenny@example.com",
    )
    assert made == CHARGE
    assert list(made) == list(CHARGE)
    assert shop.get(f"/v1/charges/{made['id']}").body == CHARGE
    assert shop.transaction(made["balance_transaction"]) == TRANSACTION
    assert shop.event_types() == ["charge.succeeded"]


def test_a_declined_charge_is_kept_and_named_by_the_error(shop: Shop) -> None:
    refused = shop.refused(source="tok_visa_chargeDeclinedInsufficientFunds")
    assert (refused.status, refused.error) == (
        402,
        {
            "advice_code": "try_again_later",
            "charge": FAILED["id"],
            "code": "card_declined",
            "decline_code": "insufficient_funds",
            "doc_url": "https://stripe.com/docs/error-codes/card-declined",
            "message": "Your card has insufficient funds.",
            "network_advice_code": "02",
            "network_decline_code": "51",
            "type": "card_error",
        },
    )
    failed = shop.get(f"/v1/charges/{FAILED['id']}").body
    assert failed == FAILED
    assert list(failed) == list(FAILED)
    assert shop.event_types() == ["charge.failed"]
    assert shop.get("/v1/balance_transactions").body["data"] == []


def test_a_payment_that_radar_blocks_never_reaches_the_bank(shop: Shop) -> None:
    refused = shop.refused(source="tok_radarBlock")
    assert (refused.status, refused.error["code"], refused.error["decline_code"]) == (
        402,
        "card_declined",
        "fraudulent",
    )
    blocked = shop.get(f"/v1/charges/{refused.error['charge']}").body
    assert (blocked["failure_code"], blocked["status"]) == ("card_declined", "failed")
    assert blocked["outcome"].pop("risk_score") >= 75
    assert blocked["outcome"] == {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "not_sent_to_network",
        "reason": "highest_risk_level",
        "risk_level": "highest",
        "rule": "block_if_high_risk",
        "seller_message": "Stripe blocked this payment as too risky.",
        "type": "blocked",
    }


def test_a_decline_without_details_says_so(shop: Shop) -> None:
    refused = shop.refused(source="tok_chargeDeclined")
    outcome = shop.get(f"/v1/charges/{refused.error['charge']}").body["outcome"]
    assert outcome["seller_message"] == "The bank did not return any further details with this decline."
    assert (outcome["reason"], outcome["network_decline_code"]) == ("generic_decline", "01")


@pytest.mark.parametrize(
    ("params", "status", "error"),
    [
        (
            {"amount": None},
            400,
            {"code": "parameter_missing", "param": "amount", "message": "Missing required param: amount."},
        ),
        (
            {"currency": None},
            400,
            {"code": "parameter_missing", "param": "currency", "message": "Missing required param: currency."},
        ),
        (
            {"source": None},
            400,
            {"code": "parameter_missing", "message": "Must provide source or customer."},
        ),
        (
            {"source": None, "payment_method": "pm_card_visa"},
            400,
            {"code": "parameter_missing", "message": "Must provide source or customer."},
        ),
        (
            {"amount": 30, "currency": "gbp"},
            400,
            {
                "code": "amount_too_small",
                "param": "amount",
                "message": "Amount must convert to at least 50 cents. £0.30 converts to approximately $0.40.",
            },
        ),
        (
            {"amount": 49},
            400,
            {"code": "amount_too_small", "param": "amount", "message": "Amount must be at least $0.50 usd"},
        ),
        (
            {"amount": 0},
            400,
            {
                "code": "parameter_invalid_integer",
                "param": "amount",
                "message": "This value must be greater than or equal to 1.",
            },
        ),
        (
            {"source": "tok_invalid_xyz"},
            400,
            {"message": "There is a part of the token that is not valid: 'invalid'."},
        ),
        (
            {"receipt_email": "jenny"},
            400,
            {"code": "email_invalid", "param": "receipt_email", "message": "Invalid email address: jenny"},
        ),
    ],
)
def test_a_charge_is_refused(shop: Shop, params: dict[str, object], status: int, error: dict[str, str]) -> None:
    refused = shop.refused(None, **params)
    shown = {name: value for name, value in refused.error.items() if name not in ("doc_url", "type")}
    assert (refused.status, refused.error["type"], shown) == (status, "invalid_request_error", error)
    assert (shop.get("/v1/charges").body["data"], shop.event_types()) == ([], [])


def test_a_hold_is_captured(shop: Shop) -> None:
    held = shop.charge(capture=False)
    card = held["payment_method_details"]["card"]
    assert (held["status"], held["paid"], held["captured"], held["amount_captured"]) == ("succeeded", True, False, 0)
    assert (held["balance_transaction"], card["capture_before"]) == (None, held["created"] + 7 * DAY)
    shop.sandbox.clock.advance(DAY)
    captured = shop.post(f"/v1/charges/{held['id']}/capture").body
    assert captured == {
        **held,
        "amount_captured": 2_500,
        "balance_transaction": captured["balance_transaction"],
        "captured": True,
    }
    transaction = shop.transaction(captured["balance_transaction"])
    assert (transaction["amount"], transaction["fee"], transaction["created"]) == (2_500, 103, held["created"] + DAY)
    assert shop.event_types() == ["charge.succeeded", "charge.captured"]


def test_a_part_of_a_hold_is_captured_and_the_rest_released(shop: Shop) -> None:
    held = shop.charge(capture=False)
    captured = shop.post(f"/v1/charges/{held['id']}/capture", {"amount": 1_000}).body
    names = ("amount", "amount_captured", "amount_refunded", "refunded", "captured")
    assert [captured[name] for name in names] == [2_500, 1_000, 0, False, True]
    assert captured["payment_method_details"] == held["payment_method_details"]
    assert shop.transaction(captured["balance_transaction"])["amount"] == 1_000


def test_what_is_captured_cannot_be_captured_again(shop: Shop) -> None:
    charge = shop.charge()["id"]
    refused = shop.post(f"/v1/charges/{charge}/capture")
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        400,
        "charge_already_captured",
        f"Charge {charge} has already been captured.",
    )


def test_more_than_a_hold_cannot_be_captured(shop: Shop) -> None:
    held = shop.charge(capture=False)["id"]
    refused = shop.post(f"/v1/charges/{held}/capture", {"amount": 2_501})
    assert (refused.status, refused.error["code"]) == (400, "amount_too_large")
    refused = shop.post(f"/v1/charges/{held}/capture", {"amount": 0})
    assert (refused.status, refused.error["message"]) == (400, "This value must be greater than or equal to 1.")
    assert shop.get(f"/v1/charges/{held}").body["captured"] is False


def test_a_hold_that_nobody_captures_expires_after_seven_days(shop: Shop) -> None:
    held = shop.charge(capture=False)
    shop.sandbox.clock.advance(7 * DAY)
    expired = shop.get(f"/v1/charges/{held['id']}").body
    assert expired == {**held, "amount_refunded": 2_500, "refunded": True}
    assert shop.event_types() == ["charge.succeeded", "refund.created", "charge.expired"]
    [refund] = shop.get(f"/v1/charges/{held['id']}/refunds").body["data"]
    assert (refund["reason"], refund["balance_transaction"]) == ("expired_uncaptured_charge", None)
    refused = shop.post(f"/v1/charges/{held['id']}/capture")
    assert (refused.status, refused.error["code"]) == (400, "charge_already_refunded")


def test_an_update_changes_what_it_names(shop: Shop) -> None:
    charge = shop.charge(metadata={"order": "1"})
    changed = shop.post(
        f"/v1/charges/{charge['id']}",
        {
            "description": "Tickets",
            "metadata": {"seat": "12"},
            "receipt_email": "jenny@example.com",
            "fraud_details": {"user_report": "fraudulent"},
            "shipping": {"name": "Jenny Rosen", "address": {"line1": "1 Main St"}},
            "transfer_group": "tour",
        },
    ).body
    assert changed == {
        **charge,
        "description": "Tickets",
        "metadata": {"order": "1", "seat": "12"},
        "receipt_email": "jenny@example.com",
        "fraud_details": {"user_report": "fraudulent"},
        "shipping": {
            "address": {
                "city": None,
                "country": None,
                "line1": "1 Main St",
                "line2": None,
                "postal_code": None,
                "state": None,
            },
            "carrier": None,
            "name": "Jenny Rosen",
            "phone": None,
            "tracking_number": None,
        },
        "transfer_group": "tour",
    }
    assert shop.event_types() == ["charge.succeeded", "charge.updated"]
    previous = shop.get("/v1/events").body["data"][0]["data"]["previous_attributes"]
    assert previous["metadata"] == {"seat": None}
    assert (previous["description"], previous["fraud_details"]) == (None, {"user_report": None})


def test_an_unknown_charge_is_missing(shop: Shop) -> None:
    for answer in (shop.get("/v1/charges/ch_1"), shop.post("/v1/charges/ch_1"), shop.post("/v1/charges/ch_1/capture")):
        assert (answer.status, answer.error) == (
            404,
            {
                "code": "resource_missing",
                "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
                "message": "No such charge: 'ch_1'",
                "param": "id",
                "type": "invalid_request_error",
            },
        )


def test_lists_are_filtered(shop: Shop) -> None:
    first, second = shop.charge(transfer_group="a")["id"], shop.charge(transfer_group="b")["id"]
    listed = shop.get("/v1/charges").body
    assert ([each["id"] for each in listed["data"]], list(listed)) == (
        [second, first],
        ["object", "data", "has_more", "url"],
    )
    assert [each["id"] for each in shop.get("/v1/charges?transfer_group=a").body["data"]] == [first]
    assert shop.get("/v1/charges?transfer_group=c").body["data"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("amount>2000", 1),
        ("amount>2000 AND status:'failed'", 0),
        ("metadata['order']:'6735'", 1),
        ("payment_method_details.card.last4:'4242' AND currency:'usd'", 1),
        ("refunded:'true'", 0),
        ("status:'succeeded' AND -customer:null", 0),
    ],
)
def test_charges_are_searched(shop: Shop, query: str, found: int) -> None:
    shop.charge(metadata={"order": "6735"})
    result = shop.get(f"/v1/charges/search?query={query}").body
    assert (result["object"], len(result["data"]), result["url"]) == ("search_result", found, "/v1/charges/search")


def test_before_basil_a_charge_shows_its_invoice(shop: Shop) -> None:
    charge = shop.charge()["id"]
    old = shop.get(f"/v1/charges/{charge}", stripe_version="2023-10-16").body
    assert old["invoice"] is None
    assert "invoice" not in shop.get(f"/v1/charges/{charge}", stripe_version="2025-03-31.basil").body


def test_a_card_whose_money_is_there_at_once(shop: Shop) -> None:
    transaction = shop.transaction(shop.charge(source="tok_bypassPending")["balance_transaction"])
    assert (transaction["status"], transaction["available_on"]) == ("available", transaction["created"])


def test_a_mastercard_has_a_transaction_id_of_its_day_and_a_link(shop: Shop) -> None:
    charge = shop.charge(source="tok_mastercard")
    card = charge["payment_method_details"]["card"]
    number = card["network_transaction_id"]
    assert (number[:3], len(number), number[-4:]) == ("MCC", 13, "0921")
    assert card["transaction_link_id"] == f"test123-tlid456__{charge['id'][3:8]}"


def test_a_suffix_follows_the_prefix_of_the_account(shop: Shop) -> None:
    charge = shop.charge(statement_descriptor_suffix="a long description")
    assert charge["calculated_statement_descriptor"] == "STRIPE* A LONG DESCRIP"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"statement_descriptor": "Two tickets"}, "STRIPE* TWO TICKETS"),
        ({"statement_descriptor": "Two tickets", "statement_descriptor_suffix": "Balcony"}, "STRIPE* BALCONY"),
        ({}, "Stripe"),
    ],
)
def test_the_descriptor_of_a_card_charge_is_a_suffix(shop: Shop, sent: dict[str, object], shown: str) -> None:
    assert shop.charge(None, **sent)["calculated_statement_descriptor"] == shown


def test_a_descriptor_can_be_set_by_the_capture(shop: Shop) -> None:
    held = shop.charge(capture=False)["id"]
    captured = shop.post(f"/v1/charges/{held}/capture", {"statement_descriptor_suffix": "Balcony"}).body
    assert (captured["statement_descriptor_suffix"], captured["calculated_statement_descriptor"]) == (
        "Balcony",
        "STRIPE* BALCONY",
    )


@pytest.mark.parametrize(
    ("sent", "param", "message"),
    [
        (
            {"statement_descriptor_suffix": "a<b"},
            "statement_descriptor_suffix",
            "The statement descriptor cannot include <.",
        ),
        (
            {"statement_descriptor": "1234"},
            "statement_descriptor",
            "The statement descriptor must contain at least one alphabetic character.",
        ),
    ],
)
def test_a_descriptor_is_refused(shop: Shop, sent: dict[str, object], param: str, message: str) -> None:
    refused = shop.refused(None, **sent)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (400, param, message)


def test_the_descriptor_of_a_payment_intent_is_refused_alike(shop: Shop) -> None:
    sent = {"amount": 2_500, "currency": "usd"}
    refused = shop.post("/v1/payment_intents", {**sent, "statement_descriptor_suffix": "1234"})
    assert (refused.status, refused.error["param"]) == (400, "statement_descriptor_suffix")
    intent = shop.post("/v1/payment_intents", sent).body["id"]
    refused = shop.post(f"/v1/payment_intents/{intent}", {"statement_descriptor_suffix": "a*b"})
    assert (refused.status, refused.error["message"]) == (400, "The statement descriptor cannot include *.")


def test_a_refund_as_fraudulent_reports_the_charge(shop: Shop) -> None:
    charge = shop.charge()["id"]
    shop.post("/v1/refunds", {"charge": charge, "reason": "fraudulent", "amount": 100})
    assert shop.get(f"/v1/charges/{charge}").body["fraud_details"] == {"user_report": "fraudulent"}
    assert shop.event_types() == ["charge.succeeded", "refund.created", "charge.refunded"]


def test_a_list_of_an_unknown_customer_is_refused(shop: Shop) -> None:
    refused = shop.get("/v1/charges?customer=cus_1")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400,
        "customer",
        "No such customer: 'cus_1'",
    )


def test_money_that_is_available_at_once_emits_the_event_of_the_balance(shop: Shop) -> None:
    shop.charge(source="tok_bypassPending")
    assert shop.event_types() == ["charge.succeeded", "balance.available"]
    assert shop.get("/v1/balance").body["available"][0]["amount"] == 2_397
