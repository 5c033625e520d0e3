"""Requests of up to 64 kB: each parameter of an operation as large as it may be, and larger."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from emulator import catalog
from emulator.catalog import Operation
from emulator.http.message import Request, Response
from emulator.schema import shape, spec
from emulator.wire import form

from ..resources.generic.values import DRAFT, OPEN
from .valid import CARD, Valid

SIZE = 65_536
DEPTH = 4
FITS = 6000  # items of a list, each of few bytes
LINES = 250
KEEPING = ("retrieve", "list", "search", "update", "-")  # verbs after which an object is as usable as before
OLDEST = "2019-05-16"  # a version, whose responses are made from the newest
LINE: dict[str, Any] = {"amount": "100", "description": "a line", "tax_rates": ["@tax_rate"]}
PRICED = {"currency": "usd", "product": "@product", "recurring": {"interval": "month"}, "unit_amount": "500"}
FULL_INVOICE: list[tuple[str, Any]] = [
    ("/v1/invoices", {"customer": "@customer"}),
    *[("/v1/invoices/{}/add_lines", {"lines": [LINE] * (LINES // 5)})] * 5,
]
# Objects with as much in them as Stripe takes.
FULL: dict[str, list[tuple[str, Any]]] = {
    "invoice": FULL_INVOICE,
    "open invoice": [*FULL_INVOICE, ("/v1/invoices/{}/finalize", {})],
    "subscription": [
        ("/v1/subscriptions", {"customer": "@customer", "items": [{"price_data": PRICED} for _ in range(20)]})
    ],
    "quote": [("/v1/quotes", {"customer": "@customer", "line_items": [{"price_data": PRICED} for _ in range(20)]})],
    "subscription_schedule": [
        (
            "/v1/subscription_schedules",
            {
                "customer": "@customer",
                "start_date": "now",
                "phases": [
                    {"items": [{"price_data": PRICED} for _ in range(20)], "duration": {"interval": "month"}}
                    for _ in range(10)
                ],
            },
        )
    ],
    "checkout.session": [
        (
            "/v1/checkout/sessions",
            {
                "mode": "payment",
                "success_url": "https://a.example",
                "line_items": [
                    {
                        "quantity": "1",
                        "price_data": {"currency": "usd", "unit_amount": "500", "product_data": {"name": "Gold"}},
                    }
                    for _ in range(100)
                ],
            },
        )
    ],
    "payment_link": [
        (
            "/v1/payment_links",
            {
                "line_items": [
                    {
                        "quantity": "1",
                        "price_data": {"currency": "usd", "unit_amount": "500", "product_data": {"name": "Gold"}},
                    }
                    for _ in range(20)
                ]
            },
        )
    ],
    "price": [
        (
            "/v1/prices",
            {
                "currency": "usd",
                "product": "@product",
                "recurring": {"interval": "month"},
                "billing_scheme": "tiered",
                "tiers_mode": "graduated",
                "tiers": [{"up_to": str(number), "unit_amount": "5"} for number in range(1, 100)]
                + [{"up_to": "inf", "unit_amount": "1"}],
            },
        )
    ],
    "charge": [
        ("/v1/charges", {"amount": "99999", "currency": "usd", "source": "tok_visa"}),
    ],
    "payment_method": [("/v1/payment_methods", {"type": "card", "card": CARD})],
}
STEPS = {id(OPEN): FULL["open invoice"], id(DRAFT): FULL["invoice"]}
Large = tuple[str, Callable[[], Request | None]]


class Full(Valid):
    """Valid requests on objects with as much in them as there may be: those of FULL, or the largest that were created."""

    def __init__(self, drive: Callable[[Request], Response]) -> None:
        super().__init__(random.Random(1), {}, drive)
        self.largest: dict[str, str] = {}

    def one(self, name: str) -> str | None:
        if name in self.largest:
            return self.largest[name]
        if name in FULL and name not in self._ids:
            self._ids[name] = self._prepared(FULL[name])
        return super(Valid, self).one(name)

    def _fresh(self, operation: Operation, path: str, template: str) -> str | None:
        if operation.verb in KEEPING and operation.object in {**self.largest, **FULL}:
            return self.one(operation.object)
        if operation.object in FULL:
            return self._prepared(FULL[operation.object])
        return super(Valid, self)._fresh(operation, path, template)

    def _prepared(self, steps: list[tuple[str, Any]]) -> str:
        return super()._prepared(STEPS.get(id(steps), steps))

    def variants(self, operation: Operation) -> Iterator[Large]:
        """The names of large requests of an operation, and how to make them: each on objects of its own."""
        changes: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"valid": dict}
        for name, param in operation.params.params.items():
            changes |= {
                f"{name}: {what}": _with(name, value) for what, value in self._large(operation, name, param.type)
            }
        changes["unknown parameters"] = lambda valid: {**valid, **{f"unknown{number}": "1" for number in range(4000)}}
        for label, change in changes.items():
            yield label, lambda change=change: self.changed(operation, change)  # type: ignore[misc]
        if not operation.v2:
            yield "valid, oldest version", lambda: self.changed(operation, dict, OLDEST)
        for label, wanted in _expansions(operation):
            yield label, lambda wanted=wanted: self.changed(operation, lambda valid: {**valid, "expand": wanted})  # type: ignore[misc]

    def changed(
        self, operation: Operation, change: Callable[[dict[str, Any]], dict[str, Any]], version: str = ""
    ) -> Request | None:
        """A request whose valid parameters are changed; None where its objects cannot be created."""
        try:
            found = self.request(operation)
        except (AssertionError, KeyError):
            self._ids.clear()
            return None
        if found is None:
            return None
        sent = self._encoded(operation, found[0], _cut(change(found[1]), as_json=operation.v2))
        headers = {**sent.headers, **({b"stripe-version": version.encode()} if version else {})}
        return Request(sent.method, sent.path, sent.query, headers, sent.body)

    def _large(self, operation: Operation, name: str, kind: spec.Type) -> Iterator[tuple[str, Any]]:
        """Large values of a parameter: of its lists, maps and texts, and of those below it."""
        if isinstance(kind, spec.AnyOf):
            yield from chain.from_iterable(self._large(operation, name, each) for each in kind.options)
        elif isinstance(kind, spec.Array):
            item = self._value(kind.item, name, operation.object.strip("-")) or {}
            yield "many items", [item] * FITS
            yield f"{kind.max_items or LINES} items", [item] * (kind.max_items or LINES)
            yield "items by number", {str(number): item for number in range(FITS)}
            if isinstance(kind.item, spec.Object):
                yield "unknown of items", [{f"unknown{number}": "1"} for number in range(FITS)]
                yield from ((f"items of {below}", [{**item, **value}]) for below, value in self._below(kind.item))
        elif isinstance(kind, spec.Map):
            yield "many keys", {f"key{number}": self._value(kind.value, name, "") for number in range(FITS)}
            yield "50 keys", {f"{number:040}": "v" * 500 for number in range(50)}
        elif isinstance(kind, spec.Object):
            yield from self._below(kind)
        elif isinstance(kind, spec.String):
            yield "a long text", "a." * (SIZE // 2)

    def _below(self, kind: spec.Object) -> Iterator[tuple[str, Any]]:
        """Hashes with one long list or map in them, at any depth."""
        first = self._object(kind, "", whole=False)
        for name, param in kind.params.items():
            inner: Any = param.type
            if isinstance(inner, spec.Array):
                yield name, {**first, name: [self._value(inner.item, name, "") or {}] * FITS}
            elif isinstance(inner, spec.Map):
                yield (
                    name,
                    {**first, name: {f"key{number}": self._value(inner.value, name, "") for number in range(FITS)}},
                )
            elif isinstance(inner, spec.Object):
                yield from ((f"{name}: {what}", {**first, name: value}) for what, value in self._below(inner))


def _with(name: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda valid: {**valid, name: value}


def _cut(params: dict[str, Any], *, as_json: bool) -> dict[str, Any]:
    """The parameters with half of the items of their longest list or hash, again and again until they fit."""
    while len(json.dumps(params) if as_json else form.encode(params)) > SIZE and _halve(params):
        pass
    return params


def _halve(tree: Any) -> bool:
    """Halves the longest list, hash or text of a tree; False where nothing is long."""
    longest, place, holder = 1, None, None
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        pairs = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
        for key, value in pairs:
            if isinstance(value, dict | list | str) and len(value) > longest:
                longest, place, holder = len(value), key, part
            if isinstance(value, dict | list):
                waiting.append(value)
    if isinstance(tree, dict) and len(tree) > longest:
        for key in list(tree)[: len(tree) // 2 - 1 : -1]:
            del tree[key]
        return True
    if holder is None:
        return False
    value = holder[place]
    half = longest // 2
    holder[place] = dict(list(value.items())[:half]) if isinstance(value, dict) else value[:half]
    return True


def _expansions(operation: Operation) -> Iterator[tuple[str, list[str]]]:
    """All paths that can be expanded in the response, and one of them a thousand times."""
    if "expand" not in operation.params.params or operation.response is None:
        return
    paths = list(_paths(operation.response, ()))[:400]
    if paths:
        yield "all expansions", paths
        yield "20 expansions", paths[:20]
        yield "an expansion a thousand times", paths[:1] * 1000


def _paths(kind: shape.Shape, before: tuple[str, ...]) -> Iterator[str]:
    if len(before) > DEPTH or isinstance(kind, shape.Union):
        options = kind.options if isinstance(kind, shape.Union) and len(before) <= DEPTH else ()
        yield from chain.from_iterable(_paths(each, before) for each in options[:1])
    elif isinstance(kind, shape.Ref):
        yield from _paths(catalog.schema(kind.name), before)
    elif isinstance(kind, shape.List):
        yield from _paths(kind.item, (*before, "data"))
    elif isinstance(kind, shape.Array):
        yield from _paths(kind.item, before)
    elif isinstance(kind, shape.Expandable) and len(before) <= DEPTH:
        yield ".".join(before)
        yield from _paths(catalog.schema(kind.resources[0]), before)
    elif isinstance(kind, shape.Object) and len(before) < DEPTH:
        for name, each in kind.properties.items():
            yield from _paths(each.type, (*before, name))
