"""The reviews of a business: its address, its tax id, its website and descriptors, its documents and bank accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.resources.connect.accounts.base.identity import ALL_OF_IT, born, owned, representative
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.checks import (
    NEVER,
    OWNERSHIP_ENTRY,
    REVIEW_SECONDS,
    Holds,
    Problem,
    Review,
    came_back,
)
from emulator.resources.connect.accounts.requirements.rules import Words, words
from emulator.resources.connect.accounts.requirements.test_values import Ending
from emulator.schema.trees import dig, hash_at
from emulator.store.rows import Account, ExternalAccount

_DECLARATION = words("company.ownership_declaration.date company.ownership_declaration.ip")


def business_reviews(account: Account) -> Iterator[Review]:
    """The checks of everything but the persons; of an individual without those of a company."""
    if account.business_type != "individual":
        yield from _company(account)
        yield from _declaration(account)
    for path, endings in test_values.VALUES.items():
        yield from _value(account, path, endings)
    yield from _relationship_documents(account)
    yield from _ownership(account)


def _company(account: Account) -> Iterator[Review]:
    """The address; the tax id is one of the values, and shows as pending in US."""
    if dig(account.fields, ("company", "address", "line1")) is None:
        return
    entries = words("address.city address.line1 address.postal_code address.state")
    ending = test_values.STREETS.get(str(dig(account.fields, ("company", "address", "line1"))))
    quick = dig(account.fields, ("company", "tax_id")) in test_values.NUMBERS_AT_ONCE
    yield Review(
        tuple(f"company.{name}" for name in entries) if account.country == "US" else (),
        0 if quick else account.ready_at.get("company.address", 0),
        "capabilities",
        came_back(ending, "company.address"),
    )


def _declaration(account: Account) -> Iterator[Review]:
    """In GB, who owns the company is declared when its owners are known: until then it waits (observed)."""
    known = owned(account) >= ALL_OF_IT or dig(account.fields, ("company", "owners_provided")) is True
    if account.country in requirement_rules.DECLARED_OWNERS and not known:
        entries = tuple(name for name in _DECLARATION if dig(account.fields, tuple(name.split("."))) is None)
        yield Review(entries, NEVER, "nothing")


def _value(account: Account, path: str, endings: Mapping[str, Ending]) -> Iterator[Review]:
    value = dig(account.fields, tuple(path.split(".")))
    if value is None or (path.startswith("company.") and account.business_type == "individual"):
        return
    ending = endings.get(str(value))
    found: tuple[Problem, ...] = ()
    if ending:
        found = tuple(Problem(entry, ending.code, ending.blocks) for entry in ending.entries or (path,))
    if dig(account.fields, ("tokens", "document")) == test_values.DOCUMENT_GOOD and path in (
        test_values.TAX_ID,
        test_values.NAME,
    ):
        found = ()
    yield Review(_shown(account, path), _ready(account, path, str(value)), _held_by(path), found)


def _shown(account: Account, path: str) -> Words:
    """In US the tax id shows while checked, and the website, of an individual with its identity (observed)."""
    person = representative(account)
    waits = account.business_type == "individual" and (person is None or born(person) is None)
    shows = path == test_values.TAX_ID or (path == "business_profile.url" and not waits)
    return (path,) if account.country == "US" and shows else ()


def _ready(account: Account, path: str, value: str) -> float:
    if path == test_values.TAX_ID and value == test_values.TAX_ID_WAITING:
        return NEVER
    quick = path == test_values.TAX_ID and value in test_values.NUMBERS_AT_ONCE
    return 0 if quick else account.ready_at.get(path, 0)


def _held_by(path: str) -> Holds:
    return "capabilities" if path == test_values.TAX_ID else "nothing"


def _relationship_documents(account: Account) -> Iterator[Review]:
    """Each waits for its check, and holds up the capabilities where the country asks for it (observed for AE)."""
    asked = requirement_rules.COMPANY.get(account.country, requirement_rules.COMPANY_ELSEWHERE).later
    for name, sent in hash_at(account.fields, "documents").items():
        files = sent.get("files") if isinstance(sent, dict) else None
        entry = f"documents.{name}.files"
        codes = [
            test_values.RELATIONSHIP_DOCUMENTS.get(str(token)) for token in (files if isinstance(files, list) else ())
        ]
        problems = tuple(Problem(entry, code) for code in codes if code)
        holds: Holds = "capabilities" if entry in asked else "nothing"
        if codes:
            yield Review((entry,), account.ready_at.get("documents", 0), holds, problems)


def _ownership(account: Account) -> Iterator[Review]:
    """A bank account whose number asks for a document of its ownership, after a short delay (official)."""
    for row in account.external_accounts:
        if row.number == test_values.OWNERSHIP_ASKED and not owner_is_proven(account, row):
            yield Review((), row.created + REVIEW_SECONDS, "nothing", (Problem(OWNERSHIP_ENTRY, None),))


def owner_is_proven(account: Account, row: ExternalAccount) -> bool:
    """Whether a document of the ownership of a bank account was sent, with it or with the account."""
    path = ("bank_account_ownership_verification", "files")
    return any(dig(hash_at(fields, "documents"), path) for fields in (row.fields, account.fields))
