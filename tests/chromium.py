"""Chromium for tests, and fixtures for pages that a phone shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def skip_or_fail(reason: str) -> None:
    """Skip a test whose programs are not installed; fail it in CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def launched() -> Iterator[Browser]:
    """A browser until the generator ends."""
    if not CHROMIUM.exists():
        skip_or_fail(f"there is no Chromium at {CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The module's browser."""
    yield from launched()


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page as wide as a small phone. Its console must stay empty."""
    page = browser.new_page(viewport={"width": 320, "height": 700}, color_scheme=request.param)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(f"{message.text} {message.location['url']}"))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert [text for text in errors if not text.endswith("/favicon.ico")] == []  # that of the platform, which has none


def wait_until(page: Page, expression: str, arg: object = None) -> None:
    """Wait until an expression is true in a page. Playwright's own function fails where the page forbids `eval`."""
    for _ in range(600):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"after 30 seconds, this is not true: {expression}")
