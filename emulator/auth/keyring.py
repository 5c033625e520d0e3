"""Records of keys: their state, their permissions, and the platforms that they belong to.

On Stripe these are set in the Dashboard, here through the control API. A key without a record works, may do everything,
and opens the sandbox of its own suffix.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal

from emulator.auth.keys import Key
from emulator.wire.dataclasses import dataclass

KeyState = Literal["active", "expired", "revoked"]
MAX_PLATFORMS = 100  # of one organization


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """The record of one key. `permissions` None means all of them.

    `platforms` are keys of the platforms that it belongs to, instead of the one of its own suffix: one, or several for
    the key of an organization.
    """

    state: KeyState = "active"
    permissions: frozenset[str] | None = None
    platforms: tuple[Key, ...] = ()


DEFAULT = KeyRecord()


class Keyring:
    """The records of keys; beyond a limit the oldest are dropped."""

    __slots__ = ("_limit", "_records")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._records: OrderedDict[str, KeyRecord] = OrderedDict()

    def of(self, key: Key) -> KeyRecord:
        """The record of a key."""
        return self._records.get(key.text, DEFAULT)

    def declare(self, key: Key, record: KeyRecord) -> None:
        """Replace the record of a key."""
        self._records.pop(key.text, None)
        if record != DEFAULT:
            self._records[key.text] = record
        if len(self._records) > self._limit:
            self._records.popitem(last=False)

    def clear(self) -> None:
        """Drop all records."""
        self._records.clear()


def join(key: Key, platform: Key, before: tuple[Key, ...]) -> tuple[Key, ...]:
    """The platforms of a key once it belongs to another one; only an organization has more than one."""
    if key.kind != "org":
        return (platform,) if platform.sandbox != key.sandbox else ()
    return (*(known for known in before if known.sandbox != platform.sandbox), platform)[-MAX_PLATFORMS:]
