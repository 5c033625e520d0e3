"""Behaviour to Stripe's document: names that responses have, and the order of values in messages (observed)."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.catalog.format import Fields

# All versions show these names. Some are old and never documented, others came after the document's date.
BEHAVIOUR: Mapping[str, Fields] = {
    "charge": {
        "destination?": "expandable account",
        "dispute?": "expandable dispute",
        "order?": "string 5000",
        "source?": "@payment_source",
    },
    "card": {"email?": "string 5000", "phone?": "string 5000", "wallet?": "object"},
    "dispute": {"balance_transaction?": "expandable balance_transaction"},
    "ephemeral_key": {"associated_objects!": ["object"]},
    "invoiceitem": {"frozen_fields!": ["string 5000"], "invoicing_rules!": ["object"]},
    "dispute_payment_method_details_card": {"network?": "string 5000"},
    "payment_intent": {
        "allowed_payment_method_types?": ["string 5000"],
        "shared_payment_granted_token?": "string 5000",
        "source?": "expandable payment_source",
    },
    "payment_method": {"shared_payment_granted_token?": "string 5000"},
    "payment_method_boleto": {"fingerprint?": "string 5000"},
    "payment_method_details_card": {"ds_transaction_id?": "string 5000", "transaction_link_id?": "string 5000"},
    "payment_method_fpx": {"account_holder_type?": "enum company|individual"},
    "product": {"attributes!": ["string 5000"], "tax_details?": "object", "type!": "enum good|service"},
    "recurring": {"trial_period_days?": "integer"},
    "refund": {
        "customer?": "expandable customer|deleted_customer",
        "customer_account?": "string 5000",
        "payment_method?": "expandable payment_method",
    },
    "subscription": {"plan?": "@plan", "quantity?": "integer"},
    "subscription_item": {"current_trial?": "object", "plan!": "@plan"},
    "setup_intent": {"allowed_payment_method_types?": ["string 5000"]},
}
# Values in the order of "must be one of ..."; the document sorts all of them.
ORDERS: tuple[tuple[str, ...], ...] = (
    ("none", "reverse", "exempt"),
    ("draft", "open", "void", "paid", "uncollectible"),
    ("allow_incomplete", "error_if_incomplete", "pending_if_incomplete", "default_incomplete"),
    (
        "active",
        "past_due",
        "unpaid",
        "canceled",
        "incomplete",
        "incomplete_expired",
        "trialing",
        "paused",
        "all",
        "ended",
    ),
)
