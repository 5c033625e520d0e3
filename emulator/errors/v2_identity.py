"""Errors of the identity of accounts and of persons on v2."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.errors.base.body import StripeError
from emulator.errors.base.registry import error
from emulator.errors.base.wording import unrecognized_value
from emulator.errors.v2 import field_refused, refused_by_v2


@error("observed", "the words are close to the official ones")
def v2_identity_country_required() -> StripeError:
    """400 for a merchant or recipient without a country."""
    return refused_by_v2("The `identity.country` value is required but not provided.", "identity_country_required")


@error("official", words="our choice")
def v2_identity_immutable(name: str) -> StripeError:
    """400 for another country or, once active, another entity type."""
    return refused_by_v2(
        f"`identity.{name}` cannot be changed in the current state of the account.", "immutable_identity_param"
    )


@error("observed", words="official")
def v2_identity_of_customer() -> StripeError:
    """400 for identity fields of merchants and recipients on another account."""
    return refused_by_v2(
        "Cannot set identity fields when the Account is only configured as a customer.",
        "unsupported_identity_field_for_configs",
    )


@error("our choice", "the rule by analogy with v1")
def v2_locked() -> StripeError:
    """400 for identity that Stripe collects after an account link or session was created."""
    return refused_by_v2(
        "Identity cannot be changed by the platform once Stripe has begun to collect it.", "immutable_identity_param"
    )


@error("official")
def v2_entity_type_elsewhere() -> StripeError:
    """400 for an entity type that the country does not have."""
    return refused_by_v2(
        "The `identity.entity_type` value is not supported in a given `identity.country`.",
        "entity_type_not_supported_in_country",
    )


@error("official", words="observed")
def v2_country_unknown(path: str, value: str, known: Sequence[str]) -> StripeError:
    """400 for text that is not a country."""
    return field_refused(path, unrecognized_value(value, known))


@error("official")
def v2_phone_invalid() -> StripeError:
    """400 for text that is not a phone number."""
    return refused_by_v2("Phone number is invalid.", "phone_invalid")


@error("official")
def v2_ip_address_invalid() -> StripeError:
    """400 for text that is not an IP address."""
    return refused_by_v2("Invalid IP address is provided.", "ip_address_invalid")


@error("official", "the words are close to the official ones")
def v2_date_of_birth_invalid() -> StripeError:
    """400 for a date of birth that does not exist or is in the future."""
    return refused_by_v2("Date of birth is an invalid date or a future date.", "date_of_birth_invalid")


@error("official")
def v2_registration_date_invalid() -> StripeError:
    """400 for a registration date that does not exist or is in the future."""
    return refused_by_v2("Registration date must be in the past.", "registration_date_invalid")


@error("official", "the age is our choice")
def v2_too_young(age_limit: str) -> StripeError:
    """400 for a representative below the age limit."""
    return refused_by_v2(
        "Representative date of birth does not meet the age limit.",
        "date_of_birth_age_restriction",
        extra=(("age_limit", age_limit),),
    )


@error("official")
def v2_id_number_invalid() -> StripeError:
    """400 for a number that its type cannot have."""
    return refused_by_v2("Provided ID number is of the wrong format for the given type.", "id_number_invalid")


@error("official")
def v2_number_elsewhere() -> StripeError:
    """400 for a number of another country than the account's."""
    return refused_by_v2("Incorrect ID number is provided for a country.", "incorrect_id_number_for_country")


@error("official", "the words are close to the official ones")
def v2_registrar_invalid() -> StripeError:
    """400 for the registrar of a number outside DE."""
    return refused_by_v2(
        "The `identity.business_details.id_numbers.registrar` value is an invalid DE registrar.",
        "invalid_id_number_registrar",
    )


@error("official")
def v2_document_invalid() -> StripeError:
    """400 for a file that does not exist."""
    return refused_by_v2(
        "Provided file tokens for documents are invalid, not found, deleted, or belong to a different account.",
        "document_invalid",
    )


@error("official")
def v2_address_elsewhere() -> StripeError:
    """400 for an address of an individual or a company outside its own country."""
    return refused_by_v2("Address country doesn't match identity country.", "address_country_identity_country_mismatch")


@error("official")
def v2_addresses_differ() -> StripeError:
    """400 for a registered or script address outside the country of residence."""
    return refused_by_v2(
        "Registered/script address country doesn't match residential address country.", "address_country_mismatch"
    )


@error("official")
def v2_state_invalid() -> StripeError:
    """400 for a state that the country does not have."""
    return refused_by_v2("Address state is invalid.", "address_state_invalid")


@error("official")
def v2_postal_code_invalid() -> StripeError:
    """400 for a postal code that the country cannot have."""
    return refused_by_v2("Address postal code is invalid.", "address_postal_code_invalid")


@error("official")
def v2_script_address_elsewhere() -> StripeError:
    """400 for an address in kana or kanji outside Japan."""
    return refused_by_v2("Kana Kanji script addresses must have JP country.", "non_jp_kana_kanji_address")


@error("official")
def v2_japanese_postal_code_missing() -> StripeError:
    """400 for an address in Japan without a postal code."""
    return refused_by_v2("Postal code is required for Japanese addresses.", "postal_code_required_for_jp_address")


@error("official")
def v2_shipping_address_missing() -> StripeError:
    """400 for shipping without an address."""
    return refused_by_v2("Shipping address is required within the shipping hash.", "shipping_address_required")


@error("official")
def v2_shipping_name_missing() -> StripeError:
    """400 for shipping without a name."""
    return refused_by_v2("Shipping name is required within the shipping hash.", "shipping_name_required")


@error("official")
def v2_directorship_too_early() -> StripeError:
    """400 for a declaration of directors in the request that creates the account."""
    return refused_by_v2(
        "Directorship declaration is not allowed during account creation.",
        "directorship_declaration_not_allowed_during_account_creation",
    )


@error("official")
def v2_ownership_too_early() -> StripeError:
    """400 for a declaration of owners in the request that creates the account."""
    return refused_by_v2(
        "Ownership declaration is not allowed during account creation.",
        "ownership_declaration_not_allowed_during_account_creation",
    )


@error("official")
def v2_terms_of_others() -> StripeError:
    """400 for terms accepted by a person who is not the legal guardian."""
    return refused_by_v2(
        "Additional terms of service are signed by someone other than the legal guardian.",
        "additional_tos_only_allowed_for_legal_guardian",
    )
