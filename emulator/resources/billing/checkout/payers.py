"""The visitor of a checkout page: the input, and its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import cast

from emulator import errors
from emulator.model.asking.requests import call_of
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored.stored import shared
from emulator.resources.connect.accounts.base.formats import check_email
from emulator.resources.payments.methods import payment_methods
from emulator.resources.payments.methods.payment_methods import ADDRESS
from emulator.schema.check import Params
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.form import Tree
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

Entered = Mapping[str, Json]
# A visitor of a test that enters nothing else (our choice).
HOLDER: Mapping[str, str] = {"name": "Jenny Rosen", "email": "jenny.rosen@example.com"}
PHONE = "+14155550123"
HOME: Fields = {
    "city": "South San Francisco",
    "country": "US",
    "line1": "354 Oyster Point Blvd",
    "line2": None,
    "postal_code": "94080",
    "state": "CA",
}

WITH_CARD = ("country", "postal_code")  # the parts of an address that a page collects in any case (observed)
SAMPLES: Mapping[str, Tree] = {
    "card": {"number": "4242424242424242", "exp_month": "12", "exp_year": "34", "cvc": "123"},
    "sepa_debit": {"iban": "AT611904300234573201"},
    "us_bank_account": {"account_number": "000123456789", "routing_number": "110000000"},
}


class Payer(NamedTuple):
    """The details that a visitor of a page has entered, with the payment method, None where nothing is due.

    `address` is the base of the emulator's URLs, `page` the URL that a bank returns to.
    """

    method: Row[bytes] | None = None
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    billing: Fields | None = None
    shipping: Fields | None = None
    business_name: str | None = None
    tax_ids: tuple[Fields, ...] = ()
    custom: Mapping[str, str] = MappingProxyType({})
    consent: Mapping[str, Json] = MappingProxyType({})
    address: str = ""
    page: str | None = None


def of_method(method: Row[bytes], fields: Shared, address: str) -> Payer:
    """The payer that the billing details of a payment method describe."""
    billing = hash_in(shared(method), "billing_details")
    found = hash_in(billing, "address")
    return Payer(
        method=method,
        email=_text(billing, "email") or _text(hash_in(fields, "customer_details"), "email"),
        name=_text(billing, "name"),
        phone=_text(billing, "phone"),
        billing=found if any(found.values()) else None,
        address=address,
        page=address or None,
    )


def from_entered(scope: Scope, fields: Shared, entered: Entered, address: str, page: str) -> Payer:
    """The payer of a form of the page. Raises StripeError for details that are missing or invalid."""
    known = hash_in(fields, "customer_details")
    email = _text(entered, "email") or _text(known, "email")
    if not email:
        raise errors.detail_of_page_missing("email")
    check_email({"email": email}, ("email",))
    name = _text(entered, "name")
    billing = _address(hash_in(entered, "address"))
    shipping = hash_in(entered, "shipping")
    payer = Payer(
        email=email,
        name=name,
        phone=_text(entered, "phone"),
        billing=billing,
        shipping={"address": _address(hash_in(shipping, "address")), "name": _text(shipping, "name")}
        if shipping
        else None,
        business_name=_text(entered, "business_name"),
        tax_ids=_tax_ids(entered),
        custom={key: str(value) for key, value in hash_in(entered, "custom_fields").items()},
        consent=_consent(fields, hash_in(entered, "consent")),
        address=address,
        page=page,
    )
    check(fields, payer)
    return payer._replace(method=_method(scope, payer, entered))


def _text(fields: Mapping[str, Json], name: str) -> str | None:
    found = fields.get(name)
    return str(found).strip() or None if found is not None else None


def _address(sent: Mapping[str, Json]) -> Fields | None:
    found: Fields = {name: _text(sent, name) for name in ADDRESS}
    return found if any(found.values()) else None


def _tax_ids(entered: Entered) -> tuple[Fields, ...]:
    sent = hash_in(entered, "tax_id")
    value = _text(sent, "value")
    return ({"type": _text(sent, "type") or "eu_vat", "value": value},) if value else ()


def _consent(fields: Shared, sent: Mapping[str, Json]) -> Fields:
    asked = hash_in(fields, "consent_collection")
    found: Fields = {"promotions": None, "terms_of_service": None}
    if asked.get("promotions") == "auto":
        found["promotions"] = "opt_in" if sent.get("promotions") else "opt_out"
    if asked.get("terms_of_service") == "required" and sent.get("terms_of_service"):
        found["terms_of_service"] = "accepted"
    return found if asked else {}


def with_defaults(fields: Shared, entered: Tree) -> Tree:
    """The details of a visitor, completed with those of a test where the session collects more."""
    known = hash_in(fields, "customer_details").get("email")
    found: Tree = {"name": HOLDER["name"], **({} if known else {"email": HOLDER["email"]})}
    home: Tree = {name: str(value) for name, value in HOME.items() if value}
    if wants_shipping(fields):
        allowed = hash_in(fields, "shipping_address_collection").get("allowed_countries")
        codes = allowed if isinstance(allowed, list) and allowed else ["US"]
        there: Tree = home if "US" in codes else {**home, "country": str(codes[0])}
        found["shipping"] = {"name": HOLDER["name"], "address": there}
    if fields.get("billing_address_collection") == "required":
        found["address"] = home
    elif fields["mode"] != "setup":
        found["address"] = {name: home[name] for name in WITH_CARD}
    if hash_in(fields, "phone_number_collection").get("enabled"):
        found["phone"] = PHONE
    if hash_in(fields, "consent_collection").get("terms_of_service") == "required":
        found["consent"] = {"terms_of_service": "true"}
    if not {"payment_method", "payment_method_data"} & entered.keys():
        found["payment_method_data"] = _sample_method(cast("list[str]", fields["payment_method_types"]))
    custom = cast("list[Fields]", fields.get("custom_fields") or [])
    answers: Tree = {str(each["key"]): _sample(each) for each in custom if not each.get("optional")}
    sent = entered.get("custom_fields")
    answers |= sent if isinstance(sent, dict) else {}
    return {
        **found,
        **({"custom_fields": answers} if answers else {}),
        **{k: v for k, v in entered.items() if k != "custom_fields"},
    }


def _sample_method(types: Sequence[str]) -> Tree:
    """A payment method of the first type that a session takes, and that succeeds."""
    kind = next((each for each in types if each != "link"), "card")
    return {"type": kind, kind: SAMPLES.get(kind, {})}


def card_of(number: str) -> Tree:
    """The details of a test card of a number."""
    return {"type": "card", "card": {"number": number, "exp_month": "12", "exp_year": "34", "cvc": "123"}}


def _sample(field: Fields) -> str:
    """A value that a custom field takes."""
    inner = hash_in(field, str(field["type"]))
    options = cast("list[Fields]", inner.get("options") or [])
    if inner.get("default_value") or options:
        return str(inner.get("default_value") or options[0]["value"])
    shortest = inner.get("minimum_length")
    return ("1" if field["type"] == "numeric" else "A") * (shortest if isinstance(shortest, int) else 1)


# --- checks -------------------------------------------------------------------------------------------------------


def check(fields: Shared, payer: Payer) -> None:
    """Refuse a form without the details that the session collects. Raises StripeError."""
    shipping = payer.shipping or {}
    missing = {
        "shipping": wants_shipping(fields) and not (shipping.get("address") and shipping.get("name")),
        "address": fields.get("billing_address_collection") == "required" and not (payer.billing or {}).get("line1"),
        "phone": bool(hash_in(fields, "phone_number_collection").get("enabled")) and not payer.phone,
        "consent": hash_in(fields, "consent_collection").get("terms_of_service") == "required"
        and not payer.consent.get("terms_of_service"),
    }
    for name, absent in missing.items():
        if absent:
            raise errors.detail_of_page_missing(name)
    for each in cast("list[Fields]", fields.get("custom_fields") or []):
        check_custom(each, payer.custom.get(str(each["key"]), ""))
    _check_country(fields, hash_in(shipping, "address"))


def wants_shipping(fields: Mapping[str, Json]) -> bool:
    """Whether the page asks for a shipping address."""
    return bool(fields.get("shipping_address_collection"))


def check_custom(field: Fields, value: str) -> None:
    """Refuse a value that a custom field does not take. Raises StripeError."""
    key, kind = str(field["key"]), str(field["type"])
    limits = hash_in(field, kind)
    if not value:
        if not field.get("optional"):
            raise errors.detail_of_page_missing(key)
        return
    shortest, longest = limits.get("minimum_length"), limits.get("maximum_length")
    known = {str(each["value"]) for each in cast("list[Fields]", limits.get("options") or [])}
    wrong = (
        (isinstance(shortest, int) and len(value) < shortest)
        or (isinstance(longest, int) and len(value) > longest)
        or (kind == "numeric" and not (value.isascii() and value.isdecimal()))
        or (kind == "dropdown" and value not in known)
    )
    if wrong:
        raise errors.custom_field_invalid(key)


def _check_country(fields: Shared, address: Mapping[str, Json]) -> None:
    allowed = hash_in(fields, "shipping_address_collection").get("allowed_countries")
    if address and isinstance(allowed, list) and address.get("country") not in allowed:
        raise errors.shipping_country_not_allowed(str(address.get("country")))


# --- the payment method -------------------------------------------------------------------------------------------


def _method(scope: Scope, payer: Payer, entered: Entered) -> Row[bytes] | None:
    """The payment method of a form: one of the customer, or a new one. Raises StripeError."""
    if entered.get("payment_method"):
        return payment_methods.resolve(scope, str(entered["payment_method"]), "payment_method")
    data = hash_in(entered, "payment_method_data")
    if not data.get("type"):
        return None
    billing: Fields = {
        "email": payer.email,
        "name": payer.name or HOLDER["name"],
        "phone": payer.phone,
        "address": payer.billing,
    }
    known = {name: value for name, value in billing.items() if value}
    call = call_of(scope, {}, publishable=True)
    return payment_methods.from_data(call, cast("Params", {**data, "billing_details": known}))
