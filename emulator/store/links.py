"""Links to hosted pages: account links, and login links into the Express Dashboard.

A link works once: one call checks it, marks it as used and starts a session, with which the page can be submitted, also
once. Nothing runs on a timer. The newest thousand are kept.
"""

from __future__ import annotations

from enum import Enum

from emulator.wire.namedtuples import NamedTuple

MOST = 1000


class Link(NamedTuple):
    """A link to a page of an account. `page` is `express`, or `setup/` and the letter of the account's kind.

    Times are unix seconds; a link without `expires_at` never expires. The other fields are for setup only, except the
    `return_url` of the Express Dashboard. `update` is true for a link of type `account_update`; `eventually_due` and
    `future_requirements` extend the requirements that are collected. `configurations` are set on links created by v2,
    whose `return_url` may be empty.
    """

    code: str
    page: str
    account: str
    created: int
    expires_at: int | None = None
    refresh_url: str = ""
    return_url: str = ""
    update: bool = False
    eventually_due: bool = False
    future_requirements: bool = False
    configurations: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The path of its URL."""
        return f"/{self.page}/{self.account}/{self.code}"


class LinkStatus(Enum):
    """The state of a link for its next visitor."""

    VALID = "valid"
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
        """Store a link, and drop the oldest beyond the bound."""
        self._rows[link.path] = link
        if len(self._rows) > MOST:
            oldest = next(iter(self._rows))
            del self._rows[oldest]
            self._sessions.pop(oldest, None)

    def get(self, path: str) -> Link | None:
        """The link of a URL's path."""
        return self._rows.get(path)

    def status(self, link: Link, now: int) -> LinkStatus:
        """The state of a link, without using it."""
        if link.path in self._sessions:
            return LinkStatus.USED
        return LinkStatus.EXPIRED if link.expires_at is not None and now >= link.expires_at else LinkStatus.VALID

    def open(self, link: Link, session: str, now: int, until: int) -> LinkStatus:
        """Use the link if it is valid, and start a session that lasts until a unix second. VALID is returned once."""
        outcome = self.status(link, now)
        if outcome is LinkStatus.VALID:
            self._sessions[link.path] = (session, until)
        return outcome

    def close(self, link: Link, session: str, now: int) -> bool:
        """End the session of a visitor, once. False if it is another one, has expired, or was ended before."""
        held = self._sessions.get(link.path)
        if held is None or held[0] != session or now >= held[1]:
            return False
        self._sessions[link.path] = None
        return True
