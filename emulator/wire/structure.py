"""The structure of a form: the names of its values, which clients repeat with other values.

Forms with arrays in `[]`, with a name that is used twice, or with very many names have none: they are parsed pair by
pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import orjson

from emulator.wire import form
from emulator.wire.dataclasses import dataclass
from emulator.wire.form import ITEM, LIMITS, Tree
from emulator.wire.path import ParamPath, format_path

LONGEST = 8192  # bytes of a form
MOST_NAMES = 64
Leaf = TypeVar("Leaf")
Step = tuple[int, str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """The paths of values, and the steps that build their tree.

    Hashes are numbered in order of creation; the outermost is 0. A step is the number of a hash, a name, and the item
    of that name: the number of a value, or that of a hash behind all values. `names` are the sorted names, `order` the
    numbers of their values.
    """

    paths: tuple[ParamPath, ...]
    steps: tuple[Step, ...]
    hashes: int
    names: bytes
    order: tuple[int, ...]

    def filled(self, values: Iterable[Leaf]) -> dict[str, Any]:
        """The tree with these values."""
        hashes: list[dict[str, Any]] = [{} for _ in range(self.hashes)]
        items = [*values, *hashes]
        for number, name, item in self.steps:
            hashes[number][name] = items[item]
        return hashes[0]


class Form:
    """A form. `values` are those of its structure, in the order in which they were sent."""

    __slots__ = ("_tree", "structure", "values")

    def __init__(self, tree: Tree | None, structure: Structure | None = None, values: Sequence[str] = ()) -> None:
        self._tree = tree
        self.structure = structure
        self.values = values

    @property
    def tree(self) -> Tree:
        """The tree of the form, which callers share."""
        if self._tree is None:
            self._tree = self.structure.filled(self.values) if self.structure else {}
        return self._tree

    def canonical(self) -> tuple[bytes, bytes]:
        """Names and values: the same bytes for the same parameters, in any order and encoding."""
        if self.structure is not None:
            return self.structure.names, orjson.dumps([self.values[place] for place in self.structure.order])
        leaves = sorted(form.leaves(self.tree))
        return orjson.dumps([name for name, _ in leaves]), orjson.dumps([value for _, value in leaves])


def read(*sources: bytes) -> Form:
    """The form of urlencoded sources, of which later ones take precedence. Raises FormError."""
    sent = [source for source in sources if source]
    known = _of_structure(sent[0]) if len(sent) == 1 and len(sent[0]) <= LONGEST else None
    return known or Form(form.parse(*sent))


def _of_structure(source: bytes) -> Form | None:
    """A form by the structure of its names, None if they have none or if a text cannot be decoded."""
    try:
        names, _, values = zip(*[pair.partition("=") for pair in source.decode().split("&")], strict=True)
        structure = _structure_of(names) if len(names) <= MOST_NAMES else None
        if structure is None:
            return None
        if "%" in (text := "".join(values)) or "+" in text:
            values = tuple(form.unquoted(value) if "%" in value else value.replace("+", " ") for value in values)
    except UnicodeDecodeError:
        return None
    return Form(None, structure, values)


@lru_cache(maxsize=512)
def _structure_of(names: tuple[str, ...]) -> Structure | None:
    """The structure of values with these names. Raises UnicodeDecodeError."""
    paths = tuple(map(form.path_of, names))
    numbers: dict[ParamPath, int] = {(): 0}
    steps: list[Step] = []
    for value, path in enumerate(paths):
        if not path or ITEM in path or len(path) > LIMITS.depth:
            return None
        for outer in (path[:depth] for depth in range(1, len(path))):
            if outer not in numbers:
                steps.append((numbers[outer[:-1]], outer[-1], len(paths) + len(numbers)))
                numbers[outer] = len(numbers)
        steps.append((numbers[path[:-1]], path[-1], value))
    if len({*paths, *numbers}) < len(paths) + len(numbers):
        return None
    shown = [format_path(path) for path in paths]
    order = sorted(range(len(paths)), key=lambda value: shown[value])
    return Structure(paths, tuple(steps), len(numbers), orjson.dumps(sorted(shown)), tuple(order))
