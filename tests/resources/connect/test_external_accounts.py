"""External accounts: test numbers and tokens, defaults, updates and removal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.auth import keys

from ...api import KEY, Api

BANK: dict[str, Any] = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
    "account_number": "000123456789",
}
NOTHING: dict[str, list[Any]] = {"currently_due": [], "errors": [], "past_due": [], "pending_verification": []}


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def account(api: Api) -> str:
    return api.account(type="custom", country="US")


def add(api: Api, account: str, source: Any, **params: Any) -> Any:
    answer = api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": source, **params})
    assert answer.status == 200, answer.body
    return answer.body


def defaults(api: Api, account: str) -> dict[str, bool]:
    data = api.get(f"/v1/accounts/{account}/external_accounts").body["data"]
    return {row["id"]: row["default_for_currency"] for row in data}


def test_a_new_bank_account_is_complete(api: Api, account: str) -> None:
    bank = add(api, account, {**BANK, "account_holder_name": "Jenny Rosen"}, metadata={"a": "1"})
    expected = {
        "id": bank["id"],
        "object": "bank_account",
        "account": account,
        "account_holder_name": "Jenny Rosen",
        "account_holder_type": None,
        "account_type": None,
        "available_payout_methods": ["standard", "instant"],
        "bank_name": "STRIPE TEST BANK",
        "country": "US",
        "currency": "usd",
        "default_for_currency": True,
        "fingerprint": bank["fingerprint"],
        "future_requirements": NOTHING,
        "last4": "6789",
        "metadata": {"a": "1"},
        "requirements": NOTHING,
        "routing_number": "110000000",
        "status": "new",
    }
    assert json.dumps(bank, indent=1) == json.dumps(expected, indent=1)
    assert (bank["id"][:4], len(bank["id"]), len(bank["fingerprint"])) == ("ba_1", 27, 16)
    assert api.get(f"/v1/accounts/{account}/external_accounts/{bank['id']}").body == bank
    assert api.get(f"/v1/accounts/{account}/bank_accounts/{bank['id']}").body == bank
    listed = api.get(f"/v1/accounts/{account}").body["external_accounts"]
    assert (listed["data"], listed["has_more"], listed["total_count"]) == ([bank], False, 1)


def test_a_debit_card_is_complete(api: Api, account: str) -> None:
    sent = {"object": "card", "number": "4000056655665556", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    card = add(api, account, {**sent, "currency": "usd", "name": "Jenny"})
    expected = {
        "id": card["id"],
        "object": "card",
        "account": account,
        "address_city": None,
        "address_country": None,
        "address_line1": None,
        "address_line1_check": None,
        "address_line2": None,
        "address_state": None,
        "address_zip": None,
        "address_zip_check": None,
        "available_payout_methods": ["standard", "instant"],
        "brand": "Visa",
        "country": "US",
        "currency": "usd",
        "cvc_check": "unchecked",
        "default_for_currency": True,
        "dynamic_last4": None,
        "exp_month": 12,
        "exp_year": 2030,
        "fingerprint": card["fingerprint"],
        "funding": "debit",
        "last4": "5556",
        "metadata": {},
        "name": "Jenny",
        "status": "new",
        "tokenization_method": None,
        "wallet": None,
    }
    assert json.dumps(card, indent=1) == json.dumps(expected, indent=1)


TOKENS = [
    ("btok_us", "bank_account", "US", "usd", "6789"),
    ("btok_us_usd", "bank_account", "US", "usd", "6789"),
    ("btok_gb_gbp", "bank_account", "GB", "gbp", "2345"),
    ("btok_de_eur", "bank_account", "DE", "eur", "3000"),
    ("btok_us_verified_accountClosed", "bank_account", "US", "usd", "1113"),
    ("tok_visa_debit_us_transferSuccess", "card", "US", "usd", "5556"),
    ("tok_mastercard_debit_us_transferSuccess", "card", "US", "usd", "8210"),
    ("tok_visa_debit_fr_transferFail", "card", "FR", "eur", "5572"),
]


@pytest.mark.parametrize("row", TOKENS, ids=[row[0] for row in TOKENS])
def test_the_tokens_of_test_mode_work(api: Api, account: str, row: tuple[str, ...]) -> None:
    made = add(api, account, row[0])
    assert tuple(made[name] for name in ("object", "country", "currency", "last4")) == row[1:]


# Country, number, routing as sent, routing as shown, the bank's name where it is not the test bank's.
NUMBERS = [
    ("AE", "AE070331234567890123456", None, "110000000", None),
    ("AU", "000123456", "110000", "11 0000", None),
    ("BE", "BE89370400440532013000", None, "110000000", None),
    ("CA", "000123456789", "11000-000", "11000-000", None),
    ("CH", "CH9300762011623852957", None, "110000000", None),
    ("CO", "000123456789", "060", "060", "Banco Pichincha"),
    ("DE", "DE89370400440532013000", None, "110000000", None),
    ("EG", "EG800002000156789012345180002", "NBEGEGCX331", "NBEGEGCX331", "NATIONAL BANK OF EGYPT"),
    ("FR", "FR89370400440532013000", None, "110000000", None),
    ("GB", "00012345", "23-14-70", "23-14-70", "WISE PAYMENTS LTD"),
    ("GI", "GI75NWBK000000007099453", None, "11-00-00000", None),
    ("HK", "000123456", "110-000", "110-000", None),
    ("ID", "000123456789", "000", "000", None),
    ("IN", "000123456789", "HDFC0004051", "HDFC0004051", "HDFC BANK - INDIRANAGAR KRISHNA TEMPLE ROAD"),
    ("JP", "0001234", "1100000", "1100000", None),
    ("KR", "000123456789", "SGSEKRSLXXX", "SGSEKRSLXXX", "SG SECURITIES KOREA CO., LTD."),
    ("LI", "LI0508800636123378777", None, "110000000", None),
    ("MX", "000000001234567897", None, "110000000", None),
    ("MY", "000123456000", "HBMBMYKL", "TESTMYKLXXX", None),
    ("NO", "NO9386011117947", None, "110000000", None),
    ("NZ", "1100000000000010", None, "110000", None),
    ("PH", "01567890123456789", "BCDEFGHI123", "BCDEFGHI123", None),
    ("RO", "RO49AAAA1B31007593840000", None, "110000000", None),
    ("SE", "SE3550000000054910000003", None, "110000000", None),
    ("SG", "000123456", "1100-000", "1100-000", None),
    ("TH", "000123456789", "999", "999", None),
    ("TR", "TR320010009999901234567890", "ADABTRIS", "ADABTRIS", "DUNYA KATILIM BANKASI A.S."),
    ("US", "000123456789", "122105155", "122105155", "US BANK NA"),
    ("UY", "000123456789", "999", "999", "Otros Bancos"),
    ("ZA", "000001234", "FIRNZAJJ", "FIRNZAJJXXX", "FIRSTRAND BANK LIMITED"),
]


@pytest.mark.parametrize("row", NUMBERS, ids=[row[0] for row in NUMBERS])
def test_numbers_of_other_countries_show_as_stripe_shows_them(
    api: Api, account: str, row: tuple[str, str, str | None, str, str | None]
) -> None:
    country, number, routing, shown, bank = row
    sent = {"country": country, "account_number": number, **({"routing_number": routing} if routing else {})}
    made = add(api, account, sent)
    assert (made["routing_number"], made["bank_name"], made["status"]) == (shown, bank or "STRIPE TEST BANK", "new")


TEST_NUMBER = (
    "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
    "https://stripe.com/docs/connect/testing#account-numbers."
)
NO_DEBIT_CARD = (
    "The card provided as an external account is not supported for payouts. Provide a non-prepaid debit card instead."
)
REFUSED: list[tuple[dict[str, Any], tuple[int, str, str | None, str]]] = [
    ({}, (400, "Missing required param: external_account.", "parameter_missing", "external_account")),
    ({"external_account": "btok_1"}, (400, "No such token: 'btok_1'", "resource_missing", "external_account")),
    ({"external_account": "tok_visa"}, (400, NO_DEBIT_CARD, "invalid_card_type", "external_account")),
    (
        {"external_account": {**BANK, "account_number": "1234567"}},
        (400, TEST_NUMBER, "account_number_invalid", "bank_account[account_number]"),
    ),
    (
        {"external_account": {**BANK, "routing_number": "11"}},
        (400, "Routing number must have 9 digits", "routing_number_invalid", "external_account[routing_number]"),
    ),
    (
        {"external_account": {**BANK, "holder": "x"}},
        (400, "Received unknown parameter: external_account[holder]", "parameter_unknown", "external_account[holder]"),
    ),
    (
        {"external_account": {"object": "card", "number": "4000056655665556", "exp_year": "2030"}},
        (400, "Missing required param: external_account[exp_month].", "parameter_missing", "external_account[exp_month]"),
    ),
    (
        {"bank_account": {"country": "US"}},
        (400, "Missing required param: bank_account[account_number].", "parameter_missing", "bank_account[account_number]"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "expected"), REFUSED, ids=[row[1][1][:50] for row in REFUSED])
def test_invalid_parameters_are_refused_and_nothing_is_stored(
    api: Api, account: str, sent: dict[str, Any], expected: tuple[int, str, str | None, str]
) -> None:
    refused = api.post(f"/v1/accounts/{account}/external_accounts", sent)
    error = refused.error
    assert (refused.status, error["message"], error.get("code"), error["param"]) == expected
    assert defaults(api, account) == {}


def test_the_first_of_a_currency_is_the_default_and_a_later_one_when_it_says_so(api: Api, account: str) -> None:
    first = add(api, account, "btok_us")["id"]
    second = add(api, account, "btok_us")["id"]
    euros = add(api, account, "btok_de_eur")["id"]
    assert defaults(api, account) == {euros: True, second: False, first: True}
    third = add(api, account, "btok_us", default_for_currency="true")["id"]
    assert defaults(api, account) == {third: True, euros: True, second: False, first: False}
    api.post(f"/v1/accounts/{account}/external_accounts/{second}", {"default_for_currency": "true"})
    assert defaults(api, account) == {third: False, euros: True, second: True, first: False}


def test_an_update_of_the_account_puts_a_new_default_in_the_place_of_the_old_one(api: Api, account: str) -> None:
    add(api, account, "btok_us")
    kept = add(api, account, "btok_us")["id"]
    api.post(f"/v1/accounts/{account}", {"external_account": BANK})
    new, other = defaults(api, account)
    assert (other, defaults(api, account)) == (kept, {new: True, kept: False})


KEPT = (
    "You cannot delete the default external account for your default currency. Please make another external account "
    "the default using the `default_for_currency` param, and then delete this one."
)


def test_a_default_stays_while_its_currency_needs_it(api: Api, account: str) -> None:
    default, other = add(api, account, "btok_us")["id"], add(api, account, "btok_us")["id"]
    euros, more_euros = add(api, account, "btok_de")["id"], add(api, account, "btok_fr")["id"]
    url = f"/v1/accounts/{account}/external_accounts"
    for identifier in (default, euros):
        refused = api.delete(f"{url}/{identifier}")
        assert (refused.status, refused.error) == (400, {"message": KEPT, "type": "invalid_request_error"})
    assert list(api.delete(f"{url}/{other}").body.items()) == [
        ("id", other),
        ("object", "bank_account"),
        ("deleted", True),
    ]
    assert api.delete(f"/v1/accounts/{account}/bank_accounts/{more_euros}").status == 200
    assert api.delete(f"{url}/{euros}").status == 200
    assert api.delete(f"{url}/{default}").status == 400


def test_updatable_fields_can_be_changed_and_unset(api: Api, account: str) -> None:
    bank = add(api, account, {**BANK, "account_holder_type": "company"})["id"]
    url = f"/v1/accounts/{account}/external_accounts/{bank}"
    changed = api.post(url, {"account_holder_name": "A", "account_holder_type": "", "metadata": {"k": "v"}}).body
    assert (changed["account_holder_name"], changed["account_holder_type"], changed["metadata"]) == (
        "A",
        None,
        {"k": "v"},
    )
    card = add(api, account, "tok_visa_debit_us_transferSuccess")["id"]
    changed = api.post(
        f"/v1/accounts/{account}/external_accounts/{card}", {"exp_year": "2031", "address_zip": "1"}
    ).body
    assert (changed["exp_year"], changed["address_zip"], changed["address_zip_check"]) == (2031, "1", "unchecked")


def test_the_account_itself_can_update_its_own(api: Api, account: str) -> None:
    bank = add(api, account, "btok_us")["id"]
    path = f"/v1/external_accounts/{bank}"
    assert api.post(path, {"metadata": {"a": "1"}}, stripe_account=account).body["metadata"] == {"a": "1"}
    assert api.post(path, {"metadata": {"a": "1"}}).status == 404


def test_lists_are_filtered_by_object_and_paged(api: Api, account: str) -> None:
    bank = add(api, account, "btok_us")["id"]
    card = add(api, account, "tok_visa_debit_us_transferSuccess")["id"]
    url = f"/v1/accounts/{account}/external_accounts"
    for query, expected in {"object=bank_account": [bank], "object=card": [card], "limit=1": [card]}.items():
        assert [row["id"] for row in api.get(f"{url}?{query}").body["data"]] == expected, query
    assert list(api.get(url).body) == ["object", "data", "has_more", "url"]


def test_an_account_shows_ten_and_counts_all(api: Api, account: str) -> None:
    for _ in range(11):
        add(api, account, "btok_us")
    listed = api.get(f"/v1/accounts/{account}").body["external_accounts"]
    assert (len(listed["data"]), listed["has_more"], listed["total_count"]) == (10, True, 11)


def test_an_unknown_one_is_named(api: Api, account: str) -> None:
    for path in ("external_accounts/ba_1", "bank_accounts/ba_1"):
        gone = api.get(f"/v1/accounts/{account}/{path}")
        assert (gone.status, gone.error["message"], gone.error["code"], gone.error["param"]) == (
            404,
            "No such external account: 'ba_1'",
            "resource_missing",
            "id",
        )


def test_a_number_has_one_fingerprint_on_every_account(api: Api, account: str) -> None:
    other = api.account(type="custom")
    same = {add(api, each, BANK)["fingerprint"] for each in (account, other)}
    assert len(same) == 1
    assert add(api, account, {**BANK, "account_number": "000111111116"})["fingerprint"] not in same


LOCKED = "This application does not have the required permissions for this endpoint on account '{}'."


def test_where_stripe_collects_they_are_stripes_to_change(api: Api) -> None:
    express = api.account(type="express")
    bank = add(api, express, "btok_us")["id"]
    for answer in (
        api.post(f"/v1/accounts/{express}/external_accounts/{bank}", {"metadata": {"a": "1"}}),
        api.delete(f"/v1/accounts/{express}/external_accounts/{bank}"),
    ):
        assert (answer.status, answer.error["message"]) == (403, LOCKED.format(express))


def test_the_number_that_requires_a_proof_of_ownership_does_so_after_a_delay(api: Api, account: str) -> None:
    key = keys.parse(KEY)
    assert key
    clock = api.emulator.sandboxes.of(key).clock
    clock.freeze()
    bank = add(api, account, {**BANK, "account_number": "000999999992"})
    itself = add(api, account, {**BANK, "account_number": "000999999991"})
    entry = "documents.bank_account_ownership_verification.files"
    url = f"/v1/accounts/{account}/external_accounts"
    assert bank["requirements"] == NOTHING
    clock.advance(30)
    assert api.get(f"{url}/{bank['id']}").body["requirements"] == {
        **NOTHING,
        "currently_due": [entry],
        "past_due": [entry],
    }
    assert api.get(f"{url}/{itself['id']}").body["requirements"] == {**NOTHING, "pending_verification": [entry]}
    clock.advance(30)
    assert api.get(f"{url}/{itself['id']}").body["requirements"] == NOTHING
    proof = {"bank_account_ownership_verification": {"files": ["file_identity_document_success"]}}
    assert api.post(f"{url}/{bank['id']}", {"documents": proof}).body["requirements"] == NOTHING


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "prefer", "delete"]), st.sampled_from(["btok_us", "btok_de"]), st.booleans()),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_each_currency_has_exactly_one_default_whatever_happens(steps: list[tuple[str, str, bool]]) -> None:
    api = Api()
    account = api.account(type="custom")
    url = f"/v1/accounts/{account}/external_accounts"
    for step, token, prefer in steps:
        rows = api.get(url).body["data"]
        if step == "add":
            add(api, account, token, default_for_currency=str(prefer).lower())
        elif rows and step == "prefer":
            api.post(f"{url}/{rows[-1]['id']}", {"default_for_currency": "true"})
        elif rows:
            api.delete(f"{url}/{rows[len(rows) // 2]['id']}")
        after = api.get(url).body["data"]
        currencies = {row["currency"] for row in after}
        assert sorted(row["currency"] for row in after if row["default_for_currency"]) == sorted(currencies)


EXPIRIES = [
    ("13", "2030", "month"),
    ("0", "2030", "month"),
    ("12", "2020", "year"),
    ("12", "20", "year"),
    ("1", "3000", "year"),
]


@pytest.mark.parametrize(("month", "year", "wrong"), EXPIRIES)
def test_a_card_that_cannot_expire_then_is_declined(api: Api, account: str, month: str, year: str, wrong: str) -> None:
    card = {"object": "card", "number": "4000056655665556", "exp_month": month, "exp_year": year}
    path = f"/v1/accounts/{account}/external_accounts"
    expected = {
        "code": f"invalid_expiry_{wrong}",
        "doc_url": f"https://stripe.com/docs/error-codes/invalid-expiry-{wrong}",
        "message": f"Your card's expiration {wrong} is invalid.",
        "param": f"external_account[exp_{wrong}]",
        "type": "card_error",
    }
    answer = api.post(path, {"external_account": card})
    assert (answer.status, answer.error) == (402, expected)
    made = add(api, account, "tok_visa_debit_us_transferSuccess")["id"]
    answer = api.post(f"{path}/{made}", {"exp_month": month, "exp_year": year})
    assert (answer.status, answer.error) == (402, {**expected, "param": f"exp_{wrong}"})


def test_years_of_cards_have_two_digits_or_four(api: Api, account: str) -> None:
    card = {"object": "card", "number": "4000056655665556", "exp_month": "12", "exp_year": "30"}
    made = add(api, account, card)
    assert (made["exp_month"], made["exp_year"]) == (12, 2030)
    path = f"/v1/accounts/{account}/external_accounts/{made['id']}"
    assert api.post(path, {"exp_year": "31"}).body["exp_year"] == 2031
    assert api.post(path, {"exp_year": "20xx"}).status == 402


def test_a_debit_card_of_us_is_of_no_use_elsewhere(api: Api) -> None:
    french = api.account(type="custom", country="FR")
    answer = api.post(
        f"/v1/accounts/{french}/external_accounts", {"external_account": "tok_visa_debit_us_transferSuccess"}
    )
    assert (answer.status, answer.error) == (
        400,
        {
            "code": "instant_payouts_unsupported",
            "doc_url": "https://stripe.com/docs/error-codes/instant-payouts-unsupported",
            "message": "Instant payouts are not available for debit cards issued by a bank in the United States.",
            "type": "invalid_request_error",
        },
    )
    bank = add(api, french, "btok_fr")
    assert bank["available_payout_methods"] == ["standard", "instant"]


def test_tokens_of_countries_that_have_none_do_not_exist(api: Api, account: str) -> None:
    path = f"/v1/accounts/{account}/external_accounts"
    unknown = api.post(path, {"external_account": "tok_visa_debit_zz_transferSuccess"})
    assert unknown.error["message"] == "No such token: 'tok_visa_debit_zz_transferSuccess'"
    credit = api.post(path, {"external_account": "tok_visa_credit_au"})
    assert (credit.status, credit.error["code"]) == (400, "invalid_card_type")
