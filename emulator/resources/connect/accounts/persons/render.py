"""The company and the persons of an account, as the API shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator.resources.connect.accounts.base import templates
from emulator.resources.connect.accounts.base.identity import date_of_birth, is_recipient, prefix_of, representative
from emulator.resources.connect.accounts.requirements.due import Due, part, planned
from emulator.resources.connect.accounts.requirements.person_reviews import checks_of, is_recognized
from emulator.resources.connect.accounts.requirements.reviews import VERIFICATION_DOCUMENT
from emulator.resources.connect.accounts.requirements.rules import names
from emulator.resources.connect.accounts.requirements.test_values import KEYED_IDENTITY
from emulator.schema.check import Value
from emulator.schema.trees import hash_at
from emulator.store.memo import derived_once
from emulator.store.rows import Account, Person
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

# Sent but never shown; a name with `_provided` says whether it was.
_COMPANY_SECRETS = ("registration_number", "tax_id", "vat_id")
_PERSON_NUMBERS = ("id_number", "id_number_secondary", "ssn_last_4")
_PERSON_SECRETS = frozenset((*_PERSON_NUMBERS, "documents", "tokens", "us_cfpb_data", "v2"))
_KEYED_DETAILS = "Provided identity information could not be verified"
_ATTESTATIONS = ("directors_provided", "executives_provided", "owners_provided")
_SHARED = ("address", "address_kana", "address_kanji", "phone")
_PLAIN_RECIPIENTS = frozenset({"IN", "IS", "MC", "MX", "PH", "SM"})
_IDENTITY = frozenset(names("dob first_name last_name"))
_IDENTITY_NUMBERS = frozenset(names("id_number ssn_last_4"))
_TEST_PHONE = "0000000000"
_TEN_DIGITS = re.compile(r"[0-9]{10}\Z", re.ASCII)


def shows_company(account: Account) -> bool:
    """The hash is there once the business type is, and always where the platform collects (observed)."""
    return account.business_type is not None or account.controller.requirement_collection == "application"


def company(account: Account) -> Mapping[str, Json]:
    """The `company` hash. Of an individual the three attestations are true, and it shares the address (observed)."""
    sent = hash_at(account.fields, "company")
    shown: dict[str, Json] = {"tax_id_provided": "tax_id" in sent}
    if account.business_type == "individual":
        shown |= dict.fromkeys(_ATTESTATIONS, True)
        person = representative(account)
        shown |= _shared(account, person) if person else {}
    shown |= {name: value for name, value in sent.items() if name not in _COMPANY_SECRETS}
    if "vat_id" in sent:
        shown["vat_id_provided"] = True
    template = templates.company(account.country, every_name=shows_every_name(account))
    return templates.fill(template, shown, templates.COMPANY_HASHES)


def _shared(account: Account, person: Person) -> dict[str, Json]:
    """The values that an individual and its business have in common."""
    shared: dict[str, Json] = {name: person.fields[name] for name in _SHARED if name in person.fields}
    return {**shared, "phone": _phone(account.country, shared["phone"])} if "phone" in shared else shared


def shows_every_name(account: Account) -> bool:
    """Whether a company and its persons show every name that any country has (observed)."""
    return account.country == "AE" or (is_recipient(account) and account.country not in _PLAIN_RECIPIENTS)


def person(account: Account, row: Person, due: Due, *, whole: bool = True) -> dict[str, Json]:
    """A person. Names that were not sent and are not of the template are absent (observed).

    The acceptances of a person show on its own, not as the `individual` of an account (observed).
    """
    own = part(due, f"{prefix_of(account, row)}.")
    seen = _Seen(account.country, shows_every_name(account), _verification_status(account, row, own), whole)
    return {"id": row.id, "object": "person", **_rendered(row, seen, own)}


class _Seen(NamedTuple):
    """The arguments of a person's rendering besides its row and its requirements."""

    country: str
    every_name: bool
    verification: str
    whole: bool


@derived_once
def _rendered(row: Person, seen: _Seen, own: Due) -> Mapping[str, Json]:
    shown: dict[str, Json] = {name: value for name, value in row.fields.items() if name not in _PERSON_SECRETS}
    if "phone" in shown:
        shown["phone"] = _phone(seen.country, shown["phone"])
    if "full_name_aliases" in row.fields:
        shown["full_name_aliases"] = _aliases(row.fields["full_name_aliases"])
    if not seen.whole:
        shown.pop("additional_tos_acceptances", None)
    shown |= {**_numbers(seen, row.fields), "verification": _verification(row, seen.verification, own)}
    template = templates.person(seen.country, every_name=seen.every_name, acceptances=seen.whole)
    body = dict(templates.fill(template, shown, templates.PERSON_HASHES))
    body["account"] = row.account
    body["created"] = row.created
    body["future_requirements"] = _requirements(planned(own))
    body["metadata"] = dict(sorted(row.metadata.items()))
    body["requirements"] = _requirements(own)
    return body


def is_verified(account: Account, row: Person, due: Due) -> bool:
    """Whether the identity of a person is verified, and nothing of it is being checked any more."""
    own = part(due, f"{prefix_of(account, row)}.")
    checked = account.verdict is not None or not (own.pending or own.waits_for(checks_of(row)))
    return checked and _verification_status(account, row, own) == "verified"


def _requirements(own: Due) -> dict[str, Json]:
    """The requirements about one person, their names without a prefix."""
    return {
        "alternatives": alternatives(own),
        "currently_due": list(own.currently),
        "errors": problems(own),
        "eventually_due": list(own.eventually),
        "past_due": list(own.past),
        "pending_verification": list(own.pending),
    }


def problems(due: Due) -> list[Json]:
    """The `errors` of requirements: code, reason, requirement."""
    with_code = (each for each in due.problems if each.code)
    return [{"code": each.code, "reason": each.reason, "requirement": each.requirement} for each in with_code]


def alternatives(due: Due) -> list[Json]:
    """The `alternatives` of requirements."""
    return [{"alternative_fields_due": [other], "original_fields_due": [name]} for name, other in due.alternatives]


def _aliases(value: Value) -> list[Json]:
    return [alias for alias in value if alias != ""] if isinstance(value, list) else []


def _verification(row: Person, status: str, own: Due) -> dict[str, Json]:
    """The state of a person's verification, with details of a failure (observed for a failed identity)."""
    shown: dict[str, Json] = {**hash_at(row.fields, "verification"), "status": status}
    failed = (problem for problem in own.problems if problem.requirement == VERIFICATION_DOCUMENT and problem.code)
    problem = next(failed, None)
    if problem and problem.code == KEYED_IDENTITY:
        shown |= {"details": _KEYED_DETAILS, "details_code": "failed_keyed_identity"}
    elif problem:
        document = hash_at(row.fields, "verification", "document")
        shown["document"] = {**document, "details": problem.reason, "details_code": "document_failed_test_mode"}
    return shown


def _verification_status(account: Account, row: Person, own: Due) -> str:
    """An identity that is known is checked, whatever else is due; a document that is due leaves it unverified."""
    if account.verdict == "verified" or (account.onboarded and account.verdict is None):
        return "verified"
    unproven = is_recipient(account) and "document" not in hash_at(row.fields, "verification")
    if unproven or VERIFICATION_DOCUMENT in own.eventually or not _IDENTITY.isdisjoint(own.eventually):
        return "unverified"
    if not _IDENTITY_NUMBERS.isdisjoint(own.currently) or not date_of_birth(row):
        return "unverified"
    if is_recognized(account, row, own.now):
        return "verified"
    return "pending" if own.pending or own.waits_for(checks_of(row)) else "verified"


def _numbers(seen: _Seen, sent: Mapping[str, Value]) -> dict[str, Json]:
    """Which numbers were provided; a whole number has its last digits too (all observed)."""
    known = {"id_number", *sent, "ssn_last_4"} if "id_number" in sent else set(sent)
    both = seen.country == "US" or seen.every_name
    always = ("id_number", "ssn_last_4") if both else ("id_number",) if seen.country == "CA" else ()
    return {f"{name}_provided": name in known for name in _PERSON_NUMBERS if name in {*known, *always}}


def _phone(country: str, number: Json) -> Json:
    """Test mode's number and ten digits in US and CA get the country code (observed for US); others stay as sent."""
    text = str(number)
    american = text == _TEST_PHONE or (country in ("US", "CA") and _TEN_DIGITS.match(text))
    return f"+1{text}" if american else text
