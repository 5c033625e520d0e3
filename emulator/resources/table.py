"""The table of the modelled resources: which module declares each, and which follow its changes and happenings."""

from __future__ import annotations

from emulator.model.declaration.registry import Table

MODULES = {
    "account": "connect.accounts",
    "account_link": "connect.account_links",
    "account_session": "connect.account_sessions",
    "application_fee": "payments.transfers.application_fees",
    "balance": "money.balances",
    "balance_settings": "money.balance_settings",
    "balance_transaction": "money.transactions",
    "bank_account": "payments.methods.source_endpoints",
    "billing_portal.configuration": "billing.checkout.portal",
    "billing_portal.session": "billing.checkout.portal",
    "capability": "connect.capabilities",
    "card": "payments.methods.source_endpoints",
    "cash_balance": "payments.methods.customer_balances",
    "charge": "payments.charges.charges",
    "charges_of_intent": "payments.intents.payment_intents",
    "checkout.session": "billing.checkout.sessions",
    "confirmation_token": "payments.intents.confirmation_tokens",
    "dispute": "payments.charges.disputes",
    "country_spec": "money.country_specs",
    "credit_note": "billing.credit_notes.credit_notes",
    "credit_note_line_item": "billing.credit_notes.credit_notes",
    "customer": "payments.methods.customers",
    "lists_of_customer": "payments.methods.customers",
    "customer_balance_transaction": "payments.methods.customer_balances",
    "customer_cash_balance_transaction": "payments.methods.customer_balances",
    "event": "core.events",
    "external_account": "connect.external_accounts",
    "fee_refund": "payments.transfers.application_fees",
    "file": "core.files",
    "file_link": "core.files",
    "invoice": "billing.invoices.invoices",
    "invoice_of_intent": "billing.invoices.payments",
    "invoice_payment": "billing.invoices.payments",
    "payment_of_invoice": "billing.invoices.payments",
    "invoiceitem": "billing.invoices.items",
    "hidden_price": "billing.invoices.items",
    "line_item": "billing.invoices.invoices",
    "item": "billing.checkout.items",
    "login_link": "connect.login_links",
    "mandate": "payments.intents.mandates",
    "payment_intent": "payments.intents.payment_intents",
    "payment_intent_amount_details_line_item": "payments.intents.payment_intents",
    "payment_link": "billing.checkout.links",
    "payment_method": "payments.methods.endpoints",
    "payment_method_configuration": "payments.methods.configurations",
    "payment_page": "billing.checkout.payment_pages",
    "payment_source": "payments.methods.source_endpoints",
    "payout": "money.payouts",
    "payout_run": "money.automatic",
    "person": "connect.persons",
    "quote": "billing.schedules.quotes",
    "radar.early_fraud_warning": "payments.charges.fraud_warnings",
    "refund": "payments.charges.refunds",
    "refunds_of_charge": "payments.charges.refunds",
    "setup_attempt": "payments.intents.setup_attempts",
    "setup_intent": "payments.intents.setup_intents",
    "shipping_rate": "billing.products.shipping",
    "subscription": "billing.subscriptions.subscriptions",
    "subscription_schedule": "billing.schedules.schedules",
    "subscription_item": "billing.subscriptions.subscriptions",
    "tax_id": "payments.methods.tax_ids",
    "review": "payments.charges.reviews",
    "test_helpers.test_clock": "billing.test_clocks",
    "token": "core.tokens",
    "topup": "money.topups",
    "transfer": "payments.transfers.transfers",
    "transfer_reversal": "payments.transfers.reversals",
    "webhook_endpoint": "core.webhook_endpoints",
    "billing.alert": "billing.usage.alerts",
    "billing.alert_triggered": "billing.usage.alerts",
    "billing.credit_balance_summary": "billing.usage.credit_transactions",
    "billing.credit_balance_transaction": "billing.usage.credit_transactions",
    "billing.credit_grant": "billing.usage.credit_grants",
    "billing.meter": "billing.usage.meters",
    "billing.meter_event": "billing.usage.meter_events",
    "billing.meter_event_adjustment": "billing.usage.meter_events",
    "billing.meter_event_report": "billing.usage.meter_reports",
    "billing.meter_event_summary": "billing.usage.meters",
    "usage_record": "billing.usage.usage_records",
    "usage_record_summary": "billing.usage.usage_records",
    "usage_of_price": "billing.usage.usage_records",
    "coupon": "billing.products.coupons",
    "entitlements.active_entitlement": "billing.products.entitlements",
    "entitlements.active_entitlement_summary": "billing.products.entitlements",
    "entitlements.feature": "billing.products.features",
    "discount": "billing.products.discounts",
    "plan": "billing.products.plans",
    "tiers_of_plan": "billing.products.plans",
    "price": "billing.products.prices",
    "product": "billing.products.products",
    "product_feature": "billing.products.features",
    "promotion_code": "billing.products.promotion_codes",
    "tax_rate": "billing.products.tax_rates",
    "v2.billing.meter_event": "v2.billing",
    "v2.billing.meter_event_adjustment": "v2.billing",
    "v2.billing.meter_event_session": "v2.billing",
    "v2.commerce.product_catalog_import": "v2.commerce",
    "v2.core.account": "v2.accounts.endpoints",
    "v2.core.account_link": "v2.accounts.account_links",
    "v2.core.account_person": "v2.accounts.persons",
    "v2.core.account_person_token": "v2.accounts.tokens",
    "v2.core.account_token": "v2.accounts.tokens",
    "v2.core.event": "v2.events.events",
    "v2.core.event_destination": "v2.events.destinations",
}
# Modules whose `changed(scope, before, after)` follows the changes of an object: an invoice is paid with its payment.
# Each is named by an object that it is about: it is not imported while the sandbox has none.
FOLLOWERS: dict[str, dict[str, str]] = {
    "account": {"balance": "money.automatic"},
    "invoice": {
        "subscription": "billing.subscriptions.following",
        "billing.credit_grant": "billing.usage.credit_use",
    },
    "payment_intent": {"invoice": "billing.invoices.collection", "checkout.session": "billing.checkout.completing"},
    "setup_intent": {
        "checkout.session": "billing.checkout.completing",
        "subscription": "billing.subscriptions.setting_up",
        "billing_portal.session": "billing.checkout.portal_visits",
    },
    "subscription": {
        "entitlements.feature": "billing.products.entitlements",
        "subscription_schedule": "billing.schedules.following",
    },
}
# Functions that follow what happens to an object and is no change of one row, called at that point of the transaction.
# Each is named by an object that it is about: its module is not imported while the sandbox has none.
HAPPENINGS: dict[str, dict[str, str]] = {
    # (scope, id of the customer, currency): cash that payments may wait for
    "cash_balance.funded": {"payment_intent": "payments.intents.payment_confirmation.apply_new_cash"},
    # (scope, id of the discount, ids of the customer and of the subscription that may hold it): its row is gone
    "discount.removed": {
        "customer": "payments.methods.customers.drop_discount",
        "subscription": "billing.subscriptions.updating.drop_discount",
    },
    # (scope, row of the customer), while its payment methods are attached
    "customer.deleted": {"subscription": "billing.subscriptions.canceling.end_with_customer"},
}
# Steps of documents: what owners, Stripe and tests do without a request of the API, by the module that declares them.
STEPS: dict[str, tuple[str, ...]] = {
    "connect.oauth_accounts": ("authorize_account",),
    "connect.accounts.lifecycle": ("disconnect",),
    "connect.accounts.overrides": ("add_requirement", "reject", "set_capability", "verify"),
    "connect.accounts.test_data": ("complete_onboarding", "provide_test_data"),
    "connect.owner_edits": (
        *("add_external_account", "edit_account", "edit_person", "remove_external_account"),
        "set_default_external_account",
    ),
    "billing.checkout.invoice_visits": ("pay_invoice",),
    "billing.checkout.links": ("visit_payment_link",),
    "billing.checkout.portal_visits": (
        *("add_method_in_portal", "cancel_in_portal", "edit_in_portal", "keep_in_portal", "remove_method_in_portal"),
        *("set_default_in_portal", "update_in_portal"),
    ),
    "billing.checkout.recovery": ("recover_checkout",),
    "billing.checkout.visits": ("authenticate_checkout", "change_checkout", "pay_checkout"),
    "payments.overrides": (
        *("complete_3ds", "decide_dispute", "dispute_charge", "review_charge", "set_balance", "settle_payout"),
        "warn_of_fraud",
    ),
    "payments.owner_requests": ("request_as_owner",),
}
# Tables with rows of several resources, each with the field of the record that it requires.
SHARED_TABLES: dict[str, tuple[tuple[str, str], ...]] = {"account": (("account", ""), ("v2.core.account", "v2"))}
# Operations whose responses are no objects, with the resource that declares them.
OPERATIONS = {"GetQuotesQuotePdf": "quote", "PostV2BillingMeterEventStream": "v2.billing.meter_event"}
CHANGES = (
    "connect.old_accounts",
    "payments.old_payments",
    "billing.base.old_sessions",
    "billing.base.before_basil",
    "billing.base.before_2022",
)
TABLE = Table("emulator.resources", MODULES, FOLLOWERS, HAPPENINGS, SHARED_TABLES, "generic.build", CHANGES, OPERATIONS)
