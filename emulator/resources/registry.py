"""The table of the modelled resources: each with the module that declares it, imported on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from importlib import import_module
from typing import Any

from emulator import errors
from emulator.catalog import Operation, operations, versions
from emulator.resources import verbs
from emulator.resources.endpoint import Call, Endpoint, Scope
from emulator.resources.resource import Resource
from emulator.resources.versions import Find
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

MODULES = {
    "-": "core.no_objects",
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
    "shipping_rate": "billing.checkout.shipping",
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
# Tables with rows of several resources, each with the field of the record that it requires.
SHARED_TABLES: dict[str, tuple[tuple[str, str], ...]] = {"account": (("account", ""), ("v2.core.account", "v2"))}


@cache
def resource(name: str) -> Resource[Any] | None:
    """The resource of an object, such as `account`: a modelled one, or one made from the catalog."""
    module = MODULES.get(name)
    if module is None:
        return _generic(name)
    found: tuple[Resource[Any], ...] = import_module(f"emulator.resources.{module}").RESOURCES
    return next(each for each in found if each.name == name)


def _generic(name: str) -> Resource[Any] | None:
    """The resource of an object that is not modelled, made from the catalog."""
    made: Resource[Any] | None = import_module("emulator.resources.generic.build").resource(name)
    return made


def found(call: Call, name: str, identifier: str) -> Json:
    """The object of an id in the newest version, None where there is none."""
    known = resource(name)
    return known.find(call, identifier) if known else None


def finder(sandbox: Sandbox, account: str | None, version: str, now: int) -> Find:
    """Finds the objects that a version shows inside others, as a request of the account would."""
    return partial(found, Call(sandbox, now, versions.parse(version), {}, {}, account, ""))


def follow(scope: Scope, name: str, before: Row[bytes], after: Row[bytes]) -> None:
    """Change what follows the change of an object. Raises StripeError."""
    for other, module in FOLLOWERS.get(name, {}).items():
        if scope.sandbox.table(other):
            import_module(f"emulator.resources.{module}").changed(scope, before, after)


def of_table(table: str, record: object) -> Iterable[Resource[Any]]:
    """The resources of a row in a table. Others are not imported."""
    if table not in SHARED_TABLES:
        return _alone(table)
    return filter(None, (resource(name) for name, needed in SHARED_TABLES[table] if _has(record, needed)))


@cache
def _alone(table: str) -> tuple[Resource[Any], ...]:
    found = resource(table)
    return () if found is None else (found,)


def _has(record: object, needed: str) -> bool:
    return not needed or getattr(record, needed) is not None


@cache
def endpoint(operation: Operation) -> Endpoint | None:
    """The endpoint of an operation, None when it is not emulated."""
    found, parent = resource(operation.object), resource(operation.parent) if operation.parent != "-" else None
    made = verbs.endpoint(found, operation, parent) if found else None
    names = _checked_filters(found) if found and operation.verb == "list" and "{" not in operation.path else ()
    return replace(made, run=partial(_of_existing, names, made.run)) if made and names else made


# Filters of lists whose id must be one that has existed (observed), beside `customer` of any list (inferred).
FILTERS = frozenset({("price", "product"), ("refund", "charge")})


def _checked_filters(found: Resource[Any]) -> tuple[str, ...]:
    return tuple(name for name in found.filters if name == "customer" or (found.name, name) in FILTERS)


def _of_existing(names: tuple[str, ...], handler: Callable[[Call], Json | bytes], call: Call) -> Json | bytes:
    """A list, unless it is of an object that never existed; that of a deleted one is empty. Raises StripeError."""
    for name in call.params.keys() & set(names):
        found, identifier = resource(name), str(call.params[name])
        if found is not None and not verbs.existed(found, call, identifier):
            raise errors.no_such(found.noun, identifier, name, other_mode=call.sandbox.other_mode_of(identifier))
    return handler(call)


def emulated() -> Iterator[Operation]:
    """The operations that are emulated, in the catalog's order."""
    return (operation for operation in operations() if endpoint(operation) is not None)
