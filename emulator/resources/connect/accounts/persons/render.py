"""The company and the person behind an account, as the account shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator.resources.connect.accounts.base import templates
from emulator.resources.connect.accounts.base.identity import date_of_birth, is_recipient, prefix_of, representative
from emulator.resources.connect.accounts.requirements.due import Due, part
from emulator.resources.connect.accounts.requirements.person_reviews import checks_of
from emulator.resources.connect.accounts.requirements.reviews import VERIFICATION_DOCUMENT
from emulator.resources.connect.accounts.requirements.rules import names
from emulator.resources.connect.accounts.requirements.test_values import KEYED_IDENTITY
from emulator.schema.check import Value
from emulator.schema.trees import hash_at
from emulator.store.rows import Account, Person
from emulator.wire.json import Json

# Sent but never shown; of these, the second part of the pair shows whether they were.
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
    alone = representative(account) if account.business_type == "individual" else None
    shared = _shared(account, alone) if alone else {}
    template: dict[str, Json] = {
        **templates.COMPANY,
        **dict.fromkeys(_ATTESTATIONS, account.business_type == "individual"),
        "address": {**templates.ADDRESS, "country": account.country},
    }
    if shows_all(account):
        template |= templates.COMPANY_ABROAD
    if account.country == "JP":
        template = {**template, **templates.JAPANESE_COMPANY}
        del template["address"]
    shown = {name: value for name, value in sent.items() if name not in _COMPANY_SECRETS}
    provided = {"tax_id_provided": "tax_id" in sent, **({"vat_id_provided": True} if "vat_id" in sent else {})}
    return templates.filled(template, {**shared, **shown, **provided}, templates.COMPANY_HASHES)


def _shared(account: Account, person: Person) -> dict[str, Json]:
    """What an individual and its business have in common."""
    shared: dict[str, Json] = {name: person.fields[name] for name in _SHARED if name in person.fields}
    return {**shared, "phone": _phone(account.country, shared["phone"])} if "phone" in shared else shared


def shows_all(account: Account) -> bool:
    """Whether a company and its persons show every name that any country has (observed; the list is of that)."""
    return account.country == "AE" or (is_recipient(account) and account.country not in _PLAIN_RECIPIENTS)


def person(account: Account, row: Person, owed: Due, *, whole: bool = True) -> dict[str, Json]:
    """A person. Names that were not sent and are not of the template are absent (observed).

    The acceptances of a person show on its own, not as the `individual` of an account (observed).
    """
    own = part(owed, f"{prefix_of(account, row)}.")
    shown: dict[str, Json] = {name: value for name, value in row.fields.items() if name not in _PERSON_SECRETS}
    if "phone" in row.fields:
        shown["phone"] = _phone(account.country, row.fields["phone"])
    if "full_name_aliases" in row.fields:
        shown["full_name_aliases"] = _aliases(row.fields["full_name_aliases"])
    shown |= {
        "account": account.id,
        "created": row.created,
        "future_requirements": person_requirements(Due(eventually=own.future)),
        "metadata": dict(sorted(row.metadata.items())),
        "requirements": person_requirements(own),
        **_numbers(account, row.fields),
    }
    template = dict(_template(account, row, own))
    if whole:
        template["additional_tos_acceptances"] = {"account": templates.ACCEPTANCE}
    else:
        shown.pop("additional_tos_acceptances", None)
    body = templates.filled(template, shown, templates.INDIVIDUAL_HASHES)
    return {"id": row.id, "object": "person", **body}


def is_verified(account: Account, row: Person, owed: Due) -> bool:
    """Whether the identity of a person is verified."""
    return _verification_status(account, row, part(owed, f"{prefix_of(account, row)}.")) == "verified"


def person_requirements(own: Due) -> dict[str, Json]:
    """What is owed about one person, its names without a prefix."""
    return {
        "alternatives": alternatives(own),
        "currently_due": list(own.currently),
        "errors": problems(own),
        "eventually_due": list(own.eventually),
        "past_due": list(own.past),
        "pending_verification": list(own.pending),
    }


def problems(owed: Due) -> list[Json]:
    """The `errors` of requirements: code, reason, requirement."""
    return [
        {"code": each.code, "reason": each.reason, "requirement": each.requirement}
        for each in owed.problems
        if each.code
    ]


def alternatives(owed: Due) -> list[Json]:
    """The `alternatives` of requirements."""
    return [{"alternative_fields_due": [other], "original_fields_due": [name]} for name, other in owed.alternatives]


def _aliases(value: Value) -> list[Json]:
    return [alias for alias in value if alias != ""] if isinstance(value, list) else []


def _template(account: Account, row: Person, own: Due) -> templates.Template:
    base = templates.JAPANESE_INDIVIDUAL if account.country == "JP" else templates.INDIVIDUAL
    if shows_all(account):
        base = {**base, **templates.INDIVIDUAL_ABROAD}
    opened: dict[str, Json] = {**base, "verification": _verification(account, row, own)}
    opened["relationship"] = {**templates.inner(base, "relationship"), "representative": False}
    if "address" in base:
        opened["address"] = {**templates.ADDRESS, "country": account.country}
    return opened


def _verification(account: Account, row: Person, own: Due) -> dict[str, Json]:
    """The state of a person's verification; a failed document tells why (details observed for a failed identity)."""
    failed = next(
        (problem for problem in own.problems if problem.requirement == VERIFICATION_DOCUMENT and problem.code), None
    )
    base = dict(templates.inner(templates.INDIVIDUAL, "verification"))
    base["status"] = _verification_status(account, row, own)
    if failed and failed.code == KEYED_IDENTITY:
        base |= {"details": _KEYED_DETAILS, "details_code": "failed_keyed_identity"}
    elif failed:
        base["document"] = {
            **templates.DOCUMENT, "details": failed.reason, "details_code": "document_failed_test_mode",
        }  # fmt: skip
    return base


def _verification_status(account: Account, row: Person, own: Due) -> str:
    """An identity that is known is checked, whatever else is asked for; a document that is asked for settles it."""
    if account.verdict == "verified" or (account.onboarded and account.verdict is None):
        return "verified"
    unproven = is_recipient(account) and "document" not in hash_at(row.fields, "verification")
    if unproven or VERIFICATION_DOCUMENT in own.eventually or not _IDENTITY.isdisjoint(own.eventually):
        return "unverified"
    if _IDENTITY_NUMBERS.intersection(own.currently) or not date_of_birth(row):
        return "unverified"
    return "pending" if own.pending or own.waits_for(checks_of(row)) else "verified"


def _numbers(account: Account, sent: Mapping[str, Value]) -> dict[str, Json]:
    """Which numbers were provided; a whole number has its last digits too (all observed)."""
    known = {"id_number", *sent, "ssn_last_4"} if "id_number" in sent else set(sent)
    both = account.country == "US" or shows_all(account)
    always = ("id_number", "ssn_last_4") if both else ("id_number",) if account.country == "CA" else ()
    return {f"{name}_provided": name in known for name in _PERSON_NUMBERS if name in {*known, *always}}


def _phone(country: str, number: Json) -> Json:
    """Test mode's number and ten digits in US and CA get the country code (observed for US); others stay as sent."""
    text = str(number)
    american = text == _TEST_PHONE or (country in ("US", "CA") and _TEN_DIGITS.match(text))
    return f"+1{text}" if american else text
