"""The one task of a server that delivers events to webhook endpoints and event destinations, and tries again.

What is due follows from the stored times and the sandbox's clock, so that a clock that a test moves brings the retries
with it. An endpoint gets its events one at a time, in their order (our choice: Stripe promises none); a slow or dead
one holds up nobody else.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from emulator.events import elapse
from emulator.events.publish import recipient
from emulator.resources.core.events import delivered
from emulator.sandbox.delivery_queue import DeliveryQueue
from emulator.sandbox.observers import Observers
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import Event
from emulator.store.webhooks import Attempt, Delivery
from emulator.webhooks.sender import Sender
from emulator.wire.json import dump

log = logging.getLogger("emulator.client.webhooks")
CONCURRENCY = 64
# Seconds from each failed try to the next one. Test mode: three retries over a few hours; live mode: up to three days
# with growing pauses (both official). How long each pause is, is our choice.
TEST_RETRIES = (600, 3600, 7200)
LIVE_RETRIES = (3600, 7200, 14_400, 28_800, 57_600, 115_200)


class Dispatcher:
    """Delivers what waits in an delivery_queue while it runs."""

    def __init__(
        self, delivery_queue: DeliveryQueue[Sandbox], *, public: bool = False, observers: Observers | None = None
    ) -> None:
        self._outbox = delivery_queue
        self._observers = Observers() if observers is None else observers
        self._post = Sender(public=public)
        self._bell = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Until it is cancelled; then drops what is under way."""
        self._outbox.answer(self._bell.set)
        try:
            while True:
                self._bell.clear()
                await self._rest(self._round())
        finally:
            self._outbox.answer(None)
            for task in self._tasks:
                task.cancel()
            await self._post.close()

    async def _rest(self, seconds: int | None) -> None:
        """Waits for the bell, and no longer than until the next delivery is due."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()

    def _round(self) -> int | None:
        """Sends what is due, and says in how many seconds more will be; None when only a bell can tell."""
        pauses = [self._visit(sandbox) for sandbox in self._outbox.waiting()]
        return min((pause for pause in pauses if pause is not None), default=None)

    def _visit(self, sandbox: Sandbox) -> int | None:
        now = sandbox.clock.now()
        try:
            elapse(sandbox, now)
        except Exception:  # one sandbox must not stop the deliveries of all
            log.exception("telling the events of %s failed", sandbox.name)
        due = sandbox.deliveries.due(now)
        for delivery in due:
            self._start(sandbox, delivery)
        later = [at for at in (sandbox.deliveries.next_due(now), sandbox.timers.next()) if at is not None]
        if not due and not later and not sandbox.deliveries.sending:
            self._outbox.forget(sandbox.name)
        return min(later) - now if later and sandbox.clock.mode == "running" else None

    def _start(self, sandbox: Sandbox, delivery: Delivery) -> None:
        way = (sandbox.name, delivery.endpoint)
        if way in self._busy or len(self._tasks) >= CONCURRENCY:
            return  # the end of another delivery rings the bell
        self._busy.add(way)
        sandbox.deliveries.send(delivery)
        task = asyncio.get_running_loop().create_task(self._deliver(sandbox, delivery))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._end(done, way))

    def _end(self, task: asyncio.Task[None], way: tuple[str, str]) -> None:
        self._tasks.discard(task)
        self._busy.discard(way)
        self._bell.set()
        self._observers.notify(changed=True)

    async def _deliver(self, sandbox: Sandbox, delivery: Delivery) -> None:
        endpoint, event = recipient(sandbox, delivery.endpoint), sandbox.events.get(delivery.event)
        if endpoint is None or endpoint.disabled or event is None:
            sandbox.deliveries.record(delivery, None, None)
            return
        payload = dump(delivered(sandbox, event, endpoint.api_version))
        now = sandbox.clock.now()
        attempt = await self._post.send(endpoint, payload, now, livemode=sandbox.livemode)
        log_try(endpoint.url, event, attempt)
        sandbox.deliveries.record(delivery, attempt, retry_at(delivery, attempt, livemode=sandbox.livemode))


def log_try(url: str, event: Event, attempt: Attempt) -> None:
    """One log line for each try: where, status, milliseconds, event, error; a failed one is a warning."""
    fields = {
        "webhook": url,
        "status": attempt.status,
        "ms": attempt.milliseconds,
        "event": event.id,
        "type": event.type,
        "account": event.account,
        "error": attempt.error,
    }
    words = [f"{value}ms" if name == "ms" else str(value) for name, value in fields.items() if value is not None]
    level = logging.INFO if attempt.error is None else logging.WARNING
    log.log(level, "webhook %s", " ".join(words), extra={"fields": fields})


def retry_at(delivery: Delivery, attempt: Attempt, *, livemode: bool) -> int | None:
    """When to try again after an attempt, in unix seconds; None when it went well or was the last one."""
    pauses = LIVE_RETRIES if livemode else TEST_RETRIES
    if attempt.error is None or delivery.tries >= len(pauses):
        return None
    return attempt.at + pauses[delivery.tries]
