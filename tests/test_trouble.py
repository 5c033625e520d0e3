"""The page about trouble: each message on it is one that the program, an SDK or the browser shows."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import stripe

from emulator.client import ClaimRefused, EmulatorClient, EmulatorError
from emulator.server import Server
from emulator.settings import Settings

from . import pages

if TYPE_CHECKING:
    from fixtures.handle import NO_REQUEST, StripeEmulator
else:
    from emulator_fixtures.handle import NO_REQUEST

TEXT = pages.PAGES[pages.TROUBLE]
MESSAGES: Mapping[str, list[str]] = {
    title: re.findall(r"^```text\n(.*?)\n```$", section, re.DOTALL | re.MULTILINE)
    for title, section in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
}
COMPONENTS: Any = {"payouts": {"enabled": True}}


def shown(title: str, number: int = 0) -> str:
    return MESSAGES[title][number]


def message(call: Callable[[], object]) -> str:
    """The text of the error that a call of stripe-python or of the client raises."""
    with pytest.raises((stripe.StripeError, EmulatorError, TimeoutError, AssertionError)) as raised:
        call()
    return str(getattr(raised.value, "user_message", None) or raised.value)


def test_every_section_is_listed_and_has_a_message() -> None:
    listed = re.findall(r"^\d+\. \[", TEXT, re.MULTILINE)
    assert len(listed) == len(MESSAGES) == 12
    assert all(MESSAGES.values())


def test_localhost_is_refused() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = message(EmulatorClient(f"http://127.0.0.1:{port}", "sk_test_123").health)
    assert found.replace(f"127.0.0.1:{port}", "[::1]:12111") == shown("Connection refused with localhost")


class Proxy(BaseHTTPRequestHandler):
    """Another server at the address."""

    def do_GET(self) -> None:
        self.send_error(403)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def proxy() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_proxy_responds(proxy: str) -> None:
    found = message(EmulatorClient(proxy, "sk_test_123").health)
    assert found.replace(proxy, pages.DEFAULT_URL) == shown("A proxy responds")


def test_another_key_is_another_sandbox(stripe_emulator: StripeEmulator) -> None:
    stripe_emulator.create_account(id="acct_123", type="express")
    other = stripe.StripeClient("sk_test_999", base_addresses={"api": stripe_emulator.url})
    assert message(lambda: other.v1.accounts.retrieve("acct_123")) == shown("An account that exists is not found")
    assert shown("An account that exists is not found", 1) == NO_REQUEST


def secret(handle: StripeEmulator) -> str:
    account = handle.create_account(type="express")["id"]
    params: Any = {"account": account, "components": COMPONENTS}
    return handle.client.v1.account_sessions.create(params).client_secret


def test_keys_do_not_match(stripe_emulator: StripeEmulator) -> None:
    created = secret(stripe_emulator)
    assert message(lambda: stripe_emulator.claim(created, "pk_test_other")) == shown("Keys that do not match")


def test_live_keys_are_refused(stripe_emulator: StripeEmulator) -> None:
    live = stripe.StripeClient("sk_live_999", base_addresses={"api": stripe_emulator.url})
    assert message(live.v1.accounts.retrieve_current) == shown("A live key is refused")


def test_a_secret_is_used_or_has_expired(stripe_emulator: StripeEmulator) -> None:
    used, late = secret(stripe_emulator), secret(stripe_emulator)
    stripe_emulator.claim(used)
    with pytest.raises(ClaimRefused) as refused:
        stripe_emulator.claim(used)
    assert str(refused.value) == shown("A client secret was used or has expired")
    stripe_emulator.advance(Settings().account_session_lifetime)
    assert message(lambda: stripe_emulator.claim(late)) == shown("A client secret was used or has expired", 1)


def test_a_policy_names_the_script_that_it_refuses() -> None:
    """The sentence is Chromium's: tests/browser/test_examples.py compares it."""
    assert f"'{pages.DEFAULT_URL}/v1.0/connect.js'" in shown("The page stays empty")


SELLER: Any = {
    "type": "custom",
    "country": "US",
    "business_type": "individual",
    "capabilities": {"transfers": {"requested": True}},
    "individual": {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "dob": {"day": 1, "month": 1, "year": 1901},
        "ssn_last_4": "0000",
        "address": {"line1": "address_full_match", "city": "San Francisco", "state": "CA", "postal_code": "94111"},
        "email": "jenny@example.com",
        "phone": "0000000000",
    },
    "business_profile": {"mcc": "5734", "url": "https://shop.test"},
    "tos_acceptance": {"date": 1_700_000_000, "ip": "8.8.8.8"},
    "external_account": {
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
        "account_number": "000123456789",
    },
}


def test_nothing_happens_under_a_frozen_clock(stripe_emulator: StripeEmulator) -> None:
    stripe_emulator.freeze()
    stripe_emulator.create_account(**SELLER)
    found = message(lambda: stripe_emulator.webhooks.wait("account.updated", timeout=0.1))
    assert found.replace("0.1", "5.0") == shown("The time is wrong")
    stripe_emulator.advance(60)
    assert stripe_emulator.webhooks.wait("account.updated")


def test_a_component_is_unknown_in_a_version(stripe_emulator: StripeEmulator) -> None:
    account = stripe_emulator.create_account(type="express")["id"]
    params: Any = {"account": account, "components": {"capital_financing": {"enabled": True}}}
    create = stripe_emulator.client.v1.account_sessions.create
    assert message(lambda: create(params)) == shown("Unknown in this version")
    version, beta = re.findall(r"`(2[\d-]+\.\w+(; \w+=\w+))`", TEXT)[0]
    assert create(params, {"stripe_version": version}).client_secret
    assert beta


def test_a_fault_matches_nothing(stripe_emulator: StripeEmulator) -> None:
    created = "/v1/account_sessions"
    account = stripe_emulator.create_account(type="express")["id"]
    stripe_emulator.reset()
    account = stripe_emulator.create_account(id=account, type="express")["id"]
    with (
        pytest.raises(AssertionError) as never,
        stripe_emulator.fault(error="lock_timeout", path="/v1/account_session", method="POST"),
    ):
        stripe.AccountSession.create(account=account, components=COMPONENTS)
    assert created in str(never.value)
    lines = [line for line in str(never.value).splitlines() if "/v1/accounts" not in line]
    assert lines == shown("A fault matches nothing").splitlines()


def test_a_notice_is_a_warning() -> None:
    with Server(Settings(port=0)) as server:
        client = stripe.StripeClient("sk_test_123", base_addresses={"api": server.url})
        with pytest.warns(UserWarning, match="Accounts v2") as warned:
            client.v1.accounts.create({"type": "express"})
    first_line = str(warned[0].message).splitlines()[0]
    assert f"{warned[0].category.__name__}: {first_line}" == shown("A warning fails the test")


def test_a_request_is_not_emulated(stripe_emulator: StripeEmulator) -> None:
    found = message(lambda: stripe_emulator.client.v1.tokens.create({"pii": {"id_number": "000000000"}}))
    assert found == shown("A request is not emulated")
    assert stripe_emulator.requests.where(status=501).one().path == "/v1/tokens"
