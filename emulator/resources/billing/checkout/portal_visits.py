"""Visits of the billing portal: its visitor changes subscriptions, payment methods and details.

Each function is a step of an export, and does what a request of the account does. It raises LookupError for a session
that the sandbox lacks, and StripeError where Stripe refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.asking import requests
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.checkout.portal import CONFIGURATION, SESSION, SUBSCRIPTION
from emulator.resources.payments.intents import setup_confirmation, states
from emulator.resources.payments.intents.confirmation import Confirmation
from emulator.resources.payments.intents.states import SetupIntentState
from emulator.resources.payments.methods import payment_methods
from emulator.resources.payments.methods.method_state import CUSTOMER
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.form import Tree
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

INTENT, METHOD = "setup_intent", "payment_method"
SETTINGS, DEFAULT = "invoice_settings", "default_payment_method"
# The details of a customer that the portal changes, by the names of the feature.
ENDED = ("canceled", "incomplete_expired")
DETAILS = ("address", "email", "name", "phone", "shipping")


class Visit(NamedTuple):
    """A session of the portal, its customer and the features that its configuration allows."""

    scope: Scope
    session: Shared
    customer: str
    features: Shared

    def allow(self, feature: str) -> Fields:
        """The settings of a feature. Raises StripeError where it is off."""
        found = hash_in(self.features, feature)
        if not found.get("enabled"):
            raise errors.portal_feature_off(feature)
        return found


class Added(NamedTuple):
    """The setup intent of a payment method, and the message of a decline, empty without one."""

    intent: Row[bytes]
    problem: str = ""


def find(sandbox: Sandbox, session: str) -> Visit:
    """A session of the platform or of any of its accounts. Raises LookupError."""
    row: Row[bytes] | None = sandbox.table(SESSION).find(session)
    if row is None:
        raise LookupError(f"This sandbox has no portal session {session[:100]}")
    scope, fields = Scope(sandbox, row.owner, sandbox.clock.now()), shared(row)
    configuration = objects.existing(scope, CONFIGURATION, str(fields["configuration"]))
    return Visit(scope, fields, str(fields[CUSTOMER]), hash_in(shared(configuration), "features"))


def own_subscription(visit: Visit, subscription: str) -> Row[bytes]:
    """A subscription of the visitor. Raises StripeError."""
    row = objects.get(visit.scope, SUBSCRIPTION, subscription)
    if row is None or shared(row).get(CUSTOMER) != visit.customer:
        raise errors.no_such(SUBSCRIPTION, subscription, SUBSCRIPTION)
    return row


@step("cancel_in_portal")
def cancel(sandbox: Sandbox, session: str, subscription: str, reason: str = "", comment: str = "") -> Row[bytes]:
    """Cancel a subscription, at once or at the end of its period, as the configuration says. Raises StripeError."""
    visit = find(sandbox, session)
    how, row = visit.allow("subscription_cancel"), own_subscription(visit, subscription)
    details = {name: value for name, value in (("feedback", reason), ("comment", comment)) if value}
    sent: Fields = {"cancellation_details": cast("Json", details)} if details else {}
    if how.get("mode") == "immediately":
        prorates = how.get("proration_behavior")
        invoiced = {"prorate": prorates != "none", "invoice_now": prorates == "always_invoice"}
        return _run(visit, "DeleteSubscriptionsSubscriptionExposedId", {**sent, **invoiced}, row)
    return _run(visit, "PostSubscriptionsSubscriptionExposedId", {**sent, "cancel_at_period_end": True}, row)


def _run(visit: Visit, operation: str, params: Mapping[str, object], row: Row[bytes]) -> Row[bytes]:
    return requests.run(visit.scope, operation, params, {"subscription_exposed_id": row.id})


@step("keep_in_portal")
def keep(sandbox: Sandbox, session: str, subscription: str) -> Row[bytes]:
    """Keep a subscription that would have ended with its period. Raises StripeError."""
    visit = find(sandbox, session)
    visit.allow("subscription_cancel")
    row = own_subscription(visit, subscription)
    return _run(visit, "PostSubscriptionsSubscriptionExposedId", {"cancel_at_period_end": False}, row)


@step("update_in_portal")
def update(sandbox: Sandbox, session: str, subscription: str, price: str, quantity: str = "") -> Row[bytes]:
    """Change the plan of a subscription to one that the configuration offers. Raises StripeError."""
    visit = find(sandbox, session)
    how, row = visit.allow("subscription_update"), own_subscription(visit, subscription)
    if price not in offered(how) or (quantity and not quantity.isdecimal()):
        raise errors.no_such("price", price, "price")
    item = cast("list[Fields]", objects.shown(visit.scope, SUBSCRIPTION, row)["items"]["data"])[0]  # type: ignore[index,call-overload]
    changed: Fields = {"id": item["id"], "price": price, **({"quantity": int(quantity)} if quantity else {})}
    sent: Fields = {"items": [changed], "proration_behavior": how.get("proration_behavior")}
    return _run(visit, "PostSubscriptionsSubscriptionExposedId", sent, row)


def offered(feature: Mapping[str, Json]) -> list[str]:
    """The prices that subscriptions can change to."""
    products = cast("list[Fields]", feature.get("products") or [])
    return [str(price) for product in products for price in cast("list[Json]", product.get("prices") or [])]


@step("add_method_in_portal")
def add_method(sandbox: Sandbox, session: str, entered: Tree, address: str, page: str) -> Added:
    """Save a payment method, and make it the default: a setup intent, which may wait for the bank. Raises StripeError.

    A decline is an outcome, and raises nothing.
    """
    visit = find(sandbox, session)
    visit.allow("payment_method_update")
    scope = visit.scope
    call = requests.call_of(scope, {}, publishable=True)
    method = payment_methods.from_data(call, cast("Params", entered))
    sent: Fields = {CUSTOMER: visit.customer, "usage": "off_session", "payment_method_types": [str(entered["type"])]}
    intent = objects.change(
        scope, INTENT, requests.create(scope, INTENT, sent), **kept(SetupIntentState(_portal=visit.customer))
    )
    try:
        how = Confirmation(method=method, return_url=page, address=address)
        return Added(setup_confirmation.confirm(scope, intent, how))
    except StripeError as error:
        if not error.body.changes_stay:
            raise
        return Added(objects.existing(scope, INTENT, intent.id), error.body.message)


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follow a setup intent of the portal: its payment method becomes the default of the customer."""
    fields = shared(after)
    customer = private(SetupIntentState, fields).get("_portal")
    if customer and fields["status"] == states.SUCCEEDED != shared(before)["status"]:
        _set_default(scope, customer, str(fields[METHOD]))


def _set_default(scope: Scope, customer: str, method: str) -> None:
    """The default of the customer, and of the subscriptions that have one of their own."""
    row = objects.existing(scope, CUSTOMER, customer)
    settings = hash_in(shared(row), SETTINGS)
    objects.change(scope, CUSTOMER, row, **{SETTINGS: {**settings, DEFAULT: method}})
    for each in [*subscriptions_of(scope, customer)]:
        if shared(each).get(DEFAULT) not in (None, method):
            objects.change(scope, SUBSCRIPTION, each, **{DEFAULT: method})


def subscriptions_of(scope: Scope, customer: str) -> Iterator[Row[bytes]]:
    """The subscriptions of a customer that have not ended, newest first."""
    rows: Iterator[Row[bytes]] = scope.sandbox.table(SUBSCRIPTION).newest(scope.owner, parent=customer)
    return (row for row in rows if shared(row).get("status") not in ENDED)


@step("set_default_in_portal")
def set_default(sandbox: Sandbox, session: str, method: str) -> None:
    """Make a payment method of the visitor the default. Raises StripeError."""
    visit = find(sandbox, session)
    visit.allow("payment_method_update")
    _set_default(visit.scope, visit.customer, _own_method(visit, method).id)


@step("remove_method_in_portal")
def remove_method(sandbox: Sandbox, session: str, method: str) -> None:
    """Remove a payment method of the visitor. Raises StripeError."""
    visit = find(sandbox, session)
    visit.allow("payment_method_update")
    payment_methods.detach(visit.scope, _own_method(visit, method))


def _own_method(visit: Visit, identifier: str) -> Row[bytes]:
    row = objects.get(visit.scope, METHOD, identifier)
    if row is None or shared(row).get(CUSTOMER) != visit.customer:
        raise errors.no_such("PaymentMethod", identifier, METHOD)
    return row


@step("edit_in_portal")
def edit(sandbox: Sandbox, session: str, details: Tree) -> None:
    """Change the details of the visitor that the configuration allows. Raises StripeError."""
    visit = find(sandbox, session)
    allowed = visit.allow("customer_update").get("allowed_updates")
    names = [name for name in DETAILS if isinstance(allowed, list) and (name in allowed or name == "name")]
    sent = {name: cast("Json", details[name]) for name in names if name in details}
    requests.run(visit.scope, "PostCustomersCustomer", sent, {CUSTOMER: visit.customer})
