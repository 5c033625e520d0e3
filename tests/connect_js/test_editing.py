"""Forms of components: by the rules of the API, with its errors, and only with the features of their session."""

from __future__ import annotations

from typing import Any

import pytest

from ..api import PUBLISHABLE, Api, on
from .test_calls import call, due, session

BANK = {
    "external_account[country]": "US",
    "external_account[currency]": "usd",
    "external_account[routing_number]": "110000000",
    "external_account[account_number]": "000123456789",
}
OFF = {
    "code": "feature_disabled",
    "hint": "Turn the feature on when the account session is created.",
    "load_error": "invalid_request_error",
}


async def save(api: Api, token: str, component: str, section: str, **more: object) -> tuple[int, Any]:
    return await act(api, token, component, "save", section=section, **more)


async def act(api: Api, token: str, component: str, action: str, **params: object) -> tuple[int, Any]:
    return await call(api, "act", session_token=token, component=component, action=action, params=params)


async def shown(api: Api, token: str, component: str) -> Any:
    return (await call(api, "view", session_token=token, component=component))[1]["data"]


def field(form: Any, name: str) -> Any:
    return next(each for each in form["fields"] if each["name"] == name)


def account_of(api: Api, identifier: str) -> Any:
    return api.get(f"/v1/accounts/{identifier}").body


# --- account management ---------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("section", "values", "path", "value"),
    [
        ("business_details", {"business_profile[name]": "Cactus"}, "business_profile name", "Cactus"),
        ("account_details", {"email": "cactus@example.com"}, "email", "cactus@example.com"),
        ("public_details", {"business_profile[support_phone]": "0000000000"}, "business_profile support_phone", None),
        (
            "public_details",
            {"settings[payments][statement_descriptor]": "CACTUS"},
            "settings payments statement_descriptor",
            "CACTUS",
        ),
        ("representative_details", {"individual[first_name]": "Ada"}, "individual first_name", "Ada"),
        (
            "representative_details",
            {"individual[dob][day]": "1", "individual[dob][month]": "1", "individual[dob][year]": "1901"},
            "individual dob",
            {"day": 1, "month": 1, "year": 1901},
        ),
    ],
)
async def test_a_section_changes_the_account_and_emits_events(
    api: Api, section: str, values: dict[str, str], path: str, value: object
) -> None:
    account, _, token = await session(api, "express", account_management=on())
    status, body = await save(api, token, "account-management", section, values=values)
    assert (status, body["performed"]) == (200, True)
    found = account_of(api, account)
    for name in path.split():
        found = found[name]
    assert found == (value or "0000000000")
    events = api.get("/v1/events?type=account.updated", stripe_account=account).body["data"]
    assert path.split(maxsplit=1)[0] in events[0]["data"]["previous_attributes"]


@pytest.mark.asyncio
async def test_the_lock_of_the_account_does_not_apply_to_owners(api: Api) -> None:
    account, _, token = await session(api, "express", account_management=on())
    refused = api.post(f"/v1/accounts/{account}", {"business_profile": {"name": "Cactus"}})
    assert refused.status == 403
    values = {"business_profile[name]": "Cactus"}
    assert (await save(api, token, "account-management", "business_details", values=values))[0] == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("section", "values", "error"),
    [
        (
            "business_details",
            {"business_profile[url]": "http://localhost"},
            {"code": "url_invalid", "message": "Not a valid URL", "param": "business_profile[url]"},
        ),
        (
            "account_details",
            {"email": "nobody"},
            {"code": "email_invalid", "message": "Invalid email address: nobody", "param": "email"},
        ),
        (
            "external_account",
            {name: value for name, value in BANK.items() if "routing" not in name},
            {
                "code": "parameter_missing",
                "message": "Missing required param: external_account[routing_number].",
                "param": "external_account[routing_number]",
            },
        ),
        (
            "external_account",
            {},
            {
                "code": "parameter_missing",
                "message": "Missing required param: external_account[account_number].",
                "param": "external_account[account_number]",
            },
        ),
    ],
)
async def test_an_error_of_the_api_names_the_field(
    api: Api, section: str, values: dict[str, str], error: dict[str, str]
) -> None:
    account, _, token = await session(api, "express", account_management=on())
    before = account_of(api, account)
    status, body = await save(api, token, "account-management", section, values=values)
    assert (status, body) == (400, {"error": {**error, "load_error": "invalid_request_error"}})
    assert account_of(api, account) == before


@pytest.mark.asyncio
async def test_a_section_accepts_its_own_fields_only(api: Api) -> None:
    _, _, token = await session(api, "express", account_management=on())
    status, body = await save(api, token, "account-management", "account_details", values={"metadata[a]": "b"})
    assert (status, body["error"]["code"]) == (400, "field_unknown")
    status, body = await save(api, token, "account-management", "payout_schedule_", values={})
    assert (status, body["error"]["code"]) == (400, "section_unknown")


@pytest.mark.asyncio
async def test_a_company_has_a_representative_of_its_own(api: Api) -> None:
    account, _, token = await session(api, "express", account_management=on())
    await save(api, token, "account-management", "business_details", values={"business_type": "company"})
    forms = (await shown(api, token, "account-management"))["forms"]
    assert field(forms["business_details"], "company[name]")["label"] == "Legal business name"
    values = {"first_name": "Ada", "relationship[title]": "CEO"}
    await save(api, token, "account-management", "representative_details", values=values)
    await save(api, token, "account-management", "representative_details", values={"last_name": "Lovelace"})
    (person,) = api.get(f"/v1/accounts/{account}/persons").body["data"]
    assert (person["first_name"], person["last_name"], person["relationship"]["title"]) == ("Ada", "Lovelace", "CEO")
    assert person["relationship"]["representative"] is True


@pytest.mark.asyncio
async def test_secrets_are_not_shown_again(api: Api) -> None:
    _, _, token = await session(api, "express", account_management=on())
    values = {"individual[id_number]": "000000000"}
    await save(api, token, "account-management", "representative_details", values=values)
    form = (await shown(api, token, "account-management"))["forms"]["representative_details"]
    number = field(form, "individual[id_number]")
    assert (number["value"], number["provided"]) == ("", True)
    _, record = await _record(api)
    assert record[-1]["detail"] == '{"section":"representative_details","fields":["individual[id_number]"]}'


async def _record(api: Api) -> tuple[int, Any]:
    answer = await api.control("GET", "/connect/log")
    return answer.status_code, answer.json()["data"]


# --- bank accounts --------------------------------------------------------------------------------------------------


def banks(api: Api, account: str) -> list[tuple[str, bool]]:
    rows = account_of(api, account)["external_accounts"]["data"]
    return [(row["last4"], row["default_for_currency"]) for row in rows]


@pytest.mark.asyncio
@pytest.mark.parametrize("component", ["account-management", "payouts", "balances"])
async def test_bank_accounts_are_added_replaced_and_removed(api: Api, component: str) -> None:
    account, _, token = await session(api, "express", **{component.replace("-", "_"): on()})
    other = {**BANK, "external_account[account_number]": "000111111116"}
    await save(api, token, component, "external_account", values=BANK)
    await save(api, token, component, "external_account", values=other)
    assert banks(api, account) == [("1116", False), ("6789", True)]

    first, second = (row["id"] for row in (await shown(api, token, component))["external_accounts"])
    status, body = await act(api, token, component, "remove", id=second)
    kept = (
        "You cannot delete the default external account for your default currency. Please make another external "
        "account the default using the `default_for_currency` param, and then delete this one."
    )
    assert (status, body["error"]["message"]) == (400, kept)
    await act(api, token, component, "make_default", id=first)
    await act(api, token, component, "remove", id=second)
    assert banks(api, account) == [("1116", True)]

    await save(api, token, component, "external_account", values=BANK, replace_default=True)
    assert banks(api, account) == [("6789", True)]
    events = [event["type"] for event in api.get("/v1/events", stripe_account=account).body["data"]]
    assert "account.external_account.created" in events
    assert "account.external_account.deleted" in events


@pytest.mark.asyncio
@pytest.mark.parametrize("component", ["account_management", "payouts", "balances"])
async def test_without_the_feature_bank_accounts_are_neither_shown_nor_changed(api: Api, component: str) -> None:
    account, _, token = await session(
        api, "custom", **{component: on(external_account_collection=False, disable_stripe_user_authentication=True)}
    )
    name = component.replace("_", "-")
    assert "external_account" not in (await shown(api, token, name))["sections"]
    refused = {**OFF, "message": "The feature external_account_collection is off in this account session."}
    for action in ("save", "make_default", "remove"):
        done = await act(api, token, name, action, section="external_account", values=BANK, id="ba_1")
        assert done == (403, {"error": refused})
    assert banks(api, account) == []


# --- the payout schedule --------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("component", ["payouts", "balances"])
async def test_the_payout_schedule_is_changed(api: Api, component: str) -> None:
    account, _, token = await session(api, "custom", **{component: on(edit_payout_schedule=True)})
    at = "settings[payouts][schedule]"
    values = {f"{at}[interval]": "weekly", f"{at}[weekly_anchor]": "tuesday", f"{at}[delay_days]": "7"}
    assert (await save(api, token, component, "payout_schedule", values=values))[0] == 200
    assert account_of(api, account)["settings"]["payouts"]["schedule"] == {
        "delay_days": 7,
        "interval": "weekly",
        "weekly_anchor": "tuesday",
    }
    status, body = await save(api, token, component, "payout_schedule", values={f"{at}[weekly_anchor]": "noday"})
    assert (status, body["error"]["param"]) == (400, f"{at}[weekly_anchor]")


@pytest.mark.asyncio
async def test_without_the_feature_the_schedule_cannot_be_changed(api: Api) -> None:
    _, _, token = await session(api, "custom", payouts=on(edit_payout_schedule=False))
    refused = {**OFF, "message": "The feature edit_payout_schedule is off in this account session."}
    assert (await shown(api, token, "payouts"))["sections"] == ["external_account"]
    assert await save(api, token, "payouts", "payout_schedule", values={}) == (403, {"error": refused})


# --- the notification banner ----------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_banner_counts_requirements_and_accepts_values(api: Api) -> None:
    account, _, token = await session(api, "express", notification_banner=on())
    required = due(api, account)
    before = await shown(api, token, "notification-banner")
    assert (before["requirements"], before["total"], before["actionRequired"]) == (
        required,
        len(required),
        len(required),
    )
    assert field(before["forms"]["business_profile.url"], "business_profile[url]")["test_value"].startswith("https://")
    values = {"business_profile[url]": "https://shop.test"}
    status, body = await save(api, token, "notification-banner", "business_profile.url", values=values)
    assert (status, body["view"]["data"]["actionRequired"]) == (200, len(due(api, account)))
    assert "business_profile.url" not in body["view"]["data"]["requirements"]
    assert account_of(api, account)["business_profile"]["url"] == "https://shop.test"
    await save(api, token, "notification-banner", "external_account", values=BANK)
    assert "external_account" not in due(api, account)


@pytest.mark.asyncio
async def test_the_banner_has_forms_for_persons(api: Api) -> None:
    account = api.account(type="custom", business_type="individual")
    api.post(f"/v1/accounts/{account}", {"capabilities": {"transfers": {"requested": "true"}}})
    secret = api.session(account, {"notification_banner": on()}).body["client_secret"]
    _, claim = await call(api, "claim", client_secret=secret, publishable_key=PUBLISHABLE)
    token = claim["session_token"]
    values = {"individual[first_name]": "Ada"}
    assert "individual.first_name" in due(api, account)
    await save(api, token, "notification-banner", "individual.first_name", values=values)
    assert "individual.first_name" not in due(api, account)


@pytest.mark.asyncio
async def test_documents_and_terms_have_no_form(api: Api) -> None:
    account, _, token = await session(api, "express", notification_banner=on())
    await api.control("POST", f"/accounts/{account}/requirements", {"requirement": "individual.verification.document"})
    forms = (await shown(api, token, "notification-banner"))["forms"]
    assert {"individual.verification.document", "tos_acceptance.date"}.isdisjoint(forms)
    status, body = await act(api, token, "notification-banner", "resolve", requirement="tos_acceptance.date")
    assert (status, body["performed"]) == (200, True)


@pytest.mark.asyncio
async def test_the_banner_has_no_bank_account_without_collection(api: Api) -> None:
    account, _, token = await session(
        api, notification_banner=on(external_account_collection=False, disable_stripe_user_authentication=True)
    )
    assert "external_account" in due(api, account)
    assert "external_account" not in (await shown(api, token, "notification-banner"))["forms"]
    status, body = await save(api, token, "notification-banner", "external_account", values=BANK)
    assert (status, body["error"]["code"]) == (403, "feature_disabled")


@pytest.mark.asyncio
async def test_the_revision_changes_with_time(api: Api) -> None:
    """A check that fails after half a minute adds requirements: the revision changes without any request."""
    account, _, token = await session(api, "custom", notification_banner=on())
    await api.control("POST", "/clock", {"freeze": 1_900_000_000})
    _, _, token = await _again(api, account)
    before = (await call(api, "poll", session_token=token))[1]["revision"]
    await api.control(
        "POST", f"/accounts/{account}/requirements", {"requirement": "company.tax_id", "deadline": 1_900_000_060}
    )
    verifying = (await call(api, "poll", session_token=token))[1]["revision"]
    await api.control("POST", "/clock", {"advance": 61})
    late = (await call(api, "poll", session_token=token))[1]["revision"]
    assert len({before, verifying, late}) == 3


async def _again(api: Api, account: str) -> tuple[str, str, str]:
    secret = api.session(account, {"notification_banner": on()}).body["client_secret"]
    _, claim = await call(api, "claim", client_secret=secret, publishable_key=PUBLISHABLE)
    return account, secret, claim["session_token"]


# --- every form -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("kind", "country", "business"),
    [
        ("express", "US", None),
        ("express", "US", "company"),
        ("express", "DE", "individual"),
        ("custom", "US", "individual"),
        ("custom", "GB", "company"),
        ("custom", "JP", "individual"),
        ("custom", "SG", "company"),
        ("custom", "AE", "non_profit"),
        ("custom", "NZ", None),
        ("standard", "FR", None),
    ],
)
async def test_the_test_values_of_every_form_meet_its_requirement(
    api: Api, kind: str, country: str, business: str | None
) -> None:
    capabilities = {"card_payments": {"requested": "true"}, "transfers": {"requested": "true"}}
    params: dict[str, Any] = {"type": kind, "country": country, **({"business_type": business} if business else {})}
    account = api.account(**params, **({} if kind == "standard" else {"capabilities": capabilities}))
    _, _, token = await _again(api, account)
    answered: list[str] = []
    while (data := await shown(api, token, "notification-banner"))["requirements"]:
        name = data["requirements"][0]
        assert name not in answered, f"{name} is still due"
        answered.append(name)
        if name in data["forms"]:
            fields = data["forms"][name]["fields"]
            values = {
                each["name"]: each["test_value"] or each["options"][0]
                for each in fields
                if each["test_value"] or each["options"]
            }
            status, body = await save(api, token, "notification-banner", name, values=values)
        else:
            status, body = await act(api, token, "notification-banner", "resolve", requirement=name)
        assert status == 200, body
    assert len(answered) > 3


@pytest.mark.asyncio
@pytest.mark.parametrize("component", ["account-management", "payouts", "balances"])
@pytest.mark.parametrize("business", ["individual", "company", None])
@pytest.mark.parametrize("country", ["US", "GB", "JP"])
async def test_every_section_accepts_its_own_test_values(
    api: Api, country: str, business: str | None, component: str
) -> None:
    features = {} if component == "account-management" else {"edit_payout_schedule": True}
    account = api.account(type="custom", country=country, **({"business_type": business} if business else {}))
    secret = api.session(account, {component.replace("-", "_"): on(**features)}).body["client_secret"]
    _, claim = await call(api, "claim", client_secret=secret, publishable_key=PUBLISHABLE)
    for section, form in (await shown(api, claim["session_token"], component))["forms"].items():
        interval = next((each["value"] for each in form["fields"] if each["name"].endswith("[interval]")), "")
        fields = [each for each in form["fields"] if each["interval"] in ("", interval)]
        values = {
            each["name"]: each["test_value"] or each["value"] for each in fields if each["test_value"] or each["value"]
        }
        status, body = await save(api, claim["session_token"], component, section, values=values)
        assert status == 200, (section, body)
