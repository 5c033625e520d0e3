"""The refusals of new subscriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.products.coupons import FARTHEST
from emulator.resources.billing.subscriptions.base.states import SEND
from emulator.schema.trees import hash_in, integer, list_in
from emulator.wire.json import Json
from emulator.wire.path import ParamPath

MOST_ITEMS = 20


def check_new(call: Call, now: int) -> None:
    """Refuses invalid parameters of a create. Raises StripeError."""
    params = call.params
    if not list_in(params, "items"):
        raise errors.missing_param(("items",))
    if params.get("payment_behavior") == "pending_if_incomplete":
        raise errors.pending_if_incomplete_on_create()
    if params.get("days_until_due") and params.get("collection_method") != SEND:
        raise errors.days_without_invoice()
    if params.get("collection_method") == SEND and "days_until_due" not in params:
        raise errors.days_until_due_required()
    if params.get("trial_from_plan") and (params.get("trial_end") or params.get("trial_period_days")):
        raise errors.trial_from_plan_and_trial()
    for name in ("trial_end", "cancel_at"):
        check_ahead(params, name, now)
    if isinstance(params.get("backdate_start_date"), int) and integer(params, "backdate_start_date") > now:
        raise errors.backdate_in_the_future()
    check_refused(call)
    check_items(list_in(params, "items"))


def check_refused(call: Call) -> None:
    """Refuses parameters whose effect is not emulated. Raises StripeError."""
    for name in ("billing_thresholds", "billing_schedules", "customer_account", "pending_invoice_item_interval"):
        if call.params.get(name):
            raise errors.param_not_emulated((name,))
    automatic_tax.check(call)
    for place, each in enumerate(list_in(call.params, "items")):
        check_item(each, ("items", str(place)))


def check_item(sent: Mapping[str, object], path: ParamPath = ()) -> None:
    """Refuses a negative quantity, and parameters of an item that are not emulated. Raises StripeError."""
    if sent.get("billing_thresholds"):
        raise errors.param_not_emulated((*path, "billing_thresholds"))
    if integer(sent, "quantity") < 0:
        raise errors.integer_too_small((*path, "quantity"), 0)


def check_method(call: Call, customer: Json, method: Json) -> None:
    """Refuses a default payment method that is not one of the customer. Raises StripeError."""
    name = "default_payment_method"
    if not call.params.get(name) or call.sandbox.settings.unknown_ids != "refuse":
        return
    row = objects.get(call.scope, "payment_method", str(method))
    if row is None or row.parent != customer:
        raise errors.default_payment_method_not_attached(str(call.params[name]), name)


def check_ahead(params: Mapping[str, object], name: str, now: int, path: str = "") -> None:
    """Refuses a time that is not in the future, or too far in it. Raises StripeError."""
    at = params.get(name)
    if isinstance(at, int) and at <= now:
        raise errors.time_in_the_past(path or name, at)
    if isinstance(at, int) and at > now + FARTHEST:
        raise errors.time_too_far_ahead(path or name)


def check_items(sent: Sequence[Mapping[str, object]], name: str = "price") -> None:
    """Refuses more than twenty items (official), and two of one price. Raises StripeError."""
    if len(sent) > MOST_ITEMS:
        raise errors.too_many_subscription_items(MOST_ITEMS)
    prices = [str(each[name]) for each in sent if each.get(name)]
    for price in prices:
        if prices.count(price) > 1:
            raise errors.same_price_twice(price)


def check_prices(prices: Sequence[Fields], mode: Json) -> None:
    """Refuses several currencies, and several intervals in classic mode. Raises StripeError."""
    if len({str(price["currency"]) for price in prices}) > 1:
        raise errors.plans_differ("currency")
    intervals = {hash_in(price, "recurring").get("interval") for price in prices}
    if len(intervals) > 1 and isinstance(mode, dict) and mode["type"] == "classic":
        raise errors.plans_differ("interval")


def check_currency(scope: Scope, customer: object, currency: str) -> None:
    """Refuses another currency than the customer's. Raises StripeError."""
    row = objects.get(scope, "customer", str(customer or ""))
    known = shared(row).get("currency") if row is not None else None
    if known and known != currency:
        raise errors.currencies_combined(str(known))
