"""Requirements: what an account still owes, worked out from what it has provided and how the reviews of it ended.

Everything here reads an account, the tables and the time. Entries come in plain string order; what is owed from the
beginning is past due at once (both observed).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from emulator.resources.connect.accounts.requirements import fields as requirement_fields
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.checks import Holds, Problem
from emulator.resources.connect.accounts.requirements.required import asked, description_will_do, future
from emulator.resources.connect.accounts.requirements.reviews import Findings, findings
from emulator.store.memo import derived_once
from emulator.store.rows import Account

EXTERNAL_ACCOUNT = "external_account"
# What a person shows later stops payouts, not charges (observed of accounts that were active).
_PAPERS = (".verification.document", ".verification.additional_document", ".verification.proof_of_liveness")
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed: names in string order, `past` being part of `currently`, and that of `eventually`.

    `missing` are the entries without which no capability works; `held` says what waits for the pending ones.
    """

    currently: Words = ()
    eventually: Words = ()
    past: Words = ()
    pending: Words = ()
    future: Words = ()
    problems: tuple[Problem, ...] = ()
    alternatives: tuple[tuple[str, str], ...] = ()
    missing: frozenset[str] = frozenset()
    held: frozenset[Holds] = frozenset()
    deadline: int | None = None
    listed: bool = False
    paused: bool = False
    now: int = 0

    def waiting(self, ready: Mapping[str, int]) -> bool:
        """Whether a check whose results are there at these times is not over."""
        return any(at > self.now for at in ready.values())


def due_of(account: Account, now: int | None = None) -> Due:
    """What an account owes at a time in unix seconds, or at its last change; nothing initial once it is onboarded."""
    return _due(account, account.changed_at if now is None else now)


@derived_once
def _due(account: Account, now: int) -> Due:
    wanted = asked(account)
    found = findings(account, now)
    added = account.added_requirements
    initial = frozenset(name for name in wanted.now if not requirement_fields.is_met(account, name))
    if initial - {EXTERNAL_ACCOUNT}:  # more is asked for only when all else is there (observed for SG)
        found = replace(found, problems=tuple(problem for problem in found.problems if problem.code))
    failed = frozenset(problem.entry for problem in found.problems)
    over = frozenset(name for name, deadline in added.items() if deadline is None or deadline <= now)
    past = initial | failed | over
    currently = past | added.keys()
    later = {name for name in wanted.later if not requirement_fields.is_met(account, name)}
    return Due(
        currently=_in_order(currently),
        eventually=_in_order(currently | (later - found.pending)),
        past=_in_order(past),
        pending=_in_order(found.pending - currently),
        future=_in_order(future(account)),
        problems=tuple(sorted(found.problems, key=lambda problem: problem.entry)),
        alternatives=_alternatives(account, currently),
        missing=_blocking(initial | frozenset(filter(stops_charges, over)), found),
        held=found.held,
        deadline=min((at for at in added.values() if at is not None and at > now), default=None),
        listed=found.listed,
        paused=found.paused,
        now=now,
    )


def stops_charges(name: str) -> bool:
    """Whether an entry that is asked for later stops charges and transfers too, and not payouts alone."""
    return name.startswith("company.") or not name.endswith((EXTERNAL_ACCOUNT, *_PAPERS))


def _blocking(missing: frozenset[str], found: Findings) -> frozenset[str]:
    """A missing bank account alone stops no capability (observed), nor do most failed checks, nor terms of another."""
    failed = {problem.entry for problem in found.problems if problem.blocks == "charges"}
    return (missing | failed) - {EXTERNAL_ACCOUNT} - requirement_rules.OWN_TERMS


def concerns(capability: str, name: str) -> bool:
    """Whether an entry is one of a capability: all are but the bank account (our choice) and the terms of others."""
    return name != EXTERNAL_ACCOUNT and (
        name not in requirement_rules.OWN_TERMS or name in requirement_rules.TERMS.get(capability, ())
    )


def _in_order(names: frozenset[str] | set[str]) -> Words:
    return tuple(sorted(names))


def _alternatives(account: Account, currently: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of what is asked for and what may stand for it (both observed)."""
    pairs = [
        (name, name.replace("proof_of_liveness", "additional_document"))
        for name in sorted(currently)
        if name.endswith("verification.proof_of_liveness")
    ]
    if requirement_rules.WEBSITE in currently and description_will_do(account):
        pairs.append((requirement_rules.WEBSITE, requirement_rules.DESCRIPTION))
    return tuple(pairs)


def part(owed: Due, prefix: str) -> Due:
    """The part of what is owed that is about one person, without the prefix."""
    only = _without(prefix)
    return replace(
        owed,
        currently=only(owed.currently),
        eventually=only(owed.eventually),
        past=only(owed.past),
        pending=only(owed.pending),
        future=only(owed.future),
        problems=tuple(
            each._replace(entry=each.entry.removeprefix(prefix))
            for each in owed.problems
            if each.entry.startswith(prefix)
        ),
        alternatives=tuple(
            (name.removeprefix(prefix), other.removeprefix(prefix))
            for name, other in owed.alternatives
            if name.startswith(prefix)
        ),
    )


def _without(prefix: str) -> Callable[[Words], Words]:
    return lambda names: tuple(name.removeprefix(prefix) for name in names if name.startswith(prefix))
