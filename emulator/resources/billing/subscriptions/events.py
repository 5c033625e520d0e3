"""The events of subscriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Diff, Resource, Shared
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored.stored import shared
from emulator.resources.billing.base.subscription_state import SubscriptionState, is_fresh, without
from emulator.store.events import NewEvent
from emulator.wire.json import Json

PREFIX = "customer.subscription"


def events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of a change, none before the first invoice is there."""
    if diff.after is None or is_fresh(shared(diff.after)):
        return
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    after = diff.render(resource, diff.after, diff.now)
    if diff.before is None or is_fresh(shared(diff.before)):
        yield snapshot(f"{PREFIX}.created", account, None, after)
        return
    yield from _upcoming(shared(diff.before), shared(diff.after), account)
    before = diff.render(resource, diff.before, diff.then)
    for name in _names(shared(diff.before), shared(diff.after), changed=before != after):
        yield snapshot(f"{PREFIX}.{name}", account, before if name == "updated" else None, after)


def _upcoming(was: Shared, now: Shared, account: str | None) -> Iterator[NewEvent]:
    """The notice of a renewal."""
    announced = private(SubscriptionState, now).get("_upcoming")
    if announced is None or announced == private(SubscriptionState, was).get("_upcoming"):
        return
    if isinstance(announced["invoice"], dict):
        yield snapshot("invoice.upcoming", account, None, announced["invoice"])


def _names(was: Shared, now: Shared, *, changed: bool) -> Iterator[str]:
    """The suffixes of the events: a state may have one of its own, beside that of the update (official)."""
    noticed, before = (private(SubscriptionState, each).get("_trial_noticed") for each in (now, was))
    if noticed != before:
        yield "trial_will_end"
    if _becomes(was, now, "canceled"):
        yield "deleted"
        return
    if changed:
        yield "updated"
    if _becomes(was, now, "paused"):
        yield "paused"
    if was.get("pending_update") and not now.get("pending_update"):
        yield (
            "pending_update_expired"
            if was.get("status") == now.get("status") and _unpaid(was, now)
            else "pending_update_applied"
        )
    if was.get("status") == "paused" and now.get("status") == "active":
        yield "resumed"


def _becomes(was: Mapping[str, Json], now: Mapping[str, Json], state: str) -> bool:
    return now.get("status") == state != was.get("status")


def _unpaid(was: Shared, now: Shared) -> bool:
    """Whether a pending update was dropped: the subscription is as it was before."""
    left, found = (without(without(each, "_pending"), "pending_update") for each in (was, now))
    return left == found
