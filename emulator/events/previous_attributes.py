"""`previous_attributes`: what an object was before, told by what has changed in it."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.wire.json import Json


def previous(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, Json]:
    """The old values of what differs: hashes down to what differs in them, arrays whole, null where nothing was.

    A hash that was empty is told as empty, whatever came into it: `{"metadata": {}}` (all observed).
    """
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: _old(before.get(name), after.get(name))
        for name in names
        if name not in before or name not in after or before[name] != after[name]
    }


def _old(before: Json, after: Json) -> Json:
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before:
        return previous(before, after)
    return before
