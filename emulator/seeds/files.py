"""Reads documents: seeds that are shipped with the emulator, and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from emulator.seeds.errors import unreadable
from emulator.seeds.variables import ENDING, is_path
from emulator.wire.json import Json

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# The server only reads data from this package, and runs none of its code.
SHIPPED_WITH = "emulator_fixtures"
LARGEST = 4_194_304  # bytes of a document
MOST_VALUES = 200_000  # in a document that is sent, each an object of Python


def shipped() -> tuple[str, ...]:
    """The names of the seeds that come with the emulator."""
    return tuple(sorted(each.name.removesuffix(ENDING) for each in _folder().iterdir() if each.name.endswith(ENDING)))


def read_shipped(name: str) -> Json:
    """A shipped seed as JSON. Raises SeedError."""
    if name not in shipped():
        raise unreadable(f"There is no seed {name!r}. There are {', '.join(shipped())}, and files that end in .json.")
    return _parsed(_folder().joinpath(name + ENDING).read_bytes(), name)


def read_file(path: Path) -> Json:
    """A file as JSON. Raises SeedError."""
    try:
        with path.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(f"{path} cannot be read: {error.strerror}.") from None
    if len(raw) > LARGEST:
        raise unreadable(f"{path} is larger than {LARGEST} bytes.")
    return _parsed(raw, str(path))


def read_source(source: str) -> Json:
    """The file at a path, or the shipped seed of a name. Raises SeedError."""
    return read_file(Path(source)) if is_path(source) else read_shipped(source)


def _folder() -> Traversable:
    from importlib import resources  # noqa: PLC0415 (it takes ten milliseconds, and few starts need it)

    return resources.files(SHIPPED_WITH).joinpath("seeds")


def _parsed(raw: bytes, name: str) -> Json:
    try:
        tree: Json = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise unreadable(f"{name} is no JSON: {error}.") from None
    return tree
