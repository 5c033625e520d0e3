"""Keys: their kinds, permissions and platforms, and the words of each refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from emulator import catalog
from emulator.auth import keys, permissions
from emulator.auth.keyring import DEFAULT, MAX_PLATFORMS, KeyRecord, Keyring, join
from emulator.auth.keys import Key
from emulator.http.permissions import PUBLISHABLE_OPERATIONS
from emulator.model.answering import endpoints
from emulator.model.declaration.endpoint import Endpoint
from emulator.settings import Settings

from ..api import KEY, NEWEST, PUBLISHABLE, Answer, Api

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

pytestmark = pytest.mark.filterwarnings("ignore:We recommend building your integration using Accounts v2")

RESTRICTED = "rk_test_0123456789abcdefghijklmn"
SHOWN = "rk_test_********************klmn"
OLDER = "2025-02-24.acacia"
CREATE = ["connected_account_write", "accounts_kyc_basic_read"]
LIVE, LIVE_SHOWN = "sk_live_0123456789abcdefghijklmn", "sk_live_********************klmn"
ORGANIZATION = "sk_org_test_0123456789abcdefghijklmn"


async def declare(api: Api, fields: object, key: str = KEY) -> Any:
    answer = await api.control("POST", "/keys", fields, key)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refusal(api: Api, fields: object, key: str = KEY) -> tuple[int, str]:
    answer = await api.control("POST", "/keys", fields, key)
    return answer.status_code, answer.json()["error"]["code"]


def get(api: Api, path: str, key: str, **headers: str | None) -> Answer:
    return api.get(path, authorization=f"Bearer {key}", **headers)


def own(api: Api, key: str = KEY) -> str:
    return str(get(api, "/v1/account", key).body["id"])


# --- the form of a key -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "livemode", "sandbox"),
    [
        ("sk_test_1", "sk", False, "test_1"),
        ("rk_live_1", "rk", True, "live_1"),
        ("pk_test_1", "pk", False, "test_1"),
        ("sk_org_1", "org", False, "test_1"),
        ("sk_org_test_1", "org", False, "test_1"),
        ("sk_org_live_1", "org", True, "live_1"),
    ],
)
def test_a_key_has_a_kind_a_mode_and_a_sandbox(text: str, kind: str, livemode: bool, sandbox: str) -> None:
    key = keys.parse(text)
    assert key is not None
    assert (key.kind, key.livemode, key.sandbox) == (kind, livemode, sandbox)


@pytest.mark.parametrize("mode", ["test", "live"])
def test_a_suffix_that_is_an_account_id_does_not_open_the_sandbox_of_a_modern_key(mode: str) -> None:
    modern = _key(f"sk_{mode}_51{'a' * (keys.MODERN_LENGTH - 10)}")
    assert modern.account == f"acct_1{'a' * 15}"
    for kind in ("sk", "rk", "pk"):
        assert _key(f"{kind}_{mode}_{modern.account}").sandbox != modern.sandbox
        assert _key(f"{kind}_{mode}_{modern.suffix[1:17]}").sandbox != modern.sandbox


@pytest.mark.parametrize(
    "text", ["sk_1", "rk_org_1", "pk_org_1", "rk_org_test_1", "sk_test_", "sk_org_", "sk_test_ä", "x"]
)
def test_text_in_another_form_is_not_a_key(text: str) -> None:
    assert keys.parse(text) is None


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("sk_test_not_a_real_key_frobe", "sk_test_****************robe"),
        ("f1497-invalid-key-with-a-token", "f1497-in******************oken"),
        ("sk_test_" + "a" * 23 + "here", "sk_test_" + "*" * 23 + "here"),
        ("sk_test_" + "a" * 30 + "uCJm", "sk_test_" + "*" * 30 + "uCJm"),
        ("sk_live_" + "a" * 49 + "2345", "sk_live_" + "*" * 49 + "2345"),
        ("rk_test_51" + "a" * 91 + "qhyLI9", "rk_test_" + "*" * 93 + "qhyLI9"),
        (ORGANIZATION, "sk_org_t************************klmn"),
        ("sk_test_1234", "sk_test_****"),
        ("short", "*****"),
    ],
)
def test_a_key_is_shown_as_stripe_shows_it(key: str, shown: str) -> None:
    assert keys.redact(key) == shown


@given(st.text(max_size=120))
def test_a_shown_key_keeps_its_length_and_hides_its_middle(text: str) -> None:
    shown = keys.redact(text)
    assert len(shown) == len(text)
    assert set(shown[8:-6]) <= {"*"}


# --- restricted keys -------------------------------------------------------------------------------------------------


def test_an_undeclared_restricted_key_may_do_everything(api: Api) -> None:
    assert api.post("/v1/accounts", {"type": "custom"}, authorization=f"Bearer {RESTRICTED}").status == 200


@pytest.mark.asyncio
async def test_a_missing_permission_is_403_in_the_newer_words(api: Api) -> None:
    await declare(api, {"key": RESTRICTED, "permissions": []})
    platform = own(api)
    answer = get(api, "/v1/account", RESTRICTED)
    link = f"{platform}?destination=%2Ftest%2Fapikeys%2Fmk_1Fvud2{platform[-10:]}eViLLq9d%2Fedit"
    assert answer.status == 403
    log = f"http://127.0.0.1:12111/_emulator/#requests/{answer.headers['request-id']}"
    assert answer.raw.decode() == (
        '{\n  "error": {\n    "code": "more_permissions_required",\n'
        f'    "message": "Permission denied. The provided key \'{SHOWN}\' does not have the required permissions for '
        f"this endpoint on account '{platform}'. Enabling \\\"Basic Business Contact Information Read\\\" "
        "('accounts_kyc_basic_read') permissions on this key would allow this request to continue. You can edit "
        f'permissions at https://dashboard.stripe.com/b/{link}",\n'
        f'    "request_log_url": "{log}",\n    "type": "invalid_request_error"\n  }}\n}}\n'
    )
    assert answer.headers["stripe-version"] == NEWEST
    assert "www-authenticate" not in answer.headers


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("granted", "lacking"),
    [
        ([], "Having more permissions would allow this request to continue."),
        (
            ["accounts_kyc_basic_read", "connected_account_read"],
            "Having the 'rak_connected_account_write' permission would allow this request to continue.",
        ),
        (
            ["rak_connected_account_write"],
            "Having the 'rak_accounts_kyc_basic_read' permission would allow this request to continue.",
        ),
    ],
)
async def test_older_versions_get_the_older_words(api: Api, granted: list[str], lacking: str) -> None:
    await declare(api, {"key": RESTRICTED, "permissions": granted})
    answer = api.post("/v1/accounts", {"type": "custom"}, authorization=f"Bearer {RESTRICTED}", stripe_version=OLDER)
    assert answer.status == 403
    assert answer.body == {
        "error": {
            "message": f"The provided key '{SHOWN}' does not have the required permissions for this endpoint on account "
            f"'{own(api)}'. {lacking}",
            "type": "invalid_request_error",
        }
    }


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("POST", "/v1/accounts", "\"Accounts Write\" ('connected_account_write')"),
        ("GET", "/v1/accounts", "\"Accounts Read\" ('connected_account_read')"),
        ("GET", "/v1/accounts/{}", "\"Accounts Read\" ('connected_account_read')"),
        ("DELETE", "/v1/accounts/{}", "\"Accounts Write\" ('connected_account_write')"),
        ("POST", "/v1/account_sessions", "\"Account Sessions Write\" ('account_session_write')"),
        ("GET", "/v1/customers", "\"Customers Read\" ('customer_read')"),
        ("POST", "/v1/checkout/sessions", "\"Checkout Sessions Write\" ('checkout_session_write')"),
        ("GET", "/v1/prices", "\"Prices Read\" ('plan_read')"),
        ("GET", "/v1/refunds/re_1", "\"Charges and Refunds Read\" ('charge_read')"),
        ("GET", "/v1/balance_transactions", "\"Balance Read\" ('balance_read')"),
        ("GET", "/v1/setup_attempts", "\"SetupIntents Read\" ('setup_intent_read')"),
        (
            "GET",
            "/v1/payment_method_configurations",
            "\"Payment Method Configurations Read\" ('payment_method_configurations_read')",
        ),
        ("POST", "/v1/test_helpers/refunds/re_1/expire", "\"Charges and Refunds Write\" ('charge_write')"),
    ],
)
async def test_each_operation_names_its_permission(api: Api, method: str, path: str, named: str) -> None:
    account = api.account(type="custom")
    await declare(api, {"key": RESTRICTED, "permissions": []})
    answer = api.send(method, path.format(account), authorization=f"Bearer {RESTRICTED}")
    assert (answer.status, answer.error["code"]) == (403, "more_permissions_required")
    assert f"Enabling {named} permissions on this key" in answer.error["message"]
    assert f"on account '{account if '{}' in path else own(api)}'" in answer.error["message"]


@pytest.mark.asyncio
async def test_a_key_has_its_permissions_only_and_write_includes_read(api: Api) -> None:
    await declare(api, {"key": RESTRICTED, "permissions": CREATE})
    bearer = f"Bearer {RESTRICTED}"
    account = api.post("/v1/accounts", {"type": "custom"}, authorization=bearer).body["id"]
    assert api.get(f"/v1/accounts/{account}", authorization=bearer).status == 200
    assert api.session(account, {"payments": {"enabled": True}}, authorization=bearer).status == 403
    await declare(api, {"key": RESTRICTED, "permissions": [*CREATE, "account_session_write"]})
    assert api.session(account, {"payments": {"enabled": True}}, authorization=bearer).status == 200
    await declare(api, {"key": RESTRICTED, "permissions": None})
    assert api.get("/v1/account", authorization=bearer).status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("granted", "path", "status"),
    [
        ("transfer_read", "/v1/payouts", 200),
        ("payout_write", "/v1/transfers", 403),
        ("balance_transaction_source_read", "/v1/transfers", 200),
        ("balance_transaction_source_read", "/v1/balance_transactions", 200),
        ("balance_transaction_source_read", "/v1/charges", 403),
        ("charge_write", "/v1/refunds", 200),
        ("payment_intent_write", "/v1/charges", 403),
    ],
)
async def test_some_permissions_include_reading_others(api: Api, granted: str, path: str, status: int) -> None:
    await declare(api, {"key": RESTRICTED, "permissions": [granted]})
    assert api.get(path, authorization=f"Bearer {RESTRICTED}").status == status


@pytest.mark.asyncio
async def test_an_included_permission_is_for_reading_alone(api: Api) -> None:
    await declare(api, {"key": RESTRICTED, "permissions": ["transfer_write"]})
    refused = api.post("/v1/payouts", {"amount": 100, "currency": "usd"}, authorization=f"Bearer {RESTRICTED}")
    assert (refused.status, refused.error["code"]) == (403, "more_permissions_required")


@pytest.mark.asyncio
async def test_a_permission_is_checked_before_parameters_and_changes_nothing(api: Api) -> None:
    await declare(api, {"key": RESTRICTED, "permissions": ["connected_account_read"]})
    bearer = f"Bearer {RESTRICTED}"
    assert api.post("/v1/accounts", {"nonsense": "1"}, authorization=bearer).status == 403
    assert api.get("/v1/accounts").body["data"] == []


@pytest.mark.asyncio
async def test_an_operation_without_a_permission_is_not_for_restricted_keys(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permissions, "required_for", lambda *_: ())
    await declare(api, {"key": RESTRICTED, "permissions": ["connected_account_write"]})
    answer = get(api, "/v1/quotes/qt_1/pdf", RESTRICTED)
    assert answer.status == 403
    assert answer.body["error"] == {
        "message": f"The provided key '{SHOWN}' does not have the required permissions for this endpoint on account "
        f"'{api.emulator.sandboxes.of(_key(KEY)).platform_id}'. This is a restricted API key, but the required "
        "permissions are not available for use by restricted keys.",
        "type": "invalid_request_error",
    }


@pytest.mark.asyncio
@pytest.mark.parametrize("header", ["stripe_account", "stripe_context"])
async def test_acting_on_accounts_needs_a_connect_permission(api: Api, header: str) -> None:
    account = api.account(type="custom")
    await declare(api, {"key": RESTRICTED, "permissions": ["accounts_kyc_basic_read"]})
    answer = get(api, "/v1/account", RESTRICTED, **{header: account})
    assert answer.status == 403
    assert answer.body == {
        "error": {
            "message": "You passed a restricted API key with the Stripe-Account header, but the restricted API key does "
            "not have any Connect permissions.",
            "type": "invalid_request_error",
        }
    }
    await declare(api, {"key": RESTRICTED, "permissions": ["accounts_kyc_basic_read", "account_link_write"]})
    assert get(api, "/v1/account", RESTRICTED, **{header: account}).body["id"] == account


def test_every_emulated_operation_has_a_permission() -> None:
    emulated = list(endpoints.emulated())
    assert [op.id for op in emulated if not permissions.required_for(op.method, op.path, op.object)] == []


def test_every_path_of_the_table_is_one_of_stripes() -> None:
    paths = {operation.path for operation in (*catalog.operations(), *catalog.undocumented())}
    assert [path for path in permissions.OBJECTS if not any(p == path or p.startswith(f"{path}/") for p in paths)] == []


@pytest.mark.asyncio
async def test_several_restricted_keys_share_a_sandbox(api: Api) -> None:
    declared = await declare(api, {"key": "rk_test_reports", "permissions": ["rak_connected_account_read"]})
    assert declared == {"key": "rk_test_reports", "state": "active", "permissions": ["connected_account_read"]}
    await declare(api, {"key": "rk_test_accounts", "permissions": CREATE})
    account = api.post("/v1/accounts", {"type": "custom"}, authorization="Bearer rk_test_accounts").body["id"]
    assert api.get(f"/v1/accounts/{account}").status == 200
    assert api.post("/v1/accounts", {"type": "custom"}, authorization="Bearer rk_test_reports").status == 403


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({}, 400, "missing_field"),
        ({"state": "lost"}, 400, "invalid_state"),
        ({"key": "nonsense"}, 400, "invalid_key"),
        ({"key": 5}, 400, "invalid_key"),
        ({"key": LIVE}, 400, "mode_mismatch"),
        ({"permissions": []}, 400, "not_a_restricted_key"),
        ({"key": "pk_test_1", "permissions": []}, 400, "not_a_restricted_key"),
        ({"key": RESTRICTED, "permissions": 5}, 400, "invalid_permission"),
        ({"key": RESTRICTED, "permissions": ["everything"]}, 400, "invalid_permission"),
        ({"key": RESTRICTED, "permissions": [5]}, 400, "invalid_permission"),
    ],
)
async def test_an_invalid_declaration_is_refused_and_changes_nothing(
    api: Api, fields: object, status: int, code: str
) -> None:
    assert await refusal(api, fields) == (status, code)
    assert api.get("/v1/account").status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "given", ["connected_account_read,token_write", {"0": "connected_account_read", "1": "token_write"}]
)
async def test_permissions_may_come_from_a_form(api: Api, given: object) -> None:
    declared = await declare(api, {"key": RESTRICTED, "permissions": given})
    assert declared["permissions"] == ["connected_account_read", "token_write"]


# --- expired, revoked and rolled keys --------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("key", [KEY, RESTRICTED, PUBLISHABLE, "sk_test_another", ORGANIZATION])
async def test_any_key_can_expire_and_be_revoked(api: Api, key: str) -> None:
    await declare(api, {"key": key, "state": "expired"})
    expired = get(api, "/v1/account", key)
    assert (expired.status, expired.error["code"]) == (401, "api_key_expired")
    assert expired.error["message"] == f"Expired API Key provided: {keys.redact(key)}"
    await declare(api, {"key": key, "state": "revoked"})
    revoked = get(api, "/v1/account", key)
    assert revoked.body == {
        "error": {"message": f"Invalid API Key provided: {keys.redact(key)}", "type": "invalid_request_error"}
    }
    await declare(api, {"key": key, "state": "active"})
    assert "API Key provided" not in get(api, "/v1/account", key).raw.decode()


@pytest.mark.asyncio
async def test_a_rolled_key_opens_the_same_sandbox_after_the_first_has_expired(api: Api) -> None:
    account = api.account(type="custom")
    assert await declare(api, {"key": "sk_test_rolled"}) == {
        "key": "sk_test_rolled", "state": "active", "permissions": None
    }  # fmt: skip
    await declare(api, {"key": KEY, "state": "expired"}, "sk_test_rolled")
    assert get(api, f"/v1/accounts/{account}", "sk_test_rolled").status == 200
    assert api.get(f"/v1/accounts/{account}").status == 401
    assert own(api, "sk_test_rolled") == api.emulator.sandboxes.of(_key(KEY)).platform_id


@pytest.mark.asyncio
async def test_a_key_that_joins_a_joined_key_opens_the_first_ones_sandbox(api: Api) -> None:
    await declare(api, {"key": "sk_test_second"})
    await declare(api, {"key": "sk_test_third"}, "sk_test_second")
    assert own(api, "sk_test_third") == own(api)


@pytest.mark.asyncio
async def test_a_key_whose_own_sandbox_is_in_use_is_not_taken_over(api: Api) -> None:
    bearer = "Bearer sk_test_other"
    account = api.post("/v1/accounts", {"type": "custom"}, authorization=bearer).body["id"]
    for key in ("sk_test_other", "rk_test_other", "pk_test_other"):
        assert await refusal(api, {"key": key, "state": "active"}) == (409, "key_in_use")
    assert get(api, f"/v1/accounts/{account}", "sk_test_other").status == 200
    await api.control("POST", "/reset", key="sk_test_other")
    await declare(api, {"key": "sk_test_other"})
    assert own(api, "sk_test_other") == own(api)


@pytest.mark.asyncio
async def test_a_key_that_belongs_to_a_sandbox_is_declared_by_that_one_only(api: Api) -> None:
    api.account(type="custom")
    await declare(api, {"key": "rk_test_joined"})
    await declare(api, {"key": "rk_test_joined", "state": "expired"})
    assert await refusal(api, {"key": "rk_test_joined", "state": "active"}, "sk_test_other") == (409, "key_in_use")


@pytest.mark.asyncio
async def test_the_keyring_is_bounded_for_each_sandbox_and_a_reset_of_all_clears_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.auth.keyring.MAX_KEYS", 2)
    for number in range(2):
        await declare(api, {"key": f"sk_test_{number}", "state": "revoked"})
    assert await refusal(api, {"key": "sk_test_2", "state": "revoked"}) == (400, "too_many_keys")
    await declare(api, {"key": "sk_test_1", "state": "expired"})
    await declare(api, {"key": "sk_test_other", "state": "revoked"}, "sk_test_other")
    assert [get(api, "/v1/account", f"sk_test_{number}").status for number in range(3)] == [401, 401, 200]
    await api.control("POST", "/reset", {"all": True})
    assert get(api, "/v1/account", "sk_test_1").status == 200


@pytest.mark.asyncio
async def test_a_revoked_key_stays_revoked_whatever_others_declare() -> None:
    api = Api(Settings(max_sandboxes=3))
    await declare(api, {"key": "sk_test_leaked", "state": "revoked"})
    for number in range(30):
        await declare(api, {"key": f"sk_test_of_{number}", "state": "expired"}, f"sk_test_{number}")
    assert get(api, "/v1/account", "sk_test_leaked").status == 401
    assert get(api, "/v1/account", "sk_test_of_0").status == 401


@pytest.mark.asyncio
async def test_a_sandbox_that_is_dropped_takes_its_own_keys_only() -> None:
    api = Api(Settings(max_sandboxes=2))
    await declare(api, {"key": "rk_test_a", "permissions": []}, "sk_test_1")
    await declare(api, {"key": "sk_org_x"}, "sk_test_1")
    await declare(api, {"key": "rk_test_b", "permissions": []}, "sk_test_2")
    await declare(api, {"key": "sk_org_x"}, "sk_test_2")
    api.get("/v1/account", authorization="Bearer sk_test_3")  # drops the first
    keyring = api.emulator.sandboxes.keyring
    assert keyring.of(_key("rk_test_a")) == DEFAULT
    assert keyring.of(_key("rk_test_b")).permissions == frozenset()
    assert [platform.text for platform in keyring.of(_key("sk_org_x")).platforms] == ["sk_test_2"]


@pytest.mark.asyncio
async def test_declarations_remain_after_a_reset(api: Api) -> None:
    await declare(api, {"key": "rk_test_a", "state": "revoked"})
    await declare(api, {"key": "rk_test_b"})
    await api.control("POST", "/reset")
    assert get(api, "/v1/account", "rk_test_a").status == 401
    assert own(api, "rk_test_b") == own(api)


@pytest.mark.asyncio
async def test_claims_elsewhere_end_no_session() -> None:
    api = Api(Settings(max_sandboxes=3))
    token = await claimed(api, "sk_test_1", "pk_test_1")
    for _ in range(20):
        await claimed(api, "sk_test_2", "pk_test_2")
    assert (await poll(api, token)) != "session_ended"
    for number in range(3, 9):  # a session that is in use keeps its sandbox
        await claimed(api, f"sk_test_{number}", f"pk_test_{number}")
        assert (await poll(api, token)) != "session_ended"
    await api.control("POST", "/reset", key="sk_test_1")
    assert (await poll(api, token)) == "session_ended"
    assert len(api.emulator.sandboxes._tokens) == 2


async def claimed(api: Api, secret_key: str, publishable: str) -> str:
    """The token of a new session that was claimed."""
    bearer = f"Bearer {secret_key}"
    account = api.post("/v1/accounts", {"type": "express"}, authorization=bearer).body["id"]
    secret = api.session(account, {"payments": {"enabled": True}}, authorization=bearer).body["client_secret"]
    body = {"client_secret": secret, "publishable_key": publishable}
    return str((await api.control("POST", "/connect/claim", body, None)).json()["session_token"])


async def poll(api: Api, token: str) -> str:
    answer = (
        await api.control("POST", "/connect/poll", {"session_token": token, "component": "payments"}, None)
    ).json()
    return str(answer.get("error", {}).get("code"))


def test_data_added_to_a_dropped_sandbox_does_not_count_towards_the_budgets(api: Api) -> None:
    api.account(type="custom")
    sandbox = api.emulator.sandboxes.of(_key(KEY))
    (entry,) = sandbox.journal
    api.emulator.sandboxes.reset(_key(KEY))
    sandbox.journal.add(entry)
    assert api.emulator.sandboxes._budgets.journals.used == 0


def test_a_default_record_takes_no_room() -> None:
    keyring, key = Keyring(), _key("sk_test_1")
    keyring.declare(key, KeyRecord("expired"))
    assert keyring.of(key) == KeyRecord("expired")
    keyring.declare(key, DEFAULT)
    assert keyring.of(key) is DEFAULT


def _key(text: str) -> Key:
    key = keys.parse(text)
    assert key is not None
    return key


# --- publishable keys ------------------------------------------------------------------------------------------------


def test_the_operations_of_publishable_keys_exist() -> None:
    assert {catalog.operation(name).id for name in PUBLISHABLE_OPERATIONS} == PUBLISHABLE_OPERATIONS


def test_a_publishable_key_is_accepted_where_stripe_accepts_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(call: Any) -> Any:
        return {"id": call.sandbox.platform_id}

    platform = own(api)
    monkeypatch.setattr(endpoints, "endpoint", lambda operation: {"PostTokens": Endpoint(run)}.get(operation.id))
    assert api.post("/v1/tokens", authorization=f"Bearer {PUBLISHABLE}").body == {"id": platform}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/account"), ("POST", "/v1/accounts"), ("POST", "/v1/account_sessions")]
)
def test_a_publishable_key_is_403_elsewhere(api: Api, method: str, path: str) -> None:
    answer = api.send(method, path, authorization=f"Bearer {PUBLISHABLE}")
    assert answer.status == 403
    assert answer.error == {
        "code": "secret_key_required",
        "doc_url": "https://stripe.com/docs/error-codes/secret-key-required",
        "message": "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a "
        "list of your API keys at https://dashboard.stripe.com/account/apikeys.",
        "type": "invalid_request_error",
    }
    assert answer.headers["request-id"] in answer.body["error"]["request_log_url"]
    entry = api.emulator.sandboxes.of(_key(KEY)).journal.newest
    assert entry is not None
    assert (entry.path, entry.status, entry.error) == (path, 403, "secret_key_required")


# --- organization keys and Stripe-Context ----------------------------------------------------------------------------


def test_an_organization_key_needs_a_context_and_a_version(api: Api) -> None:
    bearer = f"Bearer {ORGANIZATION}"
    answer = api.get("/v1/account", authorization=bearer, stripe_version=NEWEST)
    assert (answer.status, answer.body) == (
        400,
        {
            "error": {
                "message": "All API requests made with an organization API key must include the Stripe-Context header to "
                "identify the affected account. See https://docs.stripe.com/keys/organization-api-keys",
                "type": "invalid_request_error",
            }
        },
    )
    answer = api.get("/v1/account", authorization=bearer, stripe_context=own(api))
    assert (answer.status, answer.body) == (
        400,
        {
            "error": {
                "message": "All API requests made with an organization API key must include the Stripe-Version header. "
                "See https://docs.stripe.com/keys/organization-api-keys",
                "type": "invalid_request_error",
            }
        },
    )


def test_a_context_leads_an_organization_key_to_a_platform_and_its_accounts(api: Api) -> None:
    account, platform = api.account(type="custom"), own(api)
    for context, shown in ((platform, platform), (f"{platform}/{account}", account)):
        answer = get(api, "/v1/account", ORGANIZATION, stripe_context=context, stripe_version=NEWEST)
        assert (answer.status, answer.body["id"]) == (200, shown)


@pytest.mark.parametrize("context", ["acct_none", "acct_none/acct_other", "nonsense"])
def test_a_platform_outside_the_organization_is_403(api: Api, context: str) -> None:
    answer = get(api, "/v1/account", ORGANIZATION, stripe_context=context, stripe_version=NEWEST)
    assert answer.status == 403
    assert answer.error["message"] == (
        f"The provided key 'sk_org_t************************klmn' does not have access to account '{context}' (or that "
        "account does not exist). Application access may have been revoked."
    )


@pytest.mark.asyncio
async def test_an_organization_has_the_platforms_that_declared_it(api: Api) -> None:
    for key in ("sk_test_rides", "sk_test_deliveries"):
        await declare(api, {"key": "sk_org_rocket"}, key)
    for key in ("sk_test_rides", "sk_test_deliveries"):
        platform = own(api, key)
        answer = get(api, "/v1/account", "sk_org_rocket", stripe_context=platform, stripe_version=NEWEST)
        assert answer.body["id"] == platform
    assert get(api, "/v1/account", "sk_org_rocket", stripe_context=own(api), stripe_version=NEWEST).status == 403


def test_an_organization_is_bounded() -> None:
    known: tuple[Key, ...] = ()
    for number in range(MAX_PLATFORMS + 5):
        known = join(_key("sk_org_x"), _key(f"sk_test_{number}"), known)
    assert (len(known), known[0].text) == (MAX_PLATFORMS, "sk_test_5")


@pytest.mark.asyncio
async def test_an_organization_key_names_no_sandbox_of_the_control_api(api: Api) -> None:
    assert (await api.control("GET", "/clock", key=ORGANIZATION)).status_code == 401


def test_a_context_acts_as_the_account_like_the_older_header(api: Api) -> None:
    account = api.account(type="custom")
    for context in (account, f"{own(api)}/{account}"):
        answer = api.get("/v1/account", stripe_context=context)
        assert (answer.body["id"], answer.headers["stripe-account"]) == (account, account)
    assert api.get("/v1/account", stripe_context=account, stripe_account=account).body["id"] == account
    assert api.get("/v1/account", stripe_context=own(api)).body["id"] == own(api)


@pytest.mark.parametrize("context", ["acct_none", "/", "acct_none/acct_none", "a/b/c"])
def test_a_context_that_leads_nowhere_is_403(api: Api, context: str) -> None:
    answer = api.get("/v1/account", stripe_context=context)
    assert (answer.status, answer.error["code"]) == (403, "account_invalid")
    assert f"does not have access to account '{context}'" in answer.error["message"]


def test_two_headers_that_differ_are_400(api: Api) -> None:
    one, two = api.account(type="custom"), api.account(type="custom")
    answer = api.get("/v1/account", stripe_account=one, stripe_context=two)
    assert (answer.status, answer.error) == (
        400,
        {
            "message": f"The Stripe-Account header names '{one}' and the Stripe-Context header '{two}'. Stripe-Context "
            "supersedes Stripe-Account: send only one of them.",
            "type": "invalid_request_error",
        },
    )


# --- session tokens --------------------------------------------------------------------------------------------------


async def _token(api: Api, account: str) -> str:
    secret = api.session(account, {"account_onboarding": {"enabled": True}}).body["client_secret"]
    body = {"client_secret": secret, "publishable_key": PUBLISHABLE}
    return str((await api.control("POST", "/connect/claim", body, key=None)).json()["session_token"])


@pytest.mark.asyncio
async def test_a_session_token_allows_the_operations_of_components(api: Api) -> None:
    account = api.account(type="custom")
    bearer = f"Bearer {await _token(api, account)}"
    assert api.get("/v1/account", authorization=bearer).body["id"] == account
    assert api.get(f"/v1/accounts/{account}", authorization=bearer).status == 200
    assert api.post(f"/v1/accounts/{account}", {"email": "a@example.com"}, authorization=bearer).status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/accounts"),
        ("GET", "/v1/accounts"),
        ("DELETE", "/v1/accounts/{}"),
        ("POST", "/v1/accounts/{}/reject"),
        ("POST", "/v1/account_sessions"),
        ("POST", "/v1/account_links"),
    ],
)
async def test_a_session_token_is_refused_for_other_operations(api: Api, method: str, path: str) -> None:
    account = api.account(type="custom")
    token = await _token(api, account)
    answer = api.send(method, path.format(account), authorization=f"Bearer {token}")
    assert answer.status == 403
    assert answer.error == {
        "message": f"The provided key '{keys.redact(token)}' does not have the required permissions for this endpoint on "
        f"account '{account}'. This is the token of a claimed account session, which serves its components only.",
        "type": "invalid_request_error",
    }
    assert api.get(f"/v1/accounts/{account}").status == 200


# --- live keys -------------------------------------------------------------------------------------------------------


def _two_modes() -> tuple[Api, str, str]:
    api = Api(Settings(allow_live_keys=True))
    live = api.post("/v1/accounts", {"type": "custom"}, authorization=f"Bearer {LIVE}").body["id"]
    return api, api.account(type="custom"), live


def test_an_account_of_the_other_mode_is_named_as_such() -> None:
    api, test, live = _two_modes()
    components = {"payments": {"enabled": True}}
    answer = api.session(live, components)
    assert (answer.status, answer.error) == (
        400,
        {
            "code": "resource_missing",
            "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
            "message": f"No such account: '{live}'; a similar object exists in live mode, but a test mode key was used to "
            "make this request.",
            "param": "account",
            "type": "invalid_request_error",
        },
    )
    mirror = api.session(test, components, authorization=f"Bearer {LIVE}")
    assert mirror.error["message"] == (
        f"No such account: '{test}'; a similar object exists in test mode, but a live mode key was used to make this "
        "request."
    )
    other = api.session(live, components, authorization="Bearer sk_test_somebodyElse")
    assert other.error["message"] == f"No such account: '{live}'"


def test_an_account_of_the_other_mode_in_the_url_is_403() -> None:
    api, _, live = _two_modes()
    assert (api.get(f"/v1/accounts/{live}").status, api.get("/v1/account", stripe_account=live).status) == (403, 403)


def test_a_platform_has_one_id_in_both_modes() -> None:
    api, _, _ = _two_modes()
    assert api.get("/v1/account").body["id"] == api.get("/v1/account", authorization=f"Bearer {LIVE}").body["id"]


def test_an_object_of_the_other_mode_is_named_as_such_wherever_an_id_is_expected() -> None:
    api, test, live = _two_modes()
    hint = "; a similar object exists in live mode, but a test mode key was used to make this request."
    hook = {"url": "https://example.com/hook", "enabled_events": ["*"]}
    endpoint = api.post("/v1/webhook_endpoints", hook, authorization=f"Bearer {LIVE}").body["id"]
    bank = {"country": "US", "currency": "usd", "account_number": "000123456789", "routing_number": "110000000"}
    token = api.post("/v1/tokens", {"bank_account": bank}, authorization=f"Bearer {LIVE}").body["id"]
    answers = [
        (api.get(f"/v1/accounts?starting_after={live}"), f"No such account: '{live}'{hint}"),
        (api.get(f"/v1/webhook_endpoints/{endpoint}"), f"No such webhook endpoint: '{endpoint}'{hint}"),
        (api.get(f"/v1/webhook_endpoints?ending_before={endpoint}"), f"No such webhook endpoint: '{endpoint}'{hint}"),
        (api.get(f"/v1/tokens/{token}"), f"No such token: '{token}'{hint}"),
        (api.post(f"/v1/accounts/{test}", {"external_account": token}), f"No such token: '{token}'{hint}"),
        (api.get("/v1/tokens/btok_none"), "No such token: 'btok_none'"),
    ]
    assert [answer.error["message"] for answer, _ in answers] == [message for _, message in answers]


def test_a_response_of_live_mode_does_not_mention_test_mode() -> None:
    api, _, _ = _two_modes()
    name = "x-stripe-routing-context-priority-tier"
    assert api.get("/v1/account").headers[name] == "api-testmode"
    assert name not in api.get("/v1/account", authorization=f"Bearer {LIVE}").headers


def test_live_keys_make_live_objects() -> None:
    api, _, live = _two_modes()
    answer = api.session(live, {"payments": {"enabled": True}}, authorization=f"Bearer {LIVE}")
    assert answer.body["livemode"] is True


@pytest.mark.parametrize(
    "key", [LIVE, "rk_live_0123456789abcdefghijklmn", "pk_live_0123456789abcdefghijklmn", "sk_org_live_1"]
)
def test_every_live_key_is_refused_by_default(api: Api, key: str) -> None:
    answer = get(api, "/v1/account", key)
    assert answer.status == 401
    assert answer.error["message"].startswith(f"Invalid API Key provided: {keys.redact(key)}. This is a live key")


@pytest.mark.asyncio
async def test_an_expired_publishable_key_claims_nothing(api: Api) -> None:
    secret = api.session(api.account(type="custom"), {"payments": {"enabled": True}}).body["client_secret"]
    body = {"client_secret": secret, "publishable_key": PUBLISHABLE}
    await declare(api, {"key": PUBLISHABLE, "state": "expired"})
    answer = await api.control("POST", "/connect/claim", body, key=None)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "publishable_key_expired")
    await declare(api, {"key": PUBLISHABLE, "state": "active"})
    assert (await api.control("POST", "/connect/claim", body, key=None)).status_code == 200


# --- with stripe-python, over a socket -------------------------------------------------------------------------------


def test_stripe_python_raises_permission_error(stripe_emulator: StripeEmulator) -> None:
    platform = stripe.Account.retrieve().id
    key = stripe_emulator.restricted_key(["connected_account_read"])
    with pytest.raises(stripe.PermissionError) as refused:
        stripe.Account.create(type="custom", api_key=key)
    error: Any = refused.value.json_body
    assert (refused.value.http_status, error["error"]["code"]) == (403, "more_permissions_required")
    assert (refused.value.user_message or "").startswith(
        f"Permission denied. The provided key '{keys.redact(key)}' does not have the required permissions for this "
        f"endpoint on account '{platform}'. Enabling \"Accounts Write\" ('connected_account_write') permissions on this "
        "key would allow this request to continue. You can edit permissions at https://dashboard.stripe.com/b/"
    )
    assert refused.value.request_id is not None


def test_stripe_python_works_within_the_permissions_of_a_key(stripe_emulator: StripeEmulator) -> None:
    key = stripe_emulator.restricted_key(
        ["connected_account_write", "accounts_kyc_basic_read", "account_session_write"]
    )
    client = stripe.StripeClient(key, base_addresses={"api": stripe_emulator.url})
    account = client.v1.accounts.create({"type": "custom"})
    components: Any = {"payments": {"enabled": True}}
    session = client.v1.account_sessions.create({"account": account.id, "components": components})
    assert stripe_emulator.claim(session.client_secret).account == account.id


def test_stripe_python_names_a_context(stripe_emulator: StripeEmulator) -> None:
    account, platform = stripe.Account.create(type="custom").id, stripe.Account.retrieve().id
    key = stripe_emulator.organization_key()
    client = stripe.StripeClient(
        key, base_addresses={"api": stripe_emulator.url}, stripe_context=f"{platform}/{account}"
    )
    assert client.v1.accounts.retrieve_current().id == account
    alone = stripe.StripeClient(key, base_addresses={"api": stripe_emulator.url})
    with pytest.raises(stripe.InvalidRequestError, match="must include the Stripe-Context header"):
        alone.v1.accounts.retrieve_current()


def test_a_key_is_rolled_with_the_handle(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom").id
    rolled = stripe_emulator.roll_key()
    stripe_emulator.set_key_state("expired")
    assert stripe.Account.retrieve(account, api_key=rolled).id == account
    with pytest.raises(stripe.AuthenticationError, match="Expired API Key provided"):
        stripe.Account.retrieve(account)
    stripe_emulator.set_key_state("revoked", key=rolled)
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided"):
        stripe.Account.retrieve(account, api_key=rolled)


def test_the_handle_sets_the_version_of_requests_that_name_none(stripe_emulator: StripeEmulator) -> None:
    assert stripe_emulator.set_api_version("2023-10-16") == "2023-10-16"
    assert stripe_emulator.set_api_version() == NEWEST
