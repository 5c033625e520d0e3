"""The data of snapshot events: an object as it is after a change, and `previous_attributes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator.catalog import versions
from emulator.model.declaration import versions as changes
from emulator.model.declaration.versions import Find
from emulator.sandbox.ids import family_of
from emulator.store.events import NewEvent, States
from emulator.wire.json import Json

_FAMILIES = ("ch_", "pi_")


def previous(before: Mapping[str, Json], after: Mapping[str, Json], *, whole_if_empty: bool = False) -> dict[str, Json]:
    """The old values of changed fields: of hashes only the changed keys, of arrays all, null for absent values.

    They are in order of their names, as everywhere. A new key of a hash that was empty is null,
    `{"metadata": {"color": null}}`; accounts show that hash as it was, `{"metadata": {}}`, with `whole_if_empty` (both
    observed).
    """
    names = [*before, *(name for name in after if name not in before)]
    changed = [name for name in names if name not in before or name not in after or before[name] != after[name]]
    return {
        name: _old(before.get(name), after.get(name), whole_if_empty=whole_if_empty)
        for name in sorted(changed, key=_place)
    }


def _place(name: str) -> tuple[bool, bool, str]:
    return name != "id", name != "object", name


def _old(before: Json, after: Json, *, whole_if_empty: bool) -> Json:
    if isinstance(before, Mapping) and isinstance(after, Mapping) and (before or not whole_if_empty):
        return previous(before, after, whole_if_empty=whole_if_empty)
    return before


def snapshot(
    name: str, account: str | None, before: Mapping[str, Json] | None, after: Mapping[str, Json] | None
) -> NewEvent:
    """An event about an object of a connected account, or of the platform (None). `name` is its type.

    A deleted object is shown in its last state (observed). Events of payment intents and charges belong to the family
    of these (observed).
    """
    shown = before if after is None else after
    identifier = str(shown["id"]) if shown and "id" in shown else ""
    family = family_of(identifier) if identifier.startswith(_FAMILIES) else None
    return NewEvent(name, account, States(before, after), family=family)


def data(states: States) -> dict[str, Json]:
    """The `data` of an event: the object, and the attributes that changed."""
    before, after = states
    changed: dict[str, Json] = {}
    if before is not None and after is not None:
        changed["previous_attributes"] = previous(before, after, whole_if_empty=after.get("object") == "account")
    return {"object": before if after is None else after, **changed}


def states_of(snapshot: Mapping[str, Json]) -> States:
    """The states of which `data` made this, so that they can be shown in another version."""
    after = cast("Mapping[str, Json]", snapshot["object"])
    changed = snapshot.get("previous_attributes")
    return States(_undone(after, changed) if isinstance(changed, Mapping) else None, after)


def _undone(after: Mapping[str, Json], changed: Mapping[str, Json]) -> Mapping[str, Json]:
    """The object before a change, by what changed; an absent value was null."""
    old = {name: _value_before(after.get(name), value) for name, value in changed.items()}
    return {**after, **old}


def _value_before(after: Json, changed: Json) -> Json:
    if isinstance(after, Mapping) and isinstance(changed, Mapping) and changed:
        return _undone(after, changed)
    return changed


def at_version(state: Mapping[str, Json] | None, version: str, find: Find) -> Mapping[str, Json] | None:
    """A state as a version shows it."""
    return state and cast("Mapping[str, Json]", changes.at_version(versions.parse(version), state, find))
