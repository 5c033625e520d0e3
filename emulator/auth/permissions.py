"""Permissions of restricted keys: their names, and which of them an operation requires.

Stripe names them `<object>_read` and `<object>_write`; older messages put `rak_` before them. Write access
includes read access, as in Stripe's Dashboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from emulator.wire.namedtuples import NamedTuple

READ, WRITE = "read", "write"


class Permission(NamedTuple):
    """One level of access to one kind of object. `label` is its name in the Dashboard."""

    object: str
    level: str
    label: str

    @property
    def name(self) -> str:
        """For example `customer_write`."""
        return f"{self.object}_{self.level}"

    @property
    def title(self) -> str:
        """For example `Customers Write`."""
        return f"{self.label} {self.level.title()}"


class Object(NamedTuple):
    """A kind of object, by its name in permissions and in the Dashboard."""

    name: str
    label: str


# Names are official (Stripe's permissions reference) or observed; `account_session` follows the rule (inferred). The
# labels of accounts, charges, checkout sessions, customers and prices were observed.
_BASIC = Object("accounts_kyc_basic", "Basic Business Contact Information")
_ACCOUNT = Object("connected_account", "Accounts")
_BALANCE = Object("balance", "Balance")
_CHARGE = Object("charge", "Charges and Refunds")
_CHECKOUT = Object("checkout_session", "Checkout Sessions")
_CUSTOMER = Object("customer", "Customers")
_LINK = Object("account_link", "Account Links")
_EVENT = Object("event", "Events")
_PLAN = Object("plan", "Prices")
_SETUP = Object("setup_intent", "SetupIntents")
_TOKEN = Object("token", "Tokens")
_WEBHOOK = Object("webhook", "Webhook Endpoints")
OBJECTS: Mapping[str, Object] = {
    "/v1/account": _BASIC,
    "/v1/account_links": _LINK,
    "/v1/account_sessions": Object("account_session", "Account Sessions"),
    "/v1/accounts": _ACCOUNT,
    "/v1/accounts/{account}/login_links": Object("edit_link", "Login Links"),
    "/v1/application_fees": Object("application_fee", "Application Fees"),
    "/v1/balance": _BALANCE,
    "/v1/balance_transactions": _BALANCE,
    "/v1/billing_portal": Object("customer_portal", "Customer Portal"),
    "/v1/charges": _CHARGE,
    "/v1/checkout/sessions": _CHECKOUT,
    "/v1/coupons": Object("coupon", "Coupons"),
    "/v1/customers": _CUSTOMER,
    "/v1/disputes": Object("dispute", "Disputes"),
    "/v1/events": _EVENT,
    "/v1/external_accounts": _ACCOUNT,
    "/v1/files": Object("file", "Files"),
    "/v1/invoices": Object("invoice", "Invoices"),
    "/v1/payment_intents": Object("payment_intent", "PaymentIntents"),
    "/v1/payment_links": Object("payment_links", "Payment Links"),
    "/v1/payment_method_configurations": Object("payment_method_configurations", "Payment Method Configurations"),
    "/v1/payment_pages": _CHECKOUT,
    "/v1/payment_methods": Object("payment_method", "PaymentMethods"),
    "/v1/payouts": Object("payout", "Payouts"),
    "/v1/plans": _PLAN,
    "/v1/prices": _PLAN,
    "/v1/products": Object("product", "Products"),
    "/v1/quotes": Object("quote", "Quotes"),
    "/v1/radar/early_fraud_warnings": _CHARGE,
    "/v1/refunds": _CHARGE,
    "/v1/reporting": Object("report_runs_and_report_types", "Report Runs and Report Types"),
    "/v1/setup_attempts": _SETUP,
    "/v1/setup_intents": _SETUP,
    "/v1/sources": Object("source", "Sources"),
    "/v1/subscriptions": Object("subscription", "Subscriptions"),
    "/v1/test_helpers/customers": _CUSTOMER,
    "/v1/test_helpers/refunds": _CHARGE,
    "/v1/test_helpers/test_clocks": Object("billing_clock", "Test Clocks"),
    "/v1/tokens": _TOKEN,
    "/v1/topups": Object("top_up", "Top-ups"),
    "/v1/transfers": Object("transfer", "Transfers"),
    "/v1/webhook_endpoints": _WEBHOOK,
    "/v2/billing/meter_event_stream": Object("v2_billing_meter_event", "Meter Events v2"),
    "/v2/core/account_links": _LINK,
    "/v2/core/account_tokens": Object("v2_core_account_token", "Account Tokens v2"),
    "/v2/core/accounts": Object("v2_core_account", "Connect account (v2)"),
    "/v2/core/accounts/{account_id}/person_tokens": Object("v2_core_account_person_token", "Person Tokens v2"),
    "/v2/core/accounts/{account_id}/persons": Object("v2_core_account_person", "Persons v2"),
    "/v2/core/event_destinations": _WEBHOOK,
    "/v2/core/events": _EVENT,
}
# Operations whose response is an account require read access to it as well (observed).
ALSO: Mapping[str, Permission] = {"/v1/accounts": Permission(_BASIC.name, READ, _BASIC.label)}
# By object, those whose permissions include read access to it as well (official).
INCLUDED_IN: Mapping[str, tuple[str, ...]] = {
    "application_fee": ("balance_transaction_source",),
    "balance": ("balance_transaction_source",),
    "billing_clock": ("customer",),
    "credit_note": ("invoice",),
    "invoice": ("credit_note",),
    "mandate": ("checkout_session", "payment_links", "setup_intent"),
    "payment_intent": ("checkout_session",),
    "payment_links": ("checkout_session",),
    "payout": ("transfer",),
    "product": ("checkout_session", "payment_intent", "payment_links", "quote"),
    "setup_intent": ("checkout_session",),
    "source": ("payment_method",),
    "transfer": ("balance_transaction_source",),
}
# A restricted key may send Stripe-Account if it has a permission for one of these objects (which ones is our choice).
CONNECT = frozenset(
    """
account_link account_session application_fee connected_account edit_link top_up transfer v2_core_account
v2_core_account_person
""".split()
)
RAK = "rak_"
_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*_(read|write)\Z", re.ASCII)


def parse(text: str) -> str | None:
    """The name of a permission without `rak_`, None if it does not have the form of one. Any object is accepted."""
    name = text.removeprefix(RAK)
    return name if len(name) <= 100 and _NAME.match(name) else None


def grants(granted: frozenset[str], required: Permission) -> bool:
    """Whether the granted permissions include the required one; write includes read."""
    if required.level == WRITE:
        return required.name in granted
    objects = (required.object, *INCLUDED_IN.get(required.object, ()))
    return any(f"{each}_{level}" in granted for each in objects for level in (READ, WRITE))


def may_connect(granted: frozenset[str] | None) -> bool:
    """Whether a key may act on connected accounts; None is a key that may do everything."""
    return granted is None or any(name.rpartition("_")[0] in CONNECT for name in granted)


@lru_cache(maxsize=1024)
def required_for(method: str, path: str, name: str = "-") -> tuple[Permission, ...]:
    """The permissions that an operation requires, that of its object first; none if not known. `path` is a template.

    Where the table has no row, the name of the object is that of the permission (inferred from the rows).
    """
    level = READ if method == "GET" else WRITE
    for beginning in _beginnings(path):
        found = OBJECTS.get(beginning)
        if found is not None:
            also = ALSO.get(beginning)
            return (Permission(found.name, level, found.label), *((also,) if also else ()))
    if name == "-":
        return ()
    words = name.replace(".", "_")
    return (Permission(words, level, words.replace("_", " ").title()),)


def _beginnings(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]
