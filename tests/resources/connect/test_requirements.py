"""The requirements and the status of accounts over time, and the effect of test values on their checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from emulator.auth import keys
from emulator.resources.connect.accounts.external_accounts.render import render as render_external_account
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.due import derive_due
from emulator.resources.connect.accounts.requirements.findings import last_turn

from ...api import KEY, Api

REVIEW = 30
WEBSITE_REVIEW = 8
RECOGNITION = 17
BANK = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
    "account_number": "000123456789",
}
ADDRESS = {"line1": "address_full_match", "city": "New York", "state": "NY", "postal_code": "10001"}
PERSON: dict[str, Any] = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "email": "jenny.rosen@example.com",
    "phone": "0000000000",
    "dob": {"day": 1, "month": 1, "year": 1901},
    "address": ADDRESS,
    "id_number": "000000000",
}
COMPANY: dict[str, Any] = {
    "name": "Furever",
    "tax_id": "000000000",
    "phone": "0000000000",
    "address": ADDRESS,
    "directors_provided": "true",
    "executives_provided": "true",
}
BASE: dict[str, Any] = {
    "type": "custom",
    "country": "US",
    "business_type": "individual",
    "capabilities": {"card_payments": {"requested": "true"}, "transfers": {"requested": "true"}},
    "business_profile": {"mcc": "7299", "url": "https://furever.dev"},
    "tos_acceptance": {"date": 1_700_000_000, "ip": "8.8.8.8"},
    "external_account": BANK,
}
ADDRESS_ENTRIES = ["address.city", "address.line1", "address.postal_code", "address.state"]


class State(NamedTuple):
    """The properties of an account that follow from its requirements."""

    capability: str | None
    charges: bool
    payouts: bool
    submitted: bool
    reason: str | None
    due: list[str]
    pending: list[str]
    errors: list[tuple[str, str]]


ENABLED = State("active", True, True, True, None, [], [], [])


def state(account: Any) -> State:
    due = account["requirements"]
    assert set(due["past_due"]) <= set(due["currently_due"]) <= set(due["eventually_due"])
    assert set(due["pending_verification"]).isdisjoint(due["currently_due"])
    statuses = set(account["capabilities"].values())
    assert len(statuses) <= 1, "the capabilities move together"
    return State(
        next(iter(statuses), None),
        account["charges_enabled"],
        account["payouts_enabled"],
        account["details_submitted"],
        due["disabled_reason"],
        due["currently_due"],
        due["pending_verification"],
        [(each["code"], each["requirement"]) for each in due["errors"]],
    )


class Emulation:
    """An emulator with a frozen clock."""

    def __init__(self) -> None:
        self.api = Api()
        key = keys.parse(KEY)
        assert key
        self.sandbox = self.api.emulator.sandboxes.of(key)
        self.sandbox.clock.freeze()

    def wait(self, seconds: int = REVIEW) -> None:
        self.sandbox.clock.advance(seconds)

    def create(self, **more: Any) -> Any:
        return self._good(self.api.post("/v1/accounts", {**BASE, **more}))

    def update(self, account: Any, **params: Any) -> Any:
        return self._good(self.api.post(f"/v1/accounts/{account['id']}", params))

    def again(self, account: Any) -> Any:
        return self._good(self.api.get(f"/v1/accounts/{account['id']}"))

    def person(self, account: Any, **params: Any) -> Any:
        return self._good(self.api.post(f"/v1/accounts/{account['id']}/persons", params))

    @staticmethod
    def _good(answer: Any) -> Any:
        assert answer.status == 200, answer.body
        return answer.body


@pytest.fixture
def emulation() -> Emulation:
    return Emulation()


def individual(*names: str) -> list[str]:
    return [f"individual.{name}" for name in names]


# --- individuals --------------------------------------------------------------------------------------------------

US_PENDING = ["business_profile.url", *individual(*ADDRESS_ENTRIES, "id_number", "verification.document")]


def test_a_complete_individual_of_us_is_reviewed_and_enabled_when_the_time_has_passed(emulation: Emulation) -> None:
    account = emulation.create(individual=PERSON)
    assert state(account) == State(
        "pending", False, False, True, "requirements.pending_verification", [], US_PENDING, []
    )
    assert account["individual"]["verification"]["status"] == "pending"
    emulation.wait(WEBSITE_REVIEW - 1)
    assert emulation.again(account) == account
    emulation.wait(1)
    found = emulation.again(account)
    assert state(found) == state(account)._replace(pending=US_PENDING[1:])
    emulation.wait(RECOGNITION - WEBSITE_REVIEW - 1)
    assert emulation.again(account) == found
    emulation.wait(1)
    recognized = emulation.again(account)
    assert state(recognized) == state(found)
    assert recognized["individual"]["verification"]["status"] == "verified"
    emulation.wait(REVIEW - RECOGNITION - 1)
    assert emulation.again(account) == recognized
    emulation.wait(1)
    done = emulation.again(account)
    assert state(done) == ENABLED
    assert done["individual"]["verification"]["status"] == "verified"


def test_the_last_four_digits_are_checked_without_a_document(emulation: Emulation) -> None:
    person = {**PERSON, "ssn_last_4": "0000"}
    del person["id_number"]
    account = emulation.create(individual=person)
    assert state(account).pending == ["business_profile.url", *individual(*ADDRESS_ENTRIES, "id_number")]
    assert account["future_requirements"]["eventually_due"] == ["individual.id_number"]


def test_the_values_that_match_at_once_enable_an_account_in_the_response(emulation: Emulation) -> None:
    person = {**PERSON, "dob": {"day": 1, "month": 1, "year": 1902}, "id_number": "222222222"}
    account = emulation.create(individual=person)
    assert state(account) == ENABLED._replace(pending=["business_profile.url"])
    emulation.wait()
    assert state(emulation.again(account)) == ENABLED


DOCUMENT = "individual.verification.document"
FAILED_IDENTITY = State(
    "active", True, False, True, "requirements.past_due", [DOCUMENT], [],
    [("verification_failed_keyed_identity", DOCUMENT)],
)  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"id_number": "111111111"}, {"dob": {"day": 2, "month": 1, "year": 2000}}], ids=["number", "dob"]
)
def test_a_failed_identity_requires_a_document_which_settles_it(emulation: Emulation, wrong: dict[str, Any]) -> None:
    account = emulation.create(individual={**PERSON, **wrong})
    assert state(account).pending == US_PENDING
    emulation.wait()
    failed = emulation.again(account)
    assert state(failed) == FAILED_IDENTITY
    verification = failed["individual"]["verification"]
    assert [verification[name] for name in ("status", "details", "details_code")] == [
        "unverified",
        "Provided identity information could not be verified",
        "failed_keyed_identity",
    ]
    bad = emulation.update(account, individual=_document("file_identity_document_failure"))
    assert state(bad) == State("active", True, False, True, "requirements.pending_verification", [], [DOCUMENT], [])
    assert bad["individual"]["verification"]["document"]["front"].startswith("file_1")
    emulation.wait()
    again = emulation.again(account)
    assert state(again).errors == [("verification_document_failed_test_mode", DOCUMENT)]
    assert again["individual"]["verification"]["document"]["details_code"] == "document_failed_test_mode"
    emulation.update(account, individual=_document("file_identity_document_success"))
    emulation.wait()
    assert state(emulation.again(account)) == ENABLED


def _document(token: str) -> dict[str, Any]:
    return {"verification": {"document": {"front": token}}}


def test_the_words_of_a_failed_identity_are_those_of_stripe(emulation: Emulation) -> None:
    account = emulation.create(individual={**PERSON, "id_number": "111111111"})
    emulation.wait()
    assert emulation.again(account)["requirements"]["errors"] == [
        {
            "code": "verification_failed_keyed_identity",
            "reason": (
                "The identity information you entered cannot be verified. Please correct any errors or upload a "
                "document that matches the identity fields (e.g., name and date of birth) that you entered."
            ),
            "requirement": DOCUMENT,
        }
    ]


def test_a_corrected_number_is_checked_again_and_the_address_is_not(emulation: Emulation) -> None:
    account = emulation.create(individual={**PERSON, "id_number": "111111111"})
    emulation.wait()
    corrected = emulation.update(account, individual={"id_number": "000000000"})
    assert state(corrected).pending == individual("id_number", "verification.document")
    emulation.wait()
    assert state(emulation.again(account)) == ENABLED


@pytest.mark.parametrize(
    ("line1", "expected"),
    [
        ("address_no_match", State("active", True, False, True, "requirements.past_due", individual("address.line1"), [], [])),
        (
            "address_line1_no_match",
            State("inactive", False, False, True, "requirements.past_due", individual(*ADDRESS_ENTRIES), [], []),
        ),
    ],
)  # fmt: skip
def test_an_address_that_does_not_match_comes_back(emulation: Emulation, line1: str, expected: State) -> None:
    account = emulation.create(individual={**PERSON, "address": {**ADDRESS, "line1": line1}})
    emulation.wait()
    seen = state(emulation.again(account))
    assert seen._replace(errors=[]) == expected
    assert {code for code, _ in seen.errors} == {"verification_failed_address_match"}


def test_a_listed_person_stops_the_account(emulation: Emulation) -> None:
    account = emulation.create(individual={**PERSON, "dob": {"day": 1, "month": 1, "year": 1900}})
    emulation.wait()
    seen = state(emulation.again(account))
    assert seen[:5] == ("inactive", False, False, True, "listed")


QUIET = State("active", True, True, True, None, [], [], [])
COUNTRIES = [
    ("DE", QUIET),
    ("FR", QUIET),
    ("GB", QUIET),
    ("NO", QUIET),
    (
        "CA",
        QUIET._replace(
            payouts=False,
            reason="requirements.pending_verification",
            pending=[
                "individual.verification.additional_document",
                DOCUMENT,
                "individual.verification.proof_of_liveness",
            ],
        ),
    ),
    ("HK", QUIET._replace(payouts=False, reason="requirements.pending_verification", pending=[DOCUMENT])),
    (
        "NZ",
        QUIET._replace(
            payouts=False,
            reason="requirements.pending_verification",
            pending=["individual.verification.additional_document", DOCUMENT],
        ),
    ),
]


@pytest.mark.parametrize(("country", "expected"), COUNTRIES, ids=[row[0] for row in COUNTRIES])
def test_checks_of_other_countries_end_at_once(emulation: Emulation, country: str, expected: State) -> None:
    account = emulation.create(country=country, external_account=f"btok_{country.lower()}", individual=PERSON)
    assert state(account) == expected
    assert account["individual"]["verification"]["status"] == "pending"
    emulation.wait()
    done = emulation.again(account)
    assert state(done) == ENABLED
    assert done["individual"]["verification"]["status"] == "verified"


def test_singapore_requires_aliases_until_an_empty_one_says_that_there_are_none(emulation: Emulation) -> None:
    account = emulation.create(country="SG", external_account="btok_sg", individual={**PERSON, "nationality": "SG"})
    assert state(account)[:6] == (
        "inactive", False, False, False, "requirements.past_due", ["individual.full_name_aliases"],
    )  # fmt: skip
    done = emulation.update(account, individual={"full_name_aliases": [""]})
    assert done["individual"]["full_name_aliases"] == []
    emulation.wait()
    later = emulation.again(account)
    assert state(later).due == ["individual.verification.proof_of_liveness"]
    assert later["requirements"]["alternatives"] == [
        {
            "alternative_fields_due": ["individual.verification.additional_document"],
            "original_fields_due": ["individual.verification.proof_of_liveness"],
        }
    ]


def test_an_individual_recipient_can_receive_at_once_and_stays_unverified(emulation: Emulation) -> None:
    account = emulation.create(
        country="AL",
        capabilities={"transfers": {"requested": "true"}},
        tos_acceptance={"date": 1_700_000_000, "ip": "8.8.8.8", "service_agreement": "recipient"},
        external_account="btok_al",
        individual=PERSON,
    )
    assert state(account) == ENABLED
    assert account["requirements"]["eventually_due"] == [DOCUMENT]
    assert account["individual"]["verification"]["status"] == "unverified"


def test_six_countries_ask_a_recipient_for_a_number(emulation: Emulation) -> None:
    account = emulation.create(
        country="PK",
        capabilities={"transfers": {"requested": "true"}},
        tos_acceptance={"date": 1_700_000_000, "ip": "8.8.8.8", "service_agreement": "recipient"},
        individual={name: value for name, value in PERSON.items() if name != "id_number"},
        external_account="btok_pk",
    )
    assert state(account)[:6] == (
        "inactive", False, False, False, "requirements.past_due", ["individual.id_number"],
    )  # fmt: skip


def test_future_requirements_can_be_enforced_today(emulation: Emulation) -> None:
    person = {**PERSON, "ssn_last_4": "0000"}
    del person["id_number"]
    account = emulation.create(individual=person, email="jenny+enforce_future_requirements@example.com")
    emulation.wait()
    done = emulation.again(account)
    assert done["requirements"]["eventually_due"] == ["individual.id_number"]
    assert done["future_requirements"]["eventually_due"] == []
    assert state(done) == ENABLED


# --- what a bank account decides ----------------------------------------------------------------------------------


def test_a_missing_bank_account_stops_payouts_alone(emulation: Emulation) -> None:
    sent = {name: value for name, value in BASE.items() if name != "external_account"}
    account = emulation._good(emulation.api.post("/v1/accounts", {**sent, "individual": PERSON}))
    assert state(account)[:6] == ("pending", False, False, False, "requirements.past_due", ["external_account"])
    emulation.wait()
    assert state(emulation.again(account)) == State(
        "active", True, False, False, "requirements.past_due", ["external_account"], [], []
    )
    assert state(emulation.update(account, external_account="btok_us")) == ENABLED


def test_details_once_submitted_stay_submitted(emulation: Emulation) -> None:
    account = emulation.create(individual={**PERSON, "id_number": "111111111"})
    emulation.wait()
    assert state(emulation.again(account)).submitted is True
    assert emulation.update(account, metadata={"a": "1"})["details_submitted"] is True


# --- companies ----------------------------------------------------------------------------------------------------

REPRESENTATIVE: dict[str, Any] = {
    **PERSON,
    "relationship": {"representative": "true", "owner": "true", "title": "CEO", "percent_ownership": "100"},
}
COMPANY_PENDING = ["business_profile.url", *(f"company.{name}" for name in (*ADDRESS_ENTRIES, "tax_id"))]


def test_a_company_of_us_is_enabled_by_a_representative_who_owns_it(emulation: Emulation) -> None:
    account = emulation.create(business_type="company", company=COMPANY)
    first = state(account)
    assert first[:5] == ("inactive", False, False, True, "requirements.past_due")
    assert (len(first.due), first.pending) == (17, COMPANY_PENDING)
    person = emulation.person(account, **REPRESENTATIVE)
    checks = [*ADDRESS_ENTRIES, "verification.document"]
    assert person["requirements"]["pending_verification"] == checks
    second = emulation.again(account)
    assert state(second) == State(
        "pending", False, False, True, "requirements.pending_verification", [],
        sorted([*COMPANY_PENDING, *(f"{person['id']}.{name}" for name in checks)]), [],
    )  # fmt: skip
    assert second["company"]["owners_provided"] is False
    emulation.wait()
    assert state(emulation.again(account)) == ENABLED


def test_the_missing_fields_of_a_representative_are_due_under_its_id(emulation: Emulation) -> None:
    account = emulation.create(business_type="company", company={**COMPANY, "owners_provided": "true"})
    person = emulation.person(account, first_name="Jenny", last_name="Rosen", relationship={"representative": "true"})
    due = [
        *ADDRESS_ENTRIES, "dob.day", "dob.month", "dob.year", "email", "phone", "relationship.title", "ssn_last_4",
    ]  # fmt: skip
    assert person["requirements"]["currently_due"] == due
    assert state(emulation.again(account)).due == [f"{person['id']}.{name}" for name in due]


def test_owners_of_less_than_all_must_be_said_to_be_all(emulation: Emulation) -> None:
    account = emulation.create(business_type="company", company=COMPANY)
    share = {**REPRESENTATIVE["relationship"], "percent_ownership": "40"}
    emulation.person(account, **{**REPRESENTATIVE, "relationship": share})
    assert state(emulation.again(account)).due == ["company.owners_provided"]
    assert state(emulation.update(account, company={"owners_provided": "true"})).due == []


def test_a_company_elsewhere_has_no_reviews_to_wait_for(emulation: Emulation) -> None:
    account = emulation.create(country="GB", business_type="company", company=COMPANY, external_account="btok_gb")
    assert state(account)[:5] == ("inactive", False, False, False, "requirements.past_due")
    person = emulation.person(account, **REPRESENTATIVE)
    assert person["verification"]["status"] == "pending"
    assert state(emulation.again(account)) == ENABLED


TAX_IDS = [
    ("000000000", [], []),
    ("000000001", [], []),
    ("222222222", [], []),
    ("111111111", ["company.tax_id"], [("verification_failed_tax_id_match", "company.tax_id")]),
    ("111111112", ["company.tax_id"], [("verification_failed_tax_id_not_issued", "company.tax_id")]),
    ("222221000", ["company.tax_id"], [("verification_failed_other", "company.tax_id")]),
    ("222221001", ["company.owners_provided"], [("verification_missing_owners", "company.owners_provided")]),
    ("222221002", ["company.directors_provided"], [("verification_missing_directors", "company.directors_provided")]),
    ("222221003", ["company.owners_provided"], [("verification_missing_owners", "company.owners_provided")]),
    ("222221004", ["company.directors_provided"], [("verification_missing_directors", "company.directors_provided")]),
]


@pytest.mark.parametrize(("number", "due", "errors"), TAX_IDS, ids=[row[0] for row in TAX_IDS])
def test_the_tax_id_of_a_company_decides_its_check(
    emulation: Emulation, number: str, due: list[str], errors: list[tuple[str, str]]
) -> None:
    account = emulation.create(business_type="company", company={**COMPANY, "tax_id": number})
    emulation.person(account, **REPRESENTATIVE)
    emulation.wait()
    seen = state(emulation.again(account))
    assert (seen.capability, seen.due, seen.errors) == ("active", due, errors)


def test_a_registry_that_is_not_ready_keeps_a_company_waiting(emulation: Emulation) -> None:
    account = emulation.create(business_type="company", company={**COMPANY, "tax_id": "222221005"})
    emulation.person(account, **REPRESENTATIVE)
    emulation.wait(1_000_000)
    assert state(emulation.again(account))[:7] == (
        "pending", False, False, True, "requirements.pending_verification", [], ["company.tax_id"],
    )  # fmt: skip


VALUES: list[tuple[dict[str, Any], str, str]] = [
    ({"business_profile": {"url": "https://geoblocked.stripe.com"}}, "invalid_url_website_inaccessible_geoblocked", "business_profile.url"),
    ({"business_profile": {"url": "https://disallowed.stripe.com"}}, "invalid_url_denylisted", "business_profile.url"),
    ({"business_profile": {"url": "https://problem.stripe.com"}}, "invalid_url_website_other", "business_profile.url"),
    ({"business_profile": {"url": "https://missing.stripe.com"}}, "invalid_url_website_incomplete", "business_profile.url"),
    ({"business_profile": {"url": "https://mismatch.stripe.com"}}, "invalid_url_website_business_information_mismatch", "business_profile.url"),
    ({"business_profile": {"url": "https://passwordprotected.stripe.com"}}, "invalid_url_website_inaccessible_password_protected", "business_profile.url"),
    ({"business_profile": {"url": "https://underconstruction.stripe.com"}}, "invalid_url_website_incomplete_under_construction", "business_profile.url"),
    ({"business_profile": {"url": "https://inaccessible.stripe.com"}}, "invalid_url_website_inaccessible", "business_profile.url"),
    ({"business_profile": {"name": "disallowed_dba"}}, "invalid_business_profile_name_denylisted", "business_profile.name"),
    ({"business_profile": {"name": "invalid_dba"}}, "invalid_business_profile_name", "business_profile.name"),
    (
        {"settings": {"payments": {"statement_descriptor": "disallowed"}}},
        "invalid_statement_descriptor_denylisted",
        "settings.payments.statement_descriptor",
    ),
    (
        {"settings": {"card_payments": {"statement_descriptor_prefix": "mismatch"}}},
        "invalid_statement_descriptor_prefix_mismatch",
        "settings.card_payments.statement_descriptor_prefix",
    ),
    (
        {"documents": {"proof_of_registration": {"files": ["file_relationship_document_invalid"]}}},
        "verification_document_invalid",
        "documents.proof_of_registration.files",
    ),
    (
        {"documents": {"proof_of_registration": {"files": ["file_relationship_document_mismatch"]}}},
        "verification_document_name_mismatch",
        "documents.proof_of_registration.files",
    ),
    ({"business_profile": {"product_description": "require_url"}}, "invalid_url_web_presence_detected", "business_profile.url"),
    (
        {"settings": {"payments": {"statement_descriptor": "mismatch"}}},
        "invalid_statement_descriptor_business_mismatch",
        "settings.payments.statement_descriptor",
    ),
    (
        {"settings": {"card_payments": {"statement_descriptor_prefix": "disallowed"}}},
        "invalid_statement_descriptor_prefix_denylisted",
        "settings.card_payments.statement_descriptor_prefix",
    ),
    (
        {"documents": {"proof_of_registration": {"files": ["file_relationship_document_invalid_signer"]}}},
        "invalid_signator",
        "documents.proof_of_registration.files",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "code", "entry"), VALUES, ids=[row[1] for row in VALUES])
def test_test_values_bring_their_errors_when_the_review_is_over(
    emulation: Emulation, sent: dict[str, Any], code: str, entry: str
) -> None:
    account = emulation.create(individual=PERSON)
    emulation.wait()
    changed = emulation.update(account, **sent)
    assert changed["requirements"]["errors"] == []
    emulation.wait()
    seen = state(emulation.again(account))
    assert (seen.due, seen.errors) == ([entry], [(code, entry)])
    assert (seen.charges, seen.payouts, seen.reason) == (True, False, "requirements.past_due")


NAMES = [
    ("mismatch_director", "director", "verification_directors_mismatch", "company.directors_provided"),
    ("missing_director", "director", "verification_missing_directors", "company.directors_provided"),
    ("extraneous_director", "director", "verification_extraneous_directors", "company.directors_provided"),
    ("mismatch_owner", "owner", "verification_missing_owners", "company.owners_provided"),
    ("extraneous_owner", "owner", "verification_missing_owners", "company.owners_provided"),
]


@pytest.mark.parametrize("row", NAMES, ids=[row[0] for row in NAMES])
def test_who_is_not_of_the_registry_is_reported(emulation: Emulation, row: tuple[str, str, str, str]) -> None:
    name, role, code, entry = row
    account = emulation.create(business_type="company", company={**COMPANY, "owners_provided": "true"})
    emulation.person(account, **{**REPRESENTATIVE, "relationship": {"representative": "true", "title": "CEO"}})
    emulation.person(account, **{**PERSON, "first_name": name}, relationship={role: "true"})
    assert state(emulation.again(account)).errors == []
    emulation.wait()
    assert state(emulation.again(account)).errors == [(code, entry)]


@pytest.mark.parametrize(
    ("line1", "due", "charges"),
    [
        ("address_full_match", [], True),
        ("address_no_match", ["company.address.line1"], True),
        ("address_line1_no_match", [f"company.{name}" for name in ADDRESS_ENTRIES], False),
    ],
)
def test_the_address_of_a_company_decides_what_it_can_do(
    emulation: Emulation, line1: str, due: list[str], *, charges: bool
) -> None:
    account = emulation.create(business_type="company", company={**COMPANY, "address": {**ADDRESS, "line1": line1}})
    emulation.person(account, **REPRESENTATIVE)
    emulation.wait()
    seen = state(emulation.again(account))
    assert (seen.due, seen.charges, seen.payouts) == (due, charges, not due)


@pytest.mark.parametrize("name", ["match_name_relationships", "match_name_only", "Furever_high_risk"])
def test_names_of_companies_that_match_owe_nothing(emulation: Emulation, name: str) -> None:
    account = emulation.create(business_type="company", company={**COMPANY, "name": name})
    emulation.person(account, **REPRESENTATIVE)
    emulation.wait()
    assert state(emulation.again(account)) == ENABLED


def test_a_name_that_is_not_allowed_is_due_again(emulation: Emulation) -> None:
    account = emulation.create(business_type="company", company={**COMPANY, "name": "disallowed_name"})
    emulation.person(account, **REPRESENTATIVE)
    emulation.wait()
    assert state(emulation.again(account)).errors == [("invalid_company_name_denylisted", "company.name")]


def test_a_company_whose_name_does_not_match_can_send_a_document(emulation: Emulation) -> None:
    account = emulation.create(business_type="company", company={**COMPANY, "name": "mismatch_business_name"})
    emulation.person(account, **REPRESENTATIVE)
    emulation.wait()
    assert state(emulation.again(account)).errors == [("verification_failed_name_match", "company.name")]
    emulation.update(account, company=_document("file_identity_document_success"))
    emulation.wait()
    assert state(emulation.again(account)) == ENABLED


def test_an_inactive_website_pauses_the_capabilities(emulation: Emulation) -> None:
    account = emulation.create(
        individual=PERSON, business_profile={"mcc": "7299", "url": "https://inactivity.stripe.com"}
    )
    emulation.wait()
    assert state(emulation.again(account))[:3] == ("inactive", False, False)
    capability = emulation.api.get(f"/v1/accounts/{account['id']}/capabilities/card_payments").body
    assert capability["requirements"]["disabled_reason"] == "paused.inactivity"


@pytest.mark.parametrize(("nationality", "abroad"), [("IN", True), ("AE", False)])
def test_a_company_of_ae_requires_documents_once_its_representative_is_known(
    emulation: Emulation, nationality: str, *, abroad: bool
) -> None:
    account = emulation.create(
        country="AE",
        business_type="company",
        external_account={
            "object": "bank_account",
            "country": "AE",
            "currency": "aed",
            "account_number": "AE070331234567890123456",
        },
        company={**COMPANY, "address": {"line1": "address_full_match", "city": "Dubai", "state": "Dubai"}},
    )
    assert len(account["requirements"]["currently_due"]) == 24
    person = emulation.person(
        account,
        **PERSON,
        nationality=nationality,
        relationship={"representative": "true", "owner": "true", "percent_ownership": 100, "title": "CEO"},
    )
    own = [f"{person['id']}.{name}" for name in ("documents.passport.files", "documents.visa.files")]
    assert emulation.again(account)["requirements"]["currently_due"] == [
        "company.business_vat_id_number",
        "documents.bank_account_ownership_verification.files",
        "documents.company_license.files",
        "documents.company_memorandum_of_association.files",
        *([*own, f"{person['id']}.verification.document"] if abroad else []),
    ]


@pytest.mark.parametrize("date", [0, 1_230_767_999, 4_000_000_000, 99_999_999_999_999, -99_999_999_999_999])
def test_terms_were_accepted_between_2009_and_now(emulation: Emulation, date: int) -> None:
    answer = emulation.api.post("/v1/accounts", {**BASE, "tos_acceptance": {"date": date, "ip": "8.8.8.8"}})
    assert (answer.status, answer.error) == (
        400,
        {
            "message": "ToS acceptance date is not valid. Dates are expected to be integers, measured in seconds, not in "
            "the future, and after 2009",
            "param": "tos_acceptance[date]",
            "type": "invalid_request_error",
        },
    )


def test_each_error_of_a_test_value_has_a_sentence() -> None:
    endings = [*test_values.STREETS.values(), *test_values.FIRST_NAMES.values()]
    endings += [ending for values in test_values.VALUES.values() for ending in values.values()]
    codes = {ending.code for ending in endings} | set(test_values.RELATIONSHIP_DOCUMENTS.values())
    assert {code for code in codes if not test_values.reason_of(code).endswith(".")} == set()


# --- between its turns an account stays as it is ----------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"individual": PERSON},
        {"individual": {**PERSON, "address": {**ADDRESS, "line1": "address_no_match"}, "dob": {**PERSON["dob"], "year": 1900}}},
        {"business_type": "company", "company": {**COMPANY, "tax_id": "111111111"}},
        {"individual": PERSON, "external_account": {**BANK, "account_number": test_values.OWNERSHIP_REQUIRED}},
        {"individual": PERSON, "external_account": {**BANK, "account_number": test_values.OWNERSHIP_BY_ITSELF}},
    ],
)  # fmt: skip
def test_an_account_is_unchanged_since_its_last_timer(emulation: Emulation, more: dict[str, Any]) -> None:
    account = emulation.create(**more)
    emulation.wait(10)
    emulation.update(account, business_profile={"url": "https://accessible.stripe.com"})
    row = emulation.sandbox.accounts.get(account["id"])
    assert row is not None
    row = replace(row, added_requirements={"individual.id_number": row.created + 50})
    for now in range(row.created, row.created + 90):
        turn = last_turn(row, now)
        assert replace(derive_due(row, now), now=0) == replace(derive_due(row, turn), now=0)
        assert [render_external_account(row, each, now) for each in row.external_accounts] == [
            render_external_account(row, each, turn) for each in row.external_accounts
        ]
