"""The fixture that routes Stripe's host to the emulator, in cases that other tests do not cover."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..chromium import CHROMIUM, FLAGS, skip_or_fail

if TYPE_CHECKING:
    from fixtures.browser import ConnectJsRoute

BLANK = "data:text/html,<title>Platform</title>"
LOAD = """() => new Promise((done) => {
  const script = document.createElement("script");
  script.src = "https://connect-js.stripe.com/v1.0/connect.js";
  script.onload = () => done(StripeConnect.emulated);
  script.onerror = () => done("failed");
  document.head.append(script);
})"""


async def loaded(route: ConnectJsRoute) -> object:
    """Load the script in a page; true if it is the emulator's."""
    from playwright.async_api import async_playwright  # noqa: PLC0415

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = await browser.new_page()
        routed = route(page)
        assert routed is not None
        await routed
        await page.goto(BLANK)
        found: object = await page.evaluate(LOAD)
        await browser.close()
        return found


@pytest.mark.parametrize(("url", "found"), [(None, True), ("http://127.0.0.1:9", "failed")])
def test_the_asynchronous_api_awaits_it(connect_js_route: ConnectJsRoute, url: str | None, found: object) -> None:
    if not Path(CHROMIUM).exists():
        skip_or_fail(f"there is no Chromium at {CHROMIUM}: apt-get install chromium")
    connect_js_route.url = url or connect_js_route.url
    assert asyncio.run(loaded(connect_js_route)) == found


def test_a_socket_without_a_port_is_refused(connect_js_route: ConnectJsRoute) -> None:
    with pytest.raises(ValueError, match="a browser cannot reach an emulator at unix:/tmp/s: give it a port"):
        type(connect_js_route)("unix:/tmp/s")
