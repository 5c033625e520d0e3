"""What a test has said of keys: that one has expired, what it may do, and whose it is.

Stripe keeps this in its Dashboard; here the control API says it. A key that nobody has spoken of is ordinary: it works,
may do everything, and opens the sandbox of its own suffix.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from emulator.auth.keys import Key

KeyState = Literal["active", "expired", "revoked"]
PLATFORMS_KEPT = 100  # of one organization


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one key. `permissions` None means all of them.

    `homes` are the keys whose sandboxes it opens, instead of the one of its own suffix: one, or several for the key of
    an organization.
    """

    state: KeyState = "active"
    permissions: frozenset[str] | None = None
    homes: tuple[Key, ...] = ()


ORDINARY = Standing()


class Keyring:
    """The standings of the keys that somebody has spoken of, the newest ones up to a limit."""

    __slots__ = ("_limit", "_standings")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._standings: OrderedDict[str, Standing] = OrderedDict()

    def of(self, key: Key) -> Standing:
        """What holds for a key."""
        return self._standings.get(key.text, ORDINARY)

    def declare(self, key: Key, standing: Standing) -> None:
        """Replaces what holds for a key."""
        self._standings.pop(key.text, None)
        if standing != ORDINARY:
            self._standings[key.text] = standing
        if len(self._standings) > self._limit:
            self._standings.popitem(last=False)

    def clear(self) -> None:
        """Every key is ordinary again."""
        self._standings.clear()


def homes(key: Key, home: Key, before: tuple[Key, ...]) -> tuple[Key, ...]:
    """The homes of a key that joins another one; only an organization has more than one."""
    if key.kind != "org":
        return (home,) if home.world != key.world else ()
    return (*(known for known in before if known.world != home.world), home)[-PLATFORMS_KEPT:]
