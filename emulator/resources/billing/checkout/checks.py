"""The refusals of a new checkout session, in Stripe's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.checkout import items
from emulator.resources.billing.subscriptions.base.checks import MOST_ITEMS
from emulator.resources.money.currencies import MINIMUMS, formatted
from emulator.resources.payments.intents import parameters
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer
from emulator.wire.dataclasses import replace
from emulator.wire.timestamps import DAY

PAYMENT, SETUP, SUBSCRIPTION = "payment", "setup", "subscription"
HOSTED, EMBEDDED, ELEMENTS = "hosted_page", "embedded_page", "elements"
SHORTEST = 1_800
SLACK = 5  # seconds that a timestamp may be late, by the way to Stripe (our choice)
URLS = ("success_url", "cancel_url", "return_url")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.ASCII | re.IGNORECASE)
# The parameters that sessions of other modes do not take.
ONLY_IN: Mapping[str, tuple[str, ...]] = {
    "allow_promotion_codes": (PAYMENT, SUBSCRIPTION),
    "discounts": (PAYMENT, SUBSCRIPTION),
    "line_items": (PAYMENT, SUBSCRIPTION),
    "payment_intent_data": (PAYMENT,),
    "setup_intent_data": (SETUP,),
    "shipping_options": (PAYMENT,),
    "subscription_data": (SUBSCRIPTION,),
}
EXCLUSIVE = (("customer", "customer_email"), ("allow_promotion_codes", "discounts"))
GAPS = (("managed_payments", "enabled"),)
GAPS_WHOLE = ("customer_account", "optional_items", "name_collection")


def check(call: Call, mode: str) -> None:
    """Refuse parameters that contradict each other, the mode, or the way the session is shown. Raises StripeError."""
    params = call.params
    for one, other in EXCLUSIVE:
        if params.get(one) and params.get(other):
            raise errors.exclusive_params([(one,), (other,)])
    _check_mode(params, mode)
    if mode != SETUP and not items.sent_in(params):
        raise errors.missing_param(("line_items",))
    _check_urls(params)
    _check_expiry(call)
    _check_gaps(params)
    _check_tax(call, mode)


def _check_tax(call: Call, mode: str) -> None:
    """Refuse automatic tax where the page cannot learn the place of the customer (observed). Raises StripeError."""
    params = call.params
    automatic_tax.check(call)
    if not automatic_tax.is_on(params):
        return
    if mode == SETUP:
        raise errors.automatic_tax_in_setup_mode()
    if hash_in(params, "payment_intent_data").get("shipping"):
        raise errors.automatic_tax_with_shipping()
    updates, customer = hash_in(params, "customer_update"), params.get("customer")
    if customer and params.get("shipping_address_collection") and updates.get("shipping") != "auto":
        raise errors.automatic_tax_without_shipping_update()
    saved = "auto" in (updates.get("address"), updates.get("shipping"))
    if customer and not saved and not automatic_tax.is_located(call.scope, str(customer)):
        raise errors.automatic_tax_without_address()


def _check_mode(params: Params, mode: str) -> None:
    for name, modes in ONLY_IN.items():
        if params.get(name) and mode not in modes:
            raise errors.param_not_in_mode(name, mode)
    if params.get("customer_creation") and mode == SUBSCRIPTION:
        raise errors.customer_creation_in_mode()
    if hash_in(params, "invoice_creation").get("enabled") and mode != PAYMENT:
        raise errors.invoice_creation_in_mode()
    if mode == SETUP and not params.get("currency") and not params.get("payment_method_types"):
        raise errors.currency_of_setup_missing()


def _check_urls(params: Params) -> None:
    shown = str(params.get("ui_mode") or HOSTED)
    unfit = ("return_url",) if shown == HOSTED else ("cancel_url", "success_url")
    if named := [name for name in unfit if params.get(name)]:
        raise errors.params_not_in_ui_mode(shown, named)
    never = params.get("redirect_on_completion") == "never"
    if never and params.get("return_url"):
        raise errors.return_url_without_redirect()
    required = "success_url" if shown == HOSTED else "" if never else "return_url"
    if required and not params.get(required):
        raise errors.missing_param((required,))
    for name in URLS:
        if params.get(name) and not _URL.match(str(params[name])):
            raise errors.url_not_valid(name)


def has_scheme(url: str) -> bool:
    """Whether a text begins as a URL does."""
    return _URL.match(url) is not None


def _check_expiry(call: Call) -> None:
    expires = integer(call.params, "expires_at", call.now + DAY)
    if expires < call.now + SHORTEST - SLACK:
        raise errors.session_expires_too_soon()
    if expires > call.now + DAY + SLACK:
        raise errors.session_expires_too_late()


def _check_gaps(params: Params) -> None:
    """Refuse by name what is not emulated."""
    for path in GAPS:
        if hash_in(params, path[0]).get(path[1]):
            raise errors.param_not_emulated(path)
    for name in GAPS_WHOLE:
        if params.get(name):
            raise errors.param_not_emulated((name,))


def check_items(mode: str, found: Sequence[Fields]) -> None:
    """A payment has no recurring price, a subscription at least one, and at most 20 of each. Raises StripeError."""
    recurring = [items.is_recurring(item) for item in found]
    if mode == PAYMENT and any(recurring):
        raise errors.recurring_price_in_payment(recurring.index(True))
    if mode == SUBSCRIPTION and not any(recurring):
        raise errors.no_recurring_price()
    if mode == SUBSCRIPTION and max(map(recurring.count, (True, False))) > MOST_ITEMS:
        raise errors.too_many_line_items(MOST_ITEMS)


def check_total(total: int, currency: str, written: str | None = None) -> None:
    """Refuse a payment below the smallest one of its currency, which the error has as it was sent. Raises StripeError.

    (Observed.)
    """
    smallest = MINIMUMS.get(currency, 0)
    if 0 < total < smallest:
        raise errors.session_total_too_small(formatted(smallest, currency), written or currency)


def check_intent(call: Call, params: Params) -> None:
    """Refuse what the payment intent of the session will be refused for. Raises StripeError."""
    try:
        fee = {name: value for name, value in params.items() if name == "application_fee_amount"}
        parameters.new_fields(replace(call, params=params, uploads={}), cast("Fields", fee))
    except StripeError as error:
        param = error.body.param or ""
        head, bracket, rest = param.partition("[")
        if head not in hash_in(call.params, "payment_intent_data"):
            raise
        named = f"payment_intent_data[{head}]{bracket}{rest}"
        raise StripeError(replace(error.body, param=named)) from None
