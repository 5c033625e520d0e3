"""The time of objects on a test clock: that of the clock of their customer, not the sandbox's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import CLOCK as FIELD
from emulator.model.stored.stored import clock_of, shared
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

CLOCK = "test_helpers.test_clock"
TARGET, SINCE = "_target", "_since"  # of a clock that is advanced: its time afterwards, and the sandbox's time
MEMBERS, MOST = "_customers", 3  # the customers of a clock, and their number; as many subscriptions of each (official)
MOST_QUOTES, QUOTES = 10, "_quotes"  # quotes without a customer (official)


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
        since = shared(found).get(SINCE) if found is not None else None
        self.elapse(Scope(sandbox, row.owner, at, since if isinstance(since, int) else None), row)


def scope_of(scope: Scope, holder: Fields) -> Scope:
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
    _join(scope, clock, MEMBERS, customer)


def join_quote(scope: Scope, clock: str, quote: str) -> None:
    """Place a new quote without a customer on a test clock. Raises StripeError."""
    _join(scope, clock, QUOTES, quote)


def check_room(clock: str, running: int) -> None:
    """Refuses another subscription of a customer on a clock who has three running ones. Raises StripeError."""
    if running >= MOST:
        raise errors.clock_customer_full(clock, MOST)


def _join(scope: Scope, clock: str, place: str, identifier: str) -> None:
    row = objects.get(scope, CLOCK, clock)
    if row is None:
        raise errors.no_such("test_clock", clock, FIELD, other_mode=scope.sandbox.other_mode_of(clock))
    known, most = members(scope, row, place), MOST if place == MEMBERS else MOST_QUOTES
    if len(known) >= most:
        raise errors.clock_full(clock, most, "customers" if place == MEMBERS else "quotes")
    objects.change(scope, CLOCK, row, **{place: [*known, identifier]})


def members(scope: Scope, clock: Row[bytes], place: str = MEMBERS) -> list[str]:
    """The customers of a clock, or its quotes without one, that have not been deleted."""
    found, kind = shared(clock).get(place), "customer" if place == MEMBERS else "quote"
    names = [str(each) for each in found] if isinstance(found, list) else []
    return [name for name in names if scope.sandbox.table(kind).get(scope.owner, name) is not None]
