"""The engine of payments, as payment intents use it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.events import Origin, Transaction
from emulator.model.declaration.endpoint import Scope
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.payments.charges import engine
from emulator.resources.payments.charges.payment import Payment, TransferData
from emulator.resources.payments.methods import payment_methods
from emulator.store.table import Row

from .shop import NOW, Shop

BANK = {
    "type": "us_bank_account",
    "us_bank_account": {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "fingerprint": "kX4lBvG7Tm2cQ9zR",
        "last4": "6789",
        "routing_number": "110000000",
    },
}


def paid(shop: Shop, method: str = "pm_card_visa", **parts: Any) -> Any:
    """The charge of a payment intent, as the API shows it."""
    scope = shop.scope()
    with Transaction(shop.sandbox, Origin(scope.now)):
        row = payment_methods.resolve(scope, method)
        charge = engine.attempt(scope, _payment(scope, row, **parts))
    return shop.get(f"/v1/charges/{charge.id}").body


def debited(shop: Shop, number: str, **parts: Any) -> Any:
    """The charge of a bank account."""
    scope = shop.scope()
    with Transaction(shop.sandbox, Origin(scope.now)):
        method = payment_methods.add(scope, {**BANK, "_number": number})  # type: ignore[dict-item]
        charge = engine.attempt(scope, _payment(scope, method, **parts))
    return shop.get(f"/v1/charges/{charge.id}").body


def _payment(scope: Scope, row: Row[bytes], **parts: Any) -> Payment:
    family = scope.sandbox.ids.family(scope.now, scope.owner)
    own = {"amount": 2_500, "currency": "usd", "intent": scope.sandbox.ids.in_family("pi", family), **parts}
    return Payment(family=family, method=decode(row), method_id=row.id, **own)


def test_the_charge_of_an_intent_has_no_source_but_options_of_radar(shop: Shop) -> None:
    charge = paid(shop)
    assert (charge["source"], charge["radar_options"], charge["payment_intent"][:3]) == (None, {}, "pi_")
    assert charge["payment_method"].startswith("pm_1")
    assert charge["id"][3:20] == charge["payment_intent"][3:20] == charge["balance_transaction"][4:21]


def test_an_asynchronous_payment_shows_its_movements_later(shop: Shop) -> None:
    account = shop.seller()
    before = len(shop.event_types())
    charge = paid(
        shop, asynchronous=True, transfer_data=TransferData(account), application_fee_amount=100, metadata={"a": "1"}
    )
    assert [charge[name] for name in ("balance_transaction", "transfer", "application_fee", "paid")] == [
        None,
        None,
        None,
        True,
    ]
    assert charge["transfer_group"] == f"group_{charge['payment_intent']}"
    shop.sandbox.clock.advance(2)
    later = shop.get(f"/v1/charges/{charge['id']}").body
    transfer, fee, transaction = later["transfer"], later["application_fee"], later["balance_transaction"]
    assert later == {**charge, "transfer": transfer, "application_fee": fee, "balance_transaction": transaction}
    assert (transfer[:3], fee[:4], shop.transaction(transaction)["created"]) == ("tr_", "fee_", NOW)
    assert shop.event_types()[before:] == [
        "transfer.created",
        "application_fee.created",
        "charge.succeeded",
        "charge.updated",
    ]
    previous = shop.get("/v1/events").body["data"][0]["data"]["previous_attributes"]
    assert previous == {"application_fee": None, "balance_transaction": None, "transfer": None}


def test_a_hold_of_an_intent_does_not_expire_by_itself(shop: Shop) -> None:
    held = paid(shop, capture=False)
    shop.sandbox.clock.advance(8 * 86_400)
    assert shop.get(f"/v1/charges/{held['id']}").body == held
    refused = shop.post(f"/v1/charges/{held['id']}/capture")
    assert (refused.status, refused.error["message"].split("). ")[0]) == (
        400,
        f"This Charge was created by a PaymentIntent ({held['payment_intent']}",
    )


def test_the_group_of_an_intents_charge_is_the_intents(shop: Shop) -> None:
    charge = paid(shop)
    refused = shop.post(f"/v1/charges/{charge['id']}", {"transfer_group": "tour"})
    assert (refused.status, refused.error) == (
        400,
        {
            "message": f"This Charge was created by a PaymentIntent ({charge['payment_intent']}). You must update the "
            "`transfer_group` on the PaymentIntent instead of updating the Charge directly. See "
            "https://stripe.com/docs/api#update_payment_intent",
            "type": "invalid_request_error",
        },
    )


def test_a_debit_is_pending_until_the_bank_pays(shop: Shop) -> None:
    charge = debited(shop, "000123456789")
    assert (charge["id"][:3], charge["status"], charge["paid"], charge["captured"]) == ("py_", "pending", False, True)
    assert (charge["balance_transaction"], charge["payment_method_details"]) == (
        None,
        {
            "type": "us_bank_account",
            "us_bank_account": {
                "account_holder_type": "individual",
                "account_type": "checking",
                "bank_name": "STRIPE TEST BANK",
                "fingerprint": "kX4lBvG7Tm2cQ9zR",
                "last4": "6789",
                "payment_reference": None,
                "routing_number": "110000000",
            },
        },
    )
    shop.sandbox.clock.advance(2)
    later = shop.get(f"/v1/charges/{charge['id']}").body
    assert (later["status"], later["paid"], later["outcome"]["type"]) == ("succeeded", True, "authorized")
    transaction = shop.transaction(later["balance_transaction"])
    assert (transaction["type"], transaction["reporting_category"], transaction["status"]) == (
        "payment",
        "charge",
        "available",
    )
    assert shop.event_types() == ["charge.pending", "charge.succeeded"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("000111111113", "account_closed"),
        ("000111111116", "no_account"),
        ("000222222227", "insufficient_funds"),
        ("000333333335", "debit_not_authorized"),
        ("000444444440", "invalid_currency"),
    ],
)
def test_a_debit_fails_as_its_account_says(shop: Shop, number: str, code: str) -> None:
    charge = debited(shop, number)
    assert charge["status"] == "pending"
    shop.sandbox.clock.advance(2)
    failed = shop.get(f"/v1/charges/{charge['id']}").body
    assert [failed[name] for name in ("status", "paid", "captured", "failure_code", "balance_transaction")] == [
        "failed",
        False,
        False,
        code,
        None,
    ]
    assert failed["failure_message"].endswith(".")
    assert shop.event_types() == ["charge.pending", "charge.failed"]
    assert shop.get("/v1/balance_transactions").body["data"] == []


def test_a_debit_that_never_ends_stays_pending(shop: Shop) -> None:
    charge = debited(shop, "000000000009")
    shop.sandbox.clock.advance(30 * 86_400)
    assert shop.get(f"/v1/charges/{charge['id']}").body["status"] == "pending"


def test_a_canceled_debit_moves_no_money(shop: Shop) -> None:
    sent = {
        "amount": 2_500,
        "currency": "eur",
        "confirm": True,
        "payment_method_types": ["sepa_debit"],
        "payment_method_data": {
            "type": "sepa_debit",
            "sepa_debit": {"iban": "AT611904300234573201"},
            "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.com"},
        },
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
    }
    intent = shop.post("/v1/payment_intents", sent).body
    assert intent["status"] == "processing"
    assert shop.post(f"/v1/payment_intents/{intent['id']}/cancel").body["status"] == "canceled"
    shop.sandbox.clock.advance(60)
    charge = shop.get(f"/v1/charges/{intent['latest_charge']}").body
    assert [charge[name] for name in ("status", "paid", "captured", "failure_code", "balance_transaction")] == [
        "failed",
        False,
        False,
        None,
        None,
    ]
    assert shop.event_types()[-2:] == ["charge.failed", "payment_intent.canceled"]
    assert shop.get("/v1/balance_transactions").body["data"] == []


def test_an_application_fee_is_at_most_what_is_captured(shop: Shop) -> None:
    account = shop.seller()
    held = shop.charge(account, capture=False, application_fee_amount=2_000)
    captured = shop.post(f"/v1/charges/{held['id']}/capture", {"amount": 1_000}, stripe_account=account).body
    assert shop.get(f"/v1/application_fees/{captured['application_fee']}").body["amount"] == 1_000


def test_a_released_hold_shows_that_it_is_refunded(shop: Shop) -> None:
    held = paid(shop, capture=False)
    scope = shop.scope()
    row = objects.get(scope, "charge", held["id"])
    assert row is not None
    with Transaction(shop.sandbox, Origin(scope.now)):
        engine.release(scope, row)
    assert shop.get(f"/v1/charges/{held['id']}").body == {**held, "amount_refunded": 2_500, "refunded": True}
    assert shop.event_types() == ["charge.succeeded", "refund.created", "charge.refunded"]
    [refund] = shop.get(f"/v1/charges/{held['id']}/refunds").body["data"]
    assert (refund["amount"], refund["balance_transaction"], refund["reason"]) == (2_500, None, None)


def test_old_versions_show_and_expand_all_charges_of_an_intent(shop: Shop) -> None:
    old = {"stripe_version": "2020-08-27"}
    sent = {"amount": 2_500, "currency": "usd", "payment_method_types": ["card"], "confirm": True}
    declined = shop.post("/v1/payment_intents", {**sent, "payment_method": "pm_card_chargeDeclined"}, **old)
    intent = declined.body["error"]["payment_intent"]["id"]
    expanded = {"payment_method": "pm_card_visa", "expand": ["charges.data.balance_transaction"]}
    charges = shop.post(f"/v1/payment_intents/{intent}/confirm", expanded, **old).body["charges"]
    assert [each["status"] for each in charges.pop("data")] == ["succeeded", "failed"]
    assert charges == {
        "object": "list",
        "has_more": False,
        "total_count": 2,
        "url": f"/v1/charges?payment_intent={intent}",
    }
    shown = shop.get(f"/v1/payment_intents/{intent}?expand[]=charges.data.balance_transaction", **old).body
    assert shown["charges"]["data"][0]["balance_transaction"]["amount"] == 2_500
    refused = shop.get(f"/v1/payment_intents/{intent}?expand[]=charges.data.balance_transaction")
    assert (refused.status, refused.error["message"]) == (400, "This property cannot be expanded (charges).")
