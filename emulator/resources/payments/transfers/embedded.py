"""Lists inside an object, such as the reversals of a transfer, which its row keeps."""

from __future__ import annotations

from typing import cast

from emulator.model.answering.paging import DEFAULT_LIMIT
from emulator.model.declaration.resource import Fields
from emulator.wire.json import Json


def embedded(kept: Json, url: str) -> Fields:
    """The list: its newest ten items, and `total_count`, which lists inside an object still have (observed)."""
    items = cast("list[Json]", kept or [])
    return {
        "object": "list",
        "data": items[:DEFAULT_LIMIT],
        "has_more": len(items) > DEFAULT_LIMIT,
        "total_count": len(items),
        "url": url,
    }


def with_newest(kept: Json, new: Fields) -> list[Json]:
    """The items with a new one before them."""
    return [new, *cast("list[Json]", kept or [])]
