"""Redeeming coupons and promotion codes: the conditions, the discount, and the count of redemptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id, scope_of
from emulator.model.stored.stored import CLOCK, decode, shared
from emulator.resources.billing.base.amounts import amount_off
from emulator.resources.billing.base.periods import period_end
from emulator.resources.billing.products.coupons import COUNTED, COUPON, is_valid
from emulator.resources.billing.products.promotion_codes import CODE, PROMOTION, is_active
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

DISCOUNT, CUSTOMER = "discount", "customer"
TERMS = (
    "amount_off",
    "applies_to",
    "currency",
    "currency_options",
    "duration",
    "duration_in_months",
    "name",
    "percent_off",
)


class DiscountState(Private, total=False):
    """What a discount keeps.

    `_direct` ones are of one invoice or item, whose id may not be known yet, `_quoted` ones of a quote, redeemed when
    it is accepted. `_coupon` are the terms of the coupon, also when that is deleted.
    """

    _direct: bool
    _quoted: bool
    _coupon: Fields


class Purchase(NamedTuple):
    """Who buys what, as far as it is known: promotion codes and coupons can be restricted to some purchases."""

    customer: Json = None
    currency: str | None = None
    amount: int | None = None
    products: Sequence[Json] = ()


class Redeemed(NamedTuple):
    """One redemption: the terms of a coupon, with its id, and the promotion code or discount that a request names."""

    coupon: Fields
    promotion_code: str | None = None
    discount: str | None = None


NOTHING = Purchase()


# --- what a request names -----------------------------------------------------------------------------------------


def redemptions(
    call: Call | Scope, sent: Params, purchase: Purchase = NOTHING, name: str = "discounts"
) -> list[Redeemed]:
    """The redemptions of a request. Raises StripeError for one that is refused."""
    found: list[Redeemed] = []
    for place, each in enumerate(list_in(sent, name)):
        kind = next((kind for kind in _FIND if each.get(kind)), None)
        if kind is not None:
            found.append(redeemed(call, kind, str(each[kind]), f"{name}[{place}][{kind}]", purchase))
    return found


def redeemed(call: Call | Scope, kind: str, identifier: str, path: str, purchase: Purchase = NOTHING) -> Redeemed:
    """The redemption of an id of a kind: that of a coupon, a promotion code or a discount. Raises StripeError."""
    return _FIND[kind](scope_of(call), identifier, path, purchase)


def _of_coupon(scope: Scope, identifier: str, path: str, purchase: Purchase) -> Redeemed:
    row = of_id(scope, COUPON, identifier, path)
    if not is_valid(shared(row), scope.now):
        raise errors.coupon_expired(identifier)
    terms = terms_of(row)
    if purchase.currency and terms.get("amount_off") and not amount_off(terms, purchase.currency):
        raise errors.coupon_currency_differs(str(terms.get("currency")), purchase.currency)
    return Redeemed(terms)


def _of_code(scope: Scope, identifier: str, path: str, purchase: Purchase) -> Redeemed:
    row = of_id(scope, CODE, identifier, path)
    fields = decode(row)
    coupon = str(hash_in(fields, PROMOTION)[COUPON])
    if not is_active(scope, fields):
        held = objects.get(scope, COUPON, coupon)
        expired = held is None or not is_valid(shared(held), scope.now)
        raise errors.coupon_expired(coupon) if expired else errors.promotion_code_inactive(path)
    _check_restrictions(scope, fields, path, purchase)
    found = _of_coupon(scope, coupon, path, purchase)
    _check_products(found.coupon, path, purchase)
    return found._replace(promotion_code=row.id)


def _check_restrictions(scope: Scope, fields: Fields, path: str, purchase: Purchase) -> None:
    """Refuses a purchase that a promotion code is not for. Raises StripeError."""
    only, restrictions = fields.get(CUSTOMER), hash_in(fields, "restrictions")
    if only and purchase.customer != only:
        raise errors.promotion_code_of_another_customer(path)
    if restrictions.get("first_time_transaction") and has_bought(scope, purchase.customer):
        raise errors.promotion_code_not_first_time(path)
    least = _least(restrictions, purchase.currency)
    if least is not None and purchase.amount is not None and purchase.amount < least:
        raise errors.promotion_code_below_minimum(path)


def _least(restrictions: Fields, currency: str | None) -> int | None:
    """The smallest amount of a purchase in a currency; None where there is none."""
    least = restrictions.get("minimum_amount")
    if currency is not None and currency != restrictions.get("minimum_amount_currency"):
        least = hash_in(hash_in(restrictions, "currency_options"), currency).get("minimum_amount")
    return least if isinstance(least, int) else None


def _check_products(coupon: Fields, path: str, purchase: Purchase) -> None:
    only = hash_in(coupon, "applies_to").get("products")
    if isinstance(only, list) and only and purchase.products and not any(each in only for each in purchase.products):
        raise errors.promotion_code_of_other_products(path)


def has_bought(scope: Scope, customer: Json) -> bool:
    """Whether a customer has a successful payment, or an invoice that is neither a draft nor void (official)."""
    if not customer:
        return False
    return any(_has(scope, kind, customer, states) for kind, states in _PURCHASES.items())


_PURCHASES: Mapping[str, frozenset[str]] = {
    "charge": frozenset({"succeeded"}),
    "invoice": frozenset({"open", "paid", "uncollectible"}),
}


def _has(scope: Scope, kind: str, customer: Json, states: frozenset[str]) -> bool:
    rows = objects.newest_by(scope, kind, CUSTOMER, str(customer))
    return any(shared(row).get("status") in states for row in rows)


def _of_discount(scope: Scope, identifier: str, path: str, _: Purchase) -> Redeemed:
    row = of_id(scope, DISCOUNT, identifier, path)
    code = shared(row).get(CODE)
    return Redeemed(terms(scope, row.id), str(code) if code else None, row.id)


_FIND: Mapping[str, Callable[[Scope, str, str, Purchase], Redeemed]] = {
    COUPON: _of_coupon,
    CODE: _of_code,
    DISCOUNT: _of_discount,
}


# --- terms --------------------------------------------------------------------------------------------------------


def terms_of(coupon: Row[bytes]) -> Fields:
    """The terms of a coupon, with its id."""
    fields = shared(coupon)
    return {"id": coupon.id, **{name: fields[name] for name in TERMS if name in fields}}


def terms(call: Call | Scope, discount: str) -> Fields:
    """The worth of a discount: the terms of its coupon when it was redeemed; empty where there is none."""
    row = objects.get(scope_of(call), DISCOUNT, discount)
    if row is None:
        return {}
    fields = shared(row)
    own = private(DiscountState, fields).get("_coupon")
    if own:
        return own
    coupon = objects.get(scope_of(call), COUPON, str(hash_in(fields, "source").get(COUPON)))
    return terms_of(coupon) if coupon is not None else {}


# --- discounts ----------------------------------------------------------------------------------------------------


def discount_fields(call: Call | Scope, found: Redeemed, **owner: Json) -> Fields:
    """The fields of a new discount; that of a repeating coupon ends, except on one invoice."""
    scope = scope_of(call)
    months: Fields = {"interval": "month", "interval_count": integer(found.coupon, "duration_in_months", 1)}
    direct = owner.get("invoice") or owner.get("invoice_item") or private(DiscountState, owner).get("_direct")
    repeats = found.coupon.get("duration") == "repeating" and not direct
    customer = objects.get(scope, CUSTOMER, str(owner.get(CUSTOMER) or ""))
    clock = shared(customer).get(CLOCK) if customer is not None else None
    return {
        "end": period_end(scope.now, months) if repeats else None,
        CODE: found.promotion_code,
        "source": {COUPON: found.coupon["id"], "type": COUPON},
        "start": scope.now,
        **kept(DiscountState(_coupon=found.coupon)),
        **({CLOCK: clock} if clock else {}),
        **owner,
    }


def add(call: Call | Scope, found: Redeemed, **owner: Json) -> str:
    """The id of a new discount, or of the one that a request names; `owner` is what it is for. Counts a redemption."""
    if found.discount is not None:
        return found.discount
    scope = scope_of(call)
    identifier = scope.sandbox.ids.in_account("di", scope.now, scope.owner)
    objects.add(scope, DISCOUNT, identifier, discount_fields(scope, found, **owner))
    if not private(DiscountState, owner).get("_quoted"):
        count(scope, found)
    return identifier


def place(scope: Scope, discounts: Json, **owner: Json) -> None:
    """Names the invoice or the item of discounts that were redeemed for it alone."""
    for identifier in discounts if isinstance(discounts, list) else ():
        row = objects.get(scope, DISCOUNT, str(identifier))
        if row is not None and private(DiscountState, shared(row)).get("_direct"):
            objects.change(scope, DISCOUNT, row, **owner)


def check_left(scope: Scope, discounts: Iterable[Redeemed]) -> None:
    """Refuses coupons and promotion codes that others have used up, or that are over by now. Raises StripeError.

    Those that were deleted keep their terms.
    """
    for each in discounts:
        coupon = objects.get(scope, COUPON, str(each.coupon["id"]))
        if coupon is not None and not is_valid(shared(coupon), scope.now):
            raise errors.coupon_expired(coupon.id)
        code = objects.get(scope, CODE, each.promotion_code) if each.promotion_code else None
        if coupon is not None and code is not None and not is_active(scope, shared(code)):
            raise errors.promotion_code_inactive(CODE)


def count(call: Call | Scope, found: Redeemed) -> None:
    """Counts a redemption of a coupon, and of its promotion code."""
    scope = scope_of(call)
    for kind, identifier in ((COUPON, str(found.coupon["id"])), (CODE, found.promotion_code)):
        row = objects.get(scope, kind, identifier) if identifier else None
        if row is not None:
            objects.change(scope, kind, row, **{COUNTED: integer(shared(row), COUNTED) + 1})
