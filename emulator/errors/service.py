"""Errors of the service itself: rate limits, outages, and parts of the API that are not modelled."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, Stage, StripeError
from emulator.errors.base.registry import error
from emulator.errors.base.wording import SUPPORT
from emulator.wire.path import ParamPath, format_path

NOT_EMULATED = "emulator_not_emulated"


@error("observed", "the live mode words in 2015")
def rate_limited(reason: str = "global-rate", *, livemode: bool = False) -> StripeError:
    """429 above a rate limit. `reason` is sent as Stripe-Rate-Limited-Reason."""
    exceeded = (
        "Request rate limit exceeded"
        if livemode
        else "Testmode request rate limit exceeded, the rate limits in testmode are lower than livemode. You can learn "
        "more about rate limits here https://stripe.com/docs/rate-limits."
    )
    return StripeError(ErrorBody(429, exceeded, code="rate_limit", headers=(("Stripe-Rate-Limited-Reason", reason),)))


@error("observed", faults_only=True)
def lock_timeout() -> StripeError:
    """429 for an object that another request holds. Stripe-Should-Retry makes SDKs retry."""
    return StripeError(
        ErrorBody(
            429,
            "This object cannot be accessed right now because another API request or Stripe process is currently "
            "accessing it. If you see this error intermittently, retry the request. If you see this error frequently "
            "and are making multiple concurrent requests to a single object, make your requests serially or at a lower "
            "rate.",
            code="lock_timeout",
            headers=(("Stripe-Should-Retry", "true"),),
        )
    )


@error("observed", "over several years", faults_only=True)
def api_error() -> StripeError:
    """500 of Stripe's own."""
    return StripeError(
        ErrorBody(
            500,
            f"An unknown error occurred. If you have any questions, we can help at {SUPPORT}.",
            type="api_error",
            stage=Stage.RUN,
        )
    )


@error("observed", "the beginning of the message", faults_only=True)
def overloaded() -> StripeError:
    """503 while test mode is switched off."""
    return StripeError(
        ErrorBody(
            503, "Test mode requests are temporarily disabled due to exceptionally high traffic.", type="api_error"
        )
    )


@error("our choice")
def internal() -> StripeError:
    """500 for a bug in the emulator. The traceback is in the log."""
    return StripeError(
        ErrorBody(500, "The emulator failed on this request. This is a bug: please report it.", type="api_error")
    )


@error("our choice")
def too_many_timers(most: int) -> StripeError:
    """400 for an object that would change by itself later, where as many others do as a sandbox can have."""
    message = (
        f"The emulator keeps at most {most} times at which objects of a sandbox change by themselves, such as the "
        "renewals of subscriptions: delete or cancel some, or reset the sandbox."
    )
    return StripeError(ErrorBody(400, message, code="emulator_too_many_timers", documented=False, stage=Stage.RUN))


@error("our choice")
def not_emulated(method: str, path: str) -> StripeError:
    """501 for an operation that Stripe has and the emulator does not model."""
    return _not_emulated(f"{method} {path}. Stripe has this operation")


@error("our choice")
def generic_refused(method: str, path: str) -> StripeError:
    """501 for an operation that is not modelled by hand, with --strict-fidelity."""
    message = (
        f"{method} {path} is not modelled: its response would follow from the API description alone, and "
        "--strict-fidelity refuses that. FIDELITY.md lists what is modelled."
    )
    return StripeError(ErrorBody(501, message, "api_error", "emulator_generic", documented=False))


@error("our choice")
def param_not_emulated(path: ParamPath) -> StripeError:
    """501 for a parameter that Stripe has and the emulator does not model."""
    return _not_emulated(f"the parameter {format_path(path)}. Stripe has it", format_path(path))


@error("our choice")
def value_not_emulated(path: ParamPath, value: str) -> StripeError:
    """501 for a value of a parameter that Stripe has and the emulator does not model."""
    return _not_emulated(f"{value} as {format_path(path)}. Stripe has it", format_path(path))


@error("our choice")
def expansion_not_emulated(path: str) -> StripeError:
    """501 for expanding an id whose object the emulator does not model."""
    return _not_emulated(f"what {path} would expand to. Stripe has it", "expand")


@error("our choice")
def refund_of_pending(charge: str) -> StripeError:
    """501 for a refund of a charge that is pending, which Stripe makes once the charge has succeeded."""
    return _not_emulated(f"the refund of {charge}, which is pending. Stripe has it")


def _not_emulated(text: str, param: str | None = None) -> StripeError:
    message = f"The emulator does not emulate {text}; FIDELITY.md lists what is emulated."
    return StripeError(ErrorBody(501, message, "api_error", NOT_EMULATED, param, documented=False))


@error("our choice")
def effect_not_emulated(effect: str) -> StripeError:
    """501 for a request whose effect on other objects, such as money that moves, the emulator does not model."""
    message = f"The emulator does not emulate {effect}; FIDELITY.md lists what is emulated."
    return StripeError(ErrorBody(501, message, "api_error", NOT_EMULATED, documented=False, stage=Stage.RUN))
