"""Promotion codes that a visitor enters on the page of a session."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.checkout import items
from emulator.resources.billing.products.breakdowns import redeemed
from emulator.resources.billing.products.line_items import coupons_of
from emulator.resources.billing.products.promotion_codes import is_active, with_code
from emulator.schema.trees import hash_in
from emulator.store.table import Row

CODE = "promotion_code"


def entered(scope: Scope, fields: Fields, code: str) -> Fields:
    """The discount of a code that a visitor enters, none for an empty one. Raises StripeError."""
    if not fields.get("allow_promotion_codes"):
        raise errors.promotion_codes_not_allowed()
    if not code:
        return {"discounts": [], **redeemed(scope, [])}
    row = of_code(scope, code)
    if row is None:
        raise errors.promotion_code_invalid()
    purchase = items.purchase(items.of(fields), fields.get("customer"))
    coupons = coupons_of(scope, {"discounts": [{CODE: row.id}]}, purchase)
    return {"discounts": [{"coupon": None, CODE: row.id}], **redeemed(scope, coupons)}


def of_code(scope: Scope, code: str) -> Row[bytes] | None:
    """The active promotion code with these letters, whatever their case (official)."""
    return next((row for row in with_code(scope, code) if is_active(scope, shared(row))), None)


def coupon_of(fields: Fields) -> str:
    """The id of the coupon of a promotion code."""
    return str(hash_in(fields, "promotion").get("coupon"))


def find(scope: Scope, identifier: str) -> Shared:
    """The fields of a promotion code by its id, empty for an unknown one."""
    row = objects.get(scope, CODE, identifier)
    return shared(row) if row is not None else {}
