"""The stand-in for connect.js, in a real browser, with the npm packages as they are."""

from __future__ import annotations

import pytest

from .pages import Platform, component, errors

BOTH = 'start(); show(instance, "account-onboarding"); show(instance, "notification-banner");'


@pytest.mark.parametrize("package", ["connect-js-3.3.12", "connect-js-3.3.33", "connect-js-3.4.6", "connect-js-preview"])
def test_components_mount_on_one_claim(platform: Platform, package: str) -> None:
    page = platform.open(BOTH, package=package)
    for name in ("account-onboarding", "notification-banner"):
        assert component(page, name, "ready").get_attribute("data-account") == platform.account
    assert page.evaluate("said") == [["loaderstart", "account-onboarding"], ["loaderstart", "notification-banner"]]
    (session,) = platform.handle.account_sessions
    assert [attempt.outcome for attempt in session.claim_attempts] == ["claimed"]
    assert len(platform.minted) == 1
    assert platform.complaints == []
