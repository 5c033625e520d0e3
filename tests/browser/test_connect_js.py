"""The stand-in for connect.js, in a real browser, with the npm packages as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Route

from ..chromium import wait_until
from .pages import CSP, ORIGIN, Platform, component, errors, logged
from .site import site

START = "start();"
ONBOARDING = START + 'show(instance, "account-onboarding");'
BOTH = ONBOARDING + 'show(instance, "notification-banner");'
NAMES = ("account-onboarding", "notification-banner")


def script_url(platform: Platform) -> str:
    """The address of the script at the emulator."""
    return f"{platform.handle.url}/v1.0/connect.js"


def outcomes(platform: Platform) -> list[list[str]]:
    """The attempts to claim each created secret, in the order of creation."""
    sessions = [platform.handle.account_session(secret) for secret in platform.created]
    return [[attempt.outcome for attempt in session.claim_attempts] for session in sessions]


# --- mounting -----------------------------------------------------------------------------------------------------


PACKAGES = (
    "connect-js-3.2.0",
    "connect-js-3.3.12",
    "connect-js-3.3.33",
    "connect-js-3.4.6",
    "connect-js-3.4.6/pure",
    "connect-js-preview",
)


@pytest.mark.parametrize("package", PACKAGES)
def test_components_mount_on_one_claim(platform: Platform, package: str) -> None:
    old = package == "connect-js-3.2.0"  # with another address of the script, without banner and callbacks of loading
    names = NAMES[:1] if old else NAMES
    page = platform.open(ONBOARDING if old else BOTH, package=package)
    for name in names:
        assert component(page, name, "ready").get_attribute("data-account") == platform.account
    assert sorted(logged(page)) == [["loaderstart", name] for name in names if not old]
    assert f"< 200 https://connect-js.stripe.com/v{'0.1' if old else '1.0'}/connect.js" in platform.log
    assert outcomes(platform) == [["claimed"]]
    assert platform.complaints == []


def test_components_work_under_the_documented_content_security_policy(platform: Platform) -> None:
    platform.csp = CSP
    page = platform.open(BOTH)
    for name in NAMES:
        component(page, name, "ready")
    page.get_by_role("button", name="Complete onboarding").click()
    component(page, "notification-banner", "ready").get_by_text("No notifications.").wait_for()
    assert platform.complaints == []


TAG = '<script src="https://connect-js.stripe.com/v1.0/connect.js"></script>'
APP = '<script src="/app.js"></script>'


@pytest.mark.parametrize("order", [TAG + APP, APP + TAG], ids=["set after the script", "set before the script"])
def test_a_script_tag_works_without_npm(platform: Platform, order: str) -> None:
    script = """
    StripeConnect = window.StripeConnect || {};
    StripeConnect.onLoad = () => {
      const instance = StripeConnect.init({publishableKey: KEY, fetchClientSecret});
      document.body.append(instance.create("payments"), instance.create("account-onboarding"));
    };
    """
    platform.write(script, tag="connect.js")
    platform.files["/"] = ("text/html", f"<!doctype html><title>Platform</title><body>{order}")
    page = platform.page()
    page.goto(f"{ORIGIN}/")
    component(page, "account-onboarding", "ready")
    component(page, "payments", "error")
    assert outcomes(platform) == [["claimed"]]
    assert [line for line in platform.complaints if not line.startswith("Failed to load resource")] == []


def test_each_callback_that_is_set_after_the_script_is_called_at_once(platform: Platform) -> None:
    script = """
    for (const name of ["first", "second"]) {
      StripeConnect.onLoad = function () { calls.push([name, this === StripeConnect]); };
      calls.push([`after ${name}`, typeof StripeConnect.onLoad]);
    }
    StripeConnect.onLoad = undefined;
    calls.push(["removed", typeof StripeConnect.onLoad]);
    """
    page = platform.open(script, tag="https://connect-js.stripe.com/v1.0/connect.js")
    assert page.evaluate("calls") == [
        ["first", True],
        ["after first", "function"],
        ["second", True],
        ["after second", "function"],
        ["removed", "undefined"],
    ]
    assert platform.complaints == []


def test_an_own_script_tag_needs_no_route(unrouted: Platform) -> None:
    unrouted.write(BOTH, before=script_url(unrouted))
    page = unrouted.page()
    with site(unrouted) as address:
        page.goto(address)
        for name in NAMES:
            component(page, name, "ready")
    assert outcomes(unrouted) == [["claimed"]]


@pytest.mark.parametrize(
    ("package", "react"),
    [("@stripe/connect-js", "@stripe/react-connect-js"), ("connect-js-preview", "react-connect-js-preview")],
    ids=["GA", "preview"],
)
@pytest.mark.parametrize(("strict", "attempts"), [(False, [["claimed"]]), (True, [["claimed"], []])])
def test_react_claims_once(
    platform: Platform, strict: bool, attempts: list[list[str]], package: str, react: str
) -> None:
    page = platform.open(f"startReact({str(strict).lower()});", package=package, react=react)
    for name in NAMES:
        component(page, name, "ready")
    page.locator("output[data-total]").wait_for(state="attached")
    wait_until(page, "responses === fetches")
    assert sorted(outcomes(platform), reverse=True) == attempts
    assert page.evaluate("renders") < 20
    assert platform.complaints == []


def test_setting_state_in_a_react_handler_does_not_loop(platform: Platform) -> None:
    platform.components = {"notification_banner": {"enabled": True}}
    page = platform.open("startReact(true);", package="@stripe/connect-js", react="@stripe/react-connect-js")
    page.locator("output[data-failed=invalid_request_error]").wait_for(state="attached")
    page.wait_for_timeout(200)
    assert page.evaluate("renders") < 20


# --- failures ----------------------------------------------------------------------------------------------


def used(platform: Platform) -> tuple[int, Mapping[str, object]]:
    status, body = platform.create_session()
    platform.handle.claim(platform.created[-1])
    return status, body


def expired(platform: Platform) -> tuple[int, Mapping[str, object]]:
    status, body = platform.create_session()
    platform.handle.advance(100_000)
    return status, body


def broken(_: Platform) -> tuple[int, Mapping[str, object]]:
    return 500, {}


def empty(_: Platform) -> tuple[int, Mapping[str, object]]:
    return 200, {}


def whole_session(platform: Platform) -> tuple[int, Mapping[str, object]]:
    """The whole session in the place of its secret."""
    return 200, {"client_secret": platform.create_session()[1]}


@pytest.mark.parametrize(
    ("backend", "kind", "words"),
    [
        (used, "invalid_request_error", "This client secret was claimed before, and each works only once."),
        (expired, "invalid_request_error", "This client secret has expired."),
        (broken, "account_session_create_error", "fetchClientSecret failed: the backend responded with 500"),
        (
            empty,
            "account_session_create_error",
            "fetchClientSecret must resolve to a client secret, and resolved to undefined.",
        ),
        (
            whole_session,
            "account_session_create_error",
            "fetchClientSecret must resolve to a client secret, and resolved to an object: pass on its client_secret.",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_each_component_shows_why_there_is_no_session(
    platform: Platform,
    backend: Callable[[Platform], tuple[int, Mapping[str, object]]],
    kind: str,
    words: str,
) -> None:
    platform.backend = lambda: backend(platform)
    page = platform.open(BOTH)
    for name in NAMES:
        assert words in component(page, name, "error").get_by_role("alert").inner_text()
    assert sorted((name, load_error) for name, load_error, _ in errors(page)) == [(name, kind) for name in NAMES]
    assert all(message.startswith(words) for _, _, message in errors(page))


def test_a_component_that_is_not_enabled_fails_alone(platform: Platform) -> None:
    platform.components = {"notification_banner": {"enabled": True}}
    page = platform.open(BOTH)
    component(page, "notification-banner", "ready")
    component(page, "account-onboarding", "error")
    message = (
        "The component account_onboarding is not enabled in this account session. "
        "Enable components[account_onboarding] when the account session is created."
    )
    assert errors(page) == [["account-onboarding", "invalid_request_error", message]]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("pk_test_another", "authentication_error"),
        ("sk_test_another", "authentication_error"),
        ("pk_live_another", "authentication_error"),
    ],
)
def test_a_wrong_publishable_key_fails(platform: Platform, key: str, kind: str) -> None:
    page = platform.open(f'start({{publishableKey: "{key}"}}); show(instance, "account-onboarding");')
    component(page, "account-onboarding", "error")
    assert [load_error for _, load_error, _ in errors(page)] == [kind]


def test_of_two_pages_with_one_secret_one_claims_it(platform: Platform) -> None:
    _, body = platform.create_session()
    platform.backend = lambda: (200, body)
    first, second = platform.open(ONBOARDING), platform.open(ONBOARDING)
    for page in (first, second):
        page.locator("[data-state=ready], [data-state=error]").wait_for(state="attached")
    assert sorted(outcomes(platform)[0]) == ["claimed", "used"]
    assert len(errors(first)) + len(errors(second)) == 1


def test_an_unreachable_emulator_is_a_connection_error(platform: Platform) -> None:
    platform.context.route("**/_emulator/**", lambda route: route.abort())
    page = platform.open(ONBOARDING)
    component(page, "account-onboarding", "error")
    message = f"No emulator responds at {platform.handle.url}, to which https://connect-js.stripe.com is routed."
    assert errors(page) == [["account-onboarding", "api_connection_error", message]]


def test_components_work_again_when_the_emulator_is_back(platform: Platform) -> None:
    page = platform.open(ONBOARDING)
    shown = component(page, "account-onboarding", "ready")
    away = "**/_emulator/**"
    platform.context.route(away, lambda route: route.abort())
    page.get_by_role("button", name="Complete onboarding").click()
    shown.get_by_text("No emulator responds").wait_for()
    platform.handle.end_sessions()
    platform.context.unroute(away)
    page.locator("stripe-connect-account-onboarding[data-refreshed='1']").wait_for()
    shown.get_by_text("No emulator responds").wait_for(state="detached")
    page.get_by_role("button", name="Complete onboarding").click()
    shown.get_by_text("Nothing is required.").wait_for()
    assert errors(page) == []


@pytest.mark.parametrize("slow", [".../bridge.html", "the frame's own script"])
def test_a_slow_frame_is_awaited(platform: Platform, slow: str) -> None:
    """On a machine under load: the page may not reach the emulator directly, so it needs the frame."""

    def late(route: Route) -> None:
        response = route.fetch(url=platform.handle.url + "/v1.0/bridge.html")
        if slow.startswith("..."):
            platform.context.pages[0].wait_for_timeout(1000)
            return route.fulfill(response=response)
        busy = "<script>for (const start = Date.now(); Date.now() < start + 1000; );</script>"
        return route.fulfill(response=response, body=busy + response.text())

    platform.context.route("**/bridge.html", late)
    page = platform.open(BOTH)
    for name in NAMES:
        component(page, name, "ready")
    assert platform.complaints == []


def test_a_frame_with_another_page_is_not_used(unrouted: Platform) -> None:
    """Only the script is routed, so the frame holds a page of Stripe's host; the page reaches the emulator directly."""
    unrouted.context.grant_permissions(["local-network-access"])
    unrouted.context.route("**/connect.js", lambda route: route.fulfill(response=route.fetch(url=script_url(unrouted))))
    unrouted.context.route("**/bridge.html", lambda route: route.fulfill(status=404, body="Not found"))
    page = unrouted.open(BOTH)
    for name in NAMES:
        component(page, name, "ready")
    assert page.locator("iframe").count() == 0


def test_a_frame_that_the_policy_forbids_is_given_up_at_once(unrouted: Platform) -> None:
    unrouted.context.grant_permissions(["local-network-access"])
    unrouted.csp = (
        f"default-src 'self' {unrouted.handle.url}; script-src 'self' {unrouted.handle.url}; frame-src 'none'"
    )
    page = unrouted.open(BOTH, before=script_url(unrouted))
    for name in NAMES:
        component(page, name, "ready")


# --- the life of a session ---------------------------------------------------------------------------------------------


def test_an_ended_session_is_refreshed_with_a_new_secret(platform: Platform) -> None:
    page = platform.open(BOTH)
    component(page, "account-onboarding", "ready")
    platform.handle.advance(3600)
    page.locator("stripe-connect-account-onboarding[data-refreshed='1']").wait_for(state="attached")
    component(page, "notification-banner", "ready")
    assert outcomes(platform) == [["claimed"], ["claimed"]]
    assert errors(page) == []


def test_a_backend_that_returns_the_same_secret_again_is_an_error(platform: Platform) -> None:
    _, body = platform.create_session()
    platform.backend = lambda: (200, body)
    page = platform.open(ONBOARDING)
    component(page, "account-onboarding", "ready")
    platform.handle.advance(3600)
    component(page, "account-onboarding", "error")
    assert [load_error for _, load_error, _ in errors(page)] == ["invalid_request_error"]
    assert outcomes(platform) == [["claimed", "used"]]


def test_logout_ends_the_session_and_empties_the_components(platform: Platform) -> None:
    page = platform.open(BOTH)
    for name in NAMES:
        component(page, name, "ready")
    page.evaluate("instance.logout()")
    for name in NAMES:
        assert component(page, name, "logged-out").inner_html() == ""
    assert errors(page) == []
    (session,) = platform.handle.account_sessions
    assert (session.state, session.events[-1].name) == ("claimed", "logout")


# --- actions of components -------------------------------------------------------------------------------------------


def test_completing_the_onboarding_changes_the_account(platform: Platform) -> None:
    script = START + 'show(instance, "account-onboarding", {setOnExit: () => calls.push(["exit"])});'
    page = platform.open(script + 'show(instance, "notification-banner");')
    component(page, "notification-banner", "ready")
    page.get_by_role("button", name="Complete onboarding").click()
    wait_until(page, 'calls.some(([what]) => what === "exit")')
    account = platform.handle.client.v1.accounts.retrieve(platform.account)
    assert (account.details_submitted, account.charges_enabled, account.payouts_enabled) == (True, True, True)
    assert platform.handle.webhooks.wait("account.updated")["account"] == platform.account
    component(page, "notification-banner", "ready").get_by_text("No notifications.").wait_for()


def test_leaving_the_onboarding_changes_nothing(platform: Platform) -> None:
    page = platform.open(START + 'show(instance, "account-onboarding", {setOnExit: () => calls.push(["exit"])});')
    page.get_by_role("button", name="Exit without finishing").click()
    wait_until(page, 'calls.some(([what]) => what === "exit")')
    assert not platform.handle.client.v1.accounts.retrieve(platform.account).details_submitted


def test_the_banner_follows_the_account(platform: Platform) -> None:
    script = 'show(instance, "notification-banner", {setOnNotificationsChange: (change) => calls.push(["changed", change])});'
    page = platform.open(START + script)
    component(page, "notification-banner", "ready")
    platform.handle.complete_onboarding(platform.account)
    wait_until(page, 'calls.some(([what, change]) => what === "changed" && change.total === 0)')
    changes = [change for what, change in logged(page) if what == "changed"]
    assert changes[-1] == {"total": 0, "actionRequired": 0}
    assert changes[0]["actionRequired"] > 0


def test_the_props_of_an_element_can_be_read(platform: Platform) -> None:
    script = 'show(instance, "account-onboarding", {setCollectionOptions: {fields: "eventually_due"}});'
    page = platform.open(START + script)
    shown = component(page, "account-onboarding", "ready")
    assert shown.get_attribute("data-props") == '{"collectionOptions":{"fields":"eventually_due"}}'


def test_a_feature_that_is_off_has_no_button(platform: Platform) -> None:
    for on in (True, False):
        platform.components = {"payments": {"enabled": True, "features": {"smart_disputes_management": on}}}
        page = platform.open(START + 'show(instance, "payments");')
        shown = component(page, "payments", "ready")
        assert shown.locator("[data-action=smart_disputes_management]").count() == int(on)


# --- forced errors and the log -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "api_connection_error",
        "authentication_error",
        "account_session_create_error",
        "invalid_request_error",
        "rate_limit_error",
        "render_error",
        "api_error",
    ],
)
def test_a_test_forces_a_load_error(platform: Platform, kind: str) -> None:
    platform.handle.browser.next_error(kind, component="account_onboarding", message="As the test wants.")
    page = platform.open(BOTH)
    component(page, "notification-banner", "ready")
    component(page, "account-onboarding", "error")
    assert errors(page) == [["account-onboarding", kind, "As the test wants."]]
    assert [error.name for error in platform.handle.browser.errors] == [kind]


def test_an_error_before_the_loader_starts_shows_nothing(platform: Platform) -> None:
    platform.handle.browser.next_error("render_error", before_loader_start=True)
    page = platform.open(ONBOARDING)
    assert component(page, "account-onboarding", "error").inner_html() == ""
    assert logged(page) == [
        ["error", "account-onboarding", "render_error", "Forced by a test: render_error."],
    ]


def test_the_component_log_has_the_events_of_the_page(platform: Platform) -> None:
    page = platform.open(ONBOARDING)
    component(page, "account-onboarding", "ready")
    page.get_by_role("button", name="Next step").click()
    page.evaluate("StripeConnect.reported()")
    seen = platform.handle.browser
    assert (seen.created, seen.claimed, seen.mounted) == (1, 1, ["account-onboarding"])
    steps = [event.detail for event in seen.events if event.name == "onStepChange"]
    assert steps == ['[{"step":"stripe_user_authentication"}]', '[{"step":"business_type"}]']
    assert {event.origin for event in seen.events} == {"https://platform.test"}
    assert seen.events[-1].args == [{"step": "business_type"}]
    (session,) = platform.handle.account_sessions
    assert (session.state, session.origin, session.mounted) == (
        "claimed",
        "https://platform.test",
        ("account-onboarding",),
    )
    assert (list(session.events), session.errors) == (seen.events, ())


@pytest.mark.parametrize(
    ("setter", "forced", "name"),
    [("setOnExit", None, "onExit"), ("setOnLoadError", "render_error", "render_error")],
)
def test_a_callback_is_logged_before_the_page_can_leave(
    platform: Platform, setter: str, forced: str | None, name: str
) -> None:
    if forced:
        platform.handle.browser.next_error(forced)
    page = platform.open(START + f'show(instance, "account-onboarding", {{{setter}: () => location = "/gone"}});')
    platform.files["/gone"] = ("text/html", "<title>Gone</title>")
    if not forced:
        component(page, "account-onboarding", "ready").get_by_role("button", name="Exit without finishing").click()
    page.wait_for_url("**/gone")
    assert platform.handle.browser.log[-1].name == name


def test_callbacks_come_without_a_response_of_the_log(platform: Platform) -> None:
    platform.context.route("**/connect/report", lambda _: None)  # without an response
    page = platform.open(START + 'show(instance, "account-onboarding", {setOnExit: () => calls.push(["exit"])});')
    component(page, "account-onboarding", "ready").get_by_role("button", name="Exit without finishing").click()
    wait_until(page, 'calls.some(([what]) => what === "exit")')


def test_events_are_logged_in_order(platform: Platform) -> None:
    page = platform.open(START + 'show(instance, "account-onboarding", {setOnExit: () => calls.push(["exit"])});')
    component(page, "account-onboarding", "ready").get_by_role("button", name="Complete onboarding").click()
    wait_until(page, 'calls.some(([what]) => what === "exit")')
    seen = [event.args[0]["step"] if event.args else event.name for event in platform.handle.browser.events]
    later = ["business_type", "business_details", "representative_details", "owners", "external_account", "summary"]
    assert seen == ["stripe_user_authentication", "complete", *later, "onExit"]


def test_each_session_has_the_events_of_its_own_page(platform: Platform) -> None:
    platform.handle.browser.next_error("render_error", component="notification-banner")
    first, second = platform.open(BOTH), platform.open(ONBOARDING)
    component(first, "notification-banner", "error")
    for page in (first, second):
        component(page, "account-onboarding", "ready")
        page.evaluate("StripeConnect.reported()")
    sessions = [platform.handle.account_session(secret) for secret in platform.created]
    assert sorted([error.name for error in session.errors] for session in sessions) == [[], ["render_error"]]
    assert [session.mounted for session in sessions] == [("account-onboarding",)] * 2
    assert [len(session.events) for session in sessions] == [1, 1]
