"""The coupons in requests about customers, which old versions take."""

from __future__ import annotations

from emulator import errors
from emulator.catalog.versions import Version
from emulator.model.declaration.endpoint import Call
from emulator.schema import spec
from emulator.wire.json import Json

UNTIL = "2025-03-31"  # versions before take coupons of customers (official)
PARAMS = ("coupon", "promotion_code")
_ID = spec.Param(spec.String(5000))


def params(version: Version, *, clearable: bool = False) -> dict[str, spec.Param]:
    """The parameters of a customer that give it a discount; where it can have one, an empty coupon removes it."""
    if version.date >= UNTIL:
        return {}
    return {"coupon": spec.Param(_ID.type, clearable=clearable), "promotion_code": _ID}


def check(call: Call) -> None:
    """Refuses a request with a coupon and a promotion code. Raises StripeError."""
    if all(call.params.get(name) for name in PARAMS):
        raise errors.exclusive_params([(name,) for name in PARAMS])


def discount_of(call: Call, customer: str, held: Json) -> Json:
    """The discount of a customer after a request: a new one, none, or the one that it held. Raises StripeError."""
    name = next((each for each in PARAMS if call.params.get(each)), "coupon")
    if name not in call.params:
        return held
    from emulator.resources.billing.products import discounts  # noqa: PLC0415 - and lines, for few requests

    return discounts.of_customer(call, customer, name, held)
