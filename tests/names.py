"""Resources that modules name by a string: an arrow between modules without an import.

`python -m tests.names` prints how many there are, which point up, and how many modules form the largest circle.

A name is a literal or a constant in a call of the functions of `NAMING`, or of the table of a sandbox. Left out are names
that no call has as a constant: ids in responses that are expanded by the schema, and paths of requests that a client sent.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from emulator import catalog
from emulator.packages import PACKAGES
from emulator.resources import table

OBJECTS, ASKING, REGISTRY = (
    "emulator.model.stored.objects",
    "emulator.model.asking.requests",
    "emulator.model.declaration.registry",
)
# The functions that take the name of a resource, with the place of that argument and whether they write.
NAMING: Mapping[str, tuple[int, bool]] = {
    **{f"{OBJECTS}.{name}": (1, False) for name in ("get", "row", "existing", "newest_by", "shown", "of_id", "draw")},
    **{f"{OBJECTS}.{name}": (1, True) for name in ("add", "remove", "place", "change", "replace", "added")},
    f"{OBJECTS}.prefix_of": (0, False),
    f"{REGISTRY}.declared": (0, False),
    f"{REGISTRY}.resource": (0, False),
    f"{REGISTRY}.shown_object": (1, False),
    f"{ASKING}.create": (1, True),
    f"{ASKING}.run": (1, True),
    f"{ASKING}.by_request": (0, True),
    f"{ASKING}.by_required": (0, True),
    f"{ASKING}.operation_of": (0, False),
}
WRITERS = {f"emulator.model.declaration.writes.{name}" for name in ("add", "replace", "remove", "rename")}


# The names that point up and are left, below `emulator.resources`: why, and which resources a module reads and writes.
READS: Mapping[str, Mapping[str, str]] = {
    "billing reads the customer, whose package imports its discounts and line items": {
        "billing.base.automatic_tax": "customer",
        "billing.base.clocks": "customer",
        "billing.base.tax_locations": "payment_method",
        "billing.products.discounts": "customer",
        "billing.products.entitlements": "customer",
        "billing.products.line_items": "customer",
        "billing.products.redemption": "customer",
    },
    "the time of an object is that of its test clock, which moves what is below all of billing": {
        "billing.base.clocks": "test_helpers.test_clock",
        "billing.base.steps": "test_helpers.test_clock",
    },
    "an invoice, its preview and its items show what their subscription and its schedule hold": {
        "billing.invoices.items": "subscription",
        "billing.invoices.life": "subscription",
        "billing.invoices.previews": "subscription subscription_schedule",
        "billing.invoices.requests": "subscription",
        "billing.invoices.upcoming": "subscription",
    },
    "a feature and a price are about an object of a package that sells them": {
        "billing.products.entitlements": "subscription",
        "billing.products.prices": "billing.meter",
    },
    "usage is counted for the period of a subscription, and shown with its invoice": {
        "billing.usage.meter_values": "subscription",
        "billing.usage.usage_records": "subscription subscription_item invoice",
    },
    "items of subscriptions are declared with the subscriptions": {"billing.subscriptions.base.items": "subscription"},
    "an account takes tokens and files, which take accounts": {
        "connect.accounts.base.tokens": "token",
        "connect.accounts.persons.documents": "file",
    },
    "a refund of a payment intent is one of its charge": {
        "payments.charges.refund_rules": "payment_intent",
    },
    "transfers and application fees take their money from a charge, which makes them": {
        "payments.transfers.application_fees": "charge",
        "payments.transfers.fees": "charge",
        "payments.transfers.reversals": "charge",
        "payments.transfers.sources": "charge",
        "payments.transfers.transfers": "charge",
    },
}
WRITES: Mapping[str, Mapping[str, str]] = {
    "a test clock moves what is below all of billing": {
        "billing.base.clocks": "test_helpers.test_clock",
        "billing.base.steps": "test_helpers.test_clock",
    },
    "an invoice ends the automatic tax of its subscription; a preview tries changes": {
        "billing.invoices.life": "subscription",
        "billing.invoices.previews": "subscription subscription_schedule",
    },
    "items of subscriptions are declared with the subscriptions": {
        "billing.subscriptions.base.items": "subscription_item"
    },
    "a balance transaction that nobody created has a charge": {"money.transactions": "charge"},
    "a transfer makes a charge on the account that it goes to, and changes the one that it comes from": {
        "payments.transfers.destination_payments": "charge refund",
        "payments.transfers.sources": "charge",
    },
}


class Arrow(NamedTuple):
    """A call in a module that names a resource, and the module that declares it."""

    module: str
    line: int
    name: str
    target: str
    writes: bool

    @property
    def up(self) -> bool:
        """Whether the resource belongs to a package that may import the one of the module."""
        return _floor(self.target) > _floor(self.module)


class Source:
    """The constants and the imports of a module."""

    def __init__(self, name: str, source: str, *, is_package: bool = False) -> None:
        """Read the source of a module."""
        self.name, self.tree = name, ast.parse(source)
        package = name if is_package else name.rpartition(".")[0]
        self.imports: dict[str, str] = {}
        self.values: dict[str, ast.expr] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                base = f"{package}.{node.module}" if node.level else node.module or ""
                self.imports |= {each.asname or each.name: f"{base}.{each.name}" for each in node.names}
        for node in self.tree.body:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._assign(node.target, node.value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, each in zip(target.elts, value.elts, strict=True):
                self._assign(one, each)
        elif isinstance(target, ast.Name):
            self.values[target.id] = value

    def function(self, node: ast.expr) -> str:
        """The full name of a function that is called, as the imports say."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, f"{self.name}.{node.id}")
        if isinstance(node, ast.Attribute):
            return f"{self.function(node.value)}.{node.attr}"
        return ""


def arrows(sources: Mapping[str, Source]) -> Iterator[Arrow]:
    """Every call that names a resource by a constant."""
    for module, source in sources.items():
        if module.startswith("emulator.resources") or _floor(module) > _floor("emulator.resources"):
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Call):
                    yield from _of_call(sources, source, node)


def _of_call(sources: Mapping[str, Source], source: Source, node: ast.Call) -> Iterator[Arrow]:
    full = source.function(node.func)
    if full in WRITERS and len(node.args) > 1:
        yield from _of_declared(sources, source, node)
        return
    is_table = isinstance(node.func, ast.Attribute) and node.func.attr == "table"
    place, writes = NAMING.get(full) or ((0, False) if is_table else (-1, False))
    given = [each.value for each in node.keywords if each.arg in {"name", "operation"}] if place >= 0 else []
    given += node.args[place : place + 1] if place >= 0 else []
    for value in (value for each in given for value in _strings(sources, source, each)):
        name, does_write = value, writes
        if full == f"{ASKING}.run":
            operation = catalog.operation(value)
            name, does_write = table.OPERATIONS.get(value, operation.object), operation.method != "GET"
        target = _declaring(name)
        if target is not None and target != source.name:
            yield Arrow(source.name, node.lineno, name, target, does_write)


def _of_declared(sources: Mapping[str, Source], source: Source, node: ast.Call) -> Iterator[Arrow]:
    """A write through the door, of a resource that is looked up by its name in the same call."""
    inner = node.args[1]
    if isinstance(inner, ast.Call) and source.function(inner.func) == f"{REGISTRY}.declared":
        for arrow in _of_call(sources, source, inner):
            yield arrow._replace(writes=True)


def _strings(sources: Mapping[str, Source], source: Source, node: ast.expr, depth: int = 8) -> Iterator[str]:
    """The strings that an expression may be: a literal, a constant of this module or of another, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(sources, source, node.body, depth)
        yield from _strings(sources, source, node.orelse, depth)
    elif isinstance(node, ast.Name | ast.Attribute) and depth:
        module, _, name = source.function(node).rpartition(".")
        other = sources.get(module)
        if other is not None and name in other.values:
            yield from _strings(sources, other, other.values[name], depth - 1)
        elif other is not None and name in other.imports:
            yield from _strings(sources, other, ast.Name(name), depth - 1)


@cache
def _declaring(name: str) -> str | None:
    """The module that declares a resource, None for what is a table but no resource, or a generic object."""
    module = table.MODULES.get(name)
    return f"emulator.resources.{module}" if module else None


@cache
def _floor(module: str) -> int:
    package = module if module in PACKAGES else module.rpartition(".")[0]
    return list(PACKAGES).index(package)


def left(reasons: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """The modules that may name a resource upwards, each with the resource."""
    for modules in reasons.values():
        for module, resources in modules.items():
            yield from ((f"emulator.resources.{module}", each) for each in resources.split())


def circle(edges: Mapping[str, set[str]]) -> set[str]:
    """The largest set of modules each of which reaches all others."""
    reached = {name: _reach(edges, name) for name in edges}
    circles = ({other for other in found if name in reached[other]} for name, found in reached.items())
    return max(circles, key=len, default=set())


def _reach(edges: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in edges.get(waiting.pop(), set()) - found:
            if other in edges:
                found.add(other)
                waiting.append(other)
    return found


def main() -> None:
    """Print the names that point up, and the figures."""
    from tests.test_architecture import EDGES, SOURCES  # noqa: PLC0415 - that module reads this one

    found = list(arrows(SOURCES))
    for each in sorted(each for each in found if each.up):
        print(f"{each.module}:{each.line} {'writes' if each.writes else 'reads'} {each.name} of {each.target}")
    named = {name: {each.target for each in found if each.module == name} for name in EDGES}
    edges = {name: (others | named[name]) - {"emulator", name} for name, others in EDGES.items()}
    up = [each for each in found if each.up]
    pairs = {(each.module, each.name) for each in up}
    print(f"{len(found)} names, {len(up)} of them up ({len(pairs)} of a module and a resource)")
    print(f"{sum(each.writes for each in up)} of those write; {len(circle(edges))} modules form the largest circle")


if __name__ == "__main__":
    main()
