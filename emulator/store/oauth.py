"""Authorization codes and grants of OAuth.

A code works once: one call both tests and burns it. Whether it is expired is derived on read, nothing runs on a timer.
The newest thousand codes and the newest ten thousand grants are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Literal

from emulator.wire.form import Tree
from emulator.wire.namedtuples import NamedTuple

MOST_CODES = 1000
MOST_GRANTS = 10_000
CODE_SECONDS = 300
Scope = Literal["read_write", "read_only", "express"]


class Code(NamedTuple):
    """A code that an owner's consent gave, at a unix second.

    `account` is the connected account that was chosen; empty: the token request creates one by the parameters in
    `tree`, and completes its onboarding if `complete`. `suggested` are capabilities of Express. `used_for` is the
    account that the code connected, empty while it is unused.
    """

    code: str
    scope: Scope
    created: int
    account: str = ""
    tree: Tree | None = None
    complete: bool = False
    suggested: tuple[str, ...] = ()
    used_for: str = ""


class Grant(NamedTuple):
    """The access of an application to an account, in one scope."""

    account: str
    scope: Scope
    access_token: str
    refresh_token: str
    publishable_key: str


class Redemption(Enum):
    """The outcome of an attempt to use a code."""

    REDEEMED = "redeemed"
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


class OAuthStore:
    """The codes and grants of one sandbox."""

    __slots__ = ("_codes", "_grants", "_keys", "_refresh")

    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}
        self._grants: dict[tuple[str, Scope], Grant] = {}
        self._keys: dict[str, tuple[str, Scope]] = {}
        self._refresh: dict[str, tuple[str, Scope]] = {}

    def add_code(self, code: Code) -> None:
        """Store a code; beyond the limit, the oldest is dropped."""
        self._codes[code.code] = code
        if len(self._codes) > MOST_CODES:
            del self._codes[next(iter(self._codes))]

    def code(self, text: str) -> Code | None:
        """A code, used or not."""
        return self._codes.get(text)

    def test(self, text: str, now: int) -> Redemption:
        """The outcome that `redeem` would have."""
        code = self._codes.get(text)
        if code is None:
            return Redemption.UNKNOWN
        if code.used_for:
            return Redemption.USED
        return Redemption.EXPIRED if now >= code.created + CODE_SECONDS else Redemption.REDEEMED

    def redeem(self, text: str, account: str, now: int) -> Redemption:
        """Test and burn a code in one step, for the account that it connects."""
        outcome = self.test(text, now)
        if outcome is Redemption.REDEEMED:
            self._codes[text] = self._codes[text]._replace(used_for=account)
        return outcome

    def put(self, grant: Grant) -> None:
        """Store a grant, which replaces the one of its account and scope; beyond the limit, the oldest is dropped."""
        place = (grant.account, grant.scope)
        self._drop(place, keep=(grant.publishable_key, grant.refresh_token))
        self._grants[place] = grant
        self._keys[grant.access_token] = place
        self._keys.setdefault(grant.publishable_key, place)
        self._refresh.setdefault(grant.refresh_token, place)
        if len(self._grants) > MOST_GRANTS:
            self._drop(next(iter(self._grants)))

    def of_key(self, text: str) -> Grant | None:
        """The grant whose access token or publishable key this is, None once it is revoked."""
        place = self._keys.get(text)
        return self._grants.get(place) if place else None

    def of_refresh_token(self, text: str) -> Grant | None:
        """The grant with a refresh token, None once it is revoked."""
        place = self._refresh.get(text)
        return self._grants.get(place) if place else None

    def of_account(self, account: str) -> Iterator[Grant]:
        """The grants of an account, that with the most access first."""
        scopes: tuple[Scope, ...] = ("express", "read_write", "read_only")
        return (grant for scope in scopes if (grant := self._grants.get((account, scope))))

    def is_read_only(self, account: str) -> bool:
        """Whether the owner of an account gave read access only."""
        return (grant := next(self.of_account(account), None)) is not None and grant.scope == "read_only"

    def revoke(self, account: str) -> None:
        """Revoke every grant of an account."""
        for grant in list(self.of_account(account)):
            self._drop((account, grant.scope))

    def _drop(self, place: tuple[str, Scope], keep: tuple[str, ...] = ()) -> None:
        grant = self._grants.pop(place, None)
        if grant is None:
            return
        _forget(self._keys, place, grant.access_token, *({grant.publishable_key} - {*keep}))
        _forget(self._refresh, place, *({grant.refresh_token} - {*keep}))


def _forget(index: dict[str, tuple[str, Scope]], place: tuple[str, Scope], *texts: str) -> None:
    for text in texts:
        if index.get(text) == place:
            del index[text]
