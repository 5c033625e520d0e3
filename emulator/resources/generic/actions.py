"""The actions of objects that are not modelled: the states that allow them, and the fields that they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from emulator.errors import StripeError
from emulator.resources.generic.facts import NOW, After
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `states` are those that allow it, empty for all; `to` is the new state.

    `sets` are other fields that change; `event` is the suffix of its event, where Stripe has one; `refuse(state)` makes
    the error for another state, where its words are known.
    """

    states: str = ""
    to: str = ""
    sets: Mapping[str, Json | After] = field(default_factory=dict)
    event: str = ""
    refuse: Callable[[str], StripeError] | None = None


# By object and verb. States and results are official where the reference says so, otherwise inferred.
ACTIONS: Mapping[str, Mapping[str, Action]] = {
    "climate.order": {
        "cancel": Action(
            "open confirmed", "canceled", {"canceled_at": NOW, "cancellation_reason": "requested"}, "canceled"
        ),
    },
    "financial_connections.account": {
        "disconnect": Action("active inactive", "disconnected", event="disconnected"),
        "refresh": Action("active"),
        "subscribe": Action("active"),
        "unsubscribe": Action("active"),
    },
    "identity.verification_session": {
        "cancel": Action("requires_input", "canceled", event="canceled"),
        "redact": Action("requires_input verified canceled", sets={"redaction": {"status": "processing"}}),
    },
    "invoice_rendering_template": {
        "archive": Action("active", "archived"),
        "unarchive": Action("archived", "active"),
    },
    "issuing.authorization": {
        "approve": Action("pending", sets={"approved": True}),
        "decline": Action("pending", sets={"approved": False}),
        "capture": Action("pending", "closed", event="updated"),
        "expire": Action("pending", "expired", event="updated"),
        "reverse": Action("pending", "reversed", event="updated"),
        "increment": Action("pending", event="updated"),
        "finalize_amount": Action("pending", event="updated"),
        "respond": Action("pending"),
    },
    "issuing.dispute": {"submit": Action("unsubmitted", "submitted", event="submitted")},
    "issuing.personalization_design": {
        "activate": Action("review inactive", "active", event="activated"),
        "deactivate": Action("active", "inactive", event="deactivated"),
        "reject": Action("review", "rejected", event="rejected"),
    },
    "issuing.settlement": {"complete": Action("pending", "complete")},
    "payment_method_domain": {"validate": Action()},
    "source": {"verify": Action("pending", "chargeable", event="chargeable")},
    "terminal.reader": {"cancel_action": Action(sets={"action": None})},
    "treasury.financial_account": {"close": Action("open", "closed", event="closed")},
    "treasury.inbound_transfer": {
        "succeed": Action("processing", "succeeded", event="succeeded"),
        "fail": Action("processing", "failed", event="failed"),
        "return": Action("succeeded", sets={"returned": True}),
        "cancel": Action("processing", "canceled", event="canceled"),
    },
    "treasury.outbound_payment": {
        "post": Action("processing", "posted", event="posted"),
        "fail": Action("processing", "failed", event="failed"),
        "return": Action("processing posted", "returned", event="returned"),
        "cancel": Action("processing", "canceled", event="canceled"),
    },
    "treasury.outbound_transfer": {
        "post": Action("processing", "posted", event="posted"),
        "fail": Action("processing", "failed", event="failed"),
        "return": Action("processing posted", "returned", event="returned"),
        "cancel": Action("processing", "canceled", event="canceled"),
    },
}
