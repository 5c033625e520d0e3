"""The states of subscriptions."""

from __future__ import annotations

ENDED = ("canceled", "incomplete_expired")
SEND = "send_invoice"
