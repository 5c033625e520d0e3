"""API keys: their kinds, and how Stripe hides them in a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

Kind = Literal["sk", "rk", "pk", "org"]
_KEY = re.compile(r"(sk_org|sk|rk|pk)_(?:(test|live)_)?([A-Za-z0-9_]{1,247})\Z", re.ASCII)
SESSION_TOKENS = ("em_test_", "em_live_")
MODERN_LENGTH = 107
_SHORTEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Key:
    """A well-formed key. Keys of one suffix belong to one platform.

    `account` is the account id inside a modern key (`sk_test_51...`, 107 characters): its characters 9 to 25. `world`
    is the name of the sandbox that the key opens. `kind` is `org` for the key of an organization (`sk_org_...`), which
    reaches several platforms.
    """

    text: str
    kind: Kind
    livemode: bool
    suffix: str
    account: str | None
    world: str

    @property
    def opens_one(self) -> bool:
        """Whether it is a secret of one platform: a secret or a restricted key."""
        return self.kind in ("sk", "rk")


@lru_cache(maxsize=1024)
def parse(text: str) -> Key | None:
    """The key of some text, None when it has not the form of one."""
    match = _KEY.match(text)
    if match is None:
        return None
    kind, mode, suffix = cast("Kind", match[1].removeprefix("sk_")), match[2], match[3]
    if mode is None and kind != "org":
        return None
    mode = mode or "test"  # nobody has published how the modes of organization keys look: this is our choice
    account = f"acct_{suffix[1:17]}" if len(text) == MODERN_LENGTH and suffix[0] == "5" else None
    return Key(text, kind, mode == "live", suffix, account, f"{mode}_{account or suffix}")


@lru_cache(maxsize=1024)
def redact(text: str) -> str:
    """The first eight characters, stars one for one, the last four; six for modern keys (observed).

    Nothing is known of texts of twelve characters and less: only the prefix is shown (our choice).
    """
    if len(text) <= _SHORTEST_SHOWN:
        return text[:8] + "*" * (len(text) - 8) if len(text) > 8 else "*" * len(text)
    shown = 6 if len(text) >= MODERN_LENGTH - 7 else 4
    return text[:8] + "*" * (len(text) - 8 - shown) + text[-shown:]
