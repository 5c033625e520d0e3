"""The reviews of persons: their addresses, their identity and documents, and what registries know of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from emulator.resources.connect.accounts.base.dates_of_birth import too_old_since
from emulator.resources.connect.accounts.base.identity import born, number_of, prefix_of, roles_of
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.checks import (
    ADDRESS,
    DOCUMENT,
    DOCUMENT_ENTRY,
    HABITS,
    IDENTITY,
    NUMBER,
    PAPERS,
    Habit,
    Problem,
    Review,
    came_back,
)
from emulator.resources.connect.accounts.requirements.rules import words
from emulator.schema.trees import dig, hash_at
from emulator.store.rows import Account, Person

_QUIET = Habit()


def person_reviews(account: Account, person: Person) -> Iterator[Review]:
    """The checks of one person, with the names that entries have in the account's lists."""
    habit = HABITS.get(account.country, _QUIET)
    prefix = prefix_of(account, person)
    checks = (_address(person, habit), _age(person), _identity(account, person, habit), _papers(person), _names(person))
    for review in chain.from_iterable(checks):
        problems = tuple(
            each if each.entry.startswith("company.") else each._replace(entry=f"{prefix}.{each.entry}")
            for each in review.problems
        )
        yield review._replace(waiting=tuple(f"{prefix}.{name}" for name in review.waiting), problems=problems)


def checking(person: Person) -> dict[str, int]:
    """When the result of each check is there, without those that are over at once."""
    quick = (ADDRESS, IDENTITY, NUMBER) if born(person) == test_values.BORN_AT_ONCE else ()
    return {check: ready for check, ready in person.ready_at.items() if check not in quick}


def _address(person: Person, habit: Habit) -> Iterator[Review]:
    entries = words("address.city address.line1 address.postal_code address.state")
    if not all(dig(person.fields, tuple(name.split("."))) for name in entries[:3]):
        return
    ending = test_values.STREETS.get(str(dig(person.fields, ("address", "line1"))))
    ready = 0 if born(person) == test_values.BORN_AT_ONCE else person.ready_at.get(ADDRESS, 0)
    yield Review(entries if habit.address else (), ready, habit.holds, came_back(ending, "address"))


def _identity(account: Account, person: Person, habit: Habit) -> Iterator[Review]:
    if account.verdict == "failed" and roles_of(person).get("representative"):
        yield Review((), 0, habit.holds, (Problem(DOCUMENT_ENTRY, test_values.KEYED_IDENTITY),))
        return
    yield from _number(account, person)
    token = dig(person.fields, ("tokens", DOCUMENT))
    if token is not None:
        bad = token != test_values.DOCUMENT_GOOD
        problems = (Problem(DOCUMENT_ENTRY, test_values.FAILED_TEST_DOCUMENT),) if bad else ()
        ready = person.ready_at.get(DOCUMENT, 0)
        later = ready > person.ready_at.get(IDENTITY, 0)  # asked for after the first checks, it stops payouts alone
        shown = (
            words(DOCUMENT_ENTRY) if later else habit.identity
        )  # sent with the details, it is one of them (observed)
        yield Review(shown, ready, "payouts" if later else habit.holds, problems)
        return
    if born(person) is None or (account.country == "US" and number_of(person) is None):
        return
    at_once = born(person) == test_values.BORN_AT_ONCE
    has_number = "id_number" in person.fields or account.country != "US"
    ready = 0 if at_once else person.ready_at.get(IDENTITY, 0)
    yield Review(habit.identity if has_number else (), ready, habit.holds, _keyed(person, habit))
    if "additional_document" not in hash_at(person.fields, "verification"):
        yield Review((), 0, "nothing", tuple(Problem(name, None) for name in habit.after))


def _number(account: Account, person: Person) -> Iterator[Review]:
    """The number, which blocks nothing while it is checked (observed for US)."""
    if born(person) is not None and number_of(person) is not None and account.country == "US":
        quick = number_of(person) in test_values.NUMBERS_AT_ONCE
        yield Review(words("id_number"), 0 if quick else person.ready_at.get(NUMBER, 0), "nothing")


def _keyed(person: Person, habit: Habit) -> tuple[Problem, ...]:
    known = born(person) in test_values.BORN_MATCHING and number_of(person) not in test_values.NUMBERS_FAILING
    matching = known and not habit.unmatched
    if not matching and born(person) != test_values.BORN_LISTED:
        return (Problem(DOCUMENT_ENTRY, test_values.KEYED_IDENTITY),)
    return ()


def _age(person: Person) -> Iterator[Review]:
    """A date of birth that is no test value and lies too far back (observed); its words are about the whole date."""
    date = born(person)
    if date is None or date in test_values.BORN_MATCHING or date == test_values.BORN_LISTED:
        return
    problems = tuple(Problem(entry, test_values.TOO_OLD, "charges") for entry in words("dob"))
    yield Review((), too_old_since(date), "nothing", problems)


def _papers(person: Person) -> Iterator[Review]:
    """Further documents, such as a passport: each waits for its check (observed for AE)."""
    sent = [name for name in hash_at(person.fields, "documents") if dig(person.fields, ("documents", name, "files"))]
    yield Review(tuple(f"documents.{name}.files" for name in sent), person.ready_at.get(PAPERS, 0), "nothing")


def _names(person: Person) -> Iterator[Review]:
    """Names that stand for a mismatch with the registry, of directors and owners."""
    name = str(person.fields.get("first_name", ""))
    for role in (role for role, has in roles_of(person).items() if has is True):
        ending = test_values.FIRST_NAMES.get((role, name))
        if ending:
            problems = tuple(Problem(entry, ending.code) for entry in ending.entries)
            yield Review((), person.ready_at.get(IDENTITY, 0), "nothing", problems)
