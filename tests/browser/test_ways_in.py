"""Routing without Playwright's routes: host rules with TLS, and service workers."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emulator.server import Server
from emulator.settings import Settings

from ..chromium import CHROMIUM, FLAGS, skip_or_fail
from .pages import CSP, Platform, component, errors
from .site import site
from .test_examples import created_over_tls

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from fixtures.browser import ConnectJsRoute
    from fixtures.handle import StripeEmulator

ONBOARDING = 'start(); show(instance, "account-onboarding");'
# A worker that forwards requests, and one that serves the script, as mocking libraries do.
PASSING_ON = "onfetch = (event) => event.respondWith(fetch(event.request));"
STANDING_IN = """
onfetch = (event) => {
  if (event.request.url.startsWith("https://connect-js.stripe.com/"))
    event.respondWith(fetch(event.request.url.replace("https://connect-js.stripe.com", EMULATOR)));
};
"""
CLAIM = "oninstall = () => skipWaiting(); onactivate = (event) => event.waitUntil(clients.claim());"
REGISTER = """async () => {
  navigator.serviceWorker.register("/sw.js");
  if (!navigator.serviceWorker.controller)
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, {once: true}));
}"""


# --- host rules -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if not CHROMIUM.exists():
        skip_or_fail(f"there is no Chromium at {CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def secure() -> Iterator[Server]:
    with Server(Settings(port=0, tls=True)) as server:
        yield server


def fingerprint(ca_file: str) -> str:
    """The hash of a certificate's public key, as Chromium's switch takes it."""
    key = x509.load_pem_x509_certificate(Path(ca_file).read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


@contextmanager
def mapped(
    playwright: Playwright, secure: Server, kind: type[StripeEmulator], *flags: str, **options: Any
) -> Iterator[Platform]:
    """A platform in a browser that resolves Stripe's host to the emulator's port."""
    rule = f"--host-resolver-rules=MAP connect-js.stripe.com {secure.url.removeprefix('https://')}"
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, rule, *flags])
    handle = kind(secure.url, f"sk_test_{secrets.token_hex(12)}", ca_file=secure.ca_file)
    platform = Platform(handle, browser.new_context(**options))
    platform.csp = CSP
    yield platform
    browser.close()


@pytest.mark.parametrize("trust", ["this certificate", "every certificate", "in the context"])
def test_host_rules_route_stripes_address_to_the_emulator(
    playwright: Playwright, secure: Server, stripe_emulator: StripeEmulator, trust: str
) -> None:
    flags = {
        "this certificate": (f"--ignore-certificate-errors-spki-list={fingerprint(secure.ca_file)}",),
        "every certificate": ("--ignore-certificate-errors",),
    }.get(trust, ())
    options = {"ignore_https_errors": True} if trust == "in the context" else {}
    with mapped(playwright, secure, type(stripe_emulator), *flags, **options) as platform, site(platform) as address:
        secret = created_over_tls(platform, secure.ca_file)
        platform.backend = lambda: (200, {"client_secret": secret})
        platform.write(ONBOARDING)
        page = platform.page()
        page.goto(address)
        component(page, "account-onboarding", "ready")
        page.get_by_role("button", name="Complete onboarding").click()
        page.get_by_text("Nothing is required.").wait_for()
        (script,) = page.evaluate("[...document.scripts].map(({src}) => src).filter((src) => src.includes('stripe'))")
        assert script == "https://connect-js.stripe.com/v1.0/connect.js"
        assert platform.handle.browser.log[0].origin == address.rstrip("/")
        assert platform.complaints == []


def test_without_trust_the_script_does_not_load(
    playwright: Playwright, secure: Server, stripe_emulator: StripeEmulator
) -> None:
    with mapped(playwright, secure, type(stripe_emulator)) as platform, site(platform) as address:
        platform.write(ONBOARDING)
        page = platform.page()
        with page.expect_event("console", lambda line: "ERR_CERT_AUTHORITY_INVALID" in line.text):
            page.goto(address)
        assert platform.handle.browser.claimed == 0


# --- service workers --------------------------------------------------------------------------------------------------


@contextmanager
def worked(playwright: Playwright, handle: StripeEmulator, worker: str) -> Iterator[tuple[Platform, str]]:
    """A platform whose pages have a service worker."""
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
    platform = Platform(handle, browser.new_context())
    with site(platform) as address:
        platform.write(f"window.go = () => {{ {ONBOARDING} }};")
        platform.files["/sw.js"] = ("text/javascript", f"const EMULATOR = {json.dumps(handle.url)};{CLAIM}{worker}")
        yield platform, address
    platform.context.unroute_all(behavior="ignoreErrors")
    browser.close()


def test_a_page_with_a_service_worker_is_routed_like_any_other(
    playwright: Playwright, stripe_emulator: StripeEmulator, connect_js_route: ConnectJsRoute
) -> None:
    with worked(playwright, stripe_emulator, PASSING_ON) as (platform, address):
        connect_js_route(platform.context)
        page = platform.page()
        page.goto(address)
        page.evaluate(REGISTER)
        page.reload()
        page.evaluate("go()")
        component(page, "account-onboarding", "ready")
        assert errors(page) == []
        assert stripe_emulator.browser.claimed == 1


def test_a_service_worker_can_replace_the_route(playwright: Playwright, stripe_emulator: StripeEmulator) -> None:
    """It cannot serve the frame, so the page reaches the emulator directly."""
    with worked(playwright, stripe_emulator, STANDING_IN) as (platform, address):
        platform.context.route("https://connect-js.stripe.com/**/bridge.html", lambda route: route.abort())
        page = platform.page()
        page.goto(address)
        page.evaluate(REGISTER)
        page.reload()
        page.evaluate("go()")
        component(page, "account-onboarding", "ready")
        assert errors(page) == []
        assert stripe_emulator.browser.claimed == 1
