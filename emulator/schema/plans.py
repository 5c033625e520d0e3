"""Checks forms by their structure: its names are checked once for a specification, its values each time.

Whatever may be refused is left to `emulator.schema.check`, which finds the error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from emulator.schema import spec
from emulator.schema.check import BOOLEANS, CHECKS, Findings, Params, Value, check
from emulator.wire.dataclasses import dataclass
from emulator.wire.form import Node, insert
from emulator.wire.path import ParamPath
from emulator.wire.structure import Form, Structure

SCALARS = (spec.Boolean, spec.Integer, spec.Decimal, spec.String, spec.Enum)


@dataclass(frozen=True, slots=True)
class Plan:
    """The values of a structure that are no booleans, with their types, and the function that makes the parameters.

    It takes the values as sent, the typed ones, and the texts of booleans. Raises KeyError for another text.
    """

    others: tuple[tuple[int, spec.Type], ...]
    params: Callable[[Sequence[str], Sequence[Value], Mapping[str, bool]], Params]


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
    others = [CHECKS[type(kind)](kind, sent[number], None, found) for number, kind in plan.others]
    if found.invalid is not None or "" in sent:
        return None
    try:
        return plan.params(sent, others, booleans)
    except KeyError:
        return None


@lru_cache(maxsize=1024)
def _plan(structure: Structure, params: spec.Object) -> Plan | None:
    """The plan of a specification, None if a name is unknown or missing, or if a type is no scalar."""
    kinds = [_type_at(params, path) for path in structure.paths]
    sent = {path[:depth] for path in structure.paths for depth in range(len(path) + 1)}
    missing = any((*path, name) not in sent for path in sent for name in _required(_type_at(params, path)))
    if missing or not all(isinstance(kind, SCALARS) for kind in kinds):
        return None
    others = [(number, kind) for number, kind in enumerate(kinds) if kind and not isinstance(kind, spec.Boolean)]
    texts = [f"booleans[sent[{number}]]" for number in range(len(kinds))]
    for place, (number, _) in enumerate(others):
        texts[number] = f"others[{place}]"
    return Plan(tuple(others), eval(f"lambda sent, others, booleans: {_display(structure.paths, texts)}"))  # noqa: S307


def _display(paths: Iterable[ParamPath], texts: Iterable[str]) -> str:
    """The tree of expressions at paths, in Python."""
    tree: dict[str, Node] = {}
    for path, text in zip(paths, texts, strict=True):
        insert(tree, path, text)
    return _printed(tree)


def _printed(node: Node) -> str:
    if isinstance(node, dict):
        return f"{{{', '.join(f'{name!r}: {_printed(child)}' for name, child in node.items())}}}"
    return str(node)


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
