"""The background task of a server that sends events to webhook endpoints and event destinations, with retries.

Due times are in the sandbox's time, so that a test triggers retries by moving the clock. Deliveries run in parallel: a
request to an endpoint begins when the one before is written, so that they arrive in order (our choice: Stripe promises
none), and a slow handler delays neither later events nor other endpoints until its endpoint has `MOST_OF_RECEIVER`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from functools import partial

from emulator.events import is_behind
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
Route = tuple[Sandbox, str]  # a receiver of a sandbox; one that was reset is another
CONCURRENCY = 64  # deliveries in flight
MOST_OF_RECEIVER = 16  # of them to one receiver
PATIENCE_SECONDS = 0.1  # for a response before the next delivery begins: quick handlers get events in order
# Seconds from each failed attempt to the next one. Test mode: three retries over a few hours; live mode: up to three
# days with growing pauses (both official). The length of each pause is our choice.
TEST_RETRIES = (600, 3600, 7200)
LIVE_RETRIES = (3600, 7200, 14_400, 28_800, 57_600, 115_200)


class Dispatcher:
    """Sends the deliveries of the sandboxes in a queue while it runs."""

    def __init__(
        self, delivery_queue: DeliveryQueue[Sandbox], *, public: bool = False, observers: Observers | None = None
    ) -> None:
        self._queue = delivery_queue
        self._observers = Observers() if observers is None else observers
        self._sender = Sender(public=public)
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight: Counter[Route] = Counter()
        self._writing: dict[Route, Delivery] = {}

    async def run(self) -> None:
        """Run until cancelled, which drops deliveries in flight."""
        self._queue.subscribe(self._wake.set)
        try:
            while True:
                self._wake.clear()
                await self._pause(self._send_due())
        finally:
            self._queue.subscribe(None)
            for task in self._tasks:
                task.cancel()
            await self._sender.close()

    async def _pause(self, seconds: int | None) -> None:
        """Wait until something changes, or until the next delivery is due; for one round of the event loop at least."""
        await asyncio.sleep(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _send_due(self) -> int | None:
        """Start the deliveries that are due. Returns the seconds until the next one, None if unknown."""
        pauses = [self._send_due_of(sandbox) for sandbox in self._queue.waiting()]
        return min((pause for pause in pauses if pause is not None), default=None)

    def _send_due_of(self, sandbox: Sandbox) -> int | None:
        now = sandbox.clock.now()
        try:
            behind = is_behind(sandbox, now)
        except Exception:  # a failure in one sandbox must not stop the others
            log.exception("the events of %s failed", sandbox.name)
            behind = False
        due = sandbox.deliveries.due(now)
        for delivery in due:
            self._start(sandbox, delivery)
        later = [at for at in (sandbox.deliveries.next_due(now), sandbox.timers.next()) if at is not None]
        if not due and not later and not sandbox.deliveries.sending:
            self._queue.remove(sandbox.name)
        if behind:
            return 0
        return min(later) - now if later and sandbox.clock.mode == "running" else None

    def _start(self, sandbox: Sandbox, delivery: Delivery) -> None:
        route = (sandbox, delivery.endpoint)
        if route in self._writing or self._in_flight[route] >= MOST_OF_RECEIVER or len(self._tasks) >= CONCURRENCY:
            return  # the progress of another delivery wakes the dispatcher
        self._writing[route] = delivery
        self._in_flight[route] += 1
        sandbox.deliveries.send(delivery)
        task = asyncio.get_running_loop().create_task(self._deliver(sandbox, delivery))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._end(done, route, delivery))

    def _written(self, route: Route, delivery: Delivery) -> None:
        """Let the next delivery to the receiver begin soon; while freezegun stops time, at the end of this one."""
        asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._release, route, delivery)

    def _release(self, route: Route, delivery: Delivery) -> None:
        """Let the next delivery to the receiver begin, the first time that this is called for one."""
        if self._writing.get(route) is delivery:
            del self._writing[route]
            self._wake.set()

    def _end(self, task: asyncio.Task[None], route: Route, delivery: Delivery) -> None:
        self._tasks.discard(task)
        self._release(route, delivery)
        self._in_flight[route] -= 1
        self._in_flight += Counter()  # without those at zero, which would keep dropped sandboxes
        self._wake.set()
        self._observers.notify(changed=True)

    async def _deliver(self, sandbox: Sandbox, delivery: Delivery) -> None:
        endpoint, event = recipient(sandbox, delivery.endpoint), sandbox.events.get(delivery.event)
        if endpoint is None or endpoint.disabled or event is None:
            sandbox.deliveries.record(delivery, None, None)
            return
        payload = dump(delivered(sandbox, event, endpoint.api_version))
        now = sandbox.clock.now()
        written = partial(self._written, (sandbox, delivery.endpoint), delivery)
        attempt = await self._sender.send(endpoint, payload, now, livemode=sandbox.livemode, written=written)
        log_attempt(endpoint.url, event, attempt)
        sandbox.deliveries.record(delivery, attempt, retry_at(delivery, attempt, livemode=sandbox.livemode))


def log_attempt(url: str, event: Event, attempt: Attempt) -> None:
    """Log an attempt: URL, status, milliseconds, event, error. A failed one is a warning."""
    fields = {
        "webhook": url,
        "status": attempt.status,
        "ms": attempt.milliseconds,
        "event": event.id,
        "type": event.type,
        "account": event.account,
        "error": attempt.error,
    }
    parts = [f"{value}ms" if name == "ms" else str(value) for name, value in fields.items() if value is not None]
    level = logging.INFO if attempt.error is None else logging.WARNING
    log.log(level, "webhook %s", " ".join(parts), extra={"fields": fields})


def retry_at(delivery: Delivery, attempt: Attempt, *, livemode: bool) -> int | None:
    """The time of the next attempt in unix seconds; None after a success and after the last one."""
    pauses = LIVE_RETRIES if livemode else TEST_RETRIES
    if attempt.error is None or delivery.tries >= len(pauses):
        return None
    return attempt.at + pauses[delivery.tries]
