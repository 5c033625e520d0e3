"""One Chromium for each module, with a context of its own for each test.

Not for the session: Playwright's loop runs in the thread of the tests, and asynchronous tests need their own loop.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator.server import Server

from ..clients import install

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from fixtures.browser import ConnectJsRoute
    from fixtures.handle import StripeEmulator

    from .looking import Look
    from .pages import Platform

FAILED = pytest.StashKey[bool]()
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The module's browser."""
    if not CHROMIUM.exists():
        skip_or_fail(f"there is no Chromium at {CHROMIUM}: apt-get install chromium")
    if not install.is_installed(install.BROWSER):
        skip_or_fail(f"the npm packages are not there: {install.COMMAND}")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Store whether the test has failed, for the fixtures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def unrouted(chromium: Browser, stripe_emulator: StripeEmulator, request: pytest.FixtureRequest) -> Iterator[Platform]:
    """A platform whose pages cannot load connect.js. When a test fails, the state of its pages is printed."""
    from .pages import Platform  # noqa: PLC0415

    context = chromium.new_context()
    platform = Platform(stripe_emulator, context)
    yield platform
    if request.node.stash.get(FAILED, False):
        sys.stdout.write(platform.state())
    context.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.fixture
def platform(unrouted: Platform, connect_js_route: ConnectJsRoute) -> Platform:
    """A platform whose requests to connect-js.stripe.com are routed to the emulator."""
    connect_js_route(unrouted.context)
    return unrouted


@pytest.fixture
def look(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Look]:
    """A page on a server of its own, as wide as the parameter. Its console must stay empty."""
    from .looking import Look  # noqa: PLC0415

    width = getattr(request, "param", 1100)
    with Server() as server:
        context = chromium.new_context(viewport={"width": width, "height": 800})
        opened = Look(context.new_page(), server.url)
        yield opened
        opened.api.close()
        context.close()
    assert opened.wrong == []
