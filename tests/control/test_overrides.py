"""Overrides of accounts by tests: onboarding, added requirements, capabilities, outcomes of checks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.auth import keys
from emulator.resources.connect import accounts
from emulator.resources.connect.accounts.requirements.due import due_of
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.settings import Settings
from emulator.store.rows import Account

NOW = 1_785_715_143
BOTH: Params = {"card_payments": {"requested": True}, "transfers": {"requested": True}}


class FrozenSandbox:
    """A sandbox with a frozen clock."""

    def __init__(self, country: str = "US") -> None:
        key = keys.parse("sk_test_overrides")
        assert key
        self.sandbox = Sandbox(key, Settings(platform_country=country))
        self.sandbox.clock.set(NOW)
        self.sandbox.clock.freeze()

    def make(self, **params: Any) -> Account:
        return accounts.create_account(self.sandbox, self.sandbox.clock.now(), params)

    def shown(self, account: Account) -> Any:
        row = accounts.find(self.sandbox, account.id)
        assert row
        return accounts.render(row, now=self.sandbox.clock.now())


@pytest.fixture
def frozen() -> FrozenSandbox:
    return FrozenSandbox()


KINDS = [
    (kind, country, business_type)
    for kind in ("standard", "express", "custom")
    for country in ("US", "DE", "JP", "SG", "AE")
    for business_type in (None, "individual", "company", "non_profit")
]


@pytest.mark.parametrize(("kind", "country", "business_type"), KINDS)
def test_an_onboarded_account_of_any_kind_can_do_everything(
    frozen: FrozenSandbox, kind: str, country: str, business_type: str | None
) -> None:
    sent: Params = {"type": kind, "country": country, **({"business_type": business_type} if business_type else {})}
    shown = frozen.shown(accounts.onboard(frozen.sandbox, frozen.make(**sent)))
    assert shown["capabilities"] == {"card_payments": "active", "transfers": "active"}
    assert [shown[name] for name in ("charges_enabled", "payouts_enabled", "details_submitted")] == [True] * 3
    assert [shown["requirements"][name] for name in ("eventually_due", "pending_verification", "disabled_reason")] == [
        [], [], None,
    ]  # fmt: skip
    assert shown["business_type"] == business_type or "individual"
    assert shown["external_accounts"]["total_count"] == 1
    assert shown["tos_acceptance"]["date"] == NOW
    [person] = accounts.find(frozen.sandbox, shown["id"]).persons  # type: ignore[union-attr]
    assert person.fields["first_name"] == "Jenny"


def test_onboarding_keeps_known_fields(frozen: FrozenSandbox) -> None:
    account = frozen.make(
        type="custom", business_type="individual", individual={"first_name": "Ada"}, external_account="btok_us",
        capabilities={"transfers": {"requested": True}},
    )  # fmt: skip
    shown = frozen.shown(accounts.onboard(frozen.sandbox, account))
    assert (shown["individual"]["first_name"], shown["individual"]["last_name"]) == ("Ada", "Rosen")
    assert shown["individual"]["verification"]["status"] == "verified"
    assert (shown["capabilities"], shown["external_accounts"]["total_count"]) == ({"transfers": "active"}, 1)


def test_a_rejected_account_stays_rejected_when_it_is_onboarded(frozen: FrozenSandbox) -> None:
    account = accounts.reject(frozen.sandbox, frozen.make(type="express"), "fraud")
    shown = frozen.shown(accounts.onboard(frozen.sandbox, account))
    assert (shown["charges_enabled"], shown["requirements"]["disabled_reason"]) == (False, "rejected.fraud")


def test_required_fields_can_be_provided_until_none_is_left(frozen: FrozenSandbox) -> None:
    for country in ("US", "DE", "SG"):
        for business_type in ("individual", "company"):
            account = frozen.make(type="custom", country=country, business_type=business_type, capabilities=BOTH)
            for _ in range(3):  # known fields of a person add requirements
                account = accounts.provide_test_data(frozen.sandbox, account, due_of(account).currently)
            assert frozen.shown(account)["requirements"]["currently_due"] == [], (country, business_type)


def test_japan_requires_a_document_at_once_and_pays_out_with_one(frozen: FrozenSandbox) -> None:
    sent: Params = {"type": "custom", "country": "JP", "business_type": "individual", "capabilities": BOTH}
    account = frozen.make(**sent)
    account = accounts.provide_test_data(frozen.sandbox, account, due_of(account).currently)
    shown = frozen.shown(account)
    assert shown["requirements"]["currently_due"] == [DOCUMENT]
    assert shown["requirements"]["errors"] == []
    assert (shown["charges_enabled"], shown["payouts_enabled"]) == (True, False)
    accounts.provide_test_data(frozen.sandbox, account, [DOCUMENT])
    frozen.sandbox.clock.advance(30)
    assert frozen.shown(account)["payouts_enabled"] is True


FIELDS: Params = {
    "business_profile": {"mcc": "7299", "url": "https://problem.stripe.com"},
    "company": {"name": "disallowed_name", "tax_id": "111111111", "phone": "0000000000", "owners_provided": True},
    "external_account": "btok_us",
    "individual": {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "dob": {"day": 1, "month": 1, "year": 1990},
        "id_number": "111111111",
        "address": {"line1": "address_no_match", "city": "C", "postal_code": "1", "state": "NY"},
        "verification": {"document": {"front": "file_identity_document_failure"}},
    },
    "settings": {"payments": {"statement_descriptor": "mismatch"}},
    "tos_acceptance": {"date": 1_700_000_000, "ip": "8.8.8.8"},
}


@settings(max_examples=60, deadline=None)
@given(
    sent=st.sets(st.sampled_from(sorted(FIELDS))),
    kind=st.sampled_from(["individual", "company", "non_profit"]),
    country=st.sampled_from(["US", "DE", "SG", "AE", "HK"]),
    seconds=st.sampled_from([0, 29, 30, 100]),
)
def test_the_lists_keep_their_order_and_relation_whatever_was_sent(
    sent: set[str], kind: str, country: str, seconds: int
) -> None:
    frozen = FrozenSandbox()
    account = frozen.make(
        type="custom", country=country, business_type=kind, capabilities=BOTH, **{name: FIELDS[name] for name in sent}
    )
    frozen.sandbox.clock.advance(seconds)
    shown = frozen.shown(account)
    owed = shown["requirements"]
    past, currently, eventually = (owed[f"{name}_due"] for name in ("past", "currently", "eventually"))
    assert set(past) <= set(currently) <= set(eventually)
    assert set(owed["pending_verification"]).isdisjoint(eventually)
    assert all(names == sorted(set(names)) for names in (past, currently, eventually, owed["pending_verification"]))
    assert [each["requirement"] for each in owed["errors"]] == sorted(each["requirement"] for each in owed["errors"])
    assert {each["requirement"] for each in owed["errors"]} <= set(past)
    assert not shown["payouts_enabled"] or owed["disabled_reason"] is None
    assert shown["capabilities"]["card_payments"] == shown["capabilities"]["transfers"]


# --- requirements -------------------------------------------------------------------------------------------------

DOCUMENT = "individual.verification.document"


def test_an_added_requirement_is_past_due_at_once_and_met_by_its_field(frozen: FrozenSandbox) -> None:
    account = accounts.onboard(frozen.sandbox, frozen.make(type="custom", business_type="individual"))
    account = accounts.add_requirement(frozen.sandbox, account, DOCUMENT)
    shown = frozen.shown(account)
    assert shown["requirements"]["past_due"] == shown["requirements"]["currently_due"] == [DOCUMENT]
    assert shown["requirements"]["disabled_reason"] == "requirements.past_due"
    assert shown["capabilities"] == {"card_payments": "active", "transfers": "active"}
    assert (shown["charges_enabled"], shown["payouts_enabled"], shown["details_submitted"]) == (True, False, True)
    assert shown["individual"]["requirements"]["currently_due"] == ["verification.document"]
    sent: Params = {"individual": {"verification": {"document": {"front": "file_identity_document_success"}}}}
    accounts.update_account(frozen.sandbox, NOW, account, sent)
    assert frozen.shown(account)["payouts_enabled"] is True


@pytest.mark.parametrize("name", ["individual.id_number", "company.verification.document", "business_profile.url"])
def test_an_added_requirement_about_more_than_a_persons_papers_stops_charges(frozen: FrozenSandbox, name: str) -> None:
    account = accounts.onboard(frozen.sandbox, frozen.make(type="custom", business_type="individual"))
    shown = frozen.shown(accounts.add_requirement(frozen.sandbox, account, name))
    assert shown["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}
    assert (shown["charges_enabled"], shown["requirements"]["past_due"]) == (False, [name])


def test_an_added_requirement_waits_for_its_deadline(frozen: FrozenSandbox) -> None:
    account = accounts.onboard(frozen.sandbox, frozen.make(type="express"))
    account = accounts.add_requirement(frozen.sandbox, account, "external_account", NOW + 100)
    before = frozen.shown(account)
    assert (before["requirements"]["currently_due"], before["requirements"]["past_due"]) == (["external_account"], [])
    assert (before["requirements"]["current_deadline"], before["payouts_enabled"]) == (NOW + 100, True)
    frozen.sandbox.clock.advance(100)
    after = frozen.shown(account)
    assert (after["requirements"]["past_due"], after["requirements"]["current_deadline"]) == (
        ["external_account"],
        None,
    )
    assert (after["charges_enabled"], after["payouts_enabled"]) == (True, False)


# --- capabilities and outcomes ------------------------------------------------------------------------------------


def test_a_capability_can_be_given_any_status(frozen: FrozenSandbox) -> None:
    account = accounts.onboard(frozen.sandbox, frozen.make(type="express"))
    account = accounts.set_capability(frozen.sandbox, account, "card_payments", "inactive", "platform_paused")
    shown = frozen.shown(account)
    assert shown["capabilities"] == {"card_payments": "inactive", "transfers": "active"}
    assert (shown["charges_enabled"], shown["payouts_enabled"]) == (False, True)
    account = accounts.set_capability(frozen.sandbox, account, "klarna_payments", "pending")
    assert frozen.shown(account)["capabilities"]["klarna_payments"] == "pending"
    account = accounts.set_capability(frozen.sandbox, account, "klarna_payments", "unrequested")
    assert "klarna_payments" not in frozen.shown(account)["capabilities"]


def test_checks_end_with_the_given_outcome(frozen: FrozenSandbox) -> None:
    account = accounts.onboard(frozen.sandbox, frozen.make(type="custom", business_type="individual"))
    account = accounts.verify(frozen.sandbox, account, "failed")
    failed = frozen.shown(account)
    assert failed["requirements"]["currently_due"] == [DOCUMENT]
    assert failed["individual"]["verification"]["status"] == "unverified"
    account = accounts.verify(frozen.sandbox, account, "pending")
    assert frozen.shown(account)["capabilities"] == {"card_payments": "pending", "transfers": "pending"}
    account = accounts.verify(frozen.sandbox, account, "verified")
    assert frozen.shown(account)["payouts_enabled"] is True
    account = accounts.verify(frozen.sandbox, account, "automatic")
    assert frozen.shown(account)["payouts_enabled"] is True


def test_invalid_overrides_are_refused_with_the_valid_values(frozen: FrozenSandbox) -> None:
    sandbox, account = frozen.sandbox, frozen.make(type="custom")
    vectors: list[tuple[Any, str]] = [
        (lambda: accounts.reject(sandbox, account, "boredom"), "must be one of fraud, terms_of_service, other"),
        (lambda: accounts.add_requirement(sandbox, account, "shoe_size"), "such as individual.verification.document"),
        (lambda: accounts.add_requirement(sandbox, account, "company"), "such as individual.verification.document"),
        (
            lambda: accounts.add_requirement(sandbox, account, "individual.verfication"),
            "a field that the API takes of one",
        ),
        (lambda: accounts.add_requirement(sandbox, account, "individual."), "a field that the API takes of one"),
        (lambda: accounts.add_requirement(sandbox, account, "company.first_name"), "a field that the API takes of one"),
        (lambda: accounts.add_requirement(sandbox, account, "capabilities.transfers"), "a field that the API takes of"),
        (
            lambda: accounts.add_requirement(sandbox, account, "person_1.first_name"),
            "a field that the API takes of one",
        ),
        (lambda: accounts.set_capability(sandbox, account, "transfers", "active", "other"), "that is active has none"),
        (lambda: accounts.add_requirement(sandbox, account, DOCUMENT, 0), "must be unix seconds"),
        (lambda: accounts.set_capability(sandbox, account, "flying", "active"), "is no capability of Stripe"),
        (lambda: accounts.set_capability(sandbox, account, "transfers", "on"), "must be one of active, inactive"),
        (lambda: accounts.set_capability(sandbox, account, "transfers", "inactive", "why"), "must be one of other"),
        (lambda: accounts.verify(sandbox, account, "maybe"), "must be one of verified, failed, pending, automatic"),
        (lambda: accounts.verify(sandbox, account, "failed"), "has no representative"),
    ]
    for wish, text in vectors:
        with pytest.raises(ValueError, match=text):
            wish()
    assert accounts.find(sandbox, account.id) == account


@pytest.mark.parametrize(
    "name",
    [
        "business_type",
        "external_account",
        "business_profile.url",
        "company.address.city",
        "company.business_vat_id_number",
        "company.verification.document",
        "documents.company_license.files",
        "individual.full_name_aliases",
        "individual.verification.proof_of_liveness",
        "owners.documents.passport.files",
        "representative.relationship.title",
        "settings.treasury.tos_acceptance.ip",
        "tos_acceptance.date",
    ],
)
def test_every_requirement_seen_at_stripe_can_be_added(frozen: FrozenSandbox, name: str) -> None:
    account = accounts.add_requirement(frozen.sandbox, frozen.make(type="custom"), name)
    assert name in frozen.shown(account)["requirements"]["past_due"]
