"""The form of a checkout page: from its inputs to the details of a visitor."""

from __future__ import annotations

import re

from emulator.hosted.inputs import Values
from emulator.wire.form import Tree

_SPACES = re.compile(r"[\s-]+")
_PARTS = {
    "Line1": "line1",
    "Line2": "line2",
    "City": "city",
    "State": "state",
    "PostalCode": "postal_code",
    "Country": "country",
}
TEST_CARD = {"cardNumber": "4242424242424242", "cardExpiry": "12/34", "cardCvc": "123"}
CUSTOM, QUANTITY = "custom_", "quantity_"  # begin the names of inputs; the key of the field or the item follows


def entered(values: Values) -> Tree:
    """The details of a visitor, from the inputs of the form."""
    found: Tree = {
        "email": values.get("email", ""),
        "name": values.get("billingName") or values.get("shippingName", ""),
        "phone": values.get("phone", ""),
        "business_name": values.get("businessName", ""),
        "address": address(values, "billing"),
        "custom_fields": _beginning(values, CUSTOM),
        "consent": {
            name: values[key]
            for name, key in (("terms_of_service", "terms"), ("promotions", "promotions"))
            if key in values
        },
        "tax_id": {"type": values.get("taxIdType", ""), "value": values.get("taxId", "")},
        **_method(values),
    }
    if values.get("shippingLine1"):
        found["shipping"] = {"name": values.get("shippingName", ""), "address": address(values, "shipping")}
    return {name: value for name, value in found.items() if value}


def changes(values: Values) -> Tree:
    """The changes of the order, from the inputs of the form."""
    found: Tree = {}
    quantities = _beginning(values, QUANTITY)
    if quantities:
        found["quantities"] = quantities
    if values.get("shippingRate"):
        found["shipping_rate"] = values["shippingRate"]
    return found


def _beginning(values: Values, prefix: str) -> Tree:
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}


def address(values: Values, prefix: str) -> Tree:
    """The address whose inputs begin with a prefix."""
    found = {name: values.get(f"{prefix}{part}", "").strip() for part, name in _PARTS.items()}
    return {name: value for name, value in found.items() if value}


def _method(values: Values) -> Tree:
    """The payment method: a saved one, or the details of a new one."""
    kind = values.get("paymentMethod", "card")
    if kind.startswith("pm_"):
        return {"payment_method": kind}
    if kind in _DETAILS:
        return {"payment_method_data": {"type": kind, kind: _DETAILS[kind](values)}}
    return {"payment_method_data": {"type": kind, kind: {}}} if kind else {}


def card(values: Values) -> Tree:
    """The parameters of a card."""
    month, _, year = _SPACES.sub("", values.get("cardExpiry", "")).partition("/")
    if not year and len(month) == 4:
        month, year = month[:2], month[2:]
    number = _SPACES.sub("", values.get("cardNumber", ""))
    return {"number": number, "exp_month": month, "exp_year": year, "cvc": values.get("cardCvc", "").strip()}


def _iban(values: Values) -> Tree:
    return {"iban": values.get("iban", "")}


def _us_account(values: Values) -> Tree:
    return {"account_number": values.get("accountNumber", ""), "routing_number": values.get("routingNumber", "")}


_DETAILS = {"card": card, "sepa_debit": _iban, "us_bank_account": _us_account}
