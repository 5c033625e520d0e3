"""Failures on demand: what a test cannot get from Stripe's test mode when it wants it.

A fault has a match (which requests), an effect (what happens to them), a moment (before the endpoint runs, or after:
then the answer is lost and the effect is not, which is how double charges happen), and a count. An error takes the
very branch of the real one: what it says about retries and idempotency follows from its stage.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

from emulator.errors.by_name import NamedError
from emulator.wire.form import Tree
from emulator.wire.match import Expected, holds, path_matches

Moment = Literal["before", "after"]
Connection = Literal["drop", "half", "malformed", "timeout"]
MOMENTS: tuple[str, ...] = get_args(Moment)
CONNECTIONS: tuple[str, ...] = get_args(Connection)
METHODS = ("GET", "POST", "DELETE")  # those of Stripe's operations
MOST_FAULTS = 1000
LONGEST_SECONDS = 600.0
TIMEOUT_SECONDS = 120.0  # longer than the 80 seconds that SDKs wait


class BadFault(ValueError):
    """A fault that cannot be; the text says why."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests. `path` may hold `*`; `params` are places in the parameters with the texts that they must have.

    `account` is the account acted on, or the parameter `account`.
    """

    method: str | None = None
    path: str = "*"
    account: str | None = None
    params: Expected = ()

    def fits(self, method: str, path: str, account: str | None, tree: Callable[[], Tree]) -> bool:
        """Whether a request is meant; its body is read only when it matters."""
        if self.method not in (None, method) or not path_matches(self.path, path):
            return False
        if self.account not in (None, account) and not holds(tree(), ("account",), self.account):
            return False
        return all(holds(tree(), place, text) for place, text in self.params)


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens: an error of Stripe's, a page of its proxy, time that passes, a connection that fails."""

    error: NamedError | None = None
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

    def hit(self) -> bool:
        """Decide by probability, and count a hit."""
        if self.exhausted or self.chance.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def restore(self) -> None:
        """Take the last hit back: the request failed by itself, or was a replay, before the fault had an effect."""
        self.hits -= 1


class Faults:
    """The faults of one sandbox; the first that fits a request is applied to it."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def __bool__(self) -> bool:
        return bool(self._faults)

    def all(self) -> list[Fault]:
        """All of them, exhausted ones too, in order of declaration."""
        return list(self._faults.values())

    def add(self, fault: Fault) -> None:
        """Forgets the oldest one that has had all its hits when there are a thousand; raises BadFault if all wait."""
        if len(self._faults) >= MOST_FAULTS:
            spent = next((each.id for each in self._faults.values() if each.exhausted), None)
            if spent is None:
                raise BadFault(f"a sandbox has at most {MOST_FAULTS} faults that wait for requests; remove some")
            del self._faults[spent]
        self._faults[fault.id] = fault

    def remove(self, identifier: str) -> Fault | None:
        return self._faults.pop(identifier, None)

    def clear(self) -> None:
        self._faults.clear()

    def match(self, method: str, path: str, account: str | None, tree: Callable[[], Tree]) -> Fault | None:
        """The fault of a request, its hit counted."""
        for fault in self._faults.values():
            if not fault.exhausted and fault.match.fits(method, path, account, tree) and fault.hit():
                return fault
        return None
