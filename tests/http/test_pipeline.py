"""The pipeline: which error a request gets, with which headers, and that it stops there."""

from __future__ import annotations

import base64
import logging
import re
from typing import Any

import pytest

from emulator.model.answering import endpoints
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Endpoint
from emulator.settings import Settings

from ..api import KEY, NEWEST, Api

NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)


# --- route -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1"),
        ("GET", "/v1/nothing"),
        ("GET", "/v1/account_sessions"),
        ("PUT", "/v1/accounts"),
        ("HEAD", "/v1/accounts"),
        ("OPTIONS", "/v1/account_sessions"),
    ],
)
def test_an_unknown_url_or_method_is_404_with_stripes_message(api: Api, method: str, path: str) -> None:
    response = api.send(method, path, authorization=None)
    assert response.status == 404
    assert response.raw.decode() == (
        '{\n  "error": {\n    "message": "Unrecognized request URL (' + f"{method}: {path}" + "). Please see "
        "https://stripe.com/docs or we can help at https://support.stripe.com/."
        '",\n    "type": "invalid_request_error"\n  }\n}\n'
    )


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/v1/accounts/"), ("POST", "/v1/accounts//persons")]
)
def test_an_unknown_url_with_an_empty_part_has_a_hint(api: Api, method: str, path: str) -> None:
    response = api.send(method, path, authorization=None)
    assert (response.status, response.error) == (
        404,
        {
            "message": f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the "
            "trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) "
            "identifier in your code. Please see https://stripe.com/docs or we can help at "
            "https://support.stripe.com/.",
            "type": "invalid_request_error",
        },
    )


def test_a_url_that_is_too_long_gets_the_response_of_the_proxy(api: Api) -> None:
    fits = 16_384 - len("GET /v1/accounts?x= HTTP/1.1\r\n")
    assert api.get("/v1/accounts?x=" + "a" * fits).status == 400
    response = api.get("/v1/accounts?x=" + "a" * (fits + 1))
    assert (response.status, response.headers["content-type"], response.headers["server"]) == (
        414,
        "text/html",
        "nginx",
    )
    assert response.raw.startswith(b"<html>\r\n<head><title>414 Request-URI Too Large</title></head>\r\n")


def test_a_url_is_matched_before_the_key(api: Api) -> None:
    assert api.get("/v1/nothing", authorization="Bearer nonsense").status == 404


def test_an_operation_that_is_not_emulated_is_refused_by_name(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "endpoint", lambda _: None)  # all operations are emulated
    response = api.post("/v1/payment_intents/pi_1/apply_customer_balance")
    assert (response.status, response.headers["stripe-should-retry"]) == (501, "false")
    assert response.error == {
        "code": "emulator_not_emulated",
        "message": "The emulator does not emulate POST /v1/payment_intents/{intent}/apply_customer_balance. Stripe has "
        "this operation; FIDELITY.md lists what is emulated.",
        "type": "api_error",
    }


# --- key -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Digest abc", "Basic", "Basic Og=="])
def test_no_key_is_401(api: Api, header: str | None) -> None:
    response = api.get("/v1/account", authorization=header)
    assert response.status == 401
    assert response.body == {"error": {"message": NO_KEY, "type": "invalid_request_error"}}


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("sk_test-hello-world-probe01", "sk_test-***************be01"),
        ("f1497-invalid-key-with-a-token", "f1497-in******************oken"),
        ("sk_prod_" + "a" * 34, "sk_prod_" + "*" * 30 + "aaaa"),
        ("xk_test_" + "51" + "b" * 97, "xk_test_" + "*" * 93 + "bbbbbb"),
        ("sk_test_", "********"),
        ("sk_test-123", "sk_test-***"),
        ("abc", "***"),
    ],
)
def test_a_malformed_key_is_401_and_redacted(api: Api, key: str, shown: str) -> None:
    response = api.get("/v1/account", authorization=f"Bearer {key}")
    assert response.status == 401
    assert response.raw.decode() == (
        '{\n  "error": {\n    "message": "Invalid API Key provided: ' + shown + '",\n'
        '    "type": "invalid_request_error"\n  }\n}\n'
    )


def test_a_live_key_is_refused_with_a_reason(api: Api) -> None:
    response = api.get("/v1/account", authorization="Bearer sk_live_0123456789abcdef")
    assert response.status == 401
    assert response.error["message"].startswith(
        "Invalid API Key provided: sk_live_************cdef. This is a live key"
    )


def test_a_live_key_works_where_the_settings_allow_it() -> None:
    api = Api(Settings(allow_live_keys=True), {"authorization": "Bearer sk_live_123"})
    response = api.session(api.account(type="custom"), {"payments": {"enabled": True}})
    assert response.body["livemode"] is True


@pytest.mark.parametrize(
    ("settings", "key", "url"),
    [
        ({}, "sk_test_123", r"http://127\.0\.0\.1:12111/_emulator/#requests/ID"),
        ({"public_url": "https://stripe.test"}, "sk_test_123", r"https://stripe\.test/_emulator/#requests/ID"),
        ({"allow_live_keys": True}, "sk_live_123", r"http://127\.0\.0\.1:12111/_emulator/#requests/ID"),
        (
            {"control": False},
            "sk_test_123",
            r"https://dashboard\.stripe\.com/acct_\w{16}/test/workbench/logs\?object=ID",
        ),
        (
            {"control": False, "allow_live_keys": True},
            "sk_live_123",
            r"https://dashboard\.stripe\.com/acct_\w{16}/workbench/logs\?object=ID",
        ),
    ],
)
def test_an_error_links_to_its_request_in_the_dashboard(settings: dict[str, Any], key: str, url: str) -> None:
    api = Api(Settings(**settings), {"authorization": f"Bearer {key}"})
    response = api.session("acct_none", {"payments": {"enabled": True}})
    expected = url.replace("ID", response.headers["request-id"])
    assert re.fullmatch(expected, response.body["error"]["request_log_url"])


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer {KEY}",
        f"bearer {KEY}",
        f"Basic {KEY}",
        "Basic " + base64.b64encode(f"{KEY}:".encode()).decode(),
        "Basic " + base64.b64encode(f"{KEY}:ignored".encode()).decode(),
        f"Bearer {KEY.replace('sk', 'rk')}",
    ],
)
def test_every_accepted_scheme_opens_the_same_sandbox(api: Api, header: str) -> None:
    own = api.get("/v1/account").body["id"]
    assert api.get("/v1/account", authorization=header).body["id"] == own


def test_a_key_opens_a_sandbox_of_its_own(api: Api) -> None:
    account = api.account(type="custom")
    other = api.get(f"/v1/accounts/{account}", authorization="Bearer sk_test_other")
    assert (other.status, other.error["code"]) == (403, "account_invalid")


def test_a_modern_key_names_its_own_account(api: Api) -> None:
    key = "sk_test_5" + "1AbCdEfGhIjKlMno" + "x" * 82
    assert len(key) == 107
    assert api.get("/v1/account", authorization=f"Bearer {key}").body["id"] == "acct_1AbCdEfGhIjKlMno"


def test_a_401_has_this_header_set(api: Api) -> None:
    headers = api.get("/v1/account", authorization=None).headers
    assert list(headers) == [
        *COMMON,
        "vary",
        "www-authenticate",
        "x-robots-tag",
        "x-wc",
        "strict-transport-security",
    ]
    assert headers["www-authenticate"] == 'Bearer realm="Stripe"'
    assert headers["x-robots-tag"] == "none"
    assert headers["content-security-policy"] == (
        "base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; upgrade-insecure-requests"
    )
    assert not {"request-id", "stripe-version", "idempotency-key", "stripe-account"} & set(headers)
    assert not {name for name in headers if name.startswith("x-stripe")}


@pytest.mark.asyncio
async def test_a_key_can_expire_and_be_revoked(api: Api) -> None:
    await api.control("POST", "/keys", {"state": "expired"})
    expired = api.get("/v1/account")
    assert (expired.status, expired.headers["www-authenticate"]) == (401, 'Bearer realm="Stripe"')
    assert expired.raw.decode() == (
        '{\n  "error": {\n    "code": "api_key_expired",\n'
        '    "doc_url": "https://stripe.com/docs/error-codes/api-key-expired",\n'
        '    "message": "Expired API Key provided: sk_test_********************klmn",\n'
        '    "type": "invalid_request_error"\n  }\n}\n'
    )
    await api.control("POST", "/keys", {"state": "revoked"})
    assert api.get("/v1/account").error["message"] == "Invalid API Key provided: sk_test_********************klmn"
    assert api.get("/v1/account", authorization=f"Bearer {KEY.replace('sk', 'rk')}").status == 200
    await api.control("POST", "/keys", {"state": "active"})
    assert api.get("/v1/account").status == 200
    assert (await api.control("POST", "/keys", {"state": "lost"})).json()["error"]["code"] == "invalid_state"


# --- account ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["url", "header"])
def test_an_unknown_account_in_url_or_header_is_403(api: Api, way: str) -> None:
    path, header = {"url": ("/v1/accounts/acct_none", None), "header": ("/v1/account", "acct_none")}[way]
    response = api.get(path, stripe_account=header)
    assert response.status == 403
    assert response.raw.decode() == (
        '{\n  "error": {\n    "message": "The provided key \'sk_test_********************klmn\' does not have access to '
        "account 'acct_none' (or that account does not exist). Application access may have been revoked.\",\n"
        '    "type": "invalid_request_error",\n    "code": "account_invalid",\n'
        '    "doc_url": "https://stripe.com/docs/error-codes/account-invalid"\n  }\n}\n'
    )
    assert response.headers["x-robots-tag"] == "none"
    assert not {"request-id", "stripe-version", "www-authenticate"} & set(response.headers)


def test_a_deleted_account_is_403(api: Api) -> None:
    account = api.account(type="custom")
    assert api.delete(f"/v1/accounts/{account}").body == {"id": account, "object": "account", "deleted": True}
    assert api.get(f"/v1/accounts/{account}").status == 403
    assert api.get("/v1/account", stripe_account=account).status == 403


def test_the_header_acts_as_the_account_and_is_echoed(api: Api) -> None:
    account = api.account(type="custom")
    response = api.get("/v1/account", stripe_account=account)
    assert (response.body["id"], response.headers["stripe-account"]) == (account, account)
    assert api.get(f"/v1/accounts/{account}").headers["stripe-account"] == account
    assert "stripe-account" not in api.get("/v1/account").headers


def test_the_platforms_own_id_refers_to_the_platform(api: Api) -> None:
    own = api.get("/v1/account").body["id"]
    assert api.get(f"/v1/accounts/{own}").body["id"] == own
    assert api.get("/v1/account", stripe_account=own).body["id"] == own


def test_a_connected_account_cannot_reach_another(api: Api) -> None:
    one, two = api.account(type="custom"), api.account(type="custom")
    response = api.get(f"/v1/accounts/{two}", stripe_account=one)
    assert response.status == 403
    assert (
        response.error["message"] == "You cannot access the connected accounts of your platform's connected accounts."
    )


# --- version ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "version",
    [
        "2011-01-01", "2023-10-16", "2024-06-20", "2024-09-30.acacia", "2025-03-01.dashboard", NEWEST, "2027-01-27.endive",
        "2222-22-22", "2026-09-30.preview", "2023-10-16; risk_in_requirements_beta=v1", "2020-08-27;link_beta=v1",
        "2025-08-27.preview; embedded_connect_beta=v2",
    ],
)  # fmt: skip
def test_a_version_is_echoed(api: Api, version: str) -> None:
    response = api.get("/v1/account", stripe_version=version)
    assert (response.status, response.headers["stripe-version"]) == (200, version)


@pytest.mark.parametrize(
    "version",
    [
        "2019-2-19",
        "latest",
        "2025-09-30.acacia",
        "2025-09-30",
        "2023-10-17",
        "2023-10-16.preview",
        "2024-06-20.basil",
        "2023-10-16; what",
    ],
)
def test_an_impossible_version_is_400(api: Api, version: str) -> None:
    response = api.get("/v1/account", stripe_version=version)
    assert response.status == 400
    assert response.error == {"message": f"Invalid Stripe API version: {version}", "type": "invalid_request_error"}
    assert response.headers["stripe-version"] == NEWEST


def test_without_a_version_the_default_applies() -> None:
    assert (
        Api(Settings(api_version="2025-04-30.basil")).get("/v1/account").headers["stripe-version"] == "2025-04-30.basil"
    )


# --- body ------------------------------------------------------------------------------------------------------------


def test_a_content_type_may_have_parameters_and_any_case(api: Api) -> None:
    kind = "Application/X-WWW-Form-Urlencoded ; charset=UTF-8"
    assert api.post("/v1/accounts", "type=custom", content_type=kind).status == 200


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencodedly"]
)
def test_a_body_of_another_content_type_is_400(api: Api, kind: str) -> None:
    response = api.send("POST", "/v1/account_sessions", b'{"account": "acct_1"}', content_type=kind)
    assert response.status == 400
    assert response.error == {
        "message": "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have "
        "any questions, we can help at https://support.stripe.com/.",
        "type": "invalid_request_error",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            b"account=%ff",
            'Invalid UTF-8 characters found in POST body: "\\xff".  For assistance, please contact support@stripe.com.',
        ),
        (b"a[b]=1&a=2", "Invalid object"),
        (b"a=1&a[]=2", "Invalid array"),
        (b"a" + b"[b]" * 40 + b"=1", "Invalid request: it has more than 32 levels of nesting."),
        (b"a=1&" * 10_000, "Invalid request: it has more than 10000 parameters."),
        (b'{"account": "x"}', 'Received unknown parameter: {"account": "x"}'),
    ],
)
def test_a_form_that_cannot_be_parsed_is_400(api: Api, body: bytes, message: str) -> None:
    response = api.send("POST", "/v1/account_sessions", body)
    assert (response.status, response.error["message"]) == (400, message)


def test_parameters_come_from_the_query_too(api: Api) -> None:
    account = api.account(type="custom")
    response = api.post(f"/v1/account_sessions?account={account}", "components[payments][enabled]=true")
    assert response.status == 200


def test_unknown_parameters_are_ignored_when_not_strict() -> None:
    api = Api(Settings(strict=False))
    assert api.post("/v1/accounts", {"type": "custom", "nonsense": "1"}).status == 200


# --- expand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expand", "message"),
    [
        ("/v1/account", "bogus", "This property cannot be expanded (bogus)."),
        ("/v1/accounts", "settings.branding.icon", "This property cannot be expanded (settings). You may want to try expanding 'data.settings' instead."),
        ("/v1/accounts", "bogus", "This property cannot be expanded (bogus). You may want to try expanding 'data.bogus' instead."),
        ("/v1/accounts", "data.settings.bogus.icon", "This property cannot be expanded (data.settings.bogus)."),
    ],
)  # fmt: skip
def test_a_path_that_cannot_be_expanded_is_400(api: Api, path: str, expand: str, message: str) -> None:
    response = api.get(f"{path}?expand[]={expand}")
    assert response.status == 400
    assert response.error == {"message": message, "type": "invalid_request_error"}


def test_expand_data_of_a_list_is_accepted(api: Api) -> None:
    assert api.get("/v1/accounts?expand[]=data").status == 200


def test_a_deleted_object_is_not_accepted_as_cursor(api: Api) -> None:
    account = api.account(type="custom")
    api.delete(f"/v1/accounts/{account}")
    response = api.get(f"/v1/accounts?starting_after={account}")
    assert (response.status, response.error["message"], response.error["code"], response.error["param"]) == (
        400,
        f"No such account: '{account}'",
        "resource_missing",
        "starting_after",
    )


@pytest.mark.parametrize("path", ["a.b.c.d.e", "data.external_accounts.data.account.settings"])
def test_more_than_four_levels_are_400(api: Api, path: str) -> None:
    response = api.get(f"/v1/accounts?expand[]={path}")
    assert (response.status, response.error) == (
        400,
        {
            "code": "property_expansion_max_depth",
            "message": f"You cannot expand more than 4 levels of a property. Property: {path}",
            "type": "invalid_request_error",
        },
    )


def test_expanding_the_total_count_of_a_list_is_400(api: Api) -> None:
    response = api.get("/v1/accounts?expand[]=total_count")
    assert (response.status, response.error) == (
        400,
        {
            "code": "property_forbidden",
            "message": "This property cannot be included (total_count)",
            "type": "invalid_request_error",
        },
    )


@pytest.fixture
def payable(api: Api) -> str:
    """An account with a capability and a bank account."""
    return api.account(
        type="custom", country="US", capabilities={"transfers": {"requested": True}}, external_account="btok_us"
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_expanded_id_becomes_the_object(api: Api, payable: str, method: str) -> None:
    path = f"/v1/accounts/{payable}/capabilities/transfers"
    plain, whole = (api.send(method, f"{path}{query}").body for query in ("", "?expand[]=account"))
    assert plain["account"] == payable
    assert whole == {**plain, "account": api.get(f"/v1/accounts/{payable}").body}


def test_everything_along_a_path_is_expanded_down_to_four_levels(api: Api, payable: str) -> None:
    account = api.get(f"/v1/accounts/{payable}").body
    found = api.get(f"/v1/accounts/{payable}/capabilities?expand[]=data.account.external_accounts.data").body
    assert [each["account"] for each in found["data"]] == [account]
    path = f"/v1/accounts/{payable}/capabilities/transfers?expand[]=account.external_accounts.data.account"
    (bank,) = api.get(path).body["account"]["external_accounts"]["data"]
    assert bank["account"] == account
    assert api.get(f"/v1/accounts/{payable}").body == account


def test_several_paths_through_one_id_are_all_expanded(api: Api) -> None:
    customer = api.post("/v1/customers", {"source": "tok_visa"}).body
    charge = api.post("/v1/charges", {"amount": 2_500, "currency": "usd", "customer": customer["id"]}).body
    paths = ["charge.customer", "charge.balance_transaction", "charge"]
    refund = api.post("/v1/refunds", {"charge": charge["id"], "expand": paths}).body
    assert refund["charge"]["customer"] == customer
    assert refund["charge"]["balance_transaction"]["source"] == charge["id"]


def test_several_paths_are_expanded_in_one_response(api: Api, payable: str) -> None:
    query = "expand[]=settings.branding.icon&expand[]=external_accounts.data.account&expand[]=company"
    found = api.get(f"/v1/accounts/{payable}?{query}").body
    assert found["settings"]["branding"]["icon"] is None
    assert found["external_accounts"]["data"][0]["account"]["id"] == payable


def test_an_id_whose_object_is_not_emulated_is_refused_by_name_and_nothing_is_changed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", {"frozen_time": "1700000000"}).body["id"]
    customer = api.post("/v1/customers", {"name": "Jenny", "test_clock": clock}).body["id"]
    known = registry.resource
    monkeypatch.setattr(registry, "resource", lambda name: None if name == "test_helpers.test_clock" else known(name))
    sent = {"name": "Jane"}
    response = api.post(f"/v1/customers/{customer}", {**sent, "expand": ["test_clock"]}, idempotency_key="k")
    assert (response.status, response.error) == (
        501,
        {
            "code": "emulator_not_emulated",
            "message": "The emulator does not emulate what test_clock would expand to. Stripe has it; FIDELITY.md lists "
            "what is emulated.",
            "param": "expand",
            "type": "api_error",
        },
    )
    assert api.get(f"/v1/customers/{customer}").body["name"] == "Jenny"
    assert api.post(f"/v1/customers/{customer}", sent, idempotency_key="k").status == 200


def test_an_id_of_no_object_stays_an_id(api: Api) -> None:
    account = api.account(type="custom", country="US", business_type="individual")
    document = {"individual": {"verification": {"document": {"front": "file_identity_document_success"}}}}
    path = "individual.verification.document.front"
    body = api.post(f"/v1/accounts/{account}", {**document, "expand": [path]}).body
    front = body["individual"]["verification"]["document"]["front"]
    assert front == api.get(f"/v1/accounts/{account}").body["individual"]["verification"]["document"]["front"]
    assert front.startswith("file_")


# --- headers ---------------------------------------------------------------------------------------------------------

COMMON = [
    "server", "date", "content-type", "content-length", "connection", "access-control-allow-credentials",
    "access-control-allow-methods", "access-control-allow-origin", "access-control-expose-headers",
    "access-control-max-age", "cache-control", "content-security-policy",
]  # fmt: skip
LAST = [
    "stripe-version", "vary", "x-stripe-priority-routing-enabled", "x-stripe-routing-context-priority-tier", "x-wc",
    "strict-transport-security",
]  # fmt: skip


def test_a_post_that_ran_has_this_header_set(api: Api) -> None:
    response = api.session(api.account(type="custom"), {"payments": {"enabled": True}}, idempotency_key="once")
    assert list(response.headers) == [
        *COMMON,
        "emulator-fidelity",
        "idempotency-key",
        "original-request",
        "request-id",
        "stripe-should-retry",
        *LAST,
    ]
    assert response.headers["idempotency-key"] == "once"
    assert response.headers["original-request"] == response.headers["request-id"]
    assert re.fullmatch(r"req_[0-9A-Za-z]{14}", response.headers["request-id"])
    assert response.headers["stripe-should-retry"] == "false"
    assert int(response.headers["content-length"]) == len(response.raw)


def test_a_post_without_a_key_gets_one(api: Api) -> None:
    key = api.post("/v1/accounts", {"type": "custom"}).headers["idempotency-key"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", key)


def test_a_post_that_did_not_run_has_no_retry_header(api: Api) -> None:
    for response in (api.post("/v1/account_sessions"), api.session("acct_none", {"payments": {"enabled": True}})):
        assert response.status == 400
        assert list(response.headers) == [
            *COMMON,
            "emulator-fidelity",
            "idempotency-key",
            "original-request",
            "request-id",
            *LAST,
        ]


def test_a_post_that_ran_and_failed_is_not_to_be_retried(api: Api) -> None:
    account = api.account(type="standard")
    response = api.session(
        account, {"payouts": {"enabled": True, "features": {"disable_stripe_user_authentication": True}}}
    )
    assert (response.status, response.headers["stripe-should-retry"]) == (400, "false")


def test_a_get_has_this_header_set(api: Api) -> None:
    assert list(api.get("/v1/account").headers) == [*COMMON, "emulator-fidelity", "request-id", *LAST]


def test_a_page_of_another_origin_may_send_its_key(api: Api) -> None:
    asked = {"origin": "https://shop.example", "access_control_request_method": "POST"}
    response = api.send(
        "OPTIONS", "/v1/tokens", authorization=None, **asked, access_control_request_headers="authorization"
    )
    assert (response.status, response.raw, list(response.headers)) == (
        200,
        b"",
        ["server", "date", "content-length", "connection", "access-control-allow-headers", *COMMON[5:], "vary"],
    )
    assert response.headers["access-control-allow-headers"] == "authorization"
    assert response.headers["access-control-allow-origin"] == "*"
    assert "POST" in response.headers["access-control-allow-methods"]


def test_options_without_a_browser_is_an_unknown_url(api: Api) -> None:
    assert api.send("OPTIONS", "/v1/tokens").status == 404


def test_creating_an_account_recommends_v2(api: Api) -> None:
    assert api.post("/v1/accounts", {"type": "custom"}).headers["stripe-notice"] == (
        "We recommend building your integration using Accounts v2. See https://docs.stripe.com/api/v2/core/accounts"
    )


def test_an_error_escapes_html_and_ends_with_a_newline(api: Api) -> None:
    response = api.post("/v1/account_sessions", {"<b>&": "1"})
    assert b"\\u003Cb\\u003E\\u0026" in response.raw
    assert response.raw.endswith(b"}\n")


# --- bugs of our own -------------------------------------------------------------------------------------------------


def test_a_bug_is_a_500_in_stripes_envelope_and_a_traceback_in_the_log(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Call) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(endpoints, "endpoint", lambda operation: {"GetAccount": Endpoint(broken)}.get(operation.id))
    with caplog.at_level(logging.ERROR, "emulator"):
        response = api.get("/v1/account")
    assert (response.status, response.error["type"]) == (500, "api_error")
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.asyncio
async def test_headers_of_every_response_are_in_alphabetical_order(api: Api) -> None:
    account = api.account(type="custom")
    await api.control("POST", "/faults", {"error": "lock_timeout", "path": "/v1/webhook_endpoints"})
    await api.control("POST", "/faults", {"error": "rate_limited", "path": "/v1/events"})
    responses = [
        api.get("/v1/account", authorization=None),
        api.get("/v1/accounts/acct_none"),
        api.post("/v1/webhook_endpoints", stripe_version="2020-08-27"),
        api.get("/v1/events", stripe_account=account),
        api.post(
            f"/v1/accounts/{account}", {"email": "a@example.com"}, idempotency_key="k", stripe_version="2020-08-27"
        ),
        api.post(f"/v1/accounts/{account}", {"email": "a@example.com"}, idempotency_key="k"),
    ]
    assert [response.status for response in responses] == [401, 403, 429, 429, 200, 200]
    for response in responses:
        own = list(response.headers)[5:-1]  # after what nginx says of the body, before what it says of https
        assert own == sorted(own)
