"""One request is one transaction: all that it changes is told when it succeeds, and undone when it fails."""

from __future__ import annotations

from types import TracebackType

from emulator.events.origin import Origin
from emulator.events.publish import elapse, foresee, tell_all
from emulator.sandbox.change_log import Changed
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account
from emulator.store.table import Change, undo


class Transaction:
    """A context manager around whatever changes rows. What was due to happen before is told first.

    `changed` is what a request has changed, None when nothing; without a request, the steps of it are logged.
    """

    __slots__ = ("_by_request", "_origin", "_sandbox", "changed")

    def __init__(self, sandbox: Sandbox, origin: Origin, *, by_request: bool = False) -> None:
        self._sandbox = sandbox
        self._origin = origin
        self._by_request = by_request
        self.changed: Changed | None = None

    def __enter__(self) -> Transaction:
        self._commit(Origin(self._origin.now))  # what was changed outside of any transaction
        elapse(self._sandbox, self._origin.now)
        self._sandbox.ids.drawn.clear()
        self._sandbox.change_log.forget_steps()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._sandbox.changes.undo()
            self._sandbox.change_log.forget_steps()
        elif self._by_request:
            self.changed = commit(self._sandbox, self._origin)
        else:
            self._commit(self._origin)
        if self._sandbox.deliveries.newly_due(self._origin.now):
            self._sandbox.delivery_queue.ring()  # a clock that freezegun moved rings no bell

    def _commit(self, origin: Origin) -> None:
        changed = commit(self._sandbox, origin)
        if changed is not None:
            self._sandbox.change_log.add_steps(origin.now, changed)


def commit(sandbox: Sandbox, origin: Origin) -> Changed | None:
    """Tells what has changed since the last commit, and returns it. What cannot be told does not happen."""
    if not sandbox.changes:
        return None
    drawn, changes = tuple(sandbox.ids.drawn), sandbox.changes.take()
    try:
        for before, after in _accounts(changes).values():
            tell_all(sandbox, (before, after), origin.now, origin)
            if after is not None:
                foresee(sandbox, after, origin.now)
    except BaseException:
        sandbox.changes.undo()
        undo(changes)
        raise
    return _changed(drawn, changes)


def _changed(drawn: tuple[str, ...], changes: list[Change]) -> Changed:
    """The ids of what has changed; an id that moves from one table to another one is not gone."""
    left = {getattr(change.after or change.before, "id", ""): change.after is not None for change in changes}
    return Changed(drawn, tuple(left), tuple(each for each, stays in left.items() if not stays))


def _accounts(changes: list[Change]) -> dict[str, tuple[Account | None, Account | None]]:
    """The accounts that have changed, each as it was first and as it is now."""
    found: dict[str, tuple[Account | None, Account | None]] = {}
    for change in changes:
        before = change.before if isinstance(change.before, Account) else None
        after = change.after if isinstance(change.after, Account) else None
        row = before or after
        if row is not None:
            found[row.id] = (found[row.id][0] if row.id in found else before, after)
    return found
