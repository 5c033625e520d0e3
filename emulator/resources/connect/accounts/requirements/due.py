"""Requirements of an account: derived from the provided fields, the results of its reviews, and the time.

Names come in plain string order; requirements of the beginning are past due at once (both observed).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.findings import Findings, findings, last_turn
from emulator.resources.connect.accounts.requirements.required import (
    EXTERNAL_ACCOUNT,
    description_is_enough,
    missing,
    missing_in_future,
    planned_rules_begin_at,
)
from emulator.resources.connect.accounts.requirements.reviews import Holds, Problem
from emulator.resources.connect.accounts.requirements.rules import Names
from emulator.store.memo import derived_once
from emulator.store.rows import Account
from emulator.wire.dataclasses import dataclass, replace

__all__ = ["EXTERNAL_ACCOUNT", "Due", "derive_due", "due_of", "part", "planned", "stops_charges", "unrelated_to"]

# Documents of a person that become due later stop payouts, not charges (observed of accounts that were active).
_DOCUMENTS = (".verification.document", ".verification.additional_document", ".verification.proof_of_liveness")


@dataclass(frozen=True, slots=True)
class Due:
    """Names of requirements in string order; `past` is part of `currently`, which is part of `eventually`.

    No capability is active while one of `missing` is due. `held` is the effect of pending reviews. `deadline` is the
    next one that is not over, in unix seconds. `future` are the names that planned rules add; `planned_at` is their
    second where they repeat all requirements, of which `planned_past` are past due then too.
    """

    currently: Names = ()
    eventually: Names = ()
    past: Names = ()
    pending: Names = ()
    future: Names = ()
    planned_past: Names = ()
    planned_at: int | None = None
    problems: tuple[Problem, ...] = ()
    alternatives: tuple[tuple[str, str], ...] = ()
    missing: frozenset[str] = frozenset()
    held: frozenset[Holds] = frozenset()
    deadline: int | None = None
    listed: bool = False
    paused: bool = False
    now: int = 0

    def waits_for(self, ready_at: Mapping[str, int]) -> bool:
        """Whether the result of a check is still to come, given the times at which results are there."""
        return any(at > self.now for at in ready_at.values())


def due_of(account: Account, now: int | None = None) -> Due:
    """The requirements of an account at `now`, unix seconds; without one, at its last change."""
    return _due(account, last_turn(account, account.changed_at if now is None else now))


def derive_due(account: Account, now: int) -> Due:
    """The requirements of an account, derived anew; `due_of` derives them once between two turns of the account."""
    absent = missing(account)
    found = findings(account, now)
    added = account.added_requirements
    if found.problems and absent.now - {EXTERNAL_ACCOUNT}:
        # More is required only when all else is there (observed for SG).
        found = replace(found, problems=tuple(problem for problem in found.problems if problem.code))
    failed = frozenset(problem.requirement for problem in found.problems)
    over = frozenset(name for name, deadline in added.items() if deadline is None or deadline <= now)
    past = absent.now | failed | over
    currently = past | added.keys()
    return Due(
        currently=tuple(sorted(currently)),
        eventually=tuple(sorted(currently | (absent.later - found.pending))),
        past=tuple(sorted(past)),
        pending=tuple(sorted(found.pending - currently)),
        future=tuple(sorted(missing_in_future(account))),
        planned_past=tuple(sorted(past & requirement_rules.PAST_WHEN_PLANNED)),
        planned_at=planned_rules_begin_at(account),
        problems=tuple(sorted(found.problems, key=lambda problem: problem.requirement)),
        alternatives=_alternatives(account, currently),
        missing=_blocking(absent.now | frozenset(filter(stops_charges, over)), found),
        held=found.held,
        deadline=min((at for at in added.values() if at is not None and at > now), default=None),
        listed=found.listed,
        paused=found.paused,
        now=now,
    )


_due = derived_once(derive_due)


def stops_charges(name: str) -> bool:
    """Whether a requirement that was added later stops charges and transfers too, and not payouts alone."""
    return name.startswith("company.") or not name.endswith((EXTERNAL_ACCOUNT, *_DOCUMENTS))


def _blocking(absent: frozenset[str], found: Findings) -> frozenset[str]:
    """The names that stop every capability.

    A missing bank account does not (observed), nor do most failed checks, nor the terms of another capability.
    """
    failed = {problem.requirement for problem in found.problems if problem.blocks == "charges"}
    return (absent | failed) - {EXTERNAL_ACCOUNT} - requirement_rules.OWN_TERMS


@cache
def unrelated_to(capability: str) -> frozenset[str]:
    """The requirements that a capability does not list: the bank account (our choice) and the terms of others."""
    return requirement_rules.OWN_TERMS.difference(requirement_rules.TERMS.get(capability, ())) | {EXTERNAL_ACCOUNT}


def _alternatives(account: Account, currently: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of a requirement and the one that may be met instead (both observed)."""
    pairs = [
        (name, name.replace("proof_of_liveness", "additional_document"))
        for name in sorted(currently)
        if name.endswith("verification.proof_of_liveness")
    ]
    if requirement_rules.WEBSITE in currently and description_is_enough(account):
        pairs.append((requirement_rules.WEBSITE, requirement_rules.DESCRIPTION))
    return tuple(pairs)


def planned(due: Due) -> Due:
    """The requirements under planned rules: the present ones and those that the rules add (observed)."""
    if due.planned_at is None:
        return Due(eventually=due.future)
    eventually = tuple(sorted({*due.eventually, *due.future})) if due.future else due.eventually
    return replace(due, eventually=eventually, past=due.planned_past, deadline=due.planned_at)


def part(due: Due, prefix: str) -> Due:
    """The requirements about one person, their names without the prefix."""

    def own(names: Names) -> Names:
        return tuple(name.removeprefix(prefix) for name in names if name.startswith(prefix))

    return replace(
        due,
        currently=own(due.currently),
        eventually=own(due.eventually),
        past=own(due.past),
        pending=own(due.pending),
        future=own(due.future),
        planned_past=own(due.planned_past),
        problems=tuple(
            each._replace(requirement=each.requirement.removeprefix(prefix))
            for each in due.problems
            if each.requirement.startswith(prefix)
        ),
        alternatives=tuple(
            (name.removeprefix(prefix), other.removeprefix(prefix))
            for name, other in due.alternatives
            if name.startswith(prefix)
        ),
    )
