"""The parameters of payment intents: their checks, and the fields that they become."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import properties
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged as merged_metadata
from emulator.model.stored.references import placed
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.base.formats import check_email
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.exchange import check_amount
from emulator.resources.money.holders import account_of
from emulator.resources.payments.charges import descriptors
from emulator.resources.payments.intents import method_types
from emulator.resources.payments.intents.states import PAYMENT, IntentState, PaymentIntentState
from emulator.resources.payments.methods import configurations
from emulator.resources.payments.transfers.terms import check_terms, merchant_of
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, merge
from emulator.store.table import Row
from emulator.wire.json import Json

# Parameters that are not stored under their own names, or not without a check.
OWN = frozenset(
    """
    amount automatic_payment_methods capture_method client_secret confirm confirmation_token currency customer
    error_on_requires_action mandate mandate_data off_session on_behalf_of payment_method payment_method_configuration
    payment_method_data payment_method_options payment_method_types radar_options return_url transfer_data
    use_stripe_sdk amount_to_confirm level3 payment_user_agent save_payment_method
    """.split()
)
# Parameters of updates, confirmations and captures that are no fields, or changed in another way.
_NEVER = frozenset(("amount_to_capture", "expand", "final_capture", "metadata"))
ONLY_WITH_CONFIRM = ("error_on_requires_action", "mandate", "mandate_data", "off_session", "return_url")
AUTOMATIC_SINCE, ASYNC_SINCE = "2023-08-16", "2024-04-10"  # versions that changed a default (official)


def check_new(call: Call) -> None:
    """Refuse parameters that no create of a payment intent may have. Raises StripeError."""
    params = call.params
    if cast("int", params["amount"]) < 1:
        raise errors.amount_not_positive()
    currency = check_currency(str(params["currency"]))
    automatic = is_automatic(call)
    if hash_at(params, "automatic_payment_methods").get("enabled") and "confirmation_method" in params:
        raise errors.exclusive_params([("automatic_payment_methods",), ("confirmation_method",)])
    if automatic and "payment_method_types" in params:
        raise errors.types_given_twice()
    check_amount(merchant_of(call.scope, params.get("on_behalf_of")), cast("int", params["amount"]), currency)
    for name in ONLY_WITH_CONFIRM if not params.get("confirm") else ():
        if params.get(name):
            raise errors.only_with_confirm(name)
    descriptors.check_of_cards(call.sandbox, params, cast("list[str]", params.get("payment_method_types") or []))
    check_email(params, ("receipt_email",))
    descriptors.check(params)


def new_fields(call: Call, sent: Fields) -> Fields:
    """The fields of a new payment intent without a payment method. Raises StripeError."""
    check_new(call)
    currency = str(call.params["currency"]).lower()
    fields: Fields = {
        "amount": cast("int", call.params["amount"]),
        "amount_capturable": 0,
        "amount_received": 0,
        "application": call.sandbox.client_id if call.acting else None,
        "confirmation_method": "automatic",
        "currency": currency,
        "customer": customer_of(call),
        "managed_payments": {"enabled": False},
        **sent,
        **_radar(call.params),
        "amount_details": amount_details(sent.get("amount_details")),
        "capture_method": str(call.params.get("capture_method") or _capture_method(call)),
        "payment_method": None,
    }
    fields |= types_of(call, currency)
    fields |= connect_of(call, fields)
    return fields


def amount_details(placed: Json) -> Fields:
    """`amount_details` by the parameters; line items are objects of their own."""
    sent = placed if isinstance(placed, dict) else {}
    return {name: value for name, value in sorted({"tip": {}, **sent}.items()) if name != "line_items"}


def _capture_method(call: Call) -> str:
    return "automatic_async" if call.version.date >= ASYNC_SINCE else "automatic"


def is_automatic(call: Call) -> bool:
    """Whether the account's configuration decides the types: if a request says so, or by default."""
    sent = call.params.get("automatic_payment_methods")
    if isinstance(sent, dict):
        return bool(sent.get("enabled"))
    return call.version.date >= AUTOMATIC_SINCE and "payment_method_types" not in call.params


def types_of(call: Call, currency: str | None, kind: str = PAYMENT) -> Fields:
    """The types of payment methods that a new intent accepts, and their options. Raises StripeError."""
    automatic = is_automatic(call)
    excluded = cast("list[str]", call.params.get("excluded_payment_method_types") or [])
    named = cast("list[str] | None", call.params.get("payment_method_types"))
    if automatic:
        accepted = configurations.accepted(_configuration(call))
        redirects = hash_at(call.params, "automatic_payment_methods").get("allow_redirects") != "never"
        home = account_of(call.sandbox, call.owner).default_currency
        names = method_types.configured(accepted, currency, home, excluded, redirects=redirects)
    else:
        home = account_of(call.sandbox, call.owner).default_currency
        names = method_types.check_types(named or method_types.EXPLICIT_DEFAULT, currency, home)
    sent = hash_at(call.params, "payment_method_options")
    return {
        "automatic_payment_methods": _shown_automatic(call.params) if automatic else None,
        "payment_method_configuration_details": {"id": _configuration(call).id, "parent": None} if automatic else None,
        "payment_method_options": method_types.options(kind, names, sent, automatic=automatic),
        "payment_method_types": cast("Json", names),
        **_external(sent),
    }


def _external(options: Params) -> Fields:
    """The result of an authentication by another provider, or an exemption from it, which are never shown."""
    card = hash_at(options, "card")
    own = IntentState()
    if card.get("mit_exemption"):
        own["_mit_exemption"] = cast("Json", card["mit_exemption"])
    if card.get("moto"):
        own["_moto"] = True
    if card.get("three_d_secure"):
        own["_three_d_secure"] = cast("Fields", card["three_d_secure"])
    return kept(own)


def _radar(params: Params) -> Fields:
    """The options of Radar, which the charges of an intent show."""
    if "radar_options" not in params:
        return {}
    return kept(PaymentIntentState(_radar_options=cast("Json", params["radar_options"])))


def _shown_automatic(params: Params) -> Json:
    redirects = hash_at(params, "automatic_payment_methods").get("allow_redirects", "always")
    return {"allow_redirects": str(redirects), "enabled": True}


def _configuration(call: Call) -> Row[bytes]:
    """The configuration of payment methods that a request names, or that the account has from the start."""
    wanted = call.params.get("payment_method_configuration")
    return configurations.configuration_of(call.scope, str(wanted) if wanted else None)


def changed_types(call: Call, intent: Fields, kind: str = PAYMENT) -> Fields:
    """The types and the options of an intent after an update or a confirmation. Raises StripeError."""
    params = call.params
    if not {"payment_method_types", "payment_method_options"} & params.keys():
        return {}
    named = cast("list[str] | None", params.get("payment_method_types"))
    automatic = intent["automatic_payment_methods"] is not None and named is None
    currency = cast("str | None", intent.get("currency"))
    home = account_of(call.sandbox, call.owner).default_currency
    kept_names = cast("list[str]", intent["payment_method_types"])
    names = method_types.check_types(named, currency, home) if named else kept_names
    before = cast("Params", intent["payment_method_options"])
    kept: Params = {name: value for name, value in before.items() if name in names}
    sent = hash_at(params, "payment_method_options")
    merged = {name: {**hash_at(kept, name), **hash_at(sent, name)} for name in names}
    details = {} if automatic else {"automatic_payment_methods": None, "payment_method_configuration_details": None}
    return {
        **cast("Fields", details),
        "payment_method_options": method_types.options(kind, names, cast("Params", merged), automatic=automatic),
        "payment_method_types": cast("Json", names),
        **_external(sent),
    }


def customer_of(call: Call, params: Params | None = None) -> str | None:
    """The customer of a request. Raises StripeError for an unknown one."""
    identifier = (call.params if params is None else params).get("customer")
    if not identifier:
        return None
    if objects.get(call.scope, "customer", str(identifier)) is None:
        raise errors.no_such(
            "customer", str(identifier), "customer", other_mode=call.sandbox.other_mode_of(str(identifier))
        )
    return str(identifier)


_CONNECT = ("application_fee_amount", "on_behalf_of", "transfer_data")


def connect_of(call: Call, intent: Fields) -> Fields:
    """The accounts that a payment is for, as a request changes them. Raises StripeError."""
    params = call.params
    if not params.keys() & {"amount", *_CONNECT}:
        return {}
    found: Fields = {}
    if "transfer_data" in params:
        after_it = merge(cast("Params", intent.get("transfer_data") or {}), hash_at(params, "transfer_data"))
        found["transfer_data"] = cast("Fields", dict(sorted(after_it.items()))) or None
    if params.get("on_behalf_of"):
        found["on_behalf_of"] = str(params["on_behalf_of"])
    after = {**intent, **found}
    check_terms(call.scope, {name: after.get(name) for name in _CONNECT}, cast("int", intent["amount"]))
    return found


def updates(call: Call, intent: Fields) -> Fields:
    """The fields that an update, a confirmation or a capture changes, except the payment method."""
    params = {name: value for name, value in call.params.items() if name not in OWN and name not in _NEVER}
    known, cleared = properties(PAYMENT), [name for name, value in params.items() if value == ""]
    changed: Fields = {name: None for name in cleared if name not in known or known[name].nullable}
    emptied: Params = {name: {} for name in cleared if name not in changed}  # hashes that may not be null
    changed |= placed(call, PAYMENT, {**emptied, **merge({}, params)})
    if "amount_details" in changed:
        changed["amount_details"] = amount_details(changed["amount_details"])
    changed |= _radar(call.params)
    if "metadata" in call.params:
        changed["metadata"] = dict(merged_metadata(cast("dict[str, str]", intent["metadata"]), call.params["metadata"]))
    return changed | _checked(call, {**intent, **changed})


def _checked(call: Call, intent: Fields) -> Fields:
    """The changed fields of a payment intent whose parameters require a check. Raises StripeError."""
    params = call.params
    check_email(params, ("receipt_email",))
    descriptors.check(params)
    found: Fields = {}
    if "currency" in params:
        found["currency"] = check_currency(str(params["currency"]))
    if "amount" in params:
        found["amount"] = cast("int", params["amount"])
    if found:
        _check_amount(call, {**intent, **found})
    if "capture_method" in params:
        found["capture_method"] = str(params["capture_method"])
    if "customer" in params:
        found["customer"] = customer_of(call)
    found |= changed_types(call, {**intent, **found})
    return found | connect_of(call, {**intent, **found})


def _check_amount(call: Call, intent: Fields) -> None:
    amount = cast("int", intent["amount"])
    if amount < 1:
        raise errors.amount_not_positive()
    check_amount(merchant_of(call.scope, intent.get("on_behalf_of")), amount, str(intent["currency"]))


def check_on_behalf_of(call: Call) -> None:
    """Refuse an unknown `on_behalf_of` of a setup intent. Raises StripeError."""
    wanted = str(call.params.get("on_behalf_of") or "")
    if wanted and lifecycle.find(call.sandbox, wanted) is None:
        raise errors.no_such("on_behalf_of", wanted, "on_behalf_of")


def check_listed(call: Call) -> None:
    """Refuse to list the intents of an unknown customer. Raises StripeError."""
    if not call.path and "customer" in call.params and "amount" not in call.params:
        customer_of(call)
