"""OAuth of Connect over a socket, with stripe-python: the page, codes, tokens, and the end of a connection."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import stripe

from emulator.client import EmulatorClient, EmulatorError
from emulator.resources.connect import oauth_accounts
from emulator.resources.connect.accounts import storage as accounts_storage

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

CALLBACK = "http://127.0.0.1:1/callback?a=1"
CODE = r"ac_[0-9A-Za-z]{32}"


class Platform:
    """A sandbox of its own, whose clock stands still, and the flow of an owner through it."""

    def __init__(self, emulator: StripeEmulator) -> None:
        self.emulator = emulator
        self.client = emulator.client
        self.client_id = emulator.client_id
        emulator.freeze()

    def url(self, *, express: bool = False, **params: Any) -> str:
        sent: Any = {"client_id": self.client_id, "scope": "read_write", "redirect_uri": CALLBACK, **params}
        sent = {name: value for name, value in sent.items() if value is not None}
        return str(stripe.OAuth.authorize_url(express=express, **sent))

    def raw(self, sent: dict[str, str]) -> str:
        return str(httpx.URL(f"{self.emulator.url}/oauth/v2/authorize", params=sent))

    def decide(self, url: str, action: str = "blank", **form: str) -> list[tuple[str, str]]:
        """The query that the redirect URI receives."""
        page = httpx.get(url, follow_redirects=True)
        assert page.status_code == 200, page.text
        done = httpx.post(page.url, data={"action": action, **form})
        assert done.status_code == 302
        return parse_qsl(urlsplit(done.headers["location"]).query)

    def code(self, action: str = "blank", *, express: bool = False, **params: Any) -> str:
        return dict(self.decide(self.url(express=express, **params), action))["code"]

    def connect(self, action: str = "blank", *, express: bool = False, **params: Any) -> Any:
        return token(self.code(action, express=express, **params))

    def events(self) -> list[tuple[str, str | None]]:
        return [(event["type"], event.get("account")) for event in self.emulator.webhooks.events()]

    def ids(self) -> list[str]:
        return [account.id for account in self.client.v1.accounts.list()]


def token(code: str, **params: Any) -> Any:
    return stripe.OAuth.token(grant_type="authorization_code", code=code, **params)


def refresh(text: str, **params: Any) -> Any:
    return stripe.OAuth.token(grant_type="refresh_token", refresh_token=text, **params)


@pytest.fixture
def platform(stripe_emulator: StripeEmulator) -> Iterator[Platform]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            import_module("stripe._oauth"), "connect_api_base", stripe_emulator.url
        )  # stripe-python copies it once
        yield Platform(stripe_emulator)


def code_of(caught: pytest.ExceptionInfo[stripe.StripeError]) -> str:
    """The code of an error of the API, which stripe-python has as an attribute of some errors only."""
    body: Any = caught.value.json_body
    return str(body["error"].get("code"))


def refusal(call: Any) -> tuple[str, int, str]:
    """The class, the status and the description of an error of OAuth."""
    with pytest.raises(stripe.oauth_error.OAuthError) as caught:
        call()
    error, body = caught.value, cast("Any", caught.value.json_body)
    return type(error).__name__, error.http_status or 0, str(body.get("error_description"))


# --- the flow -----------------------------------------------------------------------------------------------------


def test_an_owner_connects_a_blank_account(platform: Platform) -> None:
    query = platform.decide(platform.url(state="a b&c/ü"))
    assert [name for name, _ in query] == ["a", "scope", "code", "state"]
    assert query[0] == ("a", "1")
    assert (query[1][1], query[3][1]) == ("read_write", "a b&c/ü")
    assert re.fullmatch(CODE, query[2][1])
    assert platform.ids() == []  # the connection is complete with the token request
    connected = token(query[2][1])
    assert list(connected.to_dict()) == [
        "access_token",
        "livemode",
        "refresh_token",
        "token_type",
        "stripe_publishable_key",
        "stripe_user_id",
        "scope",
    ]
    assert (connected.livemode, connected.token_type, connected.scope) == (False, "bearer", "read_write")
    assert re.fullmatch(r"sk_test_[0-9A-Za-z]{24}00[0-9A-Za-z]{8}", connected.access_token)
    assert re.fullmatch(r"rt_[0-9A-Za-z]{48}", connected.refresh_token)
    assert connected.stripe_publishable_key.startswith("pk_test_")
    account = platform.client.v1.accounts.retrieve(connected.stripe_user_id)
    assert (account.type, account.country, account.email) == ("standard", "US", None)
    assert (account.charges_enabled, account.details_submitted) == (False, False)
    shown: Any = account.to_dict()
    assert shown["tos_acceptance"] == {"date": None}
    assert {"business_type", "company", "individual"} & shown.keys() == set()
    due = [
        "business_profile.product_description",
        "business_profile.support_phone",
        "business_profile.url",
        "external_account",
        "tos_acceptance.date",
        "tos_acceptance.ip",
    ]
    requirements = shown["requirements"]
    assert (requirements["currently_due"], requirements["eventually_due"]) == (due, due)
    assert (requirements["past_due"], requirements["disabled_reason"]) == ([], "requirements.past_due")
    assert account.controller is not None
    assert account.controller.to_dict() == {
        "fees": {"payer": "account"},
        "is_controller": True,
        "losses": {"payments": "stripe"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "full"},
        "type": "application",
    }


def test_the_bytes_and_the_headers_of_responses(platform: Platform) -> None:
    url, key = platform.emulator.url, (platform.emulator.api_key, "")
    sent = {"client_id": platform.client_id, "stripe_user_id": platform.connect().stripe_user_id}
    done = httpx.post(f"{url}/oauth/deauthorize", auth=key, data=sent, headers={"idempotency-key": "a"})
    assert done.text == f'{{\n  "stripe_user_id": "{sent["stripe_user_id"]}"\n}}'
    assert done.headers["content-type"] == "application/json"
    assert done.headers["cache-control"] == "max-age=0, no-cache, no-store, must-revalidate"
    assert (done.headers["expires"], done.headers["pragma"]) == ("0", "no-cache")
    assert re.fullmatch(r"req_[0-9A-Za-z]{14}", done.headers["request-id"])
    absent = {"idempotency-key", "stripe-version", "original-request", "stripe-should-retry", "www-authenticate"}
    assert absent & {*done.headers} == set()
    again = httpx.post(f"{url}/oauth/deauthorize", auth=key, data=sent, headers={"idempotency-key": "a"})
    assert again.status_code == 401  # nothing is replayed
    assert again.text == (
        '{"error":"invalid_client","error_description":"This application is not connected to stripe account '
        f'{sent["stripe_user_id"]}, or that account does not exist."}}'
    )
    assert again.headers["content-type"] == "application/json; charset=utf-8"
    assert again.headers["www-authenticate"] == 'Bearer realm="Stripe"'
    assert "request-id" in again.headers


def test_an_owner_who_fills_in_the_form_can_take_payments(platform: Platform) -> None:
    user = {
        "email": "owner@example.com",
        "country": "DE",
        "business_type": "sole_prop",
        "business_name": "Bakery",
        "first_name": "Ada",
        "phone_number": "no number",
        "currency": "nothing",
        "unknown": "x",
    }
    connected = platform.connect("complete", stripe_user=user)
    account = platform.client.v1.accounts.retrieve(connected.stripe_user_id)
    assert (account.charges_enabled, account.payouts_enabled, account.details_submitted) == (True, True, True)
    assert (account.email, account.country, account.business_type) == ("owner@example.com", "DE", "individual")
    assert account.default_currency == "eur"
    assert account.business_profile is not None
    assert account.business_profile.name == "Bakery"
    blank = platform.connect(stripe_user=user)
    account = platform.client.v1.accounts.retrieve(blank.stripe_user_id)
    assert (account.email, account.country) == (None, "DE")


def test_an_owner_denies(platform: Platform) -> None:
    page = httpx.get(platform.url(state="s"), follow_redirects=True)
    denied = httpx.post(page.url, data={"action": "deny"})
    assert denied.status_code == 302
    assert denied.headers["location"] == (
        "http://127.0.0.1:1/callback?a=1&error=access_denied&error_description=The%20user%20denied%20your%20request"
        "&state=s"
    )
    assert platform.events() == []


def test_without_a_page_one_post_decides(platform: Platform) -> None:
    params = {"client_id": platform.client_id, "response_type": "code"}
    done = httpx.post(platform.raw(params), data={"action": "blank"})
    assert re.fullmatch(
        rf"{platform.emulator.url}/connect/default/oauth/test\?scope=read_only&code={CODE}", done.headers["location"]
    )
    shown = httpx.get(done.headers["location"])
    assert "scope=read_only&amp;code=ac_" in shown.text
    assert httpx.post(platform.raw(params), data={"action": "other"}).status_code == 400


def test_the_page_has_a_second_path(platform: Platform) -> None:
    moved = httpx.get(f"{platform.emulator.url}/oauth/authorize?client_id=ca_x&state=a%20b")
    assert (moved.status_code, moved.headers["location"]) == (302, "/oauth/v2/authorize?client_id=ca_x&state=a%20b")


# --- what the page refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"client_id": "ca_unknown"}, '{"error":{"message":"No application matches the supplied client identifier"}}'),
        ({"client_id": ""}, '{"error":{"message":"No application matches the supplied client identifier"}}'),
        (
            {"redirect_uri": "javascript:alert(1)"},
            (
                '{"error":{"message":"Invalid request: Invalid redirect URI: \'javascript:alert(1)\'. Ensure this uri exactly '
                'matches one of the uris specified in your application settings"}}'
            ),
        ),
        (
            {"response_type": "", "state": "s"},
            '{"error":"invalid_request","error_description":"Missing required parameter: response_type","state":"s"}',
        ),
        (
            {"response_type": "token"},
            '{"error":"unsupported_response_type","error_description":"Unsupported response type: token"}',
        ),
        (
            {"scope": "all"},
            '{"error":"invalid_scope","error_description":"Invalid scope: all. Valid scopes are read_write, read_only"}',
        ),
    ],
)
def test_other_errors_stay_in_the_browser(platform: Platform, params: dict[str, str], text: str) -> None:
    shown = httpx.get(platform.raw({"client_id": platform.client_id, "response_type": "code", **params}))
    assert (shown.status_code, shown.text) == (400, text)


def test_declared_redirect_uris_match_exactly(platform: Platform) -> None:
    platform.emulator.declare_application(redirect_uris=["http://localhost:3000/a", "http://localhost:3000/b"])
    params = {"client_id": platform.client_id, "response_type": "code"}
    first = httpx.post(platform.raw(params), data={"action": "blank"}).headers["location"]
    assert first.startswith("http://localhost:3000/a?")
    second = httpx.post(platform.raw({**params, "redirect_uri": "http://localhost:3000/b"}), data={"action": "blank"})
    assert second.headers["location"].startswith("http://localhost:3000/b?")
    assert httpx.get(platform.raw({**params, "redirect_uri": "http://localhost:3000/b/"})).status_code == 400


def test_a_declared_client_id_survives_a_reset(platform: Platform) -> None:
    platform.emulator.declare_application("ca_of_my_app")
    platform.emulator.reset()
    assert platform.emulator.client_id == "ca_of_my_app"
    account = platform.connect(client_id="ca_of_my_app").stripe_user_id
    (event,) = platform.emulator.webhooks.events()
    assert event["data"]["object"]["id"] == "ca_of_my_app"
    ended = stripe.OAuth.deauthorize(client_id="ca_of_my_app", stripe_user_id=account)
    assert ended.to_dict() == {"stripe_user_id": account}


# --- codes --------------------------------------------------------------------------------------------------------


def test_a_code_works_for_five_minutes(platform: Platform) -> None:
    late, in_time = platform.code(), platform.code()
    platform.emulator.advance(299)
    assert token(in_time).token_type == "bearer"
    platform.emulator.advance(1)
    assert refusal(lambda: token(late)) == ("InvalidGrantError", 400, "Authorization code expired")


def test_the_second_use_of_a_code_ends_the_connection(platform: Platform) -> None:
    connected = token(code := platform.code())
    used = "This authorization code has already been used. All tokens issued with this code have been revoked."
    assert refusal(lambda: token(code)) == ("InvalidGrantError", 400, used)
    assert platform.ids() == []
    account = connected.stripe_user_id
    assert platform.events()[-1] == ("account.application.deauthorized", account)
    with pytest.raises(stripe.AuthenticationError) as caught:
        stripe.Account.retrieve(api_key=connected.access_token)
    assert code_of(caught) == "platform_api_key_expired"
    unknown = f"Refresh token does not exist: {connected.refresh_token}"
    assert refusal(lambda: refresh(connected.refresh_token)) == ("InvalidGrantError", 400, unknown)
    assert refusal(lambda: token(code)) == ("InvalidGrantError", 400, used)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"grant_type": "authorization_code", "code": "ac_x"},
            ("InvalidGrantError", 400, "Authorization code does not exist: ac_x"),
        ),
        ({"grant_type": "authorization_code"}, ("InvalidRequestError", 400, "Missing required parameter: code")),
        ({"code": "ac_x"}, ("InvalidRequestError", 400, "Missing required parameter: grant_type")),
        ({"grant_type": "refresh_token"}, ("InvalidRequestError", 400, "Missing required parameter: refresh_token")),
        ({"grant_type": "password"}, ("UnsupportedGrantTypeError", 400, "None")),
        (
            {"grant_type": "refresh_token", "refresh_token": "rt_x"},
            ("InvalidGrantError", 400, "Refresh token does not exist: rt_x"),
        ),
    ],
)
def test_errors_of_the_token_request(platform: Platform, params: Any, expected: tuple[str, int, str]) -> None:
    assert refusal(lambda: stripe.OAuth.token(**params)) == expected


def test_a_code_belongs_to_one_platform(platform: Platform) -> None:
    code = platform.code()
    foreign = "Authorization code provided does not belong to you"
    assert refusal(lambda: token(code, api_key="sk_test_another")) == ("InvalidGrantError", 400, foreign)
    assert token(code).token_type == "bearer"


@pytest.mark.parametrize("key", ["sk_live_123", "pk_test_123", "nothing"])
def test_keys_that_are_none_of_a_platform(platform: Platform, key: str) -> None:
    expected = ("InvalidClientError", 401, f"No such API key: {key}")
    assert refusal(lambda: token("ac_x", api_key=key)) == expected
    assert refusal(lambda: stripe.OAuth.deauthorize(key, client_id="ca_x", stripe_user_id="acct_x")) == expected


def test_the_key_may_stand_in_the_form_and_the_header_wins(platform: Platform) -> None:
    url = f"{platform.emulator.url}/oauth/token"
    form = {"grant_type": "authorization_code", "code": platform.code(), "client_secret": platform.emulator.api_key}
    without = httpx.post(url, data={"grant_type": "authorization_code"})
    assert (without.status_code, without.json()["error_description"]) == (
        401,
        (
            "No authentication credentials were provided. Send your secret API key in the Authorization header using the "
            "Bearer authentication method"
        ),
    )
    other = httpx.post(url, data=form, headers={"authorization": "Bearer sk_test_another"})
    assert other.json()["error_description"] == "Authorization code provided does not belong to you"
    assert httpx.post(url, data=form).json()["token_type"] == "bearer"
    assert httpx.get(url).json()["error"] == "invalid_request"


# --- tokens -------------------------------------------------------------------------------------------------------


def test_an_access_token_acts_on_its_account(platform: Platform) -> None:
    connected, other = platform.connect(), platform.connect()
    account, key = connected.stripe_user_id, connected.access_token
    assert stripe.Account.retrieve(api_key=key).id == account
    assert stripe.Account.retrieve(account, api_key=key, stripe_account=account).id == account
    updated = stripe.Account.modify(account, api_key=key, metadata={"a": "1"})
    assert updated.metadata is not None
    assert updated.metadata.to_dict() == {"a": "1"}
    shown = platform.client.v1.accounts.retrieve(account)
    assert shown.metadata is not None
    assert shown.metadata.to_dict() == {"a": "1"}
    with pytest.raises(stripe.PermissionError) as caught:
        stripe.Account.retrieve(other.stripe_user_id, api_key=key)
    assert code_of(caught) == "account_invalid"
    with pytest.raises(stripe.PermissionError):
        stripe.Account.list(api_key=key)
    bank: Any = {"country": "US", "currency": "usd", "account_number": "000123456789", "routing_number": "110000000"}
    assert stripe.Token.create(bank_account=bank, api_key=connected.stripe_publishable_key).id
    with pytest.raises(stripe.PermissionError):
        stripe.Account.retrieve(api_key=connected.stripe_publishable_key)


def test_read_only_refuses_changes(platform: Platform) -> None:
    connected = platform.connect(scope="read_only")
    account, key = connected.stripe_user_id, connected.access_token
    assert connected.scope == "read_only"
    assert stripe.Account.retrieve(api_key=key).id == account
    for options in ({"api_key": key}, {}):
        with pytest.raises(stripe.PermissionError) as caught:
            stripe.Account.modify(account, metadata={"a": "1"}, **options)
        assert caught.value.http_status == 403
        assert code_of(caught) == "more_permissions_required_for_application"
        assert caught.value.user_message == (
            f"This application does not have the required permissions for this endpoint on account '{account}'. Having "
            "the 'read_write' scope would allow this request to continue."
        )


def test_a_refresh_ends_the_access_token_of_its_scope(platform: Platform) -> None:
    connected = platform.connect()
    fresh = refresh(connected.refresh_token)
    kept = ("refresh_token", "stripe_publishable_key", "stripe_user_id", "scope")
    assert [fresh[name] for name in kept] == [connected[name] for name in kept]
    with pytest.raises(stripe.AuthenticationError) as caught:
        stripe.Account.retrieve(api_key=connected.access_token)
    assert caught.value.user_message is not None
    assert caught.value.user_message.startswith("Expired API Key provided: sk_test_****")
    assert stripe.Account.retrieve(api_key=fresh.access_token).id == connected.stripe_user_id
    lesser = refresh(fresh.refresh_token, scope="read_only")
    assert lesser.scope == "read_only"
    assert stripe.Account.modify(fresh.stripe_user_id, api_key=fresh.access_token, metadata={"a": "1"}).id
    with pytest.raises(stripe.PermissionError):
        stripe.Account.modify(fresh.stripe_user_id, api_key=lesser.access_token, metadata={"a": "2"})
    expected = ("InvalidScopeError", 400, "Invalid scope: all")
    assert refusal(lambda: refresh(fresh.refresh_token, scope="all")) == expected


def test_an_account_that_connects_again_gets_a_new_token(platform: Platform) -> None:
    connected = platform.connect()
    account = connected.stripe_user_id
    page = httpx.get(platform.url(), follow_redirects=True)
    assert f'value="{account}"' in page.text
    query = dict(platform.decide(platform.url(), "existing", account=account))
    again = token(query["code"])
    assert (again.stripe_user_id, platform.ids()) == (account, [account])
    with pytest.raises(stripe.AuthenticationError):
        stripe.Account.retrieve(api_key=connected.access_token)
    assert stripe.Account.retrieve(api_key=again.access_token).id == account
    refused = httpx.post(page.url, data={"action": "existing", "account": "acct_unknown"})
    assert refused.status_code == 400


# --- the end of a connection --------------------------------------------------------------------------------------


def test_a_platform_disconnects_an_account(platform: Platform) -> None:
    connected = platform.connect()
    account = connected.stripe_user_id
    assert platform.events() == [("account.application.authorized", account)]
    ended = stripe.OAuth.deauthorize(client_id=platform.client_id, stripe_user_id=account)
    assert ended.to_dict() == {"stripe_user_id": account}
    event = platform.emulator.webhooks.events()[-1]
    assert (event["type"], event["account"]) == ("account.application.deauthorized", account)
    assert event["data"] == {"object": {"id": platform.client_id, "object": "application", "name": None}}
    assert event["request"] == {"id": None, "idempotency_key": None}
    with pytest.raises(stripe.PermissionError) as caught:
        platform.client.v1.accounts.retrieve(account)
    assert code_of(caught) == "account_invalid"
    with pytest.raises(stripe.AuthenticationError):
        stripe.Account.retrieve(api_key=connected.access_token)


def test_an_account_of_the_api_is_disconnected_alike(platform: Platform) -> None:
    standard = platform.client.v1.accounts.create({"type": "standard"}).id
    assert stripe.OAuth.deauthorize(client_id=platform.client_id, stripe_user_id=standard).stripe_user_id == standard
    for kind in ("express", "custom"):
        account = platform.client.v1.accounts.create({"type": kind}).id
        expected = "no_deauth_on_controlled_account: You can only revoke a Standard account's access"
        sent = {"client_id": platform.client_id, "stripe_user_id": account}
        assert refusal(lambda sent=sent: stripe.OAuth.deauthorize(**sent)) == ("InvalidClientError", 401, expected)


def test_the_application_is_checked_before_the_account(platform: Platform) -> None:
    sent: Any = {"client_id": "ca_other", "stripe_user_id": "acct_unknown"}
    first = ("InvalidClientError", 401, "No such application: 'ca_other'")
    assert refusal(lambda: stripe.OAuth.deauthorize(**sent)) == first
    then = "This application is not connected to stripe account acct_unknown, or that account does not exist."
    sent["client_id"] = platform.client_id
    assert refusal(lambda: stripe.OAuth.deauthorize(**sent)) == ("InvalidClientError", 401, then)


# --- Express ------------------------------------------------------------------------------------------------------


def test_an_express_account_has_the_suggested_capabilities(platform: Platform) -> None:
    url = platform.url(express=True, suggested_capabilities=["transfers", "unknown"], state="s", scope=None)
    assert "/express/oauth/authorize?" in url
    query = platform.decide(url)
    assert [name for name, _ in query] == ["a", "code", "state"]
    code = dict(query)["code"]
    expected = "assert_capabilities expects capability: transfers"
    wrong: Any = {"assert_capabilities": ["card_payments"]}
    assert refusal(lambda: token(code, **wrong)) == ("InvalidRequestError", 400, expected)
    connected = token(code, assert_capabilities=["transfers"])
    assert (connected.scope, connected.capabilities) == ("express", "transfers")
    account = platform.client.v1.accounts.retrieve(connected.stripe_user_id)
    assert account.type == "express"
    assert account.capabilities is not None
    assert list(account.capabilities.to_dict()) == ["transfers"]
    assert ("account.application.authorized", account.id) in platform.events()
    assert stripe.Account.retrieve(api_key=connected.access_token).id == account.id


# --- around it ----------------------------------------------------------------------------------------------------


def test_a_connection_is_exported(platform: Platform) -> None:
    account = platform.connect("complete").stripe_user_id
    document = platform.emulator.export()
    platform.emulator.reset()
    platform.emulator.load(document)
    shown = platform.client.v1.accounts.retrieve(account)
    assert (shown.charges_enabled, shown.type) == (True, "standard")


def test_tokens_end_with_a_reset(platform: Platform) -> None:
    connected = platform.connect()
    platform.emulator.reset()
    with pytest.raises(stripe.AuthenticationError) as caught:
        stripe.Account.retrieve(api_key=connected.access_token)
    assert code_of(caught) == "platform_api_key_expired"


def test_the_client_id_of_another_sandbox_cannot_be_declared(platform: Platform) -> None:
    other = EmulatorClient(platform.emulator.url, "sk_test_other_app")
    other.declare_application("ca_taken", ["http://localhost:3000/"])
    refused: list[tuple[Callable[[], None], str]] = [
        (lambda: platform.emulator.declare_application("ca_taken"), "client_id_in_use"),
        (lambda: platform.emulator.declare_application("app"), "invalid_client_id"),
        (lambda: platform.emulator.declare_application(redirect_uris=["nothing"]), "invalid_redirect_uris"),
    ]
    for call, code in refused:
        with pytest.raises(EmulatorError) as caught:
            call()
        assert caught.value.code == code


def test_a_failed_connection_uses_no_code(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure in the request's transaction undoes its changes, and the code still works."""
    code, store = platform.code(), accounts_storage.store

    def fail(*args: Any) -> Any:
        store(*args)
        raise RuntimeError("fails after the account was stored")

    with monkeypatch.context() as patch:
        patch.setattr(oauth_accounts, "store", fail)
        patch.setattr(logging.getLogger("emulator"), "disabled", True)
        assert refusal(lambda: token(code))[:2] == ("InvalidRequestError", 500)
    assert platform.ids() == []
    assert token(code).token_type == "bearer"


def test_refresh_tokens_are_masked_in_the_journal(platform: Platform) -> None:
    text = platform.connect().refresh_token
    refresh(text)
    entry = platform.emulator.requests[-1]
    assert text not in repr(entry)
    assert f"rt_{text[3:7]}***{text[-4:]}" in repr(entry)


def test_requests_are_in_the_journal(platform: Platform) -> None:
    platform.connect()
    seen = [(entry.method, entry.path, entry.status) for entry in platform.emulator.requests]
    assert seen[-3:] == [
        ("GET", "/oauth/v2/authorize", 200),
        ("POST", "/oauth/v2/authorize", 302),
        ("POST", "/oauth/token", 200),
    ]
