"""The reviews of a business: its address, tax id, website and descriptors, its documents and bank accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.resources.connect.accounts.base.identity import (
    ALL_OF_IT,
    date_of_birth,
    representative,
    total_ownership,
)
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.reviews import (
    NEVER,
    OWNERSHIP_DOCUMENT,
    REVIEW_SECONDS,
    Holds,
    Problem,
    Review,
    address_problems,
)
from emulator.resources.connect.accounts.requirements.rules import Names, names
from emulator.schema.check import Value
from emulator.schema.trees import dig, hash_at
from emulator.store.rows import Account, ExternalAccount

_ADDRESS = names("company.address.city company.address.line1 company.address.postal_code company.address.state")
_DECLARATION = names("company.ownership_declaration.date company.ownership_declaration.ip")
_VALUES = tuple((path, tuple(path.split(".")), failures) for path, failures in test_values.VALUES.items())


def business_reviews(account: Account) -> Iterator[Review]:
    """The checks of everything but the persons; of an individual without those of a company."""
    individual = account.business_type == "individual"
    if not individual:
        yield from _address(account)
        yield from _declaration(account)
    for name, path, failures in _VALUES:
        value = dig(account.fields, path)
        if value is not None and not (individual and path[0] == "company"):
            yield _value(account, name, str(value), failures)
    yield from _documents(account)
    for row in account.external_accounts:
        if row.number == test_values.OWNERSHIP_REQUIRED and not owner_is_proven(account, row):
            yield Review((), row.created + REVIEW_SECONDS, "nothing", (Problem(OWNERSHIP_DOCUMENT, None),))


def owner_is_proven(account: Account, row: ExternalAccount) -> bool:
    """Whether a document of the ownership of a bank account was sent, with it or with the account."""
    path = ("bank_account_ownership_verification", "files")
    return any(dig(hash_at(fields, "documents"), path) for fields in (row.fields, account.fields))


def _address(account: Account) -> Iterator[Review]:
    line = dig(account.fields, ("company", "address", "line1"))
    if line is not None:
        at_once = dig(account.fields, ("company", "tax_id")) in test_values.NUMBERS_AT_ONCE
        yield Review(
            _ADDRESS if account.country == "US" else (),
            0 if at_once else account.ready_at.get("company.address", 0),
            "capabilities",
            address_problems(test_values.STREETS.get(str(line)), "company.address"),
        )


def _declaration(account: Account) -> Iterator[Review]:
    """In GB, the owners of the company are declared once they are known: until then it is pending (observed)."""
    if account.country in requirement_rules.DECLARED_OWNERS:
        owners_provided = dig(account.fields, ("company", "owners_provided")) is True
        if not owners_provided and total_ownership(account) < ALL_OF_IT:
            declared = hash_at(account.fields, "company", "ownership_declaration")
            yield Review(
                tuple(name for name in _DECLARATION if name.rpartition(".")[2] not in declared), NEVER, "nothing"
            )


def _value(account: Account, name: str, value: str, failures: Mapping[str, test_values.Failure]) -> Review:
    ends_at: float = account.ready_at.get(name, 0)
    holds: Holds = "nothing"
    if name == test_values.TAX_ID:
        holds = "capabilities"
        ends_at = 0 if value in test_values.NUMBERS_AT_ONCE else ends_at
        ends_at = NEVER if value == test_values.TAX_ID_WAITING else ends_at
    failure = failures.get(value)
    if failure is None or (name in (test_values.TAX_ID, test_values.NAME) and _has_good_document(account)):
        return Review(_pending(account, name), ends_at, holds)
    problems = tuple(Problem(each, failure.code, failure.blocks) for each in failure.requirements or (name,))
    return Review(_pending(account, name), ends_at, holds, problems)


def _has_good_document(account: Account) -> bool:
    return dig(account.fields, ("tokens", "document")) == test_values.DOCUMENT_GOOD


def _pending(account: Account, name: str) -> Names:
    """In US the tax id shows as pending, and the website, that of an individual only with its identity (observed)."""
    if account.country != "US" or name not in (test_values.TAX_ID, requirement_rules.WEBSITE):
        return ()
    if name == requirement_rules.WEBSITE and account.business_type == "individual":
        person = representative(account)
        return () if person is None or date_of_birth(person) is None else (name,)
    return (name,)


def _documents(account: Account) -> Iterator[Review]:
    """Each waits for its check, and holds up the capabilities where the country requires it (observed for AE)."""
    sent = hash_at(account.fields, "documents")
    required = requirement_rules.COMPANY.get(account.country, requirement_rules.COMPANY_ELSEWHERE).later if sent else ()
    for kind, document in sent.items():
        name = f"documents.{kind}.files"
        codes = [test_values.RELATIONSHIP_DOCUMENTS.get(str(token)) for token in _files(document)]
        if codes:
            problems = tuple(Problem(name, code) for code in codes if code)
            holds: Holds = "capabilities" if name in required else "nothing"
            yield Review((name,), account.ready_at.get("documents", 0), holds, problems)


def _files(document: Value) -> list[Value]:
    files = document.get("files") if isinstance(document, dict) else None
    return files if isinstance(files, list) else []
