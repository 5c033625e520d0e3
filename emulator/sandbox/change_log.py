"""The log of a sandbox's changes, from which an export is made that repeats them in another sandbox.

An entry is a request that changed rows, or a step: an action of an account's owner, of Stripe or of a
test without an API request. Entries are plain tuples of strings, bytes and numbers, which the garbage collector does
not track. A log that becomes too large first drops the entries of deleted objects. If that is not enough, it drops all
of them and keeps the reason, since only the complete log leads to the same state.
"""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from itertools import chain
from typing import Any, ParamSpec, TypeVar
from urllib.parse import unquote_to_bytes

import orjson

from emulator.store.budgets import CHANGES, Budget
from emulator.wire.namedtuples import NamedTuple

MOST = 10_000
LARGEST = 8_388_608  # bytes of one log
ENOUGH = 0.75  # the part of the bounds that may be left after dropping entries, so that this is rarely repeated
WEIGHT = 500  # approximate bytes of an entry without path, query and body
_WORD = re.compile(rb"\w+")

Params = ParamSpec("Params")
Result = TypeVar("Result")


class Entry(NamedTuple):
    """One request or step. For a step, `method` is empty, `path` is its name and `body` its arguments as JSON.

    `at` is the sandbox's time in unix seconds. `account` is the connected account of the `Stripe-Account` header.
    `made` are the ids and secrets that were generated, and `places` the dotted path of each in the response, empty if
    it is not there. `touched` are the ids of all objects that changed, and `removed` those of deleted objects; an
    object that belongs to a connected account is written `id@account`. `refused` is the type of the error of a request
    that was refused, such as a declined payment.
    """

    at: int
    method: str
    path: str
    query: bytes
    body: bytes
    account: str | None
    version: str
    publishable: bool
    made: tuple[str, ...]
    places: tuple[str, ...]
    touched: tuple[str, ...]
    removed: tuple[str, ...]
    refused: str = ""

    @property
    def size(self) -> int:
        """Approximate bytes."""
        return WEIGHT + len(self.path) + len(self.query) + len(self.body)


class Changed(NamedTuple):
    """The changes of a transaction: the ids that it generated, and the ids of changed and of deleted objects."""

    drawn: tuple[str, ...]
    touched: tuple[str, ...]
    removed: tuple[str, ...]


class Step(NamedTuple):
    """A function that is called again with the logged arguments. `times` names those in unix seconds."""

    run: Callable[..., object]
    kinds: Mapping[str, str]
    times: tuple[str, ...]


ELAPSE = "elapse"  # the step at which time has made objects: running it again, they get the same ids
STEPS: dict[str, Step] = {}


def step(name: str, *times: str) -> Callable[[Callable[Params, Result]], Callable[Params, Result]]:
    """Decorate a function so that its calls are logged as steps under a name.

    It takes `sandbox`, an `account` or its id, optionally `now`, and JSON. `times` names arguments in unix seconds.
    """

    def decorate(run: Callable[Params, Result]) -> Callable[Params, Result]:
        kinds = {each.name: str(each.annotation) for each in inspect.signature(run).parameters.values()}

        @wraps(run)
        def logged(*args: Params.args, **kwargs: Params.kwargs) -> Result:
            given: dict[str, Any] = {**dict(zip(kinds, args, strict=False)), **kwargs}
            result = run(*args, **kwargs)
            given.pop("sandbox").change_log.add_step(name, given)
            return result

        STEPS[name] = Step(logged, kinds, times)
        return logged

    return decorate


class ChangeLog:
    """The changes of one sandbox, oldest first. `incomplete` is the reason that some are missing, else empty."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = Budget(CHANGES) if budget is None else budget
        self._entries: list[tuple[Any, ...]] = []
        self._steps: list[tuple[str, bytes]] = []
        self._size = 0
        self.incomplete = ""

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return map(Entry._make, tuple(self._entries))

    def add(self, entry: Entry) -> None:
        """Add an entry, and clear the steps of its transaction."""
        self._steps.clear()
        if self.incomplete:
            return
        self._entries.append(tuple(entry))
        self._grow(entry.size)
        if len(self._entries) > MOST or self._size > LARGEST or self._budget.exceeded:
            self._shrink()

    def add_step(self, name: str, given: Mapping[str, Any]) -> None:
        """Add a step of the running transaction."""
        arguments = {key: value for key, value in given.items() if key != "now" and value is not None}
        self._steps.append((name, orjson.dumps(arguments, default=_plain, option=orjson.OPT_PASSTHROUGH_DATACLASS)))

    def add_steps(self, now: int, changed: Changed) -> None:
        """Log the steps of a transaction without a request."""
        if not self._steps:
            self._give_up("it was changed neither by a request nor by a step")
        made = changed.drawn
        for name, body in [*self._steps]:
            self.add(Entry(now, "", name, b"", body, None, "", False, made, ("",) * len(made), *changed[1:]))
            made = ()

    def add_time(self, now: int, changes: Sequence[tuple[str, Changed]]) -> None:
        """Log that time passed: the ids that it made, by the id of the object whose time had come.

        The steps of a transaction stay.
        """
        waiting, made = [*self._steps], defaultdict[str, list[tuple[str, ...]]](list)
        for identifier, changed in changes:
            made[identifier].append(changed.drawn)
        touched, removed = (
            tuple(dict.fromkeys(chain.from_iterable(part)))
            for part in zip(*((changed.touched, changed.removed) for _, changed in changes), strict=True)
        )
        body = orjson.dumps({"made": made})
        self.add(Entry(now, "", ELAPSE, b"", body, None, "", False, (), (), touched, removed))
        self._steps = waiting

    def clear_steps(self) -> None:
        """Clear the steps of a transaction that failed."""
        self._steps.clear()

    def clear(self) -> None:
        """Drop all entries, and release their share of the budget."""
        self._entries.clear()
        self._grow(-self._size)
        self.incomplete = ""

    def close(self) -> None:
        """Drop all entries for good; those that requests in flight still add do not count towards the budget."""
        self.clear()
        self._budget = Budget(self._budget.limit)

    def _grow(self, size: int) -> None:
        self._size += size
        self._budget.used += size

    def _shrink(self) -> None:
        kept = without_deleted(list(self))
        size = sum(entry.size for entry in kept)
        self._entries = [tuple(entry) for entry in kept]
        self._grow(size - self._size)
        few = len(kept) <= MOST * ENOUGH and size <= LARGEST * ENOUGH
        if not few or self._budget.exceeded:
            self._give_up(f"it has made more than {MOST} changes, or more than {LARGEST} bytes of them")

    def _give_up(self, why: str) -> None:
        self.clear()
        self.incomplete = why


def without_deleted(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without those of deleted objects, unless a remaining entry mentions them.

    Entries that share a deleted object form a group. A group is kept if one of them changed an object that exists.
    """
    gone = {_id_of(each).encode() for entry in entries for each in entry.removed}
    if not gone:
        return list(entries)
    groups, ended = _Groups(), set[str]()
    names: dict[str, str] = {}  # an object created with the id of a deleted one is another object
    touched, mentioned = [], []
    for place, entry in enumerate(entries):
        for each in entry.touched:
            if names.setdefault(each, each) in ended:
                names[each] = names[_id_of(each)] = f"{each}#{place}"
        touched.append([names[each] for each in entry.touched])
        mentioned.append([names.setdefault(each, each) for each in _mentioned(entry, gone)])
        groups.join(mentioned[-1])
        ended.update(names[each] for each in entry.removed)
    stays = [not ended.issuperset(own) for own in touched]
    living = {groups.of(name) for own, lives in zip(mentioned, stays, strict=True) if lives for name in own}
    return [
        entry
        for entry, own, lives in zip(entries, mentioned, stays, strict=True)
        if lives or not own or groups.of(own[0]) in living
    ]


def _id_of(name: str) -> str:
    return name.partition("@")[0]


def _mentioned(entry: Entry, ids: frozenset[bytes] | set[bytes]) -> list[str]:
    """The ids, out of the given ones, that an entry created, changed, or had in its parameters."""
    body = entry.body
    if b"\\u" in body:
        with suppress(orjson.JSONDecodeError):
            body = orjson.dumps(orjson.loads(body))
    texts = " ".join((entry.path, entry.account or "", *entry.made, *entry.touched)).encode()
    text = b" ".join((texts, entry.query, body))
    return [each.decode() for each in ids.intersection(_WORD.findall(unquote_to_bytes(text) if b"%" in text else text))]


class _Groups:
    """Groups of names, as a union-find structure."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The representative of a name's group."""
        parents = self._parents
        while (parent := parents.setdefault(name, name)) != name:
            parents[name] = name = parents[parent]
        return name

    def join(self, names: Sequence[str]) -> None:
        """Merge the groups of some names."""
        for name in names[1:]:
            self._parents[self.of(name)] = self.of(names[0])


def places_of(response: object, made: Sequence[str]) -> tuple[str, ...]:
    """The dotted path of each id in a response; empty if it is not there."""
    if isinstance(response, Mapping) and len(made) == 1 and response.get("id") == made[0]:
        return ("id",)
    found: dict[str, str] = {}
    _walk(response, "", frozenset(made), found)
    return tuple(found.get(each, "") for each in made)


def _walk(node: object, at: str, wanted: frozenset[str], found: dict[str, str]) -> None:
    if type(node) is dict:
        own = node.get("id")
        if type(own) is str and own in wanted:
            found.setdefault(own, f"{at}id")
        for name, child in node.items():
            kind = type(child)
            if (kind is dict or kind is list) and child and name.isidentifier():
                if len(found) == len(wanted):
                    return
                _walk(child, f"{at}{name}.", wanted, found)
    elif type(node) is list:
        for place, child in enumerate(node):
            if type(child) is dict:
                _walk(child, f"{at}{place}.", wanted, found)


def _plain(value: object) -> object:
    """A row as its id, and any other iterable as a list."""
    return identifier if isinstance(identifier := getattr(value, "id", None), str) else list(value)  # type: ignore[call-overload]
