"""One request is one transaction: all that it changes is told when it succeeds, and undone when it fails."""

from __future__ import annotations

from types import TracebackType

from emulator.events.origin import Origin
from emulator.events.publish import elapse, foresee, tell_all
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account
from emulator.store.table import Change, undo


class Transaction:
    """A context manager around whatever changes rows. What was due to happen before is told first."""

    __slots__ = ("_origin", "_sandbox")

    def __init__(self, sandbox: Sandbox, origin: Origin) -> None:
        self._sandbox = sandbox
        self._origin = origin

    def __enter__(self) -> None:
        commit(self._sandbox, Origin(self._origin.now))  # what was changed outside of any transaction
        elapse(self._sandbox, self._origin.now)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._sandbox.changes.undo()
        else:
            commit(self._sandbox, self._origin)
        if self._sandbox.deliveries.newly_due(self._origin.now):
            self._sandbox.delivery_queue.ring()  # a clock that freezegun moved rings no bell


def commit(sandbox: Sandbox, origin: Origin) -> None:
    """Tells what has changed since the last commit. What cannot be told does not happen."""
    if not sandbox.changes:
        return
    changes = sandbox.changes.take()
    try:
        for before, after in _accounts(changes).values():
            tell_all(sandbox, (before, after), origin.now, origin)
            if after is not None:
                foresee(sandbox, after, origin.now)
    except BaseException:
        sandbox.changes.undo()
        undo(changes)
        raise


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
