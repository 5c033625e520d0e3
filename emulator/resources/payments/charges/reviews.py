"""Reviews: payments marked for a manual review, until they are approved, refunded or disputed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, stored
from emulator.store.events import NewEvent
from emulator.store.table import Row

NAME = "review"


def open_review(scope: Scope, charge: Row[bytes], intent: str | None, reason: str = "manual") -> Row[bytes]:
    """Open a review of a payment, which its charge shows; `intent` is the id of its payment intent."""
    identifier = scope.sandbox.ids.in_account("prv", scope.now, scope.owner)
    new: Fields = {"charge": charge.id, "open": True, "opened_reason": reason, "reason": reason}
    row = objects.add(scope, NAME, identifier, {**new, **({"payment_intent": intent} if intent else {})})
    objects.change(scope, "charge", charge, review=identifier)
    return row


def close(scope: Scope, charge: Row[bytes], reason: str) -> None:
    """Close the open review of a charge that is refunded or disputed; `reason` is a `closed_reason`."""
    row = objects.get(scope, NAME, cast("str | None", decode(charge).get("review")))
    if row is not None and decode(row)["open"]:
        objects.change(scope, NAME, row, **_closed(reason))


def _closed(reason: str) -> Fields:
    return {"closed_reason": reason, "open": False, "reason": reason}


def _approve(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    return {**fields, **_closed("approved")}


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """`review.opened` and `review.closed`; a review that is approved again has none."""
    if diff.after is None or (diff.before and decode(diff.before)["open"] == decode(diff.after)["open"]):
        return
    after = diff.render(resource, diff.after, diff.now)
    name = "review.opened" if after["open"] else "review.closed"
    yield snapshot(name, Scope(diff.sandbox, diff.row.owner, diff.now).account, None, after)


def _nobody_created(scope: Scope, identifier: str, _: str | None) -> Fields:
    """The fields of a review that a request names and nobody created, of a charge that is made for it."""
    charge = objects.existing(scope, "charge", f"ch_{identifier}").id
    return {"charge": charge, "open": True, "opened_reason": "rule", "reason": "rule"}


REVIEWS = stored(
    NAME,
    "prv",
    absent=["payment_intent"],
    actions={"approve": _approve},
    unknown=_nobody_created,
    events=_events,
)
RESOURCES = (REVIEWS,)
