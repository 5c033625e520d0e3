"""What an endpoint is given: one checked request, and the world it acts in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from emulator.catalog.versions import Version
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.schema.check import Params
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

Fidelity = Literal["modelled", "generic"]


@dataclass(slots=True)
class Call:
    """One request, past every check that all endpoints share.

    `now` is the sandbox's time in unix seconds, read once. `acting` is the id of the connected account that the
    request acts as, None for the platform itself. `key` is the caller's key as messages show it. `address` is what URLs
    of the emulator begin with, such as `http://127.0.0.1:12111`; `url` is the path as it was requested.
    """

    sandbox: Sandbox
    now: int
    version: Version
    params: Params
    path: Mapping[str, str]
    acting: str | None
    key: str
    address: str = ""
    url: str = ""

    @property
    def owner(self) -> str:
        """The id of the account that the request acts on: a connected one, or the platform's own."""
        return self.acting or self.sandbox.platform_id


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The behaviour of one operation. `params` replaces the catalog's parameters where the emulator knows better.

    `light` answers share their parts with others, so that keeping one for a replay costs little.
    """

    run: Callable[[Call], Json]
    params: Callable[[Version], spec.Object] | None = None
    notice: str | None = None
    light: bool = False
    fidelity: Fidelity = "modelled"
