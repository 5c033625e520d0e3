"""Failures on demand: what a test cannot get from Stripe's test mode when it wants it.

A fault has a match (which requests), an effect (what happens to them), a moment (before the endpoint runs, or after:
then the answer is lost and the effect is not, which is how double charges happen), and a count. An error takes the
very branch of the real one: what it says about retries and idempotency follows from its stage.
"""

from __future__ import annotations

import difflib
import inspect
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal, get_args

from emulator import errors
from emulator.errors import ErrorBody, StripeError
from emulator.wire.form import Node, Tree, path_of

Moment = Literal["before", "after"]
Connection = Literal["drop", "half", "malformed", "timeout"]
MOMENTS: tuple[str, ...] = get_args(Moment)
CONNECTIONS: tuple[str, ...] = get_args(Connection)
MOST_FAULTS = 1000
LONGEST_SECONDS = 600.0
TIMEOUT_SECONDS = 120.0  # longer than the 80 seconds that SDKs wait


class BadFault(ValueError):
    """A fault that cannot be; the text says why."""


class UnknownError(BadFault):
    """A fault with an error that there is not; the text names the nearest ones."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests. `path` may hold `*`; `params` are names in brackets with the values that they must have.

    `account` is the account acted on, or the parameter `account`.
    """

    method: str | None = None
    path: str = "*"
    account: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def fits(self, method: str, path: str, account: str | None, tree: Callable[[], Tree]) -> bool:
        """Whether a request is meant; its body is read only when it matters."""
        if self.method not in (None, method) or not fnmatchcase(path, self.path):
            return False
        if self.account not in (None, account, *([_at(tree(), "account")] if self.account else [])):
            return False
        return all(_at(tree(), name) == value for name, value in self.params.items())


def _at(tree: Tree, name: str) -> Node | None:
    node: Node | None = tree
    for segment in path_of(name):
        node = node.get(segment) if isinstance(node, dict) else None
    return node


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens: an error of Stripe's, a page of its proxy, time that passes, a connection that fails."""

    error: ErrorBody | None = None
    status: int | None = None
    latency: float = 0.0
    connection: Connection | None = None


@dataclass(slots=True)
class Fault:
    """One fault of a sandbox. `times` None is without end; `required` says that a test fails if it is never hit."""

    id: str
    match: Match
    effect: Effect
    moment: Moment = "before"
    times: int | None = 1
    probability: float = 1.0
    required: bool = False
    hits: int = 0
    chance: random.Random = field(default_factory=random.Random)

    @property
    def exhausted(self) -> bool:
        return self.times is not None and self.hits >= self.times

    def strikes(self) -> bool:
        """Decides by chance, and counts."""
        if self.exhausted or self.chance.random() >= self.probability:
            return False
        self.hits += 1
        return True


class Faults:
    """The faults of one sandbox; the first that fits a request strikes it."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def __bool__(self) -> bool:
        return bool(self._faults)

    def all(self) -> list[Fault]:
        """All of them, exhausted ones too, in order of declaration."""
        return list(self._faults.values())

    def get(self, identifier: str) -> Fault | None:
        return self._faults.get(identifier)

    def add(self, fault: Fault) -> None:
        """Raises BadFault beyond a thousand."""
        if len(self._faults) >= MOST_FAULTS:
            raise BadFault(f"a sandbox has at most {MOST_FAULTS} faults; remove some")
        self._faults[fault.id] = fault

    def remove(self, identifier: str) -> Fault | None:
        return self._faults.pop(identifier, None)

    def clear(self) -> None:
        self._faults.clear()

    def strike(self, method: str, path: str, account: str | None, tree: Callable[[], Tree]) -> Fault | None:
        """The fault that befalls a request, counted."""
        for fault in self._faults.values():
            if not fault.exhausted and fault.match.fits(method, path, account, tree) and fault.strikes():
                return fault
        return None


def named_error(name: str, arguments: Mapping[str, object]) -> ErrorBody:
    """An error by the name of its constructor in `emulator.errors`, with its arguments by name. Raises BadFault."""
    constructor = constructors().get(name)
    if constructor is None:
        near = " or ".join(difflib.get_close_matches(name, constructors(), 2))
        raise UnknownError(f"There is no error {name[:100]!r}.{f' Did you mean {near}?' if near else ''}")
    signature = inspect.signature(constructor)
    try:
        bound = signature.bind(**{key: _argument(signature, key, value) for key, value in arguments.items()})
        return constructor(*bound.args, **bound.kwargs).body
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise BadFault(f"{name}{signature} cannot be made of {dict(arguments)!r}: {error}") from None


def _argument(signature: inspect.Signature, name: str, value: object) -> object:
    """Paths are given in brackets, lists of paths as lists of those."""
    annotation = str(signature.parameters[name].annotation) if name in signature.parameters else ""
    if annotation.startswith("ParamPath"):
        return path_of(str(value))
    if "ParamPath" in annotation and isinstance(value, list):
        return [path_of(str(item)) for item in value]
    return value


@cache
def constructors() -> dict[str, Callable[..., StripeError]]:
    """The errors that a fault can name."""
    functions = inspect.getmembers(errors, inspect.isfunction)
    return {
        name: function
        for name, function in functions
        if not name.startswith("_") and inspect.signature(function).return_annotation == "StripeError"
    }
