"""Lists inside an object, such as the reversals of a transfer, which its row keeps."""

from __future__ import annotations

from emulator.model.answering.paging import DEFAULT_LIMIT
from emulator.model.declaration.resource import Fields


def embedded(items: list[Fields], url: str) -> Fields:
    """The list: its newest ten items, and `total_count`, which lists inside an object still have (observed)."""
    return {
        "object": "list",
        "data": [*items[:DEFAULT_LIMIT]],
        "has_more": len(items) > DEFAULT_LIMIT,
        "total_count": len(items),
        "url": url,
    }
