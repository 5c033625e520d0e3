"""Disputes: chargebacks and inquiries by test card, their evidence, their money, and their end."""

from __future__ import annotations

from typing import Any

import pytest

from .shop import Shop


def charged(shop: Shop, source: str = "tok_createDispute", **params: object) -> Any:
    """A charge of 20 dollars, read after the request that made it."""
    sent = {"amount": 2000, "currency": "usd", "source": source, **params}
    answer = shop.post("/v1/charges", sent)
    assert answer.status == 200, answer.body
    return shop.get(f"/v1/charges/{answer.body['id']}").body


def test_a_disputed_charge_has_a_dispute_and_its_money_leaves(shop: Shop) -> None:
    charge = charged(shop, description="A chair")
    dispute = shop.get(f"/v1/disputes/{charge['dispute']}").body
    assert (charge["disputed"], charge["paid"], charge["status"], charge["amount_refunded"]) == (
        True, True, "succeeded", 0,
    )  # fmt: skip
    (withdrawal,) = dispute.pop("balance_transactions")
    evidence = dispute.pop("evidence")
    assert dispute == {
        "id": charge["dispute"],
        "object": "dispute",
        "amount": 2000,
        "balance_transaction": withdrawal["id"],
        "charge": charge["id"],
        "created": charge["created"],
        "currency": "usd",
        "enhanced_eligibility_types": [],
        "evidence_details": {
            "due_by": charge["created"] - charge["created"] % 86_400 + 10 * 86_400 - 1,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": None,
        "payment_method_details": {
            "card": {"brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4"},
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "needs_response",
    }
    assert withdrawal == {
        "id": withdrawal["id"],
        "object": "balance_transaction",
        "amount": -2000,
        "available_on": withdrawal["available_on"],
        "balance_type": "payments",
        "created": charge["created"],
        "currency": "usd",
        "description": f"Chargeback withdrawal for {charge['id']}",
        "exchange_rate": None,
        "fee": 1500,
        "fee_details": [
            {"amount": 1500, "application": None, "currency": "usd", "description": "Dispute fee", "type": "stripe_fee"}
        ],
        "net": -3500,
        "reporting_category": "dispute",
        "source": dispute["id"],
        "status": withdrawal["status"],
        "type": "adjustment",
    }
    assert {name: value for name, value in evidence.items() if value} == {"product_description": "A chair"}
    assert len(evidence) == 28
    assert shop.event_types() == ["charge.succeeded", "charge.dispute.created", "charge.dispute.funds_withdrawn"]


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (
            "tok_createDisputeProductNotReceived",
            ("needs_response", "product_not_received", "chargeback", "13.1", 1, False),
        ),
        ("tok_createDisputeInquiry", ("warning_needs_response", "fraudulent", "inquiry", "10", 0, True)),
    ],
)
def test_the_test_card_decides_the_kind(shop: Shop, token: str, kind: tuple[object, ...]) -> None:
    charge = charged(shop, token)
    dispute = shop.get(f"/v1/disputes/{charge['dispute']}").body
    card = dispute["payment_method_details"]["card"]
    assert (
        dispute["status"],
        dispute["reason"],
        card["case_type"],
        card["network_reason_code"],
        len(dispute["balance_transactions"]),
        dispute["is_charge_refundable"],
    ) == kind


@pytest.mark.parametrize(
    ("text", "status", "refundable"), [("winning_evidence", "won", True), ("losing_evidence", "lost", False)]
)
def test_evidence_with_a_known_result_decides_after_a_while(
    shop: Shop, text: str, status: str, refundable: bool
) -> None:
    charge = charged(shop)
    answer = shop.post(f"/v1/disputes/{charge['dispute']}", {"evidence": {"uncategorized_text": text}})
    assert (answer.status, answer.body["status"]) == (200, "under_review")
    assert answer.body["evidence_details"]["submission_count"] == 1
    shop.sandbox.clock.advance(4)
    assert shop.get(f"/v1/disputes/{charge['dispute']}").body["status"] == "under_review"
    shop.sandbox.clock.advance(1)
    dispute = shop.get(f"/v1/disputes/{charge['dispute']}").body
    assert (dispute["status"], dispute["is_charge_refundable"]) == (status, refundable)
    amounts = [(each["amount"], each["fee"], each["reporting_category"]) for each in dispute["balance_transactions"]]
    lost = [(-2000, 1500, "dispute")]
    assert amounts == ([*lost, (2000, 0, "dispute_reversal")] if status == "won" else lost)
    reinstated = ["charge.dispute.funds_reinstated"] if status == "won" else []
    assert shop.event_types()[3:] == ["charge.dispute.updated", *reinstated, "charge.dispute.closed"]


def test_evidence_can_be_stored_without_being_submitted(shop: Shop) -> None:
    charge = charged(shop)
    sent = {"evidence": {"customer_name": "Jenny Rosen"}, "submit": "false", "metadata": {"order": "6735"}}
    dispute = shop.post(f"/v1/disputes/{charge['dispute']}", sent).body
    assert (dispute["status"], dispute["evidence"]["customer_name"]) == ("needs_response", "Jenny Rosen")
    assert (dispute["evidence_details"]["submission_count"], dispute["metadata"]) == (0, {"order": "6735"})


def test_a_dispute_that_is_closed_is_lost_and_stays_so(shop: Shop) -> None:
    charge = charged(shop)
    assert shop.post(f"/v1/disputes/{charge['dispute']}/close").body["status"] == "lost"
    for path in (f"/v1/disputes/{charge['dispute']}", f"/v1/disputes/{charge['dispute']}/close"):
        answer = shop.post(path)
        assert (answer.status, answer.error) == (
            400,
            {"message": "This dispute is already closed", "type": "invalid_request_error"},
        )


def test_an_inquiry_becomes_a_chargeback(shop: Shop) -> None:
    charge = charged(shop, "tok_createDisputeInquiry")
    sent = {"evidence": {"uncategorized_text": "escalate_inquiry_evidence"}}
    assert shop.post(f"/v1/disputes/{charge['dispute']}", sent).body["status"] == "warning_under_review"
    shop.sandbox.clock.advance(5)
    dispute = shop.get(f"/v1/disputes/{charge['dispute']}").body
    assert (dispute["status"], dispute["payment_method_details"]["card"]["case_type"]) == (
        "needs_response", "chargeback",
    )  # fmt: skip
    assert [each["net"] for each in dispute["balance_transactions"]] == [-3500]


def test_disputes_are_listed_by_charge(shop: Shop) -> None:
    charge, other = charged(shop), charged(shop, "tok_visa")
    assert shop.get("/v1/disputes").body["has_more"] is False
    listed = shop.get(f"/v1/disputes?charge={charge['id']}").body
    assert {**listed, "data": [each["id"] for each in listed["data"]]} == {
        "object": "list",
        "count": 1,
        "data": [charge["dispute"]],
        "has_more": False,
        "url": "/v1/disputes",
    }
    assert shop.get(f"/v1/disputes?charge={other['id']}").body["count"] == 0


def test_the_dispute_of_a_charge_has_a_path_of_its_own(shop: Shop) -> None:
    charge, other = charged(shop), charged(shop, "tok_visa")
    assert shop.get(f"/v1/charges/{charge['id']}/dispute").body["id"] == charge["dispute"]
    answer = shop.get(f"/v1/charges/{other['id']}/dispute")
    assert (answer.status, answer.error) == (
        404,
        {"message": f"No dispute for charge: {other['id']}", "type": "invalid_request_error"},
    )
    assert shop.post(f"/v1/charges/{charge['id']}/dispute/close").body["status"] == "lost"


def test_an_unknown_dispute_is_refused(shop: Shop) -> None:
    answer = shop.get("/v1/disputes/du_1")
    assert (answer.status, answer.error) == (
        404,
        {
            "code": "resource_missing",
            "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
            "message": "No such dispute: 'du_1'",
            "param": "dispute",
            "type": "invalid_request_error",
        },
    )


def test_the_card_network_warns_of_fraud(shop: Shop) -> None:
    charge = charged(shop, "tok_createIssuerFraudRecord")
    (warning,) = shop.get(f"/v1/radar/early_fraud_warnings?charge={charge['id']}").body["data"]
    assert warning == {
        "id": warning["id"],
        "object": "radar.early_fraud_warning",
        "actionable": False,
        "charge": charge["id"],
        "created": charge["created"],
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
    }
    assert shop.event_types()[-1] == "radar.early_fraud_warning.created"
