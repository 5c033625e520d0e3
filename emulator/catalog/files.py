"""The data files: where they are, and how they are read. Each is read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from emulator.catalog.notation import Fields
from emulator.catalog.requests import ParamReader
from emulator.catalog.responses import ShapeReader
from emulator.schema.shape import Shape
from emulator.schema.spec import Object

DATA = Path(__file__).parent / "data"


def read_index() -> dict[str, str]:
    """`operation id -> "METHOD path body group"`, in the document's order."""
    index: dict[str, str] = orjson.loads((DATA / "index.json").read_bytes())
    return index


@cache
def read_group(group: str) -> Group:
    """The operations of one group. Raises FileNotFoundError when there is no such group."""
    return Group(_read("operations", group))


@cache
def read_schemas(name: str) -> Schemas:
    """The schemas of one file. Raises FileNotFoundError when there is no such file."""
    return Schemas(_read("schemas", name))


class Group:
    """The parameters and answers of the operations in one file, built one by one."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._fields: dict[str, Fields] = content["params"]
        self._responses: Fields = content["responses"]
        self._params = ParamReader(content["shared"])
        self._shapes = ShapeReader({})

    def params(self, operation_id: str) -> Object:
        """What an operation takes. Raises KeyError when the group has no such operation."""
        return self._params.object(self._fields[operation_id])

    def response(self, operation_id: str) -> Shape:
        """What an operation answers. Raises KeyError when the group has no such operation."""
        return self._shapes.shape(self._responses[operation_id])


class Schemas:
    """The named schemas in one file, built one by one."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._schemas: Fields = content["schemas"]
        self._shapes = ShapeReader(content["shared"])

    def shape(self, name: str) -> Shape:
        """A schema by its name. Raises KeyError when the file has no such schema."""
        return self._shapes.shape(self._schemas[name])


def _read(folder: str, name: str) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads((DATA / folder / f"{name}.json").read_bytes())
    return content
