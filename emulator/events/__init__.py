"""Events: the changes of a request become events, which are scheduled for delivery.

Everything that changes rows runs inside a `Transaction`: requests of the pipeline, and actions of the control API.
"""

from __future__ import annotations

from emulator.events.origin import Origin
from emulator.events.publish import publish, recipients
from emulator.events.transaction import Transaction, commit, elapse

__all__ = ["Origin", "Transaction", "commit", "elapse", "publish", "recipients"]
