"""Trees of parameters."""

from __future__ import annotations

from emulator.schema.shape import Array, Map, Object, Property, filler
from emulator.schema.spec import String
from emulator.schema.trees import overlay, path_tree, rename, without


def test_an_overlay_keeps_empty_values() -> None:
    assert overlay({"a": {"b": "1", "c": "2"}, "d": "3"}, {"a": {"b": ""}, "d": {"e": ""}}) == {
        "a": {"b": "", "c": "2"},
        "d": {"e": ""},
    }


def test_values_move_to_their_new_paths_and_a_cleared_hash_clears_all_below_it() -> None:
    names = {"a.b": "x", "a.c": "y.z", "d.e": "y.w", "f": "v"}
    assert rename({"a": {"b": "1", "c": "2", "other": "3"}, "d": ""}, path_tree(names)) == {
        "x": "1",
        "y": {"z": "2", "w": ""},
    }


def test_hashes_that_become_empty_are_removed_too() -> None:
    assert without({"a": {"b": "1"}, "c": {"d": "2", "e": "3"}, "f": {}}, path_tree(["a.b", "c.d", "f.g"])) == {
        "c": {"e": "3"},
        "f": {},
    }


def test_an_object_is_filled_at_every_depth() -> None:
    text = Property(String())
    inner = Object({"z": text, "y": text})
    shape = Object(
        {"c": Property(inner), "a": Property(Array(inner)), "object": text, "id": text, "m": Property(Map(String()))}
    )
    filled = filler(shape)({"c": {"y": "1", "unknown": "2"}, "a": [{"z": "3"}], "object": "thing", "m": {"k": "v"}})
    assert filled == {
        "id": None,
        "object": "thing",
        "a": [{"y": None, "z": "3"}],
        "c": {"y": "1", "z": None},
        "m": {"k": "v"},
    }
    assert list(filled) == ["id", "object", "a", "c", "m"]
