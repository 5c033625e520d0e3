"""The reviews of persons: their addresses, their identity and documents, and their names in registries."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.resources.connect.accounts.base.dates_of_birth import Date, too_old_since
from emulator.resources.connect.accounts.base.identity import date_of_birth, id_number_of, prefix_of, roles_of
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.reviews import (
    ADDRESS,
    COUNTRIES,
    DOCUMENT,
    DOCUMENTS,
    ELSEWHERE,
    IDENTITY,
    NUMBER,
    STATUS,
    VERIFICATION_DOCUMENT,
    CountryReviews,
    Problem,
    Review,
    address_problems,
)
from emulator.resources.connect.accounts.requirements.rules import names
from emulator.schema.trees import dig, hash_at
from emulator.store.memo import derived_once
from emulator.store.rows import Account, Person

_ADDRESS = names("address.city address.line1 address.postal_code address.state")
INDIVIDUAL = "individual"
_WHOLE_DATE = names("dob")


def person_reviews(account: Account, person: Person) -> tuple[Review, ...]:
    """The checks of one person, with names as the lists of the account show them."""
    return _reviews(person, account.country, prefix_of(account, person), account.verdict == "failed")


@derived_once
def _reviews(person: Person, country: str, prefix: str, failed: bool) -> tuple[Review, ...]:
    rules = COUNTRIES.get(country, ELSEWHERE)
    born = date_of_birth(person)
    checks = (
        *_address(person, rules, born),
        *_age(born),
        *((failed and _failed_identity(person, rules)) or _identity(person, country, rules, born, prefix)),
        *_documents(person),
    )
    return (*(_prefixed(prefix, review) for review in checks), *_names(person))


def checks_of(person: Person) -> dict[str, int]:
    """The second at which each check ends, without the checks that end at once."""
    quick = (ADDRESS, IDENTITY, NUMBER, STATUS) if date_of_birth(person) == test_values.BORN_AT_ONCE else ()
    return {check: at for check, at in person.ready_at.items() if check not in quick}


def is_recognized(account: Account, person: Person, now: int) -> bool:
    """Whether an identity in US is verified at `now`, unix seconds, whatever is still being checked (observed)."""
    ready_at = person.ready_at.get(STATUS)
    if account.country != "US" or account.verdict is not None or ready_at is None or ready_at > now:
        return False
    return (
        date_of_birth(person) in test_values.BORN_MATCHING
        and id_number_of(person) not in {None, *test_values.NUMBERS_FAILING}
        and dig(person.fields, ("tokens", DOCUMENT)) in (None, test_values.DOCUMENT_GOOD)
    )


def _prefixed(prefix: str, review: Review) -> Review:
    return Review(
        tuple(f"{prefix}.{name}" for name in review.pending),
        review.ends_at,
        review.holds,
        tuple(problem._replace(requirement=f"{prefix}.{problem.requirement}") for problem in review.problems),
    )


def _address(person: Person, rules: CountryReviews, born: Date | None) -> Iterator[Review]:
    sent = hash_at(person.fields, "address")
    if sent.get("city") and sent.get("line1") and sent.get("postal_code"):
        failure = test_values.STREETS.get(str(sent["line1"]))
        ends_at = 0 if born == test_values.BORN_AT_ONCE else person.ready_at.get(ADDRESS, 0)
        pending = _ADDRESS if rules.addresses else ()
        yield Review(pending, ends_at, rules.holds, address_problems(failure, "address"))


def _failed_identity(person: Person, rules: CountryReviews) -> tuple[Review, ...]:
    """The identity of a representative that a test lets fail."""
    problems = (Problem(VERIFICATION_DOCUMENT, test_values.KEYED_IDENTITY),)
    return (Review((), 0, rules.holds, problems),) if roles_of(person).get("representative") else ()


def _identity(person: Person, country: str, rules: CountryReviews, born: Date | None, prefix: str) -> Iterator[Review]:
    """The number shows as pending in US, for an individual or where only its last digits are known (observed)."""
    number = id_number_of(person)
    shows_number = country == "US" and (prefix == INDIVIDUAL or "id_number" not in person.fields)
    if born is not None and number is not None and shows_number:  # it blocks nothing (observed)
        at_once = number in test_values.NUMBERS_AT_ONCE
        yield Review(("id_number",), 0 if at_once else person.ready_at.get(NUMBER, 0), "nothing")
    token = dig(person.fields, ("tokens", DOCUMENT))
    if token is not None:
        yield _document(person, rules, good=token == test_values.DOCUMENT_GOOD)
    elif born is not None and (number is not None or country != "US"):
        has_number = "id_number" in person.fields or country != "US"
        ends_at = 0 if born == test_values.BORN_AT_ONCE else person.ready_at.get(IDENTITY, 0)
        pending = rules.identity if has_number else ()
        yield Review(pending, ends_at, rules.holds, _identity_problems(number, rules, born))
        if "additional_document" not in hash_at(person.fields, "verification"):
            yield Review((), 0, "nothing", tuple(Problem(name, None) for name in rules.afterwards))


def _document(person: Person, rules: CountryReviews, *, good: bool) -> Review:
    """A document that was required after the first checks stops payouts alone; with the details it is one of them.

    Both are observed.
    """
    problems = () if good else (Problem(VERIFICATION_DOCUMENT, test_values.FAILED_TEST_DOCUMENT),)
    ends_at = person.ready_at.get(DOCUMENT, 0)
    if ends_at > person.ready_at.get(IDENTITY, 0):
        return Review(rules.identity or (VERIFICATION_DOCUMENT,), ends_at, "payouts", problems)
    return Review(rules.identity, ends_at, rules.holds, problems)


def _identity_problems(number: str | None, rules: CountryReviews, born: Date) -> tuple[Problem, ...]:
    known = born in test_values.BORN_MATCHING and number not in test_values.NUMBERS_FAILING
    if (known and not rules.document_needed) or born == test_values.BORN_LISTED:
        return ()
    return (Problem(VERIFICATION_DOCUMENT, test_values.KEYED_IDENTITY),)


def _age(born: Date | None) -> Iterator[Review]:
    """A date of birth that is no test value and lies too far back (observed); its error is about the whole date."""
    if born is not None and born not in test_values.BORN_MATCHING and born != test_values.BORN_LISTED:
        problems = tuple(Problem(name, test_values.TOO_OLD, "charges") for name in _WHOLE_DATE)
        yield Review((), too_old_since(born), "nothing", problems)


def _documents(person: Person) -> Iterator[Review]:
    """Further documents, such as a passport: each waits for its check (observed for AE)."""
    sent = [name for name in hash_at(person.fields, "documents") if dig(person.fields, ("documents", name, "files"))]
    if sent:
        yield Review(tuple(f"documents.{name}.files" for name in sent), person.ready_at.get(DOCUMENTS, 0), "nothing")


def _names(person: Person) -> Iterator[Review]:
    """First names that stand for a mismatch with the registry, of directors and owners; errors of the company."""
    name = str(person.fields.get("first_name", ""))
    for role, has in roles_of(person).items():
        failure = test_values.FIRST_NAMES.get((role, name)) if has is True else None
        if failure:
            problems = tuple(Problem(each, failure.code) for each in failure.requirements)
            yield Review((), person.ready_at.get(IDENTITY, 0), "nothing", problems)
