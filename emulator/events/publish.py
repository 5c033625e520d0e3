"""Making events of what is told, and handing them to those who want them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from emulator.events import thin
from emulator.events.origin import Origin
from emulator.events.snapshots import NewEvent, tell
from emulator.sandbox.sandbox import Sandbox
from emulator.store.destinations import Receiver
from emulator.store.events import Event
from emulator.store.rows import Account


def tell_all(sandbox: Sandbox, rows: tuple[Account | None, Account | None], then: int, origin: Origin) -> None:
    """Publishes what differs between an account at the second `then` and now, in the words of both APIs."""
    before, after = rows
    publish(sandbox, tell(sandbox, before, after, then, origin.now), origin)
    account = after or before
    if account is not None and account.v2 is not None:
        publish(sandbox, thin.tell(thin.views_of(sandbox), before, after, then, origin.now), origin)


def publish(sandbox: Sandbox, told: Iterable[NewEvent], origin: Origin) -> None:
    """Stores events, and makes a delivery for each receiver that wants one."""
    for item in told:
        event = _event(sandbox, item, origin)
        sandbox.keep(event)
        for receiver in recipients(sandbox):
            if receiver.wants(event.type, event.account, thin=event.thin is not None):
                sandbox.send(event, receiver.id)


def _event(sandbox: Sandbox, item: NewEvent, origin: Origin) -> Event:
    snapshot = sandbox.ids.in_account("evt", origin.now, item.account) if item.thin is None else None
    return Event(
        id=snapshot or sandbox.ids.v2("evt", livemode=sandbox.livemode),
        type=item.type,
        created=origin.now,
        account=item.account,
        request=origin.request,
        idempotency_key=origin.idempotency_key,
        api_version=sandbox.api_version,
        data=item.data,
        thin=item.thin,
    )


def recipients(sandbox: Sandbox) -> list[Receiver]:
    """Every endpoint and then every destination of a sandbox, oldest first, and the addresses of the settings."""
    endpoints: list[Receiver] = [*reversed([*sandbox.webhook_endpoints.newest_first()])]
    destinations: list[Receiver] = [*reversed([*sandbox.event_destinations.newest_first()])]
    return [*endpoints, *destinations, *sandbox.delivery_queue.forwards]


def recipient(sandbox: Sandbox, identifier: str) -> Receiver | None:
    """One of them by its id."""
    return next((receiver for receiver in recipients(sandbox) if receiver.id == identifier), None)


def foresee(sandbox: Sandbox, account: Account, now: int) -> None:
    """Notes when checks of an account will be over, so that their results are told as events."""
    for at in sorted({at for at in turns(account) if at > now}):
        sandbox.timers.note(at, account.id)
        sandbox.delivery_queue.wait(sandbox.name, sandbox)


def turns(account: Account) -> Iterator[int]:
    """The seconds at which an account changes without a request: checks end, and deadlines pass."""
    yield from account.ready_at.values()
    for person in account.persons:
        yield from person.ready_at.values()
    yield from (deadline for deadline in account.added_requirements.values() if deadline is not None)


def elapse(sandbox: Sandbox, now: int) -> None:
    """Tells what has happened to accounts by itself until now."""
    while (entry := sandbox.timers.pop(now)) is not None:
        at, identifier = entry
        account = sandbox.accounts.get(identifier)
        if account is not None:
            tell_all(sandbox, (account, account), at - 1, Origin(at))
