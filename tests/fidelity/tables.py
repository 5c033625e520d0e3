"""Tables that are read from the code: operations, parameters, components, errors."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from typing import Any

from emulator import catalog
from emulator.errors import CONSTRUCTORS, Constructor, ErrorBody
from emulator.resources import registry
from emulator.resources.connect.account_sessions.claims import REFUSALS
from emulator.resources.connect.account_sessions.components import ALWAYS, COMPONENTS, NEVER, Component
from emulator.resources.connect.accounts.base import controllers
from emulator.resources.connect.accounts.params import ADDITIONS
from emulator.resources.core.tokens import NOT_EMULATED
from emulator.resources.v2.params import NOT_EMULATED as NOT_EMULATED_V2
from emulator.wire.path import format_path

Lines = Iterator[str]


def table(titles: str, rows: Iterable[Sequence[str]]) -> Lines:
    """A table in Markdown; `titles` are joined with bars."""
    names = titles.split(" | ")
    for row in (names, ["---"] * len(names), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def code(text: str) -> str:
    """A text as code, also with backquotes in it; nothing if it is empty."""
    return f"`` {text} ``" if "`" in text else f"`{text}`" if text else ""


def operations() -> Lines:
    """The modelled operations, one row per object."""
    known = list(catalog.operations())
    modelled = [operation for operation in known if operation.id in registry.endpoints()]
    verbs: dict[str, dict[str, None]] = {}
    for operation in modelled:
        verbs.setdefault(operation.object, {})[operation.verb] = None
    yield f"{len(modelled)} of the {len(known)} operations that Stripe documents are modelled:"
    yield ""
    yield from table("Object | Operations", ((code(name), ", ".join(found)) for name, found in sorted(verbs.items())))


def refused_parameters() -> str:
    """The parameters that are refused with 501."""
    names = [*(f"{name} of a token" for name in NOT_EMULATED), *(".".join(path) for path in NOT_EMULATED_V2)]
    return ", ".join(map(code, names))


def parameters() -> Lines:
    """The parameters of accounts that no document lists."""
    yield "These parameters are accepted although the OpenAPI document does not list them, because Stripe accepts them"
    yield f"(observed): {', '.join(map(code, sorted({*map(format_path, ADDITIONS), 'requested_capabilities'})))}."


def controller_refusals() -> Lines:
    """The refused combinations of controller properties."""
    yield "These combinations are refused, in this order. The first two messages are observed; the others restate"
    yield "official rules in our words."
    yield ""
    yield from (f"{number}. {refusal.message}" for number, refusal in enumerate(controllers.REFUSALS, 1))


def components() -> Lines:
    """The components with their versions, and their features with defaults."""
    yield "Names, features, defaults and versions are official, except for the choices below. Versions are dates of"
    yield "`Stripe-Version`."
    yield ""
    rows = ((code(each.name), _versions(each), code(each.capability or "")) for each in COMPONENTS)
    yield from table("Component | Versions | Capability", rows)
    yield ""
    yield from table("Component | Feature | Since | Default", (row for each in COMPONENTS for row in _features(each)))


def _versions(component: Component) -> str:
    spans = ", ".join(_span(since, until) for since, until in component.ranges) or "preview only"
    return spans if component.in_response else f"{spans}; in requests only"


def _span(since: str, until: str) -> str:
    if since == ALWAYS:
        return "all" if until == NEVER else f"before {until}"
    return f"since {since}" if until == NEVER else f"from {since} to before {until}"


def _features(component: Component) -> Iterator[Sequence[str]]:
    for feature in component.features:
        since = "" if feature.since == ALWAYS else feature.since
        yield code(component.name), code(feature.name), since, feature.default.value
    if component.apps:
        yield code(component.name), "`allowed_apps`", "", "none"


def claims() -> Lines:
    """The refusals of a claim."""
    yield "Responses of `POST /_emulator/connect/claim` with status 400. All are our choice."
    yield ""
    rows = ((code(name), message, hint) for name, (message, hint) in REFUSALS.items())
    yield from table("Code | Message | Hint", rows)


def errors() -> Lines:
    """Every error, by module."""
    yield "The type is `invalid_request_error` unless another one is shown. Words in braces are filled in."
    for module, constructors in groupby(CONSTRUCTORS.values(), key=lambda each: each.make.__module__):
        yield from ("", f"### `{module.rpartition('.')[2]}`", "", str(import_module(module).__doc__), "")
        yield from table("When | Message | Code | Param | How sure", map(_error, constructors))


def _error(constructor: Constructor) -> Sequence[str]:
    body = sample(constructor)
    kind = "" if body.type == "invalid_request_error" else f" Type {code(body.type)}."
    faults_only = " For faults." if constructor.faults_only else ""
    when = f"{constructor.make.__doc__}{kind}{faults_only}"
    return when, code(body.message), code(body.code or ""), code(body.param or ""), constructor.sureness


def sample(constructor: Constructor) -> ErrorBody:
    """An error as a template: each argument is its own name in braces."""
    parameters = inspect.signature(constructor.make).parameters.values()
    return constructor.make(**{each.name: _placeholder(each) for each in parameters if each.default is each.empty}).body


def _placeholder(parameter: inspect.Parameter) -> Any:
    samples = {
        "ParamPath": ("{param}",),
        "Sequence[ParamPath]": (("{param}",), ("{other}",)),
        "Sequence[str]": ("{a}", "{b}", "{c}"),
    }
    return samples.get(str(parameter.annotation), f"{{{parameter.name}}}")
