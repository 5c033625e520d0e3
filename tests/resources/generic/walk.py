"""A walk over the catalog: valid requests of an operation, and whether a response has the shape that it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator import catalog
from emulator.catalog import Operation
from emulator.resources import registry
from emulator.resources.generic.facts import OBJECTS, Facts
from emulator.schema import shape, spec

from ...api import Api

TEXTS = {"currency": "usd", "decimal": "1.5", "date-time": "2030-01-01T00:00:00.000Z", "unix-time": "1893456000"}


# Parameters of creates that are refused without them.
NEEDED = {
    "credit_note": ("amount",),
    "checkout.session": ("line_items", "success_url"),
    "coupon": ("percent_off",),
    "invoiceitem": ("amount",),
    "payment_link": ("line_items",),
    "price": ("product", "unit_amount"),
    "subscription": ("items",),
    "subscription_item": ("subscription", "price"),
}
# Hashes of a create whose first parameters do not suffice; `@` begins the object that a value names.
HASHES: dict[tuple[str, str], Any] = {
    ("credit_note", "invoice"): "@open invoice",
    ("promotion_code", "promotion"): {"type": "coupon", "coupon": "@coupon"},
    ("checkout.session", "success_url"): "https://shop.example/done",
    ("checkout.session", "line_items"): [{"price": "@price", "quantity": "1"}],
    ("payment_link", "line_items"): [{"price": "@price", "quantity": "1"}],
    ("subscription", "items"): [
        {
            "price_data": {
                "currency": "usd",
                "product": "@product",
                "recurring": {"interval": "month"},
                "unit_amount": "5",
            }
        }
    ],
    ("subscription_item", "price"): "@plan",
}


class Walk:
    """One walk through an emulator: the objects that requests name are created first."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._ids: dict[str, str | None] = {}

    def body(self, operation: Operation, *, whole: bool = False) -> dict[str, Any]:
        """A valid body with the required parameters, or with all of those that can be generated."""
        body = self._object(operation.params, operation.object, whole=whole)
        if operation.verb == "create":
            for names in (*OBJECTS.get(operation.object, Facts()).needs.split(), *NEEDED.get(operation.object, ())):
                one = names.split("|")[0]
                body.setdefault(one, self._named(operation.params.params[one].type, one, operation.object))
        return {name: value for name, value in body.items() if value is not None}

    def _object(self, params: spec.Object, name: str, *, whole: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, param in params.params.items():
            if (param.required or whole) and key != "expand":
                value = self._named(param.type, key, name)
                if value is not None:
                    found[key] = value
        return found

    def _value(self, kind: spec.Type, key: str, name: str) -> Any:  # noqa: PLR0911 - a case for each kind
        match kind:
            case spec.Boolean():
                return "true"
            case spec.Integer(minimum):
                return str(minimum or 1)
            case spec.Decimal():
                return "1.5"
            case spec.Enum(values):
                return values[0]
            case spec.String():
                target = _referred(name, key)
                return self.one(target) if target else TEXTS.get(kind.format or "", "text"[: kind.max_length or 4])
            case spec.Array(item):
                value = self._value(item, key, "")
                return None if value is None else [value]
            case spec.Object():
                return self._object(kind, "", whole=False) or self._first(kind)
            case spec.Map(inner):
                return {"usd" if isinstance(inner, spec.Object) else "key": self._value(inner, key, "")}
            case spec.AnyOf(options):
                return self._value(options[0], key, name)
        raise TypeError(kind)

    def _named(self, kind: spec.Type, key: str, name: str) -> Any:
        """The value of a parameter: one of the table, or one of its type."""
        known = HASHES.get((name, key))
        return self._value(kind, key, name) if known is None else self._known(known)

    def _known(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._known(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._known(each) for each in value]
        return self.one(value[1:]) if value[0] == "@" else value

    def _first(self, kind: spec.Object) -> Any:
        """A hash with the first of its parameters that has a value."""
        for key, param in kind.params.items():
            value = self._value(param.type, key, "")
            if value is not None:
                return {key: value}
        return None

    def one(self, name: str) -> str | None:
        """The id of an object of a name, created at first; None where none can be."""
        if name in NAMED:
            return NAMED[name]
        if name not in self._ids:
            self._ids[name] = None  # what an object needs of its own kind is left out
            if name in PREPARED:
                self._ids[name] = self._prepared(PREPARED[name])
                return self._ids[name]
            create = creation(name)
            if create is not None:
                response = self.api.post(create.path, self.body(create))
                self._ids[name] = response.body.get("id") if response.status == 200 else None
        return self._ids[name]

    def _prepared(self, steps: list[tuple[str, Any]]) -> str:
        """The id of the object of the last step."""
        identifier = ""
        for path, params in steps:
            response = self.api.post(path.format(identifier), self._known(params))
            assert response.status == 200, response.body
            identifier = str(response.body["id"])
        return identifier


# Objects in a state that a request needs, with the requests that lead to it; `{}` is the id of the step before.
PREPARED: dict[str, list[tuple[str, Any]]] = {
    "open invoice": [
        ("/v1/invoices", {"customer": "@customer"}),
        ("/v1/invoices/{}/add_lines", {"lines": [{"amount": "1000"}]}),
        ("/v1/invoices/{}/finalize", {}),
    ],
}


def creation(name: str) -> Operation | None:
    """The operation that creates an object, without a parent."""
    found = (each for each in catalog.operations() if each.object == name and each.verb == "create")
    return next((each for each in found if "{" not in each.path and registry.endpoint(each)), None)


# Test names that make an object.
NAMED = {"payment_method": "pm_card_visa"}
# Parameters that take an id, where their place does not tell.
BY_NAME = {
    "cardholder": "issuing.cardholder", "card": "issuing.card", "customer": "customer", "meter": "billing.meter",
    "physical_bundle": "issuing.physical_bundle", "price": "price", "product": "product", "subscription": "subscription", "tax_rates": "tax_rate",
    "default_tax_rates": "tax_rate", "payment_method": "payment_method", "transaction": "issuing.transaction",
}  # fmt: skip


def _referred(name: str, key: str) -> str | None:
    """The object whose id a parameter takes, by the field of the response that has its name."""
    if key in BY_NAME:
        return BY_NAME[key]
    if not name:
        return None
    found = catalog.schema(name)
    kind = found.properties[key].type if isinstance(found, shape.Object) and key in found.properties else None
    if isinstance(kind, shape.Union):
        kind = next((each for each in kind.options if isinstance(each, shape.Expandable)), None)
    return kind.resources[0] if isinstance(kind, shape.Expandable) else None


def faults(value: Any, kind: shape.Shape, at: str = "") -> Iterator[str]:  # noqa: C901, PLR0912 - as above
    """The places where a response does not have its shape."""
    match kind:
        case shape.Ref(name):
            yield from faults(value, catalog.schema(name), at)
        case shape.Object(properties):
            if not isinstance(value, dict):
                yield f"{at}: no object"
                return
            yield from (f"{at}.{key}: unknown" for key in value if key not in properties)
            for key, each in properties.items():
                if key not in value:
                    if each.required:
                        yield f"{at}.{key}: missing"
                elif value[key] is not None:
                    yield from faults(value[key], each.type, f"{at}.{key}")
                elif not each.nullable:
                    yield f"{at}.{key}: null"
        case shape.Union(options):
            found = [list(faults(value, option, at)) for option in options]
            yield from min(found, key=len)
        case shape.Array(item):
            if not isinstance(value, list):
                yield f"{at}: no array"
                return
            for each in value:
                yield from faults(each, item, f"{at}[]")
        case shape.List(item):
            if not isinstance(value, dict) or value.get("object") != "list":
                yield f"{at}: no list"
                return
            for each in value["data"]:
                yield from faults(each, item, f"{at}.data[]")
        case shape.Map():
            if not isinstance(value, dict):
                yield f"{at}: no hash"
        case _:
            wanted = _SCALARS.get(type(kind))
            if wanted is not None and (not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool)):
                yield f"{at}: {value!r} is no {wanted}"


_SCALARS: dict[type, Any] = {
    spec.Boolean: bool,
    shape.Constant: bool,
    spec.Integer: int,
    shape.Timestamp: int,
    spec.Decimal: (int, float),
    spec.String: str,
    spec.Enum: str,
    shape.Expandable: str,
}
