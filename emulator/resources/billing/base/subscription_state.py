"""What subscriptions and their items keep, and responses never show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from emulator.model.declaration.private import Private, private
from emulator.model.declaration.resource import Fields
from emulator.wire.json import Json


class PendingUpdate(TypedDict):
    """The fields that change once an invoice is paid, and the id of that invoice."""

    fields: Fields
    invoice: Json


class Announced(TypedDict):
    """The end of the period whose renewal was announced, and the invoice of that event, None where none is made."""

    invoice: Json
    period_end: int


class SubscriptionState(Private, total=False):
    """What a subscription keeps.

    It is `_fresh` until the request that creates it has completed it, and `_stopped` where nothing more happens by
    time. `_trial_noticed` is the end of the trial that was announced.
    """

    _fresh: bool
    _pending: PendingUpdate
    _stopped: bool
    _trial_noticed: Json
    _upcoming: Announced


class ItemState(Private, total=False):
    """What an item keeps: the bill for its period, and the bounds of the whole period that its own is a part of."""

    _billed: list[Fields]
    _whole_period: list[int]


def is_fresh(fields: Mapping[str, Json]) -> bool:
    """Whether the request that creates a subscription has not completed it yet."""
    return private(SubscriptionState, fields).get("_fresh", False)


def pending_invoice(fields: Mapping[str, Json]) -> Json:
    """The id of the invoice that pays for the pending update of a subscription, None without one."""
    own = private(SubscriptionState, fields)
    return own["_pending"]["invoice"] if "_pending" in own else None


def without(fields: Mapping[str, Json], name: str) -> Fields:
    """The fields of an object without one of them."""
    return {each: value for each, value in fields.items() if each != name}
