"""The page of consent in Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import stripe

from emulator.client import EmulatorClient
from emulator.server import Server
from emulator.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_an_owner_connects_and_denies_in_a_browser(page: Page, tmp_path: Path) -> None:
    with Server(Settings(port=0)) as platform, Server(Settings(port=0)) as server:
        client = EmulatorClient(server.url, "sk_test_browser")
        bases = {"api": server.url, "connect": server.url}
        sdk = stripe.StripeClient(client.api_key, base_addresses=bases)  # type: ignore[arg-type]
        callback = f"{platform.url}/_emulator/version"
        url = (
            f"{server.url}/oauth/authorize?client_id={client.client_id}&response_type=code&scope=read_write&state=s"
            f"&redirect_uri={callback}"
        )
        page.goto(url)
        assert page.title() == "Connect your account"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_role("button", name="Use blank account").click()
        page.wait_for_url(f"{callback}?**")
        query = parse_qs(urlsplit(page.url).query)
        assert (list(query), query["state"]) == (["scope", "code", "state"], ["s"])
        connected = sdk.oauth.token({"grant_type": "authorization_code", "code": query["code"][0]})
        page.goto(url)
        page.screenshot(path=tmp_path / "consent.png", full_page=True)
        page.get_by_role("radio", name=str(connected.stripe_user_id)).check()
        page.get_by_role("button", name="Connect this account").click()
        page.wait_for_url(f"{callback}?**")
        page.goto(url)
        page.get_by_role("button", name="Deny").click()
        page.wait_for_url(f"{callback}?error=access_denied&**")
        assert parse_qs(urlsplit(page.url).query) == {
            "error": ["access_denied"],
            "error_description": ["The user denied your request"],
            "state": ["s"],
        }
