"""Checks forms by their structure: its names are checked once for a specification, its values each time.

Whatever may be refused is left to `emulator.schema.check`, which finds the error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from emulator.schema import spec
from emulator.schema.check import BOOLEANS, CHECKS, Findings, Params, check
from emulator.wire.dataclasses import dataclass
from emulator.wire.path import ParamPath
from emulator.wire.structure import Form, Structure

SCALARS = (spec.Boolean, spec.Integer, spec.Decimal, spec.String, spec.Enum)


@dataclass(frozen=True, slots=True)
class Plan:
    """The values of a structure that are no booleans, with their types, and the steps that make the parameters.

    Hashes are numbered behind the values, the outermost first. A step places a value or a hash into a hash: the number
    of that hash, a name, and the number of the item.
    """

    others: tuple[tuple[int, spec.Type], ...]
    steps: tuple[tuple[int, str, int], ...]
    hashes: int


def check_form(
    form: Form, params: spec.Object, *, strict: bool = True, booleans: Mapping[str, bool] = BOOLEANS
) -> Params:
    """The typed values of the parameters of a form, as `check` returns them. Raises StripeError."""
    plan = _plan(form.structure, params) if form.structure is not None else None
    typed = _typed(plan, form.values, booleans) if plan is not None else None
    return check(form.tree, params, strict=strict, booleans=booleans) if typed is None else typed


def _typed(plan: Plan, sent: Sequence[str], booleans: Mapping[str, bool]) -> Params | None:
    """The typed values, None if one is refused or empty."""
    found = Findings(booleans)
    items: list[Any] = [*map(booleans.get, sent)]
    for number, kind in plan.others:
        items[number] = CHECKS[type(kind)](kind, sent[number], None, found)
    if found.invalid is not None or "" in sent or None in items:
        return None
    items += [{} for _ in range(plan.hashes)]
    for outer, name, number in plan.steps:
        items[outer][name] = items[number]
    return cast("Params", items[len(sent)])


@lru_cache(maxsize=1024)
def _plan(structure: Structure, params: spec.Object) -> Plan | None:
    """The plan of a specification, None if a name is unknown or missing, or if a type is no scalar."""
    kinds = [_type_at(params, path) for path in structure.paths]
    sent = {path[:depth] for path in structure.paths for depth in range(len(path) + 1)}
    missing = any((*path, name) not in sent for path in sent for name in _required(_type_at(params, path)))
    if missing or not all(isinstance(kind, SCALARS) for kind in kinds):
        return None
    others = [(number, kind) for number, kind in enumerate(kinds) if kind and not isinstance(kind, spec.Boolean)]
    numbers = {path: number for number, path in enumerate(structure.paths)}
    hashes = dict.fromkeys(path[:depth] for path in structure.paths for depth in range(len(path)))
    numbers |= {path: len(kinds) + place for place, path in enumerate(hashes)}
    placed = dict.fromkeys(path[:depth] for path in structure.paths for depth in range(1, len(path) + 1))
    steps = [(numbers[path[:-1]], path[-1], numbers[path]) for path in placed]
    return Plan(tuple(others), tuple(steps), len(hashes))


def _required(kind: spec.Type | None) -> Iterable[str]:
    return kind.required if isinstance(kind, spec.Object) else ()


def _type_at(params: spec.Object, path: ParamPath) -> spec.Type | None:
    """The type of the parameter or of the free key at a path, None where there is none."""
    found: spec.Type = params
    for name in path:
        if isinstance(found, spec.Map):
            found = found.value
        elif isinstance(found, spec.Object) and name in found.params:
            found = found.params[name].type
        else:
            return None
    return found
