"""Documents in v2 have a type, which v1 does not know of."""

from __future__ import annotations

from emulator.resources.accounts.details import hash_at
from emulator.resources.v2.trees import nested, overlaid
from emulator.schema.check import Params


def typed(tree: Params, *place: str) -> Params:
    """The tree with the types of the documents at a place, which follow from what they hold."""
    result = tree
    for name, document in hash_at(tree, *place, "documents").items():
        if isinstance(document, dict) and "type" not in document:
            kind = "front_back" if "front_back" in document else "files"
            result = overlaid(result, nested(".".join((*place, "documents", name, "type")), kind))
    return result
