"""Charges with connected accounts: direct ones, destination charges, and those on behalf of an account."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.events import Origin, Transaction
from emulator.resources.payments.intents import customer_actions

from .shop import ABLE, NOW, Shop

DAY = 86_400
CANADA = {
    "country": "CA",
    "individual": {
        **ABLE["individual"],  # type: ignore[dict-item]
        "id_number": "000000000",
        "address": {"line1": "address_full_match", "city": "Ottawa", "state": "ON", "postal_code": "K1A 0A6"},
    },
    "external_account": {
        "object": "bank_account",
        "country": "CA",
        "currency": "cad",
        "routing_number": "11000-000",
        "account_number": "000123456789",
    },
}


def line(amount: int, description: str, kind: str = "stripe_fee", application: str | None = None) -> dict[str, Any]:
    return {
        "amount": amount,
        "application": application,
        "currency": "usd",
        "description": description,
        "type": kind,
    }


def kept(charge: Any, *names: str) -> dict[str, Any]:
    return {name: charge[name] for name in names if name in charge}


def test_a_direct_charge_pays_the_platform_from_the_account(shop: Shop) -> None:
    account = shop.seller()
    before, charge = shop.event_types(account=account), shop.charge(account, application_fee_amount=250)
    application = charge["application"]
    assert application == shop.sandbox.client_id
    assert kept(charge, "application_fee_amount", "destination", "transfer", "transfer_data", "transfer_group") == {
        "application_fee_amount": 250,
        "destination": None,
        "transfer_data": None,
        "transfer_group": None,
    }
    transaction = shop.transaction(charge["balance_transaction"], account)
    assert (transaction["amount"], transaction["fee"], transaction["net"]) == (2_500, 353, 2_147)
    assert transaction["fee_details"] == [
        line(250, "Platform application fee", "application_fee", application),
        line(103, "Stripe processing fees"),
    ]
    fee = shop.get(f"/v1/application_fees/{charge['application_fee']}").body
    assert (fee["amount"], fee["charge"], fee["account"], fee["originating_transaction"]) == (
        250,
        charge["id"],
        account,
        None,
    )
    assert shop.transaction(fee["balance_transaction"])["net"] == 250
    assert shop.event_types(account=account)[len(before) :] == ["charge.succeeded"]
    assert shop.event_types() == ["application_fee.created"]


def test_a_platform_that_pays_the_fees_pays_those_of_direct_charges(shop: Shop) -> None:
    controller = {
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "requirement_collection": "application",
        "stripe_dashboard": {"type": "none"},
    }
    account = shop.seller(type=None, controller=controller)
    charge = shop.charge(account)
    transaction = shop.transaction(charge["balance_transaction"], account)
    assert (transaction["fee"], transaction["net"]) == (0, 2_500)
    [fee] = shop.get("/v1/balance_transactions").body["data"]
    assert kept(fee, "amount", "type", "reporting_category", "source", "description") == {
        "amount": -103,
        "type": "stripe_fee",
        "reporting_category": "fee",
        "source": charge["id"],
        "description": "Stripe processing fees",
    }


def test_a_destination_charge_transfers_all_of_it_and_takes_the_fee_back(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(transfer_data={"destination": account}, application_fee_amount=250)
    assert kept(charge, "application", "application_fee_amount", "destination", "transfer_data", "transfer_group") == {
        "application": None,
        "application_fee_amount": 250,
        "destination": account,
        "transfer_data": {"amount": None, "destination": account},
        "transfer_group": f"group_{charge['id']}",
    }
    transfer = shop.get(f"/v1/transfers/{charge['transfer']}").body
    assert transfer["id"][3:20] == charge["id"][3:20]
    assert (transfer["amount"], transfer["source_transaction"]) == (2_500, charge["id"])
    payment = shop.get(f"/v1/charges/{transfer['destination_payment']}", stripe_account=account).body
    assert kept(payment, "amount", "application_fee", "application_fee_amount", "outcome", "source_transfer") == {
        "amount": 2_500,
        "application_fee": charge["application_fee"],
        "application_fee_amount": 250,
        "outcome": None,
        "source_transfer": transfer["id"],
    }
    assert payment["receipt_url"].startswith("https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8")
    assert shop.transaction(charge["balance_transaction"])["net"] == 2_397
    assert shop.transaction(payment["balance_transaction"], account)["net"] == 2_250
    assert shop.event_types() == ["transfer.created", "application_fee.created", "charge.succeeded"]


def test_a_destination_charge_transfers_a_part(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(transfer_data={"destination": account, "amount": 1_000}, transfer_group="tour")
    assert (charge["transfer_data"], charge["transfer_group"]) == ({"amount": 1_000, "destination": account}, "tour")
    transfer = shop.get(f"/v1/transfers/{charge['transfer']}").body
    assert (transfer["amount"], transfer["transfer_group"]) == (1_000, "tour")


def test_a_held_destination_charge_transfers_at_its_capture(shop: Shop) -> None:
    account = shop.seller()
    held = shop.charge(transfer_data={"destination": account}, application_fee_amount=250, capture=False)
    assert "transfer" not in held
    assert (held["application_fee"], shop.get("/v1/transfers").body["data"]) == (None, [])
    captured = shop.post(f"/v1/charges/{held['id']}/capture", {"amount": 2_000, "application_fee_amount": 300}).body
    assert captured["application_fee_amount"] == 300
    assert shop.get(f"/v1/transfers/{captured['transfer']}").body["amount"] == 2_000
    assert shop.get(f"/v1/application_fees/{captured['application_fee']}").body["amount"] == 300


def test_a_capture_sets_the_amount_of_the_transfer(shop: Shop) -> None:
    account = shop.seller()
    held = shop.charge(transfer_data={"destination": account}, capture=False)
    captured = shop.post(f"/v1/charges/{held['id']}/capture", {"transfer_data": {"amount": 700}}).body
    assert captured["transfer_data"] == {"amount": 700, "destination": account}
    assert shop.get(f"/v1/transfers/{captured['transfer']}").body["amount"] == 700
    plain = shop.charge(capture=False)["id"]
    refused = shop.post(f"/v1/charges/{plain}/capture", {"transfer_data": {"amount": 700}})
    assert (refused.status, refused.error["param"]) == (400, "transfer_data")
    refused = shop.post(f"/v1/charges/{plain}/capture", {"application_fee_amount": 700})
    assert (refused.status, refused.error["param"]) == (400, "application_fee_amount")


def test_a_charge_on_behalf_of_an_account_settles_as_the_account_does(shop: Shop) -> None:
    account = shop.seller(**CANADA)
    charge = shop.charge(
        amount=1_000, transfer_data={"destination": account}, on_behalf_of=account, application_fee_amount=100
    )
    transaction = shop.transaction(charge["balance_transaction"])
    assert kept(transaction, "amount", "currency", "exchange_rate", "fee", "available_on") == {
        "amount": 1_399,
        "currency": "cad",
        "exchange_rate": 1.3985,
        "fee": 96,
        "available_on": NOW - NOW % DAY + 7 * DAY,
    }
    transfer = shop.get(f"/v1/transfers/{charge['transfer']}").body
    payment = shop.get(f"/v1/charges/{transfer['destination_payment']}", stripe_account=account).body
    assert (transfer["amount"], transfer["currency"]) == (1_399, "cad")
    assert (payment["amount"], payment["currency"], payment["application_fee_amount"]) == (1_399, "cad", 140)
    assert charge["calculated_statement_descriptor"] == "ACCESSIBLE.STRIPE.COM"


def test_the_money_of_a_destination_charge_is_available_when_the_destination_has_it(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(transfer_data={"destination": account})
    assert shop.transaction(charge["balance_transaction"])["available_on"] == NOW - NOW % DAY + 2 * DAY


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"application_fee_amount": 100},
            (
                "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
                "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`)."
            ),
        ),
        ({"transfer_data": {"destination": "000000005"}}, "No such destination: '000000005'"),
        ({"destination": "000000005"}, "No such destination: '000000005'"),
    ],
)
def test_a_charge_with_wrong_terms_is_refused(shop: Shop, params: dict[str, object], message: str) -> None:
    refused = shop.refused(None, **params)
    assert (refused.status, refused.error["message"]) == (400, message)
    assert shop.get("/v1/charges").body["data"] == []


def test_a_debit_for_a_deleted_account_fails_and_moves_nothing(shop: Shop) -> None:
    seller = shop.seller()
    sent = {
        "amount": 1_000,
        "currency": "eur",
        "confirm": "true",
        "payment_method": "pm_sepaDebit_success_de",
        "payment_method_types": ["sepa_debit"],
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
        "transfer_data": {"destination": seller},
    }
    intent = shop.post("/v1/payment_intents", sent).body
    assert intent["status"] == "processing"
    shop.delete(f"/v1/accounts/{seller}")
    shop.sandbox.clock.set(NOW + 60)
    assert shop.get("/v1/balance_transactions").body["data"] == []
    assert shop.get(f"/v1/payment_intents/{intent['id']}").body["status"] == "requires_payment_method"
    charge = shop.get(f"/v1/charges/{intent['latest_charge']}").body
    assert (charge["status"], charge["failure_code"]) == ("failed", None)
    assert charge["failure_message"] == f"No such destination: '{seller}'"


def test_an_authenticated_payment_for_a_deleted_account_moves_nothing(shop: Shop) -> None:
    seller = shop.seller()
    sent = {
        "amount": 1_000,
        "currency": "usd",
        "confirm": "true",
        "payment_method": "pm_card_authenticationRequired",
        "payment_method_types": ["card"],
        "transfer_data": {"destination": seller},
    }
    intent = shop.post("/v1/payment_intents", sent).body
    shop.delete(f"/v1/accounts/{seller}")
    with Transaction(shop.sandbox, Origin(NOW)):
        customer_actions.complete_3ds(shop.scope(), intent["id"], "succeeded")
    after = shop.get(f"/v1/payment_intents/{intent['id']}").body
    assert (after["status"], after["latest_charge"]) == ("requires_payment_method", None)
    assert after["last_payment_error"]["message"] == f"No such destination: '{seller}'"
    assert shop.get("/v1/balance_transactions").body["data"] == []


def test_a_payment_method_that_another_customer_has_saved_meanwhile_is_not_charged(shop: Shop) -> None:
    method = shop.post("/v1/payment_methods", {"type": "card", "card": {"token": "tok_threeDSecure2Required"}}).body[
        "id"
    ]
    intents = []
    for _ in range(2):
        sent = {
            "amount": 1_000,
            "currency": "usd",
            "confirm": "true",
            "customer": shop.post("/v1/customers").body["id"],
            "payment_method": method,
            "payment_method_types": ["card"],
            "setup_future_usage": "off_session",
        }
        intents.append(shop.post("/v1/payment_intents", sent).body["id"])
    for intent in intents:
        with Transaction(shop.sandbox, Origin(NOW)):
            customer_actions.complete_3ds(shop.scope(), intent, "succeeded")
    statuses = [shop.get(f"/v1/payment_intents/{intent}").body["status"] for intent in intents]
    assert statuses == ["succeeded", "requires_payment_method"]
    assert len(shop.get("/v1/charges").body["data"]) == len(shop.get("/v1/balance_transactions").body["data"]) == 1
