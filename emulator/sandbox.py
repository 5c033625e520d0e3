"""One isolated world for each secret key: its platform account, its clock, its ids, its tables."""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal

from emulator import ids
from emulator.clock import Clock
from emulator.journal import Journal
from emulator.keys import Key
from emulator.settings import Settings
from emulator.store.rows import Account
from emulator.store.sessions import Sessions
from emulator.store.table import Table

KeyState = Literal["active", "expired", "revoked"]
PLATFORM_CREATED = 1_577_836_800  # 2020-01-01: every platform account is older than any test


class Sandbox:
    """Everything that one platform can see. Costs next to nothing until it is used."""

    __slots__ = ("accounts", "clock", "ids", "journal", "livemode", "name", "platform_id", "sessions", "settings")

    def __init__(self, key: Key, settings: Settings) -> None:
        self.name = key.world
        self.livemode = key.livemode
        self.settings = settings
        self.platform_id = key.account or ids.stable_account(key.world, PLATFORM_CREATED)
        self.clock = Clock()
        self.ids = ids.Ids(f"{settings.seed}:{key.world}" if settings.seed else None)
        self.accounts: Table[Account] = Table()
        self.sessions = Sessions()
        self.journal = Journal()


class Sandboxes:
    """The sandboxes of one server, made at first use and bounded in number."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._worlds: OrderedDict[str, Sandbox] = OrderedDict()
        self._pairs = settings.pairs()
        self._tokens: OrderedDict[str, Sandbox] = OrderedDict()
        self._key_states: OrderedDict[str, KeyState] = OrderedDict()

    def __len__(self) -> int:
        return len(self._worlds)

    @property
    def allow_live_keys(self) -> bool:
        return self._settings.allow_live_keys

    def of(self, key: Key) -> Sandbox:
        """The sandbox of a key; a publishable key that was paired opens the one of its secret key."""
        key = self._pairs.get(key.text, key)
        sandbox = self._worlds.get(key.world)
        if sandbox is None:
            sandbox = self._worlds[key.world] = Sandbox(key, self._settings)
            if len(self._worlds) > self._settings.max_sandboxes:
                self._worlds.popitem(last=False)
        else:
            self._worlds.move_to_end(key.world)
        return sandbox

    def find(self, key: Key) -> Sandbox | None:
        """The sandbox of a key if there is one already."""
        return self._worlds.get(self._pairs.get(key.text, key).world)

    def reset(self, key: Key) -> None:
        """Drops the sandbox of a key with all that is in it."""
        self._worlds.pop(self._pairs.get(key.text, key).world, None)

    def reset_all(self) -> None:
        """Drops every sandbox, and what was said of keys."""
        self._worlds.clear()
        self._tokens.clear()
        self._key_states.clear()

    def set_key_state(self, key: Key, state: KeyState) -> None:
        """Says that a key has expired, was revoked, or works again; of the newest `max_sandboxes` such keys."""
        self._key_states.pop(key.text, None)
        if state != "active":
            self._key_states[key.text] = state
        if len(self._key_states) > self._settings.max_sandboxes:
            self._key_states.popitem(last=False)

    def key_state(self, key: Key) -> KeyState:
        """Whether a key works."""
        return self._key_states.get(key.text, "active")

    def holding(self, client_secret: str) -> Sandbox | None:
        """The sandbox that made a secret, whichever it is. Walks all of them: for error messages only."""
        return next((world for world in self._worlds.values() if world.sessions.get(client_secret)), None)

    def remember(self, token: str, sandbox: Sandbox) -> None:
        """Notes which sandbox a session token belongs to; the oldest are forgotten first."""
        self._tokens[token] = sandbox
        if len(self._tokens) > self._settings.max_sandboxes:
            self._tokens.popitem(last=False)

    def of_token(self, token: str) -> Sandbox | None:
        """The sandbox of a session token, None when it was forgotten or its sandbox was reset."""
        sandbox = self._tokens.get(token)
        return sandbox if sandbox and self._worlds.get(sandbox.name) is sandbox else None
