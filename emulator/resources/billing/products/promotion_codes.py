"""`/v1/promotion_codes`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.answering import paging, verbs
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode, render, shared, stored
from emulator.resources.billing.base.declarations import without
from emulator.resources.billing.products.coupons import COUNTED, COUPON, check_future, is_valid
from emulator.resources.money.currencies import check_currency
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.schema.check import Value
from emulator.schema.trees import hash_at, hash_in, integer
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

CODE, PROMOTION = "promotion_code", "promotion"
UNTIL = "2025-09-30"  # versions before name the coupon alone (official)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MINTED = 8
BOUNDS: Mapping[str, str] = {"expires_at": "redeem_by", "max_redemptions": "max_redemptions"}
NO_RESTRICTIONS: Mapping[str, Json] = {
    "first_time_transaction": False,
    "minimum_amount": None,
    "minimum_amount_currency": None,
}
_CODE = re.compile(r"[a-zA-Z0-9\-_]+", re.ASCII)


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new promotion code, whose code is unique among the active ones. Raises StripeError."""
    coupon = call.params.get(COUPON) or hash_at(call.params, PROMOTION).get(COUPON)
    if not coupon:
        raise errors.promotion_without_coupon()
    redeemed = of_id(call, COUPON, str(coupon), COUPON if COUPON in call.params else f"{PROMOTION}[{COUPON}]")
    check_future(call, "expires_at")
    _check_bounds(call, shared(redeemed))
    if "max_redemptions" in call.params and integer(call.params, "max_redemptions") < 1:
        raise errors.integer_too_small(("max_redemptions",), 1)
    code = str(call.params.get("code") or "".join(DIGITS[ord(each) % 36] for each in call.sandbox.ids.token(MINTED)))
    if not _CODE.fullmatch(code):
        raise errors.promotion_code_malformed(code)
    _check_unique(call, code, "")
    promotion: Json = {COUPON: str(coupon), "type": COUPON}
    return {**fields, "code": code, PROMOTION: promotion, "restrictions": _restrictions(call)}


def _check_bounds(call: Call, coupon: Mapping[str, Json]) -> None:
    """Refuses more redemptions, or a later end, than the coupon has (official). Raises StripeError."""
    for name, bound in BOUNDS.items():
        most, sent = coupon.get(bound), call.params.get(name)
        if isinstance(most, int) and isinstance(sent, int) and sent > most:
            raise errors.promotion_code_exceeds_coupon(name, bound)


def _restrictions(call: Call) -> Fields:
    """The restrictions of a request, with every name. Raises StripeError."""
    sent: Fields = dict(hash_at(call.params, "restrictions"))
    if sent.get("minimum_amount") is not None and not sent.get("minimum_amount_currency"):
        raise errors.missing_param(("restrictions", "minimum_amount_currency"))
    if sent.get("minimum_amount_currency") and sent.get("minimum_amount") is None:
        raise errors.missing_param(("restrictions", "minimum_amount"))
    currency = sent.get("minimum_amount_currency")
    path = "restrictions[minimum_amount_currency]"
    own: Fields = {"minimum_amount_currency": check_currency(str(currency), path)} if currency else {}
    return {**NO_RESTRICTIONS, **sent, **own}


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    if call.params.get("active") and not decode(row).get("active"):
        _check_unique(call, str(fields["code"]), row.id)
    return fields


def _check_unique(call: Call, code: str, own: str) -> None:
    if any(row.id != own and is_active(call.scope, decode(row)) for row in with_code(call.scope, code)):
        raise errors.promotion_code_used(code)


def with_code(scope: Scope, code: str) -> Iterator[Row[bytes]]:
    """The promotion codes with a code, whatever its case, newest first (official)."""
    rows: Iterator[Row[bytes]] = scope.sandbox.table(CODE).newest(scope.owner)
    return (row for row in rows if _has_code(row, code))


def _has_code(row: Row[bytes], code: Value) -> bool:
    return str(row.keys[0]).lower() == str(code).lower()


def is_active(scope: Scope, fields: Mapping[str, Json]) -> bool:
    """Neither archived, nor expired, nor used up, and with a valid coupon (official)."""
    until, most = fields.get("expires_at"), fields.get("max_redemptions")
    over = isinstance(until, int) and until <= scope.now
    used_up = isinstance(most, int) and integer(fields, COUNTED) >= most
    coupon = objects.get(scope, COUPON, str(hash_in(fields, PROMOTION).get(COUPON)))
    return bool(fields.get("active")) and not over and not used_up and coupon is not None and _redeemable(scope, coupon)


def _redeemable(scope: Scope, coupon: Row[bytes]) -> bool:
    return is_valid(shared(coupon), scope.now)


def _render(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    fields = shared(row)
    active = is_active(Scope(sandbox, row.owner, now), fields)
    shown = render(CODE, frozenset(), sandbox, row, now)
    restrictions = {k: v for k, v in hash_in(shown, "restrictions").items() if k != "currency_options"}
    return {**shown, "active": active, "restrictions": restrictions}


def _list(call: Call) -> Json:
    """GET /v1/promotion_codes; `active` ones are those that can be redeemed. Raises StripeError."""
    wanted = call.params.get("active")
    keep = verbs.kept(PROMOTION_CODES, replace(call, params={k: v for k, v in call.params.items() if k != "active"}))
    page = paging.page(
        call,
        verbs.source(PROMOTION_CODES, call),
        noun=PROMOTION_CODES.noun,
        keep=lambda row: keep(row) and wanted in (None, is_active(call.scope, shared(row))),
    )
    return paging.listing([PROMOTION_CODES.respond(call, row) for row in page.rows], call.url, has_more=page.has_more)


def _create_params(version: Version) -> spec.Object:
    """The parameters of a create: versions before clover have the coupon at the top."""
    known = catalog.operation("PostPromotionCodes").params
    if version.date >= UNTIL:
        return known
    optional = {PROMOTION: replace(known.params[PROMOTION], required=False), COUPON: spec.Param(spec.String(5000))}
    return spec.Object({**known.params, **optional})


def _unknown(scope: Scope, identifier: str, _: str | None) -> Mapping[str, object]:
    return {PROMOTION: {"type": COUPON, COUPON: objects.existing(scope, COUPON, f"coupon_{identifier}").id}}


PROMOTION_CODES = stored(
    CODE,
    "promo",
    noun="promotion code",
    param=CODE,
    start={"active": True, COUNTED: 0},
    request_only=[COUPON],
    filters=["code", "customer", "customer_account"],
    inside={COUPON: f"{PROMOTION}.{COUPON}"},
    matches={"code": _has_code},
    create=_create,
    update=_update,
    unknown=by_request(CODE, _unknown),
    render=_render,
    events=without(Events("promotion_code.created", "promotion_code.updated"), COUNTED),
    params={"create": _create_params},
    verbs={"list": _list},
)
RESOURCES = (PROMOTION_CODES,)
