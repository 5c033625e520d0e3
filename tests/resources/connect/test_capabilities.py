"""Capabilities as objects, rejections, login links and locks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.auth import keys
from emulator.resources.connect import accounts

from ...api import KEY, Api, on
from ...samples import NO_REQUIREMENTS

CUSTOM = {"type": "custom", "business_type": "individual", "capabilities": {"transfers": {"requested": "true"}}}
# Whose checks end at once.
PROVIDED = {
    "business_profile": {"mcc": "7299", "url": "https://furever.dev"},
    "settings": {"payments": {"statement_descriptor": "FUREVER"}},
    "tos_acceptance": {"date": 1_700_000_000, "ip": "127.0.0.1"},
    "individual": {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "email": "jenny@example.com",
        "phone": "0000000000",
        "dob": {"day": 1, "month": 1, "year": 1902},
        "address": {"line1": "address_full_match", "city": "Oakland", "state": "CA", "postal_code": "94607"},
        "id_number": "222222222",
        "ssn_last_4": "2222",
    },
}


@pytest.fixture
def api() -> Api:
    return Api()


def onboarded(api: Api, account: str) -> None:
    key = keys.parse(KEY)
    assert key
    sandbox = api.emulator.sandboxes.of(key)
    row = accounts.find(sandbox, account)
    assert row
    accounts.onboard(sandbox, row)


def test_a_capability_is_complete(api: Api) -> None:
    account = api.account(**CUSTOM)
    created = api.get(f"/v1/accounts/{account}").body["created"]
    missing = [
        "business_profile.url", "individual.first_name", "individual.last_name", "tos_acceptance.date", "tos_acceptance.ip",
    ]  # fmt: skip
    later = ["individual.dob.day", "individual.dob.month", "individual.dob.year", "individual.ssn_last_4"]
    expected = {
        "id": "transfers",
        "object": "capability",
        "account": account,
        "future_requirements": NO_REQUIREMENTS,
        "requested": True,
        "requested_at": created,
        "requirements": {
            **NO_REQUIREMENTS,
            "currently_due": missing,
            "disabled_reason": "requirements.fields_needed",
            "eventually_due": sorted([*missing, *later]),
            "past_due": missing,
        },
        "status": "inactive",
    }
    shown = api.get(f"/v1/accounts/{account}/capabilities/transfers").body
    assert json.dumps(shown, indent=1) == json.dumps(expected, indent=1)


def test_a_capability_that_was_not_requested_is_unrequested(api: Api) -> None:
    account = api.account(**CUSTOM)
    shown = api.get(f"/v1/accounts/{account}/capabilities/card_payments").body
    assert (shown["status"], shown["requested"], shown["requested_at"]) == ("unrequested", False, None)
    assert shown["requirements"] == NO_REQUIREMENTS


def test_a_capability_is_requested_and_given_back_by_its_own_path(api: Api) -> None:
    account = api.account(**CUSTOM)
    path = f"/v1/accounts/{account}/capabilities/card_payments"
    assert api.post(path, {"requested": "true"}).body["requested"] is True
    assert list(api.get(f"/v1/accounts/{account}").body["capabilities"]) == ["card_payments", "transfers"]
    assert api.post(path, {"requested": "false"}).body["status"] == "unrequested"
    assert list(api.get(f"/v1/accounts/{account}").body["capabilities"]) == ["transfers"]


def test_the_list_has_all_in_one_page_newest_first(api: Api) -> None:
    key = keys.parse(KEY)
    assert key
    clock = api.emulator.sandboxes.of(key).clock
    account = api.account(**CUSTOM)
    clock.advance(5)
    api.post(f"/v1/accounts/{account}/capabilities/card_payments", {"requested": "true"})
    listed = api.get(f"/v1/accounts/{account}/capabilities").body
    assert list(listed) == ["object", "data", "has_more", "url"]
    assert ([row["id"] for row in listed["data"]], listed["has_more"]) == (["card_payments", "transfers"], False)
    assert listed["url"] == f"/v1/accounts/{account}/capabilities"
    assert api.get(f"/v1/accounts/{account}/capabilities?limit=1").error["code"] == "parameter_unknown"


def test_an_unknown_capability_is_named(api: Api) -> None:
    gone = api.get(f"/v1/accounts/{api.account()}/capabilities/flying")
    assert (gone.status, gone.error["message"]) == (404, "No such capability: 'flying'")


def test_legacy_payments_stay_inactive(api: Api) -> None:
    account = api.account(type="custom", capabilities={"legacy_payments": {"requested": "true"}})
    assert api.get(f"/v1/accounts/{account}").body["capabilities"] == {"legacy_payments": "inactive"}


TERMS = {
    name: [f"settings.{name}.tos_acceptance.{part}" for part in ("date", "ip")] for name in ("card_issuing", "treasury")
}


def test_issuing_and_treasury_have_terms_of_their_own_which_stop_no_other_capability(api: Api) -> None:
    names = ("card_issuing", "card_payments", "transfers", "treasury")
    account = api.account(
        type="custom",
        country="US",
        business_type="individual",
        capabilities={name: {"requested": "true"} for name in names},
        external_account="btok_us_verified",
        **PROVIDED,
    )
    shown = api.get(f"/v1/accounts/{account}").body
    assert shown["requirements"]["past_due"] == [*TERMS["card_issuing"], *TERMS["treasury"]]
    assert shown["requirements"]["disabled_reason"] == "requirements.past_due"
    assert shown["capabilities"] == {
        "card_issuing": "inactive",
        "card_payments": "active",
        "transfers": "active",
        "treasury": "inactive",
    }
    for name, own in {**TERMS, "card_payments": []}.items():
        capability = api.get(f"/v1/accounts/{account}/capabilities/{name}").body
        reason = "requirements.fields_needed" if own else None
        assert (capability["requirements"]["past_due"], capability["requirements"]["disabled_reason"]) == (own, reason)
    accepted = {"tos_acceptance": {"date": 1_700_000_000, "ip": "127.0.0.1"}}
    shown = api.post(f"/v1/accounts/{account}", {"settings": {"card_issuing": accepted}}).body
    assert (shown["capabilities"]["card_issuing"], shown["capabilities"]["treasury"]) == ("active", "inactive")
    shown = api.post(f"/v1/accounts/{account}", {"settings": {"treasury": accepted}}).body
    assert (shown["requirements"]["past_due"], shown["payouts_enabled"]) == ([], True)
    assert set(shown["capabilities"].values()) == {"active"}


# --- rejection ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["fraud", "terms_of_service", "other"])
def test_a_rejected_account_can_do_nothing_and_keeps_its_lists(api: Api, reason: str) -> None:
    account = api.account(**CUSTOM)
    before = api.get(f"/v1/accounts/{account}").body["requirements"]
    rejected = api.post(f"/v1/accounts/{account}/reject", {"reason": reason}).body
    assert rejected["requirements"] == {**before, "disabled_reason": f"rejected.{reason}"}
    assert (rejected["charges_enabled"], rejected["payouts_enabled"]) == (False, False)
    assert rejected["capabilities"] == {"transfers": "inactive"}
    capability = api.get(f"/v1/accounts/{account}/capabilities/transfers").body
    assert capability["requirements"]["disabled_reason"] == "rejected.other"


def test_an_onboarded_account_can_be_rejected_too(api: Api) -> None:
    account = api.account(type="express")
    onboarded(api, account)
    assert api.post(f"/v1/accounts/{account}/reject", {"reason": "fraud"}).body["charges_enabled"] is False


NOT_LIABLE = (
    "You can only reject accounts where your platform is liable for negative balances, which means that "
    "`controller[losses][payments]` is application."
)


def test_a_rejection_needs_a_reason_and_liability(api: Api) -> None:
    custom, standard = api.account(**CUSTOM), api.account(type="standard")
    vectors = [
        (custom, {}, "Missing required param: reason."),
        (custom, {"reason": "bored"}, "Invalid reason: must be one of fraud, terms_of_service, or other"),
        (standard, {"reason": "fraud"}, NOT_LIABLE),
    ]
    for account, sent, message in vectors:
        refused = api.post(f"/v1/accounts/{account}/reject", sent)
        assert (refused.status, refused.error["message"]) == (400, message)


# --- login links --------------------------------------------------------------------------------------------------


def test_a_login_link_leads_into_the_express_dashboard(api: Api) -> None:
    account = api.account(type="express")
    url = f"/v1/accounts/{account}/login_links"
    early = api.post(url)
    assert (early.status, early.error["message"]) == (
        400,
        "Cannot create a login link for an account that has not completed onboarding.",
    )
    onboarded(api, account)
    link = api.post(url).body
    assert list(link) == ["object", "created", "url"]
    assert link["url"].startswith(f"http://127.0.0.1:12111/express/{account}/")
    assert len(link["url"].rsplit("/", 1)[1]) == 12
    assert api.post(url).body["url"] != link["url"]


def test_only_express_accounts_have_login_links(api: Api) -> None:
    account = api.account(type="custom")
    refused = api.post(f"/v1/accounts/{account}/login_links")
    assert (refused.status, refused.error["message"]) == (
        400,
        f"Cannot create an edit link for the account {account}, which is not an Express account.",
    )


# --- what an account session locks --------------------------------------------------------------------------------

LOCKS = [
    ("express", "individual", {"individual": {"first_name": "A"}}, 403),
    ("express", "business_profile", {"business_profile": {"name": "A"}}, 403),
    ("express", "email", {"metadata": {"a": "1"}, "email": "a@b.co"}, 403),
    ("express", "settings", {"settings": {"branding": {"primary_color": "#aabbcc"}}}, 403),
    ("express", "", {"metadata": {"a": "1"}}, 200),
    ("express", "", {"settings": {"payouts": {"schedule": {"interval": "manual"}}}}, 200),
    ("express", "", {"capabilities": {"transfers": {"requested": "true"}}}, 200),
    ("standard", "business_profile", {"business_profile": {"name": "A"}}, 403),
    ("standard", "", {"metadata": {"a": "1"}}, 200),
    ("custom", "", {"business_profile": {"name": "A"}}, 200),
]


@pytest.mark.parametrize(("kind", "name", "sent", "status"), LOCKS)
def test_an_account_session_locks_the_requirements_that_stripe_collects(
    api: Api, kind: str, name: str, sent: dict[str, Any], status: int
) -> None:
    account = api.account(type=kind)
    url = f"/v1/accounts/{account}"
    assert api.post(url, sent).status == 200
    assert api.session(account, {"account_onboarding": on()}).status == 200
    answer = api.post(url, sent)
    assert answer.status == status
    if status == 403:
        assert answer.error == {
            "message": (
                f"This application does not have the required permissions for the parameter '{name}' on account "
                f"'{account}'."
            ),
            "type": "invalid_request_error",
        }


def test_persons_and_bank_accounts_lock_along(api: Api) -> None:
    account = api.account(type="express")
    api.session(account, {"account_onboarding": on()})
    for path, sent in (("persons", {"first_name": "A"}), ("external_accounts", {"external_account": "btok_us"})):
        refused = api.post(f"/v1/accounts/{account}/{path}", sent)
        assert (refused.status, refused.error["message"]) == (
            403,
            f"This application does not have the required permissions for this endpoint on account '{account}'.",
        )
        assert api.get(f"/v1/accounts/{account}/{path}").status == 200
