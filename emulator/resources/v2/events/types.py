"""The event types that a destination can subscribe to, by payload."""

from __future__ import annotations

from functools import cache

from emulator.catalog import versions
from emulator.resources.core.webhook_endpoints import create_params
from emulator.schema.spec import Array, Enum
from emulator.store.destinations import Payload

# The prefix of thin events about objects of v1. Stripe sends them beside snapshots; the emulator emits those of meters.
THIN_OF_V1 = "v1."
# Every v2 type in the current SDKs (official).
THIN = frozenset(
    """
v1.billing.meter.error_report_triggered
v1.billing.meter.no_meter_found
v2.commerce.product_catalog.imports.failed
v2.commerce.product_catalog.imports.processing
v2.commerce.product_catalog.imports.succeeded
v2.commerce.product_catalog.imports.succeeded_with_errors
v2.core.account.closed
v2.core.account.created
v2.core.account.updated
v2.core.account[configuration.customer].capability_status_updated
v2.core.account[configuration.customer].updated
v2.core.account[configuration.merchant].capability_status_updated
v2.core.account[configuration.merchant].updated
v2.core.account[configuration.recipient].capability_status_updated
v2.core.account[configuration.recipient].updated
v2.core.account[defaults].updated
v2.core.account[future_requirements].updated
v2.core.account[identity].updated
v2.core.account[requirements].updated
v2.core.account_link.returned
v2.core.account_person.created
v2.core.account_person.deleted
v2.core.account_person.updated
v2.core.event_destination.ping
v2.money_management.adjustment.created
v2.money_management.financial_account.created
v2.money_management.financial_account.updated
v2.money_management.financial_address.activated
v2.money_management.financial_address.failed
v2.money_management.inbound_transfer.available
v2.money_management.inbound_transfer.bank_debit_failed
v2.money_management.inbound_transfer.bank_debit_processing
v2.money_management.inbound_transfer.bank_debit_queued
v2.money_management.inbound_transfer.bank_debit_returned
v2.money_management.inbound_transfer.bank_debit_succeeded
v2.money_management.outbound_payment.canceled
v2.money_management.outbound_payment.created
v2.money_management.outbound_payment.failed
v2.money_management.outbound_payment.posted
v2.money_management.outbound_payment.returned
v2.money_management.outbound_payment.under_review
v2.money_management.outbound_payment.updated
v2.money_management.payout_intent.canceled
v2.money_management.payout_intent.created
v2.money_management.payout_intent.pending
v2.money_management.payout_intent.posted
v2.money_management.payout_intent.processing
v2.money_management.payout_intent.requires_action
v2.money_management.payout_intent.updated
v2.money_management.payout_method.created
v2.money_management.payout_method.updated
v2.money_management.received_credit.available
v2.money_management.received_credit.failed
v2.money_management.received_credit.returned
v2.money_management.received_credit.succeeded
v2.money_management.recipient_verification.created
v2.money_management.recipient_verification.updated
v2.money_management.transaction.created
v2.money_management.transaction.updated
""".split()
)


def of_payload(payload: Payload) -> frozenset[str]:
    """All types of a payload. Snapshots have the types of webhook endpoints and `*` (the latter is our choice)."""
    return THIN if payload == "thin" else _snapshots()


@cache
def _snapshots() -> frozenset[str]:
    events = create_params(versions.parse(versions.NEWEST)).params["enabled_events"].type
    return frozenset(events.item.values if isinstance(events, Array) and isinstance(events.item, Enum) else ())
