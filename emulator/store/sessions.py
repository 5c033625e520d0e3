"""Account sessions, and the browser sessions of those that were claimed.

One call checks a secret and marks it as used. The state is derived on read: nothing runs on a timer, and when the clock
moves back, an expired session is valid again. Each new session drops a few of the ended ones beyond a bounded history,
so that no request has to drop many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from emulator.store.rows import Attempt, BrowserSession, Session

HISTORY = 1000
DROPPED_AT_ONCE = 64
ATTEMPTS_KEPT = 20
EXPIRES_AT = Session._fields.index("expires_at")


class ClaimResult(Enum):
    """Outcome of an attempt to claim a secret."""

    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    ACCOUNT_DELETED = "account_deleted"


class Sessions:
    """The account sessions of one sandbox."""

    def __init__(self, history: int = HISTORY) -> None:
        self._history = history
        self._rows: dict[str, tuple[Any, ...]] = {}
        self._order: deque[str] = deque()
        self._attempts: dict[str, list[Attempt]] = {}
        self._claimed: dict[str, BrowserSession] = {}
        self._tokens: dict[str, str] = {}
        self.on_token_dropped: Callable[[str], None] = lambda _: None

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, session: Session) -> None:
        """Store a session, and drop some of the ended ones beyond the history."""
        self._rows[session.client_secret] = tuple(session)
        self._order.append(session.client_secret)
        for _ in range(DROPPED_AT_ONCE):
            if len(self._order) <= self._history or not self._ended(self._order[0], session.created):
                break
            self._drop(self._order.popleft())

    def get(self, client_secret: str) -> Session | None:
        row = self._rows.get(client_secret)
        return Session._make(row) if row else None

    def newest_first(self) -> Iterator[Session]:
        return (Session._make(row) for row in reversed(self._rows.values()))

    def claim(self, browser: BrowserSession, *, account_exists: bool) -> ClaimResult:
        """Check a secret and mark it as used: exactly one call for a secret returns CLAIMED."""
        session = self.get(browser.client_secret)
        if session is None:
            return ClaimResult.UNKNOWN
        outcome = self._test(session, browser.created, account_exists=account_exists)
        if outcome is ClaimResult.CLAIMED:
            self._claimed[session.client_secret] = browser
            self._tokens[browser.token] = session.client_secret
        self._record(session.client_secret, Attempt(browser.created, outcome.value))
        return outcome

    def _test(self, session: Session, now: int, *, account_exists: bool) -> ClaimResult:
        if session.client_secret in self._claimed:
            return ClaimResult.USED
        if now >= session.expires_at:
            return ClaimResult.EXPIRED
        return ClaimResult.CLAIMED if account_exists else ClaimResult.ACCOUNT_DELETED

    def attempts(self, client_secret: str) -> tuple[Attempt, ...]:
        """The last twenty attempts to claim a secret, oldest first."""
        return tuple(self._attempts.get(client_secret, ()))

    def claimed(self, client_secret: str) -> BrowserSession | None:
        """The browser session of a secret, None while it is unclaimed."""
        return self._claimed.get(client_secret)

    def browser_session(self, token: str, now: int) -> BrowserSession | None:
        """The browser session of a token, None if it is unknown, revoked or expired."""
        browser = self._claimed.get(self._tokens.get(token, ""))
        return browser if browser and now < browser.expires_at else None

    def revoke(self, token: str) -> bool:
        """End a browser session at once; its secret stays used. False if the token is unknown."""
        return self._drop_token(token)

    def tokens(self) -> tuple[str, ...]:
        """The tokens of claimed sessions, ended ones included as long as they are kept."""
        return tuple(self._tokens)

    def _drop_token(self, token: str) -> bool:
        self.on_token_dropped(token)
        return self._tokens.pop(token, None) is not None

    def end(self, client_secret: str, now: int) -> bool:
        """Expire an unclaimed secret, or the browser session of a claimed one. False if it has ended already."""
        session, browser = self.get(client_secret), self._claimed.get(client_secret)
        if browser is not None:
            active = self._tokens.get(browser.token) == client_secret and now < browser.expires_at
            self._claimed[client_secret] = browser._replace(expires_at=now) if active else browser
            return active
        if session is None or now >= session.expires_at:
            return False
        self._rows[client_secret] = tuple(session._replace(expires_at=now))
        return True

    def _record(self, client_secret: str, attempt: Attempt) -> None:
        attempts = self._attempts.setdefault(client_secret, [])
        attempts.append(attempt)
        del attempts[:-ATTEMPTS_KEPT]

    def _ended(self, client_secret: str, now: int) -> bool:
        """Whether the secret of a session and its browser session have both expired."""
        if now < self._rows[client_secret][EXPIRES_AT]:
            return False
        browser = self._claimed.get(client_secret)
        return browser is None or now >= browser.expires_at

    def _drop(self, client_secret: str) -> None:
        del self._rows[client_secret]
        self._attempts.pop(client_secret, None)
        browser = self._claimed.pop(client_secret, None)
        if browser:
            self._drop_token(browser.token)
