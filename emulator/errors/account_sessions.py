"""Errors of account sessions."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("observed")
def authentication_not_optional() -> StripeError:
    """400 for `disable_stripe_user_authentication` where Stripe collects requirements."""
    return refused(
        "The `disable_stripe_user_authentication` feature can only be set to true for accounts where the platform owns "
        "requirements collection, such as custom accounts."
    )


@error("by analogy", "with `disable_stripe_user_authentication`")
def collection_not_optional(param: str) -> StripeError:
    """400 for `external_account_collection=false` where Stripe collects requirements."""
    return refused(
        "The `external_account_collection` feature can only be set to false for accounts where the platform owns "
        "requirements collection, such as custom accounts.",
        param=param,
    )


@error("observed")
def authentication_differs(component: str, other: str) -> StripeError:
    """400 for two components that disagree on `disable_stripe_user_authentication`."""
    return refused(
        f"The `features[disable_stripe_user_authentication]` property specified by `{component}` and `{other}` must be "
        "the same."
    )


@error("official", words="our choice")
def component_needs_capability(component: str, capability: str) -> StripeError:
    """400 for an issuing or treasury component without its capability."""
    return refused(
        f"The `{component}` component can only be enabled for accounts with the `{capability}` capability.",
        param=f"components[{component}]",
    )


@error("inferred", "observed on account links")
def not_a_platform() -> StripeError:
    """400 for an account session of the caller's own account."""
    return refused("You must have a client application set in order to make this request.")
