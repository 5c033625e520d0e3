"""Fault injection: failures on demand, which Stripe's test mode does not offer.

A fault has a match (the requests it applies to), an effect, a moment and a count. The moment is before or after the
endpoint runs; after it, the change is made but the response is lost, which is how double charges happen. An injected
error takes the code path of the real one, so that retries and idempotency behave as they do for that.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Literal, get_args

from emulator.wire.dataclasses import dataclass
from emulator.wire.form import Tree
from emulator.wire.match import Expected, Wildcard, holds

if TYPE_CHECKING:
    from emulator.errors.by_name import NamedError

Moment = Literal["before", "after"]
Connection = Literal["drop", "half", "malformed", "timeout"]
MOMENTS: tuple[str, ...] = get_args(Moment)
CONNECTIONS: tuple[str, ...] = get_args(Connection)
METHODS = ("GET", "POST", "DELETE")  # those of Stripe's operations
ANY_PATH = Wildcard("*")
MAX_FAULTS = 1000
MAX_LATENCY_SECONDS = 600.0
TIMEOUT_SECONDS = 120.0  # longer than the 80 seconds that SDKs wait


class BadFault(ValueError):
    """An invalid fault; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Match:
    """The requests that a fault applies to. `path` may contain `*`; `params` are parameters with their required values.

    `account` is the account that the request acts on, or its parameter `account`.
    """

    method: str | None = None
    path: Wildcard = ANY_PATH
    account: str | None = None
    params: Expected = ()

    def matches(self, method: str, path: str, account: str | None, tree: Callable[[], Tree]) -> bool:
        """Whether a request matches. `tree` is called only if the parameters matter."""
        if self.method not in (None, method) or not self.path.matches(path):
            return False
        if self.account not in (None, account) and not holds(tree(), ("account",), self.account):
            return False
        return all(holds(tree(), place, text) for place, text in self.params)


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a fault: an error of the API, a status of its proxy, seconds of latency, a failing connection."""

    error: NamedError | None = None
    status: int | None = None
    latency: float = 0.0
    connection: Connection | None = None


@dataclass(slots=True)
class Fault:
    """One fault of a sandbox. `times` None is unlimited; with `required`, a test fails if no request matches."""

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

    def hit(self) -> bool:
        """Decide by probability, and count a hit."""
        if self.exhausted or self.chance.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def restore(self) -> None:
        """Undo the last hit: the request failed on its own, or was a replay, before the fault had an effect."""
        self.hits -= 1


class Faults:
    """The faults of one sandbox; the first that matches a request is applied to it."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def __bool__(self) -> bool:
        return bool(self._faults)

    def all(self) -> list[Fault]:
        """All faults, exhausted ones included, oldest first."""
        return list(self._faults.values())

    def add(self, fault: Fault) -> None:
        """Add a fault; beyond a thousand, drop the oldest exhausted one. Raises BadFault if none is exhausted."""
        if len(self._faults) >= MAX_FAULTS:
            exhausted = next((each.id for each in self._faults.values() if each.exhausted), None)
            if exhausted is None:
                raise BadFault(f"a sandbox has at most {MAX_FAULTS} faults that are not exhausted; remove some")
            del self._faults[exhausted]
        self._faults[fault.id] = fault

    def remove(self, identifier: str) -> Fault | None:
        return self._faults.pop(identifier, None)

    def clear(self) -> None:
        self._faults.clear()

    def match(self, method: str, path: str, account: str | None, tree: Callable[[], Tree]) -> Fault | None:
        """The first fault that applies to a request, with its hit counted; None without one."""
        for fault in self._faults.values():
            if not fault.exhausted and fault.match.matches(method, path, account, tree) and fault.hit():
                return fault
        return None
