"""Links to hosted pages: account links, and login links into the Express Dashboard.

A link works once: one call both tests and burns it, and gives its visitor a session with which the page is left, once
too. Nothing runs on a timer. The newest thousand are kept.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

MOST = 1000


class Link(NamedTuple):
    """A link to a page of an account. `place` is `express`, or `setup/` and the letter of the account's kind.

    Times are unix seconds; `expires_at` None is never. `update` says that it is for details that are known already;
    `later` and `future` that what is eventually due, and due in future, is collected too. `configurations` are those
    of a link that v2 has made, whose `return_url` may be empty. The rest is about setup only.
    """

    code: str
    place: str
    account: str
    created: int
    expires_at: int | None = None
    refresh_url: str = ""
    return_url: str = ""
    update: bool = False
    later: bool = False
    future: bool = False
    configurations: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The path of its URL."""
        return f"/{self.place}/{self.account}/{self.code}"


class Visit(Enum):
    """What opening a link came to."""

    OPENED = "opened"
    EXPIRED = "expired"
    USED = "used"


class Links:
    """The links of one sandbox."""

    __slots__ = ("_rows", "_sessions")

    def __init__(self) -> None:
        self._rows: dict[str, Link] = {}
        self._sessions: dict[str, tuple[str, int] | None] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, link: Link) -> None:
        """Stores a link, and forgets the oldest beyond the bound."""
        self._rows[link.path] = link
        if len(self._rows) > MOST:
            oldest = next(iter(self._rows))
            del self._rows[oldest]
            self._sessions.pop(oldest, None)

    def get(self, path: str) -> Link | None:
        """The link of a URL's path."""
        return self._rows.get(path)

    def look(self, link: Link, now: int) -> Visit:
        """What a visit would come to."""
        if link.path in self._sessions:
            return Visit.USED
        return Visit.EXPIRED if link.expires_at is not None and now >= link.expires_at else Visit.OPENED

    def visit(self, link: Link, session: str, now: int, until: int) -> Visit:
        """Tests and burns: one visit is OPENED, with a session that can be left until a unix second."""
        outcome = self.look(link, now)
        if outcome is Visit.OPENED:
            self._sessions[link.path] = (session, until)
        return outcome

    def leave(self, link: Link, session: str, now: int) -> bool:
        """Tests and burns the session of a visit. False when it is another one, over, or left before."""
        held = self._sessions.get(link.path)
        if held is None or held[0] != session or now >= held[1]:
            return False
        self._sessions[link.path] = None
        return True
