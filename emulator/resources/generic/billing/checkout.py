"""Checkout sessions and payment links: their line items, totals and defaults. There is no page to pay on."""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator import errors
from emulator.resources import objects, registry
from emulator.resources.billing.products.line_items import Total, coupons_of, total
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, created, hash_in, integer, list_in, list_object, whole
from emulator.resources.resource import Fields
from emulator.resources.stored import decode
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.json import Json

SESSION, LINK = "checkout.session", "payment_link"
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.ASCII | re.IGNORECASE)
DAY, SHORTEST = 86_400, 1_800
HOSTED = "hosted_page"
SUBSCRIPTION = "subscription"
# The default values of a new session, by mode (observed).
DEFAULTS: Mapping[str, Json] = {
    "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "payment_method_types": ["card"],
    "ui_mode": HOSTED,
    "phone_number_collection": {"enabled": False},
}
PAYING: Mapping[str, Json] = {
    "adaptive_pricing": {"enabled": True},
    "discounts": [],
    "saved_payment_method_options": {
        "allow_redisplay_filters": ["always"],
        "payment_method_remove": "disabled",
        "payment_method_save": None,
    },
}
MODES: Mapping[str, Mapping[str, Json]] = {
    "payment": {
        **PAYING,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "payment_method_collection": "if_required",
    },
    "setup": {
        "adaptive_pricing": {"enabled": False},
        "payment_method_collection": "always",
        "payment_status": "no_payment_required",
    },
    SUBSCRIPTION: {**PAYING, "payment_method_collection": "always"},
}
CREATION = {"payment": "if_required", "setup": "always", SUBSCRIPTION: "always"}
# The values of a new payment link (official sample).
LINK_DEFAULTS: Mapping[str, Json] = {
    "after_completion": {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"},
    "billing_address_collection": "auto",
    "customer_creation": "if_required",
    "payment_method_collection": "always",
    "submit_type": "auto",
    "tax_id_collection": {"enabled": False, "required": "never"},
}


def _session(call: Call, fields: Fields) -> Fields:
    """The fields of a new session. Raises StripeError."""
    mode = str(call.params.get("mode") or "payment")
    _check(call, mode)
    found = total(call, list_in(call.params, "line_items"), coupons_of(call, call.params))
    _check_items(mode, found)
    whole_session: Fields = {
        **DEFAULTS,
        **MODES[mode],
        **fields,
        **_totals(mode, found),
        "mode": mode,
        "expires_at": integer(call.params, "expires_at", call.now + DAY),
        "currency": call.params.get("currency") or found.currency,
        "customer_details": _details(call, mode),
        "line_items": list_object(found.items),
    }
    if not call.params.get("customer"):
        whole_session.setdefault("customer_creation", CREATION[mode])
    whole_session["discounts"] = _discounts(call) if mode != "setup" else None
    if mode == "setup" and registry.resource("setup_intent") is not None:
        named: Params = {name: call.params[name] for name in ("customer",) if name in call.params}
        whole_session["setup_intent"] = created(call, "setup_intent", named)["id"]
    return {**whole_session, "payment_status": _payment_status(mode, found)}


def _check(call: Call, mode: str) -> None:
    params = call.params
    for one, other in (("customer", "customer_email"), ("allow_promotion_codes", "discounts")):
        if params.get(one) and params.get(other):
            raise errors.exclusive_params([(one,), (other,)])
    if mode != "setup" and not list_in(params, "line_items"):
        raise errors.missing_param(("line_items",))
    hosted = params.get("ui_mode", HOSTED) == HOSTED
    if hosted and not params.get("success_url"):
        raise errors.missing_param(("success_url",))
    for name in ("success_url", "cancel_url", "return_url"):
        if params.get(name) and not _URL.match(str(params[name])):
            raise errors.url_not_valid(name)
    expires = integer(params, "expires_at", call.now + DAY)
    if not call.now + SHORTEST <= expires <= call.now + DAY:
        raise errors.session_expiry_out_of_range()
    if hash_in(params, "automatic_tax").get("enabled"):
        raise errors.param_not_emulated(("automatic_tax", "enabled"))
    if params.get("shipping_options"):
        raise errors.param_not_emulated(("shipping_options",))


def _check_items(mode: str, found: Total) -> None:
    """A payment has no recurring price, a subscription at least one. Raises StripeError."""
    recurring = [_is_recurring(item) for item in found.items]
    if mode == "payment" and any(recurring):
        raise errors.recurring_price_in_payment(recurring.index(True))
    if mode == SUBSCRIPTION and not any(recurring):
        raise errors.no_recurring_price()


def _is_recurring(item: Json) -> bool:
    return isinstance(item, dict) and bool(hash_in(hash_in(item, "price"), "recurring"))


def _totals(mode: str, found: Total) -> Fields:
    if mode == "setup":
        return {"amount_subtotal": None, "amount_total": None, "total_details": None}
    return {"amount_subtotal": found.subtotal, "amount_total": found.total, "total_details": found.details}


def _payment_status(mode: str, found: Total) -> str:
    return "no_payment_required" if mode == "setup" or (mode == "payment" and found.total == 0) else "unpaid"


def _details(call: Call, mode: str) -> Json:
    """`customer_details` of a session before its page is filled in."""
    row = objects.get(call.scope, "customer", str(call.params.get("customer") or ""))
    known = decode(row) if row else {}
    email = known.get("email") or call.params.get("customer_email")
    if row is None and not email:
        return None
    exempt = None if mode == "setup" else "none"
    return whole("payment_pages_checkout_session_customer_details", {"email": email, "tax_exempt": exempt})


def _discounts(call: Call) -> Json:
    return [
        {"coupon": each.get("coupon"), "promotion_code": each.get("promotion_code")}
        for each in list_in(call.params, "discounts")
    ]


def _with_url(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A hosted session has a URL, any other a client secret."""
    if call.params.get("ui_mode", HOSTED) == HOSTED:
        return objects.change(call.scope, SESSION, row, url=f"{call.address}/c/pay/{row.id}")
    return objects.change(call.scope, SESSION, row, client_secret=f"{row.id}_secret_{call.sandbox.ids.token(47)}")


def _link(call: Call, fields: Fields) -> Fields:
    """The fields of a new payment link. Raises StripeError."""
    found = total(call, list_in(call.params, "line_items"))
    own: Fields = {
        "currency": found.currency,
        "line_items": list_object(found.items),
        "url": f"{call.address}/b/test_{call.sandbox.ids.token(18)}",
    }
    return {**LINK_DEFAULTS, **fields, **own}


ADDITIONS = {
    SESSION: Additions(create=_session, then=_with_url),
    LINK: Additions(create=_link),
}
