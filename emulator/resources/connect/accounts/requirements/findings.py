"""Findings: how far the reviews of an account and its persons are at a time.

Nothing runs on a timer. A row holds the second at which each check ends, and the values that were provided decide how:
so the state of every check follows from the row and the time. Only accounts that request payments are reviewed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping

from emulator.resources.connect.accounts.base.dates_of_birth import too_old_since
from emulator.resources.connect.accounts.base.identity import date_of_birth, is_reviewed, prefix_of, representative
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.business_reviews import business_reviews
from emulator.resources.connect.accounts.requirements.person_reviews import person_reviews
from emulator.resources.connect.accounts.requirements.reviews import (
    IDENTITY,
    REVIEW_SECONDS,
    VERIFICATION_DOCUMENT,
    Holds,
    Problem,
    Review,
)
from emulator.schema.trees import dig
from emulator.store.memo import derived_once
from emulator.store.rows import Account, Person, PriorStatus
from emulator.wire.dataclasses import dataclass

# A new check of an account that works holds up no more than was missing before (our choice).
_HELD_LATER: Mapping[PriorStatus, Holds] = {"none": "capabilities", "charges": "payouts", "payouts": "nothing"}


@dataclass(frozen=True, slots=True)
class Findings:
    """The results of the reviews of an account, with the requirements pending and the effect of those not over."""

    pending: frozenset[str] = frozenset()
    held: frozenset[Holds] = frozenset()
    problems: tuple[Problem, ...] = ()
    listed: bool = False
    paused: bool = False


def findings(account: Account, now: int) -> Findings:
    """The state of the reviews of an account at `now`, unix seconds."""
    if not is_reviewed(account) or account.verdict == "verified":
        return Findings()
    pending: set[str] = set()
    held: set[Holds] = set()
    problems: dict[Problem, None] = {}
    if account.verdict == "pending":
        person = representative(account)
        pending.add(f"{prefix_of(account, person)}.{VERIFICATION_DOCUMENT}" if person else "business_profile.url")
        held.add("capabilities")
    for review in _reviews(account):
        if account.verdict == "pending" or (account.verdict is None and review.ends_at > now):
            if review.pending:
                pending.update(review.pending)
                held.add(_HELD_LATER[account.prior_status] if review.holds == "capabilities" else review.holds)
        else:
            problems.update(dict.fromkeys(review.problems))
    return Findings(
        pending=frozenset(pending.difference(problem.requirement for problem in problems)),
        held=frozenset(held),
        problems=tuple(problems),
        listed=any(_is_listed(person, now) for person in account.persons),
        paused=dig(account.fields, ("business_profile", "url")) == test_values.INACTIVE_WEBSITE
        and account.ready_at.get("business_profile.url", 0) <= now,
    )


def last_turn(account: Account, now: int) -> int:
    """The latest second up to `now` at which an account changed by itself; 0 when there was none.

    Everything that is derived from the account is the same at both.
    """
    turns = _turns(account)
    place = bisect_right(turns, now)
    return turns[place - 1] if place else 0


@derived_once
def _turns(account: Account) -> list[int]:
    """The seconds at which checks end, deadlines pass, and persons become too old."""
    turns = {*account.ready_at.values(), *(at for at in account.added_requirements.values() if at is not None)}
    for person in account.persons:
        turns.update(person.ready_at.values())
        born = date_of_birth(person)
        turns.update((too_old_since(born),) if born else ())
    for row in account.external_accounts:  # verifications of ownership begin and end
        turns.update((row.created + REVIEW_SECONDS, row.created + 2 * REVIEW_SECONDS))
    return sorted(turns)


def _is_listed(person: Person, now: int) -> bool:
    return date_of_birth(person) == test_values.BORN_LISTED and person.ready_at.get(IDENTITY, 0) <= now


def _reviews(account: Account) -> Iterator[Review]:
    for person in account.persons:
        yield from person_reviews(account, person)
    yield from business_reviews(account)
