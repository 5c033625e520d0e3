"""One request is one transaction: its changes emit their events when it succeeds, and are undone when it fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from math import inf
from time import thread_time
from types import TracebackType
from typing import Any

from emulator import errors
from emulator.errors import StripeError
from emulator.events.past import Past
from emulator.events.publish import Origin, events_of, publish
from emulator.model.declaration import registry
from emulator.model.declaration.resource import Diff, Renders, no_timer, own_row
from emulator.sandbox.change_log import Changed
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.table import Change, Row, Table, undo
from emulator.store.timers import MOST, Key, Timer, TimersFull

log = logging.getLogger("emulator.timers")


class Transaction:
    """A context manager for code that changes rows. It first runs the timers that are due.

    With `by_request`, `changed` has the ids of the objects that the request changed, None if it changed none; otherwise
    the steps of the transaction are logged.
    """

    __slots__ = ("_by_request", "_origin", "_sandbox", "changed")

    def __init__(self, sandbox: Sandbox, origin: Origin, *, by_request: bool = False) -> None:
        self._sandbox = sandbox
        self._origin = origin
        self._by_request = by_request
        self.changed: Changed | None = None

    def __enter__(self) -> Transaction:
        if self._sandbox.changes:  # made outside of a transaction
            self._commit(Origin(self._origin.now))
        elapse(self._sandbox, self._origin.now)
        self._sandbox.ids.drawn.clear()
        self._sandbox.change_log.clear_steps()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not (isinstance(error, StripeError) and error.body.changes_stay):
            self._sandbox.changes.undo()
            self._sandbox.change_log.clear_steps()
        elif self._by_request:
            self.changed = commit(self._sandbox, self._origin)
        else:
            self._commit(self._origin)
        if self._sandbox.deliveries.newly_due(self._origin.now):
            self._sandbox.delivery_queue.notify()  # when freezegun moves the clock, nothing else does

    def _commit(self, origin: Origin) -> None:
        changed = commit(self._sandbox, origin)
        if changed is not None:
            self._sandbox.change_log.add_steps(origin.now, changed)


def commit(sandbox: Sandbox, origin: Origin) -> Changed | None:
    """Emit the events of all changes since the last commit, and return the ids of all objects that changed.

    If an event cannot be created, all changes are undone.
    """
    if not sandbox.changes:
        return None
    drawn, changes = tuple(sandbox.ids.drawn), sandbox.changes.take()
    try:
        past = Past(changes)
        publish(sandbox, _events(sandbox, past, origin.now), origin, past)
        _set_timers(sandbox, changes, origin.now)
    except BaseException:
        sandbox.changes.undo()
        undo(changes)
        _set_timers(sandbox, changes[::-1], origin.now)
        raise
    return _changed(sandbox.platform_id, drawn, changes)


def _events(sandbox: Sandbox, past: Past, now: int) -> Iterator[NewEvent]:
    renders: Renders = {}
    for place, (table, before, after) in enumerate(past.changes):
        for event in events_of(table.name, Diff(sandbox, before, after, now, now, renders)):
            past.places.append(place)
            yield event


def _changed(platform: str, drawn: tuple[str, ...], changes: list[Change]) -> Changed:
    """The ids of all objects that changed, including those inside a row. An object that moves is not a removed one."""
    stays: dict[str, bool] = {}
    for table, before, after in changes:
        row, resource = after or before, registry.resource(table.name)
        at = f"@{row.owner}" if row and row.owner != platform else ""
        if row is not None and (resource is None or resource.objects is own_row):
            if before != after:
                stays[f"{row.id}{at}"] = after is not None
            continue
        objects = resource.objects if resource else own_row
        new, old = dict(objects(after)) if after else {}, dict(objects(before)) if before else {}
        stays |= {f"{each}{at}": each in new for each in (*old, *new) if old.get(each) != new.get(each)}
    return Changed(drawn, tuple(stays), tuple([each for each, there in stays.items() if not there]))


def _set_timers(sandbox: Sandbox, changes: list[Change], now: int) -> None:
    """Give each changed row the timers that it asks for as it stands, so that its events are emitted then.

    Raises StripeError beyond the bound.
    """
    try:
        rows = [(table, after or before) for table, before, after in changes]
        for table, row in {(table.name, row.owner, row.id): (table, row) for table, row in rows if row}.values():
            _set_timers_of(sandbox, table, row, now)
    except TimersFull:
        raise errors.too_many_timers(MOST) from None


def _set_timers_of(sandbox: Sandbox, table: Table[Any], row: Row[Any], now: int) -> None:
    """Set the timers of a row as it stands; one that was removed has none."""
    found = table.get(row.owner, row.id)
    timed = [each for each in registry.of_table(table.name, row.data) if each.timer is not no_timer]
    if not timed:
        return
    key = (table.name, row.owner, row.id)
    seconds = [(at, each.rank) for each in timed for at in each.timer(found)] if found is not None else []
    clock = next(filter(None, (each.clock(found or row) for each in timed)), None)
    if clock is not None:
        _set_on_clock(sandbox, clock, key, seconds)
        return
    sandbox.timers.set(key, seconds, now)
    if any(at > now for at, _ in seconds):
        sandbox.delivery_queue.wait(sandbox.name, sandbox)


def _set_on_clock(sandbox: Sandbox, clock: str, key: Key, seconds: list[tuple[int, int]]) -> None:
    """Set the timers of an object on a test clock, which run when that clock is advanced."""
    from emulator.resources.billing.base import clocks  # noqa: PLC0415 - and the modules that billing needs

    now = clocks.time_of(sandbox, key[1], clock)
    if now is not None:
        sandbox.timers_of_clocks[clock].set(key, seconds, now)
    else:
        sandbox.timers_of_clocks.pop(clock, None)


def elapse(sandbox: Sandbox, now: int, seconds: float = inf) -> None:
    """Run the timers until now: objects change, and the events of changes caused by time are emitted.

    Stops once that has taken some seconds of the processor, which freezegun does not stop as it does a clock. An object
    that fails is left as it was, and logged: the request that comes next is about another one.
    """
    made: list[tuple[str, Changed]] = []
    until = thread_time() + seconds
    while (timer := sandbox.timers.pop(now)) is not None:
        _elapse_one(sandbox, timer, made)
        if thread_time() > until:
            break
    if made:
        sandbox.change_log.add_time(now, made)


def _elapse_one(sandbox: Sandbox, timer: Timer, made: list[tuple[str, Changed]]) -> None:
    """Run one timer, and add its id and changes to `made` if it drew ids."""
    row = sandbox.table(timer.table).get(timer.owner, timer.id)
    if row is None:
        return
    try:
        with sandbox.ids.of_time(timer.id):
            changed = _run(sandbox, timer, row)
    except Exception:
        sandbox.changes.undo()
        log.exception("%s did not change at %d", timer.id, timer.at)
    else:
        made += [(timer.id, changed)] if changed is not None and changed.drawn else []


def _run(sandbox: Sandbox, timer: Timer, row: Row[object]) -> Changed | None:
    registry.elapse(sandbox, timer, row)
    if sandbox.changes:
        return commit(sandbox, Origin(timer.at))
    events = events_of(timer.table, Diff(sandbox, row, row, timer.at - 1, timer.at, {}))
    publish(sandbox, events, Origin(timer.at))
    return None
