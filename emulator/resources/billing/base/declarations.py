"""Parts of declarations that several resources of billing share: ids, searches, the events of a deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from emulator import errors
from emulator.model.answering.search import search
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Diff, Emit, Events, Fields, Handler, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.sandbox.ids import minute_digits
from emulator.store.events import NewEvent
from emulator.wire.json import Json

RANDOM_DIGITS = 10
LONG_DIGITS = 30

NewId = Callable[[Call, bytes], str]


def minute_id(prefix: str) -> NewId:
    """Ids such as `prod_VICvCQ398yEwW8`: four digits that count minutes, ten random ones (observed)."""
    return lambda call, _: call.sandbox.ids.random(prefix, RANDOM_DIGITS, minute_digits(call.now))


def long_id(prefix: str) -> NewId:
    """Ids such as `mtr_test_61RCjiqdTDC91zgip41IqPCzPnxqqSVc`, of newer objects (official samples)."""
    return lambda call, _: call.sandbox.ids.random(prefix, LONG_DIGITS, "61" if call.sandbox.livemode else "test_61")


def given_id(name: str, title: str, make: NewId) -> NewId:
    """The id that a request gives its object, or else one that is made. Raises StripeError for one in use."""

    def new_id(call: Call, record: bytes) -> str:
        given = call.params.get("id")
        if not given:
            return make(call, record)
        if call.sandbox.table(name).get(call.owner, str(given)) is not None:
            raise errors.already_exists(title)
        return str(given)

    return new_id


def searching(name: str, fields: str) -> Handler:
    """GET /v1/things/search by these fields."""
    searched = frozenset(fields.split())

    def run(call: Call) -> Json:
        return search(call, name, searched, lambda row: objects.shown(call.scope, name, row))

    return run


def deleted_as(events: Events, **last: Json) -> Emit:
    """Events of which the one of a deletion has an object with changed fields: one that is not active (observed)."""

    def emit(resource: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
        if diff.after is not None or diff.before is None or events.deleted is None:
            yield from events(resource, diff)
            return
        owner = diff.row.owner
        shown: Fields = {**diff.render(resource, diff.before, diff.then), **last}
        yield snapshot(events.deleted, None if owner == diff.sandbox.platform_id else owner, shown, None)

    return emit


def without(emit: Emit, counter: str) -> Emit:
    """Events of which a change of a counter has none."""

    def filtered(resource: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
        rows = [row for row in (diff.before, diff.after) if row is not None]
        if len({shared(row).get(counter) for row in rows}) == 1:
            yield from emit(resource, diff)

    return filtered
