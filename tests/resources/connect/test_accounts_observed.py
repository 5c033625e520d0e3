"""Custom accounts as Stripe was observed to respond, country by country: requirements, pending checks, properties."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.auth import keys
from emulator.resources.connect import accounts
from emulator.resources.connect.accounts.base import countries
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.settings import Settings

from ...api import KEY, Api
from ...samples import NO_REQUIREMENTS

REVIEW = 30
BOTH = {"card_payments": {"requested": "true"}, "transfers": {"requested": "true"}}
TERMS = {"date": 1_700_000_000, "ip": "8.8.8.8"}
PERSON: dict[str, Any] = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "email": "jenny.rosen@example.com",
    "phone": "0000000000",
    "dob": {"day": 1, "month": 1, "year": 1901},
    "address": {"line1": "address_full_match", "city": "Springfield", "state": "NY", "postal_code": "12345"},
    "id_number": "000000000",
}
OWNER = {"representative": "true", "owner": "true", "title": "CEO", "percent_ownership": "100"}
ADDRESS_ENTRIES = ["address.city", "address.line1", "address.postal_code", "address.state"]
DOB = ["dob.day", "dob.month", "dob.year"]
FILE = "file_identity_document_success"


class Emulation:
    """An emulator with a frozen clock."""

    def __init__(self) -> None:
        self.api = Api()
        key = keys.parse(KEY)
        assert key
        self.clock = self.api.emulator.sandboxes.of(key).clock
        self.clock.freeze()

    def custom(self, country: str, **more: Any) -> Any:
        profile = {"url": "https://furever.dev", "product_description": "Dog walks"}
        base = {"type": "custom", "country": country, "capabilities": BOTH, "tos_acceptance": TERMS}
        sent = {**base, "business_profile": profile, "external_account": f"btok_{country.lower()}", **more}
        return self.good(self.api.post("/v1/accounts", {name: value for name, value in sent.items() if value != {}}))

    def individual(self, country: str, person: dict[str, Any] | None = None, **more: Any) -> Any:
        told = PERSON if person is None else {name: value for name, value in person.items() if value is not None}
        return self.custom(country, business_type="individual", individual=told, **more)

    def company(self, country: str, **more: Any) -> Any:
        place = {"line1": "address_full_match", "city": "Springfield", "postal_code": "12345", "state": "NY"}
        details = {"name": "Buy More", "tax_id": "000000000", "phone": "0000000000", "address": place}
        attested = {"directors_provided": "true", "executives_provided": "true"}
        own = more.pop("company", {})
        return self.custom(country, business_type="company", company={**details, **attested, **own}, **more)

    def recipient(self, country: str, person: dict[str, Any] | None = None, **more: Any) -> Any:
        only = {"capabilities": {"transfers": {"requested": "true"}}}
        return self.individual(
            country, person, **only, tos_acceptance={**TERMS, "service_agreement": "recipient"}, **more
        )

    def update(self, account: Any, **params: Any) -> Any:
        return self.good(self.api.post(f"/v1/accounts/{account['id']}", params))

    def person(self, account: Any, **params: Any) -> Any:
        return self.good(self.api.post(f"/v1/accounts/{account['id']}/persons", params))

    def again(self, account: Any, seconds: int = 0) -> Any:
        self.clock.advance(seconds)
        return self.good(self.api.get(f"/v1/accounts/{account['id']}"))

    @staticmethod
    def good(answer: Any) -> Any:
        assert answer.status == 200, answer.body
        return answer.body


@pytest.fixture
def emulation() -> Emulation:
    return Emulation()


def named(prefix: str, *names: str) -> list[str]:
    return [f"{prefix}.{name}" for name in names]


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in PERSON.items() if name not in names}


# --- requirements by country and business type ------------------------------------------------------------------

_EUROPE = ["address.city", "address.line1", "address.postal_code", *DOB, "email", "first_name", "last_name"]
_EUROPEAN_COMPANY = [
    "company.owners_provided",
    *named("owners", *_EUROPE),
    *named("representative", *_EUROPE, "phone", "relationship.executive", "relationship.title"),
]
_US_PERSON = [*ADDRESS_ENTRIES, *DOB, "email", "first_name", "last_name", "phone"]
# Country and business type, requirements due currently, more that are due eventually, those pending.
MINIMAL: list[tuple[str, str, list[str], list[str], list[str]]] = [
    ("US", "individual", named("individual", *ADDRESS_ENTRIES, *DOB, "first_name", "last_name", "phone", "ssn_last_4"), [], []),
    ("CA", "individual", named("individual", *ADDRESS_ENTRIES, *DOB, "first_name", "last_name"), [], []),
    ("AU", "individual", named("individual", *ADDRESS_ENTRIES, *DOB, "first_name", "last_name", "phone"), [], []),
    ("GB", "individual", named("individual", *ADDRESS_ENTRIES[:3], *DOB, "first_name", "last_name", "phone"), [], []),
    (
        "US", "company",
        ["company.owners_provided", *named("owners", "email", "first_name", "last_name"),
         *named("representative", *_US_PERSON, "relationship.title", "ssn_last_4")],
        [*named("owners", *ADDRESS_ENTRIES, *DOB, "phone"), "representative.id_number"],
        ["business_profile.url", *named("company", *ADDRESS_ENTRIES, "tax_id")],
    ),
    ("GB", "company", _EUROPEAN_COMPANY, [], named("company", "ownership_declaration.date", "ownership_declaration.ip")),
    ("DE", "company", _EUROPEAN_COMPANY, [], []),
    ("CH", "company", _EUROPEAN_COMPANY, [], []),
    (
        "SG", "company",
        named("representative", "address.line1", "address.postal_code", *DOB, "email", "first_name", "full_name_aliases",
              "id_number", "last_name", "nationality", "phone", "relationship.executive", "relationship.title"),
        [], [],
    ),
    (
        "AE", "company",
        ["company.business_vat_id_number", "company.owners_provided",
         *named("owners", "address.line1", "address.state", *DOB, "first_name", "id_number", "last_name", "nationality"),
         *named("representative", "address.line1", "address.state", *DOB, "email", "first_name", "id_number", "last_name",
                "nationality", "phone", "relationship.executive", "relationship.title")],
        ["documents.bank_account_ownership_verification.files", "documents.company_license.files",
         "documents.company_memorandum_of_association.files", "owners.documents.passport.files",
         "representative.documents.passport.files"],
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", MINIMAL, ids=[f"{row[0]}-{row[1]}" for row in MINIMAL])
def test_the_requirements_of_a_new_account_are_as_observed(
    emulation: Emulation, row: tuple[str, str, list[str], list[str], list[str]]
) -> None:
    country, kind, due, later, waiting = row
    few = {"email": "jenny.rosen@example.com", "address": {"country": country}}
    account = emulation.individual(country, few) if kind == "individual" else emulation.company(country)
    owed = account["requirements"]
    assert owed["currently_due"] == owed["past_due"] == due
    assert owed["eventually_due"] == sorted([*due, *later])
    assert (owed["pending_verification"], owed["errors"]) == (waiting, [])
    assert owed["disabled_reason"] == "requirements.past_due"
    assert account["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}
    submitted = (country, kind) == ("US", "company")
    flags = ("charges_enabled", "payouts_enabled", "details_submitted")
    assert [account[name] for name in flags] == [False, False, submitted]


def test_a_sole_proprietorship_of_us_requires_its_owner_and_eventually_a_whole_number(emulation: Emulation) -> None:
    account = emulation.company("US", company={"structure": "sole_proprietorship"})
    due = named("representative", *_US_PERSON, "ssn_last_4")
    assert account["requirements"]["currently_due"] == due
    assert account["requirements"]["eventually_due"] == sorted([*due, "representative.id_number"])
    assert account["details_submitted"] is False


def test_the_number_of_a_representative_is_due_eventually_while_its_last_digits_are_checked(
    emulation: Emulation,
) -> None:
    account = emulation.company("US")
    person = emulation.person(account, **without("id_number"), ssn_last_4="0000", relationship=OWNER)
    waiting = [*ADDRESS_ENTRIES, "id_number"]
    assert person["requirements"]["pending_verification"] == waiting
    assert person["requirements"]["eventually_due"] == []
    later = emulation.again(account, REVIEW)
    assert later["requirements"]["eventually_due"] == [f"{person['id']}.id_number"]
    assert later["capabilities"] == {"card_payments": "active", "transfers": "active"}
    shown = emulation.api.get(f"/v1/accounts/{account['id']}/persons/{person['id']}").body
    assert shown["verification"]["status"] == "verified"


def test_a_company_of_mx_across_the_border_counts_as_submitted_without_a_bank_account(emulation: Emulation) -> None:
    account = emulation.company(
        "MX",
        capabilities={"transfers": {"requested": "true"}},
        tos_acceptance={**TERMS, "service_agreement": "recipient"},
        external_account={},
    )
    assert account["requirements"]["currently_due"] == ["external_account"]
    assert (account["capabilities"], account["details_submitted"]) == ({"transfers": "active"}, True)


@pytest.mark.parametrize("country", ["BO", "CR", "GT", "PK", "PY", "UY"])
def test_the_document_of_a_recipient_is_required_once_its_number_is_known(emulation: Emulation, country: str) -> None:
    account = emulation.recipient(country, without("id_number"))
    assert account["requirements"]["eventually_due"] == ["individual.id_number"]
    known = emulation.update(account, individual={"id_number": "000000000"})
    assert known["requirements"]["eventually_due"] == ["individual.verification.document"]
    assert known["individual"]["verification"]["status"] == "unverified"
    document = {"document": {"front": "file_identity_document_success"}}
    proven = emulation.update(account, individual={"verification": document})
    assert proven["individual"]["verification"]["status"] == "pending"


def test_a_recipient_of_bw_has_no_postal_code(emulation: Emulation) -> None:
    place = {"line1": "address_full_match", "city": "Gaborone"}
    account = emulation.recipient("BW", {**PERSON, "address": place})
    assert account["requirements"]["currently_due"] == []
    assert account["capabilities"] == {"transfers": "active"}


def test_in_japan_the_postal_code_stands_for_the_place_and_a_document_settles_the_identity(
    emulation: Emulation,
) -> None:
    place = {"line1": "1-1", "postal_code": "1000000"}
    names = {"first_name_kana": "a", "first_name_kanji": "a", "last_name_kana": "b", "last_name_kanji": "b"}
    person = {**without("address"), **names, "address_kana": place, "address_kanji": place}
    account = emulation.individual("JP", person)
    document = "individual.verification.document"
    assert account["requirements"]["currently_due"] == [document]
    assert account["requirements"]["errors"] == []
    assert account["capabilities"] == {"card_payments": "active", "transfers": "active"}
    later = emulation.again(account, REVIEW)
    assert [(each["code"], each["requirement"]) for each in later["requirements"]["errors"]] == [
        ("verification_failed_keyed_identity", document)
    ]
    assert later["individual"]["verification"]["details_code"] == "failed_keyed_identity"
    assert list(later["company"]) == [
        "address_kana", "address_kanji", "directors_provided", "executives_provided", "name", "name_kana", "name_kanji",
        "owners_provided", "phone", "tax_id_provided", "verification",
    ]  # fmt: skip
    assert (later["company"]["address_kana"]["country"], later["individual"]["gender"]) == ("JP", None)


def test_documents_of_ae_wait_for_their_check_once_sent(emulation: Emulation) -> None:
    account = emulation.company("AE")
    person = emulation.person(account, **PERSON, nationality="IN", relationship=OWNER)
    file = {"files": ["file_relationship_document_success"]}
    sent = emulation.update(account, documents={"company_license": file})
    assert sent["requirements"]["pending_verification"] == ["documents.company_license.files"]
    assert "documents.company_license.files" not in sent["requirements"]["currently_due"]
    shown = emulation.good(
        emulation.api.post(f"/v1/accounts/{account['id']}/persons/{person['id']}", {"documents": {"passport": file}})
    )
    assert shown["requirements"]["pending_verification"] == ["documents.passport.files"]
    later = emulation.again(account, REVIEW)
    assert later["requirements"]["pending_verification"] == []


BORDER = (
    "Connected accounts in {} cannot be created by platforms in {}. Please contact us via "
    "https://support.stripe.com/contact if you need further assistance."
)
RECIPIENT = {"tos_acceptance": {"service_agreement": "recipient"}}
UNSUPPORTED = "PE is not currently supported by Stripe."
NO_PAYMENTS = "You cannot request the `card_payments` capability for accounts in {}"
NO_CARDS = "The card_payments capability is not supported for this account type and this account's country ({})."
# The platform's country, the parameters, the message, the param.
ABROAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("US", {"country": "IN"}, BORDER.format("IN", "US"), "country"),
    ("US", {"country": "IN", "capabilities": BOTH}, NO_CARDS.format("IN"), "capabilities[card_payments]"),
    ("IN", {"country": "IN", "capabilities": BOTH}, NO_CARDS.format("IN"), "capabilities[card_payments]"),
    ("AE", {"type": "express", "capabilities": BOTH}, NO_CARDS.format("AE"), "capabilities[card_payments]"),
    ("AE", {"country": "CH"}, BORDER.format("CH", "AE"), "country"),
    ("US", {"country": "JM", **RECIPIENT}, BORDER.format("JM", "US"), "country"),
    ("US", {"country": "JM", "capabilities": BOTH}, NO_PAYMENTS.format("JM"), "capabilities[card_payments]"),
    ("US", {"country": "PE"}, UNSUPPORTED, "country"),
]


@pytest.mark.parametrize(("home", "sent", "message", "param"), ABROAD, ids=[str(row[1])[:40] for row in ABROAD])
def test_a_country_out_of_reach_is_refused_in_stripes_words(
    home: str, sent: dict[str, Any], *, message: str, param: str
) -> None:
    answer = Api(Settings(platform_country=home)).post("/v1/accounts", {"type": "custom", **sent})
    assert (answer.status, answer.error["message"], answer.error["param"]) == (400, message, param)


def test_a_platform_of_france_makes_custom_accounts_by_tokens_alone() -> None:
    api = Api(Settings(platform_country="FR"))
    refused = api.post("/v1/accounts", {"type": "custom", "country": "FR"})
    assert (refused.status, refused.error) == (
        400,
        {
            "message": "Connect platforms based in FR must create Custom accounts via account tokens. For documentation on "
            "account tokens, see https://stripe.com/docs/connect/account-tokens.",
            "type": "invalid_request_error",
        },
    )
    token = api.post("/v1/tokens", {"account": {"business_type": "individual"}}).body["id"]
    made = api.post("/v1/accounts", {"type": "custom", "country": "FR", "account_token": token})
    assert (made.status, made.body["business_type"]) == (200, "individual")
    assert api.post("/v1/accounts", {"type": "express", "country": "FR"}).status == 200
    assert api.post(f"/v1/accounts/{made.body['id']}", {"metadata": {"a": "1"}}).status == 200


def test_a_platform_reaches_its_own_country_and_recipients_in_india() -> None:
    at_home = Api(Settings(platform_country="IN")).post("/v1/accounts", {"type": "custom", "country": "IN"})
    assert at_home.status == 200
    assert Api().post("/v1/accounts", {"type": "custom", "country": "IN", **RECIPIENT}).status == 200


# --- checks -------------------------------------------------------------------------------------------------------


def test_a_new_date_of_birth_is_checked_without_the_number(emulation: Emulation) -> None:
    account = emulation.individual("US")
    emulation.again(account, REVIEW - 1)
    changed = emulation.update(account, individual={"dob": {"day": 2, "month": 1, "year": 2000}})
    assert "individual.id_number" in changed["requirements"]["pending_verification"]
    later = emulation.again(account, 1)
    assert later["requirements"]["pending_verification"] == ["individual.verification.document"]
    changed = emulation.update(account, individual={"id_number": "111111111"})
    assert changed["requirements"]["pending_verification"] == named("individual", "id_number", "verification.document")


def test_an_account_that_can_do_everything_still_can_while_a_change_is_checked(emulation: Emulation) -> None:
    account = emulation.individual("US")
    emulation.again(account, REVIEW)
    moved = emulation.update(account, individual={"address": {"city": "Boston"}})
    assert moved["requirements"]["pending_verification"] == named("individual", *ADDRESS_ENTRIES)
    assert moved["requirements"]["disabled_reason"] is None
    assert (moved["charges_enabled"], moved["payouts_enabled"]) == (True, True)
    assert emulation.again(account, REVIEW)["requirements"]["pending_verification"] == []


def test_an_account_that_can_charge_still_can_while_a_correction_is_checked(emulation: Emulation) -> None:
    account = emulation.individual("US", {**PERSON, "id_number": "111111111"})
    failed = emulation.again(account, REVIEW)
    assert (failed["charges_enabled"], failed["payouts_enabled"]) == (True, False)
    corrected = emulation.update(account, individual={"id_number": "000000000"})
    assert (corrected["charges_enabled"], corrected["payouts_enabled"]) == (True, False)
    assert corrected["requirements"]["disabled_reason"] == "requirements.pending_verification"
    assert emulation.again(account, REVIEW)["payouts_enabled"] is True


VERIFIED = (
    "You cannot change `{0}` via API if an account is verified. Please contact us via "
    "https://support.stripe.com/contact if you need to change the legal entity information associated with this account."
)
CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"first_name": "Jane"}, "[first_name]"),
    ({"last_name": "Rose"}, "[last_name]"),
    ({"id_number": "111111111"}, "[id_number]"),
    ({"dob": {"day": 2, "month": 1, "year": 1901}}, "[dob][day]"),
    (
        {"verification": {"document": {"front": "file_identity_document_success"}}},
        "[verification][document][front]",
    ),
]


@pytest.mark.parametrize(("sent", "path"), CHANGES, ids=[row[1] for row in CHANGES])
def test_a_verified_identity_stays(emulation: Emulation, sent: dict[str, Any], path: str) -> None:
    account = emulation.individual("US")
    url = f"/v1/accounts/{account['id']}"
    before = emulation.again(account, REVIEW)
    answer = emulation.api.post(url, {"individual": sent})
    expected = {"message": VERIFIED.format(f"individual{path}"), "param": f"individual{path}"}
    assert (answer.status, answer.error) == (400, {**expected, "type": "invalid_request_error"})
    name = path[1:].replace("]", "", 1)
    answer = emulation.api.post(f"{url}/persons/{account['individual']['id']}", sent)
    assert (answer.status, answer.error["message"], answer.error["param"]) == (400, VERIFIED.format(name), name)
    assert emulation.again(account) == before


def test_a_verified_identity_takes_the_whole_number_of_which_it_has_the_last_digits(emulation: Emulation) -> None:
    account = emulation.individual("US", {**without("id_number"), "ssn_last_4": "0000"})
    assert emulation.again(account, REVIEW)["individual"]["verification"]["status"] == "verified"
    told = emulation.update(account, individual={"id_number": "000000000"})
    assert told["individual"]["id_number_provided"] is True


def test_values_of_a_verified_identity_can_be_sent_again_and_others_change(emulation: Emulation) -> None:
    account = emulation.individual("US")
    emulation.again(account, REVIEW)
    same = {"first_name": "Jenny", "dob": PERSON["dob"], "id_number": "000000000"}
    changed = emulation.update(account, individual={**same, "email": "new@example.com", "address": {"city": "Boston"}})
    assert changed["individual"]["email"] == "new@example.com"


def test_a_change_during_the_first_checks_leaves_the_capabilities_pending(emulation: Emulation) -> None:
    account = emulation.individual("US")
    changed = emulation.update(account, individual={"id_number": "111111111"})
    assert changed["capabilities"] == {"card_payments": "pending", "transfers": "pending"}


def test_the_date_of_birth_that_matches_at_once_verifies_in_the_response(emulation: Emulation) -> None:
    person = {**PERSON, "dob": {"day": 1, "month": 1, "year": 1902}, "id_number": "222222222"}
    assert emulation.individual("US", person)["individual"]["verification"]["status"] == "verified"
    assert emulation.individual("DE", person)["individual"]["verification"]["status"] == "verified"


def test_a_document_sent_with_the_details_is_checked_with_them(emulation: Emulation) -> None:
    person = {**PERSON, "verification": {"document": {"front": "file_identity_document_success"}}}
    waiting = [*ADDRESS_ENTRIES, "id_number", "verification.document"]
    assert emulation.individual("US", person)["individual"]["requirements"]["pending_verification"] == waiting
    assert emulation.individual("CA", person)["requirements"]["pending_verification"] == CANADIAN_DOCUMENTS
    assert emulation.individual("DE", person)["requirements"]["pending_verification"] == []


CANADIAN_DOCUMENTS = [
    "individual.verification.additional_document",
    "individual.verification.document",
    "individual.verification.proof_of_liveness",
]


def test_a_document_that_follows_is_checked_with_what_the_country_checks(emulation: Emulation) -> None:
    account = emulation.individual("CA")
    emulation.again(account, REVIEW - 1)
    sent = emulation.update(account, individual={"verification": {"document": {"front": FILE}}})
    assert sent["requirements"]["pending_verification"] == CANADIAN_DOCUMENTS
    assert (sent["charges_enabled"], sent["payouts_enabled"]) == (True, False)
    done = emulation.again(account, REVIEW)
    assert (done["requirements"]["pending_verification"], done["payouts_enabled"]) == ([], True)


NUMBERS = [
    ({"id_number": "000000000"}, "verification.document"),
    ({"ssn_last_4": "0000"}, "id_number"),
]


@pytest.mark.parametrize(("number", "checked"), NUMBERS, ids=["whole", "last four digits"])
def test_of_a_representative_in_us_either_the_document_or_the_number_is_pending(
    emulation: Emulation, number: dict[str, str], checked: str
) -> None:
    details = {name: value for name, value in PERSON.items() if name != "id_number"}
    person = emulation.person(emulation.company("US"), **details, **number, relationship=OWNER)
    assert person["requirements"]["pending_verification"] == sorted([*ADDRESS_ENTRIES, checked])


def test_an_identity_is_pending_whatever_else_is_missing(emulation: Emulation) -> None:
    place = {"line1": "address_full_match", "city": "Springfield", "postal_code": "12345"}
    account = emulation.individual("CA", {**PERSON, "address": place})
    assert account["requirements"]["currently_due"] == ["individual.address.state"]
    assert account["individual"]["verification"]["status"] == "pending"


def test_nobody_is_older_than_120_years_but_for_the_test_value(emulation: Emulation) -> None:
    account = emulation.individual("US", {**PERSON, "dob": {"day": 2, "month": 1, "year": 1901}})
    entries = named("individual", *DOB)
    assert account["requirements"]["currently_due"] == entries
    reason = "Date of birth must be within the past 120 years."
    assert account["requirements"]["errors"] == [
        {"code": "invalid_dob_age_over_maximum", "reason": reason, "requirement": entry} for entry in entries
    ]
    assert account["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}


BIRTHS = [
    ({"day": 0, "month": 1, "year": 1990}, "Not a valid day", "individual[dob][day]"),
    ({"day": 31, "month": 2, "year": 1990}, "Not a valid day", "individual[dob][day]"),
    ({"day": 1, "month": 13, "year": 1990}, "Not a valid month", "individual[dob][month]"),
    ({"day": 1, "month": 1, "year": 9999}, "Not a valid year", "individual[dob][year]"),
    ({"day": 1, "month": 1, "year": 1}, "Not a valid year", "individual[dob][year]"),
    ({"day": 1, "month": 1, "year": 2024}, "Must be at least 13 years of age to use Stripe", "individual[dob][year]"),
]


@pytest.mark.parametrize(("dob", "message", "param"), BIRTHS, ids=[str(row[0].values()) for row in BIRTHS])
def test_an_invalid_date_of_birth_is_refused(
    emulation: Emulation, dob: dict[str, int], message: str, param: str
) -> None:
    answer = emulation.api.post(
        "/v1/accounts", {"type": "custom", "business_type": "individual", "individual": {"dob": dob}}
    )
    assert (answer.status, answer.error) == (
        400,
        {"message": message, "param": param, "type": "invalid_request_error"},
    )


def test_reporting_of_taxes_does_not_wait_for_the_checks_of_payments(emulation: Emulation) -> None:
    account = emulation.individual("US", capabilities={**BOTH, "tax_reporting_us_1099_k": {"requested": "true"}})
    assert account["capabilities"] == {
        "card_payments": "pending",
        "tax_reporting_us_1099_k": "active",
        "transfers": "pending",
    }
    shown = emulation.api.get(f"/v1/accounts/{account['id']}/capabilities/tax_reporting_us_1099_k").body
    assert shown["requirements"]["pending_verification"] == ["individual.id_number"]


def test_the_default_currency_of_an_active_account_stays(emulation: Emulation) -> None:
    account = emulation.individual("GB", external_account={})
    answer = emulation.api.post(f"/v1/accounts/{account['id']}", {"default_currency": "eur"})
    assert (answer.status, answer.error) == (
        400,
        {
            "message": "Cannot change `default_currency` post account activation.",
            "param": "default_currency",
            "type": "invalid_request_error",
        },
    )
    assert emulation.update(account, default_currency="GBP")["default_currency"] == "gbp"
    fresh = emulation.individual("GB", {"first_name": "Jenny"})
    assert emulation.update(fresh, default_currency="eur")["default_currency"] == "eur"


def test_the_only_verified_executive_stays(emulation: Emulation) -> None:
    account = emulation.company("GB")
    emulation.person(account, **PERSON, relationship=OWNER)
    first = emulation.person(account, **PERSON, relationship={"executive": "true"})["id"]
    path = f"/v1/accounts/{account['id']}/persons"
    emulation.again(account, REVIEW)
    answer = emulation.api.delete(f"{path}/{first}")
    assert (answer.status, answer.error) == (
        400,
        {"message": "You cannot delete the only verified executive of an account.", "type": "invalid_request_error"},
    )
    second = emulation.person(account, **PERSON, relationship={"executive": "true"})["id"]
    assert emulation.api.delete(f"{path}/{first}").status == 400, "the second is not verified yet"
    emulation.again(account, REVIEW)
    assert emulation.api.delete(f"{path}/{first}").status == 200
    assert emulation.api.delete(f"{path}/{second}").status == 400


@pytest.mark.parametrize("kind", ["individual", "company"])
@pytest.mark.parametrize("country", sorted({*countries.PROCESSING, *countries.RECIPIENTS} - countries.NOT_REACHED))
def test_an_account_that_meets_every_requirement_is_enabled(country: str, kind: str) -> None:
    key = keys.parse(KEY)
    assert key
    home = country if country in ("BR", "IN") else "US"
    sandbox = Sandbox(key, Settings(id_seed="asked", platform_country=home))
    sandbox.clock.freeze()
    abroad = country in countries.RECIPIENTS
    names = ("transfers",) if abroad or country == "IN" else ("card_payments", "transfers")
    terms: Params = {"tos_acceptance": {"service_agreement": "recipient"}} if abroad else {}
    wanted: Params = {"capabilities": {name: {"requested": True} for name in names}}
    sent: Params = {"type": "custom", "country": country, "business_type": kind, **wanted, **terms}
    account = accounts.create_account(sandbox, sandbox.clock.now(), sent)
    for _ in range(3):
        shown: Any = accounts.render(account, now=sandbox.clock.now())
        account = accounts.provide_test_data(sandbox, account, shown["requirements"]["currently_due"])
        sandbox.clock.advance(REVIEW)
    done: Any = accounts.render(account, now=sandbox.clock.now())
    assert done["requirements"]["currently_due"] == []
    assert (done["charges_enabled"], done["payouts_enabled"], done["details_submitted"]) == (True, True, True)
    assert set(done["capabilities"].values()) == {"active"}


# --- what shows ---------------------------------------------------------------------------------------------------


def test_an_individual_shares_its_address_and_phone_with_its_business(emulation: Emulation) -> None:
    account = emulation.individual("US")
    assert (
        account["company"]["address"]
        == account["individual"]["address"]
        == {
            "city": "Springfield",
            "country": "US",
            "line1": "address_full_match",
            "line2": None,
            "postal_code": "12345",
            "state": "NY",
        }
    )
    assert account["company"]["phone"] == account["individual"]["phone"] == "+10000000000"


@pytest.mark.parametrize("country", ["CA", "DE", "GB", "HK", "SG"])
def test_the_test_phone_is_one_of_us_everywhere_and_that_of_a_company_stays_as_sent(
    emulation: Emulation, country: str
) -> None:
    assert emulation.individual(country)["individual"]["phone"] == "+10000000000"
    assert emulation.company(country)["company"]["phone"] == "0000000000"


# Name of the profile, website, then the descriptor, its prefix, the name in the Dashboard.
NAMES = [
    (None, "https://vipul.example.com/", "VIPUL.EXAMPLE.COM", "VIPUL.EXAM", "vipul.example"),
    (None, "www.example.com", "EXAMPLE.COM", "EXAMPLE.CO", "Example"),
    ("Chuck Bartowski", "https://example.com", "CHUCK BARTOWSKI", "CHUCK BART", "Chuck Bartowski"),
    ("Buy More, LLC", "https://example.com", "BUY MORE, LLC", "BUY MORE,", "Buy More, LLC"),
]


@pytest.mark.parametrize("row", NAMES, ids=[row[2] for row in NAMES])
def test_statements_and_the_dashboard_take_the_name_or_the_website(
    emulation: Emulation, row: tuple[str | None, ...]
) -> None:
    name, url, *expected = row
    account = emulation.individual("US", business_profile={"url": url, **({"name": name} if name else {})})
    shown = account["settings"]
    assert expected == [
        shown["payments"]["statement_descriptor"],
        shown["card_payments"]["statement_descriptor_prefix"],
        shown["dashboard"]["display_name"],
    ]
    sent = emulation.update(account, settings={"payments": {"statement_descriptor": "OTHER"}})
    assert sent["settings"]["payments"]["statement_descriptor"] == "OTHER"


def test_a_company_is_called_by_its_name_and_its_statements_by_its_website(emulation: Emulation) -> None:
    account = emulation.company("US")
    assert account["business_profile"]["name"] == "Buy More"
    assert account["settings"]["payments"]["statement_descriptor"] == "FUREVER.DEV"


PROVIDED = [
    ("US", None, {"id_number_provided": False, "ssn_last_4_provided": False}),
    ("CA", None, {"id_number_provided": False}),
    ("GB", None, {}),
    ("GB", "000000000", {"id_number_provided": True, "ssn_last_4_provided": True}),
    ("DE", "000000000", {"id_number_provided": True, "ssn_last_4_provided": True}),
]


@pytest.mark.parametrize(("country", "number", "flags"), PROVIDED, ids=[f"{row[0]}-{row[1]}" for row in PROVIDED])
def test_which_numbers_were_provided_shows_as_seen(
    emulation: Emulation, country: str, number: str | None, flags: dict[str, bool]
) -> None:
    shown = emulation.individual(country, {**PERSON, "id_number": number})["individual"]
    assert {name: value for name, value in shown.items() if name.endswith("_provided")} == flags


def test_a_recipient_shows_every_name_that_a_country_can_have(emulation: Emulation) -> None:
    shown = emulation.recipient("KR", without("id_number"))
    assert [name for name in shown["individual"] if name not in ("id", "object", "account", "created")] == [
        "address", "dob", "email", "first_name", "first_name_kana", "first_name_kanji", "future_requirements", "gender",
        "id_number_provided", "last_name", "last_name_kana", "last_name_kanji", "maiden_name", "metadata", "nationality",
        "phone", "relationship", "requirements", "ssn_last_4_provided", "verification",
    ]  # fmt: skip
    assert list(shown["company"]) == [
        "address", "directors_provided", "directorship_declaration", "executives_provided", "name", "name_kana",
        "name_kanji", "owners_provided", "ownership_declaration", "phone", "tax_id_provided", "vat_id_provided",
        "verification",
    ]  # fmt: skip
    assert "gender" not in emulation.recipient("IN")["individual"]


# Country, whether across the border, the sent schedule, days.
SCHEDULES = [
    ("US", False, {}, {"delay_days": 2, "interval": "daily"}),
    ("US", False, {"interval": "manual"}, {"delay_days": 1, "interval": "manual"}),
    ("CA", False, {}, {"delay_days": 7, "interval": "daily"}),
    ("KR", True, {}, {"delay_days": 0, "interval": "daily"}),
    ("KR", True, {"interval": "manual"}, {"delay_days": 0, "interval": "manual"}),
    ("PH", True, {"interval": "manual"}, {"delay_days": 1, "interval": "manual"}),
]


@pytest.mark.parametrize(("country", "abroad", "sent", "expected"), SCHEDULES, ids=lambda value: str(value)[:30])
def test_payouts_are_scheduled_as_seen(
    emulation: Emulation, country: str, *, abroad: bool, sent: dict[str, str], expected: dict[str, Any]
) -> None:
    make = emulation.recipient if abroad else emulation.individual
    account = make(country, settings={"payouts": {"schedule": sent}} if sent else {})
    assert account["settings"]["payouts"]["schedule"] == expected


def test_an_update_takes_the_older_name_of_an_external_account_too(emulation: Emulation) -> None:
    account = emulation.individual("US", external_account={})
    bank = {"country": "US", "currency": "usd", "account_number": "000123456789", "routing_number": "110000000"}
    assert emulation.update(account, bank_account=bank)["external_accounts"]["total_count"] == 1


def test_an_empty_description_of_the_product_is_kept(emulation: Emulation) -> None:
    account = emulation.individual("US", business_profile={"url": "https://furever.dev", "product_description": ""})
    assert account["business_profile"]["product_description"] == ""
    assert emulation.update(account, metadata={"a": "1"})["business_profile"]["product_description"] == ""
    described = emulation.update(account, business_profile={"product_description": "Dog walks"})
    assert described["business_profile"]["product_description"] == "Dog walks"
    emptied = emulation.update(account, business_profile={"product_description": ""})
    assert emptied["business_profile"]["product_description"] == ""


# The parameters of the business profile, and the category that is shown.
CATEGORIES: list[tuple[dict[str, str], str | None]] = [
    ({"url": "https://furever.dev"}, "5734"),
    ({"url": "https://furever.dev", "mcc": "7299"}, "7299"),
    ({"product_description": "Dog walks"}, None),
]


@pytest.mark.parametrize(("profile", "expected"), CATEGORIES, ids=["website", "sent", "description"])
def test_the_category_of_a_website_is_found_where_the_platform_collects_the_requirements(
    emulation: Emulation, profile: dict[str, str], expected: str | None
) -> None:
    account = emulation.individual("US", business_profile=profile)
    assert account["business_profile"]["mcc"] == expected
    assert ("business_profile.mcc" in account["requirements"]["currently_due"]) is (expected is None)


def test_the_category_of_an_account_that_stripe_collects_is_set_by_its_onboarding(emulation: Emulation) -> None:
    profile = {"url": "https://furever.dev"}
    account = emulation.api.post("/v1/accounts", {"type": "express", "country": "US", "business_profile": profile}).body
    assert account["business_profile"]["mcc"] is None


def test_a_category_that_is_found_later_is_in_the_event_of_the_update(emulation: Emulation) -> None:
    account = emulation.individual("US", business_profile={"product_description": "Dog walks"})
    emulation.update(account, business_profile={"url": "https://furever.dev"})
    events = emulation.api.get("/v1/events?type=account.updated", stripe_account=account["id"]).body["data"]
    before = events[0]["data"]["previous_attributes"]["business_profile"]
    assert before == {"mcc": None, "url": None}


# --- planned rules ------------------------------------------------------------------------------------------------

PLANNED_AT = 1_717_516_800  # June 2024


def test_planned_rules_repeat_the_requirements_of_a_custom_account_in_us(emulation: Emulation) -> None:
    person = {name: value for name, value in PERSON.items() if name not in ("id_number", "first_name")}
    account = emulation.individual("US", {**person, "ssn_last_4": "0000"}, external_account={})
    website = "business_profile.url"
    checked = ["address.city", "address.line1", "address.postal_code", "address.state", "id_number"]
    assert account["future_requirements"] == {
        "alternatives": [],
        "current_deadline": PLANNED_AT,
        "currently_due": ["external_account", "individual.first_name"],
        "disabled_reason": None,
        "errors": [],
        "eventually_due": ["external_account", "individual.first_name", "individual.id_number"],
        "past_due": ["external_account", "individual.first_name"],
        "pending_verification": [website, *(f"individual.{name}" for name in checked)],
    }
    assert account["individual"]["future_requirements"] == {
        "alternatives": [],
        "currently_due": ["first_name"],
        "errors": [],
        "eventually_due": ["first_name", "id_number"],
        "past_due": ["first_name"],
        "pending_verification": checked,
    }


def test_little_of_a_company_is_past_due_under_planned_rules(emulation: Emulation) -> None:
    account = emulation.company("US")
    today, planned = account["requirements"], account["future_requirements"]
    assert "representative.dob.day" in today["past_due"]
    assert planned == {**today, "current_deadline": PLANNED_AT, "disabled_reason": None, "past_due": []}


def test_planned_rules_repeat_the_errors_of_a_failed_check(emulation: Emulation) -> None:
    account = emulation.individual("US", {**PERSON, "id_number": "111111111"})
    failed = emulation.again(account, REVIEW)
    assert [each["code"] for each in failed["requirements"]["errors"]] == ["verification_failed_keyed_identity"]
    assert failed["future_requirements"]["errors"] == failed["requirements"]["errors"]
    assert failed["future_requirements"]["past_due"] == []


def test_other_accounts_have_no_planned_rules(emulation: Emulation) -> None:
    transfers = {"transfers": {"requested": "true"}}
    assert emulation.individual("DE")["future_requirements"] == NO_REQUIREMENTS
    assert emulation.recipient("MX")["future_requirements"] == NO_REQUIREMENTS
    assert emulation.individual("US", capabilities=transfers)["future_requirements"] == NO_REQUIREMENTS
    assert (
        emulation.individual("US", email="a+enforce_future_requirements@b.test")["future_requirements"]
        == NO_REQUIREMENTS
    )
    express = emulation.api.post("/v1/accounts", {"type": "express", "country": "US", "capabilities": BOTH}).body
    assert express["future_requirements"] == NO_REQUIREMENTS
