"""`/v1/coupons`."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from emulator import errors
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Events, Fields, Shared
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import stored
from emulator.resources.billing.base.declarations import deleted_as, given_id, without
from emulator.resources.generic.base import lists
from emulator.resources.money.currencies import check_currency
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_at, integer
from emulator.store.table import Row

COUPON, PATH = "coupon", "/v1/coupons"
FARTHEST = int(timedelta(days=5 * 365 + 1).total_seconds())
ID_DIGITS = 8
COUNTED = "times_redeemed"
AT_LEAST_ONE = ("amount_off", "duration_in_months", "max_redemptions")


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new coupon. Raises StripeError."""
    params = call.params
    percent, amount = params.get("percent_off"), params.get("amount_off")
    if percent is None and amount is None:
        raise errors.coupon_without_discount()
    if percent is not None and amount is not None:
        raise errors.coupon_with_two_discounts()
    if percent is not None and params.get("currency_options"):
        raise errors.exclusive_params([("currency_options",), ("percent_off",)])
    if amount is not None and not params.get("currency"):
        raise errors.coupon_without_currency()
    if params.get("duration") == "repeating" and not params.get("duration_in_months"):
        raise errors.coupon_without_months()
    for name in AT_LEAST_ONE:
        if name in params and integer(params, name) < 1:
            raise errors.integer_too_small((name,), 1)
    check_future(call, "redeem_by")
    _check_currencies(call)
    _check_products(call)
    currency = params.get("currency")
    return {**fields, **({"currency": check_currency(str(currency))} if currency else {})}


def _check_currencies(call: Call) -> None:
    for currency in hash_at(call.params, "currency_options"):
        if currency != currency.lower():
            raise errors.currency_key_not_lowercase(currency)
        check_currency(currency, f"currency_options[{currency}]")


def _check_products(call: Call) -> None:
    products = hash_at(call.params, "applies_to").get("products")
    for place, each in enumerate(products if isinstance(products, list) else ()):
        of_id(call, "product", str(each), f"applies_to[products][{place}]")


def check_future(call: Call, name: str) -> None:
    """Refuses a time that is past, or more than five years away. Raises StripeError."""
    at = integer(call.params, name, call.now + 1)
    if at <= call.now:
        raise errors.time_in_the_past(name, at)
    if at > call.now + FARTHEST:
        raise errors.time_too_far_ahead(name)


def is_valid(fields: Shared, now: int) -> bool:
    """Until `redeem_by`, and until it has been redeemed `max_redemptions` times (official)."""
    until, most = fields.get("redeem_by"), fields.get("max_redemptions")
    over = isinstance(until, int) and until <= now
    used_up = isinstance(most, int) and integer(fields, COUNTED) >= most
    return not (over or used_up)


def _update(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    _check_currencies(call)
    return fields


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    shown = lists.shown(COUPON, PATH, frozenset(), sandbox, row, now)
    return {**shown, "valid": is_valid(shown, now)}


COUPONS = stored(
    COUPON,
    "",
    noun=COUPON,
    param=COUPON,
    new_id=given_id(COUPON, "Coupon", lambda call, _: call.sandbox.ids.random("", ID_DIGITS)),
    start={"valid": True, COUNTED: 0, "duration": "once"},
    request_only=["id"],
    create=_create,
    update=_update,
    delete=lambda _, __: None,
    unknown=by_request(COUPON, lambda _, identifier, __: {"id": identifier, "percent_off": 25}),
    render=_render,
    include=partial(lists.include, PATH, COUPON),
    events=without(deleted_as(Events("coupon.created", "coupon.updated", "coupon.deleted"), valid=False), COUNTED),
)
RESOURCES = (COUPONS,)
