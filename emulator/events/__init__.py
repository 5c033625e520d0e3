"""Events: what a request has changed, told in Stripe's shapes, and sent to whom it may concern.

Everything that changes rows runs inside a `Transaction`: requests of the pipeline, and actions of the control API.
"""

from __future__ import annotations

from emulator.events.origin import Origin
from emulator.events.publish import elapse, publish, recipients
from emulator.events.thin import returned
from emulator.events.transaction import Transaction, commit

__all__ = ["Origin", "Transaction", "commit", "elapse", "publish", "recipients", "returned"]
