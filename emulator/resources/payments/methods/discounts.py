"""The discount of a customer: the coupon that old versions give it, and that its invoices inherit."""

from __future__ import annotations

from collections.abc import Iterator

from emulator import errors
from emulator.catalog.versions import Version
from emulator.resources import objects
from emulator.resources.billing.base.periods import period_end
from emulator.resources.billing.products.line_items import DISCOUNT, coupon_of, customer_discount
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import draw, hash_in, integer, of_id
from emulator.resources.payments.methods.payment_methods import CUSTOMER
from emulator.resources.resource import Events, Fields
from emulator.resources.stored import decode, encode, stored
from emulator.resources.templates import template
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.store.table import Row
from emulator.wire.json import Json

UNTIL = "2025-03-31"  # versions before take coupons of customers (official)
PARAMS = ("coupon", "promotion_code")
SUBSCRIPTION = "subscription"
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


def redeemed(call: Call, customer: str, held: Json) -> Json:
    """The discount of a customer after a request: a new one, none, or the one that it held. Raises StripeError."""
    name = next((each for each in PARAMS if call.params.get(each)), None)
    if name is not None:
        return _placed(call, _fields(call, customer, name), held)
    if "coupon" in call.params:
        _remove(call, held)
        return None
    return held


def _fields(call: Call, customer: str, name: str) -> Fields:
    identifier = str(call.params[name])
    coupon = coupon_of(call, name, identifier, name)
    months: Fields = {"interval": "month", "interval_count": integer(coupon, "duration_in_months", 1)}
    return {
        "customer": customer,
        "end": period_end(call.now, months) if coupon.get("duration") == "repeating" else None,
        "promotion_code": identifier if name == "promotion_code" else None,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": call.now,
    }


def _placed(call: Call, fields: Fields, held: Json) -> Json:
    """A new discount; one that replaces another keeps its id, so that the event is that of an update."""
    row = _row(call, held)
    if row is None:
        return objects.shown(call.scope, DISCOUNT, objects.add(call.scope, DISCOUNT, draw(call, DISCOUNT), fields))
    return objects.shown(call.scope, DISCOUNT, objects.replace(call.scope, DISCOUNT, row, fields))


def _row(call: Call, held: Json) -> Row[bytes] | None:
    return objects.get(call.scope, DISCOUNT, str(held["id"])) if isinstance(held, dict) and held else None


def _remove(call: Call, held: Json) -> None:
    row = _row(call, held)
    if row is not None:
        call.sandbox.table(DISCOUNT).remove(call.owner, row.id)


# --- endpoints ----------------------------------------------------------------------------------------------------


def _holder(call: Call) -> tuple[str, Row[bytes]]:
    """The subscription, or else the customer, that the path names. Raises StripeError."""
    for name, placed in ((CUSTOMER, CUSTOMER), (SUBSCRIPTION, "subscription_exposed_id")):
        if placed in call.path:
            found = name, of_id(call, name, call.path[placed], "id", 404)
    return found


def _held(call: Call) -> tuple[str, Row[bytes], Row[bytes] | None]:
    """The holder and its discount; of several of a subscription, the first. Raises StripeError."""
    kind, holder = _holder(call)
    if kind == CUSTOMER:
        return kind, holder, _row(call, customer_discount(call, holder.id))
    ids = decode(holder).get("discounts")
    return kind, holder, objects.get(call.scope, DISCOUNT, str(ids[0])) if isinstance(ids, list) and ids else None


def _plausible(call: Call, kind: str, holder: Row[bytes]) -> Fields:
    """The discount of a holder that has none, where unknown ids are created. Raises StripeError elsewhere."""
    if call.sandbox.settings.unknown_ids == "create":
        return {**template(DISCOUNT), "id": draw(call, DISCOUNT), "start": call.now}
    raise errors.no_discount(kind, holder.id)


def _show(call: Call) -> Json:
    """GET /v1/customers/{customer}/discount. Raises StripeError."""
    kind, holder, row = _held(call)
    return objects.shown(call.scope, DISCOUNT, row) if row else _plausible(call, kind, holder)


def _delete(call: Call) -> Json:
    """DELETE /v1/customers/{customer}/discount: the discount without its end, and `deleted`. Raises StripeError."""
    kind, holder, row = _held(call)
    shown = objects.shown(call.scope, DISCOUNT, row) if row else _plausible(call, kind, holder)
    if row is not None:
        call.sandbox.table(DISCOUNT).remove(call.owner, row.id)
        ids = decode(holder).get("discounts")
        left: Fields = (
            {"discount": None} if kind == CUSTOMER else {"discounts": ids[1:] if isinstance(ids, list) else []}
        )
        objects.change(call.scope, kind, holder, **left)
    names = {**dict.fromkeys(("id", "object")), **dict.fromkeys(sorted({*shown, "deleted"} - {"end"}))}
    return {name: True if name == "deleted" else shown[name] for name in names}


# --- time ---------------------------------------------------------------------------------------------------------


def _ends(row: Row[bytes]) -> Iterator[int]:
    """The second at which a repeating coupon ends."""
    end = decode(row).get("end")
    if isinstance(end, int):
        yield end


def _end(sandbox: Sandbox, row: Row[bytes], _: int) -> None:
    """A discount that has ended is removed, also from its customer."""
    table, fields = sandbox.table(CUSTOMER), decode(row)
    sandbox.table(DISCOUNT).remove(row.owner, row.id)
    customer = table.get(row.owner, str(fields.get(CUSTOMER)))
    if customer is not None and hash_in(decode(customer), DISCOUNT).get("id") == row.id:
        table.put(customer._replace(data=encode({**decode(customer), DISCOUNT: None})))


DISCOUNTS = stored(
    DISCOUNT,
    "di",
    events=Events("customer.discount.created", "customer.discount.updated", "customer.discount.deleted"),
    verbs={"show": _show, "delete": _delete},
    timer=_ends,
    elapse=_end,
)
RESOURCES = (DISCOUNTS,)
