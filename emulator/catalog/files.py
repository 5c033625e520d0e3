"""The data files: where they are, and how they are read. Each is read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from emulator.catalog.format import Fields
from emulator.catalog.parameters import ParamReader
from emulator.schema.spec import Object
from emulator.wire.namedtuples import NamedTuple

DATA = Path(__file__).parent / "data"


def read_index() -> dict[str, str]:
    """`operation id -> "METHOD path body group verb object parent"`, in the document's order."""
    index: dict[str, str] = orjson.loads((DATA / "index.json").read_bytes())
    return index


@cache
def read_group(group: str) -> Group:
    """The operations of one group. Raises FileNotFoundError when there is no such group."""
    return Group(_read("operations", group), urls=not group.startswith("v2"))


@cache
def read_schemas(name: str) -> Schemas:
    """The schemas of one file; empty when there is no such file."""
    try:
        content = _read("schemas", name)
    except FileNotFoundError:
        content = {"schemas": {}, "shared": {}}
    return Schemas(content["schemas"], content["shared"])


class Group:
    """The operations in one file: their parameters, built one by one, and their responses as they stand in the file."""

    def __init__(self, content: dict[str, Any], *, urls: bool) -> None:
        self._fields: dict[str, Fields] = content["params"]
        self._old: dict[str, dict[str, Fields]] = content.get("old", {})
        self._params = ParamReader(content["shared"], urls=urls)
        self.responses: Fields = content["responses"]

    def params(self, operation_id: str) -> Object:
        """The parameters of an operation. Raises KeyError when the group has no such operation."""
        return self._params.object(self._fields[operation_id])

    def old_params(self, operation_id: str) -> dict[str, Object]:
        """The parameters that only versions before a date take, by that date."""
        return {until: self._params.object(fields) for until, fields in self._old.get(operation_id, {}).items()}


class Schemas(NamedTuple):
    """The named schemas as they stand in one file, and the types that they share."""

    schemas: Fields
    shared: Fields


def _read(folder: str, name: str) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads((DATA / folder / f"{name}.json").read_bytes())
    return content
