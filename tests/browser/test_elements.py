"""The life of elements in pages: created early, removed, moved, set again; and the callbacks of their buttons."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.request import urlopen

import pytest

from emulator.connect_js.elements import ELEMENTS

from ..chromium import wait_until
from .pages import Platform, component, errors, logged

PREVIEW = "connect-js-preview"
LOG_CALL = "(...args) => calls.push(args)"


def enabled(*names: str) -> dict[str, object]:
    return {name: {"enabled": True} for name in names}


# --- all of them ------------------------------------------------------------------------------------------------------


def test_every_element_accepts_the_setters_of_any_version(platform: Platform) -> None:
    script = """
    start();
    for (const name of NAMES) {
      const element = show(instance, name);
      instance.debugInstance().then(() => {
        element.setSomethingOfALaterVersionInternalOnly({deep: [1]});
        element.setOnSomethingElseInternalOnly(() => {});
        element.setOnSomethingElseInternalOnly(undefined);
      });
    }
    """
    platform.components = enabled("documents")
    page = platform.open(f"const NAMES = {json.dumps(list(ELEMENTS))};" + script, package=PREVIEW)
    for name, element in ELEMENTS.items():
        state = "ready" if element.key in (None, "documents") else "error"
        shown = component(page, name, state)
        assert shown.get_attribute("data-props") == '{"somethingOfALaterVersion":{"deep":[1]}}'
        assert shown.get_attribute("data-testid") == f"stripe-connect-{name}"
        assert shown.get_by_role("region").get_attribute("aria-label") == f"{name} (emulated)"
    assert {kind for _, kind, _ in errors(page)} == {"invalid_request_error"}
    assert [line for line in platform.complaints if not line.startswith("Failed to load resource")] == []


def test_a_setter_accepts_values_that_are_not_json(platform: Platform) -> None:
    platform.components = enabled("payments", "account_onboarding")
    script = """
    start();
    const round = {};
    round.self = round;
    show(instance, "payments", {setDefaultFilters: {amount: {equals: 10n}, date: {after: new Date(0)}}});
    show(instance, "account-onboarding", {setCollectionOptions: round, setOnExit: null, setOnStepChange: undefined});
    """
    page = platform.open(script)
    filters = component(page, "payments", "ready").get_attribute("data-props")
    assert filters == '{"defaultFilters":{"amount":{"equals":"10"},"date":{"after":"1970-01-01T00:00:00.000Z"}}}'
    options = component(page, "account-onboarding", "ready").get_attribute("data-props")
    assert options == '{"collectionOptions":"[object Object]"}'
    assert platform.complaints == []


def test_a_page_can_detect_the_emulator(platform: Platform) -> None:
    lines: list[str] = []
    platform.write('start(); show(instance, "account-onboarding");')
    page = platform.page()
    page.on("console", lambda line: lines.append(line.text) if line.type == "info" else None)
    page.goto("https://platform.test/")
    component(page, "account-onboarding", "ready")
    assert page.evaluate("StripeConnect.emulated") is True
    assert lines == [f"Stripe Connect components are emulated, by {platform.handle.url}. This is not Stripe."]


# --- created, moved, removed -----------------------------------------------------------------------------------------


def test_a_detached_element_does_nothing(platform: Platform) -> None:
    page = platform.open('start(); window.orphan = instance.create("account-onboarding");')
    page.evaluate("instance.debugInstance()")
    page.wait_for_timeout(200)
    assert page.evaluate("[orphan.innerHTML, {...orphan.dataset}, StripeConnect.events.length]") == ["", {}, 0]
    assert (platform.handle.browser.created, platform.handle.browser.claimed) == (1, 0)


def test_a_moved_element_stays_mounted_and_a_removed_one_mounts_again(platform: Platform) -> None:
    page = platform.open('start(); window.shown = show(instance, "account-onboarding");')
    component(page, "account-onboarding", "ready").evaluate("node => document.querySelector('main').append(node)")
    page.wait_for_timeout(100)
    assert logged(page) == [["loaderstart", "account-onboarding"]]
    page.evaluate("shown.remove()")
    wait_until(page, "!shown.dataset.state")
    assert page.evaluate("shown.childElementCount") == 0
    page.evaluate("document.body.append(shown)")
    component(page, "account-onboarding", "ready")
    assert len(logged(page)) == 2
    assert (platform.handle.browser.created, platform.handle.browser.claimed) == (1, 1)


def test_two_instances_have_a_session_each(platform: Platform) -> None:
    script = (
        'start(); show(instance, "account-onboarding"); window.first = instance; start(); show(instance, "documents");'
    )
    platform.components = enabled("account_onboarding", "documents")
    page = platform.open(script)
    component(page, "account-onboarding", "ready")
    component(page, "documents", "ready")
    assert (platform.handle.browser.created, platform.handle.browser.claimed) == (2, 2)
    page.evaluate("first.logout()")
    component(page, "account-onboarding", "logged-out")
    page.evaluate('void show(first, "notification-banner")')
    component(page, "notification-banner", "logged-out")
    component(page, "documents", "ready")
    assert errors(page) == []


def test_a_frame_that_the_page_removes_is_created_again(platform: Platform) -> None:
    page = platform.open('start(); show(instance, "account-onboarding");')
    component(page, "account-onboarding", "ready")
    page.evaluate("document.querySelectorAll('iframe').forEach((frame) => frame.remove())")
    page.evaluate('void show(instance, "notification-banner")')
    component(page, "notification-banner", "ready")
    assert errors(page) == []


def test_components_work_with_frozen_timers(platform: Platform) -> None:
    platform.write('start(); show(instance, "account-onboarding");')
    page = platform.page()
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto("https://platform.test/")
    component(page, "account-onboarding", "ready")


# --- the script run again --------------------------------------------------------------------------------------------


def text_of(platform: Platform) -> str:
    with urlopen(f"{platform.handle.url}/v1.0/connect.js") as response:
        return str(response.read().decode())


def test_a_script_that_runs_twice_changes_nothing(platform: Platform) -> None:
    page = platform.open('start(); show(instance, "account-onboarding");')
    component(page, "account-onboarding", "ready")
    page.evaluate("text => (0, eval)(text)", text_of(platform))
    page.evaluate('start(); void show(instance, "notification-banner")')
    component(page, "notification-banner", "ready")
    component(page, "account-onboarding", "ready")
    assert errors(page) == []
    assert platform.complaints == []


def test_the_script_works_as_an_init_script(unrouted: Platform) -> None:
    """Its text as an init script: requests go to the emulator directly."""
    unrouted.context.grant_permissions(["local-network-access"])
    unrouted.context.add_init_script(script=text_of(unrouted))
    page = unrouted.open('start(); show(instance, "account-onboarding");')
    component(page, "account-onboarding", "ready")
    assert unrouted.handle.browser.claimed == 1


# --- listeners --------------------------------------------------------------------------------------------------------


def test_an_event_without_a_listener_is_delivered_once_to_the_first(platform: Platform) -> None:
    platform.components = enabled("documents")
    page = platform.open('start(); window.shown = instance.create("payments"); document.body.append(shown);')
    component(page, "payments", "error")
    page.evaluate(f"for (let times = 0; times < 3; times++) shown.setOnLoadError({LOG_CALL})")
    wait_until(page, "calls.length > 0")
    page.wait_for_timeout(100)
    page.evaluate(f"shown.setOnLoadError({LOG_CALL})")
    page.wait_for_timeout(100)
    assert [entry[0]["error"]["type"] for entry in logged(page)] == ["invalid_request_error"]


def test_an_error_of_a_listener_is_an_error_of_the_page(platform: Platform) -> None:
    throwing = '{setOnStepChange: () => { throw new Error("mine"); }}'
    platform.write(f'start(); show(instance, "account-onboarding", {throwing});')
    page = platform.page()
    with page.expect_event("pageerror"):
        page.goto("https://platform.test/")
    component(page, "account-onboarding", "ready")
    assert platform.complaints == ["mine"]


@pytest.mark.parametrize(
    ("name", "setter", "button", "args"),
    [
        ("payment-details", "setOnClose", "Close", []),
        ("payment-disputes", "setOnDisputesLoaded", "Load a dispute", [{"total": 1}]),
        (
            "product-tax-code-selector",
            "setOnTaxCodeSelect",
            "Select a tax code",
            ["txcd_10000000", {"analyticsName": "general_services"}],
        ),
        ("account-management", "setOnSectionOpen", "Open business_details", [{"sectionName": "business_details"}]),
    ],
)
def test_a_button_calls_the_listener(
    platform: Platform, name: str, setter: str, button: str, args: list[object]
) -> None:
    platform.components = enabled(name.replace("-", "_"))
    platform.version = "2026-10-28.preview"
    package = PREVIEW if name == "product-tax-code-selector" else "connect-js-3.4.6"
    page = platform.open(f'start(); show(instance, "{name}", {{{setter}: {LOG_CALL}}});', package=package)
    component(page, name, "ready").get_by_role("button", name=button).click()
    wait_until(page, "args => JSON.stringify(calls.at(-1)) === JSON.stringify(args)", args)
    event = platform.handle.browser.events[-1]
    assert (event.component, json.loads(event.detail)) == (name, args)


def test_an_instant_payout_needs_its_feature(platform: Platform) -> None:
    platform.components = {"instant_payouts_promotion": {"enabled": True, "features": {"instant_payouts": False}}}
    page = platform.open('start(); show(instance, "instant-payouts-promotion");')
    shown = component(page, "instant-payouts-promotion", "ready")
    assert shown.get_by_role("button", name=re.compile("instantly")).count() == 0


def test_documents_can_be_downloaded(platform: Platform) -> None:
    platform.handle.advance(100 * 86_400)
    platform.components = enabled("documents")
    page = platform.open('start(); show(instance, "documents");')
    with page.expect_download() as download:
        component(page, "documents", "ready").get_by_role("button", name=re.compile("Download")).first.click()
    assert re.fullmatch(r"doc_\d{6}\.txt", download.value.suggested_filename)


# --- appearance ------------------------------------------------------------------------------------------------------------


def test_the_appearance_is_applied_and_updated(platform: Platform) -> None:
    appearance = (
        '{variables: {colorBackground: "#102030", colorText: "#ffffff", borderRadius: "3px", spacingUnit: "4px"}}'
    )
    page = platform.open(f'start({{appearance: {appearance}}}); show(instance, "account-onboarding");')
    style = (
        "node => { const own = getComputedStyle(node); return [own.backgroundColor, own.borderRadius, own.padding]; }"
    )
    box = component(page, "account-onboarding", "ready").get_by_role("region")
    assert box.evaluate(style) == ["rgb(16, 32, 48)", "3px", "10px"]
    page.evaluate('instance.update({appearance: {variables: {borderRadius: "9px"}}})')
    wait_until(page, "getComputedStyle(document.querySelector('.sce')).borderRadius === '9px'")


def test_the_locale_of_the_page_can_be_read(platform: Platform) -> None:
    page = platform.open('start({locale: "de-DE"}); show(instance, "account-onboarding");')
    shown = component(page, "account-onboarding", "ready")
    assert shown.get_attribute("data-locale") == "de-DE"
    page.evaluate('instance.update({locale: "fr-FR"})')
    page.locator("[data-locale=fr-FR]").wait_for()


def test_the_appearance_applies_to_buttons_fields_badges_and_headings(platform: Platform) -> None:
    variables = {
        "buttonPaddingX": "31px",
        "buttonLabelTextTransform": "uppercase",
        "headingLgFontSize": "33px",
        "badgeSuccessColorBackground": "rgb(1, 2, 3)",
        "badgeNeutralColorText": "rgb(4, 5, 6)",
        "labelMdFontWeight": "700",
        "inputFieldPaddingY": "9px",
        "colorBorder": "rgb(7, 8, 9)",
    }
    platform.components = enabled("account_management")
    page = platform.open(
        f'start({{appearance: {{variables: {json.dumps(variables)}}}}}); show(instance, "account-management");'
    )
    component(page, "account-management", "ready").get_by_role("button", name="Open account_details").click()
    looks = {
        "[data-action=save]": ("paddingLeft", "31px"),
        "[data-action=test-data]": ("textTransform", "uppercase"),
        "h2": ("fontSize", "33px"),
        "[data-feature][data-on=true]": ("backgroundColor", "rgb(1, 2, 3)"),
        "[data-feature][data-on=false]": ("color", "rgb(4, 5, 6)"),
        "label": ("fontWeight", "700"),
        "input": ("paddingTop", "9px"),
        "section": ("borderTopColor", "rgb(7, 8, 9)"),
    }
    style = "([selector, [name]]) => getComputedStyle(document.querySelector('.sce').parentNode.querySelector(selector))[name]"
    assert {selector: page.evaluate(style, [selector, look]) for selector, look in looks.items()} == {
        selector: look[1] for selector, look in looks.items()
    }


@pytest.mark.parametrize(("scheme", "background"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 26, 34)")])
def test_the_colours_follow_the_colour_scheme(platform: Platform, scheme: Any, background: str) -> None:
    platform.write('start(); show(instance, "account-onboarding");')
    page = platform.page()
    page.emulate_media(color_scheme=scheme)
    page.goto("https://platform.test/")
    box = component(page, "account-onboarding", "ready").get_by_role("region")
    assert box.evaluate("node => getComputedStyle(node).backgroundColor") == background


def test_a_delay_shows_the_loader(platform: Platform) -> None:
    platform.handle.browser.next_error(delay_ms=600, component="account-onboarding")
    page = platform.open('start(); show(instance, "account-onboarding");')
    shown = component(page, "account-onboarding", "loading")
    assert shown.get_by_role("status").inner_text() == "Loading…"
    assert shown.get_attribute("aria-busy") == "true"
    assert component(page, "account-onboarding", "ready").get_attribute("aria-busy") == "false"
    assert errors(page) == []


def test_an_error_is_forced_on_one_account(platform: Platform) -> None:
    platform.handle.browser.next_error("api_error", account=platform.account, before_loader_start=True)
    page = platform.open('start(); show(instance, "account-onboarding");')
    component(page, "account-onboarding", "error")
    assert [load_error for _, load_error, _ in errors(page)] == ["api_error"]
    assert platform.handle.browser.pending_errors == []
