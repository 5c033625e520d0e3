"""One operation of the API. Its file is read when its parameters or its response are first used."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from emulator.catalog.files import read_group
from emulator.schema.spec import Object
from emulator.wire.dataclasses import dataclass

if TYPE_CHECKING:
    from emulator.schema.shape import Shape

Body = Literal["form", "json", "multipart", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of the API. `path` is a template, such as `/v1/accounts/{account}`.

    `verb` is `create`, `retrieve`, `update`, `delete`, `list`, `search`, `show` (an object without an id) or the name
    of an action, such as `capture`. `object` is the object that it responds with or lists, `parent` the one that the
    path begins with; either is `-` if there is none. `v2` is true for operations of API v2. `params` and `response` are
    read from the data files on first use, and kept.
    """

    id: str
    method: str
    path: str
    body: Body
    group: str
    verb: str = ""
    object: str = ""
    parent: str = ""
    v2: bool = False

    @property
    def params(self) -> Object:
        """The parameters of the query and the body; not those of the path."""
        return _params(self.group, self.id)

    @property
    def response(self) -> Shape:
        """The shape of the response with status 200."""
        from emulator.catalog import responses  # noqa: PLC0415

        return responses.response(self.group, self.id)


@cache
def _params(group: str, operation_id: str) -> Object:
    return read_group(group).params(operation_id)
