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
MAX_KEYS = 1000  # of one sandbox
MAX_ENDED = 100_000  # of all sandboxes that were dropped


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


class TooManyKeys(Exception):
    """A sandbox has as many records of keys as it may have."""


class Keyring:
    """The records of keys. Each belongs to the sandbox that its key opens, and its bound is that sandbox's own.

    A record is never dropped for another one: a revoked key stays revoked. When a sandbox is dropped, its records go,
    but for the states of keys that no longer work; of these the oldest are forgotten beyond a hundred thousand.
    """

    __slots__ = ("_ended", "_of_sandbox", "_records")

    def __init__(self) -> None:
        self._records: dict[str, KeyRecord] = {}
        self._of_sandbox: dict[str, dict[str, Key]] = {}
        self._ended: OrderedDict[str, KeyRecord] = OrderedDict()

    def of(self, key: Key) -> KeyRecord:
        """The record of a key."""
        return self._records.get(key.text) or self._ended.get(key.text, DEFAULT)

    def has(self, sandbox: str) -> bool:
        """Whether a sandbox has records of keys."""
        return sandbox in self._of_sandbox

    def declare(self, key: Key, record: KeyRecord) -> None:
        """Replace the record of a key. Raises TooManyKeys."""
        before = self._records.get(key.text)
        for sandbox in _sandboxes(key, record) if record != DEFAULT else ():
            own = self._of_sandbox.get(sandbox, {})
            if len(own) >= MAX_KEYS and key.text not in own:
                raise TooManyKeys
        for sandbox in _sandboxes(key, before) if before else ():
            self._release(sandbox, key)
        self._ended.pop(key.text, None)
        self._records.pop(key.text, None)
        if record != DEFAULT:
            self._records[key.text] = record
            for sandbox in _sandboxes(key, record):
                self._of_sandbox.setdefault(sandbox, {})[key.text] = key

    def drop(self, sandbox: str) -> None:
        """Drop the records of a sandbox. The key of an organization keeps its other platforms."""
        for key in self._of_sandbox.pop(sandbox, {}).values():
            record = self._records.pop(key.text)
            others = tuple(platform for platform in record.platforms if platform.sandbox != sandbox)
            if others:
                self._records[key.text] = KeyRecord(record.state, record.permissions, others)
            elif record.state != "active":
                self._ended[key.text] = KeyRecord(record.state)
        while len(self._ended) > MAX_ENDED:
            self._ended.popitem(last=False)

    def clear(self) -> None:
        """Drop all records."""
        self._records.clear()
        self._of_sandbox.clear()
        self._ended.clear()

    def _release(self, sandbox: str, key: Key) -> None:
        own = self._of_sandbox[sandbox]
        del own[key.text]
        if not own:
            del self._of_sandbox[sandbox]


def _sandboxes(key: Key, record: KeyRecord) -> set[str]:
    """The sandboxes that a key opens."""
    return {platform.sandbox for platform in record.platforms or (key,)}


def join(key: Key, platform: Key, before: tuple[Key, ...]) -> tuple[Key, ...]:
    """The platforms of a key once it belongs to another one; only an organization has more than one."""
    if key.kind != "org":
        return (platform,) if platform.sandbox != key.sandbox else ()
    return (*(known for known in before if known.sandbox != platform.sandbox), platform)[-MAX_PLATFORMS:]
