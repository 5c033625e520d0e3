"""The printed table: one row for each measurement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

HEAD = ("measured", "value", "compared with", "target", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. `met` is None when there is no target, or when nothing could be measured."""

    what: str
    value: str
    comparison: str = ""
    target: str = ""
    met: bool | None = None


def markdown(facts: Mapping[str, str], rows: Sequence[Row]) -> str:
    """The facts about the machine, then the table."""
    lines = [f"- {name}: {value}" for name, value in facts.items()]
    table = [HEAD, tuple("---" for _ in HEAD), *map(_cells, rows)]
    return "\n".join([*lines, "", *(f"| {' | '.join(cells)} |" for cells in table)])


def as_json(facts: Mapping[str, str], rows: Sequence[Row]) -> str:
    """The same for machines."""
    return json.dumps({"machine": dict(facts), "rows": [asdict(row) for row in rows]}, indent=2)


def _cells(row: Row) -> tuple[str, ...]:
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    return row.what, row.value, row.comparison, row.target, met


def ms(seconds: float) -> str:
    """A duration in milliseconds."""
    return f"{seconds * 1000:.2f} ms"


def spread(values: Sequence[float], form: str) -> str:
    """The smallest and the largest of some values, which is the noise."""
    return f"{min(values):{form}} to {max(values):{form}}"
