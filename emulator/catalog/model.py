"""One operation of the API. Its file is read when its parameters or its response are first used."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from emulator.catalog.files import read_group
from emulator.schema.spec import Object
from emulator.wire.dataclasses import dataclass

if TYPE_CHECKING:
    from emulator.catalog.versions import Version
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
        """The parameters of the query and the body in the newest version; not those of the path."""
        return _params(self.group, self.id)

    def params_in(self, version: Version) -> Object:
        """The parameters in a version, which may take some that later ones refuse."""
        old = self.old_params
        more = {name: each for until in old if version.date < until for name, each in old[until].params.items()}
        return Object({**self.params.params, **more}) if more else self.params

    @property
    def old_params(self) -> dict[str, Object]:
        """The parameters that only versions before a date take, by that date."""
        return _old_params(self.group, self.id)

    @property
    def response(self) -> Shape:
        """The shape of the response with status 200."""
        from emulator.catalog import responses  # noqa: PLC0415

        return responses.response(self.group, self.id)


@cache
def _old_params(group: str, operation_id: str) -> dict[str, Object]:
    return read_group(group).old_params(operation_id)


@cache
def _params(group: str, operation_id: str) -> Object:
    return read_group(group).params(operation_id)
