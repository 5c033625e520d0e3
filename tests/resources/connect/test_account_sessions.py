"""Account sessions: the response, component by component, and the requests that are refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from emulator import catalog
from emulator.catalog import versions
from emulator.resources.connect.account_sessions.components import layout_of
from emulator.resources.connect.account_sessions.params import params
from emulator.sandbox import ids
from emulator.schema.spec import Object, Type
from emulator.settings import Settings

from ...api import NEWEST, Api, on

LOGIN = "disable_stripe_user_authentication"
COLLECT = "external_account_collection"
PAYMENTS: dict[str, Any] = {
    "capture_payments": True,
    "destination_on_behalf_of_charge_management": False,
    "dispute_management": True,
    "refund_management": True,
    "smart_disputes_management": True,
}


def off(**features: bool) -> dict[str, object]:
    return {"enabled": False, "features": features}


def _defaults(*, liable: bool) -> dict[str, Any]:
    """Every component of the newest version for an account that requests none."""
    login: dict[str, Any] = {LOGIN: False, COLLECT: True}
    payouts: dict[str, Any] = {
        LOGIN: False,
        "edit_payout_schedule": liable,
        COLLECT: True,
        "instant_payouts": liable,
        "standard_payouts": liable,
    }
    cards: dict[str, Any] = {
        "card_management": False,
        "card_spend_dispute_management": False,
        "cardholder_management": False,
    }
    return {
        "account_management": off(**login),
        "account_onboarding": off(**login),
        "balance_report": off(),
        "balances": off(**payouts),
        "disputes_list": off(**PAYMENTS),
        "documents": off(),
        "financial_account": off(**login, send_money=False, transfer_balance=False),
        "financial_account_transactions": off(card_spend_dispute_management=False),
        "instant_payouts_promotion": off(**login, instant_payouts=liable),
        "issuing_card": off(**cards, spend_control_management=False),
        "issuing_cards_list": off(**cards, **{LOGIN: False}, spend_control_management=False),
        "notification_banner": off(**login),
        "payment_details": off(**PAYMENTS),
        "payment_disputes": off(**{name: value for name, value in PAYMENTS.items() if name != "capture_payments"}),
        "payment_method_settings": off(**{LOGIN: False}),
        "payments": off(**PAYMENTS),
        "payout_details": off(),
        "payout_reconciliation_report": off(),
        "payouts": off(**payouts),
        "payouts_list": off(),
        "reporting_chart": off(),
        "tax_registrations": off(),
        "tax_settings": off(),
        "terminal_hardware_orders": off(),
        "terminal_hardware_shop": off(),
    }


# --- the response ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("type_", "liable"), [("standard", True), ("express", False), ("custom", False)])
def test_every_component_is_shown_with_the_accounts_defaults(api: Api, type_: str, liable: bool) -> None:
    account = api.account(type=type_)
    response = api.session(account, {"payments": {"enabled": False}})
    body = response.body
    assert response.status == 200
    assert body["components"] == _defaults(liable=liable)
    assert list(body["components"]) == sorted(body["components"])
    assert all(list(c["features"]) == sorted(c["features"]) for c in body["components"].values())


async def _at(api: Api, now: int) -> None:
    await api.control("POST", "/clock", {"freeze": now})


@pytest.mark.asyncio
async def test_the_body_is_byte_for_byte_stripes(api: Api) -> None:
    await _at(api, 1_790_000_000)
    account = api.account(type="custom")
    response = api.session(account, {"payouts_list": on()}, stripe_version="2023-10-16")
    secret = response.body["client_secret"]
    text = response.raw.decode()
    assert text.startswith(
        "{\n"
        '  "object": "account_session",\n'
        f'  "account": "{account}",\n'
        f'  "client_secret": "{secret}",\n'
        '  "components": {\n'
        '    "account_management": {\n'
        '      "enabled": false,\n'
        '      "features": {\n'
        '        "disable_stripe_user_authentication": false,\n'
        '        "external_account_collection": true\n'
        "      }\n"
        "    },\n"
    )
    assert text.endswith(
        '    "payouts_list": {\n'
        '      "enabled": true,\n'
        '      "features": {}\n'
        "    },\n"
        '    "reporting_chart": {\n'
        '      "enabled": false,\n'
        '      "features": {}\n'
        "    },\n"
        '    "tax_registrations": {\n'
        '      "enabled": false,\n'
        '      "features": {}\n'
        "    },\n"
        '    "tax_settings": {\n'
        '      "enabled": false,\n'
        '      "features": {}\n'
        "    },\n"
        '    "terminal_hardware_orders": {\n'
        '      "enabled": false,\n'
        '      "features": {}\n'
        "    },\n"
        '    "terminal_hardware_shop": {\n'
        '      "enabled": false,\n'
        '      "features": {}\n'
        "    }\n"
        "  },\n"
        '  "expires_at": 1790000120,\n'
        '  "livemode": false\n'
        "}"
    )
    assert text == json.dumps(response.body, indent=2, ensure_ascii=False)


@pytest.mark.asyncio
async def test_a_client_secret_has_stripes_format_and_is_unique(api: Api) -> None:
    await _at(api, 1_790_208_000)  # 2026-09-24 00:00 UTC
    account = api.account(type="custom")
    secrets = [api.session(account, {"payments": on()}).body["client_secret"] for _ in range(200)]
    assert all(re.fullmatch(r"accs_secret__VJdL[0-9A-Za-z]{43}", secret) for secret in secrets)
    assert len(set(secrets)) == 200


def test_the_lifetime_is_a_setting() -> None:
    api = Api(Settings(account_session_lifetime=7))
    body = api.session(api.account(type="custom"), {"payments": on()}).body
    assert body["expires_at"] - ids_now(body["client_secret"]) in range(7, 67)


def ids_now(secret: str) -> int:
    """The minute inside a client secret, in unix seconds."""
    minutes = 0
    for digit in secret.removeprefix("accs_secret__")[:4]:
        minutes = minutes * 62 + ids.ALPHABET.index(digit)
    return minutes * 60 + ids.SECRET_EPOCH


@pytest.mark.parametrize(
    ("requested", "shown"),
    [
        ({"refund_management": False}, {**PAYMENTS, "refund_management": False}),
        ({"dispute_management": False}, {**PAYMENTS, "dispute_management": False, "smart_disputes_management": False}),
        ({"dispute_management": False, "smart_disputes_management": True}, {**PAYMENTS, "dispute_management": False}),
        (
            {"destination_on_behalf_of_charge_management": True},
            {**PAYMENTS, "destination_on_behalf_of_charge_management": True},
        ),
    ],
)
def test_requested_features_replace_the_defaults(api: Api, requested: dict[str, bool], shown: object) -> None:
    body = api.session(api.account(type="custom"), {"payments": on(**requested)}).body
    assert body["components"]["payments"] == {"enabled": True, "features": shown}
    assert body["components"]["payment_details"] == off(**PAYMENTS)


@pytest.mark.parametrize(
    ("requested", "login"),
    [({}, False), ({COLLECT: True}, False), ({COLLECT: False}, True), ({COLLECT: True, LOGIN: True}, True), ({COLLECT: False, LOGIN: False}, False)],
)  # fmt: skip
def test_without_bank_account_collection_stripes_login_is_off(
    api: Api, requested: dict[str, bool], login: bool
) -> None:
    body = api.session(api.account(type="custom"), {"account_onboarding": on(**requested)}).body
    assert body["components"]["account_onboarding"]["features"] == {LOGIN: login, COLLECT: requested.get(COLLECT, True)}


# --- versions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "version",
    [
        "2019-08-14",
        "2023-10-16",
        "2024-10-28.acacia",
        "2025-09-30.clover",
        "2026-03-25.dahlia",
        NEWEST,
        "2027-03-31.fuchsia",
    ],
)
def test_additions_are_there_at_every_version(version: str) -> None:
    api = Api(Settings(capability_check=False))
    account = api.account(type="custom")
    requested = {name: on() for name in _defaults(liable=False)}
    response = api.session(account, requested, stripe_version=version)
    enabled = {name: {**shown, "enabled": True} for name, shown in _defaults(liable=False).items()}
    assert (response.status, response.body["components"]) == (200, enabled)


@pytest.mark.parametrize("version", ["2019-08-14", NEWEST])
@pytest.mark.parametrize(("component", "feature"), [("payouts", LOGIN), ("payments", "smart_disputes_management")])
def test_later_features_can_be_set_at_every_version(api: Api, version: str, component: str, feature: str) -> None:
    account = api.account(type="custom")
    body = api.session(account, {component: on(**{feature: False})}, stripe_version=version).body
    assert body["components"][component]["features"][feature] is False


@pytest.mark.parametrize(
    "version",
    [
        "2025-04-30.preview",
        "2025-02-24.acacia; embedded_connect_beta=v2;",
        "2025-02-24.acacia; embedded_connect_beta=v2",
        "2019-08-14;embedded_connect_beta=v2",
        f"{NEWEST}; a_beta=v1; embedded_connect_beta=v2; ",
    ],
)
def test_the_beta_opens_preview_components_as_a_preview_version_does(api: Api, version: str) -> None:
    account = api.account(type="custom")
    response = api.session(account, {"capital_financing": on()}, stripe_version=version)
    assert (response.status, response.headers["stripe-version"]) == (200, version.strip())
    assert response.body["components"]["capital_financing"] == {"enabled": True, "features": {}}
    assert set(response.body["components"]) == {*_defaults(liable=False), "capital_financing"}


@pytest.mark.parametrize("version", ["2025-02-24.acacia", "2025-02-24.acacia; embedded_connect_beta=v1;"])
def test_without_the_beta_preview_components_are_unknown(api: Api, version: str) -> None:
    refused = api.session(api.account(type="custom"), {"capital_financing": on()}, stripe_version=version)
    assert (refused.status, refused.error["param"]) == (400, "components[capital_financing]")


def test_preview_components_need_a_preview_version(api: Api) -> None:
    account = api.account(type="custom")
    refused = api.session(account, {"capital_financing": on()})
    assert refused.error == {
        "code": "parameter_unknown",
        "doc_url": "https://stripe.com/docs/error-codes/parameter-unknown",
        "message": "Received unknown parameter: components[capital_financing]",
        "param": "components[capital_financing]",
        "type": "invalid_request_error",
    }
    preview = "2025-04-30.preview"
    granted = api.session(
        account, {"capital_financing": on(), "terminal_hardware_shop": on()}, stripe_version=preview
    ).body
    assert granted["components"]["capital_financing"] == {"enabled": True, "features": {}}
    assert granted["components"]["terminal_hardware_shop"] == {"enabled": True, "features": {}}
    assert "capital_financing_promotion" not in granted["components"]  # preview components are absent unless enabled
    app = api.session(
        account, {"app_install": {"enabled": True, "features": {"allowed_apps": ["app_1"]}}}, stripe_version=preview
    )
    assert (app.status, "app_install" in app.body["components"]) == (200, False)


# Behaviour that are newer than the catalog's document.
NEWER_COMPONENTS = {"payment_method_settings", "reporting_chart", "terminal_hardware_orders", "terminal_hardware_shop"}
NEWER_FEATURES = {
    (name, "smart_disputes_management") for name in ("disputes_list", "payment_details", "payment_disputes", "payments")
}


def test_the_table_is_the_catalogs_with_newer_additions() -> None:
    document = catalog.operation("PostAccountSessions").params.params["components"].type
    ours = params(versions.parse(NEWEST)).params["components"].type
    assert set(_members(ours)) - set(_members(document)) == NEWER_COMPONENTS
    assert set(_members(document)) - set(_members(ours)) == set()
    assert _features(ours, _members(document)) - _features(document, _members(document)) == NEWER_FEATURES
    assert _features(document, _members(document)) - _features(ours, _members(document)) == set()


def _members(kind: Type) -> dict[str, Type]:
    assert isinstance(kind, Object)
    return {name: param.type for name, param in kind.params.items()}


def _features(kind: Type, names: Iterable[str]) -> set[tuple[str, str]]:
    components = {name: _members(_members(kind)[name]) for name in names}
    assert all(set(members) <= {"enabled", "features"} for members in components.values())
    return {(name, feature) for name in names for feature in _members(components[name]["features"])}


# --- refusals --------------------------------------------------------------------------------------------------------


def _missing(path: str) -> dict[str, str]:
    return {
        "code": "parameter_missing",
        "doc_url": "https://stripe.com/docs/error-codes/parameter-missing",
        "message": f"Missing required param: {path}.",
        "param": path,
        "type": "invalid_request_error",
    }


def _unknown(path: str, hint: str = "") -> dict[str, str]:
    return {
        "code": "parameter_unknown",
        "doc_url": "https://stripe.com/docs/error-codes/parameter-unknown",
        "message": f"Received unknown parameter: {path}{hint}",
        "param": path,
        "type": "invalid_request_error",
    }


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", _missing("account")),
        ("account=acct_1", _missing("components")),
        ("components[payments][enabled]=true", _missing("account")),
        ("account=acct_1&components[payments][features][refund_management]=true", _missing("components[payments][enabled]")),
        ("account=acct_1&components[foo][enabled]=true", _unknown("components[foo]")),
        (
            "account=acct_1&components[account_onboarding][enabled]=true&components[account_onboarding][features][collection_options]=1",
            _unknown("components[account_onboarding][features][collection_options]"),
        ),
        (
            "account=acct_1&components[account_onboarding][enabled]=true&components[account_onboarding][collection_options][fields]=currently_due",
            _unknown("components[account_onboarding][collection_options]"),
        ),
        (
            "account=acct_1&components[payment][enabled]=true",
            _unknown("components[payment]", ". Did you mean payments?"),
        ),
        ("account=acct_1&customer=cus_1&components[payments][enabled]=true", _unknown("customer")),
        (
            "account=acct_1&components[payments][enabled]=1",
            {"message": "Invalid boolean: 1", "param": "components[payments][enabled]", "type": "invalid_request_error"},
        ),
        ('account=acct_1&components={"payments":1}', {"message": "Invalid object", "param": "components", "type": "invalid_request_error"}),
        (
            "account=&components[payments][enabled]=true",
            {
                "code": "parameter_invalid_empty",
                "doc_url": "https://stripe.com/docs/error-codes/parameter-invalid-empty",
                "message": "You passed an empty string for 'account'. We assume empty values are an attempt to unset a "
                "parameter; however 'account' cannot be unset. You should remove 'account' from your request or supply a "
                "non-empty value.",
                "param": "account",
                "type": "invalid_request_error",
            },
        ),
        (
            "account=acct_none&components[payments][enabled]=true",
            {
                "code": "resource_missing",
                "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
                "message": "No such account: 'acct_none'",
                "param": "account",
                "type": "invalid_request_error",
            },
        ),
    ],
)  # fmt: skip
def test_a_bad_request_gets_stripes_error(api: Api, body: str, error: dict[str, str]) -> None:
    response = api.post("/v1/account_sessions", body)
    assert (response.status, response.error) == (400, error)
    log = response.body["error"]["request_log_url"]
    assert log == f"http://127.0.0.1:12111/_emulator/#requests/{response.headers['request-id']}"


def test_booleans_may_be_capitalized_as_older_sdks_of_python_and_net_send_them(api: Api) -> None:
    account = api.account(type="custom")
    response = api.post(
        "/v1/account_sessions",
        f"account={account}&components[payments][enabled]=True&components[payments][features][refund_management]=False",
    )
    payments = response.body["components"]["payments"]
    assert (response.status, payments["enabled"], payments["features"]["refund_management"]) == (200, True, False)


PLATFORM_OWNED = (
    "The `disable_stripe_user_authentication` feature can only be set to true for accounts where the platform owns "
    "requirements collection, such as custom accounts."
)
COLLECTION_OWNED = (
    "The `external_account_collection` feature can only be set to false for accounts where the platform owns "
    "requirements collection, such as custom accounts."
)


@pytest.mark.parametrize("type_", ["standard", "express"])
@pytest.mark.parametrize(
    ("feature", "value", "message"), [(LOGIN, True, PLATFORM_OWNED), (COLLECT, False, COLLECTION_OWNED)]
)
def test_these_features_need_accounts_whose_requirements_the_platform_collects(
    api: Api, type_: str, feature: str, value: bool, message: str
) -> None:
    requested = {"account_onboarding": on(**{feature: value})}
    refused = api.session(api.account(type=type_), requested)
    assert (refused.status, refused.error["message"]) == (400, message)
    assert refused.error.get("code") is None
    assert api.session(api.account(type=type_), {"account_onboarding": on(**{feature: not value})}).status == 200
    assert api.session(api.account(type="custom"), requested).status == 200


def _differs(one: str, other: str) -> str:
    return f"The `features[disable_stripe_user_authentication]` property specified by `{one}` and `{other}` must be the same."


@pytest.mark.parametrize(
    ("components", "message"),
    [
        ({"account_onboarding": on(**{LOGIN: True}), "payouts": on()}, _differs("payouts", "account_onboarding")),
        ({"payouts": on(**{COLLECT: False}), "account_management": on()}, _differs("payouts", "account_management")),
        ({"account_onboarding": on(**{LOGIN: True}), "payouts": on(**{LOGIN: True})}, None),
        ({"account_onboarding": on(**{LOGIN: True}), "payouts": {"enabled": False}}, None),
        ({"account_onboarding": on(**{COLLECT: False}), "payouts": on(**{LOGIN: True})}, None),
        ({"account_onboarding": on(**{LOGIN: True}), "payments": on(), "documents": on()}, None),
    ],
)
def test_all_enabled_components_agree_on_stripes_login(api: Api, components: object, message: str | None) -> None:
    response = api.session(api.account(type="custom"), components)
    assert (response.error["message"] if response.status == 400 else None) == message


def test_issuing_and_treasury_components_need_the_capability(api: Api) -> None:
    account = api.account(type="custom", country="US")
    refused = api.session(account, {"issuing_card": on()})
    assert refused.status == 400
    assert (
        refused.error["message"]
        == "The `issuing_card` component can only be enabled for accounts with the `card_issuing` capability."
    )
    assert api.session(account, {"issuing_card": {"enabled": False}}).status == 200
    able = api.account(
        type="custom",
        country="US",
        capabilities={"card_issuing": {"requested": True}, "transfers": {"requested": True}},
    )
    assert api.session(able, {"issuing_card": on(), "issuing_cards_list": on()}).status == 200
    lenient = Api(Settings(capability_check=False))
    assert lenient.session(lenient.account(type="custom"), {"financial_account": on()}).status == 200


NOT_A_PLATFORM = "You must have a client application set in order to make this request."


def test_the_platforms_own_account_is_refused(api: Api) -> None:
    own = api.get("/v1/account").body["id"]
    response = api.session(own, {"payments": on()})
    assert (response.status, response.error) == (400, {"message": NOT_A_PLATFORM, "type": "invalid_request_error"})


def test_a_connected_account_has_no_accounts_of_its_own(api: Api) -> None:
    one, two = api.account(type="custom"), api.account(type="custom")
    assert api.session(one, {"payments": on()}, stripe_account=one).error["message"] == NOT_A_PLATFORM
    assert api.session(two, {"payments": on()}, stripe_account=one).error["message"] == f"No such account: '{two}'"


def test_a_deleted_or_foreign_account_is_unknown(api: Api) -> None:
    account = api.account(type="custom")
    foreign = api.session(account, {"payments": on()}, authorization="Bearer sk_test_other")
    api.delete(f"/v1/accounts/{account}")
    deleted = api.session(account, {"payments": on()})
    assert foreign.error["message"] == deleted.error["message"] == f"No such account: '{account}'"


def test_a_refused_request_stores_nothing(api: Api) -> None:
    account = api.account(type="standard")
    api.session(account, {"payouts": on(**{LOGIN: True})})
    api.session(account, {"foo": on()})
    world = next(iter(api.emulator.sandboxes._sandboxes.values()))
    assert len(world.sessions) == 0


def test_nothing_is_expandable(api: Api) -> None:
    account = api.account(type="custom")
    assert api.post(
        "/v1/account_sessions", {"account": account, "components": {"payments": on()}, "expand": ["account"]}
    ).error == {
        "message": "This property cannot be expanded (account).",
        "type": "invalid_request_error",
    }


def test_a_layout_is_made_once() -> None:
    assert layout_of(versions.parse(NEWEST)) is layout_of(versions.parse("2019-08-14"))
