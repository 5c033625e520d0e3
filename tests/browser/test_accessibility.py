"""Accessibility of the components: axe in light and dark, with open forms, while loading, and with errors."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from ..clients import install, transcript
from .pages import Platform, component

NAMES = ("notification-banner", "account-onboarding", "account-management", "payments", "payouts", "documents")
WRONG = "disputes-list"  # is not enabled
# Only what is ours is looked at: the page around it is the platform's.
AXE = """async () => {
  const {violations} = await axe.run([...document.querySelectorAll("[data-emulated]")]);
  return violations.map(({id, nodes}) => [id, nodes[0].html]);
}"""


def violations(page: Page) -> Any:
    """The rules that are broken, each with the first place."""
    return page.evaluate(AXE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(platform: Platform, scheme: Any) -> None:
    platform.components = {name.replace("-", "_"): {"enabled": True} for name in NAMES}
    platform.write("start();" + "".join(f'show(instance, "{name}");' for name in (*NAMES, WRONG)))
    page = platform.page()
    page.emulate_media(color_scheme=scheme)
    page.goto("https://platform.test/")
    page.evaluate((transcript.installed(install.BROWSER) / "node_modules" / "axe-core" / "axe.min.js").read_text())
    for name in NAMES:
        component(page, name, "ready")
    component(page, WRONG, "error")
    assert violations(page) == []

    component(page, "notification-banner", "ready").get_by_role("button", name="Answer business_type").click()
    managed = component(page, "account-management", "ready")
    managed.get_by_role("button", name="Open external_account").click()
    managed.get_by_role("button", name="Add bank account").click()
    managed.get_by_role("alert").wait_for()
    assert violations(page) == []

    managed.get_by_role("button", name="Fill in test data").click()
    managed.get_by_role("button", name="Add bank account").click()
    managed.get_by_text("Saved.").wait_for()
    assert violations(page) == []


def test_a_loader_is_announced(platform: Platform) -> None:
    platform.handle.browser.next_error(delay_ms=2000, component="account-onboarding")
    page = platform.open('start(); show(instance, "account-onboarding");')
    page.evaluate((transcript.installed(install.BROWSER) / "node_modules" / "axe-core" / "axe.min.js").read_text())
    shown = component(page, "account-onboarding", "loading")
    assert shown.get_by_role("status").inner_text() == "Loading…"
    assert violations(page) == []


def test_components_are_marked_as_english_in_any_page(platform: Platform) -> None:
    page = platform.open('document.documentElement.dir = "rtl"; start(); show(instance, "account-onboarding");')
    shown = component(page, "account-onboarding", "ready").get_by_role("region")
    assert (shown.get_attribute("lang"), shown.evaluate("node => getComputedStyle(node).direction")) == ("en", "ltr")


def test_features_that_are_off_are_read_out(platform: Platform) -> None:
    platform.components = {"payments": {"enabled": True, "features": {"refund_management": False}}}
    page = platform.open('start(); show(instance, "payments");')
    features = component(page, "payments", "ready").get_by_role("list", name="Features").get_by_role("listitem")
    assert features.all_text_contents() == [
        "Capture payments",
        "Destination on behalf of charge management (off)",
        "Dispute management",
        "Refund management (off)",
        "Smart disputes management",
    ]
