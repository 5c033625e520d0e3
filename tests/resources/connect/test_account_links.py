"""Account links: their URLs, the errors in Stripe's words, and the lock on the account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.resources.connect import accounts
from emulator.resources.connect.account_links import is_url
from emulator.settings import BadSetting, Settings
from emulator.store.links import MOST, Link, Links, LinkStatus

from ...api import Answer, Api

NOW = 1_790_000_000
URLS = {"refresh_url": "http://localhost:3000/refresh", "return_url": "https://example.com/return"}
UNCONNECTED = "You requested an account link for an account that is not connected to your platform or does not exist."
NO_UPDATE = (
    "You cannot create `account_update` type Account Links for this account. Valid types for this account are "
    '["account_onboarding"].'
)


def linked(api: Api, account: str, kind: str = "account_onboarding", /, **params: object) -> Answer:
    headers: dict[str, str | None] = {"host": "127.0.0.1:4000"}
    return api.post("/v1/account_links", {"account": account, "type": kind, **URLS, **params}, **headers)


def freeze(api: Api, account: str) -> None:
    sandbox(api, account).clock.frozen_at = NOW


def sandbox(api: Api, account: str) -> Any:
    return next(emulation for emulation in api.emulator.sandboxes._sandboxes.values() if account in emulation.accounts)


def onboarded(api: Api, account: str) -> None:
    emulation = sandbox(api, account)
    accounts.onboard(emulation, emulation.accounts.get(account))


# --- what is answered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "letter"),
    [
        ({"type": "custom"}, "c"),
        ({"type": "standard"}, "s"),
        ({"type": "express"}, "e"),
        ({"controller": {"stripe_dashboard": {"type": "none"}}}, "c"),
        ({"controller": {"stripe_dashboard": {"type": "full"}}}, "s"),
    ],
)
def test_a_link_has_the_form_of_stripes_on_the_emulators_own_address(
    api: Api, params: dict[str, object], letter: str
) -> None:
    account = api.account(**params)
    freeze(api, account)
    answer = linked(api, account)
    body = answer.body
    code = body["url"].rpartition("/")[2]
    assert answer.status == 200
    assert re.fullmatch(r"[0-9A-Za-z]{12}", code)
    assert list(body.items()) == [
        ("object", "account_link"),
        ("created", NOW),
        ("expires_at", NOW + 300),
        ("url", f"http://127.0.0.1:4000/setup/{letter}/{account}/{code}"),
    ]
    assert "stripe-account" not in answer.headers


def test_each_call_makes_another_url(api: Api) -> None:
    account = api.account(type="express")
    assert linked(api, account).body["url"] != linked(api, account).body["url"]


def test_a_replayed_request_returns_the_same_url(api: Api) -> None:
    account = api.account(type="express")
    sent = {"account": account, "type": "account_onboarding", **URLS}
    first, second = (api.post("/v1/account_links", sent, idempotency_key="once") for _ in range(2))
    assert first.body == second.body


@pytest.mark.parametrize(
    ("host", "settings", "address"),
    [
        ("stripe-emulator:12111", {}, "http://stripe-emulator:12111"),
        ("[::1]:80", {}, "http://[::1]:80"),
        ("evil.example/path", {}, "http://127.0.0.1:12111"),
        ("a@b", {}, "http://127.0.0.1:12111"),
        (None, {}, "http://127.0.0.1:12111"),
        (None, {"host": "::1", "port": 8000}, "http://[::1]:8000"),
        ("127.0.0.1:4000", {"public_url": "https://stripe.test:8443/"}, "https://stripe.test:8443"),
    ],
)
def test_the_address_is_that_of_the_request_or_of_the_setting(
    host: str | None, settings: dict[str, Any], address: str
) -> None:
    api = Api(Settings(**settings))
    account = api.account(type="express")
    sent = {"account": account, "type": "account_onboarding", **URLS}
    assert api.post("/v1/account_links", sent, host=host).body["url"].startswith(f"{address}/setup/e/{account}/")


@pytest.mark.parametrize("url", ["stripe.test", "ftp://stripe.test", "https://stripe.test/path", "https://a b"])
def test_a_public_url_without_scheme_or_with_a_path_is_no_setting(url: str) -> None:
    with pytest.raises(BadSetting, match="public_url must be an address such as"):
        Settings(public_url=url)


# --- what is refused ----------------------------------------------------------------------------------------------


def test_an_account_that_is_not_connected_is_refused_in_stripes_words(api: Api) -> None:
    deleted = api.account(type="custom")
    api.delete(f"/v1/accounts/{deleted}")
    foreign = Api(api.settings, {"authorization": "Bearer sk_test_other"}).account(type="custom")
    for account in ("acct_0000000000000000", "nonsense", deleted, foreign):
        answer = linked(api, account)
        assert (answer.status, answer.error) == (400, {"message": UNCONNECTED, "type": "invalid_request_error"})


def test_the_platforms_own_account_is_refused_in_stripes_words(api: Api) -> None:
    own = api.get("/v1/account").body["id"]
    message = "You must have a client application set in order to make this request."
    answer = linked(api, own)
    assert (answer.status, answer.error) == (400, {"message": message, "type": "invalid_request_error"})


def test_a_connected_account_is_the_platform_of_nobody(api: Api) -> None:
    acting, other = api.account(type="custom"), api.account(type="custom")
    for account, message in ((acting, "You must have a client"), (other, UNCONNECTED)):
        sent = {"account": account, "type": "account_onboarding", **URLS}
        answer = api.post("/v1/account_links", sent, stripe_account=acting)
        assert (answer.status, answer.error["message"][: len(message)]) == (400, message)


@pytest.mark.parametrize(
    ("left_out", "param"), [("account",) * 2, ("refresh_url",) * 2, ("return_url",) * 2, ("type",) * 2]
)
def test_the_required_parameters_are_those_of_the_reference(api: Api, left_out: str, param: str) -> None:
    sent = {"account": api.account(type="express"), "type": "account_onboarding", **URLS}
    del sent[left_out]
    answer = api.post("/v1/account_links", sent)
    assert (answer.status, answer.error["code"], answer.error["message"], answer.error["param"]) == (
        400,
        "parameter_missing",
        f"Missing required param: {param}.",
        param,
    )


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "localhost:3000",
        "/return",
        "ftp://a.test/",
        "myapp://done",
        "http://",
        "http://a b/",
        "http://[::1/",
    ],
)
@pytest.mark.parametrize("name", ["refresh_url", "return_url"])
def test_an_invalid_url_is_refused(api: Api, name: str, url: str) -> None:
    answer = linked(api, api.account(type="express"), **{name: url})
    assert (answer.status, answer.error) == (
        400,
        {
            "code": "url_invalid",
            "doc_url": "https://stripe.com/docs/error-codes/url-invalid",
            "message": "Not a valid URL",
            "param": name,
            "type": "invalid_request_error",
        },
    )


def test_live_mode_wants_https() -> None:
    api = Api(Settings(allow_live_keys=True), {"authorization": "Bearer sk_live_0123456789abcdefghijklmn"})
    account = api.account(type="express")
    assert linked(api, account).error == {
        "message": "Livemode requests must always be redirected via HTTPS.",
        "param": "refresh_url",
        "type": "invalid_request_error",
    }
    assert linked(api, account, refresh_url="https://example.com/refresh").status == 200


@given(st.text(max_size=40))
def test_any_text_is_a_url_or_not(text: str) -> None:
    assert is_url(text) in (True, False)
    assert not is_url(f"http://a.test/\n{text}")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"type": "custom_account_update"}, "Invalid type: must be one of account_onboarding or account_update"),
        ({"collect": "all"}, "Invalid collect: must be one of currently_due or eventually_due"),
        (
            {"collection_options": {"fields": "all"}},
            "Invalid fields: must be one of currently_due or eventually_due",
        ),
        (
            {"collection_options": {"future_requirements": "yes"}},
            "Invalid future_requirements: must be one of include or omit",
        ),
        ({"success_url": "https://a.test"}, "Received unknown parameter: success_url"),
        (
            {"collect": "currently_due", "collection_options": {"fields": "currently_due"}},
            "You may only specify one of these parameters: collect, collection_options.",
        ),
    ],
)
def test_wrong_parameters_are_refused(api: Api, params: dict[str, object], message: str) -> None:
    answer = api.post(
        "/v1/account_links", {"account": api.account(type="custom"), "type": "account_onboarding", **URLS, **params}
    )
    assert (answer.status, answer.error["message"]) == (400, message)


@pytest.mark.parametrize("kind", ["express", "standard", "custom"])
def test_an_update_is_refused_where_stripe_collects_or_something_is_due(api: Api, kind: str) -> None:
    account = api.account(
        type=kind, **({} if kind == "standard" else {"capabilities": {"transfers": {"requested": True}}})
    )
    answer = linked(api, account, "account_update")
    assert (answer.status, answer.error) == (400, {"message": NO_UPDATE, "type": "invalid_request_error"})
    onboarded(api, account)
    assert linked(api, account, "account_update").status == (200 if kind == "custom" else 400)


# --- what it changes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "status"), [("express", 403), ("standard", 403), ("custom", 200)])
def test_the_first_link_hands_the_collection_over_to_stripe(api: Api, kind: str, status: int) -> None:
    account = api.account(type=kind)
    sent = {"business_profile": {"url": "https://furever.dev"}}
    assert api.post(f"/v1/accounts/{account}", sent).status == 200
    linked(api, account)
    answer = api.post(f"/v1/accounts/{account}", sent)
    assert answer.status == status
    if status == 403:
        assert answer.error["message"] == (
            "This application does not have the required permissions for the parameter 'business_profile' on account "
            f"'{account}'."
        )


def test_a_refused_link_locks_nothing(api: Api) -> None:
    account = api.account(type="express")
    linked(api, account, return_url="nonsense")
    linked(api, account, "account_update")
    assert api.post(f"/v1/accounts/{account}", {"email": "a@example.com"}).status == 200


# --- how links are kept -------------------------------------------------------------------------------------------


def test_the_newest_thousand_links_are_stored() -> None:
    links = Links()
    made = [Link(f"{number:012}", "setup/e", "acct_1", NOW, NOW + 300) for number in range(MOST + 5)]
    for link in made:
        links.add(link)
        links.open(link, "session", NOW, NOW + 60)
    assert len(links) == len(links._sessions) == MOST
    assert links.get(made[4].path) is None
    assert links.get(made[5].path) == made[5]


def test_a_link_is_tested_and_burned_in_one_call() -> None:
    links, link = Links(), Link("0" * 12, "setup/e", "acct_1", NOW, NOW + 300)
    links.add(link)
    assert links.open(link, "late", NOW + 300, NOW + 400) is LinkStatus.EXPIRED
    assert links.open(link, "first", NOW + 299, NOW + 400) is LinkStatus.VALID
    assert links.open(link, "second", NOW + 299, NOW + 400) is LinkStatus.USED
    assert not links.close(link, "second", NOW + 300)
    assert not links.close(link, "first", NOW + 400)
    assert links.close(link, "first", NOW + 399)
    assert not links.close(link, "first", NOW + 399)
