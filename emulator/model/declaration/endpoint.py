"""The input of an endpoint: one checked request and its sandbox."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Literal

from emulator.catalog.versions import Version
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

Fidelity = Literal["modelled", "generic"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart body."""

    filename: str
    content: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()


class Scope(NamedTuple):
    """Where and when something changes: the account `owner` of a sandbox, at the unix second `now`.

    What requests, timers and the control API do alike takes a scope rather than a request. With `real`, `now` is the
    time of a test clock, and `real` the sandbox's own.
    """

    sandbox: Sandbox
    owner: str
    now: int
    real: int | None = None

    def of(self, owner: str) -> Scope:
        """The same moment, for another account."""
        return self._replace(owner=owner)

    @property
    def outside(self) -> Scope:
        """The sandbox's own time, which payments have also where `now` is the time of a test clock (official)."""
        return self if self.real is None else self._replace(now=self.real, real=None)

    @property
    def platform(self) -> Scope:
        """The same moment, for the platform."""
        return self._replace(owner=self.sandbox.platform_id)

    @property
    def account(self) -> str | None:
        """The connected account, None for the platform."""
        return None if self.owner == self.sandbox.platform_id else self.owner


class Scan:
    """A read of many rows that goes on in the next slice of a request.

    `last` is the number of the row that was read last, `seen` how many were kept, `found` those that the request wants.
    """

    __slots__ = ("found", "last", "seen")

    def __init__(self) -> None:
        self.last: int | None = None
        self.seen = 0
        self.found: list[Row[Any]] = []


@dataclass(slots=True)
class Call:
    """One request that has passed the checks common to all endpoints.

    `now` is the sandbox's time in unix seconds, read once. `acting` is the id of the connected account that the
    request acts as, None for the platform itself. `key` is the caller's key as error messages show it. `address` is the
    base of the emulator's URLs, such as `http://127.0.0.1:12111`; `url` is the requested path.
    `uploads` are the files of a multipart body by field name. `publishable` is true for a publishable key. A request
    that runs `in_slices` reads many rows in several, of which all but the first have the `scan` of those before.
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
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    publishable: bool = False
    in_slices: bool = False
    scan: Scan | None = None

    @property
    def owner(self) -> str:
        """The id of the account that the request acts on: a connected one, or the platform's own."""
        return self.acting or self.sandbox.platform_id

    @property
    def scope(self) -> Scope:
        """Where and when the request changes something."""
        return Scope(self.sandbox, self.owner, self.now)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The behaviour of one operation. `params` replaces the parameters of the catalog where these are wrong.

    With a `content_type`, `run` returns the bytes of a body that is no JSON.

    `light` responses share their parts with others, so that saving one for a replay takes little memory.
    """

    run: Callable[[Call], Json | bytes]
    params: Callable[[Version], spec.Object] | None = None
    notice: str | None = None
    light: bool = False
    fidelity: Fidelity = "modelled"
    content_type: str | None = None
