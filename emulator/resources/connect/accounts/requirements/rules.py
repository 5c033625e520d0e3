"""Requirement rules: the fields that are required of accounts, as data.

Observed lists: standard accounts (2026), Express accounts in US, DE, GB, AU and JP before a business type is known
(2025 and 2026), accounts without capabilities (official example, US), custom individuals with transfers alone (US,
2025), custom individuals and companies with both capabilities (2023 to 2025, ten countries). Where nothing was
observed, the nearest row stands in; FIDELITY.md says which.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator.wire.dataclasses import dataclass

Names = tuple[str, ...]


def names(text: str) -> Names:
    """Names from text, `dob` as its three parts."""
    return tuple(text.replace("dob", "dob.day dob.month dob.year").split())


ACCEPTANCE = names("external_account tos_acceptance.date tos_acceptance.ip")
# Capabilities with terms of their own, which stop no other capability (official of one, seen of the other).
TERMS: Mapping[str, Names] = {
    name: names(f"settings.{name}.tos_acceptance.date settings.{name}.tos_acceptance.ip")
    for name in ("card_issuing", "treasury")
}
OWN_TERMS = frozenset(term for terms in TERMS.values() for term in terms)

# Full Dashboard: the same for every country and business type.
STANDARD = (
    *names("business_profile.product_description business_profile.support_phone business_profile.url"),
    *ACCEPTANCE,
)

# Required of the business, by tier of capabilities.
PROFILE: Mapping[str, Names] = {
    "none": names("business_profile.mcc business_profile.url"),
    "transfers": names("business_profile.url"),
    "payments": names("business_profile.mcc business_profile.url"),
}
# And more of it for payments, by country.
PROFILE_IN: Mapping[str, Names] = {
    "JP": names("business_profile.product_description"),
    "US": names("settings.payments.statement_descriptor"),
}

# Required of a person: for payments by country, the default being that of GB, DE and CH.
PERSON_NAMES = names("first_name last_name")
_EUROPEAN = "address.city address.line1 address.postal_code dob email first_name last_name phone"
_JAPANESE = """
address_kana.city address_kana.line1 address_kana.postal_code address_kana.state address_kana.town
address_kanji.city address_kanji.line1 address_kanji.postal_code address_kanji.state address_kanji.town
dob email first_name_kana first_name_kanji last_name_kana last_name_kanji phone
"""
PERSON_ELSEWHERE = names(_EUROPEAN)
PERSON: Mapping[str, Names] = {
    "AE": names("address.line1 address.state dob email first_name id_number last_name nationality phone"),
    "AU": names(f"{_EUROPEAN} address.state"),
    "CA": names("address.city address.line1 address.postal_code address.state dob email first_name last_name"),
    "JP": names(_JAPANESE),
    "SG": names(
        "address.line1 address.postal_code dob email first_name full_name_aliases id_number last_name nationality phone"
    ),
    "US": names(f"{_EUROPEAN} address.state ssn_last_4"),
}
# Before the business type is known, US requires less.
PERSON_UNTYPED: Mapping[str, Names] = {"US": names("dob email first_name last_name")}
# With transfers alone the names of a person are due now, and the rest eventually.
PERSON_LATER: Mapping[str, Names] = {"US": names("dob ssn_last_4")}
PERSON_LATER_ELSEWHERE = names("dob")


# Accounts v2: all is due at once from recipients (observed for AU and LT), the full Dashboard requires two more (US).
PERSON_V2_ELSEWHERE = names("address.city address.line1 address.postal_code dob first_name last_name")
PERSON_V2: Mapping[str, Names] = dict.fromkeys(names("AU CA US"), (*PERSON_V2_ELSEWHERE, "address.state"))
PROFILE_V2_FULL = names("business_profile.product_description business_profile.support_phone")

# Under the recipient agreement: no state (observed for a v2 account of LT); six countries ask for a number too.
PERSON_RECIPIENT = PERSON_ELSEWHERE
RECIPIENT_MORE: Mapping[str, Names] = dict.fromkeys(names("BO CR GT PK PY UY"), names("id_number"))
# Where addresses have no postal code (observed).
RECIPIENT_LESS: Mapping[str, Names] = {"BW": names("address.postal_code")}


@dataclass(frozen=True, slots=True)
class Planned:
    """Planned rules of a country: the requirements added for an individual, and the unix second at which they begin."""

    individual: Names
    begins_at: int


# Observed of custom accounts, 2023 to March 2025; the date of the last year, which had passed by then.
PLANNED: Mapping[str, Planned] = {"US": Planned(names("id_number"), 1_717_516_800)}
# Requirements that remain past due under planned rules (observed); the others are due there, but not past due.
PAST_WHEN_PLANNED = frozenset(names("external_account individual.first_name individual.last_name"))

# The first part of the names of requirements about persons that the account does not have yet.
GROUPS_OF_PERSONS = frozenset(names("directors executives individual owners representative"))
# Countries where a company's details count as submitted without its people, and without a bank account (observed).
PEOPLE_LATER = frozenset(names("MX US"))
BANK_LATER = frozenset(names("MX"))


@dataclass(frozen=True, slots=True)
class Company:
    """The requirements of a company beyond its representative's own details, which are those of a person.

    `later` is due once the representative is known; `abroad` is of known persons who are citizens of another country
    (both observed for AE).
    """

    company: Names
    representative: Names
    owners: Names = ()
    owners_later: Names = ()
    representative_later: Names = ()
    profile: Names = ()
    later: Names = ()
    abroad: Names = ()


_ADDRESS = "address.city address.line1 address.postal_code"
_ROLES = names("relationship.executive relationship.title")
COMPANY_ELSEWHERE = Company(
    company=names(f"{_ADDRESS} directors_provided executives_provided name owners_provided phone tax_id"),
    representative=_ROLES,
    owners=names(f"{_ADDRESS} dob email first_name last_name"),
)
COMPANY: Mapping[str, Company] = {
    "AE": Company(
        company=names("address.city address.line1 business_vat_id_number name owners_provided phone tax_id"),
        representative=_ROLES,
        representative_later=names("documents.passport.files"),
        owners=names("address.line1 address.state dob first_name id_number last_name nationality"),
        owners_later=names("documents.passport.files"),
        abroad=names("documents.passport.files documents.visa.files verification.document"),
        later=names(
            "documents.bank_account_ownership_verification.files documents.company_license.files "
            "documents.company_memorandum_of_association.files"
        ),
    ),
    "CA": Company(
        company=names(f"{_ADDRESS} address.state name owners_provided phone tax_id"),
        representative=names("phone relationship.title"),
        owners=names("dob email first_name last_name"),
        profile=names("business_profile.support_phone"),
    ),
    "SG": Company(company=names("address.line1 address.postal_code name phone tax_id"), representative=_ROLES),
    "US": Company(
        company=names(f"{_ADDRESS} address.state name owners_provided phone tax_id"),
        representative=names("relationship.title"),
        representative_later=names("id_number"),
        owners=names("email first_name last_name"),
        owners_later=names(f"{_ADDRESS} address.state dob phone"),
    ),
}

# Business types and structures without owners; the structure also has no roles (observed for US).
OWNERLESS_TYPES = frozenset(names("government_entity non_profit"))
SOLE_PROPRIETORSHIP = "sole_proprietorship"

# Other fields that meet a requirement: Stripe takes the category and the descriptor from the website (observed).
ALSO_MET_BY: Mapping[str, Names] = {
    "business_profile.mcc": names("business_profile.url"),
    "settings.payments.statement_descriptor": names("business_profile.url"),
    "company.business_vat_id_number": names("company.vat_id"),
}
PERSON_ALSO_MET_BY: Mapping[str, Names] = {
    "ssn_last_4": names("id_number"),
    # In Japan, the postal code determines city and state (observed).
    **{
        f"address_{script}.{name}": (f"address_{script}.postal_code",)
        for script in ("kana", "kanji")
        for name in ("city", "state", "town")
    },
}
# Countries where the declaration of who owns a company waits until its owners are known, as (observed for GB).
DECLARED_OWNERS = frozenset({"GB"})
# Countries where a description may stand for the website, while the business type is unknown (observed).
DESCRIPTION_FOR_WEBSITE = frozenset({"US"})
WEBSITE, DESCRIPTION = "business_profile.url", "business_profile.product_description"
