"""The payment sources of `POST /v1/charges`: tokens, cards, and saved cards of customers."""

from __future__ import annotations

from .shop import Shop

NUMBER = {"number": "4242424242424242", "exp_month": "11", "exp_year": "2034", "cvc": "123"}


def customer(shop: Shop, **params: object) -> str:
    answer = shop.post("/v1/customers", params)
    assert answer.status == 200, answer.body
    return str(answer.body["id"])


def test_a_token_can_be_charged_once(shop: Shop) -> None:
    token = shop.post("/v1/tokens", {"card": {**NUMBER, "address_zip": "94103", "name": "Jenny Rosen"}}).body
    charge = shop.charge(source=token["id"])
    source = charge["source"]
    assert (source["id"], charge["payment_method"]) == (token["card"]["id"], token["card"]["id"])
    assert (source["cvc_check"], source["address_zip_check"], source["name"]) == ("pass", "pass", "Jenny Rosen")
    assert charge["billing_details"]["name"] == "Jenny Rosen"
    assert charge["billing_details"]["address"]["postal_code"] == "94103"
    refused = shop.refused(source=token["id"])
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        400,
        "token_already_used",
        f"You cannot use a Stripe token more than once: {token['id']}.",
    )


def test_a_card_can_be_sent_whole(shop: Shop) -> None:
    charge = shop.charge(source=None, card=NUMBER)
    assert (charge["source"]["last4"], charge["source"]["exp_year"]) == ("4242", 2034)


def test_the_default_card_of_a_customer_is_charged(shop: Shop) -> None:
    jenny = customer(shop, source="tok_mastercard")
    card = shop.get(f"/v1/customers/{jenny}").body["default_source"]
    charge = shop.charge(source=None, customer=jenny)
    assert (charge["customer"], charge["payment_method"], charge["source"]["customer"]) == (jenny, card, jenny)
    assert (charge["source"]["brand"], charge["source"]["cvc_check"]) == ("MasterCard", "pass")
    assert [each["id"] for each in shop.get(f"/v1/charges?customer={jenny}").body["data"]] == [charge["id"]]


def test_another_card_of_a_customer_is_charged_by_its_id(shop: Shop) -> None:
    jenny = customer(shop, source="tok_mastercard")
    card = shop.post(f"/v1/customers/{jenny}/sources", {"source": "tok_visa"}).body["id"]
    charge = shop.charge(customer=jenny, source=card)
    assert (charge["payment_method"], charge["source"]["brand"]) == (card, "Visa")


def test_a_token_is_no_card_of_a_customer(shop: Shop) -> None:
    jenny = customer(shop, source="tok_visa")
    refused = shop.refused(customer=jenny, source="tok_visa")
    assert (refused.status, refused.error) == (
        404,
        {
            "code": "resource_missing",
            "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
            "message": f"Customer {jenny} does not have card with ID tok_visa",
            "param": "card",
            "type": "invalid_request_error",
        },
    )


def test_a_customer_without_anything_cannot_be_charged(shop: Shop) -> None:
    refused = shop.refused(source=None, customer=customer(shop))
    assert (refused.status, refused.error) == (
        402,
        {
            "code": "missing",
            "doc_url": "https://stripe.com/docs/error-codes/missing",
            "message": "This Customer doesn't have any saved payment details. Attach a legacy Token, Card, Bank Account, "
            "or Source to this Customer and then try this request again, or use Payment Intents and Payment Methods "
            "instead.",
            "param": "card",
            "type": "card_error",
        },
    )


def test_a_payment_method_of_a_customer_needs_a_payment_intent(shop: Shop) -> None:
    jenny = customer(shop, payment_method="pm_card_visa")
    refused = shop.refused(source=None, customer=jenny)
    assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
        402,
        "missing",
        "card",
        (
            "This Customer doesn't have any legacy saved payment details, but does have a Payment Method attached. Use a "
            "Payment Intent instead of creating a Charge: https://stripe.com/docs/payments/payment-intents/migration"
        ),
    )


def test_an_unknown_customer_cannot_be_charged(shop: Shop) -> None:
    refused = shop.refused(source=None, customer="cus_1")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400,
        "customer",
        "No such customer: 'cus_1'",
    )


def test_a_saved_card_that_fails_later_keeps_its_charge(shop: Shop) -> None:
    jenny = customer(shop, source="tok_chargeCustomerFail")
    refused = shop.refused(source=None, customer=jenny)
    assert (refused.status, refused.error["code"]) == (402, "card_declined")
    assert shop.get(f"/v1/charges/{refused.error['charge']}").body["customer"] == jenny


def bank_account(shop: Shop, token: str) -> tuple[str, str]:
    jenny = customer(shop, source=token)
    return jenny, str(shop.get(f"/v1/customers/{jenny}").body["default_source"])


def test_a_verified_bank_account_pays_later(shop: Shop) -> None:
    jenny, account = bank_account(shop, "btok_us_verified")
    charge = shop.charge(source=account, customer=jenny)
    assert charge["id"].startswith("py_")
    assert (charge["status"], charge["paid"], charge["balance_transaction"]) == ("pending", False, None)
    assert charge["source"] == shop.get(f"/v1/customers/{jenny}/sources/{account}").body
    assert charge["source"]["status"] == "verified"
    assert charge["payment_method"] == account
    assert charge["payment_method_details"] == {
        "ach_debit": {
            "account_holder_type": None,
            "bank_name": "STRIPE TEST BANK",
            "country": "US",
            "fingerprint": charge["source"]["fingerprint"],
            "last4": "6789",
            "routing_number": "110000000",
        },
        "type": "ach_debit",
    }
    shop.sandbox.clock.advance(2)
    assert shop.get(f"/v1/charges/{charge['id']}").body["status"] == "succeeded"


def test_a_bank_account_that_has_no_money_fails_later(shop: Shop) -> None:
    jenny, account = bank_account(shop, "btok_us_verified_insufficientFunds")
    charge = shop.charge(source=account, customer=jenny)
    shop.sandbox.clock.advance(2)
    failed = shop.get(f"/v1/charges/{charge['id']}").body
    assert (failed["status"], failed["failure_code"]) == ("failed", "insufficient_funds")


def test_bank_accounts_that_cannot_be_charged(shop: Shop) -> None:
    jenny, account = bank_account(shop, "btok_us")
    refused = shop.refused(source=account, customer=jenny)
    assert (refused.status, refused.error["type"], refused.error["message"]) == (
        400,
        "invalid_request_error",
        "The customer's bank account must be verified in order to create an ACH payment.",
    )
    shop.post(f"/v1/customers/{jenny}/sources/{account}/verify", {"amounts": [32, 45]})
    refused = shop.refused(source=account, customer=jenny, capture="false")
    assert (refused.status, refused.error["message"]) == (400, "You cannot pass capture=false for this payment type.")
    refused = shop.refused(source=account, customer=jenny, currency="eur")
    assert (refused.status, refused.error["param"]) == (400, "currency")
    assert shop.charge(source=None, customer=jenny)["status"] == "pending"


def test_a_card_of_a_wallet_can_be_sent_whole(shop: Shop) -> None:
    wallet = {**NUMBER, "cryptogram": "EHuWW9PiBkWvqE5juRwDzAUFBAk=", "eci": "05", "tokenization_method": "apple_pay"}
    charge = shop.charge(source=None, card=wallet)
    assert (charge["source"]["tokenization_method"], charge["source"]["dynamic_last4"]) == ("apple_pay", "4242")
    assert charge["payment_method_details"]["card"]["wallet"]["type"] == "apple_pay"
    jenny = customer(shop, card=wallet)
    [card] = shop.get(f"/v1/customers/{jenny}/sources").body["data"]
    assert card["tokenization_method"] == "apple_pay"


def test_a_charge_shows_which_rules_of_radar_it_skips(shop: Shop) -> None:
    assert shop.charge(radar_options={"skip_rules": ["all"]})["radar_options"] == {"skip_rules": ["all"]}
    assert "radar_options" not in shop.charge()
    intent = {"amount": 1000, "currency": "usd", "payment_method_types": ["card"], "expand": ["latest_charge"]}
    paid = {**intent, "payment_method": "pm_card_visa", "confirm": "true"}
    skips = shop.post("/v1/payment_intents", {**paid, "radar_options": {"skip_rules": ["all"]}}).body
    assert skips["latest_charge"]["radar_options"] == {"skip_rules": ["all"]}
    assert shop.post("/v1/payment_intents", paid).body["latest_charge"]["radar_options"] == {}
    later = shop.post("/v1/payment_intents", intent).body["id"]
    confirmed = {"payment_method": "pm_card_visa", "radar_options": {"skip_rules": ["all"]}}
    url = f"/v1/payment_intents/{later}/confirm"
    body = shop.post(url, {**confirmed, "expand": ["latest_charge"]}).body
    assert body["latest_charge"]["radar_options"] == {"skip_rules": ["all"]}


def test_the_refund_of_a_pending_charge_is_not_emulated(shop: Shop) -> None:
    jenny, account = bank_account(shop, "btok_us_verified")
    charge = shop.charge(source=account, customer=jenny)["id"]
    answer = shop.post("/v1/refunds", {"charge": charge})
    assert (answer.status, answer.error["code"]) == (501, "emulator_not_emulated")
    assert answer.error["message"] == (
        f"The emulator does not emulate the refund of {charge}, which is pending. Stripe has it; "
        "FIDELITY.md lists what is emulated."
    )
    assert shop.get("/v1/refunds").body["data"] == []
