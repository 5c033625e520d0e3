"""A walk over every operation of the catalog: the requests it accepts and refuses, its responses, the stored objects.

`python -m tests.resources.generic.walk` prints the figures of all of them, and each check that failed.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, NamedTuple

from emulator import catalog
from emulator.catalog import Operation, versions
from emulator.model.answering import endpoints
from emulator.schema import spec
from emulator.settings import Settings
from emulator.wire import form

from ... import api
from ...api import Answer, Api
from .shapes import faults
from .values import Values

NOBODY = "none_0000"
LONG = 40_000
NEWEST = versions.parse(api.NEWEST)


class Outcome(NamedTuple):
    """One check of one operation: empty where it passed, otherwise what was wrong."""

    operation: str
    check: str
    wrong: str


class Walk:
    """A walk through an emulator of its own."""

    def __init__(self) -> None:
        self.api = Api()
        self.values = Values(self.api)
        self.strangers = Api(Settings(unknown_ids="create"))
        self.account = self.api.account(type="custom")

    def send(self, operation: Operation, path: str, params: Any = None, api: Api | None = None) -> Answer:
        """One request: parameters in the query of a GET, as JSON on v2, otherwise as a form."""
        to, sent = api or self.api, params or {}
        query = f"?{form.encode(sent)}" if sent and operation.method == "GET" else ""
        if operation.v2:
            return to.v2(operation.method, path.removeprefix("/v2") + query, None if query else sent or None)
        body = b"" if query else form.encode(sent).encode()
        return to.send(operation.method, path + query, body)

    def checks(self, operation: Operation) -> Iterator[Outcome]:
        """All checks of an operation that the emulator has."""
        for name, check in CHECKS.items():
            for wrong in check(self, operation):
                yield Outcome(operation.id, name, wrong)


Check = Callable[[Walk, Operation], Iterator[str]]
_TEMPLATE = re.compile(r"\{[^}]+\}")


def _nowhere(operation: Operation) -> str:
    """The path of an operation on objects that nobody created."""
    return _TEMPLATE.sub(NOBODY, operation.path)


def _allowed(walk: Walk, operation: Operation) -> str:
    """The same path with an existing account: unknown ones are refused before the parameters are checked."""
    return _TEMPLATE.sub(NOBODY, operation.path.replace("/v1/accounts/{account}", f"/v1/accounts/{walk.account}"))


def accepts(walk: Walk, operation: Operation) -> Iterator[str]:
    """A valid request is accepted, and its response has its shape."""
    request = walk.values.request(operation)
    if request is None:
        return  # nothing of its kind can be created
    answer = walk.send(operation, *request)
    if operation.verb == "delete":
        walk.values.forget(operation.object)
    if answer.status != 200:
        yield f"{answer.status} {answer.body['error'].get('message')}"
    elif "pdf" not in answer.headers["content-type"]:
        yield from list(faults(answer.body, operation.response)) or [""]
    else:
        yield ""


def shows(walk: Walk, operation: Operation) -> Iterator[str]:
    """An object that nobody created has its shape too, where the setting creates it."""
    if operation.verb != "retrieve" or operation.v2 or "{" not in operation.path:
        return
    answer = walk.send(operation, _nowhere(operation), None, walk.strangers)
    if answer.status == 200:
        found = (each for each in faults(answer.body, operation.response) if not each.endswith(": null"))
        yield from list(found) or [""]


def misses(walk: Walk, operation: Operation) -> Iterator[str]:
    """An id in the path that nobody has is refused with 404, or as an account is with 403."""
    if "{" not in operation.path:
        return
    answer = walk.send(operation, _nowhere(operation), walk.values.body(operation))
    if answer.status not in (403, 404):
        yield f"{answer.status} for an unknown id"
    elif not operation.v2 and answer.status == 404 and NOBODY not in str(answer.error["message"]):
        yield f"{answer.error['message']}"
    else:
        yield ""


def names_unknown(walk: Walk, operation: Operation) -> Iterator[str]:
    """An unknown parameter is refused by name."""
    answer = walk.send(operation, _allowed(walk, operation), {"no_such_parameter": "x"})
    yield from _refused(answer, "no_such_parameter", operation)


def names_missing(walk: Walk, operation: Operation) -> Iterator[str]:
    """Each required parameter is refused by name where it is missing."""
    body = walk.values.body(operation)
    for name, param in operation.params.params.items():
        if param.required and all(other in body for other in operation.params.required):
            rest = {key: value for key, value in body.items() if key != name}
            yield from _refused(walk.send(operation, _allowed(walk, operation), rest), name, operation)


def names_invalid(walk: Walk, operation: Operation) -> Iterator[str]:
    """Each parameter is refused by name with a value of another type, out of its bounds or empty."""
    for name, param in params_of(operation).params.items():
        for value in invalid(param, v2=operation.v2):
            answer = walk.send(operation, _allowed(walk, operation), {name: value})
            yield from _refused(answer, name, operation)


def params_of(operation: Operation) -> spec.Object:
    """The parameters of an operation, as its endpoint takes them."""
    endpoint = endpoints.endpoint(operation)
    return endpoint.params(NEWEST) if endpoint and endpoint.params and not operation.v2 else operation.params


def invalid(param: spec.Param, *, v2: bool) -> Iterator[Any]:
    """Values that a parameter does not have; a gap is not emulated, whatever its value."""
    kind = param.type
    if v2:
        yield {"a": {"b": "c"}} if not isinstance(kind, spec.Object | spec.Map) else "text"
        return
    yield from WRONG.get(type(kind), ())
    if isinstance(kind, spec.String) and kind.max_length and kind.max_length < LONG:
        yield "x" * (kind.max_length + 1)
    if isinstance(kind, spec.Integer) and kind.minimum is not None:
        yield str(kind.minimum - 1)
    if not param.clearable and not isinstance(kind, spec.AnyOf | spec.Map | spec.Gap):
        yield ""


WRONG: dict[type, tuple[Any, ...]] = {
    spec.Array: ("text",),
    spec.Boolean: ("maybe",),
    spec.Decimal: ("many",),
    spec.Enum: ("no_such_value",),
    spec.Integer: ("many", "1.5"),
    spec.Object: ("text",),
    spec.String: ({"a": "b"},),
}


def _refused(answer: Answer, name: str, operation: Operation) -> Iterator[str]:
    """Whether a request is refused with 400, by the name of a parameter."""
    if answer.status != 400:
        yield f"{name}: {answer.status}"
    elif operation.v2:
        yield "" if name in answer.body["error"]["message"] else f"{name}: {answer.body['error']}"
    else:
        param = str(answer.error.get("param"))
        yield "" if param.partition("[")[0] == name else f"{name}: {answer.error}"


def remembers(walk: Walk, operation: Operation) -> Iterator[str]:
    """A created object is retrieved, listed, updated and deleted, as far as there are operations for it."""
    request = walk.values.request(operation) if operation.verb == "create" else None
    if request is None:
        return
    path, body = request
    answer = walk.send(operation, path, body)
    if answer.status != 200 or not answer.body.get("id"):
        return
    for others in (_retrieved, _listed, _updated, _deleted):
        yield from others(walk, operation, path, answer.body)


def _others(operation: Operation, verb: str, path: str) -> Iterator[Operation]:
    found = (each for each in catalog.operations() if each.verb == verb and endpoints.endpoint(each))
    ending = re.compile(rf"{re.escape(path)}/\{{[^}}/]+\}}")
    return (each for each in found if each.object == operation.object and ending.fullmatch(each.path))


def _retrieved(walk: Walk, operation: Operation, path: str, made: Any) -> Iterator[str]:
    for other in _others(operation, "retrieve", operation.path):
        answer = walk.send(other, f"{path}/{made['id']}")
        yield "" if answer.body == made else f"retrieved as {answer.raw.decode()[:200]}"


def _listed(walk: Walk, operation: Operation, path: str, made: Any) -> Iterator[str]:
    lists = (each for each in catalog.operations() if each.path == operation.path and each.verb == "list")
    for other in lists:
        needed = {name: made.get(name) for name, param in other.params.params.items() if param.required}
        answer = walk.send(other, path, {**needed, **({} if operation.v2 else {"limit": "100"})})
        ids = [each["id"] for each in answer.body.get("data", ())]
        yield "" if made["id"] in ids else f"not listed: {answer.raw.decode()[:200]}"


def _updated(walk: Walk, operation: Operation, path: str, made: Any) -> Iterator[str]:
    for other in _others(operation, "update", operation.path):
        if "metadata" in other.params.params:
            answer = walk.send(other, f"{path}/{made['id']}", {"metadata": {"walk": "1"}})
            found = answer.body.get("metadata") or {}
            yield "" if found.get("walk") == "1" else f"updated: {answer.raw.decode()[:200]}"


def _deleted(walk: Walk, operation: Operation, path: str, made: Any) -> Iterator[str]:
    for other in _others(operation, "delete", operation.path):
        answer = walk.send(other, f"{path}/{made['id']}", walk.values.body(other))
        yield from (f"deleted: {fault}" for fault in faults(answer.body, other.response) if answer.status == 200)
        again = walk.send(other, f"{path}/{made['id']}", walk.values.body(other))
        yield "" if (answer.status, again.status) == (200, 404) else f"deleted: {answer.status}, then {again.status}"
        walk.values.forget(operation.object)


CHECKS: dict[str, Check] = {
    "accepts": accepts,
    "shows": shows,
    "misses": misses,
    "names unknown": names_unknown,
    "names missing": names_missing,
    "names invalid": names_invalid,
    "remembers": remembers,
}


def main() -> None:
    """Prints the figures of all operations, and each check that failed."""
    start, walk = perf_counter(), Walk()
    every = list(catalog.operations())
    known = [each for each in every if (found := endpoints.endpoint(each)) is not None and found]
    fidelity = Counter(endpoints.endpoint(each).fidelity for each in known)  # type: ignore[union-attr]
    outcomes = [outcome for each in known for outcome in walk.checks(each)]
    sys.stdout.write(f"{len(every)} operations: {len(known)} answer, {dict(fidelity)}" + "\n")
    for name in CHECKS:
        mine = [each for each in outcomes if each.check == name]
        failed = {each.operation for each in mine if each.wrong}
        passed = {each.operation for each in mine} - failed
        sys.stdout.write(
            f"{name:14} {len(passed):4} operations passed, {len(failed):3} failed, {len(mine):5} outcomes" + "\n"
        )
    for outcome in outcomes:
        if outcome.wrong:
            kind = endpoints.endpoint(catalog.operation(outcome.operation))
            sys.stdout.write(
                f"  {kind.fidelity if kind else ''} {outcome.operation} {outcome.check}: {outcome.wrong[:200]}" + "\n"
            )
    sys.stdout.write(f"{perf_counter() - start:.1f} s" + "\n")


if __name__ == "__main__":
    main()
