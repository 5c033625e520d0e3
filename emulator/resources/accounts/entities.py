"""The company and the person behind an account, as the account shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator.resources.accounts import templates
from emulator.resources.accounts.details import hash_at
from emulator.resources.accounts.requirements import Due
from emulator.schema.check import Params
from emulator.store.rows import Account, Individual
from emulator.wire.json import Json

# Sent but never shown; of these, the second part of the pair shows whether they were.
_COMPANY_SECRETS = ("registration_number", "tax_id", "vat_id")
_PERSON_SECRETS = ("id_number", "id_number_secondary", "ssn_last_4")
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


def individual(account: Account, person: Individual, owed: Due) -> Mapping[str, Json]:
    """The `individual` hash, a person. Names that were not sent and are not of the template are absent (observed)."""
    sent = hash_at(account.fields, "individual")
    shown: dict[str, Json] = {name: value for name, value in sent.items() if name not in _PERSON_SECRETS}
    shown |= {
        "created": person.created,
        "future_requirements": person_requirements(Due()),
        "metadata": hash_at(sent, "metadata"),
        "requirements": person_requirements(owed),
        **_numbers(account, sent),
    }
    if "phone" in sent:
        shown["phone"] = _phone(account.country, str(sent["phone"]))
    body = templates.filled(_template(account, owed), shown, templates.INDIVIDUAL_HASHES)
    return {"id": person.id, "object": "person", "account": account.id, **body}


def person_requirements(owed: Due, prefix: str = "individual.") -> dict[str, Json]:
    """The part of an account's requirements that is about one person, without the prefix."""
    currently = [name.removeprefix(prefix) for name in owed.currently if name.startswith(prefix)]
    return {
        "alternatives": [],
        "currently_due": currently,
        "errors": [],
        "eventually_due": [name.removeprefix(prefix) for name in owed.eventually if name.startswith(prefix)],
        "past_due": currently,
        "pending_verification": [],
    }


def _template(account: Account, owed: Due) -> templates.Template:
    """Verified as soon as nothing about the person is due: a check takes no time here (our choice)."""
    base = templates.JAPANESE_INDIVIDUAL if account.country == "JP" else templates.INDIVIDUAL
    unsettled = any(name.startswith("individual.") for name in owed.eventually)
    status = "unverified" if unsettled else "verified"
    opened: dict[str, Json] = {**base, "verification": {**templates.inner(base, "verification"), "status": status}}
    if "address" in base:
        opened["address"] = {**templates.ADDRESS, "country": account.country}
    return opened


def _numbers(account: Account, sent: Params) -> dict[str, Json]:
    """Which numbers were provided; US shows the two flags of its own even when false (observed)."""
    always = ("id_number", "ssn_last_4") if account.country == "US" else ()
    flags: dict[str, Json] = {f"{name}_provided": name in sent for name in _PERSON_SECRETS if name in {*sent, *always}}
    if "ssn_last_4_provided" in flags and "id_number" in sent:
        flags["ssn_last_4_provided"] = True
    return flags


def _phone(country: str, number: str) -> str:
    """Ten digits get the country code in US and CA (observed for US); other numbers stay as sent (our choice)."""
    return f"+1{number}" if country in ("US", "CA") and _TEN_DIGITS.match(number) else number
