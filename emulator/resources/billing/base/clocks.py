"""The time of objects on a test clock: that of the clock of their customer, not the sandbox's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import CLOCK as FIELD
from emulator.model.stored.stored import clock_of, shared
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

CLOCK = "test_helpers.test_clock"
MOST, MOST_QUOTES = 3, 10  # customers of a clock and subscriptions of each, quotes without a customer (official)


class Advance(Private, total=False):
    """What a clock keeps while it is advanced: its time afterwards, and the sandbox's time."""

    _target: int
    _since: int


class ClockState(Advance, total=False):
    """What a clock keeps: the ids of its customers, and of its quotes without one."""

    _customers: list[str]
    _quotes: list[str]


class Life(NamedTuple):
    """How objects of one kind change by themselves: `due(row)` are the seconds, `elapse(scope, row)` what changes then.

    The seconds are those of the object's test clock, or the sandbox's where it has none.
    """

    name: str
    due: Callable[[Row[bytes]], Iterable[int]]
    elapse: Callable[[Scope, Row[bytes]], None]

    def timer(self, row: Row[bytes]) -> Iterable[int]:
        """The `timer` of the resource."""
        return self.due(row)

    def by_itself(self, sandbox: Sandbox, row: Row[bytes], at: int) -> None:
        """The `elapse` of the resource; objects on a test clock change while that clock is advanced."""
        clock = clock_of(row)
        found = sandbox.table(CLOCK).get(row.owner, clock) if clock else None
        since = private(Advance, shared(found)).get("_since") if found is not None else None
        self.elapse(Scope(sandbox, row.owner, at, since), row)


def scope_of(scope: Scope, holder: Shared) -> Scope:
    """A moment as an object with the field `test_clock` sees it: its clock's time, or the same moment."""
    clock = holder.get(FIELD)
    frozen = time_of(scope.sandbox, scope.owner, str(clock)) if clock else None
    return scope.outside if frozen is None else scope.outside._replace(now=frozen, real=scope.outside.now)


def scope_of_customer(scope: Scope, customer: object) -> Scope:
    """A moment as a customer's subscriptions and invoices see it."""
    row = objects.get(scope, "customer", str(customer)) if customer else None
    return scope_of(scope, shared(row)) if row is not None else scope.outside


def time_of(sandbox: Sandbox, owner: str, clock: str) -> int | None:
    """The time of a test clock, None for one that there is not."""
    row = sandbox.table(CLOCK).get(owner, clock)
    frozen = shared(row).get("frozen_time") if row is not None else None
    return frozen if isinstance(frozen, int) else None


def join(scope: Scope, clock: str, customer: str) -> None:
    """Place a new customer on a test clock. Raises StripeError for an unknown clock, and for one with three already."""
    row = _found(scope, clock)
    known = members(scope, row)
    if len(known) >= MOST:
        raise errors.clock_full(clock, MOST, "customers")
    objects.change(scope, CLOCK, row, **kept(ClockState(_customers=[*known, customer])))


def join_quote(scope: Scope, clock: str, quote: str) -> None:
    """Place a new quote without a customer on a test clock. Raises StripeError."""
    row = _found(scope, clock)
    known = _existing(scope, "quote", private(ClockState, shared(row)).get("_quotes", []))
    if len(known) >= MOST_QUOTES:
        raise errors.clock_full(clock, MOST_QUOTES, "quotes")
    objects.change(scope, CLOCK, row, **kept(ClockState(_quotes=[*known, quote])))


def check_room(clock: str, running: int) -> None:
    """Refuses another subscription of a customer on a clock who has three running ones. Raises StripeError."""
    if running >= MOST:
        raise errors.clock_customer_full(clock, MOST)


def _found(scope: Scope, clock: str) -> Row[bytes]:
    row = objects.get(scope, CLOCK, clock)
    if row is None:
        raise errors.no_such("test_clock", clock, FIELD, other_mode=scope.sandbox.other_mode_of(clock))
    return row


def members(scope: Scope, clock: Row[bytes]) -> list[str]:
    """The customers of a clock that have not been deleted."""
    return _existing(scope, "customer", private(ClockState, shared(clock)).get("_customers", []))


def _existing(scope: Scope, kind: str, ids: list[str]) -> list[str]:
    return [each for each in ids if scope.sandbox.table(kind).get(scope.owner, each) is not None]
