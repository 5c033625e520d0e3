"""Errors of account links and login links."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.v2 import field_refused, refused_by_v2


@error("observed")
def account_link_unconnected() -> StripeError:
    """400 for an account link of an unknown, deleted or foreign account."""
    return refused(
        "You requested an account link for an account that is not connected to your platform or does not exist."
    )


@error("observed")
def account_update_refused() -> StripeError:
    """400 for an `account_update` link where Stripe collects requirements, or where requirements are due."""
    return refused(
        "You cannot create `account_update` type Account Links for this account. Valid types for this account are "
        '["account_onboarding"].'
    )


@error("official", words="our choice")
def livemode_without_https(param: str) -> StripeError:
    """400 for an http URL in live mode."""
    return refused("Livemode requests must always be redirected via HTTPS.", param=param)


@error("observed", "2021")
def not_an_express_account(account: str) -> StripeError:
    """400 for a login link of an account without the Express Dashboard."""
    return refused(f"Cannot create an edit link for the account {account}, which is not an Express account.")


@error("observed")
def login_before_onboarding() -> StripeError:
    """400 for a login link before the onboarding is completed."""
    return refused("Cannot create a login link for an account that has not completed onboarding.")


@error("observed", "the list of configurations is official")
def v2_configs_must_match_for_links(applied: Sequence[str]) -> StripeError:
    """400 for a link whose configurations differ from the applied ones."""
    return refused_by_v2(
        "The configurations in the request must match the applied configurations on the account in order to use "
        "v2/core/account_links.",
        "configs_must_match_to_use_account_links",
        extra=(("applied_configurations", list(applied)),),
    )


@error("observed", "of `return_url`")
def v2_link_url_invalid(name: str) -> StripeError:
    """400 for an account link with an invalid URL."""
    return field_refused(
        "use_case",
        f"{name} must be a valid URL and start with https:// or, during testing, http://. localhost is only allowed in "
        "testmode.",
    )
