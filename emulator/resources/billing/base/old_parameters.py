"""What parameters of old versions stand for.

`plan`, `quantity` and `prorate` before basil are one item, and a proration behavior. The lines of Checkout sessions
before 2022-08-01 may have an amount with a name instead of a price, and `subscription_data` the items themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration.resource import Fields
from emulator.schema import spec
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, integer, list_in
from emulator.wire.dataclasses import replace


def modern_params(sent: Params, fields: Fields | None = None) -> Params:
    """Parameters with items for `plan` and `quantity`, and a proration behavior for `prorate`. Raises StripeError."""
    named: Params = {name: sent[name] for name in ("plan", "quantity") if name in sent}
    for name in named:
        if "items" in sent:
            raise errors.items_and(name)
    if integer(sent, "quantity") < 0:
        raise errors.integer_too_small(("quantity",), 0)
    changed: Params = {name: value for name, value in sent.items() if name not in ("plan", "prorate", "quantity")}
    if "prorate" in sent:
        changed = {"proration_behavior": "create_prorations" if sent["prorate"] else "none", **changed}
    if fields is not None and named:
        return {**changed, "items": [{"id": _only_item(fields, next(iter(named))), **named}]}
    return {**changed, "items": [named]} if "plan" in named else changed


def _only_item(fields: Fields, name: str) -> str:
    """The id of the one item of a subscription. Raises StripeError where it has several."""
    items = list_in(fields, "items")
    if len(items) != 1:
        raise errors.several_items(name)
    return str(items[0]["id"])


# --- Checkout sessions --------------------------------------------------------------------------------------------

_TEXT = spec.Param(spec.String(5000))
_PRICED: Mapping[str, spec.Param] = {
    "amount": spec.Param(spec.Integer(0)),
    "currency": spec.Param(spec.String(format="currency")),
    "description": _TEXT,
    "images": spec.Param(spec.Array(spec.String(5000))),
    "name": _TEXT,
}
_REQUIRED = ("amount", "currency", "name")
_PLANNED = spec.Object(
    {
        "plan": replace(_TEXT, required=True),
        "quantity": spec.Param(spec.Integer()),
        "tax_rates": spec.Param(spec.Array(spec.String(5000))),
    }
)
LINES, DATA = "line_items", "subscription_data"


def old_session_params(known: Mapping[str, spec.Param]) -> spec.Object:
    """The parameters of a session before 2022-08-01, by those of the newest version (official)."""
    lines, data = known[LINES].type, known[DATA].type
    if (
        not isinstance(lines, spec.Array)
        or not isinstance(lines.item, spec.Object)
        or not isinstance(data, spec.Object)
    ):
        raise TypeError("the parameters of Checkout sessions have another form")
    line = spec.Object({**lines.item.params, **_PRICED})
    planned = {"items": spec.Param(spec.Array(_PLANNED))}
    return spec.Object(
        {
            **known,
            LINES: replace(known[LINES], type=replace(lines, item=line)),
            DATA: replace(known[DATA], type=spec.Object({**data.params, **planned})),
        }
    )


def modern_session(sent: Params) -> Params:
    """The parameters of a session with a price for each amount and plan. Raises StripeError."""
    data = hash_at(sent, DATA)
    plans: list[Params] = [
        {"price": each["plan"], "quantity": each.get("quantity", 1), **_named(each, "tax_rates")}
        for each in list_in(data, "items")
    ]
    lines = [_with_price(each, place) for place, each in enumerate(list_in(sent, LINES))]
    kept: Params = {DATA: {name: value for name, value in data.items() if name != "items"}} if data else {}
    mode: Params = {"mode": "subscription"} if plans and "mode" not in sent else {}
    return {**sent, **mode, **kept, **({LINES: [*plans, *lines]} if plans or lines else {})}


def _with_price(line: Params, place: int) -> Params:
    """A line whose amount, name, description and images are those of a price. Raises StripeError."""
    if not _PRICED.keys() & line.keys():
        return line
    for name in _REQUIRED:
        if name not in line:
            raise errors.missing_param((LINES, str(place), name))
    product = _named(line, "name", "description", "images")
    price: Params = {"currency": line["currency"], "unit_amount": line["amount"], "product_data": product}
    return {**{name: value for name, value in line.items() if name not in _PRICED}, "price_data": price}


def _named(sent: Params, *names: str) -> Params:
    return {name: sent[name] for name in names if name in sent}
