"""Thin events over real sockets: delivered, verified, fetched and listed by the official SDKs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import stripe
from stripe.events import (
    V2CoreAccountCreatedEventNotification,
    V2CoreAccountUpdatedEvent,
    V2CoreEventDestinationPingEventNotification,
)

from emulator.client import EmulatorClient, EmulatorError
from emulator.server import Server
from emulator.settings import Settings

from ..clients import install, transcript
from ..webhooks.test_delivery import Receiver, register, rename, settled, until

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

ACCOUNT: Any = {
    "contact_email": "jenny@example.com",
    "dashboard": "express",
    "identity": {"country": "us", "entity_type": "company"},
    "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
    "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def destination(emulator: StripeEmulator, url: str, **params: Any) -> Any:
    wanted: Any = {
        "name": "Test",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v2.core.account.created", "v2.core.account.updated"],
        "events_from": ["@accounts"],
        "webhook_endpoint": {"url": url},
        "include": ["webhook_endpoint.signing_secret"],
        **params,
    }
    return emulator.client.v2.core.event_destinations.create(wanted)


def secret_of(made: Any) -> str:
    return str(made.webhook_endpoint.signing_secret)


def test_stripe_python_parses_a_thin_event_and_retrieves_it(
    stripe_emulator: StripeEmulator, receiver: Receiver
) -> None:
    client = stripe_emulator.client
    secret = secret_of(destination(stripe_emulator, receiver.url))
    account = client.v2.core.accounts.create(ACCOUNT)
    client.v2.core.accounts.update(account.id, {"display_name": "Shop"}, {"idempotency_key": "once"})
    until(lambda: len(receiver.got) == 2)
    created, updated = (
        client.parse_event_notification(sent.body, sent.headers["Stripe-Signature"], secret) for sent in receiver.got
    )
    assert isinstance(created, V2CoreAccountCreatedEventNotification)
    assert created.fetch_related_object().id == account.id
    assert (updated.type, updated.context, updated.livemode) == ("v2.core.account.updated", None, False)
    assert updated.reason is not None
    assert updated.reason.request is not None
    assert updated.reason.request.idempotency_key == "once"
    event = cast("V2CoreAccountUpdatedEvent", updated.fetch_event())
    assert event.to_dict() == {
        "id": updated.id,
        "object": "v2.core.event",
        "changes": {"after": {"display_name": "Shop"}, "before": {"display_name": None}},
        "context": None,
        "created": updated.created,
        "data": None,
        "livemode": False,
        "reason": {
            "type": "request",
            "request": {"id": updated.reason.request.id, "idempotency_key": "once"},
        },
        "related_object": {
            "id": account.id,
            "type": "v2.core.account",
            "url": f"/v2/core/accounts/{account.id}",
        },
        "type": "v2.core.account.updated",
    }
    assert event.fetch_related_object().display_name == "Shop"
    sent = receiver.got[1]
    assert sent.event == {name: value for name, value in event.to_dict().items() if name not in ("changes", "data")}
    with pytest.raises(ValueError, match="thin event notification"):
        client.construct_event(sent.body, sent.headers["Stripe-Signature"], secret)
    with pytest.raises(stripe.SignatureVerificationError):
        client.parse_event_notification(sent.body + b" ", sent.headers["Stripe-Signature"], secret)


def test_stripe_python_pings_and_lists(stripe_emulator: StripeEmulator, receiver: Receiver) -> None:
    core = stripe_emulator.client.v2.core
    made = destination(stripe_emulator, receiver.url)
    pings = [core.event_destinations.ping(made.id).id for _ in range(5)]
    until(lambda: len(receiver.got) == 5)
    sent = receiver.got[0]
    signature = sent.headers["Stripe-Signature"]
    found = stripe_emulator.client.parse_event_notification(sent.body, signature, secret_of(made))
    assert isinstance(found, V2CoreEventDestinationPingEventNotification)
    assert (found.id, found.fetch_event().id, found.fetch_related_object().id) == (pings[0], pings[0], made.id)
    listed = core.events.list({"limit": 2, "object_id": made.id, "types": ["v2.core.event_destination.ping"]})
    assert [event.id for event in listed.auto_paging_iter()] == pings[::-1]
    assert [row.id for row in core.event_destinations.list({"limit": 1}).auto_paging_iter()] == [made.id]
    assert core.event_destinations.disable(made.id).status == "disabled"
    assert core.event_destinations.delete(made.id).id == made.id
    with pytest.raises(stripe.InvalidRequestError, match="No such event destination") as caught:
        core.event_destinations.retrieve(made.id)
    assert (caught.value.code, caught.value.http_status) == ("not_found", 404)


@pytest.mark.parametrize("package", ["stripe-22", "stripe-23"])
def test_stripe_node_parses_pings_and_lists_thin_events(
    stripe_emulator: StripeEmulator, receiver: Receiver, package: str
) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    secret = secret_of(destination(stripe_emulator, receiver.url, enabled_events=["v2.core.account.updated"]))
    core = stripe_emulator.client.v2.core
    account = core.accounts.create(ACCOUNT)
    for name in ("A", "B", "C"):
        core.accounts.update(account.id, {"display_name": name}, {"idempotency_key": name})
    until(lambda: len(receiver.got) == 3)
    sent = receiver.got[0]
    given = {
        "url": stripe_emulator.url,
        "key": stripe_emulator.api_key,
        "body": sent.body.decode(),
        "signature": sent.headers["Stripe-Signature"],
        "secret": secret,
    }
    script = Path(__file__).parents[1] / "clients" / "thin.js"
    done = subprocess.run(
        ["node", script, modules / package],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "notification": ["v2.core.account.updated", None, "A"],
        "event": [True, None, {"after": {"display_name": "A"}, "before": {"display_name": None}}],
        "related": ["v2.core.account", True],
        "made": ["Node", {"signing_secret": None, "url": "http://127.0.0.1:9/hook"}],
        "updated": {"a": "b"},
        "ping": ["v2.core.event_destination.ping", True, True],
        "statuses": ["disabled", {"disabled": {"reason": "user"}}, "enabled"],
        "listed": ["v2.core.event_destination.ping", *["v2.core.account.updated"] * 3],
        "deleted": ["v2.core.event_destination", True],
        "missing": ["StripeInvalidRequestError", "not_found", 404],
    }


def test_snapshot_destinations_get_events_of_v1_as_endpoints_do(
    stripe_emulator: StripeEmulator, receiver: Receiver
) -> None:
    wanted: Any = {"event_payload": "snapshot", "enabled_events": ["account.updated"]}
    destinations: dict[str, dict[str, Any]] = {
        "accounts": {"snapshot_api_version": "2023-10-16"},
        "self": {"events_from": ["@self"]},
        "both": {"events_from": ["@self", "@accounts"], "enabled_events": ["*"]},
        "thin": {"event_payload": "thin", "enabled_events": ["v2.core.account.updated"]},
    }
    for name, params in destinations.items():
        made = destination(stripe_emulator, f"{receiver.url}/{name}", **{**wanted, **params})
        if name == "accounts":
            secret = secret_of(made)
    register(stripe_emulator, f"{receiver.url}/v1")
    account = stripe_emulator.create_account(type="standard")["id"]
    stripe_emulator.client.v1.accounts.update(account, {"metadata": {"name": "Zoë"}})
    settled_rows = settled(stripe_emulator)
    got = {sent.path.removeprefix("/hook/"): sent for sent in receiver.got}
    assert (sorted(got), len(settled_rows)) == (["accounts", "both", "v1"], 3)
    sent = got["accounts"]
    event = stripe.Webhook.construct_event(sent.body, sent.headers["Stripe-Signature"], secret)
    assert (event.api_version, event.account, event.livemode) == ("2023-10-16", account, False)
    assert len({sent.event["id"] for sent in receiver.got}) == 1


def test_a_disabled_destination_gets_no_events_until_it_is_enabled(
    stripe_emulator: StripeEmulator, receiver: Receiver
) -> None:
    core = stripe_emulator.client.v2.core
    made = destination(stripe_emulator, receiver.url)
    core.event_destinations.disable(made.id)
    core.accounts.create(ACCOUNT)
    core.event_destinations.enable(made.id)
    second = core.accounts.create(ACCOUNT)
    settled(stripe_emulator)
    assert [sent.event["related_object"]["id"] for sent in receiver.got] == [second.id]


def test_a_thin_delivery_is_retried_and_can_be_resent(stripe_emulator: StripeEmulator) -> None:
    with Receiver(500, 200) as flaky:
        made = destination(stripe_emulator, flaky.url, enabled_events=["v2.core.account.created"])
        stripe_emulator.client.v2.core.accounts.create(ACCOUNT)
        (row,) = settled(stripe_emulator)
        assert (row["type"], row["state"]) == ("v2.core.account.created", "pending")
        stripe_emulator.advance(600)
        assert settled(stripe_emulator, 2)[0]["state"] == "succeeded"
        assert stripe_emulator.webhooks.resend(row["event"]) == [made.id]
        until(lambda: len(flaky.got) == 3)
    assert len({sent.body for sent in flaky.got}) == 1
    (shown,) = stripe_emulator.webhooks.endpoints
    assert (shown["id"], shown["object"], shown["url"], shown["secret"]) == (
        made.id,
        "v2.core.event_destination",
        flaky.url,
        secret_of(made),
    )


def test_an_event_is_not_resent_to_a_receiver_of_the_other_payload(
    stripe_emulator: StripeEmulator, receiver: Receiver
) -> None:
    hook = {"url": receiver.url, "enabled_events": ["*"], "connect": True}
    snapshots = stripe_emulator.client.v1.webhook_endpoints.create(hook)  # type: ignore[arg-type]
    thin = destination(stripe_emulator, receiver.url, enabled_events=["v2.core.account.closed"])
    rename(stripe_emulator, str(stripe_emulator.create_account(type="standard")["id"]), "a")
    stripe_emulator.client.v2.core.accounts.create(ACCOUNT)
    ids = {event["type"]: event["id"] for event in stripe_emulator.webhooks.events()}
    for event, to in ((ids["account.updated"], thin.id), (ids["v2.core.account.created"], snapshots.id)):
        with pytest.raises(EmulatorError) as refused:
            stripe_emulator.webhooks.resend(event, to)
        assert refused.value.code == "incompatible_payload"


def test_thin_events_are_forwarded_to_a_url_of_their_own(receiver: Receiver) -> None:
    forwards: dict[str, Any] = {"forward_to": f"{receiver.url}/snapshot", "forward_thin_to": f"{receiver.url}/thin"}
    with Server(Settings(port=0, webhook_secret="whsec_forwarded", **forwards)) as server:
        client = EmulatorClient(server.url, "sk_test_a")
        account = client.create_account(type="standard")["id"]
        sdk = stripe.StripeClient("sk_test_a", base_addresses={"api": server.url})
        sdk.v1.accounts.update(account, {"metadata": {"a": "b"}})
        sdk.v2.core.accounts.create(ACCOUNT)
        until(lambda: len(receiver.got) == 3)
        shown = [(endpoint["id"], endpoint["url"]) for endpoint in client.webhooks.endpoints]
    assert shown == list(forwards.items())
    assert sorted((sent.path, sent.event["type"]) for sent in receiver.got) == [
        ("/hook/snapshot", "account.updated"),
        ("/hook/thin", "v2.core.account.created"),
        ("/hook/thin", "v2.core.account[configuration.recipient].updated"),
    ]
    sent = next(sent for sent in receiver.got if sent.event["type"] == "v2.core.account.created")
    found = sdk.parse_event_notification(sent.body, sent.headers["Stripe-Signature"], "whsec_forwarded")
    assert found.type == "v2.core.account.created"


def test_the_handle_lists_thin_events(stripe_emulator: StripeEmulator) -> None:
    account = stripe_emulator.client.v2.core.accounts.create(ACCOUNT).id
    event = stripe_emulator.webhooks.wait("v2.core.account.created", account=account)
    payload, signature = stripe_emulator.webhooks.payload_and_signature(event, "whsec_test")
    found = stripe_emulator.client.parse_event_notification(payload, signature, "whsec_test")
    assert isinstance(found, V2CoreAccountCreatedEventNotification)
    assert found.fetch_related_object().id == account
    assert stripe_emulator.webhooks.events("v2.core.*", account="acct_other") == []
