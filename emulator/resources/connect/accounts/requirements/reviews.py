"""Reviews: the checks of provided values, how long they take, and how countries differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from emulator.resources.connect.accounts.requirements.rules import Names, names
from emulator.resources.connect.accounts.requirements.test_values import Blocks, Failure, reason_of
from emulator.wire.dataclasses import dataclass
from emulator.wire.namedtuples import NamedTuple

REVIEW_SECONDS = 30
"""How long a check takes (our choice: capabilities were seen to become active after 7 to 70, mostly 20 to 29)."""
WEBSITE_SECONDS = 8
"""How long the check of a website takes (our choice: in US it was seen to end after 6 to 20 seconds, before others)."""
STATUS_SECONDS = 17
"""When an identity in US shows as verified (our choice: it was seen after 16 to 21 seconds, with checks pending)."""
NEVER = float("inf")

Holds = Literal["capabilities", "payouts", "nothing"]
ADDRESS, IDENTITY, NUMBER, DOCUMENT, DOCUMENTS = "address", "identity", "number", "document", "documents"
STATUS = "status"
VERIFICATION_DOCUMENT = "verification.document"
OWNERSHIP_DOCUMENT = "documents.bank_account_ownership_verification.files"


class Problem(NamedTuple):
    """A requirement that a check has made due. It has an error only with a code."""

    requirement: str
    code: str | None
    blocks: Blocks = "payouts"

    @property
    def reason(self) -> str:
        return reason_of(self.code) if self.code else ""


class Review(NamedTuple):
    """One check: the requirements pending until it ends, the second of its end, the effect meanwhile, its problems."""

    pending: Names
    ends_at: float
    holds: Holds
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CountryReviews:
    """How a country reviews an identity: requirements pending meanwhile, their effect, requirements due afterwards.

    `addresses` says whether addresses show as pending, `document_needed` whether no identity is verified by its details
    alone.
    """

    identity: Names = ()
    holds: Holds = "nothing"
    addresses: bool = False
    afterwards: Names = ()
    document_needed: bool = False


# Observed. Every other country verifies at once and lists nothing, as DE, FR, GB, GI, LI, NO, PL, RO and SE do.
COUNTRIES: Mapping[str, CountryReviews] = {
    "CA": CountryReviews(
        names(f"verification.additional_document {VERIFICATION_DOCUMENT} verification.proof_of_liveness"), "payouts"
    ),
    "HK": CountryReviews(names(VERIFICATION_DOCUMENT), "payouts"),
    "JP": CountryReviews(afterwards=names(VERIFICATION_DOCUMENT), document_needed=True),
    "NZ": CountryReviews(names(f"verification.additional_document {VERIFICATION_DOCUMENT}"), "payouts"),
    "SG": CountryReviews(afterwards=names("verification.proof_of_liveness")),
    "US": CountryReviews(names(VERIFICATION_DOCUMENT), "capabilities", addresses=True),
}
ELSEWHERE = CountryReviews()


def address_problems(failure: Failure | None, group: str) -> tuple[Problem, ...]:
    """The parts of an address that are due again after a failed check, under the name of their group."""
    if failure is None:
        return ()
    return tuple(Problem(f"{group}.{name}", failure.code, failure.blocks) for name in failure.requirements)
