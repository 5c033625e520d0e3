"""Names of fields in v2 and in v1, which share one model."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from emulator.schema.trees import path_tree, split_path

_DECLARATIONS = ("directorship_declaration", "ownership_declaration", "representative_declaration")
_SIGNED = ("date", "ip", "user_agent")
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_DOCUMENTS = (
    "bank_account_ownership_verification", "company_license", "company_memorandum_of_association",
    "company_ministerial_decree", "company_registration_verification", "company_tax_id_verification",
    "proof_of_address", "proof_of_registration", "proof_of_ultimate_beneficial_ownership",
)  # fmt: skip
_SCRIPTS = ("kana", "kanji")
_ATTESTED = "identity.attestations"
_MERCHANT = "configuration.merchant"
_DETAILS = "identity.business_details"

# Fields of an account, from v2 to v1. Fields that are not listed exist only in v2.
ACCOUNT: Mapping[str, str] = {
    "contact_email": "email",
    "defaults.currency": "default_currency",
    "defaults.profile.business_url": "business_profile.url",
    "defaults.profile.doing_business_as": "business_profile.name",
    "defaults.profile.product_description": "business_profile.product_description",
    "identity.entity_type": "business_type",
    f"{_MERCHANT}.mcc": "business_profile.mcc",
    f"{_MERCHANT}.support.email": "business_profile.support_email",
    f"{_MERCHANT}.support.phone": "business_profile.support_phone",
    f"{_MERCHANT}.support.url": "business_profile.support_url",
    **{f"{_MERCHANT}.support.address.{name}": f"business_profile.support_address.{name}" for name in _ADDRESS},
    f"{_MERCHANT}.statement_descriptor.descriptor": "settings.payments.statement_descriptor",
    f"{_MERCHANT}.statement_descriptor.prefix": "settings.card_payments.statement_descriptor_prefix",
    f"{_MERCHANT}.card_payments.decline_on.avs_failure": "settings.card_payments.decline_on.avs_failure",
    f"{_MERCHANT}.card_payments.decline_on.cvc_failure": "settings.card_payments.decline_on.cvc_failure",
    **{
        f"{_MERCHANT}.branding.{name}": f"settings.branding.{name}"
        for name in ("icon", "logo", "primary_color", "secondary_color")
    },
    **{f"{_ATTESTED}.terms_of_service.account.{name}": f"tos_acceptance.{name}" for name in _SIGNED},
    **{f"{_ATTESTED}.{each}.{name}": f"company.{each}.{name}" for each in _DECLARATIONS for name in _SIGNED},
    **{
        f"{_ATTESTED}.persons_provided.{name}": f"company.{name}_provided"
        for name in ("directors", "executives", "owners")
    },
    f"{_ATTESTED}.persons_provided.ownership_exemption_reason": "company.ownership_exemption_reason",
    **{f"{_DETAILS}.address.{name}": f"company.address.{name}" for name in _ADDRESS},
    f"{_DETAILS}.phone": "company.phone",
    f"{_DETAILS}.registered_name": "company.name",
    **{
        f"{_DETAILS}.registration_date.{name}": f"company.registration_date.{name}" for name in ("day", "month", "year")
    },
    f"{_DETAILS}.script_names.kana.registered_name": "company.name_kana",
    f"{_DETAILS}.script_names.kanji.registered_name": "company.name_kanji",
    f"{_DETAILS}.structure": "company.structure",
    f"{_DETAILS}.estimated_worker_count": "business_profile.estimated_worker_count",
    **{
        f"{_DETAILS}.{each}.{new}": f"business_profile.{each}.{old}"
        for each in ("annual_revenue", "monthly_estimated_revenue")
        for new, old in (("amount.value", "amount"), ("amount.currency", "currency"))
    },
    f"{_DETAILS}.annual_revenue.fiscal_year_end": "business_profile.annual_revenue.fiscal_year_end",
    **{
        f"{_DETAILS}.script_addresses.{script}.{name}": f"company.address_{script}.{name}"
        for script in _SCRIPTS
        for name in (*_ADDRESS, "town")
    },
    **{f"{_DETAILS}.documents.{each}.files": f"documents.{each}.files" for each in _DOCUMENTS},
    **{
        f"{_DETAILS}.documents.primary_verification.front_back.{side}": f"company.verification.document.{side}"
        for side in ("back", "front")
    },
    f"{_MERCHANT}.bacs_debit_payments.display_name": "settings.bacs_debit_payments.display_name",
    **{
        f"{_MERCHANT}.script_statement_descriptor.{script}.{new}": f"settings.{old}_{script}"
        for script in _SCRIPTS
        for new, old in (
            ("descriptor", "payments.statement_descriptor"),
            ("prefix", "card_payments.statement_descriptor_prefix"),
        )
    },
}

# Fields of a person, from v2 to v1.
PERSON: Mapping[str, str] = {
    **{f"additional_terms_of_service.account.{name}": f"additional_tos_acceptances.account.{name}" for name in _SIGNED},
    **{f"address.{name}": f"address.{name}" for name in _ADDRESS},
    **{f"date_of_birth.{name}": f"dob.{name}" for name in ("day", "month", "year")},
    "documents.primary_verification.front_back.back": "verification.document.back",
    "documents.primary_verification.front_back.front": "verification.document.front",
    "documents.secondary_verification.front_back.back": "verification.additional_document.back",
    "documents.secondary_verification.front_back.front": "verification.additional_document.front",
    **{f"documents.{each}.files": f"documents.{each}.files" for each in ("company_authorization", "passport", "visa")},
    "email": "email",
    "given_name": "first_name",
    "legal_gender": "gender",
    "phone": "phone",
    "political_exposure": "political_exposure",
    **{
        f"relationship.{name}": f"relationship.{name}"
        for name in (
            "authorizer", "director", "executive", "legal_guardian", "owner", "percent_ownership", "representative",
            "title",
        )
    },
    "script_names.kana.given_name": "first_name_kana",
    "script_names.kana.surname": "last_name_kana",
    "script_names.kanji.given_name": "first_name_kanji",
    "script_names.kanji.surname": "last_name_kanji",
    **{
        f"script_addresses.{script}.{name}": f"address_{script}.{name}"
        for script in ("kana", "kanji")
        for name in (*_ADDRESS, "town")
    },
    "surname": "last_name",
}  # fmt: skip

ACCOUNT_V1: Mapping[str, str] = {old: new for new, old in ACCOUNT.items()}
PERSON_V1: Mapping[str, str] = {old: new for new, old in PERSON.items()}

# The same for `rename`.
TO_V1, FROM_V1 = path_tree(ACCOUNT), path_tree(ACCOUNT_V1)
PERSON_TO_V1, PERSON_FROM_V1 = path_tree(PERSON), path_tree(PERSON_V1)
# Timestamps, which are unix seconds in v1: the paths in v2 and in v1.
DATES = tuple((split_path(new), split_path(old)) for new, old in ACCOUNT.items() if new.endswith(".date"))
PERSON_DATES = tuple((split_path(new), split_path(old)) for new, old in PERSON.items() if new.endswith(".date"))

# Names of requirements. `external_account` and names that are not listed stay the same (our choice).
REQUIREMENTS: Mapping[str, str] = {
    **ACCOUNT_V1,
    "company.tax_id": f"{_DETAILS}.id_numbers",
    "company.business_vat_id_number": f"{_DETAILS}.id_numbers.ae_vat",  # required only in AE
}
PERSON_REQUIREMENTS: Mapping[str, str] = {
    **PERSON_V1,
    "full_name_aliases": "additional_names",
    "id_number": "id_numbers",
    "nationality": "nationalities",
    "ssn_last_4": "id_numbers.us_ssn_last_4",
    "verification.additional_document": "documents.secondary_verification",
    "verification.document": "documents.primary_verification",
    "verification.proof_of_liveness": "proof_of_liveness",
}

# The type of a company's number that requirements name, by country (from a public test for US; AE by analogy).
TAX_IDS: Mapping[str, str] = {"AE": "ae_crn", "US": "us_ein"}

# Capabilities of the merchant configuration with other names in v1.
MERCHANT_CAPABILITIES: Mapping[str, str] = {"ach_debit_payments": "us_bank_account_ach_payments"}
PAYOUTS, TRANSFERS = "stripe_balance.payouts", "stripe_balance.stripe_transfers"
MERCHANT, RECIPIENT, CUSTOMER = "merchant", "recipient", "customer"

# In the order of responses (both recorded ones have it).
CONFIGURATIONS = (CUSTOMER, RECIPIENT, MERCHANT)


def in_order(configurations: Collection[str]) -> tuple[str, ...]:
    """Configurations in the order of responses."""
    return tuple(name for name in CONFIGURATIONS if name in configurations)


def of_capability(name: str) -> str:
    """The v1 name of a capability of the merchant configuration."""
    return MERCHANT_CAPABILITIES.get(name, name)
