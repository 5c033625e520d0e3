"""The checker: turns a tree into typed values by a specification, or raises the one error that Stripe would return.

Of several mistakes in a request Stripe reports one. The precedence, which is published in parts only: all unknown
parameters at any depth, in order of appearance; the first invalid value in order of appearance; the first missing
parameter, outer before inner.

As nearly every request is valid, a place is a pair linked to the place around it and becomes a path in errors only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from emulator import errors
from emulator.errors import StripeError
from emulator.schema import spec
from emulator.schema.spelling import closest
from emulator.wire.dataclasses import dataclass
from emulator.wire.form import Node, Tree, as_hash
from emulator.wire.json import dump_line
from emulator.wire.path import ParamPath
from emulator.wire.timestamps import FIRST, LAST
from emulator.wire.urls import is_unsafe

Value = str | int | float | bool | list["Value"] | dict[str, "Value"]
Params = dict[str, Value]
Place = tuple["Place", str] | None
"""A position in the request: the place around it, and a name or an index in that. None is the request itself."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})\Z")


BOOLEANS_OF_V2: Mapping[str, bool] = {"true": True, "false": False}
# v1 accepts capitalized ones too, which stripe-python and Stripe.net sent until 2025 (official: their changelogs).
BOOLEANS: Mapping[str, bool] = {**BOOLEANS_OF_V2, "True": True, "False": False}


@dataclass(slots=True)
class Findings:
    """The mistakes in a request by kind: all unknown parameters, but only the first invalid and the first missing one.

    `booleans` are the accepted texts of true and false; `known` the names that a request might have meant by the last
    unknown one. An error is made when all is checked: there may be thousands.
    """

    booleans: Mapping[str, bool]
    unknown: list[ParamPath] = field(default_factory=list)
    known: Iterable[str] = ()
    invalid: Callable[[], StripeError] | None = None
    missing: ParamPath | None = None

    def miss(self, place: Place) -> None:
        """Records a missing parameter, unless there is one already."""
        if self.missing is None:
            self.missing = path_to(place)

    def fail(self, error: Callable[..., StripeError], place: Place, *details: object) -> None:
        """Records an invalid value, unless there is one already."""
        if self.invalid is None:
            self.invalid = lambda: error(path_to(place), *details)

    def fail_type(self, error: Callable[..., StripeError], place: Place, node: Node) -> None:
        """Records a value of the wrong type, which the message shows, unless there is an invalid one already."""
        if self.invalid is None:
            self.invalid = lambda: error(path_to(place), echo(node))

    def __bool__(self) -> bool:
        return bool(self.unknown or self.invalid or self.missing)

    def error(self) -> StripeError | None:
        """The error that takes precedence."""
        if self.unknown:
            return errors.unknown_params(self.unknown, self._suggestion())
        if self.invalid:
            return self.invalid()
        return errors.missing_param(self.missing) if self.missing else None

    def _suggestion(self) -> str | None:
        """The known parameter that the only unknown one is likely to mean."""
        return closest(self.unknown[0][-1], self.known) if len(self.unknown) == 1 else None


def check(tree: Tree, params: spec.Object, *, strict: bool = True, booleans: Mapping[str, bool] = BOOLEANS) -> Params:
    """The typed values of the parameters that were sent; a cleared one is an empty string. Raises StripeError.

    Unless `strict`, unknown parameters are ignored.
    """
    findings = Findings(booleans)
    values = _hash(params, tree, None, findings)
    if not strict:
        findings.unknown.clear()
    error = findings.error()
    if error is not None:
        raise error
    return values


def path_to(place: Place) -> ParamPath:
    """The path to a place, outermost name first."""
    path: ParamPath = ()
    while place is not None:
        place, name = place
        path = (name, *path)
    return path


def _hash(kind: spec.Object, node: Node, place: Place, found: Findings) -> Params:
    if type(node) is not dict:
        found.fail(errors.invalid_object, place)
        return {}
    known, booleans, texts = kind.params, kind.booleans, found.booleans
    for name in kind.required:
        if name not in node:
            found.miss((place, name))
    values: Params = {}
    for name, child in node.items():
        if name in booleans and type(child) is str and child in texts:  # the usual case, made fast
            values[name] = texts[child]
            continue
        param = known.get(name)
        if param is None:
            _unknown((*path_to(place), name), known, found)
            continue
        inner = param.type
        if child == "" and type(inner) is not spec.Gap:
            values[name] = ""
            if not param.clearable:
                found.fail(errors.empty_param, (place, name))
        else:
            values[name] = CHECKS[type(inner)](inner, child, (place, name), found)
    return values


def _unknown(path: ParamPath, known: Mapping[str, spec.Param], found: Findings) -> None:
    found.unknown.append(path)
    found.known = known


def _boolean(_: spec.Boolean, node: Node, place: Place, found: Findings) -> Value:
    value = found.booleans.get(node) if type(node) is str else None
    if value is None:
        found.fail_type(errors.invalid_boolean, place, node)
        return False
    return value


def _integer(kind: spec.Integer, node: Node, place: Place, found: Findings) -> Value:
    if type(node) is not str or not _INTEGER.match(node):
        found.fail_type(errors.invalid_integer, place, node)
        return 0
    number = int(node)
    if kind.minimum is not None and number < kind.minimum:
        found.fail(errors.integer_too_small, place, kind.minimum)
    if kind.maximum is not None and number > kind.maximum:
        found.fail(errors.integer_too_large, place, kind.maximum)
    if kind.is_time and not kind.any_time and not FIRST <= number <= LAST:
        found.fail(errors.invalid_timestamp, place)
    return number


def _decimal(kind: spec.Decimal, node: Node, place: Place, found: Findings) -> Value:
    if type(node) is not str or not _DECIMAL.match(node):
        found.fail_type(errors.invalid_decimal, place, node)
        return 0.0
    number = float(node)
    if kind.minimum is not None and number < kind.minimum:
        found.fail(errors.decimal_too_small, place, kind.minimum, number)
    if kind.maximum is not None and number > kind.maximum:
        found.fail(errors.decimal_too_large, place, kind.maximum, number)
    return number


def _string(kind: spec.String, node: Node, place: Place, found: Findings) -> Value:
    if type(node) is not str:
        found.fail_type(errors.invalid_string, place, node)
        return ""
    if kind.format == "decimal" and not _DECIMAL.match(node):
        found.fail(errors.invalid_decimal, place, node)
    elif kind.max_length is not None and len(node) > kind.max_length:
        found.fail(errors.string_too_long, place, node, kind.max_length)
    elif kind.format == "url" and is_unsafe(node):
        found.fail(errors.url_invalid, place)
    return node


def _enum(kind: spec.Enum, node: Node, place: Place, found: Findings) -> Value:
    if type(node) is not str:
        found.fail_type(errors.invalid_string, place, node)
        return ""
    if node in kind.gaps:
        found.fail(errors.value_not_emulated, place, node)
    elif node not in kind.values:
        found.fail(errors.invalid_enum, place, kind.values, node)
    return node


def _array(kind: spec.Array, node: Node, place: Place, found: Findings) -> Value:
    items = _items(node)
    if items is None:
        found.fail(errors.invalid_array, place)
        return []
    if kind.max_items is not None and len(items) > kind.max_items:
        found.fail(errors.too_many_items, place, kind.max_items)
    return [_item(kind.item, child, (place, index), found) for index, child in items]


def _items(node: Node) -> list[tuple[str, Node]] | None:
    """The elements with their indexes, in order; None if the node is no array."""
    if isinstance(node, list):
        return [(str(index), child) for index, child in enumerate(node)]
    if isinstance(node, dict) and all(_is_index(key) for key in node):
        return sorted(node.items(), key=lambda item: int(item[0]))
    return None


def _is_index(key: str) -> bool:
    return len(key) <= 9 and key.isascii() and key.isdigit()


def _item(kind: spec.Type, node: Node, place: Place, found: Findings) -> Value:
    if node == "" and not isinstance(kind, spec.AnyOf):  # an alternative may be the empty text
        found.fail(errors.empty_param, place)
        return ""
    return CHECKS[type(kind)](kind, node, place, found)


def _map(kind: spec.Map, node: Node, place: Place, found: Findings) -> Value:
    """A hash with free keys. An empty value removes its key, so it is valid."""
    if not isinstance(node, dict):
        found.fail(errors.invalid_object, place)
        return {}
    values: Params = {}
    for name, child in node.items():
        values[name] = "" if child == "" else CHECKS[type(kind.value)](kind.value, child, (place, name), found)
    return values


def _any_of(kind: spec.AnyOf, node: Node, place: Place, found: Findings) -> Value:
    """The first alternative that is valid; if none is, the error of the first with the node's type."""
    trials: list[tuple[spec.Type, Findings]] = []
    for option in kind.options:
        trial = Findings(found.booleans)
        value = CHECKS[type(option)](option, node, place, trial)
        if not trial:
            return value
        trials.append((option, trial))
    chosen = next((trial for option, trial in trials if _is_hash(option) == isinstance(node, dict)), trials[0][1])
    found.unknown += chosen.unknown
    found.known = chosen.known or found.known
    found.missing = found.missing or chosen.missing
    found.invalid = found.invalid or chosen.invalid
    return ""


def _gap(_: spec.Gap, __: Node, place: Place, found: Findings) -> Value:
    found.fail(errors.param_not_emulated, place)
    return ""


def _is_hash(kind: spec.Type) -> bool:
    return isinstance(kind, spec.Object | spec.Map | spec.Array)


def echo(node: Node) -> str:
    """A value as Stripe echoes it in a message: text as it is, a hash or an array as the JSON of a hash (observed)."""
    return node if isinstance(node, str) else dump_line(as_hash(node))


CHECKS: dict[type, Callable[..., Value]] = {
    spec.Boolean: _boolean,
    spec.Integer: _integer,
    spec.Decimal: _decimal,
    spec.String: _string,
    spec.Enum: _enum,
    spec.Array: _array,
    spec.Object: _hash,
    spec.Map: _map,
    spec.AnyOf: _any_of,
    spec.Gap: _gap,
}
