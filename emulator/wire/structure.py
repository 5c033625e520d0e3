"""The structure of a form: the names of its values, which clients repeat with other values.

It is made once names have been repeated, since that takes as long as parsing several forms. Forms with arrays in `[]`,
with a name that is used twice, or with very many names have none, and are parsed pair by pair.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from emulator.wire import form
from emulator.wire.dataclasses import dataclass
from emulator.wire.form import ITEM, LIMITS, Tree
from emulator.wire.path import ParamPath, format_path

LONGEST = 8192  # bytes of a form
MOST_NAMES = 64
REPEATED = 16  # forms with the same names, before their structure is made
MOST_KNOWN = 1024
LONGEST_SWITCH, MOST_SWITCHES = 200, 4096
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """The paths of the values. `names` are these in the order of the alphabet, `order` the numbers of their values."""

    paths: tuple[ParamPath, ...]
    names: bytes
    order: tuple[int, ...]


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
            self._tree = {}
            for path, value in zip(self.structure.paths if self.structure else (), self.values, strict=True):
                form.insert(self._tree, path, value)
        return self._tree

    def canonical(self) -> tuple[bytes, bytes]:
        """Names and values: the same bytes for the same parameters, in any order and encoding."""
        if self.structure is not None:
            return self.structure.names, orjson.dumps([self.values[number] for number in self.structure.order])
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
        pairs = source.decode().split("&")
        names, values = zip(*[_switches.get(pair) or _halves(pair) for pair in pairs], strict=True)
        structure = _structure_of(names) if len(names) <= MOST_NAMES else None
        if structure is None:
            return None
        if "%" in (sent := "".join(values)) or "+" in sent:
            values = tuple(form.unquoted(value) if "%" in value else value.replace("+", " ") for value in values)
    except UnicodeDecodeError:
        return None
    return Form(None, structure, values)


_switches: dict[str, tuple[str, str]] = {}  # the halves of pairs with a boolean, of which a name has only two


def _halves(pair: str) -> tuple[str, str]:
    """The name and the value of a pair, as they are sent."""
    name, _, value = pair.partition("=")
    if value in ("true", "false") and len(pair) <= LONGEST_SWITCH:
        if len(_switches) >= MOST_SWITCHES:
            _switches.clear()
        _switches[pair] = name, value
    return name, value


_known: dict[Names, Structure | int | None] = {}  # the structure of names, or how often they have come


def _structure_of(names: Names) -> Structure | None:
    """The structure of values with these names. Raises UnicodeDecodeError."""
    known = _known.get(names, 0)
    if isinstance(known, Structure) or known is None:
        return known
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[names] = known + 1 if known < REPEATED else _made(names)
    return None


def _made(names: Names) -> Structure | None:
    paths = tuple(map(form.path_of, names))
    hashes = {path[:depth] for path in paths for depth in range(len(path))}
    unique = len({*paths, *hashes}) == len(paths) + len(hashes)
    if not unique or any(ITEM in path or not 0 < len(path) <= LIMITS.depth for path in paths):
        return None
    shown = [format_path(path) for path in paths]
    order = sorted(range(len(paths)), key=lambda number: shown[number])
    return Structure(paths, orjson.dumps(sorted(shown)), tuple(order))
