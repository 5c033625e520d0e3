"""Errors of Accounts v2: configurations, responsibilities, capabilities and defaults."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.errors.base.body import StripeError
from emulator.errors.base.registry import error
from emulator.errors.v2 import field_refused, refused_by_v2


@error("observed", "the extra fields are official")
def v2_configuration_unsupported(dashboard: str, fees: str, losses: str) -> StripeError:
    """400 for responsibilities that the dashboard does not allow."""
    return refused_by_v2(
        "This account configuration is not supported. Please reference "
        "https://docs.stripe.com/connect/design-an-integration.",
        "account_controller_unsupported_configuration",
        extra=(
            ("doc_url", "https://docs.stripe.com/connect/design-an-integration"),
            ("invalid_permutation", {"dashboard": dashboard, "fees_collector": fees, "losses_collector": losses}),
        ),
    )


@error("observed", code="inferred")
def v2_losses_application_only(dashboard: str, fees: str, losses: str) -> StripeError:
    """400 for a mere recipient whose losses Stripe would collect."""
    return refused_by_v2(
        "Losses collector can only be 'application' for the set of configurations this account has.",
        "account_controller_unsupported_configuration",
        extra=(
            ("doc_url", "https://docs.stripe.com/connect/design-an-integration"),
            ("invalid_permutation", {"dashboard": dashboard, "fees_collector": fees, "losses_collector": losses}),
        ),
    )


@error("official", "the words are close to the official ones")
def v2_fees_follow_losses() -> StripeError:
    """400 for losses of the platform with fees of Stripe."""
    return refused_by_v2(
        "If `losses_collector` is `application`, `fees_collector` must also be `application`.",
        "account_controller_stripe_pricing_platform_liable",
    )


@error("observed", faults_only=True)
def v2_losses_unacknowledged() -> StripeError:
    """400 for a platform that has not accepted its liability for losses."""
    return refused_by_v2(
        "Please review the responsibilities of managing losses for connected accounts at "
        "https://dashboard.stripe.com/settings/connect/platform-profile.",
        "account_creation_liability_unacknowledged",
    )


@error("observed", words="our choice")
def v2_responsibilities_missing() -> StripeError:
    """400 for a merchant or recipient without responsibilities."""
    return refused_by_v2(
        "`defaults.responsibilities` is required for the configurations of this account.",
        "configuration_creation_invalid",
    )


@error("official", "the words are close to the official ones")
def v2_responsibilities_unsupported() -> StripeError:
    """400 for responsibilities of an account that is only a customer."""
    return refused_by_v2("Cannot set responsibilities on the current configurations.", "unsupported_field_for_configs")


@error("observed", "of a recipient")
def v2_contact_email_required(configuration: str) -> StripeError:
    """400 for a merchant or recipient without an email address."""
    name = f"configuration.{configuration}"
    return field_refused(name, f"If {name} is supplied, the Account must have a contact email.")


@error("official", "the words are close to the official ones")
def v2_currency_immutable() -> StripeError:
    """400 for another default currency of an active account."""
    return refused_by_v2("Cannot change `defaults.currency` post account activation.", "default_currency_immutable")


@error("official")
def v2_country_across_border() -> StripeError:
    """400 for a country that only cross-border payouts reach."""
    return refused_by_v2(
        "Cross-border connected account creation is not allowed for this platform/account country combination.",
        "cross_border_connected_account_creation_not_allowed",
    )


@error("observed")
def v2_terms_on_behalf() -> StripeError:
    """400 for accepting the terms where Stripe collects requirements."""
    return refused_by_v2(
        "You cannot accept the Terms of Service on behalf of accounts where requirement collection is owned by Stripe",
        "tos_acceptance_on_behalf_not_allowed",
    )


@error("observed")
def v2_capability_not_in_country(capability: str, country: str) -> StripeError:
    """400 for a capability that is not available in the country."""
    return refused_by_v2(f"{capability} is not available in country {country}", "capability_not_available_in_country")


@error("observed", code="inferred")
def v2_capability_not_of_type(capability: str, country: str) -> StripeError:
    """400 for a capability that this type of account does not have in the country."""
    return refused_by_v2(
        f"The {capability} capability is not supported for this account type and this account's country ({country}).",
        "capability_not_available_in_country",
    )


@error("observed", words="our choice", faults_only=True)
def v2_capability_without_other(capability: str, other: str) -> StripeError:
    """400 for a capability that the platform may only request with another one."""
    return refused_by_v2(
        f"The {capability} capability is not available without also requesting {other}.",
        "capability_not_available_without_other_capability",
    )


@error("official", "the words are close to the official ones")
def v2_configuration_deactivated() -> StripeError:
    """400 for changing a configuration that is not applied."""
    return refused_by_v2(
        "Configuration cannot be updated while deactivated.", "configuration_cannot_be_updated_while_deactivated"
    )


@error("observed", "the list of configurations is official", words="by analogy")
def v2_configs_must_match_to_close(applied: Sequence[str]) -> StripeError:
    """400 for closing an account with configurations other than the applied ones."""
    return refused_by_v2(
        "The configurations in the request must match the applied configurations on the account in order to close it.",
        "configs_must_match_to_close",
        extra=(("applied_configurations", list(applied)),),
    )


@error("official", "the words are close to the official ones")
def v2_loss_liable_kept() -> StripeError:
    """400 for closing an account with a Dashboard whose losses are Stripe's."""
    return refused_by_v2(
        "Account with Stripe-owned loss liability and dashboard cannot be deleted.",
        "stripe_loss_liable_cannot_be_deleted",
    )


@error("official", words="our choice")
def v2_email_invalid(path: str) -> StripeError:
    """400 for an invalid email address."""
    return refused_by_v2(f"Invalid email address: {path}.", "email_invalid")


@error("observed", "for `http://localhost`", words="our choice")
def v2_url_invalid(path: str) -> StripeError:
    """400 for an invalid website."""
    return refused_by_v2(f"Invalid URL: {path}.", "url_invalid")


@error("official")
def v2_mcc_invalid() -> StripeError:
    """400 for a category that is not a code of four digits."""
    return refused_by_v2("MCC is invalid for `configuration.merchant.mcc`.", "mcc_invalid")


@error("official", "the rules are those of v1")
def v2_statement_descriptor_invalid() -> StripeError:
    """400 for an invalid statement descriptor."""
    return refused_by_v2("Statement descriptor is invalid.", "statement_descriptor_invalid")


@error("official")
def v2_konbini_phone_invalid() -> StripeError:
    """400 for an invalid support phone number for Konbini payments."""
    return refused_by_v2(
        "Konbini Payments Support Phone Number is Invalid.", "invalid_konbini_payments_support_phone_number"
    )


@error("official")
def v2_konbini_hours_invalid() -> StripeError:
    """400 for support hours that are not a time of day."""
    return refused_by_v2("Konbini Payments Support Hours is Invalid.", "invalid_konbini_payments_support_hours")
