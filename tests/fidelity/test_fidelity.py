"""The pages are fresh and short, and every module that makes a choice has a row."""

from __future__ import annotations

import re

from emulator.errors import CONSTRUCTORS

from . import pages
from .choices import AREAS, CHOICES, LEVELS, ROOT

MARKER = re.compile(r"our choice|inferred|by analogy|not published|nothing is known|nearest row", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?](?=\s)")


def test_the_pages_are_fresh() -> None:
    current = pages.pages()
    written = {path: path.read_text() for path in (ROOT / pages.NAME, *ROOT.glob(f"emulator/**/{pages.NAME}"))}
    stale = [str(path.relative_to(ROOT)) for path in current.keys() | written if written.get(path) != current.get(path)]
    assert stale == [], "run `python -m tests.fidelity`"


def test_the_index_is_short() -> None:
    assert len((ROOT / pages.NAME).read_text().splitlines()) <= 200


def test_a_cell_is_a_sentence_or_two() -> None:
    cells = [cell for choice in CHOICES for cell in choice[:2]]
    cells += [str(each.make.__doc__) for each in CONSTRUCTORS.values()]
    assert [cell for cell in cells if len(SENTENCE_END.findall(cell)) > 1 or len(cell) > 250] == []


def test_every_row_begins_with_a_level() -> None:
    assert [choice for choice in CHOICES if not choice.sure.startswith(LEVELS)] == []
    assert all(area.choices or area.not_raised for area in AREAS)


def test_every_row_is_about_modules_that_exist() -> None:
    names = {name for choice in CHOICES for name in choice.modules}
    missing = [
        name
        for name in sorted(names)
        if not (path := ROOT.joinpath(*name.split("."))).with_suffix(".py").exists()
        and not (path / "__init__.py").exists()
    ]
    assert missing == []


def test_every_module_with_a_choice_has_a_row() -> None:
    """Errors carry their own levels."""
    named = {module for choice in CHOICES for module in choice.modules}
    missing = []
    for file in sorted((ROOT / "emulator").rglob("*.py")):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if MARKER.search(file.read_text()) and module not in named and not module.startswith("emulator.errors."):
            missing.append(module)
    assert missing == [], "their fidelity.toml needs a row"
