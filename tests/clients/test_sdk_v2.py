"""Accounts v2 by the official clients for Python and Node.js, two major versions of each: one order and one report."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import stripe

from ..clients import install, transcript

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.handle import StripeEmulator

NOON = 1_893_499_200  # 2030-01-01 12:00:00
STAMP = "2030-01-01T12:00:00.000Z"
ORDER: dict[str, Any] = {
    "account": {
        "contact_email": "jenny@example.com",
        "dashboard": "express",
        "identity": {"country": "us", "entity_type": "company"},
        "configuration": {
            "merchant": {"capabilities": {"card_payments": {"requested": True}}},
            "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}},
        },
        "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
        "include": ["configuration.recipient", "requirements"],
    },
    "person": {"given_name": "Jenny", "surname": "Rosen", "relationship": {"owner": True, "percent_ownership": "12.5"}},
    "use_case": {
        "type": "account_onboarding",
        "account_onboarding": {
            "configurations": ["recipient", "merchant"],
            "refresh_url": "https://example.com/again",
        },
    },
}
REPORT = {
    "object": "v2.core.account",
    "created": STAMP,
    "applied": ["recipient", "merchant"],
    "due": [
        "configuration.merchant.mcc",
        "configuration.merchant.statement_descriptor.descriptor",
        "defaults.profile.business_url",
    ],
    "states": ["restricted", "restricted"],
    "not_included": None,
    "person": ["v2.core.account_person", "Jenny", "12.5", STAMP],
    "persons": ["Rosen"],
    "link": ["v2.core.account_link", "2030-01-01T12:05:00.000Z", ["setup", "e"], ["recipient", "merchant"]],
    "changed": ["Rosen", {"a": "b"}],
    "listed": [13, True],
    "kept": [True],
    "gone": "v2.core.account_person",
    "mismatch": [
        400,
        "configs_must_match_to_close",
        "The configurations in the request must match the applied configurations on the account in order to close it.",
    ],
    "unknown": [404, "not_found", "No such account: 'acct_123'"],
    "untyped": [400, "invalid_fields", "Some fields in the request were invalid: 'display_name: Expected a string.'"],
    "closed": True,
    "open": 12,
}
NODE, PYTHON = "accounts_v2.js", "accounts_v2.py"


def report(emulator: StripeEmulator, command: list[str | Path], environment: dict[str, str]) -> Any:
    emulator.freeze(NOON)
    order = {"url": emulator.url, "key": emulator.api_key, **ORDER}
    return transcript.sent_on(command, environment, order)


def test_the_client_for_python(stripe_emulator: StripeEmulator) -> None:
    assert report(stripe_emulator, [sys.executable, PYTHON], {}) == REPORT


def test_the_client_before_it(stripe_emulator: StripeEmulator) -> None:
    path = {"PYTHONPATH": str(transcript.installed(install.PYTHON))}
    assert report(stripe_emulator, [sys.executable, PYTHON], path) == REPORT


@pytest.mark.parametrize("package", ["stripe-22", "stripe-23"])
def test_the_clients_for_node(stripe_emulator: StripeEmulator, package: str) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    assert report(stripe_emulator, ["node", NODE, modules / package], {}) == REPORT


CONFLICT = """
const {default: Stripe} = await import(process.argv[2] + "/esm/stripe.esm.node.js");
const stripe = new Stripe(process.argv[3], {host: "127.0.0.1", port: process.argv[4], protocol: "http", maxNetworkRetries: 2});
const create = (email) => stripe.v2.core.accounts.create({contact_email: email}, {idempotencyKey: "order-1"});
await create("jenny@example.com");
const error = await create("anna@example.com").catch((error) => error);
console.log(error.type, error.statusCode);
"""


def test_stripe_python_raises_its_idempotency_error_and_does_not_retry(stripe_emulator: StripeEmulator) -> None:
    client = stripe_emulator.client
    retrying: Any = {"idempotency_key": "order-1", "max_network_retries": 2}
    client.v2.core.accounts.create({"contact_email": "jenny@example.com"}, retrying)
    with pytest.raises(stripe.IdempotencyError) as raised:
        client.v2.core.accounts.create({"contact_email": "anna@example.com"}, retrying)
    assert (raised.value.http_status, raised.value.code) == (409, "idempotency_error")
    assert [request.status for request in stripe_emulator.requests] == [200, 409]


@pytest.mark.parametrize("package", ["stripe-22", "stripe-23"])
def test_stripe_node_raises_its_idempotency_error_and_does_not_retry(
    stripe_emulator: StripeEmulator, package: str, tmp_path: Path
) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    script = tmp_path / "conflict.mjs"
    script.write_text(CONFLICT)
    port = str(urlsplit(stripe_emulator.url).port)
    command = ["node", str(script), str(modules / package), stripe_emulator.api_key, port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "StripeIdempotencyError 409\n", done.stderr
    assert [request.status for request in stripe_emulator.requests] == [200, 409]
