"""Filters of lists beyond the comparison of a field with a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from emulator import errors
from emulator.model.declaration.resource import within
from emulator.model.stored.stored import decode
from emulator.schema import spec
from emulator.schema.check import Value
from emulator.schema.trees import dig
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.path import ParamPath

Keep = Callable[[Row[bytes], Value], bool]


def _field(path: ParamPath, row: Row[bytes], value: Value) -> bool:
    return dig(decode(row), path) == value


def _one_of(name: str, row: Row[bytes], value: Value) -> bool:
    return isinstance(value, list) and decode(row).get(name) in value


def _hash(name: str, row: Row[bytes], value: Value) -> bool:
    """Whether the hash at a name has the values of the filter; a hash in the filter contains bounds."""
    found = decode(row).get(name)
    inner = found if isinstance(found, dict) else {}
    return isinstance(value, dict) and all(_equals(inner.get(key), each) for key, each in value.items())


def _equals(found: Json, value: Value) -> bool:
    return isinstance(found, int) and within(found, value) if isinstance(value, dict) else found == value


def _refuse(name: str, _: Row[bytes], __: Value) -> bool:
    raise errors.param_not_emulated((name,))


# By object and filter, where the field has another name or place. Refused ones depend on data that no record has.
MATCHES: Mapping[tuple[str, str], Keep] = {
    ("issuing.personalization_design", "lookup_keys"): partial(_one_of, "lookup_key"),
    ("radar.value_list", "contains"): partial(_refuse, "contains"),
}


def of(name: str, params: Mapping[str, spec.Param]) -> Mapping[str, Keep]:
    """The filters of a list that are in the table, and those that are hashes."""
    hashes = {key: partial(_hash, key) for key, each in params.items() if isinstance(each.type, spec.Object)}
    return {**hashes, **{key: keep for (kind, key), keep in MATCHES.items() if kind == name and key in params}}
