"""Reviews: the checks of what an account and its persons have provided, and how they end.

Nothing runs on a timer. A row says when the result of each check is there, and what was sent says what it is; so the
state of every check follows from the rows and the time. Only accounts that ask for payments are reviewed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from emulator.resources.connect.accounts.base.identity import born, is_reviewed, prefix_of, representative
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.business_reviews import business_reviews
from emulator.resources.connect.accounts.requirements.checks import (
    DOCUMENT_ENTRY,
    IDENTITY,
    NEVER,
    Holds,
    Problem,
    Review,
)
from emulator.resources.connect.accounts.requirements.person_reviews import person_reviews
from emulator.schema.trees import dig
from emulator.store.rows import Account, Person, PriorStatus

# What a check holds up instead of the capabilities, by what the account could do before.
_HELD_LATER: Mapping[PriorStatus, Holds | None] = {"none": None, "charges": "payouts", "payouts": "nothing"}


@dataclass(frozen=True, slots=True)
class Findings:
    """All reviews of an account at one time."""

    pending: frozenset[str] = frozenset()
    held: frozenset[Holds] = frozenset()
    problems: tuple[Problem, ...] = ()
    listed: bool = False
    paused: bool = False


def findings(account: Account, now: int) -> Findings:
    """What the reviews of an account have come to at a time."""
    if not is_reviewed(account) or account.verdict == "verified":
        return Findings()
    reviews = list(_reviews(account))
    open_ = [review for review in reviews if _is_open(account, review, now)]
    done = [review for review in reviews if not _is_open(account, review, now)]
    problems = [problem for review in done for problem in review.problems]
    waiting = frozenset(name for review in open_ for name in review.waiting) - {each.entry for each in problems}
    return Findings(
        pending=waiting,
        held=frozenset(review.holds for review in open_ if review.waiting),
        problems=tuple(dict.fromkeys(problems)),
        listed=any(_is_listed(person, now) for person in account.persons),
        paused=dig(account.fields, ("business_profile", "url")) == test_values.INACTIVE_WEBSITE
        and account.ready_at.get("business_profile.url", 0) <= now,
    )


def _is_open(account: Account, review: Review, now: int) -> bool:
    return account.verdict == "pending" or (account.verdict is None and review.ready > now)


def _is_listed(person: Person, now: int) -> bool:
    return born(person) == test_values.BORN_LISTED and person.ready_at.get(IDENTITY, 0) <= now


def _reviews(account: Account) -> Iterator[Review]:
    eased = partial(_eased, account)
    if account.verdict == "pending":
        person = representative(account)
        waiting = f"{prefix_of(account, person)}.{DOCUMENT_ENTRY}" if person else "business_profile.url"
        yield Review((waiting,), NEVER, "capabilities")
    for person in account.persons:
        yield from map(eased, person_reviews(account, person))
    yield from map(eased, business_reviews(account))


def _eased(account: Account, review: Review) -> Review:
    """A check of what has changed later: it holds up what the account could not do before, no more (our choice)."""
    held = _HELD_LATER[account.prior_status]
    return review._replace(holds=held) if held and review.holds == "capabilities" else review
