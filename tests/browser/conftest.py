"""One Chromium for each module, with a context of its own for each test.

Not for the session: Playwright's loop runs in the thread of the tests, and asynchronous tests need their own loop.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

from emulator.server import Server

from ..chromium import launched, skip_or_fail
from ..clients import install

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from fixtures.browser import ConnectJsRoute
    from fixtures.handle import StripeEmulator

    from .looking import Look
    from .pages import Platform

FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The module's browser."""
    if not install.is_installed(install.BROWSER):
        skip_or_fail(f"the npm packages are not there: {install.COMMAND}")
    yield from launched()


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
