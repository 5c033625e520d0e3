"""The company and the person behind an account, as the account shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator.resources.accounts import templates
from emulator.resources.accounts.checks import DOCUMENT_ENTRY
from emulator.resources.accounts.details import hash_at
from emulator.resources.accounts.identity import is_recipient, prefix_of
from emulator.resources.accounts.magic import KEYED_IDENTITY
from emulator.resources.accounts.requirements import Due, part
from emulator.schema.check import Value
from emulator.store.rows import Account, Person
from emulator.wire.json import Json

# Sent but never shown; of these, the second part of the pair shows whether they were.
_COMPANY_SECRETS = ("registration_number", "tax_id", "vat_id")
_PERSON_NUMBERS = ("id_number", "id_number_secondary", "ssn_last_4")
_PERSON_SECRETS = frozenset((*_PERSON_NUMBERS, "documents", "tokens", "us_cfpb_data", "v2"))
_KEYED_DETAILS = "Provided identity information could not be verified"
_ATTESTATIONS = ("directors_provided", "executives_provided", "owners_provided")
_TEN_DIGITS = re.compile(r"[0-9]{10}\Z", re.ASCII)


def shows_company(account: Account) -> bool:
    """The hash is there once the business type is, and always where the platform collects (observed)."""
    return account.business_type is not None or account.controller.requirement_collection == "application"


def company(account: Account) -> Mapping[str, Json]:
    """The `company` hash. For an individual the three attestations are true (observed)."""
    sent = hash_at(account.fields, "company")
    attested = dict.fromkeys(_ATTESTATIONS, account.business_type == "individual")
    template = {**templates.COMPANY, **attested, "address": {**templates.ADDRESS, "country": account.country}}
    shown = {name: value for name, value in sent.items() if name not in _COMPANY_SECRETS}
    provided = {"tax_id_provided": "tax_id" in sent, **({"vat_id_provided": True} if "vat_id" in sent else {})}
    return templates.filled(template, {**shown, **provided}, templates.COMPANY_HASHES)


def person(account: Account, row: Person, owed: Due, *, whole: bool = True) -> dict[str, Json]:
    """A person. Names that were not sent and are not of the template are absent (observed).

    The acceptances of a person show on its own, not as the `individual` of an account (observed).
    """
    own = part(owed, f"{prefix_of(account, row)}.")
    shown: dict[str, Json] = {name: value for name, value in row.fields.items() if name not in _PERSON_SECRETS}
    shown |= {
        "account": account.id,
        "created": row.created,
        "future_requirements": person_requirements(Due(eventually=own.future)),
        "metadata": dict(sorted(row.metadata.items())),
        "requirements": person_requirements(own),
        **_numbers(account, row.fields),
    }
    if "phone" in row.fields:
        shown["phone"] = _phone(account.country, str(row.fields["phone"]))
    if "full_name_aliases" in row.fields:
        shown["full_name_aliases"] = _aliases(row.fields["full_name_aliases"])
    template = dict(_template(account, row, own))
    if whole:
        template["additional_tos_acceptances"] = {"account": templates.ACCEPTANCE}
    else:
        shown.pop("additional_tos_acceptances", None)
    body = templates.filled(template, shown, templates.INDIVIDUAL_HASHES)
    return {"id": row.id, "object": "person", **body}


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
        {"code": each.code, "reason": each.reason, "requirement": each.entry} for each in owed.problems if each.code
    ]


def alternatives(owed: Due) -> list[Json]:
    """The `alternatives` of requirements."""
    return [{"alternative_fields_due": [other], "original_fields_due": [name]} for name, other in owed.alternatives]


def _aliases(value: Value) -> list[Json]:
    return [alias for alias in value if alias != ""] if isinstance(value, list) else []


def _template(account: Account, row: Person, own: Due) -> templates.Template:
    base = templates.JAPANESE_INDIVIDUAL if account.country == "JP" else templates.INDIVIDUAL
    opened: dict[str, Json] = {**base, "verification": _verification(account, row, own)}
    opened["relationship"] = {**templates.inner(base, "relationship"), "representative": False}
    if "address" in base:
        opened["address"] = {**templates.ADDRESS, "country": account.country}
    return opened


def _verification(account: Account, row: Person, own: Due) -> dict[str, Json]:
    """The state of a person's verification; a failed document tells why (details observed for a failed identity)."""
    failed = next((problem for problem in own.problems if problem.entry == DOCUMENT_ENTRY and problem.code), None)
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
    if account.verdict == "verified" or (account.onboarded and account.verdict is None):
        return "verified"
    if own.eventually or is_recipient(account):
        return "unverified"
    if own.pending or own.waiting(row.ready):
        return "pending"
    return "verified"


def _numbers(account: Account, sent: Mapping[str, Value]) -> dict[str, Json]:
    """Which numbers were provided; US shows the two flags of its own even when false (observed)."""
    always = ("id_number", "ssn_last_4") if account.country == "US" else ()
    flags: dict[str, Json] = {f"{name}_provided": name in sent for name in _PERSON_NUMBERS if name in {*sent, *always}}
    if "ssn_last_4_provided" in flags and "id_number" in sent:
        flags["ssn_last_4_provided"] = True
    return flags


def _phone(country: str, number: str) -> str:
    """Ten digits get the country code in US and CA (observed for US); other numbers stay as sent (our choice)."""
    return f"+1{number}" if country in ("US", "CA") and _TEN_DIGITS.match(number) else number
