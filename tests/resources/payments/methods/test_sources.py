"""Payment sources of a customer, and card tokens, from which they are made."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.settings import Settings

from ....api import Api

CARD = {"number": "4242424242424242", "exp_month": "9", "exp_year": "2034", "cvc": "314"}
BANK = {"country": "US", "currency": "usd", "account_number": "000123456789", "routing_number": "110000000"}


@pytest.fixture
def path(api: Api) -> str:
    return f"/v1/customers/{api.posted('customers')['id']}"


def types(api: Api) -> list[str]:
    return [event["type"] for event in reversed(api.get("/v1/events?limit=100").body["data"])]


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_card_token_shows_the_card(api: Api) -> None:
    token = api.posted("tokens", card={**CARD, "address_zip": "12345", "name": "Jenny"})
    card = token.pop("card")
    assert (token.pop("id")[:5], isinstance(token.pop("created"), int)) == ("tok_1", True)
    assert token == {
        "object": "token",
        "client_ip": "127.0.0.1",
        "livemode": False,
        "type": "card",
        "used": False,
    }
    assert (card.pop("id")[:6], len(card.pop("fingerprint"))) == ("card_1", 16)
    assert card == {
        "object": "card",
        "address_city": None,
        "address_country": None,
        "address_line1": None,
        "address_line1_check": None,
        "address_line2": None,
        "address_state": None,
        "address_zip": "12345",
        "address_zip_check": "unchecked",
        "brand": "Visa",
        "country": "US",
        "cvc_check": "unchecked",
        "dynamic_last4": None,
        "email": None,
        "exp_month": 9,
        "exp_year": 2034,
        "funding": "credit",
        "last4": "4242",
        "metadata": {},
        "name": "Jenny",
        "networks": {"preferred": None},
        "phone": None,
        "regulated_status": "unregulated",
        "tokenization_method": None,
        "wallet": None,
    }


def test_a_currency_shows_where_it_was_sent(api: Api) -> None:
    debit = {**CARD, "number": "4000056655665556", "currency": "usd"}
    assert api.posted("tokens", card=debit)["card"]["currency"] == "usd"
    assert "currency" not in api.posted("tokens", card=CARD)["card"]


@pytest.mark.parametrize("number", ["4000000000000002", "3056930009020004", "4000002760003184"])
def test_every_test_card_becomes_a_token(api: Api, number: str) -> None:
    assert api.posted("tokens", card={**CARD, "number": number})["card"]["last4"] == number[-4:]


def test_a_number_that_is_none_becomes_no_token(api: Api) -> None:
    refused = api.post("/v1/tokens", {"card": {**CARD, "number": "4242424242424241"}})
    assert (refused.status, refused.error["code"], refused.error["param"]) == (402, "incorrect_number", "number")


def test_a_bank_account_is_no_card(api: Api) -> None:
    refused = api.post("/v1/tokens", {"card": "btok_us"})
    assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "resource_missing", "card")


def test_a_connected_account_gets_a_token_of_the_platforms_customer(api: Api) -> None:
    account = api.account(type="custom", country="US")
    customer = api.posted("customers", source="tok_mastercard")
    token = api.sending(stripe_account=account).posted("tokens", customer=customer["id"])
    assert (token["card"]["brand"], token["used"]) == ("MasterCard", False)
    there = api.sending(stripe_account=account).posted("customers", source=token["id"])
    assert there["default_source"] == token["card"]["id"] != customer["default_source"]
    method = api.posted("payment_methods/pm_card_amex/attach", customer=customer["id"])["id"]
    named = api.sending(stripe_account=account).posted("tokens", customer=customer["id"], card=method)
    assert named["card"]["brand"] == "American Express"
    empty = api.post("/v1/tokens", {"customer": api.posted("customers")["id"]}, stripe_account=account)
    assert (empty.status, empty.error["message"]) == (400, "The customer must have an active payment source attached.")


# --- sources ----------------------------------------------------------------------------------------------------------


def test_the_first_source_becomes_the_default(api: Api, path: str) -> None:
    first = api.posted(f"{path}/sources", source="tok_visa", metadata={"a": "1"})
    api.posted(f"{path}/cards", card={**CARD, "number": "5555555555554444"})
    assert api.get(path).body["default_source"] == first["id"]
    assert (first["object"], first["cvc_check"], first["metadata"]) == ("card", "pass", {"a": "1"})
    listed = api.get(f"{path}/sources").body
    assert [each["brand"] for each in listed["data"]] == ["MasterCard", "Visa"]
    assert (list(listed), listed["url"]) == (["object", "data", "has_more", "url"], f"{path}/sources")
    assert api.get(f"{path}/sources/{first['id']}").body == first == api.get(f"{path}/cards/{first['id']}").body
    assert types(api) == [
        "customer.created",
        "customer.source.created",
        "payment_method.attached",
        "customer.updated",
        "customer.source.created",
        "payment_method.attached",
    ]


def test_a_source_is_a_payment_method_too(api: Api, path: str) -> None:
    card = api.posted(f"{path}/sources", source="tok_visa")
    method = api.get(f"/v1/payment_methods/{card['id']}").body
    assert (method["id"], method["object"], method["card"]["brand"]) == (card["id"], "payment_method", "visa")
    assert [each["id"] for each in api.get(f"{path}/payment_methods").body["data"]] == [card["id"]]
    expanded = api.get(f"{path}?expand[]=default_source").body["default_source"]
    assert expanded == card


def test_details_of_a_card_change(api: Api, path: str) -> None:
    card = api.posted(f"{path}/sources", source="tok_visa")
    changed = api.posted(
        f"{path}/sources/{card['id']}",
        name="Jenny",
        address_city="Bern",
        exp_year="2035",
        metadata={"a": "1"},
    )
    assert changed == {**card, "name": "Jenny", "address_city": "Bern", "exp_year": 2035, "metadata": {"a": "1"}}
    assert types(api)[-2:] == ["customer.source.updated", "payment_method.updated"]
    late = api.post(f"{path}/sources/{card['id']}", {"exp_year": "2019"})
    assert (late.status, late.error["code"]) == (402, "invalid_expiry_year")


def test_the_newest_of_the_others_follows_a_deleted_default(api: Api, path: str) -> None:
    ids = [api.posted(f"{path}/sources", source=f"tok_{name}")["id"] for name in ("visa", "mastercard", "amex")]
    assert api.delete(f"{path}/sources/{ids[0]}").body == {"id": ids[0], "object": "card", "deleted": True}
    assert api.get(path).body["default_source"] == ids[2]
    for identifier in ids[1:]:
        api.delete(f"{path}/cards/{identifier}")
    assert api.get(path).body["default_source"] is None
    assert api.get(f"/v1/payment_methods/{ids[0]}").status == 404
    gone = api.get(f"{path}/sources/{ids[0]}")
    assert (gone.status, gone.error["code"], gone.error["param"]) == (404, "resource_missing", "id")


def test_a_detached_source_is_no_source_any_more(api: Api, path: str) -> None:
    card = api.posted(f"{path}/sources", source="tok_visa")["id"]
    assert api.posted(f"payment_methods/{card}/detach")["customer"] is None
    assert (api.get(path).body["default_source"], api.get(f"{path}/sources").body["data"]) == (None, [])
    assert "customer.source.deleted" in types(api)


def test_a_bank_account_is_verified_by_two_amounts(api: Api, path: str) -> None:
    token = api.posted("tokens", bank_account={**BANK, "account_holder_name": "Jenny Rosen"})
    bank = api.posted(f"{path}/sources", source=token["id"])
    assert bank == {
        "id": token["bank_account"]["id"],
        "object": "bank_account",
        "account_holder_name": "Jenny Rosen",
        "account_holder_type": None,
        "account_type": None,
        "bank_name": "STRIPE TEST BANK",
        "country": "US",
        "currency": "usd",
        "customer": path.rpartition("/")[2],
        "fingerprint": bank["fingerprint"],
        "last4": "6789",
        "metadata": {},
        "routing_number": "110000000",
        "status": "new",
    }
    verify = f"{path}/sources/{bank['id']}/verify"
    wrong = api.post(verify, {"amounts": [10, 11]})
    assert (wrong.status, wrong.error["code"]) == (400, "bank_account_verification_failed")
    assert api.posted(verify, amounts=[32, 45])["status"] == "verified"
    assert api.post(verify, {"amounts": [32, 45]}).status == 400
    again = api.post(f"{path}/bank_accounts", {"bank_account": BANK})
    assert (again.status, again.error["code"]) == (400, "bank_account_exists")
    held = api.posted(f"{path}/sources/{bank['id']}", account_holder_name="Jane", account_holder_type="company")
    assert (held["account_holder_name"], held["account_holder_type"]) == ("Jane", "company")
    assert api.get(f"{path}/sources?object=card").body["data"] == []
    assert [each["id"] for each in api.get(f"{path}/bank_accounts").body["data"]] == [bank["id"]]


@pytest.mark.parametrize(
    ("params", "status", "error"),
    [
        ({}, 400, {"code": "parameter_missing", "param": "source"}),
        ({"source": "tok_chargeDeclined"}, 402, {"code": "card_declined", "decline_code": "generic_decline"}),
        ({"source": "tok_nothing"}, 400, {"message": "There is a part of the token that is not valid: 'nothing'."}),
        ({"source": "tok_1TESTaaaaaaaaaaaaaaaaaaa"}, 400, {"code": "resource_missing", "param": "source"}),
        ({"source": "src_1"}, 501, {"param": "source"}),
    ],
)
def test_what_is_no_source(api: Api, path: str, params: Any, status: int, error: dict[str, str]) -> None:
    answer = api.post(f"{path}/sources", params)
    assert (answer.status, {name: answer.error.get(name) for name in error}) == (status, error)
    assert api.get(f"{path}/sources").body["data"] == []


def test_a_source_of_another_customer_is_not_found(api: Api, path: str) -> None:
    other = api.posted("customers", source="tok_visa")["default_source"]
    for answer in (api.get(f"{path}/sources/{other}"), api.delete(f"{path}/sources/{other}")):
        assert (answer.status, answer.error["code"]) == (404, "resource_missing")
    assert api.get("/v1/customers/cus_1/sources").error["param"] == "id"


def test_card_tokens_on_customers_and_charges_are_a_setting() -> None:
    api = Api(Settings(card_tokens=False))
    customer = api.posted("customers")["id"]
    charge = {"amount": 1000, "currency": "usd", "source": "tok_visa"}
    for path, params in (
        ("/v1/customers", {"source": "tok_visa"}),
        (f"/v1/customers/{customer}/sources", {"source": "tok_visa"}),
        ("/v1/charges", charge),
    ):
        refused = api.post(path, params)
        assert (refused.status, refused.error) == (
            400,
            {
                "message": "Card Token usage on the Customers API and Charges API has reached end of life. In order to "
                "continue processing your payments, you will need to use the Payment Intents and Payment Methods API. "
                "Read more about what you should do here: "
                "https://docs.stripe.com/payments/payment-methods/integration-options. If you need to continue to use "
                "Card Tokens on the Customers and Charges API, enable this functionality in your API policies settings: "
                "https://dashboard.stripe.com/settings/developers/api-policies",
                "type": "invalid_request_error",
            },
        )
    method: Any = {"type": "card", "card": {"token": "tok_visa"}}
    assert api.posted("payment_methods", **method)["card"]["last4"] == "4242"
    assert api.posted(f"customers/{customer}/sources", source="btok_us")["object"] == "bank_account"


# --- hashes, wallets and unchecked cards ------------------------------------------------------------------------------


def test_a_source_can_be_a_hash_of_a_card_or_of_a_bank_account(api: Api) -> None:
    card = {"object": "card", **CARD, "name": "Jenny"}
    customer = api.posted("customers", source=card, expand=["default_source"])
    assert (customer["default_source"]["last4"], customer["default_source"]["name"]) == ("4242", "Jenny")
    url = f"/v1/customers/{customer['id']}"
    bank = api.posted(f"{url}/sources", source={"object": "bank_account", **BANK})
    assert (bank["object"], bank["last4"], bank["status"]) == ("bank_account", "6789", "new")
    mastercard = {**card, "number": "5555555555554444"}
    changed = api.posted(url, source=mastercard, expand=["default_source"])
    assert changed["default_source"]["brand"] == "MasterCard"
    charge = api.posted("charges", amount=1000, currency="usd", source=mastercard)
    assert (charge["status"], charge["source"]["brand"]) == ("succeeded", "MasterCard")


@pytest.mark.parametrize(
    ("source", "param", "message"),
    [
        (
            CARD,
            "source",
            "The source hash must include an 'object' key indicating what type of source to create.",
        ),
        ({**CARD, "object": "pin"}, "source[object]", "Invalid object: must be one of bank_account or card"),
        ({**CARD, "object": "card", "pin": "1"}, "source[pin]", "Received unknown parameter: source[pin]"),
        (
            {"object": "card", "exp_month": 9, "exp_year": 2034},
            "source[number]",
            "Missing required param: source[number].",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/v1/customers", "/v1/charges"])
def test_a_wrong_hash_of_a_source_is_refused(api: Api, path: str, source: Any, param: str, message: str) -> None:
    payment = {"amount": 1000, "currency": "usd"} if path == "/v1/charges" else {}
    answer = api.post(path, {**payment, "source": source})
    assert (answer.status, answer.body["error"]["message"], answer.body["error"]["param"]) == (400, message, param)


def test_a_hash_of_a_card_needs_the_access_to_raw_card_data() -> None:
    answer = Api(Settings(raw_card_numbers=False)).post("/v1/customers", {"source": {"object": "card", **CARD}})
    assert (answer.status, answer.body["error"]["message"][:60]) == (
        402,
        "Sending credit card numbers directly to the Stripe API is ge",
    )


def test_a_card_that_is_saved_without_validation_stays_unchecked(api: Api, path: str) -> None:
    token = api.posted("tokens", card=CARD, validate=False)["id"]
    assert api.posted(f"{path}/sources", source=token, validate=False)["cvc_check"] == "unchecked"
    assert api.posted(f"{path}/sources", source={"object": "card", **CARD}, validate=True)["cvc_check"] == "pass"
    declined = {"source": "tok_chargeDeclined"}
    assert api.post(path, declined).body["error"]["code"] == "card_declined"
    assert api.posted(path, **declined, validate=False)["id"] == path.rpartition("/")[2]
    assert api.posted("customers", **declined, validate=False)["default_source"][:5] == "card_"


def test_a_payment_method_that_is_attached_without_validation_stays_unchecked(api: Api, path: str) -> None:
    customer = path.rpartition("/")[2]
    for validate, check in ((False, "unchecked"), (True, "pass")):
        method = api.posted("payment_methods", type="card", card=CARD)["id"]
        attached = api.posted(f"payment_methods/{method}/attach", customer=customer, validate=validate)
        assert (attached["customer"], attached["card"]["checks"]["cvc_check"]) == (customer, check)


@pytest.mark.parametrize(("method", "wallet"), [("android_pay", "google_pay"), ("apple_pay", "apple_pay")])
def test_a_token_of_a_wallet_makes_a_card_of_that_wallet(api: Api, method: str, wallet: str) -> None:
    card = {**CARD, "cryptogram": "AgAAAAAABk4DWZ4C28yUQAAAAAA=", "eci": "05", "tokenization_method": method}
    token = api.posted("tokens", card={**card, "last4": "1234"})
    assert (token["card"]["tokenization_method"], token["card"]["dynamic_last4"]) == (method, "1234")
    assert "cryptogram" not in token["card"]
    made_of_it = api.posted("payment_methods", type="card", card={"token": token["id"]})
    assert made_of_it["card"]["wallet"] == {wallet: {}, "dynamic_last4": "1234", "type": wallet}
    second = api.posted("tokens", card=card)["id"]
    source = api.posted("customers", source=second, expand=["default_source"])["default_source"]
    assert (source["tokenization_method"], source["dynamic_last4"]) == (method, "4242")


def test_an_empty_source_is_refused_in_its_own_words(api: Api, path: str) -> None:
    for each in ("/v1/customers", path, f"{path}/sources"):
        answer = api.post(each, {"source": ""})
        assert (answer.status, answer.error) == (
            400,
            {
                "message": "Invalid source object: must be a dictionary or a non-empty string. "
                "See API docs at https://stripe.com/docs'",
                "param": "source",
                "type": "invalid_request_error",
            },
        )


def test_the_data_of_a_swiped_card_is_refused_by_its_name(api: Api, path: str) -> None:
    charge = {"amount": 100, "currency": "usd"}
    for each, name, more in (
        ("/v1/charges", "card", charge),
        ("/v1/charges", "source", charge),
        ("/v1/customers", "source", {}),
        ("/v1/tokens", "card", {}),
        (path, "card", {}),
        (f"{path}/sources", "source", {}),
    ):
        kind = {"object": "card"} if name == "source" else {}
        answer = api.post(each, {**more, name: {**kind, "swipe_data": "%B4242424242424242"}})
        assert (answer.status, answer.error["param"]) == (501, f"{name}[swipe_data]"), each
