"""Owners submit forms in components, also with the keyboard, under the documented Content-Security-Policy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from .pages import CSP, Platform, component, logged

BOTH = {"card_payments": {"requested": "true"}, "transfers": {"requested": "true"}}
CHANGES = 'setOnNotificationsChange: (change) => calls.push(["changed", change])'


def opened(platform: Platform, name: str, features: dict[str, bool] | None = None, script: str = "") -> Any:
    """The element of a component, once it is ready."""
    enabled: dict[str, object] = {"enabled": True, **({"features": features} if features else {})}
    platform.components = {name.replace("-", "_"): enabled}
    platform.csp = CSP
    page = platform.open(f'start(); show(instance, "{name}", {{{script}}});')
    return component(page, name, "ready")


def account(platform: Platform) -> Any:
    return platform.handle.client.v1.accounts.retrieve(platform.account)


def test_a_section_is_edited(platform: Platform) -> None:
    shown = opened(
        platform, "account-management", script='setOnSectionOpen: (section) => calls.push(["open", section])'
    )
    shown.get_by_role("button", name="Open business_details").click()
    shown.get_by_label("Doing business as").fill("Cactus <b>& Sons</b>")
    shown.get_by_role("button", name="Save").click()
    shown.get_by_text("Saved.").wait_for()
    assert account(platform).business_profile.name == "Cactus <b>& Sons</b>"
    assert shown.get_by_label("Doing business as").input_value() == "Cactus <b>& Sons</b>"
    assert logged(shown.page).count(["open", {"sectionName": "business_details"}]) == 1
    assert platform.handle.webhooks.wait("account.updated")["account"] == platform.account
    assert platform.complaints == []


def test_an_error_of_the_api_is_shown_at_the_field(platform: Platform) -> None:
    shown = opened(platform, "account-management")
    shown.get_by_role("button", name="Open business_details").click()
    shown.get_by_label("Website").fill("http://localhost")
    shown.get_by_role("button", name="Save").click()
    error = shown.locator("[data-field='business_profile[url]']").get_by_role("alert")
    error.wait_for()
    field = shown.get_by_label("Website")
    assert (error.inner_text(), field.get_attribute("aria-invalid")) == ("Not a valid URL", "true")
    assert field.get_attribute("aria-describedby") == error.get_attribute("id")
    assert field.evaluate("field => field === document.activeElement")
    assert field.input_value() == "http://localhost"
    assert account(platform).business_profile.url is None


def test_the_heading_receives_the_focus_of_a_removed_control(platform: Platform) -> None:
    shown = opened(platform, "notification-banner")
    button = shown.get_by_role("button", name="Use test data for business_profile.url")
    button.press("Enter")
    button.wait_for(state="detached")
    assert shown.get_by_role("heading").evaluate("heading => heading === document.activeElement")


def test_the_focus_is_kept_in_a_shadow_tree(platform: Platform) -> None:
    platform.components = {"account_onboarding": {"enabled": True}}
    script = """
    start();
    const shown = show(instance, "account-onboarding");
    document.querySelector("main").attachShadow({mode: "open"}).append(shown);
    """
    page = platform.open(script)
    page.get_by_role("button", name="Next step").press("Enter")
    page.get_by_text("Step 2 of").wait_for()
    focused = "document.querySelector('main').shadowRoot.activeElement.textContent"
    assert page.evaluate(focused) == "Next step"


def test_the_list_of_requirements_stays_open(platform: Platform) -> None:
    shown = opened(platform, "account-onboarding")
    shown.get_by_text("8 required").click()
    shown.get_by_text("business_profile.url").wait_for()
    shown.get_by_role("button", name="Next step").click()
    shown.get_by_text("Step 2 of").wait_for()
    assert shown.get_by_text("business_profile.url").is_visible()


def test_a_form_is_filled_in_with_the_keyboard_alone(platform: Platform) -> None:
    page = opened(platform, "account-management").page
    for key in ("Tab", "Tab", "Enter", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("ada@example.com")
    page.keyboard.press("Enter")
    page.get_by_text("Saved.").wait_for()
    assert account(platform).email == "ada@example.com"


def test_a_date_is_sent_as_a_whole(platform: Platform) -> None:
    shown = opened(platform, "account-management")
    shown.get_by_role("button", name="Open representative_details").click()
    for part, value in (("Day", "1"), ("Month", "2"), ("Year", "1990")):
        shown.get_by_label(f"{part} of birth").fill(value)
    shown.get_by_role("button", name="Save").click()
    shown.get_by_text("Saved.").wait_for()
    shown.get_by_label("Year of birth").fill("1991")
    with shown.page.expect_response(lambda response: response.url.endswith("/act")):
        shown.get_by_role("button", name="Save").click()
    born = account(platform).individual.dob
    assert (born.day, born.month, born.year) == (1, 2, 1991)


def test_typed_values_are_kept_when_the_account_changes(platform: Platform) -> None:
    shown = opened(platform, "account-management")
    shown.get_by_role("button", name="Open business_details").click()
    shown.get_by_label("Doing business as").press_sequentially("Cac")
    platform.handle.complete_onboarding(platform.account)
    expect(shown.get_by_label("Website")).to_have_value("https://accessible.stripe.com")
    shown.page.keyboard.type("tus")
    assert shown.get_by_label("Doing business as").input_value() == "Cactus"


def test_bank_accounts_are_added_replaced_and_removed(platform: Platform) -> None:
    shown = opened(platform, "account-management")
    shown.get_by_role("button", name="Open external_account").click()
    shown.get_by_role("button", name="Add bank account").click()
    missing = shown.get_by_role("alert")
    missing.wait_for()
    assert missing.inner_text() == "Missing required param: external_account[account_number]."
    shown.get_by_role("button", name="Fill in test data").click()
    shown.get_by_role("button", name="Add bank account").click()
    shown.get_by_text("STRIPE TEST BANK •••• 6789 · USD").wait_for()
    shown.get_by_role("button", name="Remove 6789").click()
    shown.get_by_text("You cannot delete the default external account").wait_for()
    shown.get_by_role("button", name="Fill in test data").click()
    shown.get_by_label("Account number").fill("000111111116")
    shown.get_by_role("button", name="Save bank account").click()
    shown.get_by_text("•••• 1116").wait_for()
    assert [row.last4 for row in account(platform).external_accounts.data] == ["1116"]


@pytest.mark.parametrize("name", ["account-management", "payouts", "balances"])
def test_a_session_without_the_feature_shows_no_bank_account(platform: Platform, name: str) -> None:
    platform.account = str(platform.handle.create_account(type="custom", country="US")["id"])
    features = {"external_account_collection": False, "disable_stripe_user_authentication": True}
    shown = opened(platform, name, features)
    assert shown.locator("[data-section=external_account]").count() == 0
    assert shown.get_by_text("bank account").count() == 0


def test_the_payout_schedule_is_changed(platform: Platform) -> None:
    shown = opened(platform, "payouts", {"edit_payout_schedule": True})
    shown.get_by_text("$0.00 pending").wait_for()
    shown.get_by_role("button", name="Open payout_schedule").click()
    assert shown.get_by_label("Weekly anchor").count() == 0
    shown.get_by_label("Interval").select_option("weekly")
    shown.get_by_label("Weekly anchor").select_option("thursday")
    shown.get_by_role("button", name="Save").click()
    shown.get_by_text("Saved.").wait_for()
    schedule = account(platform).settings.payouts.schedule
    assert (schedule.interval, schedule.weekly_anchor) == ("weekly", "thursday")


def test_the_banner_accepts_values_and_follows_api_and_clock(platform: Platform) -> None:
    shown = opened(platform, "notification-banner", script=CHANGES)
    required = len(account(platform).requirements.currently_due)
    shown.get_by_role("button", name="Answer business_profile.url").click()
    shown.get_by_label("Website").fill("https://shop.test")
    shown.get_by_role("button", name="Submit").click()
    shown.locator("[data-requirement='business_profile.url']").wait_for(state="detached")
    left = len(account(platform).requirements.currently_due)
    assert left < required
    platform.handle.complete_onboarding(platform.account)
    shown.get_by_text("No notifications.").wait_for()
    platform.handle.add_requirement(platform.account, "individual.verification.document")
    shown.locator("[data-requirement='individual.verification.document']").wait_for()
    changes = [change for what, change in logged(shown.page) if what == "changed"]
    assert changes == [{"total": count, "actionRequired": count} for count in (required, left, 0, 1)]


def test_the_banner_counts_later_requirements_and_wraps_its_buttons_on_a_phone(
    platform: Platform,
) -> None:
    made = platform.handle.create_account(type="custom", country="US", business_type="company", capabilities=BOTH)
    platform.account = str(made["id"])
    shown = opened(platform, "notification-banner")
    now = len(made["requirements"]["currently_due"])
    later = len(set(made["requirements"]["eventually_due"]) - set(made["requirements"]["currently_due"]))
    assert shown.locator("[data-total]").inner_text() == f"{now} need action now, {later} more later."
    shown.page.set_viewport_size({"width": 360, "height": 800})
    row = shown.locator("[data-requirement='representative.address.postal_code']")
    name, response, test_data = (
        row.locator(each).bounding_box() for each in ("code", "button >> nth=0", "button >> nth=1")
    )
    assert name["y"] + name["height"] <= response["y"] == test_data["y"]
    assert name["height"] < 30
    assert shown.page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_accessible_names_of_buttons_start_with_their_text(platform: Platform) -> None:
    shown = opened(platform, "notification-banner")
    shown.get_by_role("button", name="Use test data for business_profile.url").click()
    shown.locator("[data-requirement='business_profile.url']").wait_for(state="detached")
    for button in shown.get_by_role("button").all():
        assert (button.get_attribute("aria-label") or button.inner_text()).startswith(button.inner_text())


def test_the_fields_of_a_company_have_distinct_labels(platform: Platform) -> None:
    made = platform.handle.create_account(type="custom", country="US", business_type="company", capabilities=BOTH)
    platform.account = str(made["id"])
    shown = opened(platform, "account-management")
    shown.get_by_role("button", name="Open business_details").click()
    labels = shown.locator("label").all_inner_texts()
    assert {"Doing business as", "Legal business name"} <= set(labels)
    assert len(set(labels)) == len(labels)


def test_a_double_click_completes_once(platform: Platform) -> None:
    shown = opened(platform, "account-onboarding", script='setOnExit: () => document.body.append("left ")')
    shown.get_by_role("button", name="Complete onboarding").dblclick()
    shown.page.get_by_text("left").wait_for()
    shown.page.evaluate("StripeConnect.reported()")
    names = [event.name for event in platform.handle.browser.events]
    assert (names.count("complete"), names.count("onExit")) == (1, 1)


def test_a_finished_onboarding_has_only_an_exit(platform: Platform) -> None:
    shown = opened(platform, "account-onboarding", script='setOnExit: () => document.body.append("left ")')
    assert shown.locator(".sce-row button").all_inner_texts()[:3] == [
        "Complete onboarding", "Next step", "Exit without finishing",
    ]  # fmt: skip
    shown.get_by_role("button", name="Complete onboarding").click()
    shown.get_by_text("Nothing is required.").wait_for()
    shown.get_by_role("button", name="Exit", exact=True).click()
    shown.page.get_by_text("left left").wait_for()
    assert shown.locator("[data-action=complete], [data-action=next]").count() == 0
    platform.handle.add_requirement(platform.account, "individual.verification.document")
    shown.get_by_role("button", name="Complete onboarding").wait_for()


def test_an_onboarding_with_exclusions_finishes_too(platform: Platform) -> None:
    without = '{fields: "currently_due", requirements: {exclude: ["external_account"]}}'
    shown = opened(platform, "account-onboarding", script=f"setCollectionOptions: {without}")
    shown.get_by_role("button", name="Complete onboarding").click()
    shown.get_by_role("button", name="Exit", exact=True).wait_for()
    assert not account(platform).details_submitted


def test_the_banner_follows_a_check_that_fails_with_time(platform: Platform) -> None:
    platform.handle.freeze(1_900_000_000)
    platform.account = _reviewed(platform)
    shown = opened(platform, "notification-banner", script=CHANGES)
    shown.get_by_text("No notifications.").wait_for()
    platform.handle.advance(120)
    shown.locator("[data-requirement]").first.wait_for()
    changes = [change for what, change in logged(shown.page) if what == "changed"]
    assert changes[0] == {"total": 0, "actionRequired": 0}
    assert changes[-1]["actionRequired"] > 0


def _reviewed(platform: Platform) -> str:
    """A complete account whose identity check will fail."""
    person = {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "email": "jenny.rosen@example.com",
        "phone": "0000000000",
        "id_number": "111111111",
        "dob": {"day": 1, "month": 1, "year": 1901},
        "address": {"line1": "address_full_match", "city": "New York", "state": "NY", "postal_code": "10001"},
    }
    made = platform.handle.create_account(
        type="custom",
        country="US",
        business_type="individual",
        capabilities=BOTH,
        individual=person,
        business_profile={"url": "https://accessible.stripe.com", "mcc": "7299"},
        settings={"payments": {"statement_descriptor": "CACTUS"}},
        tos_acceptance={"date": 1_900_000_000, "ip": "127.0.0.1"},
        external_account="btok_us",
    )
    assert made["requirements"]["currently_due"] == []
    return str(made["id"])


def test_a_click_is_not_lost_when_the_account_changes(platform: Platform) -> None:
    shown = opened(platform, "account-management")
    button = shown.get_by_role("button", name="Open business_details")
    box = button.bounding_box()
    mouse = shown.page.mouse
    mouse.move(box["x"] + 5, box["y"] + 5)
    mouse.down()
    client: Any = platform.handle.client.v1
    client.accounts.update(platform.account, {"metadata": {"shop": "7"}})
    shown.page.wait_for_timeout(1500)
    mouse.up()
    shown.get_by_role("button", name="Close business_details").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_appearance_applies_to_forms(platform: Platform, scheme: Any) -> None:
    platform.components = {"account_management": {"enabled": True}}
    platform.write(
        'start({appearance: {variables: {colorPrimary: "#aa0000", formBackgroundColor: "#fffff0"}}});'
        'show(instance, "account-management");'
    )
    page = platform.page()
    page.emulate_media(color_scheme=scheme)
    page.goto("https://platform.test/")
    shown = component(page, "account-management", "ready")
    shown.get_by_role("button", name="Open account_details").click()
    colour = "node => getComputedStyle(node).backgroundColor"
    assert shown.get_by_role("textbox").evaluate(colour) == "rgb(255, 255, 240)"
    assert shown.get_by_role("button", name="Save").evaluate(colour) == "rgb(170, 0, 0)"


def test_documents_are_marked_as_test_data(platform: Platform) -> None:
    platform.handle.advance(100 * 86_400)
    shown = opened(platform, "documents")
    shown.get_by_text("Test data: the emulator has no real documents.").wait_for()


def test_placeholders_name_the_content_that_the_emulator_does_not_have(platform: Platform) -> None:
    shown = opened(platform, "tax-settings")
    assert re.search("Stripe shows tax settings here. The emulator does not show them.", shown.inner_text())
