"""API keys: their kinds, and how Stripe hides them in a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["sk", "rk", "pk"]
_KEY = re.compile(r"(sk|rk|pk)_(test|live)_([A-Za-z0-9_]{1,247})\Z", re.ASCII)
SESSION_TOKENS = ("em_test_", "em_live_")
MODERN_LENGTH = 107
_SHORTEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Key:
    """A well-formed key. Keys of one suffix belong to one platform."""

    text: str
    kind: Kind
    livemode: bool
    suffix: str

    @property
    def account(self) -> str | None:
        """The account id inside a modern key (`sk_test_51...`, 107 characters): its characters 9 to 25."""
        return f"acct_{self.suffix[1:17]}" if len(self.text) == MODERN_LENGTH and self.suffix[0] == "5" else None

    @property
    def world(self) -> str:
        """The name of the sandbox that the key opens."""
        return f"{'live' if self.livemode else 'test'}_{self.account or self.suffix}"


def parse(text: str) -> Key | None:
    """The key of some text, None when it has not the form of one."""
    match = _KEY.match(text)
    return Key(text, match[1], match[2] == "live", match[3]) if match else None  # type: ignore[arg-type]


def redact(text: str) -> str:
    """The first eight characters, stars one for one, the last four; six for modern keys (observed).

    Nothing is known of texts of twelve characters and less: all but the last four become stars (our choice).
    """
    if len(text) <= _SHORTEST_SHOWN:
        return "*" * max(len(text) - 4, 0) + text[-4:] if len(text) > 4 else "*" * len(text)
    shown = 6 if len(text) >= MODERN_LENGTH - 7 else 4
    return text[:8] + "*" * (len(text) - 8 - shown) + text[-shown:]
