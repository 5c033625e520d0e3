"""Payment methods: made, saved, listed, updated, detached and cloned."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.settings import Settings

from ....api import PUBLISHABLE, Api

CARD = {"number": "4242424242424242", "exp_month": "11", "exp_year": "2034", "cvc": "123"}
NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
HOLDER = {"name": "Jenny Rosen", "email": "jenny@example.com"}
USED_UP = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
    "a PaymentMethod multiple times, you must attach it to a Customer first."
)


def card(api: Api, **card: str) -> Any:
    return api.posted("payment_methods", type="card", card={**CARD, **card})


def customer(api: Api, **params: Any) -> str:
    answer = api.post("/v1/customers", params)
    assert answer.status == 200, answer.body
    return str(answer.body["id"])


def events(api: Api) -> list[Any]:
    return list(reversed(api.get("/v1/events?limit=100").body["data"]))


def types(api: Api) -> list[str]:
    return [event["type"] for event in events(api)]


# --- create -----------------------------------------------------------------------------------------------------------


def test_a_card_becomes_a_payment_method(api: Api) -> None:
    body = card(api)
    assert body.pop("id").startswith("pm_1")
    assert isinstance(body.pop("created"), int)
    assert len(body["card"].pop("fingerprint")) == 16
    assert body == {
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None},
        "card": {
            "brand": "visa",
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
            "country": "US",
            "display_brand": "visa",
            "exp_month": 11,
            "exp_year": 2034,
            "funding": "credit",
            "generated_from": None,
            "last4": "4242",
            "networks": {"available": ["visa"], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "shared_payment_granted_token": None,
        "type": "card",
    }
    assert types(api) == []


def test_what_was_sent_with_a_card_is_checked_later(api: Api) -> None:
    without = {name: value for name, value in CARD.items() if name != "cvc"}
    address = {"line1": "1 Main St", "postal_code": "12345", "country": "US"}
    body = api.posted(
        "payment_methods",
        type="card",
        card=without,
        billing_details={"address": address, "name": "Jenny"},
        metadata={"a": "1"},
        allow_redisplay="always",
    )
    assert body["card"]["checks"] == {
        "address_line1_check": "unchecked",
        "address_postal_code_check": "unchecked",
        "cvc_check": None,
    }
    assert body["billing_details"] == {
        "address": {**NO_ADDRESS, **address},
        "email": None,
        "name": "Jenny",
        "phone": None,
        "tax_id": None,
    }
    assert (body["metadata"], body["allow_redisplay"]) == ({"a": "1"}, "always")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("visa", ("visa", "4242", "US", "credit")),
        ("mastercard", ("mastercard", "4444", "US", "credit")),
        ("amex", ("amex", "8431", "US", "credit")),
        ("discover", ("discover", "9424", "US", "credit")),
        ("visa_debit", ("visa", "5556", "US", "debit")),
        ("mastercard_prepaid", ("mastercard", "5100", "US", "prepaid")),
        ("authenticationRequired", ("visa", "3184", "DE", "credit")),
        ("fr", ("visa", "0003", "FR", "credit")),
    ],
)
def test_a_name_makes_a_new_card_each_time(api: Api, name: str, shown: tuple[str, ...]) -> None:
    one, other = (api.get(f"/v1/payment_methods/pm_card_{name}").body for _ in range(2))
    assert one["id"] != other["id"]
    card = one["card"]
    assert (card["brand"], card["last4"], card["country"], card["funding"]) == shown
    assert (card["checks"]["cvc_check"], card["fingerprint"]) == ("unchecked", other["card"]["fingerprint"])
    assert api.get(f"/v1/payment_methods/{one['id']}").body == one


def test_networks_of_a_card_with_two_brands(api: Api) -> None:
    shown = api.get("/v1/payment_methods/pm_card_visa_cartesBancaires").body["card"]
    assert shown["networks"] == {"available": ["cartes_bancaires", "visa"], "preferred": None}
    sent = {**CARD, "number": "4000002500001001", "networks": {"preferred": "visa"}}
    assert api.posted("payment_methods", type="card", card=sent)["card"]["networks"]["preferred"] == "visa"
    refused = api.post(
        "/v1/payment_methods", {"type": "card", "card": {**CARD, "networks": {"preferred": "mastercard"}}}
    )
    assert (refused.status, refused.error["param"]) == (400, "card[networks][preferred]")


def test_a_card_of_a_token(api: Api) -> None:
    token = api.post("/v1/tokens", {"card": {**CARD, "name": "Jenny", "address_zip": "12345"}}).body["id"]
    body = api.posted("payment_methods", type="card", card={"token": token})
    assert body["billing_details"]["name"] == "Jenny"
    assert body["card"]["checks"]["address_postal_code_check"] == "unchecked"
    used = api.post("/v1/payment_methods", {"type": "card", "card": {"token": token}})
    assert (used.status, used.error["code"]) == (400, "token_already_used")
    assert api.posted("payment_methods", type="card", card={"token": "tok_mastercard"})["card"]["brand"] == "mastercard"


@pytest.mark.parametrize(
    ("params", "error"),
    [
        (
            {"card": {**CARD, "number": "4242 4242 4242 4241"}},
            {"code": "incorrect_number", "message": "Your card number is incorrect.", "param": "number"},
        ),
        (
            {"card": {**CARD, "exp_month": "13"}},
            {
                "code": "invalid_expiry_month",
                "message": "Your card's expiration month is invalid.",
                "param": "exp_month",
            },
        ),
        (
            {"card": {**CARD, "exp_year": "2020"}},
            {"code": "invalid_expiry_year", "message": "Your card's expiration year is invalid.", "param": "exp_year"},
        ),
        (
            {"card": {**CARD, "cvc": "12"}},
            {"code": "invalid_cvc", "message": "Your card's security code is invalid.", "param": "cvc"},
        ),
        (
            {"card": {**CARD, "number": "4539578763621486"}},
            {
                "code": "card_declined",
                "decline_code": "test_mode_live_card",
                "message": "Your card was declined. Your request was in test mode, but used a non test (live) card. "
                "For a list of valid test cards, visit: https://stripe.com/docs/testing.",
            },
        ),
    ],
)
def test_a_card_that_cannot_be_one_is_refused(api: Api, params: Any, error: dict[str, str]) -> None:
    answer = api.post("/v1/payment_methods", {"type": "card", **params})
    code = error["code"].replace("_", "-")
    doc = {"doc_url": f"https://stripe.com/docs/error-codes/{code}", "type": "card_error"}
    assert (answer.status, answer.error) == (402, error | doc)


@pytest.mark.parametrize(
    ("params", "code", "param", "message"),
    [
        ({}, "parameter_missing", "type", "Missing required param: type."),
        ({"type": "card"}, "parameter_missing", "card", "Missing required param: card."),
        (
            {"type": "card", "card": CARD, "customer": "cus_1"},
            None,
            None,
            (
                "You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please instead create the "
                "PaymentMethod and then attach it using the attachment method of the PaymentMethods API."
            ),
        ),
        ({"type": "card", "card": {"token": "pm_card_visa"}}, None, "token", "Invalid token id: pm_card_visa"),
        (
            {"type": "card", "card": {"token": "tok_invalid_x"}},
            None,
            None,
            "There is a part of the token that is not valid: 'invalid'.",
        ),
        (
            {"type": "card", "card": {"token": "tok_1TESTaaaaaaaaaaaaaaaaaaa"}},
            "resource_missing",
            "card[token]",
            "No such token: 'tok_1TESTaaaaaaaaaaaaaaaaaaa'",
        ),
    ],
)
def test_a_payment_method_of_nothing_is_refused(
    api: Api, params: Any, code: str | None, param: str | None, message: str
) -> None:
    answer = api.post("/v1/payment_methods", params)
    error = answer.error
    assert (answer.status, error.get("code"), error.get("param"), error["message"]) == (400, code, param, message)


def test_numbers_with_a_secret_key_are_a_setting() -> None:
    api = Api(Settings(raw_card_numbers=False))
    for path, params in (
        ("/v1/payment_methods", {"type": "card", "card": CARD}),
        ("/v1/tokens", {"card": CARD}),
    ):
        refused = api.post(path, params)
        assert (refused.status, refused.error) == (
            402,
            {
                "message": "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you "
                "use test tokens that map to the test card you are using, see https://stripe.com/docs/testing. To "
                "enable testing raw card data APIs, see "
                "https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis.",
                "type": "invalid_request_error",
            },
        )
        assert api.post(path, params, authorization=f"Bearer {PUBLISHABLE}").status == 200
    assert api.posted("payment_methods", type="card", card={"token": "tok_visa"})["card"]["last4"] == "4242"


# --- other types ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sent", "shown"),
    [
        (
            "us_bank_account",
            {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "company"},
            {
                "account_holder_type": "company",
                "account_type": "checking",
                "bank_name": "STRIPE TEST BANK",
                "financial_connections_account": None,
                "last4": "6789",
                "networks": {"preferred": "ach", "supported": ["ach"]},
                "routing_number": "110000000",
                "status_details": {},
            },
        ),
        (
            "sepa_debit",
            {"iban": "DE89370400440532013000"},
            {
                "bank_code": "37040044",
                "branch_code": "",
                "country": "DE",
                "generated_from": {"charge": None, "setup_attempt": None},
                "last4": "3000",
            },
        ),
        (
            "acss_debit",
            {"account_number": "000123456789", "institution_number": "000", "transit_number": "11000"},
            {
                "bank_name": "STRIPE TEST BANK",
                "institution_number": "000",
                "last4": "6789",
                "transit_number": "11000",
            },
        ),
        ("ideal", {"bank": "ing"}, {"bank": "ing", "bic": "INGBNL2A"}),
        ("klarna", None, {"dob": None}),
        ("alipay", None, {}),
    ],
)
def test_other_types_show_what_they_are_made_of(api: Api, kind: str, sent: Any, shown: Any) -> None:
    body = api.posted("payment_methods", type=kind, billing_details=HOLDER, **({kind: sent} if sent else {}))
    details = {name: value for name, value in body[kind].items() if name != "fingerprint"}
    assert (body["type"], details, "card" in body) == (kind, shown, False)


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"type": "us_bank_account"}, "parameter_missing", "us_bank_account"),
        (
            {"type": "us_bank_account", "us_bank_account": {"account_number": "000123456789"}},
            "parameter_missing",
            "billing_details[name]",
        ),
        (
            {
                "type": "us_bank_account",
                "us_bank_account": {"account_number": "000123456789"},
                "billing_details": HOLDER,
            },
            "parameter_missing",
            "us_bank_account[routing_number]",
        ),
        (
            {
                "type": "us_bank_account",
                "us_bank_account": {"account_number": "000123456780", "routing_number": "110000000"},
                "billing_details": HOLDER,
            },
            "account_number_invalid",
            "us_bank_account[account_number]",
        ),
        (
            {"type": "sepa_debit", "sepa_debit": {"iban": "DE00370400440532013000"}, "billing_details": HOLDER},
            "invalid_bank_account_iban",
            "sepa_debit[iban]",
        ),
        (
            {"type": "sepa_debit", "sepa_debit": {"iban": "AT271904300000055555"}, "billing_details": HOLDER},
            "sepa_debit_bank_not_supported",
            "sepa_debit[iban]",
        ),
    ],
)
def test_a_bank_account_that_cannot_be_debited_is_refused(api: Api, params: Any, code: str, param: str) -> None:
    answer = api.post("/v1/payment_methods", params)
    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, code, param)


@pytest.mark.parametrize(
    ("name", "kind", "last4"),
    [("usBankAccount_noAccount", "us_bank_account", "1116"), ("sepaDebit_failed_fr", "sepa_debit", "2607")],
)
def test_names_of_bank_accounts(api: Api, name: str, kind: str, last4: str) -> None:
    body = api.get(f"/v1/payment_methods/pm_{name}").body
    assert (body["type"], body[kind]["last4"]) == (kind, last4)


# --- of a customer ----------------------------------------------------------------------------------------------------


def test_attaching_checks_the_card_and_emits_an_event(api: Api) -> None:
    method, owner = card(api), customer(api)
    attached = api.posted(f"payment_methods/{method['id']}/attach", customer=owner)
    checked = {**method["card"], "checks": {**method["card"]["checks"], "cvc_check": "pass"}}
    assert attached == {**method, "customer": owner, "card": checked}
    assert types(api) == ["customer.created", "payment_method.attached"]
    assert events(api)[-1]["data"] == {"object": attached}
    assert api.posted(f"payment_methods/{method['id']}/attach", customer=owner) == attached
    assert len(events(api)) == 2
    elsewhere = api.post(f"/v1/payment_methods/{method['id']}/attach", {"customer": customer(api)})
    assert (elsewhere.status, elsewhere.error) == (
        400,
        {
            "message": "The payment method you provided has already been attached to a customer.",
            "type": "invalid_request_error",
        },
    )


@pytest.mark.parametrize(
    ("method", "params", "refusal", "message"),
    [
        ("pm_card_visa", {}, (400, "parameter_missing", None), "Must provide customer or customer_account."),
        (
            "pm_card_visa",
            {"customer_account": "acct_1"},
            (501, "emulator_not_emulated", "customer_account"),
            (
                "The emulator does not emulate the parameter customer_account. Stripe has it; FIDELITY.md lists what is "
                "emulated."
            ),
        ),
        ("pm_card_visa", {"customer": "cus_1"}, (400, "resource_missing", "customer"), "No such customer: 'cus_1'"),
        (
            "pm_1",
            {"customer": "cus_1"},
            (404, "resource_missing", "payment_method"),
            (
                "No such PaymentMethod: 'pm_1'; It's possible this PaymentMethod exists on one of your connected accounts, "
                "in which case you should retry this request on that connected account. Learn more at "
                "https://stripe.com/docs/connect/authentication"
            ),
        ),
    ],
)
def test_what_cannot_be_attached(api: Api, method: str, params: Any, refusal: Any, message: str) -> None:
    answer = api.post(f"/v1/payment_methods/{method}/attach", params)
    error = answer.error
    assert ((answer.status, error["code"], error.get("param")), error["message"]) == (refusal, message)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (
            "visa_chargeDeclined",
            {
                "advice_code": "try_again_later",
                "code": "card_declined",
                "decline_code": "generic_decline",
                "doc_url": "https://stripe.com/docs/error-codes/card-declined",
                "message": "Your card was declined.",
                "network_decline_code": "01",
                "param": "",
                "type": "card_error",
            },
        ),
        (
            "chargeDeclinedExpiredCard",
            {
                "advice_code": "confirm_card_data",
                "code": "expired_card",
                "decline_code": "expired_card",
                "doc_url": "https://stripe.com/docs/error-codes/expired-card",
                "message": "Your card has expired.",
                "network_advice_code": "03",
                "network_decline_code": "54",
                "param": "exp_month",
                "type": "card_error",
            },
        ),
    ],
)
def test_a_card_that_its_bank_declines_cannot_be_attached(api: Api, name: str, error: dict[str, str]) -> None:
    answer = api.post(f"/v1/payment_methods/pm_card_{name}/attach", {"customer": customer(api)})
    assert (answer.status, answer.error) == (402, error)
    assert list(answer.error) == sorted(answer.error)


@pytest.mark.parametrize(
    ("number", "extra", "status"),
    [
        ("4000000000000101", {}, 402),
        ("4000000000000101", {"cvc": None}, 200),
        ("4000000000000036", {}, 200),
        ("4000000000000036", {"zip": "12345"}, 402),
        ("4000000000000341", {}, 200),
        ("4000000000000010", {"zip": "12345"}, 200),
    ],
)
def test_checks_that_fail_decline_some_cards(api: Api, number: str, extra: Any, status: int) -> None:
    sent = {name: value for name, value in {**CARD, "number": number}.items() if extra.get(name, value) is not None}
    billing: Any = {"billing_details": {"address": {"postal_code": extra["zip"]}}} if "zip" in extra else {}
    method = api.posted("payment_methods", type="card", card=sent, **billing)
    attached = api.post(f"/v1/payment_methods/{method['id']}/attach", {"customer": customer(api)})
    assert attached.status == status, attached.body


def test_a_customer_has_the_payment_methods_that_were_attached(api: Api) -> None:
    owner, other = customer(api), customer(api)
    path = "/v1/payment_methods/pm_card_{}/attach"
    visa, amex = (api.posted(path.format(name), customer=owner) for name in ("visa", "amex"))
    debit = api.posted("payment_methods/pm_usBankAccount_success/attach", customer=owner)
    foreign = api.posted(path.format("visa"), customer=other)
    every = {"object": "list", "data": [debit, amex, visa], "has_more": False}
    assert api.get(f"/v1/payment_methods?customer={owner}").body == {**every, "url": "/v1/payment_methods"}
    below = f"/v1/customers/{owner}/payment_methods"
    assert api.get(below).body == {**every, "url": below}
    assert api.get(f"{below}?type=card&limit=1").body["data"] == [amex]
    assert api.get("/v1/payment_methods").body["data"] == []
    assert api.get(f"{below}/{visa['id']}").body == visa
    refused = api.get(f"{below}/{foreign['id']}")
    assert (refused.status, refused.error) == (
        404,
        {"message": "Invalid request", "param": "customer", "type": "invalid_request_error"},
    )
    unknown = api.get("/v1/payment_methods?customer=cus_1")
    assert (unknown.status, unknown.error["code"], unknown.error["param"]) == (400, "resource_missing", "customer")
    unknown = api.get("/v1/customers/cus_1/payment_methods")
    assert (unknown.status, unknown.error["code"], unknown.error["param"]) == (404, "resource_missing", "id")


def test_details_of_an_attached_payment_method_change_leaf_by_leaf(api: Api) -> None:
    owner = customer(api)
    method = api.posted("payment_methods/pm_card_visa/attach", customer=owner)["id"]
    path = f"/v1/payment_methods/{method}"
    api.posted(path, billing_details={"name": "Jenny", "address": {"city": "Bern"}}, metadata={"a": "1"})
    changed = api.posted(
        path,
        billing_details={"address": {"line1": "1 Main St"}, "name": ""},
        card={"exp_month": "12", "exp_year": "2035"},
        metadata={"b": "2"},
        allow_redisplay="limited",
    )
    assert changed["billing_details"]["address"] == {**NO_ADDRESS, "city": "Bern", "line1": "1 Main St"}
    assert (changed["billing_details"]["name"], changed["metadata"]) == (None, {"a": "1", "b": "2"})
    assert (changed["card"]["exp_month"], changed["card"]["exp_year"], changed["card"]["last4"]) == (12, 2035, "4242")
    assert events(api)[-1]["type"] == "payment_method.updated"
    assert events(api)[-1]["data"]["previous_attributes"]["allow_redisplay"] == "unspecified"
    late = api.post(path, {"card": {"exp_year": "2019"}})
    assert (late.status, late.error["code"]) == (402, "invalid_expiry_year")


def test_a_payment_method_of_nobody_cannot_be_updated(api: Api) -> None:
    refused = api.post(f"/v1/payment_methods/{card(api)['id']}", {"metadata": {"a": "1"}})
    assert (refused.status, refused.error["message"]) == (
        400,
        "You must save this PaymentMethod to a customer before you can update it.",
    )


def test_a_detached_payment_method_cannot_be_used_again(api: Api) -> None:
    method = api.posted("payment_methods/pm_card_visa/attach", customer=customer(api))
    owner = method["customer"]
    api.posted(f"customers/{owner}", invoice_settings={"default_payment_method": method["id"]})
    detached = api.posted(f"payment_methods/{method['id']}/detach", expand=["customer"])
    assert detached == {**method, "customer": None}
    assert api.get(f"/v1/customers/{owner}").body["invoice_settings"]["default_payment_method"] is None
    (event,) = (each for each in events(api) if each["type"] == "payment_method.detached")
    assert event["data"] == {"object": detached, "previous_attributes": {"customer": owner}}
    again = api.post(f"/v1/payment_methods/{method['id']}/attach", {"customer": owner})
    assert (again.status, again.error) == (400, {"message": USED_UP, "type": "invalid_request_error"})
    once_more = api.post(f"/v1/payment_methods/{method['id']}/detach")
    assert (once_more.status, once_more.error["message"]) == (
        400,
        "The payment method you provided is not attached to a customer so detachment is impossible.",
    )


# --- connected accounts -----------------------------------------------------------------------------------------------


def test_a_payment_method_of_the_platform_is_cloned(api: Api) -> None:
    account, owner = api.account(type="custom", country="US"), customer(api)
    method = api.posted("payment_methods/pm_card_visa/attach", customer=owner)
    clone = api.sending(stripe_account=account).posted("payment_methods", payment_method=method["id"], customer=owner)
    assert {**clone, "id": method["id"], "created": method["created"], "customer": owner} == method
    assert (clone["customer"], clone["card"]["checks"]["cvc_check"]) == (None, "pass")
    unnamed = api.post("/v1/payment_methods", {"payment_method": method["id"]}, stripe_account=account)
    assert (unnamed.status, unnamed.error["param"]) == (400, "payment_method")
    here = api.get(f"/v1/payment_methods/{clone['id']}")
    assert here.status == 404


def test_a_payment_method_of_nobody_is_cloned_once(api: Api) -> None:
    account, method = api.account(type="custom", country="US"), card(api)["id"]
    assert (
        api.sending(stripe_account=account).posted("payment_methods", payment_method=method)["card"]["checks"][
            "cvc_check"
        ]
        == "unchecked"
    )
    again = api.post("/v1/payment_methods", {"payment_method": method}, stripe_account=account)
    assert (again.status, again.error["message"]) == (400, USED_UP)


def test_a_connected_account_learns_that_a_payment_method_is_the_platforms(api: Api) -> None:
    account, method = api.account(type="custom", country="US"), card(api)["id"]
    answer = api.get(f"/v1/payment_methods/{method}", stripe_account=account)
    assert (answer.status, answer.error["message"]) == (
        404,
        (
            f"No such PaymentMethod: '{method}'; OAuth key or Stripe-Account header was used but API request was provided "
            "with a platform-owned payment method ID. Please ensure that the provided payment method matches the specified "
            "account."
        ),
    )
    own = api.get("/v1/payment_methods/pm_card_visa", stripe_account=account).body
    assert api.get(f"/v1/payment_methods/{own['id']}", stripe_account=account).body == own


# --- test values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["123", "-1", "4242", "x" * 16, "4" * 20])
@pytest.mark.parametrize(("path", "params"), [("/v1/payment_methods", {"type": "card"}), ("/v1/tokens", {})])
def test_a_text_that_is_no_card_number_is_invalid(api: Api, path: str, params: dict[str, str], number: str) -> None:
    answer = api.post(path, {**params, "card": {"number": number, "exp_month": 12, "exp_year": 2034}})
    assert answer.status == 402
    assert answer.error == {
        "code": "invalid_number",
        "doc_url": "https://stripe.com/docs/error-codes/invalid-number",
        "message": "The card number is not a valid credit card number.",
        "param": "number",
        "type": "card_error",
    }


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("visa", "visa"),
        ("mastercard", "mastercard"),
        ("amex", "american_express"),
        ("diners", "diners_club"),
        ("discover", "discover"),
        ("jcb", "jcb"),
        ("unionpay", "union_pay"),
        ("visa_cartesBancaires", "cartes_bancaires"),
        ("visa_debit_eftposAuCoBranded", "eftpos_australia"),
    ],
)
def test_the_displayed_brand_has_a_name_of_its_own(api: Api, name: str, brand: str) -> None:
    jenny = api.post("/v1/customers").body["id"]
    made = api.post(f"/v1/payment_methods/pm_card_{name}/attach", {"customer": jenny}).body
    assert made["card"]["display_brand"] == brand


@pytest.mark.parametrize(
    ("name", "checks"),
    [
        ("visa", (None, None, "pass")),
        ("cvcCheckFail", (None, None, "fail")),
        ("avsFail", ("fail", "fail", "pass")),
        ("avsLine1Fail", ("fail", None, "pass")),
        ("avsZipFail", (None, "fail", "pass")),
        ("avsUnchecked", ("unavailable", "unavailable", "pass")),
    ],
)
def test_the_checks_of_a_test_name_fail_without_values_and_without_a_decline(
    api: Api, name: str, checks: tuple[str | None, ...]
) -> None:
    sent = {"amount": 1000, "currency": "usd", "payment_method_types": ["card"], "confirm": "true"}
    paid = api.post("/v1/payment_intents", {**sent, "payment_method": f"pm_card_{name}", "expand": ["latest_charge"]})
    assert paid.body["status"] == "succeeded"
    shown = paid.body["latest_charge"]["payment_method_details"]["card"]["checks"]
    assert (shown["address_line1_check"], shown["address_postal_code_check"], shown["cvc_check"]) == checks
    charge = api.post("/v1/charges", {"amount": 1000, "currency": "usd", "source": f"tok_{name}"}).body
    assert charge["payment_method_details"]["card"]["checks"] == shown


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4012888888881881", "visa"), ("30569309025904", "diners"), ("38520000023237", "diners")],
)
def test_older_test_numbers_pay(api: Api, number: str, brand: str) -> None:
    card = {"number": number, "exp_month": 12, "exp_year": 2034}
    assert api.post("/v1/payment_methods", {"type": "card", "card": card}).body["card"]["brand"] == brand


@pytest.mark.parametrize("name", ["NextRequirements", "Verification", "ChargeBlock", "PayoutBlock", "TransferBlock"])
def test_cards_that_trigger_requirements_pay(api: Api, name: str) -> None:
    sent = {"amount": 1000, "currency": "usd", "source": f"tok_visa_trigger{name}"}
    assert api.post("/v1/charges", sent).body["status"] == "succeeded"


@pytest.mark.parametrize(
    ("token", "code", "param"),
    [
        ("tok_chargeDeclinedExpiredCard", "expired_card", "exp_month"),
        ("tok_chargeDeclinedIncorrectCvc", "incorrect_cvc", "cvc"),
    ],
)
def test_wrong_card_data_of_a_source_has_no_decline_code(api: Api, token: str, code: str, param: str) -> None:
    jenny = api.post("/v1/customers").body["id"]
    for path in ("/v1/customers", f"/v1/customers/{jenny}", f"/v1/customers/{jenny}/sources"):
        answer = api.post(path, {"source": token})
        assert (answer.status, answer.error["code"], answer.error["param"]) == (402, code, param)
        assert "decline_code" not in answer.error
    attached = api.post(f"/v1/payment_methods/pm_card_{token[4:]}/attach", {"customer": jenny})
    assert attached.error["decline_code"] == code
