"""`expand`: along a path, the ids in an answer become the objects that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from emulator import errors
from emulator.resources.connect.accounts.endpoints import shown
from emulator.resources.endpoint import Call
from emulator.wire.json import Json

ACCOUNT = "acct_"


def expanded(call: Call, answer: Json) -> Json:
    """The answer with what the request asked for, by paths that the shape of the answer allows. Raises StripeError."""
    asked = call.params["expand"]
    paths = [str(path) for path in asked] if isinstance(asked, list) else []
    return reduce(lambda value, path: _along(call, value, path.split("."), path), paths, answer)


def _along(call: Call, value: Json, names: Sequence[str], path: str) -> Json:
    """A copy, as parts of an answer may be shared with others. What is not there needs no expanding."""
    if not names:
        return value
    if isinstance(value, Mapping):
        name, *rest = names
        return {**value, name: _along(call, _object(call, value[name], path), rest, path)} if name in value else value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_along(call, each, names, path) for each in value]
    return value


def _object(call: Call, value: Json, path: str) -> Json:
    """What an id stands for; objects and null as they are. Only accounts are emulated, of all that is expandable."""
    if isinstance(value, str):
        if value.startswith(ACCOUNT):
            return shown(call, value)
        raise errors.expansion_not_emulated(path)
    if isinstance(value, Sequence):
        return [_object(call, each, path) for each in value]
    return value
