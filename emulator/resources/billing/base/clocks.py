"""The time of objects on a test clock: that of the clock of their customer, not the sandbox's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from emulator.resources import objects
from emulator.resources.endpoint import Scope
from emulator.resources.resource import Fields
from emulator.resources.stored import shared
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row

CLOCK, FIELD = "test_helpers.test_clock", "test_clock"


class Life(NamedTuple):
    """How objects of one kind change by themselves: `due(row)` are the seconds, `elapse(scope, row)` what changes then.

    The seconds are those of the object's test clock, or the sandbox's where it has none.
    """

    name: str
    due: Callable[[Row[bytes]], Iterable[int]]
    elapse: Callable[[Scope, Row[bytes]], None]

    def timer(self, row: Row[bytes]) -> Iterable[int]:
        """The `timer` of the resource: objects on a test clock change when that clock is advanced."""
        return () if shared(row).get(FIELD) else self.due(row)

    def by_itself(self, sandbox: Sandbox, row: Row[bytes], at: int) -> None:
        """The `elapse` of the resource."""
        self.elapse(Scope(sandbox, row.owner, at), row)


def scope_of(scope: Scope, holder: Fields) -> Scope:
    """A moment as an object with the field `test_clock` sees it: its clock's time, or the same moment."""
    clock = objects.get(scope.outside, CLOCK, str(holder.get(FIELD) or "")) if holder.get(FIELD) else None
    frozen = shared(clock).get("frozen_time") if clock is not None else None
    return scope.outside._replace(now=frozen, real=scope.outside.now) if isinstance(frozen, int) else scope.outside


def scope_of_customer(scope: Scope, customer: object) -> Scope:
    """A moment as a customer's subscriptions and invoices see it."""
    row = objects.get(scope, "customer", str(customer)) if customer else None
    return scope_of(scope, shared(row)) if row is not None else scope.outside
