"""The fields of a new checkout session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator import errors
from emulator.model.asking.requests import create
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import whole
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import shared
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.base.old_parameters import modern_session
from emulator.resources.billing.base.old_sessions import LAZY_SINCE, UI_MODES
from emulator.resources.billing.checkout import checks, items
from emulator.resources.billing.checkout.checks import EMBEDDED, HOSTED, PAYMENT, SETUP, SUBSCRIPTION
from emulator.resources.billing.checkout.kept import SessionState
from emulator.resources.billing.products import shipping
from emulator.resources.billing.products.breakdowns import redeemed
from emulator.resources.billing.products.line_items import coupons_of, rates_of
from emulator.resources.billing.subscriptions.base.checks import check_ahead
from emulator.resources.billing.subscriptions.base.checks import check_currency as check_customer
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.holders import account_of
from emulator.resources.payments.intents import method_types
from emulator.resources.payments.intents.states import IntentState
from emulator.resources.payments.methods import configurations
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at, hash_in, integer, list_in, merge
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

SESSION = "checkout.session"
INTENT, SETUP_INTENT = "payment_intent", "setup_intent"
# The parameters that are kept for the objects that the session makes, by their names in its row.
KEPT: Mapping[str, str] = {
    name: f"_{name}"
    for name in (
        "customer_update",
        "payment_intent_data",
        "payment_method_data",
        "setup_intent_data",
        "subscription_data",
    )
}
REQUEST_ONLY = (*KEPT, "line_items", "payment_method_configuration", "shipping_options", "discounts", "ui_mode")
BRANDING: Mapping[str, Json] = {
    "background_color": "#ffffff",
    "border_style": "rounded",
    "button_color": "#0074d4",
    "display_name": "",
    "font_family": "default",
    "icon": None,
    "logo": None,
}
NO_INVOICE: Json = {
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
}
SAVED_METHODS: Json = {
    "allow_redisplay_filters": ["always"],
    "payment_method_remove": "disabled",
    "payment_method_save": None,
}
COLLECTED: Json = {"business_name": None, "individual_name": None, "shipping_details": None}
# The first values of a session, by mode (observed).
FIRST: Mapping[str, Mapping[str, Json]] = {
    PAYMENT: {
        "adaptive_pricing": {"enabled": True},
        "invoice_creation": NO_INVOICE,
        "payment_method_collection": "if_required",
    },
    SETUP: {"adaptive_pricing": {"enabled": False}, "payment_method_collection": "always"},
    SUBSCRIPTION: {
        "adaptive_pricing": {"enabled": True},
        "payment_method_collection": "always",
        "saved_payment_method_options": SAVED_METHODS,
    },
}
# Those of a payment before 2022-08-01, where every payment makes a customer, and its intent is made with the session.
EAGER: Mapping[str, Json] = {"payment_method_collection": "always", "customer_creation": "always"}
CREATION = {PAYMENT: "if_required", SETUP: "if_required", SUBSCRIPTION: "always"}
SECRET, FRAGMENT, ID_DIGITS = 58, 240, 56


def fields_of(call: Call, sent: Fields) -> Fields:
    """The fields of a new session. Raises StripeError."""
    if call.version.date < LAZY_SINCE:
        call = _modern(call)
    mode = str(call.params.get("mode") or PAYMENT)
    checks.check(call, mode)
    identifier = new_id(call, mode)
    details = _details(call, mode)
    fields: Fields = {
        "collected_information": COLLECTED if details else None,
        "managed_payments": {"enabled": False},
        "phone_number_collection": {"enabled": False},
        **_first(call, mode),
        **({"saved_payment_method_options": SAVED_METHODS} if mode == PAYMENT and call.params.get("customer") else {}),
        **sent,
        **{hidden: cast("Json", call.params[name]) for name, hidden in KEPT.items() if call.params.get(name)},
        "branding_settings": _branding(call, sent),
        "mode": mode,
        "status": "open",
        "expires_at": integer(call.params, "expires_at", call.now + DAY),
        "customer_details": details,
        **kept(SessionState(_id=identifier)),
    }
    if automatic_tax.is_on(fields):
        fields[automatic_tax.NAME] = automatic_tax.of_bill(
            call.scope, {**fields, "customer": call.params.get("customer")}
        )
    fields |= _amounts(call, mode)
    fields |= _types(call, str(fields.get("currency") or ""))
    if not call.params.get("customer"):
        fields["customer_creation"] = _creation(call, mode)
    return {**_completed(fields), **_made(call, mode, fields), **_place(call, identifier)}


def _modern(call: Call) -> Call:
    """A request of before 2022-08-01 in the parameters of later ones. Raises StripeError."""
    for place, each in enumerate(list_in(hash_at(call.params, "subscription_data"), "items")):
        of_id(call, "plan", str(each["plan"]), f"subscription_data[items][{place}][plan]")
    return replace(call, params=modern_session(call.params))


def _first(call: Call, mode: str) -> Mapping[str, Json]:
    eager = {"payment_method_collection": EAGER["payment_method_collection"]} if _is_eager(call, mode) else {}
    return {**FIRST[mode], **eager}


def _creation(call: Call, mode: str) -> Json:
    """Whether a session without a customer makes one; before 2022-08-01 each payment does (official)."""
    sent = call.params.get("customer_creation") if mode != SUBSCRIPTION else None
    usual = EAGER["customer_creation"] if _is_eager(call, mode) else CREATION[mode]
    return sent or usual


def _is_eager(call: Call, mode: str) -> bool:
    return mode == PAYMENT and call.version.date < LAZY_SINCE


def new_id(call: Call, mode: str) -> str:
    """`cs_test_` and 58 characters, of which the first tells whether a payment method is set up (observed)."""
    test = "" if call.sandbox.livemode else "test_"
    return call.sandbox.ids.random("cs", ID_DIGITS, f"{test}{'c1' if mode == SETUP else 'a1'}")


def _completed(fields: Fields) -> Fields:
    """The fields, with every name of the hashes that the request sent in part."""
    saved, invoice = fields.get("saved_payment_method_options"), fields.get("invoice_creation")
    if isinstance(saved, dict):
        fields["saved_payment_method_options"] = cast(
            "Json", merge(cast("Params", SAVED_METHODS), cast("Params", saved))
        )
    if isinstance(invoice, dict):
        fields["invoice_creation"] = cast("Json", merge(cast("Params", NO_INVOICE), cast("Params", invoice)))
    if isinstance(custom := fields.get("custom_fields"), list):
        fields["custom_fields"] = [_custom_field(each) for each in custom if isinstance(each, dict)]
    if isinstance(taxes := fields.get("tax_id_collection"), dict):
        fields["tax_id_collection"] = {"enabled": taxes.get("enabled"), "required": taxes.get("required") or "never"}
    return fields


def _custom_field(field: Fields) -> Fields:
    """A custom field with every name of the hash of its type (observed)."""
    kind = str(field["type"])
    return {**field, kind: whole(f"payment_pages_checkout_session_custom_fields_{kind}", hash_in(field, kind))}


def _branding(call: Call, sent: Fields) -> Fields:
    own = {name: value for name, value in hash_in(sent, "branding_settings").items() if value is not None}
    return {**BRANDING, "display_name": display_name(call.scope), **own}


def display_name(scope: Scope) -> str:
    """The name of the account on its pages."""
    account = account_of(scope.sandbox, scope.owner)
    names = (("settings", "dashboard", "display_name"), ("business_profile", "name"))
    return next((str(found) for path in names if (found := dig(account.fields, path))), "Sandbox")


def _amounts(call: Call, mode: str) -> Fields:
    """The items of a session with their amounts, discounts and shipping. Raises StripeError."""
    if mode == SETUP:
        currency = call.params.get("currency")
        return {
            "amount_subtotal": None,
            "amount_total": None,
            "total_details": None,
            "currency": check_currency(str(currency)) if currency else None,
            "discounts": None,
            "payment_status": "no_payment_required",
            "payment_method_types": [],
        }
    data = hash_at(call.params, "subscription_data")
    check_ahead(data, "trial_end", call.now, "subscription_data[trial_end]")
    rates = rates_of(call, data, "subscription_data", "default_tax_rates")
    found = items.new(call, items.sent_in(call.params), trial=_has_trial(data), rates=rates)
    checks.check_items(mode, found)
    coupons = coupons_of(call, call.params, items.purchase(found, call.params.get("customer")))
    currency = str(found[0]["currency"])
    offered = shipping.options_of(call, currency)
    totals = items.totals(found, coupons, shipping.first(offered))
    nothing_due = mode == PAYMENT and totals.total == 0
    if mode == SUBSCRIPTION:
        check_customer(call.scope, call.params.get("customer"), currency)
    if mode == PAYMENT:
        checks.check_total(totals.total, currency, _currency_sent(call))
        _check_intent(call, totals.total, currency)
    return {
        **totals.fields,
        "currency": currency,
        "discounts": [
            {"coupon": each.get("coupon"), "promotion_code": each.get("promotion_code")}
            for each in list_in(call.params, "discounts")
        ],
        "payment_status": "no_payment_required" if nothing_due else "unpaid",
        "shipping_cost": shipping.cost(offered[0]) if offered else None,
        "shipping_options": cast("Json", offered),
        **redeemed(call.scope, coupons),
    }


def _currency_sent(call: Call) -> str | None:
    """The currency as the request has it, of a price that it makes."""
    data = hash_in(next(iter(items.sent_in(call.params)), {}), "price_data")
    return str(found) if (found := call.params.get("currency") or data.get("currency")) else None


def _has_trial(data: Params) -> bool:
    return bool(data.get("trial_period_days") or data.get("trial_end"))


def _check_intent(call: Call, total: int, currency: str) -> None:
    """Refuse now what the payment will be refused for. Raises StripeError."""
    data = hash_at(call.params, "payment_intent_data")
    if total:
        sent: Params = {**data, "amount": total, "currency": currency, "payment_method_types": ["card"]}
        checks.check_intent(call, {name: value for name, value in sent.items() if name != "metadata"})


def _checked_types(named: list[str], currency: str, home: str) -> list[str]:
    """The types of a request. Raises StripeError."""
    types = method_types.check_types(named, None, home)
    refused = method_types.not_taking(types, currency or None, home)
    if refused is not None:
        taken = method_types.currencies(refused, home)
        raise errors.currency_of_type_not_taken(refused, currency, taken)
    return types


def _types(call: Call, currency: str) -> Fields:
    """The types of payment methods: those of the request, or of the account's configuration. Raises StripeError."""
    named = cast("list[str] | None", call.params.get("payment_method_types"))
    wanted = call.params.get("payment_method_configuration")
    details: Json = None
    home = account_of(call.sandbox, call.owner).default_currency
    if named:
        types = _checked_types(named, currency, home)
    else:
        configuration = configurations.configuration_of(call.scope, str(wanted) if wanted else None)
        excluded = cast("list[str]", call.params.get("excluded_payment_method_types") or [])
        types = method_types.configured(configurations.accepted(configuration), currency or None, home, excluded)
        details = {"id": configuration.id, "parent": None}
    first: Params = {"card": {"request_three_d_secure": "automatic"}} if "card" in types else {}
    options = merge(first, hash_at(call.params, "payment_method_options"))
    return {
        "payment_method_configuration_details": details,
        "payment_method_options": cast("Json", options),
        "payment_method_types": cast("Json", types),
    }


def _details(call: Call, mode: str) -> Json:
    """`customer_details` of a session before its page is filled in."""
    row = objects.get(call.scope, "customer", str(call.params.get("customer") or ""))
    known = shared(row) if row else {}
    email = known.get("email") or call.params.get("customer_email")
    if not email:
        return None
    exempt = None if mode == SETUP else "none"
    return whole("payment_pages_checkout_session_customer_details", {"email": email, "tax_exempt": exempt})


def _made(call: Call, mode: str, fields: Fields) -> Fields:
    """The setup intent of a session that sets a payment method up, the payment intent of one before 2022-08-01."""
    if mode == SETUP:
        return _with_intent(call, SETUP_INTENT, fields, {"usage": "off_session"})
    total = integer(fields, "amount_total")
    if not _is_eager(call, mode) or not total:
        return {}
    options = cast("Value", fields["payment_method_options"])
    own: Params = {"amount": total, "currency": str(fields["currency"]), "payment_method_options": options}
    return _with_intent(call, INTENT, fields, own)


def _with_intent(call: Call, kind: str, fields: Fields, own: Params) -> Fields:
    sent: Params = {**hash_at(call.params, f"{kind}_data"), **own}
    sent["payment_method_types"] = cast("Value", fields["payment_method_types"])
    if call.params.get("customer"):
        sent["customer"] = call.params["customer"]
    checkout = kept(IntentState(_checkout=private(SessionState, fields)["_id"]))
    made = objects.change(call.scope, kind, create(call, kind, sent), **checkout)
    return {kind: made.id}


def _place(call: Call, identifier: str) -> Fields:
    """A hosted session has a URL, any other one a client secret."""
    mode, own = ui_mode(call), kept(SessionState(_address=call.address))
    if mode == HOSTED:
        fragment = call.sandbox.ids.token(FRAGMENT)
        return {"ui_mode": mode, "url": f"{call.address}/c/pay/{identifier}#fid{fragment}", **own}
    secret = f"{identifier}_secret_{call.sandbox.ids.token(SECRET)}"
    redirects = {"redirect_on_completion": call.params.get("redirect_on_completion") or "always"}
    shown = redirects if mode == EMBEDDED else {}
    return {"ui_mode": mode, "client_secret": secret, **own, **shown}


def ui_mode(call: Call) -> str:
    """The way a session is shown, in the newest words."""
    sent = str(call.params.get("ui_mode") or HOSTED)
    return UI_MODES.get(sent, sent)
