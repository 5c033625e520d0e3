"""Stripe's test values, which decide how a check ends.

Values and codes are official; the requirement that a code names, and reasons which were never seen, are our choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from emulator.resources.connect.accounts.requirements.rules import Names, names
from emulator.wire.namedtuples import NamedTuple

Blocks = Literal["charges", "payouts"]

# Dates of birth, as year, month and day.
BORN_MATCHING = frozenset({(1901, 1, 1), (1902, 1, 1)})
BORN_AT_ONCE = (1902, 1, 1)
BORN_LISTED = (1900, 1, 1)

NUMBERS_FAILING = frozenset({"111111111", "1111"})
NUMBERS_AT_ONCE = frozenset({"222222222", "2222"})

# Bank account numbers whose ownership is verified: by itself, or with a document.
OWNERSHIP_BY_ITSELF = "000999999991"
OWNERSHIP_REQUIRED = "000999999992"

DOCUMENT_GOOD = "file_identity_document_success"
DOCUMENT_BAD = "file_identity_document_failure"
DOCUMENTS = frozenset(
    {
        DOCUMENT_GOOD,
        DOCUMENT_BAD,
        "file_relationship_document_success",
        "file_relationship_document_invalid",
        "file_relationship_document_mismatch",
        "file_relationship_document_invalid_signer",
    }
)


class Failure(NamedTuple):
    """How a check fails: the code, the requirements that become due (the checked one when empty), and their effect."""

    code: str
    requirements: Names = ()
    blocks: Blocks = "payouts"


# First lines of an address.
STREETS: Mapping[str, Failure] = {
    "address_no_match": Failure("verification_failed_address_match", names("line1")),
    "address_line1_no_match": Failure(
        "verification_failed_address_match", names("city line1 postal_code state"), "charges"
    ),
}
_URLS = {
    "disallowed": "invalid_url_denylisted",
    "geoblocked": "invalid_url_website_inaccessible_geoblocked",
    "inaccessible": "invalid_url_website_inaccessible",
    "mismatch": "invalid_url_website_business_information_mismatch",
    "missing": "invalid_url_website_incomplete",
    "passwordprotected": "invalid_url_website_inaccessible_password_protected",
    "problem": "invalid_url_website_other",
    "underconstruction": "invalid_url_website_incomplete_under_construction",
}
# The website that pauses the capabilities of an account.
INACTIVE_WEBSITE = "https://inactivity.stripe.com"

_DESCRIPTOR = "settings.payments.statement_descriptor"
_PREFIX = "settings.card_payments.statement_descriptor_prefix"
TAX_ID = "company.tax_id"
NAME = "company.name"
# By path, then by value.
VALUES: Mapping[str, Mapping[str, Failure]] = {
    "business_profile.name": {
        "disallowed_dba": Failure("invalid_business_profile_name_denylisted"),
        "invalid_dba": Failure("invalid_business_profile_name"),
    },
    "business_profile.product_description": {
        "require_url": Failure("invalid_url_web_presence_detected", names("business_profile.url")),
    },
    "business_profile.url": {f"https://{host}.stripe.com": Failure(code) for host, code in _URLS.items()},
    NAME: {
        "disallowed_name": Failure("invalid_company_name_denylisted"),
        "mismatch_business_name": Failure("verification_failed_name_match"),
    },
    TAX_ID: {
        "111111111": Failure("verification_failed_tax_id_match"),
        "111111112": Failure("verification_failed_tax_id_not_issued"),
        "222221000": Failure("verification_failed_other"),
        "222221001": Failure("verification_missing_owners", names("company.owners_provided")),
        "222221002": Failure("verification_missing_directors", names("company.directors_provided")),
        "222221003": Failure("verification_missing_owners", names("company.owners_provided")),
        "222221004": Failure("verification_missing_directors", names("company.directors_provided")),
    },
    _DESCRIPTOR: {
        "disallowed": Failure("invalid_statement_descriptor_denylisted"),
        "mismatch": Failure("invalid_statement_descriptor_business_mismatch"),
    },
    _PREFIX: {
        "disallowed": Failure("invalid_statement_descriptor_prefix_denylisted"),
        "mismatch": Failure("invalid_statement_descriptor_prefix_mismatch"),
    },
}
# The company tax id whose check never ends: the registry is not ready.
TAX_ID_WAITING = "222221005"

# First names of a person, by role.
FIRST_NAMES: Mapping[tuple[str, str], Failure] = {
    ("director", "mismatch_director"): Failure("verification_directors_mismatch", names("company.directors_provided")),
    ("director", "missing_director"): Failure("verification_missing_directors", names("company.directors_provided")),
    ("director", "extraneous_director"): Failure(
        "verification_extraneous_directors", names("company.directors_provided")
    ),
    ("owner", "mismatch_owner"): Failure("verification_missing_owners", names("company.owners_provided")),
    ("owner", "extraneous_owner"): Failure("verification_missing_owners", names("company.owners_provided")),
}
# Errors of relationship documents.
RELATIONSHIP_DOCUMENTS: Mapping[str, str] = {
    "file_relationship_document_invalid": "verification_document_invalid",
    "file_relationship_document_invalid_signer": "invalid_signator",
    "file_relationship_document_mismatch": "verification_document_name_mismatch",
}

KEYED_IDENTITY = "verification_failed_keyed_identity"
TOO_OLD = "invalid_dob_age_over_maximum"
FAILED_TEST_DOCUMENT = "verification_document_failed_test_mode"
# The first two are observed, and that of names that differ is official; the others are in our words.
REASONS: Mapping[str, str] = {
    KEYED_IDENTITY: (
        "The identity information you entered cannot be verified. Please correct any errors or upload a document that "
        "matches the identity fields (e.g., name and date of birth) that you entered."
    ),
    TOO_OLD: "Date of birth must be within the past 120 years.",
    FAILED_TEST_DOCUMENT: (
        "A test data helper was supplied to simulate verification failure. Please refer to our documentation for test "
        "file tokens."
    ),
    "verification_failed_address_match": "The address on the account couldn't be verified.",
    "verification_failed_name_match": (
        "The company name on the account couldn't be verified. Either update your business name or upload a document "
        "containing the business name."
    ),
    "verification_failed_tax_id_match": "The tax ID on the account couldn't be verified by the IRS.",
    "verification_failed_tax_id_not_issued": "The tax ID on the account has not been issued.",
    "invalid_business_profile_name": "The name of the business isn't valid.",
    "invalid_business_profile_name_denylisted": "The name of the business isn't allowed.",
    "invalid_company_name_denylisted": "The name of the company isn't allowed.",
    "invalid_signator": "The person who signed the document isn't allowed to sign it.",
    "invalid_statement_descriptor_business_mismatch": (
        "The statement descriptor doesn't match the name of the business."
    ),
    "invalid_statement_descriptor_denylisted": "The statement descriptor isn't allowed.",
    "invalid_statement_descriptor_prefix_denylisted": "The prefix of the statement descriptor isn't allowed.",
    "invalid_statement_descriptor_prefix_mismatch": (
        "The prefix of the statement descriptor doesn't match the name of the business."
    ),
    "invalid_url_denylisted": "The website isn't allowed.",
    "invalid_url_web_presence_detected": "The business has a website. Provide its URL instead of a description.",
    "invalid_url_website_business_information_mismatch": "The website doesn't match the details of the business.",
    "invalid_url_website_inaccessible": "The website couldn't be reached.",
    "invalid_url_website_inaccessible_geoblocked": "The website couldn't be reached from other countries.",
    "invalid_url_website_inaccessible_password_protected": "The website couldn't be reached without a password.",
    "invalid_url_website_incomplete": "The website lacks details of the business.",
    "invalid_url_website_incomplete_under_construction": "The website is under construction.",
    "invalid_url_website_other": "The website couldn't be verified.",
    "verification_directors_mismatch": "The directors on the account do not match those of the business.",
    "verification_document_invalid": "The document isn't valid.",
    "verification_document_name_mismatch": "The name in the document doesn't match the one on the account.",
    "verification_extraneous_directors": "The account has directors whom the business has not.",
    "verification_failed_other": "The company couldn't be found in the registry.",
    "verification_missing_directors": "The account lacks directors whom the business has.",
    "verification_missing_owners": "The account lacks owners whom the business has.",
}


def reason_of(code: str) -> str:
    """The text of an error of a requirement, by its code."""
    return REASONS[code]
