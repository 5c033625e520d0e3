"""Checks: what a review of an account looks at, how long it takes, and how countries differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from emulator.resources.connect.accounts.requirements.rules import Words, words
from emulator.resources.connect.accounts.requirements.test_values import Blocks, Ending, reason_of

REVIEW_SECONDS = 30
"""How long a check takes (our choice: capabilities were seen to become active after 7 to 70 seconds, mostly 29)."""

Holds = Literal["capabilities", "payouts", "nothing"]
ADDRESS, IDENTITY, NUMBER, DOCUMENT, PAPERS = "address", "identity", "number", "document", "papers"
DOCUMENT_ENTRY = "verification.document"


class Problem(NamedTuple):
    """An entry that a check has brought back. Without a code it is only asked for."""

    entry: str
    code: str | None
    blocks: Blocks = "payouts"

    @property
    def reason(self) -> str:
        return reason_of(self.code) if self.code else ""


class Review(NamedTuple):
    """One check: the entries that wait for it, when it ends, what they hold up, and what it finds."""

    waiting: Words
    ready: float
    holds: Holds
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Habit:
    """How a country reviews: the entries of identity that show as pending, what they hold up, what is asked after.

    `unmatched` is where no identity matches by its details alone, so that a document is needed.
    """

    identity: Words = ()
    holds: Holds = "nothing"
    address: bool = False
    after: Words = ()
    unmatched: bool = False


# Observed; every other country answers at once and lists nothing, as DE, FR, GB, GI, LI, NO, PL, RO and SE do.
HABITS: Mapping[str, Habit] = {
    "HK": Habit(words(DOCUMENT_ENTRY), "payouts"),
    "JP": Habit(after=words(DOCUMENT_ENTRY), unmatched=True),
    "NZ": Habit(words(f"verification.additional_document {DOCUMENT_ENTRY}"), "payouts"),
    "SG": Habit(after=words("verification.proof_of_liveness")),
    "US": Habit(words(DOCUMENT_ENTRY), "capabilities", address=True),
}
OWNERSHIP_ENTRY = "documents.bank_account_ownership_verification.files"
NEVER = float("inf")


def came_back(ending: Ending | None, group: str) -> tuple[Problem, ...]:
    """The entries that a failed check of an address brings back, under the name of their group."""
    return tuple(Problem(f"{group}.{name}", ending.code, ending.blocks) for name in ending.entries) if ending else ()
