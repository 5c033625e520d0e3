"""Ids that a test suite has written in: a source of ids that hands them out when their kind is next made.

Our choice, beyond the Stripe CLI's format: the key `_id` of a fixture, which the CLI ignores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from emulator.sandbox.ids import Ids


class Made(NamedTuple):
    """What an operation makes, by the prefixes of its ids: the object of its answer, and others along with it."""

    own: tuple[str, ...]
    others: tuple[str, ...] = ()


_PARTS = ("person", "ba", "card")
# Only these ids can be given; the first one is that of the operation's own object, if it makes one.
MADE: Mapping[str, Made] = {
    "PostAccounts": Made(("acct",), _PARTS),
    "PostAccountsAccount": Made((), _PARTS),
    "PostAccountsAccountPersons": Made(("person",)),
    "PostAccountsAccountExternalAccounts": Made(("ba", "card")),
    "PostV2CoreAccounts": Made(("acct",), ("person",)),
    "PostV2CoreAccountsId": Made((), ("person",)),
    "PostV2CoreAccountsAccountIdPersons": Made(("person",)),
}
NOTHING_MADE = Made(())
_ID = re.compile(r"([a-z]+)_[A-Za-z0-9_]{1,250}\Z", re.ASCII)


def kind_of(identifier: str) -> str | None:
    """The prefix of an id, such as `acct`; None when it has not the form of one."""
    match = _ID.match(identifier)
    return match[1] if match else None


class ReservedIds(Ids):
    """Hands out the given ids first, one for each object of their kind, and then those of another source."""

    def __init__(self, source: Ids, identifiers: Sequence[str]) -> None:
        super().__init__("")
        self._source = source
        self.left = list(identifiers)

    def token(self, length: int) -> str:
        """Random digits, of the other source."""
        return self._source.token(length)

    def uuid(self) -> str:
        """A UUID, of the other source."""
        return self._source.uuid()

    def account(self, now: int) -> str:
        """The next account's id."""
        return self._next("acct") or super().account(now)

    def in_account(self, prefix: str, now: int, account: str) -> str:
        """The next id of this kind."""
        return self._next(prefix) or super().in_account(prefix, now, account)

    def _next(self, kind: str) -> str | None:
        found = next((each for each in self.left if kind_of(each) == kind), None)
        if found is not None:
            self.left.remove(found)
        return found
