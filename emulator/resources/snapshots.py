"""The data of snapshot events: an object as it is after a change, and `previous_attributes`."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.sandbox.ids import family_of
from emulator.store.events import NewEvent, pack
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
    changed: dict[str, Json] = {}
    if before is not None and after is not None:
        changed["previous_attributes"] = previous(before, after, whole_if_empty=after.get("object") == "account")
    return NewEvent(name, account, pack({"object": shown, **changed}), family=family)
