"""Checks forms by their structure: its names are checked once for a specification, its values each time.

Whatever may be refused is left to `emulator.schema.check`, which finds the error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from emulator.schema import spec
from emulator.schema.check import BOOLEANS, CHECKS, Findings, Params, Value, check
from emulator.wire.path import ParamPath
from emulator.wire.structure import Form, Structure

Others = tuple[tuple[int, spec.Type], ...]
SCALARS = (spec.Boolean, spec.Integer, spec.Decimal, spec.String, spec.Enum)


def check_form(
    form: Form, params: spec.Object, *, strict: bool = True, booleans: Mapping[str, bool] = BOOLEANS
) -> Params:
    """The typed values of the parameters of a form, as `check` returns them. Raises StripeError."""
    if form.structure is not None:
        others = _others(form.structure, params)
        values = None if others is None else _typed(others, form.values, booleans)
        if values is not None:
            return form.structure.filled(values)
    return check(form.tree, params, strict=strict, booleans=booleans)


def _typed(others: Others, sent: Sequence[str], booleans: Mapping[str, bool]) -> list[Value | None] | None:
    """The typed values, None if one is refused or empty."""
    found = Findings(booleans)
    values: list[Value | None] = [*map(booleans.get, sent)]
    for place, kind in others:
        values[place] = CHECKS[type(kind)](kind, sent[place], None, found)
    return None if found.invalid or None in values or "" in sent else values


@lru_cache(maxsize=1024)
def _others(structure: Structure, params: spec.Object) -> Others | None:
    """The types of the values that are no booleans, with their places in the form.

    None if a name is unknown or missing, or if a type is no scalar: then the form is checked as a tree.
    """
    kinds = [_type_at(params, path) for path in structure.paths]
    sent = {path[:depth] for path in structure.paths for depth in range(len(path) + 1)}
    missing = any((*path, name) not in sent for path in sent for name in _required(_type_at(params, path)))
    if missing or not all(isinstance(kind, SCALARS) for kind in kinds):
        return None
    return tuple((place, kind) for place, kind in enumerate(kinds) if kind and not isinstance(kind, spec.Boolean))


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
