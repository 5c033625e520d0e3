"""`stripe trigger` of the official CLI, with its own fixtures: each event about billing happens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from emulator.client import EmulatorClient
from emulator.server import Server
from emulator.settings import Settings

from .stripe_cli import cli
from .test_cli_triggers import OLD, trigger

# The CLI sends no `Stripe-Version`, so that the account's default version decides.
EVENTS = """
    billing_portal.configuration.created billing_portal.configuration.updated billing_portal.session.created
    checkout.session.completed checkout.session.expired coupon.created coupon.deleted coupon.updated
    credit_note.created credit_note.updated credit_note.voided customer.subscription.created
    customer.subscription.deleted customer.subscription.paused customer.subscription.trial_will_end
    customer.subscription.updated invoice.created invoice.deleted invoice.finalized invoice.marked_uncollectible
    invoice.paid invoice.payment_action_required invoice.payment_failed invoice.payment_succeeded invoice.sent
    invoice.updated invoice.voided invoiceitem.created invoiceitem.deleted payment_link.created payment_link.updated
    plan.created plan.deleted plan.updated price.created price.updated product.created product.deleted product.updated
    quote.accepted quote.canceled quote.created quote.finalized subscription_schedule.aborted tax_rate.created
    tax_rate.updated test_helpers.test_clock.advancing test_helpers.test_clock.created test_helpers.test_clock.deleted
    test_helpers.test_clock.ready
""".split()
# The fixtures of these have parameters that Stripe refuses at newer versions, by the words of the refusal.
UNTIL_2025: Mapping[str, str] = {
    **dict.fromkeys(("promotion_code.created", "promotion_code.updated"), "Received unknown parameter: coupon"),
    **{
        f"subscription_schedule.{name}": "phases[0][iterations]"
        for name in ("canceled", "completed", "created", "released", "updated")
    },
}
# These are names of fixtures, and cause events of other names.
OTHER_NAMES: Mapping[str, str] = {
    "subscription.payment_failed": "invoice.payment_failed",
    "subscription.payment_succeeded": "invoice.payment_succeeded",
}
# Payments by a bank account that take days: the event follows when the sandbox's clock is moved.
LATER = ("checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded")
# Advances a test clock to nine days before the end of the schedule; the event comes seven days before (official).
NEVER = ("subscription_schedule.expiring",)
ABOUT_BILLING = re.compile(
    r"^  ((?:billing_portal|checkout|coupon|credit_note|customer\.subscription|invoice|invoiceitem|payment_link|plan"
    r"|price|product|promotion_code|quote|subscription|subscription_schedule|tax_rate|test_helpers)\.\S+)$",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Settings(port=0)) as running:
        yield running


@pytest.fixture
def client(server: Server, request: pytest.FixtureRequest) -> EmulatorClient:
    """A sandbox of its own for each test."""
    return EmulatorClient(server.url, f"sk_test_{abs(hash(request.node.nodeid)):x}")


@pytest.mark.parametrize("event", EVENTS)
def test_the_cli_triggers_an_event_of_billing(client: EmulatorClient, tmp_path: Path, event: str) -> None:
    assert event in trigger(client, tmp_path, event)


@pytest.mark.parametrize("event", UNTIL_2025)
def test_the_cli_triggers_an_event_at_a_version_that_takes_its_parameters(
    client: EmulatorClient, tmp_path: Path, event: str
) -> None:
    assert event in trigger(client, tmp_path, event, *OLD)
    refused = cli(client, tmp_path, "trigger", event)
    assert refused.returncode == 1
    assert UNTIL_2025[event] in refused.stdout + refused.stderr


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_a_fixture_of_the_cli_causes_an_event_of_another_name(
    client: EmulatorClient, tmp_path: Path, name: str
) -> None:
    assert OTHER_NAMES[name] in trigger(client, tmp_path, name)


@pytest.mark.parametrize("event", LATER)
def test_an_event_follows_in_time(client: EmulatorClient, tmp_path: Path, event: str) -> None:
    assert event not in trigger(client, tmp_path, event)
    client.advance(10 * 86_400)
    assert event in [each["type"] for each in client.webhooks.events()]


@pytest.mark.parametrize("event", NEVER)
def test_a_fixture_of_the_cli_succeeds_without_its_event(client: EmulatorClient, tmp_path: Path, event: str) -> None:
    assert event not in trigger(client, tmp_path, event)


def test_every_trigger_about_billing_is_tested(client: EmulatorClient, tmp_path: Path) -> None:
    offered = ABOUT_BILLING.findall(cli(client, tmp_path, "trigger", "--help").stdout)
    assert sorted(offered) == sorted([*EVENTS, *UNTIL_2025, *OTHER_NAMES, *LATER, *NEVER])
