"""Errors of the conventions of /v2: versions, JSON types, pages, and ids of v1."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, Stage, StripeError, bad_request
from emulator.errors.base.registry import error
from emulator.errors.base.wording import invalid_fields, quoted_id
from emulator.wire.json import Json
from emulator.wire.path import ParamPath, format_path

# Codes whose official shapes have a `user_message`; that it repeats the message is our choice.
_FOR_USERS = frozenset(
    """
account_controller_stripe_pricing_platform_liable account_controller_unsupported_configuration
accounts_v2_access_blocked capability_not_available_without_other_capability
address_country_identity_country_mismatch address_country_mismatch address_postal_code_invalid address_state_invalid
authorizer_duplicate authorizer_relationship_invalid_for_representative bgn_bank_accounts_unsupported
capability_not_available_in_country configs_must_match_to_close configs_must_match_to_use_account_links
configuration_creation_invalid cross_border_connected_account_creation_not_allowed date_of_birth_age_restriction
date_of_birth_invalid default_currency_immutable directorship_declaration_not_allowed_during_account_creation
duplicate_person_not_allowed email_invalid id_number_invalid immutable_identity_param incorrect_id_number_for_country
invalid_konbini_payments_support_phone_number mcc_invalid non_jp_kana_kanji_address
ownership_declaration_not_allowed_during_account_creation person_percent_ownership_invalid phone_invalid
postal_code_required_for_jp_address registration_date_invalid statement_descriptor_invalid
stripe_loss_liable_cannot_be_deleted tos_acceptance_on_behalf_not_allowed total_person_ownership_exceeded
unsupported_field_for_configs unsupported_identity_field_for_configs url_invalid
""".split()
)


def refused_by_v2(message: str, code: str, status: int = 400, extra: tuple[tuple[str, Json], ...] = ()) -> StripeError:
    """A refusal by an endpoint of v2."""
    if code in _FOR_USERS:
        extra = (*extra, ("user_message", message))
    return StripeError(ErrorBody(status, message, code=code, stage=Stage.RUN, extra=extra))


def field_refused(path: str, text: str) -> StripeError:
    """400 for one field that an endpoint of v2 refuses."""
    return refused_by_v2(invalid_fields(((path, text),)), "invalid_fields")


@error("official", words="our choice")
def v2_without_version() -> StripeError:
    """400 for a request to /v2 without Stripe-Version."""
    return bad_request("The Stripe-Version header is required on requests to /v2.", code="invalid_fields")


@error("observed", "the words inside the quotes are our choice")
def v2_type(path: ParamPath, expected: str) -> StripeError:
    """400 for a JSON value of another type."""
    return bad_request(f"Expected {expected}.", code="invalid_fields", param=format_path(path))


@error("official", words="our choice")
def v2_array_without_index(name: str) -> StripeError:
    """400 for `include[]=` in a query, where arrays need indexes."""
    return bad_request(f"Number the values of an array, as in {name}[0].", code="invalid_fields", param=name)


@error("our choice")
def v2_invalid(path: str, expected: str) -> StripeError:
    """400 for text that is not a date or time, and for a limit out of range."""
    return field_refused(path, f"Expected {expected}.")


@error("official", words="our choice")
def v2_page_invalid() -> StripeError:
    """400 for a page token that is unknown or too old."""
    return field_refused("page", "Invalid page token. Start again from the first page.")


@error("official", words="our choice", status="inferred")
def v2_not_found(noun: str, identifier: str) -> StripeError:
    """404 for an id that matches nothing."""
    return refused_by_v2(f"No such {noun}: '{quoted_id(identifier)}'", "not_found", 404)


@error("official", "also observed")
def v1_account_on_v2() -> StripeError:
    """400 for an account that was created by v1."""
    return refused_by_v2("V1 Account ID cannot be used in V2 Account APIs.", "v1_account_instead_of_v2_account")


@error("official")
def v1_customer_on_v2() -> StripeError:
    """400 for a customer's id where an account's id belongs."""
    return refused_by_v2("V1 Customer ID cannot be used in V2 Account APIs.", "v1_customer_instead_of_v2_account")


@error("official", faults_only=True)
def v2_access_blocked() -> StripeError:
    """400 for a platform without Accounts v2."""
    return refused_by_v2("Accounts v2 is not enabled for your platform.", "accounts_v2_access_blocked")


@error("official", status="inferred", faults_only=True)
def v2_account_too_busy() -> StripeError:
    """429 for too many concurrent updates of one account."""
    return refused_by_v2(
        "Account cannot exceed a configured concurrency rate limit on updates.",
        "account_rate_limit_exceeded",
        429,
        extra=(("type", "rate_limit"),),
    )
