"""The choices of the emulator, as `fidelity.toml` beside each package states them."""

from __future__ import annotations

import re
import tomllib
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, get_args

from emulator.errors import Sure

ROOT = Path(__file__).parents[2]
LEVELS: tuple[str, ...] = get_args(Sure)
_VALUE = re.compile(r"\{([a-z_0-9.]+):([\w.()]+)\}")


class Choice(NamedTuple):
    """One behaviour that Stripe does not document in full. `modules` are full names."""

    choice: str
    why: str
    sure: str
    modules: tuple[str, ...]
    section: str

    @property
    def level(self) -> str:
        """The first level of `sure`, which may go on with an exception."""
        return next(level for level in LEVELS if self.sure.startswith(level))


class Area(NamedTuple):
    """The choices of one package. `not_raised` are reasons with the codes of v2 that no request receives."""

    folder: Path
    title: str
    choices: tuple[Choice, ...]
    not_raised: tuple[tuple[str, list[str]], ...]


def _area(file: Path) -> Area:
    data = tomllib.loads(file.read_text())
    package = ".".join(file.parent.relative_to(ROOT).parts)
    choices = tuple(_choice(package, row) for row in data.get("choice", ()))
    not_raised = tuple((row["why"], row["codes"].split()) for row in data.get("not_raised", ()))
    return Area(file.parent, data["title"], choices, not_raised)


def _choice(package: str, row: dict[str, Any]) -> Choice:
    modules = tuple(_full_name(package, name) for name in row["modules"])
    return Choice(_fill(row["choice"]), _fill(row["why"]), row["sure"], modules, row.get("section", ""))


def _full_name(package: str, name: str) -> str:
    """A module of the package; `.` is the package itself, and `emulator.` begins a module of another one."""
    return name if name.startswith("emulator.") else f"{package}.{name}".rstrip(".")


def _fill(text: str) -> str:
    """A text with the values of the code in it: `{store.links:MOST}` is a constant of emulator.store.links."""
    return _VALUE.sub(lambda match: _shown(_value(match[1], match[2])), text)


def _value(module: str, path: str) -> object:
    start: object = import_module(f"emulator.{module}")
    return reduce(_attribute, path.split("."), start)


def _attribute(owner: object, name: str) -> Any:
    found = getattr(owner, name.removesuffix("()"))
    return found() if name.endswith("()") else found


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


AREAS = tuple(_area(file) for file in sorted(ROOT.glob("emulator/**/fidelity.toml")))
CHOICES = tuple(choice for area in AREAS for choice in area.choices)
NOT_RAISED = {code for area in AREAS for _, codes in area.not_raised for code in codes}
