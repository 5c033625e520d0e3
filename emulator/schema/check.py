"""The checker: a tree and a specification to typed values, or the one error that Stripe would answer.

A request can be wrong in several ways at once and Stripe names one. The order here, of which only the parts are
published, is: every unknown parameter at any depth, in order of appearance; then the first wrong value in order of
appearance; then the first missing one, outer before inner.

Nearly every request is right, so a place is two words linked to the place around it, and becomes a path in errors only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from emulator import errors
from emulator.errors import StripeError
from emulator.schema import spec
from emulator.wire.form import Node, Tree, as_hash
from emulator.wire.json import compact
from emulator.wire.path import ParamPath

Value = str | int | float | bool | list["Value"] | dict[str, "Value"]
Params = dict[str, Value]
Place = tuple["Place", str] | None
"""Where the checker is: the place around, and a name or an index in it. None is the request itself."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})\Z")


BOOLEANS_OF_V2: Mapping[str, bool] = {"true": True, "false": False}
# v1 takes them capitalized too, as stripe-python and Stripe.net sent them until 2025 (official: what ended it says so).
BOOLEANS: Mapping[str, bool] = {**BOOLEANS_OF_V2, "True": True, "False": False}


@dataclass(slots=True)
class Findings:
    """What is wrong with a request, by kind. Only unknown parameters are named all at once.

    `booleans` are the words that it may say for true and false.
    """

    booleans: Mapping[str, bool]
    unknown: list[ParamPath] = field(default_factory=list)
    suggestion: ParamPath | None = None
    invalid: StripeError | None = None
    missing: ParamPath | None = None

    def miss(self, place: Place) -> None:
        """Keeps the first missing parameter."""
        if self.missing is None:
            self.missing = path_to(place)

    def fail(self, error: StripeError) -> None:
        """Keeps the first wrong value."""
        if self.invalid is None:
            self.invalid = error

    def error(self) -> StripeError | None:
        """The error that wins."""
        if self.unknown:
            return errors.unknown_params(self.unknown, self.suggestion if len(self.unknown) == 1 else None)
        return self.invalid or (errors.missing_param(self.missing) if self.missing else None)


def check(tree: Tree, params: spec.Object, *, strict: bool = True, booleans: Mapping[str, bool] = BOOLEANS) -> Params:
    """Typed values by name, only those that were sent; a cleared value is an empty string. Raises StripeError.

    Unless `strict`, unknown parameters are left out rather than refused.
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
    """The same place from the outside in."""
    path: ParamPath = ()
    while place is not None:
        place, name = place
        path = (name, *path)
    return path


def _hash(kind: spec.Object, node: Node, place: Place, found: Findings) -> Params:
    if type(node) is not dict:
        found.fail(errors.invalid_object(path_to(place)))
        return {}
    known = kind.params
    for name in kind.required:
        if name not in node:
            found.miss((place, name))
    values: Params = {}
    for name, child in node.items():
        param = known.get(name)
        if param is None:
            _unknown((*path_to(place), name), known, found)
        elif child == "":
            values[name] = ""
            if not param.clearable:
                found.fail(errors.empty_param((*path_to(place), name)))
        else:
            inner = param.type
            values[name] = _CHECKS[type(inner)](inner, child, (place, name), found)
    return values


def _unknown(path: ParamPath, known: Mapping[str, spec.Param], found: Findings) -> None:
    found.unknown.append(path)
    near = closest(path[-1], known)
    found.suggestion = (*path[:-1], near) if near else None


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a typing slip explains, if any. Stripe's own distance is not published; this is two edits."""
    limit = min(2, len(name) // 3)
    scored = [(distance, other) for other in known if (distance := _edits(name, other, limit)) <= limit]
    return min(scored, key=lambda pair: pair[0])[1] if limit and scored else None


def _edits(left: str, right: str, limit: int) -> int:
    """How many letters were added, left out, replaced or swapped; limit + 1 as soon as it is known to be more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    older: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left):
        oldest, older, row = older, row, [i + 1]
        for j, b in enumerate(right):
            swapped = i > 0 and j > 0 and a == right[j - 1] and left[i - 1] == b
            swap = oldest[j - 1] + 1 if swapped else limit + 1
            row.append(min(older[j + 1] + 1, row[j] + 1, older[j] + (a != b), swap))
    return row[-1]


def _boolean(_: spec.Boolean, node: Node, place: Place, found: Findings) -> Value:
    value = found.booleans.get(node) if type(node) is str else None
    if value is None:
        found.fail(errors.invalid_boolean(path_to(place), echo(node)))
        return False
    return value


def _integer(kind: spec.Integer, node: Node, place: Place, found: Findings) -> Value:
    if type(node) is not str or not _INTEGER.match(node):
        found.fail(errors.invalid_integer(path_to(place), echo(node)))
        return 0
    number = int(node)
    if kind.minimum is not None and number < kind.minimum:
        found.fail(errors.integer_too_small(path_to(place), kind.minimum))
    if kind.maximum is not None and number > kind.maximum:
        found.fail(errors.integer_too_large(path_to(place), kind.maximum))
    return number


def _decimal(_: spec.Decimal, node: Node, place: Place, found: Findings) -> Value:
    if type(node) is not str or not _DECIMAL.match(node):
        found.fail(errors.invalid_decimal(path_to(place), echo(node)))
        return 0.0
    return float(node)


def _string(kind: spec.String, node: Node, place: Place, found: Findings) -> Value:
    if type(node) is not str:
        found.fail(errors.invalid_string(path_to(place), echo(node)))
        return ""
    if kind.format == "decimal" and not _DECIMAL.match(node):
        found.fail(errors.invalid_decimal(path_to(place), node))
    elif kind.max_length is not None and len(node) > kind.max_length:
        found.fail(errors.string_too_long(path_to(place), node, kind.max_length))
    return node


def _enum(kind: spec.Enum, node: Node, place: Place, found: Findings) -> Value:
    if type(node) is not str:
        found.fail(errors.invalid_string(path_to(place), echo(node)))
        return ""
    if node not in kind.values:
        found.fail(errors.invalid_enum(path_to(place), kind.values, node))
    return node


def _array(kind: spec.Array, node: Node, place: Place, found: Findings) -> Value:
    items = _items(node)
    if items is None:
        found.fail(errors.invalid_array(path_to(place)))
        return []
    if kind.max_items is not None and len(items) > kind.max_items:
        found.fail(errors.too_many_items(path_to(place), kind.max_items))
    return [_item(kind.item, child, (place, index), found) for index, child in items]


def _items(node: Node) -> list[tuple[str, Node]] | None:
    """The elements with their index, in order; None when the node is no array."""
    if isinstance(node, list):
        return [(str(index), child) for index, child in enumerate(node)]
    if isinstance(node, dict) and all(_is_index(key) for key in node):
        return sorted(node.items(), key=lambda item: int(item[0]))
    return None


def _is_index(key: str) -> bool:
    return len(key) <= 9 and key.isascii() and key.isdigit()


def _item(kind: spec.Type, node: Node, place: Place, found: Findings) -> Value:
    if node == "" and not isinstance(kind, spec.AnyOf):  # an alternative may be the empty word itself
        found.fail(errors.empty_param(path_to(place)))
        return ""
    return _CHECKS[type(kind)](kind, node, place, found)


def _map(kind: spec.Map, node: Node, place: Place, found: Findings) -> Value:
    """Free keys. An empty value removes its key, so it is no error here."""
    if not isinstance(node, dict):
        found.fail(errors.invalid_object(path_to(place)))
        return {}
    values: Params = {}
    for name, child in node.items():
        values[name] = "" if child == "" else _CHECKS[type(kind.value)](kind.value, child, (place, name), found)
    return values


def _any_of(kind: spec.AnyOf, node: Node, place: Place, found: Findings) -> Value:
    """The first alternative that fits; when none does, the error of the one that is meant by the node's form."""
    trials: list[tuple[spec.Type, Findings]] = []
    for option in kind.options:
        trial = Findings(found.booleans)
        value = _CHECKS[type(option)](option, node, place, trial)
        if trial.error() is None:
            return value
        trials.append((option, trial))
    meant = next((trial for option, trial in trials if _is_hash(option) == isinstance(node, dict)), trials[0][1])
    found.unknown += meant.unknown
    found.suggestion = meant.suggestion or found.suggestion
    found.missing = found.missing or meant.missing
    if meant.invalid is not None:
        found.fail(meant.invalid)
    return ""


def _is_hash(kind: spec.Type) -> bool:
    return isinstance(kind, spec.Object | spec.Map | spec.Array)


def echo(node: Node) -> str:
    """A value as Stripe repeats it in a message: text raw, a hash or an array as the JSON of a hash (observed)."""
    return node if isinstance(node, str) else compact(as_hash(node))


_CHECKS: dict[type, Callable[..., Value]] = {
    spec.Boolean: _boolean,
    spec.Integer: _integer,
    spec.Decimal: _decimal,
    spec.String: _string,
    spec.Enum: _enum,
    spec.Array: _array,
    spec.Object: _hash,
    spec.Map: _map,
    spec.AnyOf: _any_of,
}
