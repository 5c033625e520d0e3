"""Makes events of the changes of a request, and schedules their deliveries.

All code that changes rows runs inside a `Transaction`: requests of the pipeline, and actions of the control API.
"""

from __future__ import annotations

from emulator.events.elapsing import Bounds, TooManyTimers, catch_up, is_behind
from emulator.events.publish import Origin, publish, recipients
from emulator.events.transaction import Transaction, commit, elapse

__all__ = [
    "Bounds",
    "Origin",
    "TooManyTimers",
    "Transaction",
    "catch_up",
    "commit",
    "elapse",
    "is_behind",
    "publish",
    "recipients",
]
