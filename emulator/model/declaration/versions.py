"""Changes of objects in a response that depend on the API version of the request, betas included.

New names come to every version by date, so the newest shape is rendered for all; a function declared with `before`
makes the difference where Stripe's depends on the version. The response to a request of an old version is walked back
through all changes since, the newest first, before `expand` paths are followed: they can name what only it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from emulator.catalog import versions
from emulator.catalog.versions import Version
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

if TYPE_CHECKING:
    from emulator.catalog.format import Fields
    from emulator.schema.shape import Shape

Node = Mapping[str, Json]
EVENT = "event"  # its object has the version of the event
PLAIN = frozenset((str, int, float, bool, type(None)))  # values that hold no object
LATEST = "2026-03-25"  # no change is newer: later versions load none
_modules: list[str] = []

Find = Callable[[str, str], Json]
Apply = Callable[[Node, Find], Node]


def load_from(modules: Iterable[str]) -> None:
    """Load the changes from these modules, with the first request of a version that may need one.

    A module of changes is small and imports no resource, so that an object inside another one's response has its
    changes, whatever was used before.
    """
    _modules[:] = modules
    changes_of.cache_clear()


def nothing(_: str, __: str) -> Json:
    """No object is found."""
    return None


class VersionChange(NamedTuple):
    """A change of the objects of one name, at the versions to which it applies.

    It may find objects by name and id, as the version shows them. `date` is that of the first version without it.
    `fields` are the names, in the form of the catalog, that an `expand` path can follow in the objects before.
    """

    name: str
    date: str
    applies: Callable[[Version], bool]
    apply: Apply
    fields: Fields


Register = Callable[[Apply], Apply]
Changes = Mapping[str, Sequence[VersionChange]]
CHANGES: list[VersionChange] = []


@lru_cache(maxsize=256)
def changes_of(text: str) -> Changes:
    """The changes of a version by the names of objects, the newest first."""
    version = versions.parse(text)
    if version.date >= LATEST and not version.betas:
        return {}
    for module in _modules:
        import_module(module)
    found: dict[str, list[VersionChange]] = {}
    for change in sorted(CHANGES, key=lambda change: change.date, reverse=True):
        if change.applies(version):
            found.setdefault(change.name, []).append(change)
    return found


def with_beta(beta: str, name: str) -> Register:
    """Register a change of the objects `name` for versions with a beta, such as `some_beta=v1`."""
    return _registered(name, LATEST, lambda version: beta in version.betas, {})


def before(date: str, name: str, expands: Fields | None = None) -> Register:
    """Register a change of the objects `name` for versions before a date, and the names that it lets `expand` follow.

    Raises ValueError for a date after `LATEST`.
    """
    if date > LATEST:
        raise ValueError(f"LATEST in emulator/model/declaration/versions.py must be {date}")
    return _registered(name, date, lambda version: version.date < date, expands or {})


def _registered(name: str, date: str, applies: Callable[[Version], bool], fields: Fields) -> Register:
    def register(apply: Apply) -> Apply:
        CHANGES.append(VersionChange(name, date, applies, apply, fields))
        changes_of.cache_clear()
        return apply

    return register


def in_order(node: Node) -> Node:
    """An object with its names in Stripe's order: `id` and `object`, then the others by the alphabet."""
    own = {name: node[name] for name in ("id", "object") if name in node}
    return {**own, **dict(sorted((name, value) for name, value in node.items() if name not in own))}


def at_version(version: Version, response: Json, find: Find = nothing) -> Json:
    """The response as a version shows it. Parts that do not change are shared with the response."""
    changes = changes_of(version.text)
    if not changes:
        return response

    return _Walk(changes, find).changed(response)


class _Walk:
    """Changes the objects of one response, each once: also one that stands, or is found, at several places."""

    def __init__(self, changes: Changes, find: Find) -> None:
        self._changes = changes
        self._find = find
        self._objects: dict[tuple[str, str], Json] = {}
        self._done: dict[int, tuple[Json, Json]] = {}  # with the object, whose address stays its own

    def _found(self, name: str, identifier: str) -> Json:
        key = name, identifier
        if key not in self._objects:
            self._objects[key] = self.changed(self._find(name, identifier))
        return self._objects[key]

    def changed(self, value: Json) -> Json:
        """The value as the version shows it."""
        if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 - the first is 5 times as fast
            if "object" not in value:
                return self._inside(value)
            found = self._done.get(id(value))
            if found is None:
                found = self._done[id(value)] = value, self._object(value)
            return found[1]
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self.changed(each) for each in value]
        return value

    def _object(self, value: Node) -> Json:
        if value["object"] == EVENT:
            return cast("Json", value)
        node: Node = self._inside(value)
        for change in self._changes.get(str(value["object"]), ()):
            node = change.apply(node, self._found)
        return dict(node)

    def _inside(self, value: Node) -> dict[str, Json]:
        return {name: each if type(each) in PLAIN else self.changed(each) for name, each in value.items()}


def schema(version: Version, name: str) -> Shape:
    """The shape of the objects of a name as a version has it. Raises KeyError when there is none."""
    from emulator.catalog import responses  # noqa: PLC0415 - for requests with `expand` only

    fields: Fields = {}
    for change in changes_of(version.text).get(name, ()):
        fields |= change.fields
    return responses.extended(name, fields)
