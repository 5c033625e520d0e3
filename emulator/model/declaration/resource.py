"""A resource as a declaration: endpoints, lists, events, timers, expansion and ids all follow from it.

`name` is the `object` of its responses and the key of its table. Each row of the table is one object; its record is
JSON in bytes for resources made by `model.stored.stored`, or an immutable dataclass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from operator import ge, gt, le, lt
from typing import Any, Generic, TypeVar

from emulator import errors
from emulator.catalog.versions import Version
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Call, Fidelity, Scope
from emulator.model.declaration.private import Private
from emulator.model.declaration.snapshots import snapshot
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.schema.check import Value
from emulator.store.events import NewEvent
from emulator.store.orders import Key
from emulator.store.table import Row
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

Record = TypeVar("Record")
Fields = dict[str, Json]
Shared = Mapping[str, Json]  # fields that others read too: nobody changes them
Handler = Callable[[Call], Json]
Binary = Callable[[Call], bytes]


# Rendered objects, by the function, the row, its record and the time.
Renders = dict[tuple[object, str, str, int, int], Fields]


class Diff(NamedTuple):
    """A row before and after a change, seen at the unix seconds `then` and `now`. None is a row that is not there.

    Rows that change by time alone are the same before and after. `renders` are shared by a transaction.
    """

    sandbox: Sandbox
    before: Row[Any] | None
    after: Row[Any] | None
    then: int
    now: int
    renders: Renders

    def render(self, resource: Resource[Any], row: Row[Any], at: int) -> Fields:
        """The object of a row, rendered once for all events of the transaction: nobody may change it.

        The object after a change is the one before the next change of its row.
        """
        key = (resource.render, row.owner, row.id, id(row.data), at)
        found = self.renders.get(key)
        if found is None:
            found = self.renders[key] = resource.render(self.sandbox, row, at)
        return found

    @property
    def row(self) -> Row[Any]:
        """The row itself: as it is, or as it last was."""
        row = self.after or self.before
        if row is None:
            raise ValueError("a change without a row")
        return row


Emit = Callable[["Resource[Any]", Diff], Iterator[NewEvent]]


@dataclass(frozen=True, slots=True)
class Events:
    """The types of the events about one object, None for those that Stripe does not have. It is an `Emit`."""

    created: str | None = None
    updated: str | None = None
    deleted: str | None = None

    def __call__(self, resource: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
        """The event of a change, with `previous_attributes` where both states are known."""
        name = self.deleted if diff.after is None else self.updated if diff.before is not None else self.created
        if name is None:
            return
        before = diff.render(resource, diff.before, diff.then) if diff.before else None
        after = diff.render(resource, diff.after, diff.now) if diff.after else None
        if before != after:
            owner = diff.row.owner
            yield snapshot(name, None if owner == diff.sandbox.platform_id else owner, before, after)


@dataclass(frozen=True, slots=True)
class Transitions:
    """How actions change the states of an object: `actions[action][state]` is the state that follows.

    `refuse(action, noun, state)` is the error of every other state, unless it is the usual one. A state is the field
    `status`.
    """

    actions: Mapping[str, Mapping[str, str]]
    refuse: Callable[[str, str, str], StripeError] | None = None

    def after(self, action: str, noun: str, state: str) -> str:
        """The state that an action leads to. Raises StripeError from a state that does not allow it."""
        following = self.actions[action].get(state)
        if following is None:
            raise (self.refuse or errors.wrong_state)(action, noun, state)
        return following


def owner_of(scope: Call | Scope) -> str:
    """The account that a request acts on: a connected one, or the platform."""
    return scope.owner


def owned_by_the_platform(scope: Call | Scope) -> str:
    """The platform, whichever account a request acts on."""
    return scope.sandbox.platform_id


def account_id(prefix: str) -> Callable[[Call, Any], str]:
    """Ids of the form `we_1U09HW...`, which hold the time and the account."""
    return lambda call, _: call.sandbox.ids.in_account(prefix, call.now, call.owner)


def anyone(_: Call) -> None:
    """No account is refused."""


def no_timer(_: Row[Any]) -> Iterable[int]:
    """Nothing happens without a request."""
    return ()


def no_clock(_: Row[Any]) -> str | None:
    """The sandbox's own clock."""
    return None


def own_row(row: Row[Any]) -> Iterable[tuple[str, object]]:
    """The row alone: no other objects are inside it."""
    return ((row.id, row),)


def not_a_row(_: Sandbox, row: Row[Any], __: int) -> Fields:
    """For resources that are parts of another one, and have no rows."""
    raise TypeError(f"{row.id} is no row")


class Style(NamedTuple):
    """The conventions of one of the two APIs, where they differ.

    They are the error of an unknown id, a page of a list, the response to a DELETE, and, by the id of an operation, the
    parameters where they are not the catalog's.
    """

    missing: Callable[[Resource[Any], Call, str], StripeError]
    listing: Callable[[Resource[Any], Call, str | None], Json]
    stub: Callable[[Resource[Any], Row[Any]], Fields]
    params: Callable[[str], Callable[[Version], spec.Object]] | None = None


_COMPARE: dict[str, Callable[[int, int], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


def within(time: int, wanted: Value | None) -> bool:
    """Whether a time in unix seconds meets a range query: `created=5`, `created[gt]=5` and so on."""
    if isinstance(wanted, dict):
        return all(_COMPARE[name](time, bound) for name, bound in wanted.items() if isinstance(bound, int))
    return wanted is None or time == wanted


class KeyFilter(NamedTuple):
    """A filter of a list by a key of the rows; by an index of it where the value is one, not bounds."""

    place: int

    def __call__(self, row: Row[Any], value: Value) -> bool:
        """Whether a row has the value, or one within the bounds."""
        key = row.keys[self.place]
        if isinstance(value, dict):
            return isinstance(key, int) and within(key, value)
        return key == value


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[Record]):
    """One resource. Omitted fields have the behaviour common to all resources.

    - `render(sandbox, row, now)` is the object in the newest API version, in Stripe's order of keys; `response(call,
      row)` replaces it where the response depends on the request, and `created(call, row)` in the response to a create.
    - `create(call)` returns the record of a new row, `new_id(call, record)` its id, `update(call, row)` the changed
      record; all raise StripeError. `then(call, row)` runs once the new row is stored, and returns the row after that.
    - `actions[verb](call, row)` returns the record after an action.
    - `delete(call, row)` raises StripeError for an object that must stay; without it, no object can be deleted. With
      `keeps_stubs`, a GET of a deleted object responds with its stub.
    - `alone(call)` is the record of a resource without an id, of which an account or a parent has one, before it is
      stored.
    - `prefix` begins its ids. `noun` and `param` are those of "No such thing: 'id'"; without `param` it is the name in
      the path.
    - `allow(call)` refuses accounts that have no such resource.
    - `verbs[verb](call)` replaces the shared behaviour of a verb, `endpoints[operation id](call)` that of an operation.
    - `files[operation id]` is the content type of an endpoint that responds with bytes, and what makes them.
    - `params[verb](version)` replaces the parameters of the catalog; `notices[verb]` is a header of every response.
    - `unknown(scope, id, parent)` is the record of an object that a request names and nobody created, where the setting
      `unknown_ids` creates it, None where the function stores the row; without it, such ids are always refused.
    - `look_up(call, id)` is the object of an id, for expansion, where it is not a row of the owner's table;
      `include(call, id, name)` is a field of an object that only an expansion shows, None where there is none.
    - `filters[param](row, value)` keeps rows of a list; `keys(record)` are the values kept beside a row for them, which
      a `KeyFilter` compares by an index.
    - `private` declares the fields that its rows keep and never show.
    - `objects(row)` are the ids and records of the row and of the objects inside it.
    - `events` makes the events of a change; `timer(row)` names the seconds at which an object changes by itself, and
      `elapse(sandbox, row, at)` puts what changes then. Objects of a lower `rank` change first in the same second. The
      seconds of an object with a `clock(row)`, the id of a test clock, are those of that clock.
    """

    name: str
    prefix: str = ""
    noun: str = ""
    param: str = ""
    table: str = ""
    new_id: Callable[[Call, Record], str] | None = None
    owner: Callable[[Call | Scope], str] = owner_of
    render: Callable[[Sandbox, Row[Record], int], Fields] = not_a_row
    response: Callable[[Call, Row[Record]], Fields] | None = None
    created: Callable[[Call, Row[Record]], Fields] | None = None
    create: Callable[[Call], Record] | None = None
    then: Callable[[Call, Row[Record]], Row[Record]] | None = None
    update: Callable[[Call, Row[Record]], Record] | None = None
    delete: Callable[[Call, Row[Record]], None] | None = None
    keeps_stubs: bool = False
    alone: Callable[[Call], Record] | None = None
    unknown: Callable[[Scope, str, str | None], Record | None] | None = None
    actions: Mapping[str, Callable[[Call, Row[Record]], Record]] = field(default_factory=dict)
    allow: Callable[[Call], None] = anyone
    verbs: Mapping[str, Handler] = field(default_factory=dict)
    endpoints: Mapping[str, Handler] = field(default_factory=dict)
    files: Mapping[str, tuple[str, Binary]] = field(default_factory=dict)
    params: Mapping[str, Callable[[Version], spec.Object]] = field(default_factory=dict)
    notices: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, Callable[[Row[Record], Value], bool]] = field(default_factory=dict)
    keys: Callable[[Record], tuple[Key, ...]] = lambda _: ()
    private: type[Private] = Private
    objects: Callable[[Row[Record]], Iterable[tuple[str, object]]] = own_row
    events: Emit = Events()
    timer: Callable[[Row[Record]], Iterable[int]] = no_timer
    look_up: Callable[[Call, str], Fields | None] | None = None
    include: Callable[[Call, str, str], Json] | None = None
    elapse: Callable[[Sandbox, Row[Record], int], None] | None = None
    rank: int = 0
    clock: Callable[[Row[Record]], str | None] = no_clock
    style: Style | None = None
    light: bool = False
    fidelity: Fidelity = "modelled"

    @property
    def rows(self) -> str:
        """The name of its table."""
        return self.table or self.name

    def find(self, call: Call, identifier: str) -> Fields | None:
        """The object of an id that a response names, None when there is none."""
        if self.look_up is not None:
            return self.look_up(call, identifier)
        row = call.sandbox.table(self.rows).get(self.owner(call), identifier)
        return self.render(call.sandbox, row, call.now) if row else None

    def respond(self, call: Call, row: Row[Record]) -> Fields:
        """The object as the response to a request."""
        return self.response(call, row) if self.response else self.render(call.sandbox, row, call.now)
