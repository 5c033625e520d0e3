"""Tables that are read from the code: operations, parameters, components, errors."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from typing import Any

from emulator import catalog
from emulator.errors import CONSTRUCTORS, Constructor, ErrorBody
from emulator.model.answering import endpoints
from emulator.resources.connect.account_sessions.claims import REFUSALS
from emulator.resources.connect.account_sessions.components import COMPONENTS, Component
from emulator.resources.connect.accounts.base import controllers
from emulator.resources.connect.accounts.params import BEHAVIOUR
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
    """The operations: those that are modelled, one row per object; the objects of generic ones; those that are refused."""
    known = list(catalog.operations())
    by_fidelity: dict[str, dict[str, dict[str, None]]] = {"modelled": {}, "generic": {}, "refused": {}}
    for operation in known:
        endpoint = endpoints.endpoint(operation)
        objects = by_fidelity[endpoint.fidelity if endpoint else "refused"]
        objects.setdefault(operation.object, {})[operation.verb] = None
    counts = Counter(each.fidelity if (each := endpoints.endpoint(one)) else "refused" for one in known)
    yield f"Of the {len(known)} operations of Stripe and its SDKs, {counts['modelled']} are modelled:"
    yield ""
    rows = sorted(by_fidelity["modelled"].items())
    yield from table("Object | Operations", ((code(name), ", ".join(found)) for name, found in rows))
    yield ""
    yield f"{counts['generic']} are generic: they store and return what was sent, by the API description and tables of facts, and"
    yield "their responses carry `Emulator-Fidelity: generic`. `--strict-fidelity` refuses them. Their objects:"
    yield f"{', '.join(map(code, sorted(by_fidelity['generic'])))}."
    yield ""
    refused = sorted(by_fidelity["refused"].keys() - {"-"})
    if refused:
        yield f"{counts['refused']} are refused by name with 501. Their objects: {', '.join(map(code, refused))}."
    else:
        yield "None is refused as a whole; parameters and effects that are not modelled are, by name and with 501."


def refused_parameters() -> str:
    """The parameters that are refused with 501."""
    names = [*(f"{name} of a token" for name in NOT_EMULATED), *(".".join(path) for path in NOT_EMULATED_V2)]
    return ", ".join(map(code, names))


def parameters() -> Lines:
    """The parameters of accounts that no document lists."""
    yield "These parameters are accepted although the OpenAPI document does not list them, because Stripe accepts them"
    yield f"(observed): {', '.join(map(code, sorted({*map(format_path, BEHAVIOUR), 'requested_capabilities'})))}."


def controller_refusals() -> Lines:
    """The refused combinations of controller properties."""
    yield "These combinations are refused, in this order. The first two messages are observed; the others restate"
    yield "official rules in our words."
    yield ""
    yield from (f"{number}. {refusal.message}" for number, refusal in enumerate(controllers.REFUSALS, 1))


def components() -> Lines:
    """The components, and their features with defaults."""
    yield "Names, features and defaults are official, except for the choices below. All but the preview components are"
    yield "accepted and shown at every `Stripe-Version`."
    yield ""
    rows = ((code(each.name), _preview(each), code(each.capability or "")) for each in COMPONENTS)
    yield from table("Component | Preview | Capability", rows)
    yield ""
    yield from table("Component | Feature | Default", (row for each in COMPONENTS for row in _features(each)))


def _preview(component: Component) -> str:
    preview = "preview" if component.preview else ""
    return preview if component.in_response else f"{preview}, in requests only"


def _features(component: Component) -> Iterator[Sequence[str]]:
    for feature in component.features:
        yield code(component.name), code(feature.name), feature.default.value
    if component.apps:
        yield code(component.name), "`allowed_apps`", "none"


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
