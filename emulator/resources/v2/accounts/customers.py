"""What the configuration of a customer cannot be: the bounds of its invoices, and whole addresses to ship to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator import errors
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at, nest, overlay, split_path

_PREFIX = re.compile(r"[A-Z0-9]{3,12}\Z", re.ASCII)
_MOST_FIELDS = 4
_LONGEST = {"name": 40, "value": 140}
_INVOICE = "configuration.customer.billing.invoice"
_FIELDS = f"{_INVOICE}.custom_fields"


def check_customer(sent: Params) -> None:
    """Refuses what invoices cannot have (bounds official, words our choice). Raises StripeError."""
    invoice = hash_at(sent, "billing", "invoice")
    prefix = invoice.get("prefix")
    if prefix and not _PREFIX.match(str(prefix)):
        raise errors.v2_invalid(f"{_INVOICE}.prefix", "3 to 12 uppercase letters or numbers")
    if isinstance(invoice.get("next_sequence"), int) and int(str(invoice["next_sequence"])) < 1:
        raise errors.v2_invalid(f"{_INVOICE}.next_sequence", "a number from 1")
    fields = invoice.get("custom_fields")
    listed = fields if isinstance(fields, list) else []
    if len(listed) > _MOST_FIELDS:
        raise errors.v2_too_many_values(_FIELDS, _MOST_FIELDS)
    for place, field in enumerate(listed):
        _check_field(place, field)


def without_emptied(kept: Params) -> Params:
    """What is kept of an account without the custom fields that have no value (official of an empty one)."""
    fields = dig(kept, split_path(_FIELDS))
    if not isinstance(fields, list):
        return kept
    return overlay(
        kept, nest(split_path(_FIELDS), [each for each in fields if isinstance(each, dict) and each.get("value")])
    )


def check_shipping(sent: Params, kept: Mapping[str, Value]) -> None:
    """Refuses a shipping hash that has no name or no address after a request. Raises StripeError."""
    if not hash_at(sent, "shipping"):
        return
    after = hash_at(kept, "shipping")
    if not after.get("address"):
        raise errors.v2_shipping_address_missing()
    if not after.get("name"):
        raise errors.v2_shipping_name_missing()


def _check_field(place: int, field: Value) -> None:
    for name, most in _LONGEST.items():
        text = field.get(name) if isinstance(field, dict) else None
        if isinstance(text, str) and len(text) > most:
            raise errors.v2_invalid(f"{_FIELDS}[{place}].{name}", f"at most {most} characters")
