"""API keys: their kinds, and their redacted form in messages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, cast

from emulator.wire.dataclasses import dataclass

Kind = Literal["sk", "rk", "pk", "org"]
_KEY = re.compile(r"(sk_org|sk|rk|pk)_(?:(test|live)_)?([A-Za-z0-9_]{1,247})\Z", re.ASCII)
SESSION_TOKENS = ("em_test_", "em_live_")
METER_TOKENS = ("mes_test_", "mes_live_")  # of sessions for streams of meter events
MODERN_LENGTH = 107
_SHORTEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Key:
    """A well-formed key. Keys of one suffix belong to one platform.

    `account` is the account id inside a modern key (`sk_test_51...`, 107 characters): its characters 9 to 25.
    `sandbox` names the sandbox that the key opens. `kind` is `org` for the key of an organization (`sk_org_...`), which
    reaches several platforms.
    """

    text: str
    kind: Kind
    livemode: bool
    suffix: str
    account: str | None
    sandbox: str

    @property
    def opens_one(self) -> bool:
        """Whether this is a secret or restricted key, which belongs to one platform."""
        return self.kind in ("sk", "rk")


@lru_cache(maxsize=1024)
def parse(text: str) -> Key | None:
    """The key of a text, None if it does not have the form of one."""
    match = _KEY.match(text)
    if match is None:
        return None
    kind, mode, suffix = cast("Kind", match[1].removeprefix("sk_")), match[2], match[3]
    if mode is None and kind != "org":
        return None
    mode = mode or "test"  # how organization keys show their mode is not published: our choice
    account = f"acct_{suffix[1:17]}" if len(text) == MODERN_LENGTH and suffix[0] == "5" else None
    # A suffix that looks like an account id must not open the sandbox of the modern keys with that id.
    platform = account or (f"={suffix}" if suffix.startswith("acct_") else suffix)
    return Key(text, kind, mode == "live", suffix, account, f"{mode}_{platform}")


@lru_cache(maxsize=1024)
def redact(text: str) -> str:
    """The first eight characters, a star for each hidden one, the last four; six for modern keys (observed).

    Of texts of at most twelve characters only the prefix is shown (our choice).
    """
    if len(text) <= _SHORTEST_SHOWN:
        return text[:8] + "*" * (len(text) - 8) if len(text) > 8 else "*" * len(text)
    shown = 6 if len(text) >= MODERN_LENGTH - 7 else 4
    return text[:8] + "*" * (len(text) - 8 - shown) + text[-shown:]
