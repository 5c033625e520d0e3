"""Forced errors and delays, ended sessions, live keys, card details."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from emulator.client import EmulatorError
from emulator.server import Server
from emulator.settings import Settings

from .pages import Platform, component, errors, logged

if TYPE_CHECKING:
    from fixtures.browser import ConnectJsRoute

ONBOARDING = 'start(); show(instance, "account-onboarding");'
BOTH = ONBOARDING + 'show(instance, "notification-banner");'


def force(platform: Platform, **body: object) -> None:
    """Force an error with plain HTTP."""
    url = f"{platform.handle.url}/_emulator/connect/next_error"
    assert httpx.post(url, json=body, auth=(platform.handle.api_key, "")).status_code == 200


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["handle", "http"])
def test_an_error_is_forced_as_often_as_requested_after_its_delay(platform: Platform, by: str) -> None:
    forced = {"type": "rate_limit_error", "component": "account_onboarding", "times": 2, "delay_ms": 400}
    platform.handle.browser.next_error(**forced) if by == "handle" else force(platform, **forced)  # type: ignore[arg-type]
    for left in (1, 0):
        before = time.monotonic()
        page = platform.open(ONBOARDING)
        component(page, "account-onboarding", "error")
        assert time.monotonic() - before >= 0.4
        assert [kind for _, kind, _ in errors(page)] == ["rate_limit_error"]
        assert sum(error["times"] for error in platform.handle.browser.pending_errors) == left
        page.close()
    component(platform.open(ONBOARDING), "account-onboarding", "ready")


def test_an_error_before_the_loader_has_its_delay(platform: Platform) -> None:
    platform.handle.browser.next_error("api_error", delay_ms=400, before_loader_start=True)
    page = platform.open(ONBOARDING)
    component(page, "account-onboarding", "loading")
    shown = component(page, "account-onboarding", "error")
    assert shown.inner_html() == ""
    assert [entry[0] for entry in logged(page)] == ["error"]


def test_an_error_for_one_account_does_not_affect_others(platform: Platform) -> None:
    other = str(platform.handle.create_account(type="express")["id"])
    platform.handle.browser.next_error("api_error", account=other, component="account-onboarding")
    page = platform.open(BOTH)
    component(page, "account-onboarding", "ready")
    platform.account = other
    page = platform.open(BOTH)
    component(page, "account-onboarding", "error")
    component(page, "notification-banner", "ready")
    (error,) = platform.handle.browser.errors
    assert platform.handle.account_session(str(error.client_secret)).account == other
    assert platform.handle.browser.pending_errors == []


def test_removed_errors_do_not_occur(platform: Platform) -> None:
    platform.handle.browser.next_error("api_error", times=3)
    assert platform.handle.browser.clear_errors() == 3
    component(platform.open(ONBOARDING), "account-onboarding", "ready")


def test_an_unknown_error_type_is_refused(platform: Platform) -> None:
    with pytest.raises(EmulatorError, match="There is no load error 'nonsense'"):
        platform.handle.browser.next_error("nonsense")


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_that_a_test_ends_is_refreshed(platform: Platform) -> None:
    page = platform.open(BOTH)
    for name in ("account-onboarding", "notification-banner"):
        component(page, name, "ready")
    assert platform.handle.end_sessions(platform.created[0]) == 1
    for name in ("account-onboarding", "notification-banner"):
        page.locator(f"stripe-connect-{name}[data-state=ready][data-refreshed='1']").wait_for()
    assert (page.evaluate("fetches"), platform.handle.browser.claimed) == (2, 2)
    assert errors(page) == []


def test_a_session_that_ends_without_a_new_secret_is_an_error(platform: Platform) -> None:
    page = platform.open(ONBOARDING)
    component(page, "account-onboarding", "ready")
    platform.backend = lambda: (500, {})
    assert platform.handle.end_sessions() == 1
    component(page, "account-onboarding", "error")
    assert [kind for _, kind, _ in errors(page)] == ["account_session_create_error"]


def test_an_action_in_an_ended_session_runs_in_the_next(platform: Platform) -> None:
    page = platform.open(ONBOARDING)
    component(page, "account-onboarding", "ready")
    platform.handle.end_sessions()
    page.get_by_role("button", name="Complete onboarding").click()
    page.get_by_text("Nothing is required.").wait_for()
    assert platform.handle.client.v1.accounts.retrieve(platform.account).details_submitted


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def live() -> Iterator[Server]:
    with Server(Settings(port=0, allow_live_keys=True)) as server:
        yield server


def test_a_live_key_works_where_it_is_allowed(
    unrouted: Platform, connect_js_route: ConnectJsRoute, live: Server
) -> None:
    auth = ("sk_live_shop", "")
    made = httpx.post(f"{live.url}/v1/accounts", data={"type": "express"}, auth=auth).json()["id"]
    fields = {"account": made, "components[account_onboarding][enabled]": "true"}
    session = httpx.post(f"{live.url}/v1/account_sessions", data=fields, auth=auth).json()
    unrouted.backend = lambda: (200, {"client_secret": session["client_secret"]})
    type(connect_js_route)(live.url)(unrouted.context)
    page = unrouted.open('start({publishableKey: "pk_live_shop"}); show(instance, "account-onboarding");')
    assert component(page, "account-onboarding", "ready").get_attribute("data-account") == made
    assert unrouted.complaints == []


def test_a_live_key_is_refused_before_anything_is_fetched(platform: Platform) -> None:
    page = platform.open('start({publishableKey: "pk_live_shop"}); show(instance, "account-onboarding");')
    component(page, "account-onboarding", "error")
    message = "This is a live publishable key, and the Stripe emulator refuses live keys. Use a pk_test_ key."
    assert errors(page) == [["account-onboarding", "authentication_error", message]]
    assert platform.handle.browser.claimed == 0


# --- card details -----------------------------------------------------------------------------------------------------


RIGHT = "async ({issuingCard, nonce}) => ({issuingCard, nonce, ephemeralKeySecret: `ek_test_${calls.push([issuingCard, nonce])}`})"


@pytest.mark.parametrize("name", ["issuing-card", "issuing-cards-list"])
@pytest.mark.parametrize(
    ("listener", "words"),
    [
        (RIGHT, "4242 4242 4242 4242"),
        (
            "async ({issuingCard}) => ({issuingCard, nonce: 'another', ephemeralKeySecret: 'ek_test_1'})",
            "fetchEphemeralKey must resolve to {issuingCard, nonce, ephemeralKeySecret}, with the card and nonce given.",
        ),
        ("async () => { throw new Error('no key'); }", "fetchEphemeralKey failed: no key"),
    ],
    ids=["right", "another nonce", "throws"],
)
def test_card_details_need_an_ephemeral_key(platform: Platform, name: str, listener: str, words: str) -> None:
    capabilities = {"card_issuing": {"requested": "true"}}
    made = platform.handle.create_account(type="custom", country="US", capabilities=capabilities)
    platform.account = str(made["id"])
    platform.components = {name.replace("-", "_"): {"enabled": True}}
    page = platform.open(f'start(); show(instance, "{name}", {{setFetchEphemeralKey: {listener}}});')
    shown = component(page, name, "ready")
    shown.get_by_role("button", name="Show card details").click()
    shown.get_by_text(words).wait_for()
    if listener == RIGHT:
        card, nonce = page.evaluate("calls.at(-1)")
        assert (card, nonce.startswith("nonce_")) == ("ic_emulated", True)
