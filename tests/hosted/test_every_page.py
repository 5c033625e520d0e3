"""Every page in every state, in Chromium: its style and script are not refused, its console is empty, axe finds nothing in its forms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest

import emulator
from emulator import app
from emulator.hosted import checkout, invoices, payments, portal
from emulator.oauth import consent
from emulator.oauth import serving as oauth
from emulator.server import Server
from emulator.settings import Settings

from ..clients import install, transcript
from .states import STATES, Shop, State, state

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

SOURCES = [path for name in ("hosted", "oauth") for path in (Path(emulator.__file__).parent / name).glob("*.py")]
ROUTES = (
    *(*app.HOSTED, *checkout.PATHS, *invoices.PATHS, *payments.PATHS, portal.PATH, app.LINKS),
    *(oauth.AUTHORIZE_V2, *oauth.EXPRESS[1:], consent.DEFAULT_REDIRECT),
)
# Answers to requests that no browser makes from a page, or to bodies of more than 64 kB.
WITHOUT_BROWSER = {"Not here", "Too much was sent", "Checkout", "This link has been used"}
REFUSED = "window.refused = []; addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective));"
AXE = "axe.run().then(({violations}) => violations.map(({id, nodes}) => [id, nodes[0].html]))"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with Server(Settings(port=0)) as running:
        yield running.url


@dataclass
class Opened:
    """One page of a small phone for all states, and what its console complained of since the last navigation."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    form: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.wrong.append(message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.add_init_script(REFUSED)
        self.page.route("**/*", self._send)

    def open(self, found: State) -> None:
        self.wrong.clear()
        self.form = found.form
        self.page.goto(found.url)

    def _send(self, route: Route) -> None:
        """The first request of a page that answers a form carries that form."""
        sent, self.form = self.form, None
        if sent is None:
            return route.continue_()
        headers = {**route.request.headers, "content-type": "application/x-www-form-urlencoded"}
        return route.continue_(method="POST", post_data=urlencode(sent), headers=headers)


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Opened]:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    yield Opened(page)
    page.close()


@pytest.mark.parametrize("name", STATES)
def test_a_page_has_its_style_an_empty_console_and_fits_a_phone(phone: Opened, server: str, name: str) -> None:
    with Shop(server, f"sk_test_{re.sub('[^a-z0-9]', '', name.lower())}") as shop:
        phone.open(state(shop, name))
    page = phone.page
    assert page.evaluate("refused") == []
    status = "Failed to load resource: the server responded with a status of"
    assert [text for text in phone.wrong if not text.startswith(status)] == []  # which Chromium says of the page itself
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") in ("576px", "992px")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    if page.query_selector("form") and install.is_installed(install.BROWSER):
        axe = transcript.installed(install.BROWSER) / "node_modules" / "axe-core" / "axe.min.js"
        page.evaluate(axe.read_text())
        assert page.evaluate(AXE) == []


def test_a_card_number_is_grouped_as_it_is_typed_and_its_brand_is_named(phone: Opened, server: str) -> None:
    with Shop(server, "sk_test_grouped") as shop:
        phone.open(state(shop, "checkout of a payment"))
    number, expiry = phone.page.locator("#cardNumber"), phone.page.locator("#cardExpiry")
    for typed, shown, brand in (
        ("4242424242424242", "4242 4242 4242 4242", "Visa"),
        ("378282246310005", "3782 822463 10005", "American Express"),
        ("5555555555554444", "5555 5555 5555 4444", "Mastercard"),
    ):
        number.fill("")
        number.press_sequentially(typed)
        assert (number.input_value(), phone.page.locator("#cardBrand").inner_text()) == (shown, brand)
    expiry.press_sequentially("934")
    assert expiry.input_value() == "09 / 34"


def test_the_first_error_of_a_form_has_the_focus(phone: Opened, server: str) -> None:
    with Shop(server, "sk_test_focused") as shop:
        phone.open(state(shop, "checkout with errors"))
    assert phone.page.evaluate("document.activeElement.id") == "email"
    assert phone.page.locator("#email").get_attribute("aria-describedby") == "email-error"
    assert phone.page.locator("#email-error").inner_text() == "Required"


def titles() -> set[str]:
    """The titles of all pages as they stand in the source: `document(title, ...)`, `message([status,] title, ...)`."""
    calls = (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    found = set(payments.TITLES.values())
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in ("document", "message"):
            texts = (
                each.value for each in call.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )
            found |= set(islice(texts, 1))
    return found


def test_the_list_of_pages_has_every_route_and_every_title(server: str) -> None:
    paths, seen = list[str](), set[str]()
    for name in STATES:
        with Shop(server, "sk_test_everypage") as shop:
            found = state(shop, name)
        paths.append(found.url.removeprefix(server).partition("?")[0])
        page = httpx.request(
            "POST" if found.form is not None else "GET", found.url, data=found.form, follow_redirects=True
        )
        title = re.search("<title>([^<]*)</title>", page.text)
        seen.add(unescape(title[1]) if title else "")
    missing = [route for route in ROUTES if not any(path.startswith(route) for path in paths)]
    assert missing == [], "add a state of this route to tests/hosted/states.py"
    assert titles() - seen - WITHOUT_BROWSER == set(), "add a state that shows this page to tests/hosted/states.py"
