"""The errors of a form, all at once, by the names of their inputs. Words of our own where no error of the API fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from emulator.errors import StripeError, shipping_country_not_allowed
from emulator.hosted import checkout_form
from emulator.hosted.checkout_form import CUSTOM
from emulator.hosted.inputs import Form, Values
from emulator.model.declaration.resource import Fields, Shared
from emulator.resources.billing.base import countries
from emulator.resources.billing.checkout import completing, payers
from emulator.resources.connect.accounts.base.formats import check_email
from emulator.schema.trees import hash_in

REQUIRED = "Required"
# The inputs that errors of the API are about, by code or decline code.
_INPUTS = {
    "expired_card": "cardExpiry",
    "incorrect_cvc": "cardCvc",
    "incorrect_number": "cardNumber",
    "invalid_cvc": "cardCvc",
    "invalid_expiry_month": "cardExpiry",
    "invalid_expiry_year": "cardExpiry",
    "invalid_number": "cardNumber",
}


def form(values: Values, message: str, code: str | None, otherwise: str = "") -> tuple[Form, str]:
    """Earlier input with an error of the API at its input, and the message that belongs to no input."""
    name = _INPUTS.get(code or "", otherwise)
    return (Form(values, {name: message}), "") if name and message else (Form(values), message)


def of_checkout(fields: Shared, values: Values) -> Mapping[str, str]:
    """The errors of the form of a checkout session."""
    missing = {name: REQUIRED for name in _required(fields, values) if not values.get(name, "").strip()}
    method = values.get("paymentMethod", "card") if completing.needs_method(fields) else ""
    found = {**_formats(fields, values), **(of_card(values) if method == "card" else {}), **missing}
    return dict(sorted(found.items(), key=lambda each: _place(each[0])))


def of_card(values: Values) -> Mapping[str, str]:
    """The errors of the inputs of a card that are not complete."""
    card = cast("Mapping[str, str]", checkout_form.card(values))
    complete = {
        "cardNumber": (len(card["number"]) >= 12, "Your card number is incomplete."),
        "cardExpiry": (bool(card["exp_month"] and card["exp_year"]), "Your card's expiration date is incomplete."),
        "cardCvc": (len(card["cvc"]) >= 3, "Your card's security code is incomplete."),
    }
    return {name: message for name, (is_complete, message) in complete.items() if not is_complete}


def _required(fields: Shared, values: Values) -> Iterator[str]:
    """The names of the inputs that must not be empty."""
    if not hash_in(fields, "customer_details").get("email"):
        yield "email"
    if hash_in(fields, "phone_number_collection").get("enabled"):
        yield "phone"
    if payers.wants_shipping(fields):
        yield from ("shippingName", *_address(values, "shipping"))
    if fields.get("billing_address_collection") == "required" and values.get("paymentMethod", "card") == "card":
        yield from _address(values, "billing")
    for each in _custom_fields(fields):
        if not each.get("optional"):
            yield f"{CUSTOM}{each['key']}"
    if hash_in(fields, "consent_collection").get("terms_of_service") == "required":
        yield "terms"


def _address(values: Values, prefix: str) -> tuple[str, ...]:
    postal = values.get(f"{prefix}Country", "") not in countries.WITHOUT_POSTAL_CODE
    return (f"{prefix}Line1", f"{prefix}City", *((f"{prefix}PostalCode",) if postal else ()))


def _custom_fields(fields: Shared) -> list[Fields]:
    return cast("list[Fields]", fields.get("custom_fields") or [])


def _formats(fields: Shared, values: Values) -> dict[str, str]:
    """The errors of inputs that have a value which their details do not take."""
    found: dict[str, str] = {}
    try:
        check_email({"email": values.get("email", "").strip()}, ("email",))
    except StripeError as error:
        found["email"] = error.body.message
    for each in _custom_fields(fields):
        name = f"{CUSTOM}{each['key']}"
        try:
            payers.check_custom(each, values.get(name, ""))
        except StripeError as error:
            found[name] = error.body.message
    allowed = hash_in(fields, "shipping_address_collection").get("allowed_countries")
    country = values.get("shippingCountry")
    if country and isinstance(allowed, list) and country not in allowed:
        found["shippingCountry"] = shipping_country_not_allowed(country).body.message
    return found


_ORDER = ("email", "phone", "shipping", "card", "billing", CUSTOM, "terms")


def _place(name: str) -> int:
    """The place of an input in the form."""
    return next((number for number, start in enumerate(_ORDER) if name.startswith(start)), len(_ORDER))
