"""Pages of a list: cursors, limits and ranges, the same for every list of v1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Generic, TypeVar

from emulator import errors
from emulator.resources.endpoint import Call
from emulator.schema.check import Value
from emulator.wire.json import Json

Row = TypeVar("Row")

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100
CURSORS = ("ending_before", "starting_after")  # in the order in which unknown ones are told (observed)
_COMPARE: dict[str, Callable[[int, int], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, newest first; `has_more` looks in the direction of travel."""

    rows: Sequence[Row]
    has_more: bool


def page(
    call: Call,
    rows: Iterable[Row],
    *,
    noun: str,
    id_of: Callable[[Row], str],
    keep: Callable[[Row], bool] = lambda _: True,
) -> Page[Row]:
    """The page that `limit`, `starting_after` and `ending_before` ask for, of rows that come newest first.

    `keep` filters after the cursors are found, so that a cursor may be a row that the filter leaves out. Raises
    StripeError: `resource_missing` for an unknown cursor, which a deleted row is, too (observed); it goes before both
    cursors at once (observed order).
    """
    params, every = call.params, list(rows)
    ids = [id_of(row) for row in every]
    for name in CURSORS:
        if name in params and params[name] not in ids:
            unknown = str(params[name])
            raise errors.no_such(noun, unknown, name, elsewhere=call.sandbox.elsewhere(unknown))
    if all(name in params for name in CURSORS):
        raise errors.both_cursors()
    limit = limit_of(params)
    if "ending_before" in params:
        before = [row for row in every[: ids.index(str(params["ending_before"]))] if keep(row)]
        return Page(before[-limit:], len(before) > limit)
    start = ids.index(str(params["starting_after"])) + 1 if "starting_after" in params else 0
    after = [row for row in every[start:] if keep(row)]
    return Page(after[:limit], len(after) > limit)


def limit_of(params: Mapping[str, Value]) -> int:
    """How many rows a page holds: ten unless told, and never outside 1 to 100.

    A limit out of range is moved into it, as was observed on lists (Stripe's document says only 1 to 100).
    """
    limit = params.get("limit", DEFAULT_LIMIT)
    return min(max(int(limit), 1), LARGEST_LIMIT) if isinstance(limit, int) else DEFAULT_LIMIT


def within(time: int, wanted: Value | None) -> bool:
    """Whether a time in unix seconds meets a range query: `created=5`, `created[gt]=5` and so on."""
    if isinstance(wanted, dict):
        return all(_COMPARE[name](time, bound) for name, bound in wanted.items() if isinstance(bound, int))
    return wanted is None or time == wanted


def listing(data: Sequence[Json], url: str, *, has_more: bool) -> dict[str, Json]:
    """A list object as Stripe orders it."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
