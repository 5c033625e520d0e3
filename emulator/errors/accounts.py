"""Errors of accounts: country, currency, controller, terms, capabilities, and who may change them."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id
from emulator.wire.path import ParamPath, format_path


@error("observed", "of addresses inferred")
def country_unknown(country: str, param: str = "country") -> StripeError:
    """400 for text that is not an ISO country code. There is no code."""
    return refused(
        f"Country '{country}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', "
        "'EG', or 'GB'. A full list of country codes is available at "
        "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements",
        param=param,
    )


@error("observed", "2021")
def account_token_required(platform: str) -> StripeError:
    """400 for a custom account of a platform in FR without an account token."""
    return refused(
        f"Connect platforms based in {platform} must create Custom accounts via account tokens. For documentation on "
        "account tokens, see https://stripe.com/docs/connect/account-tokens."
    )


@error("observed", "to 2026")
def country_across_border(country: str, platform: str) -> StripeError:
    """400 for a country in which platforms of another country cannot create accounts."""
    return refused(
        f"Connected accounts in {country} cannot be created by platforms in {platform}. Please contact us via "
        "https://support.stripe.com/contact if you need further assistance.",
        param="country",
    )


@error("observed")
def country_unsupported(country: str) -> StripeError:
    """400 for a country in which accounts cannot be created."""
    return refused(f"{country} is not currently supported by Stripe.", param="country", code="country_unsupported")


@error("official", "the list of currencies that follows is left out")
def currency_invalid(path: ParamPath, currency: str) -> StripeError:
    """400 for text that is not a currency code."""
    return refused(f"Invalid currency: {currency}.", param=format_path(path))


@error("official", words="by analogy")
def currency_immutable() -> StripeError:
    """400 for another default currency of an active account. The words are those of v2."""
    return refused("Cannot change `default_currency` post account activation.", param="default_currency")


@error("observed")
def email_invalid(path: ParamPath, email: str) -> StripeError:
    """400 for an invalid email address."""
    return refused(f"Invalid email address: {email}", param=format_path(path), code="email_invalid")


@error("observed")
def url_invalid(path: ParamPath) -> StripeError:
    """400 for an invalid website."""
    return refused("Not a valid URL", param=format_path(path), code="url_invalid")


@error("official", "two of the four messages were observed")
def controller_unsupported(message: str) -> StripeError:
    """400 for an unsupported combination of controller properties. The messages are listed with the accounts."""
    return refused(message)


@error("observed", "2026", param="our choice")
def terms_on_behalf() -> StripeError:
    """400 for accepting the terms where Stripe collects requirements."""
    return refused(
        "You cannot accept the Terms of Service on behalf of accounts where `controller[requirement_collection]=stripe`"
        ", which includes Standard and Express accounts.",
        param="tos_acceptance",
    )


@error("observed")
def terms_date_invalid() -> StripeError:
    """400 for terms accepted before 2009 or in the future."""
    return refused(
        "ToS acceptance date is not valid. Dates are expected to be integers, measured in seconds, not in the future, "
        "and after 2009",
        param="tos_acceptance[date]",
    )


@error("our choice")
def configuration_not_applied(capability: str, configuration: str, account_id: str) -> StripeError:
    """400 for a v1 capability whose configuration has not been applied through Accounts v2."""
    return refused(
        f"The capability {capability} belongs to the {configuration} configuration, which is not applied to account "
        f"{account_id}. Apply it with POST /v2/core/accounts/{account_id}.",
        param=f"capabilities[{capability}]",
    )


@error("observed")
def recipient_terms_at_home(platform: str, country: str) -> StripeError:
    """400 for the recipient agreement within one country."""
    return refused(
        f"The recipient ToS agreement is not supported for platforms in {platform} creating accounts in {country}. See "
        "https://stripe.com/docs/connect/cross-border-payouts for more details.",
        param="tos_acceptance[service_agreement]",
    )


@error("observed", param="our choice")
def standard_capabilities() -> StripeError:
    """400 for capabilities of a standard account."""
    return refused("You cannot create Standard connected accounts with capabilities via API.", param="capabilities")


@error("observed", param="our choice")
def capability_not_in_country(capability: str, country: str) -> StripeError:
    """400 for a capability that is not available in the country."""
    return refused(
        f"You cannot request the `{capability}` capability for accounts in {country}",
        param=f"capabilities[{capability}]",
    )


@error("observed", param="our choice")
def capability_not_of_type(capability: str, country: str) -> StripeError:
    """400 for a capability that this type of account does not have in the country."""
    return refused(
        f"The {capability} capability is not supported for this account type and this account's country ({country}).",
        param=f"capabilities[{capability}]",
    )


@error("official", words="our choice")
def own_account_read_only() -> StripeError:
    """403 for changing the platform's own account."""
    return refused(
        "You cannot update your own account with this endpoint. Use the Dashboard instead: "
        "https://dashboard.stripe.com/settings/account",
        status=403,
    )


@error("observed", status="our choice")
def own_account_kept() -> StripeError:
    """403 for deleting an account that is not connected."""
    return refused("This application is not authorized to delete this account.", status=403)


@error("observed")
def parameter_locked(name: str, account: str) -> StripeError:
    """403 for a parameter that Stripe collects after an account link or session was created."""
    return refused(
        f"This application does not have the required permissions for the parameter '{name}' on account '{account}'.",
        status=403,
    )


@error("by analogy", "with parameters")
def endpoint_locked(account: str) -> StripeError:
    """403 for persons and external accounts after an account link or session was created."""
    return refused(
        f"This application does not have the required permissions for this endpoint on account '{account}'.", status=403
    )


@error("official", words="our choice")
def rejection_not_liable() -> StripeError:
    """400 for rejecting an account for whose losses Stripe is liable."""
    return refused(
        "You can only reject accounts where your platform is liable for negative balances, which means that "
        "`controller[losses][payments]` is application."
    )


@error("observed")
def country_spec_unknown(country: str) -> StripeError:
    """404 for the specification of an unknown country."""
    message = f"Country '{quoted_id(country)}' is unknown"
    return StripeError(ErrorBody(404, message, param="country"))
