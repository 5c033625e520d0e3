"""The log of a sandbox's changes: enough to make them again elsewhere, which is what an export does.

An entry is a request that succeeded and changed rows, or a step: what an owner, Stripe or a test did without a request
of the API. Entries are exact tuples of texts, bytes and numbers, which the garbage collector does not walk. A log that
becomes too large first drops the entries of objects that are gone; when that is not enough it keeps nothing any more
and says why, since a part of the changes would make another state.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar
from urllib.parse import unquote_to_bytes

import orjson

from emulator.store.budgets import CHANGES, Budget

MOST = 10_000
LARGEST = 8_388_608  # bytes of one log
ENOUGH = 0.75  # of it may be left when it has dropped what it can, so that this is seldom tried
WEIGHT = 500  # bytes of an entry beside what was sent, about
_WORD = re.compile(rb"\w+")

Params = ParamSpec("Params")
Result = TypeVar("Result")


class Entry(NamedTuple):
    """One request, or one step: then `method` is empty, `path` its name and `body` its arguments as JSON.

    `at` is the sandbox's time in unix seconds. `account` is the connected account that a header named. `made` are the
    ids and secrets that were drawn, `places` where the response shows each, as paths with dots, empty where it does
    not. `touched` are the ids of all objects that changed, `removed` of those that are gone; one that an account owns
    is named `id@account`.
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

    @property
    def size(self) -> int:
        """Bytes, about."""
        return WEIGHT + len(self.path) + len(self.query) + len(self.body)


class Changed(NamedTuple):
    """What a transaction has changed: the ids that it drew, and the ids of its rows."""

    drawn: tuple[str, ...]
    touched: tuple[str, ...]
    removed: tuple[str, ...]


class Step(NamedTuple):
    """A function that can be called again with what was logged. `times` are its arguments in unix seconds."""

    run: Callable[..., object]
    kinds: Mapping[str, str]
    times: tuple[str, ...]


STEPS: dict[str, Step] = {}


def step(name: str, *times: str) -> Callable[[Callable[Params, Result]], Callable[Params, Result]]:
    """Have the calls of a function logged as steps, by a name that documents use.

    It takes `sandbox`, an `account` or its id, perhaps `now`, and JSON. `times` are arguments in unix seconds.
    """

    def decorate(run: Callable[Params, Result]) -> Callable[Params, Result]:
        kinds = {each.name: str(each.annotation) for each in inspect.signature(run).parameters.values()}

        @wraps(run)
        def logged(*args: Params.args, **kwargs: Params.kwargs) -> Result:
            given: dict[str, Any] = {**dict(zip(kinds, args, strict=False)), **kwargs}
            result = run(*args, **kwargs)
            given.pop("sandbox").change_log.note(name, given)
            return result

        STEPS[name] = Step(logged, kinds, times)
        return logged

    return decorate


class ChangeLog:
    """The changes of one sandbox, oldest first. `lost` says why they are not all there, empty when they are."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = Budget(CHANGES) if budget is None else budget
        self._entries: list[tuple[Any, ...]] = []
        self._steps: list[tuple[str, bytes]] = []
        self._size = 0
        self.lost = ""

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return map(Entry._make, tuple(self._entries))

    def add(self, entry: Entry) -> None:
        """Adds a change, and forgets the steps of which it consisted."""
        self._steps.clear()
        if self.lost:
            return
        self._entries.append(tuple(entry))
        self._grow(entry.size)
        if len(self._entries) > MOST or self._size > LARGEST or self._budget.exceeded:
            self._shrink()

    def note(self, name: str, given: Mapping[str, Any]) -> None:
        """Notes a step of the running transaction."""
        said = {key: value for key, value in given.items() if key != "now" and value is not None}
        self._steps.append((name, orjson.dumps(said, default=_plain, option=orjson.OPT_PASSTHROUGH_DATACLASS)))

    def add_steps(self, now: int, changed: Changed) -> None:
        """Adds the steps of a transaction without a request."""
        if not self._steps:
            self._give_up("something that is no request has changed it")
        made = changed.drawn
        for name, body in [*self._steps]:
            self.add(Entry(now, "", name, b"", body, None, "", False, made, ("",) * len(made), *changed[1:]))
            made = ()

    def clear_steps(self) -> None:
        """Forgets the steps of a transaction that failed."""
        self._steps.clear()

    def clear(self) -> None:
        """Forgets everything, and gives its share of the budget back."""
        self._entries.clear()
        self._grow(-self._size)
        self.lost = ""

    def _grow(self, size: int) -> None:
        self._size += size
        self._budget.used += size

    def _shrink(self) -> None:
        kept = compact(list(self))
        size = sum(entry.size for entry in kept)
        self._entries = [tuple(entry) for entry in kept]
        self._grow(size - self._size)
        few = len(kept) <= MOST * ENOUGH and size <= LARGEST * ENOUGH
        if not few or self._budget.exceeded:
            self._give_up(f"it has made more than {MOST} changes, or more than {LARGEST} bytes of them")

    def _give_up(self, why: str) -> None:
        self.clear()
        self.lost = why


def compact(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without those of objects that are gone, where nothing that is left mentions them.

    Entries that share an object which is gone belong together. A group is kept if one of it changed what is not gone.
    """
    gone = {_id_of(each).encode() for entry in entries for each in entry.removed}
    if not gone:
        return list(entries)
    groups, ended = _Groups(), set[str]()
    names: dict[str, str] = {}  # what is created again under the name of what has ended is another object
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
    """Those of some ids that an entry created or changed, or that were sent with it."""
    body = entry.body
    if b"\\u" in body:
        with suppress(orjson.JSONDecodeError):
            body = orjson.dumps(orjson.loads(body))
    texts = " ".join((entry.path, entry.account or "", *entry.made, *entry.touched)).encode()
    said = b" ".join((texts, entry.query, body))
    return [each.decode() for each in ids.intersection(_WORD.findall(unquote_to_bytes(said) if b"%" in said else said))]


class _Groups:
    """Names that belong together (union-find)."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The name that stands for a group."""
        parents = self._parents
        while (parent := parents.setdefault(name, name)) != name:
            parents[name] = name = parents[parent]
        return name

    def join(self, names: Sequence[str]) -> None:
        """Makes one group of some names."""
        for name in names[1:]:
            self._parents[self.of(name)] = self.of(names[0])


def places_of(answer: object, made: Sequence[str]) -> tuple[str, ...]:
    """Where a response shows each id, as paths with dots; empty where it does not."""
    if isinstance(answer, Mapping) and len(made) == 1 and answer.get("id") == made[0]:
        return ("id",)
    found: dict[str, str] = {}
    _walk(answer, "", frozenset(made), found)
    return tuple(found.get(each, "") for each in made)


def _walk(node: object, at: str, wanted: frozenset[str], found: dict[str, str]) -> None:
    if isinstance(node, dict):
        own = node.get("id")
        if isinstance(own, str) and own in wanted:
            found.setdefault(own, f"{at}id")
        for name, child in node.items():
            if len(found) == len(wanted):
                return
            if isinstance(child, dict | list) and child and name.isidentifier():
                _walk(child, f"{at}{name}.", wanted, found)
    elif isinstance(node, list):
        for place, child in enumerate(node):
            if isinstance(child, dict):
                _walk(child, f"{at}{place}.", wanted, found)


def _plain(value: object) -> object:
    """A row by its id, and whatever can be iterated as a list."""
    return identifier if isinstance(identifier := getattr(value, "id", None), str) else list(value)  # type: ignore[call-overload]
