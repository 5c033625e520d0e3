"""Payments under a test's control: disputes, fraud warnings and balances by the control API, with their events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.client import EmulatorError

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator


def charged(emulator: StripeEmulator, amount: int = 2_000) -> str:
    sent = {"amount": amount, "currency": "usd", "source": "tok_visa"}
    return emulator.client.v1.charges.create(sent).id  # type: ignore[arg-type]


def types(emulator: StripeEmulator) -> list[str]:
    return [event["type"] for event in emulator.webhooks.events()]


def test_a_bank_disputes_a_charge_and_decides(stripe_emulator: StripeEmulator) -> None:
    dispute = stripe_emulator.dispute(charged(stripe_emulator), kind="product_not_received")
    assert (dispute["status"], dispute["reason"]) == ("needs_response", "product_not_received")
    assert stripe_emulator.decide_dispute(dispute, "lost")["status"] == "lost"
    assert stripe_emulator.client.v1.disputes.retrieve(dispute["id"]).status == "lost"
    assert types(stripe_emulator) == [
        "charge.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_a_card_network_reports_fraud(stripe_emulator: StripeEmulator) -> None:
    charge = charged(stripe_emulator)
    warning = stripe_emulator.warn_of_fraud(charge)
    assert (warning["charge"], warning["actionable"]) == (charge, True)
    assert types(stripe_emulator)[-1] == "radar.early_fraud_warning.created"


def test_pending_money_becomes_available(stripe_emulator: StripeEmulator) -> None:
    charged(stripe_emulator)
    before = stripe_emulator.client.v1.balance.retrieve()
    assert (before.available[0].amount, before.pending[0].amount) == (0, 1_912)
    after = stripe_emulator.set_balance()
    assert (after["available"][0]["amount"], after["pending"][0]["amount"]) == (1_912, 0)
    assert [each.status for each in stripe_emulator.client.v1.balance_transactions.list().data] == ["available"]
    assert types(stripe_emulator)[-1] == "balance.available"


def test_a_balance_is_set(stripe_emulator: StripeEmulator) -> None:
    account = stripe_emulator.create_account(type="custom", country="US")
    assert stripe_emulator.set_balance(50_000, "usd", account)["available"][0]["amount"] == 50_000
    assert stripe_emulator.set_balance(-100, account=account)["available"][0]["amount"] == -100
    (second, first) = stripe_emulator.client.v1.balance_transactions.list(
        options={"stripe_account": account["id"]}
    ).data
    assert (first.amount, second.amount, second.type, second.reporting_category) == (
        50_000,
        -50_100,
        "adjustment",
        "other_adjustment",
    )


@pytest.mark.parametrize(
    ("path", "body", "code", "message"),
    [
        ("/charges/ch_1/dispute", {}, "object_not_found", "This sandbox has no charge ch_1."),
        ("/disputes/du_1/decide", {"outcome": "won"}, "object_not_found", "This sandbox has no dispute du_1."),
        ("/disputes/du_1/decide", {}, "missing_field", None),
        ("/balance", {"account": "acct_1"}, "object_not_found", "This sandbox has no connected account acct_1."),
        ("/balance", {"available": "much"}, "invalid_available", None),
        ("/balance", {"available": 1, "currency": "doge"}, "invalid_override", None),
    ],
)
def test_what_cannot_be_is_refused(
    stripe_emulator: StripeEmulator, path: str, body: dict[str, object], code: str, message: str | None
) -> None:
    with pytest.raises(EmulatorError) as refused:
        stripe_emulator._control("POST", path, body)
    assert refused.value.code == code
    assert message is None or refused.value.message == message


def test_a_charge_is_disputed_once_and_for_a_known_reason(stripe_emulator: StripeEmulator) -> None:
    charge = charged(stripe_emulator)
    with pytest.raises(EmulatorError, match=r"kind is 'anger', and must be one of fraudulent, product_not_received"):
        stripe_emulator.dispute(charge, kind="anger")
    stripe_emulator.dispute(charge)
    with pytest.raises(EmulatorError, match=f"{charge} is refunded or disputed already"):
        stripe_emulator.dispute(charge)


def test_a_card_holder_authenticates(stripe_emulator: StripeEmulator) -> None:
    sent = {
        "amount": 2_000,
        "currency": "usd",
        "confirm": True,
        "payment_method": "pm_card_authenticationRequired",
        "payment_method_types": ["card"],
    }
    first, second = (stripe_emulator.client.v1.payment_intents.create(sent) for _ in range(2))  # type: ignore[arg-type]
    assert (first.status, second.status) == ("requires_action", "requires_action")
    assert stripe_emulator.complete_3ds(first)["status"] == "succeeded"
    failed = stripe_emulator.complete_3ds(second.id, "failed")
    assert (failed["status"], failed["last_payment_error"]["code"]) == (
        "requires_payment_method",
        "payment_intent_authentication_failure",
    )
    with pytest.raises(EmulatorError, match=f"{first.id} has the status succeeded, and waits for nobody"):
        stripe_emulator.complete_3ds(first)


def test_a_payout_arrives_or_fails(stripe_emulator: StripeEmulator) -> None:
    stripe_emulator.set_balance(10_000)
    first, second = (stripe_emulator.client.v1.payouts.create({"amount": 4_000, "currency": "usd"}) for _ in range(2))
    assert stripe_emulator.settle_payout(first)["status"] == "paid"
    failed = stripe_emulator.settle_payout(second, "failed", "account_closed")
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
    assert stripe_emulator.client.v1.balance.retrieve().available[0].amount == 6_000
    with pytest.raises(EmulatorError, match=f"{first.id} is paid, and must be pending or in_transit to be paid"):
        stripe_emulator.settle_payout(first)


@pytest.mark.parametrize(("end", "reason"), [("approve", "approved"), ("refund", "refunded"), ("dispute", "disputed")])
def test_a_review_is_open_until_somebody_decides(stripe_emulator: StripeEmulator, end: str, reason: str) -> None:
    stripe, charge = stripe_emulator.client.v1, charged(stripe_emulator)
    review = stripe_emulator.review(charge)
    assert (review["open"], review["opened_reason"], stripe.charges.retrieve(charge).review) == (
        True,
        "manual",
        review["id"],
    )
    if end == "approve":
        stripe.reviews.approve(review["id"])
    elif end == "refund":
        stripe.refunds.create({"charge": charge})
    else:
        stripe_emulator.dispute(charge)
    after = stripe.reviews.retrieve(review["id"])
    assert (after.open, after.closed_reason, after.reason) == (False, reason, reason)
    assert [name for name in types(stripe_emulator) if name.startswith("review")] == ["review.opened", "review.closed"]
    with pytest.raises(EmulatorError, match="is no payment without a review"):
        stripe_emulator.review(charge)
