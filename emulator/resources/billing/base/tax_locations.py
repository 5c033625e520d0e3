"""Where a customer is for taxes, and where an account collects them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.schema.trees import hash_in, integer
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

REGISTRATION = "tax.registration"
# The parts of an address of which one must be known beside the country; elsewhere the country suffices (official).
NEEDED: Mapping[str, tuple[str, ...]] = {
    "CA": ("postal_code", "state"),
    "IN": ("postal_code", "state"),
    "UA": ("postal_code",),
    "US": ("postal_code",),
}


class Location(NamedTuple):
    """A place that taxes are computed for, and the field of the customer that it comes from."""

    country: str
    state: Json
    source: str


def location_of(scope: Scope, customer: Mapping[str, Json]) -> Location | None:
    """The place of a customer: of the shipping, the own address, or the default payment method (official).

    A present address that does not suffice is not skipped (official).
    """
    for source, address in _addresses(scope, customer):
        if any(address.values()):
            return _location(address, source)
    return None


def _addresses(scope: Scope, customer: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    yield "shipping_destination", hash_in(hash_in(customer, "shipping"), "address")
    yield "billing_address", hash_in(customer, "address")
    method = hash_in(customer, "invoice_settings").get("default_payment_method")
    row = objects.get(scope, "payment_method", str(method or ""))
    yield "payment_method", hash_in(hash_in(shared(row), "billing_details"), "address") if row is not None else {}


def _location(address: Mapping[str, Json], source: str) -> Location | None:
    country = address.get("country")
    needed = NEEDED.get(str(country), ("country",))
    if not country or not any(address.get(name) for name in needed):
        return None
    return Location(str(country), address.get("state"), source)


def collects(scope: Scope, country: str | None = None) -> bool:
    """Whether the account of a scope has an active registration, in a country where one is given."""
    rows = scope.sandbox.table(REGISTRATION).newest(scope.owner)
    return any(_is_active(shared(row), scope.now) and country in (None, shared(row).get("country")) for row in rows)


def _is_active(fields: Mapping[str, Json], now: int) -> bool:
    return integer(fields, "active_from") <= now < integer(fields, "expires_at", now + 1)
