"""Stripe's API as data: every operation, its parameters and the shape of its response."""

from emulator.catalog.catalog import fill, operation, operations, operations_of, route, schema, undocumented
from emulator.catalog.model import Body, Operation
from emulator.catalog.routing import Route

__all__ = [
    "Body",
    "Operation",
    "Route",
    "fill",
    "operation",
    "operations",
    "operations_of",
    "route",
    "schema",
    "undocumented",
]
