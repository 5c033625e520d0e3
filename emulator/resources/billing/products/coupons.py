"""Coupons, promotion codes and tax rates."""

from __future__ import annotations

import re
from datetime import timedelta

from emulator import errors
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, hash_in, integer
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.trees import hash_at
from emulator.store.table import Row

COUPON, CODE = "coupon", "promotion_code"
SMALLEST, LARGEST = 0.01, 100.0
FARTHEST = int(timedelta(days=5 * 365 + 1).total_seconds())
_CODE = re.compile(r"[a-zA-Z0-9\-_]+", re.ASCII)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _coupon(call: Call, fields: Fields) -> Fields:
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
    _check_percentage(percent)
    _check_future(call, "redeem_by")
    for currency in hash_at(params, "currency_options"):
        if currency != currency.lower():
            raise errors.currency_key_not_lowercase(currency)
    return fields


def _check_percentage(percent: object) -> None:
    value = float(str(percent)) if percent is not None else SMALLEST
    if value < SMALLEST:
        raise errors.percent_off_too_small(str(value))
    if value > LARGEST:
        raise errors.percent_off_too_large(str(value))


def _check_future(call: Call, name: str) -> None:
    at = integer(call.params, name, call.now + 1)
    if at <= call.now:
        raise errors.time_in_the_past(name, at)
    if at > call.now + FARTHEST:
        raise errors.time_too_far_ahead(name)


def _shown(_: Row[bytes], now: int, fields: Fields) -> Fields:
    """A coupon is valid until `redeem_by`, or until it has been redeemed `max_redemptions` times (official)."""
    until, most = fields.get("redeem_by"), fields.get("max_redemptions")
    over = isinstance(until, int) and until <= now
    used_up = isinstance(most, int) and integer(fields, "times_redeemed") >= most
    return {**fields, "valid": not (over or used_up)}


def _code(call: Call, fields: Fields) -> Fields:
    """The fields of a new promotion code, whose code is unique among the active ones. Raises StripeError."""
    if not hash_at(call.params, "promotion").get("coupon"):
        raise errors.promotion_without_coupon()
    _check_future(call, "expires_at")
    code = str(call.params.get("code") or "".join(DIGITS[ord(each) % 36] for each in call.sandbox.ids.token(8)))
    if not _CODE.fullmatch(code):
        raise errors.promotion_code_malformed("has spaces!" if " " in code else code)
    _check_unique(call, code, "")
    restrictions = {"minimum_amount": None, "minimum_amount_currency": None, **hash_in(fields, "restrictions")}
    return {**fields, "code": code, "restrictions": {"first_time_transaction": False, **restrictions}}


def _update_code(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    if fields.get("active"):
        _check_unique(call, str(fields["code"]), row.id)
    return fields


def _check_unique(call: Call, code: str, own: str) -> None:
    for row in call.sandbox.table(CODE).newest(call.owner):
        other = decode(row)
        if row.id != own and other.get("active") and str(other.get("code")).lower() == code.lower():
            raise errors.promotion_code_used(code)


def _rate(call: Call, fields: Fields) -> Fields:
    if not 0 <= float(str(call.params["percentage"])) <= LARGEST:
        raise errors.percentage_out_of_range()
    return {**fields, "effective_percentage": fields.get("percentage"), "rate_type": "percentage"}


ADDITIONS = {
    COUPON: Additions(create=_coupon, show=_shown),
    CODE: Additions(create=_code, update=_update_code),
    "tax_rate": Additions(create=_rate),
}
