"""Making events of what is told, and handing them to those who want them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from emulator.events.origin import Origin
from emulator.events.telling import Told, tell
from emulator.sandbox import Sandbox
from emulator.store.events import Event
from emulator.store.rows import Account
from emulator.store.webhooks import WebhookEndpoint


def publish(sandbox: Sandbox, told: Iterable[Told], origin: Origin) -> None:
    """Stores events, and makes a delivery for each endpoint that wants one."""
    for item in told:
        event = Event(
            id=sandbox.ids.in_account("evt", origin.now, item.account),
            type=item.type,
            created=origin.now,
            account=item.account,
            request=origin.request,
            idempotency_key=origin.idempotency_key,
            api_version=sandbox.api_version,
            data=item.data,
        )
        for dropped in sandbox.events.add(event):
            sandbox.deliveries.drop_event(dropped)
        _send(sandbox, event, recipients(sandbox), sandbox.clock.now())


def _send(sandbox: Sandbox, event: Event, endpoints: Iterable[WebhookEndpoint], now: int) -> None:
    for endpoint in endpoints:
        if endpoint.wants(event.type, event.account):
            sandbox.deliveries.schedule(event.id, endpoint.id, now)
            sandbox.outbox.wait(sandbox.name, sandbox)


def resend(sandbox: Sandbox, event: Event, endpoint: WebhookEndpoint) -> None:
    """Sends an event once more, whether its endpoint has it already or never wanted it."""
    sandbox.deliveries.schedule(event.id, endpoint.id, sandbox.clock.now())
    sandbox.outbox.wait(sandbox.name, sandbox)


def recipients(sandbox: Sandbox) -> list[WebhookEndpoint]:
    """Every endpoint of a sandbox, oldest first, and the address of the setting `forward_to`."""
    own = list(sandbox.webhook_endpoints.newest_first())[::-1]
    return [*own, *((sandbox.outbox.forward,) if sandbox.outbox.forward else ())]


def recipient(sandbox: Sandbox, identifier: str) -> WebhookEndpoint | None:
    """One of them by its id."""
    return next((endpoint for endpoint in recipients(sandbox) if endpoint.id == identifier), None)


def foresee(sandbox: Sandbox, account: Account, now: int) -> None:
    """Notes when checks of an account will be over, so that their results are told as events."""
    for at in sorted({at for at in turns(account) if at > now}):
        sandbox.agenda.note(at, account.id)
        sandbox.outbox.wait(sandbox.name, sandbox)


def turns(account: Account) -> Iterator[int]:
    """The seconds at which an account changes without a request: checks end, and deadlines pass."""
    yield from account.ready.values()
    for person in account.persons:
        yield from person.ready.values()
    yield from (deadline for deadline in account.added.values() if deadline is not None)


def elapse(sandbox: Sandbox, now: int) -> None:
    """Tells what has happened to accounts by itself until now."""
    while (entry := sandbox.agenda.pop(now)) is not None:
        at, identifier = entry
        account = sandbox.accounts.get(identifier)
        publish(sandbox, tell(sandbox, account, account, at - 1, at) if account else (), Origin(at))
