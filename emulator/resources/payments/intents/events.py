"""The events of intents: of their creation, and of the changes of state that have one at Stripe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Diff, Emit, Resource, Shared
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored.stored import shared
from emulator.resources.payments.intents import states
from emulator.resources.payments.intents.states import IntentState
from emulator.store.events import NewEvent

# By the new state of an intent. Other changes emit no event, and none has `previous_attributes`.
_REACHED: Mapping[str, str] = {
    states.ACTION: "requires_action",
    states.CANCELED: "canceled",
    states.PROCESSING: "processing",
    states.SUCCEEDED: "succeeded",
}


def _payment_changes(before: Shared, after: Shared) -> Iterator[str]:
    if after.get("last_payment_error") and after.get("last_payment_error") != before.get("last_payment_error"):
        yield "payment_failed"
    if after["status"] == states.CAPTURE and after["amount_capturable"] != before["amount_capturable"]:
        yield "amount_capturable_updated"
    if after["status"] == states.ACTION and states.funded(after) != states.funded(before):
        yield "partially_funded"
    yield from _reached(before, after)


def _setup_changes(before: Shared, after: Shared) -> Iterator[str]:
    if after.get("last_setup_error") and after.get("last_setup_error") != before.get("last_setup_error"):
        yield "setup_failed"
    yield from _reached(before, after)


def _reached(before: Shared, after: Shared) -> Iterator[str]:
    status = str(after["status"])
    earlier, later = (private(IntentState, each).get("_attempt") for each in (before, after))
    anew = status == states.ACTION and later != earlier
    if status in _REACHED and (status != before["status"] or anew):
        yield _REACHED[status]


def _emit(changes: Callable[[Shared, Shared], Iterator[str]]) -> Emit:
    def emit(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
        if diff.after is None or diff.before is diff.after:
            return
        names = ["created"]
        if diff.before is not None:
            names = list(changes(shared(diff.before), shared(diff.after)))
        account = Scope(diff.sandbox, diff.row.owner, diff.now).account
        for name in names:
            shown = diff.render(resource, diff.after, diff.now)
            yield snapshot(f"{resource.name}.{name}", account, None, shown)

    return emit


payment_events = _emit(_payment_changes)
setup_events = _emit(_setup_changes)
