"""The shapes of answers. They cost time to import, so this module waits until an `expand` asks for one."""

from __future__ import annotations

from functools import cache

from emulator.catalog.files import read_group, read_schemas
from emulator.catalog.format import schema_file
from emulator.catalog.responses import ShapeReader
from emulator.schema import shape
from emulator.schema.shape import ExpandError, Filler, Shape


@cache
def response(group: str, operation_id: str) -> Shape:
    """What an operation answers. Raises KeyError when the group has no such operation."""
    return ShapeReader({}).shape(read_group(group).responses[operation_id])


@cache
def schema(name: str) -> Shape:
    """A named schema. Raises KeyError when there is none."""
    file = schema_file(name)
    return _reader(file).shape(read_schemas(file).schemas[name])


@cache
def filler(name: str, *path: str) -> Filler:
    """The filler of a named schema, or of the hash at a path in it. Raises KeyError when there is none."""
    found = schema(name)
    for part in path:
        found = found.properties[part].type if isinstance(found, shape.Object) else found
    return shape.filler(found)


@cache
def _reader(file: str) -> ShapeReader:
    """One for each file, so that a shared shape is built once."""
    return ShapeReader(read_schemas(file).shared)


def expand_error(group: str, operation_id: str, path: str) -> ExpandError | None:
    """What is wrong with an `expand` path of an operation."""
    return shape.expand_error(response(group, operation_id), path, schema)
