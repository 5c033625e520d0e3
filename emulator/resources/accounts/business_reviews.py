"""The reviews of a business: its address, its tax id, its website and descriptors, its documents and bank accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.resources.accounts import demands, magic
from emulator.resources.accounts.checks import NEVER, OWNERSHIP_ENTRY, REVIEW_SECONDS, Holds, Problem, Review, came_back
from emulator.resources.accounts.demands import Words, words
from emulator.resources.accounts.details import dig, hash_at
from emulator.resources.accounts.identity import ALL_OF_IT, born, opener, owned
from emulator.resources.accounts.magic import Ending
from emulator.store.rows import Account, ExternalAccount

_DECLARATION = words("company.ownership_declaration.date company.ownership_declaration.ip")


def business_reviews(account: Account) -> Iterator[Review]:
    """The checks of everything but the persons; of an individual without those of a company."""
    if account.business_type != "individual":
        yield from _company(account)
        yield from _declaration(account)
    for path, endings in magic.VALUES.items():
        yield from _value(account, path, endings)
    yield from _relationship_documents(account)
    yield from _ownership(account)


def _company(account: Account) -> Iterator[Review]:
    """The address; the tax id is one of the values, and shows as pending in US."""
    if dig(account.fields, ("company", "address", "line1")) is None:
        return
    entries = words("address.city address.line1 address.postal_code address.state")
    ending = magic.STREETS.get(str(dig(account.fields, ("company", "address", "line1"))))
    quick = dig(account.fields, ("company", "tax_id")) in magic.NUMBERS_AT_ONCE
    yield Review(
        tuple(f"company.{name}" for name in entries) if account.country == "US" else (),
        0 if quick else account.ready.get("company.address", 0),
        "capabilities",
        came_back(ending, "company.address"),
    )


def _declaration(account: Account) -> Iterator[Review]:
    """In GB, who owns the company is declared when its owners are known: until then it waits (observed)."""
    known = owned(account) >= ALL_OF_IT or dig(account.fields, ("company", "owners_provided")) is True
    if account.country in demands.DECLARED_OWNERS and not known:
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
    if dig(account.fields, ("tokens", "document")) == magic.DOCUMENT_GOOD and path in (magic.TAX_ID, magic.NAME):
        found = ()
    yield Review(_shown(account, path), _ready(account, path, str(value)), _held_by(path), found)


def _shown(account: Account, path: str) -> Words:
    """In US the tax id shows while checked, and the website, of an individual with its identity (observed)."""
    person = opener(account)
    waits = account.business_type == "individual" and (person is None or born(person) is None)
    shows = path == magic.TAX_ID or (path == "business_profile.url" and not waits)
    return (path,) if account.country == "US" and shows else ()


def _ready(account: Account, path: str, value: str) -> float:
    if path == magic.TAX_ID and value == magic.TAX_ID_WAITING:
        return NEVER
    quick = path == magic.TAX_ID and value in magic.NUMBERS_AT_ONCE
    return 0 if quick else account.ready.get(path, 0)


def _held_by(path: str) -> Holds:
    return "capabilities" if path == magic.TAX_ID else "nothing"


def _relationship_documents(account: Account) -> Iterator[Review]:
    """Each waits for its check, and holds up the capabilities where the country asks for it (observed for AE)."""
    asked = demands.COMPANY.get(account.country, demands.COMPANY_ELSEWHERE).later
    for name, sent in hash_at(account.fields, "documents").items():
        files = sent.get("files") if isinstance(sent, dict) else None
        entry = f"documents.{name}.files"
        codes = [magic.RELATIONSHIP_DOCUMENTS.get(str(token)) for token in (files if isinstance(files, list) else ())]
        problems = tuple(Problem(entry, code) for code in codes if code)
        holds: Holds = "capabilities" if entry in asked else "nothing"
        if codes:
            yield Review((entry,), account.ready.get("documents", 0), holds, problems)


def _ownership(account: Account) -> Iterator[Review]:
    """A bank account whose number asks for a document of its ownership, after a short delay (official)."""
    for row in account.external_accounts:
        if row.number == magic.OWNERSHIP_ASKED and not owner_is_proven(account, row):
            yield Review((), row.created + REVIEW_SECONDS, "nothing", (Problem(OWNERSHIP_ENTRY, None),))


def owner_is_proven(account: Account, row: ExternalAccount) -> bool:
    """Whether a document of the ownership of a bank account was sent, with it or with the account."""
    path = ("bank_account_ownership_verification", "files")
    return any(dig(hash_at(fields, "documents"), path) for fields in (row.fields, account.fields))
