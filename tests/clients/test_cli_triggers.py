"""`stripe trigger` of the official CLI, with its own fixtures: each event about money happens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from emulator.client import EmulatorClient
from emulator.server import Server
from emulator.settings import Settings

from .stripe_cli import cli

# The CLI sends no `Stripe-Version`, so that the account's default version decides.
EVENTS = """
    balance.available cash_balance.funds_available charge.captured charge.dispute.closed charge.dispute.created
    charge.dispute.updated charge.failed charge.refund.updated charge.refunded charge.succeeded customer.created
    customer.deleted customer.source.created customer.source.updated customer.updated
    customer_cash_balance_transaction.created payment_intent.amount_capturable_updated payment_intent.canceled
    payment_intent.created payment_intent.payment_failed payment_intent.processing payment_intent.requires_action
    payment_intent.succeeded payment_method.attached payment_method.detached payout.created payout.updated
    setup_intent.canceled setup_intent.created setup_intent.setup_failed setup_intent.succeeded topup.created
""".split()
# The fixtures of these confirm an intent with neither `return_url` nor `allow_redirects`, which Stripe refuses from
# 2023-08-16 on (official).
UNTIL_2023 = ("payment_method.updated", "setup_intent.requires_action")
# The fixtures of these give customers a coupon, which Stripe refuses from 2025-03-31 on (official).
UNTIL_2025 = ("customer.discount.created", "customer.discount.deleted", "customer.discount.updated")
OLD = ("--api-version", "2022-11-15")
# The fixtures of these transfer 10.00 after a charge of 10.00, whose fee is missing on an account without other money.
TRANSFERS = ("transfer.created", "transfer.reversed", "transfer.updated")
# The fixtures of these are refused: their parameters are not in Stripe's published API, or no longer.
REFUSED: Mapping[str, str] = {
    "payment_intent.partially_funded": "Invalid type: must be one of eu_bank_transfer, gb_bank_transfer, jp_bank_transfer",
}
ABOUT_MONEY = re.compile(
    r"^  ((?:balance|cash_balance|charge|customer|customer_cash_balance_transaction|dispute|payment_intent"
    r"|payment_method|payout|refund|setup_intent|topup|transfer)\.(?!subscription)\S+)$",
    re.MULTILINE,
)


# Events of subscriptions, and two files whose events are those of invoices.
SUBSCRIPTIONS = """
    customer.subscription.created customer.subscription.deleted customer.subscription.paused
    customer.subscription.trial_will_end customer.subscription.updated
""".split()
PAYMENTS = {
    "subscription.payment_failed": "invoice.payment_failed",
    "subscription.payment_succeeded": "invoice.payment_succeeded",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Settings(port=0)) as running:
        yield running


@pytest.fixture
def client(server: Server, request: pytest.FixtureRequest) -> EmulatorClient:
    """A sandbox of its own for each test."""
    return EmulatorClient(server.url, f"sk_test_{abs(hash(request.node.nodeid)):x}")


def trigger(client: EmulatorClient, folder: Path, event: str, *words: str) -> list[object]:
    """The types of the events after a trigger."""
    done = cli(client, folder, "trigger", event, *words)
    assert done.returncode == 0, done.stderr + done.stdout
    return [each["type"] for each in client.webhooks.events()]


@pytest.mark.parametrize("event", EVENTS)
def test_the_cli_triggers_an_event(client: EmulatorClient, tmp_path: Path, event: str) -> None:
    assert event in trigger(client, tmp_path, event)


@pytest.mark.parametrize(("event", "kind"), [*((each, each) for each in SUBSCRIPTIONS), *PAYMENTS.items()])
def test_the_cli_triggers_an_event_of_a_subscription(
    client: EmulatorClient, tmp_path: Path, event: str, kind: str
) -> None:
    assert kind in trigger(client, tmp_path, event)


@pytest.mark.parametrize("event", UNTIL_2023)
def test_the_cli_triggers_an_event_at_a_version_without_automatic_payment_methods(
    client: EmulatorClient, tmp_path: Path, event: str
) -> None:
    assert event in trigger(client, tmp_path, event, *OLD)
    refused = cli(client, tmp_path, "trigger", event)
    assert refused.returncode == 1
    assert "you must provide a `return_url`" in refused.stdout + refused.stderr


@pytest.mark.parametrize("event", UNTIL_2025)
def test_the_cli_triggers_an_event_at_a_version_with_discounts_of_customers(
    client: EmulatorClient, tmp_path: Path, event: str
) -> None:
    assert trigger(client, tmp_path, event, *OLD).count(event) == 1
    refused = cli(client, tmp_path, "trigger", event)
    assert refused.returncode == 1
    assert "Received unknown parameter: coupon" in refused.stdout + refused.stderr


@pytest.mark.parametrize("event", TRANSFERS)
def test_the_cli_triggers_a_transfer_on_an_account_with_money(
    client: EmulatorClient, tmp_path: Path, event: str
) -> None:
    poor = cli(client, tmp_path, "trigger", event, *OLD)
    assert "You have insufficient available funds in your Stripe account." in poor.stdout + poor.stderr
    client.load(
        {
            "fixtures": [
                {
                    "name": "money",
                    "path": "/v1/charges",
                    "method": "post",
                    "params": {"amount": 5000, "currency": "usd", "source": "tok_bypassPending"},
                }
            ]
        }
    )
    assert event in trigger(client, tmp_path, event, *OLD)


@pytest.mark.parametrize("event", REFUSED)
def test_a_fixture_of_the_cli_is_refused(client: EmulatorClient, tmp_path: Path, event: str) -> None:
    done = cli(client, tmp_path, "trigger", event)
    assert done.returncode == 1
    assert REFUSED[event] in done.stdout + done.stderr


def test_every_trigger_about_money_is_tested(client: EmulatorClient, tmp_path: Path) -> None:
    offered = ABOUT_MONEY.findall(cli(client, tmp_path, "trigger", "--help").stdout)
    assert sorted(offered) == sorted([*EVENTS, *UNTIL_2023, *UNTIL_2025, *TRANSFERS, *REFUSED])
