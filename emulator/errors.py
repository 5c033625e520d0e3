"""Every error that Stripe can return, one named constructor each.

The exact words are Stripe's where a docstring says official or observed. `our choice` marks what nobody has
published; FIDELITY.md lists those. Paths print in brackets, ids in single quotes, and nothing here is assembled at a
call site.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from emulator.wire.json import Json
from emulator.wire.path import ParamPath, format_path

SUPPORT = "https://support.stripe.com/"


class Stage(Enum):
    """How far the request got; it decides the headers and the order of keys of the answer."""

    AUTH = "auth"
    CHECK = "check"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """One error as data. `code` and `param` are absent from the answer when None."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    stage: Stage = Stage.CHECK
    documented: bool = True

    def envelope(self, log_url: str | None) -> Json:
        """The body as sent: alphabetical keys, except on a 403 of the auth layer (observed: message, type, code)."""
        code = {"code": self.code} if self.code else {}
        doc = {"doc_url": doc_url(self.code)} if self.code and self.documented else {}
        rest = {"message": self.message, **({"param": self.param} if self.param else {})}
        log = {"request_log_url": log_url} if log_url else {}
        kind = {"type": self.type}
        if self.stage is Stage.AUTH and self.status == 403:
            return {"error": {**rest, **kind, **code, **doc}}
        return {"error": {**code, **doc, **rest, **log, **kind}}


class StripeError(Exception):
    """Raised anywhere below the ladder, answered by it. A plain exception: it must accept a traceback."""

    def __init__(self, body: ErrorBody) -> None:
        super().__init__(body.message)
        self.body = body


def doc_url(code: str) -> str:
    """Where Stripe documents an error code."""
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def _bad_param(message: str, path: ParamPath, code: str | None = None, *, documented: bool = True) -> StripeError:
    return StripeError(ErrorBody(400, message, code=code, param=format_path(path) or None, documented=documented))


def _refused(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """The endpoint ran and said no."""
    return StripeError(ErrorBody(400, message, code=code, param=param, stage=Stage.RUN))


def _unauthorized(message: str, code: str | None = None) -> StripeError:
    return StripeError(ErrorBody(401, message, code=code, stage=Stage.AUTH))


# --- route and key ------------------------------------------------------------------------------------------------


def unrecognized_url(method: str, path: str) -> StripeError:
    """404 for an unknown path, or a known one with another verb (observed)."""
    return StripeError(
        ErrorBody(
            404,
            f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the trailing "
            "slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in "
            f"your code. Please see https://stripe.com/docs or we can help at {SUPPORT}.",
        )
    )


def no_api_key() -> StripeError:
    """401 without an Authorization header (observed, August 2026)."""
    return _unauthorized(
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for "
        f"details, or we can help at {SUPPORT}."
    )


def invalid_api_key(redacted: str) -> StripeError:
    """401 for an unknown, malformed or revoked key, and for a dead session token (observed)."""
    return _unauthorized(f"Invalid API Key provided: {redacted}")


def live_key(redacted: str) -> StripeError:
    """401 for a live key that the settings do not allow: Stripe's words, then the reason (our choice)."""
    return _unauthorized(
        f"Invalid API Key provided: {redacted}. This is a live key, and the emulator refuses live keys: one in a test "
        "run is a leak. Use a key that starts with sk_test_, or start the emulator with --allow-live-keys."
    )


def expired_api_key(redacted: str) -> StripeError:
    """401 for an expired key (observed 2023, official in the Stripe CLI's tests)."""
    return _unauthorized(f"Expired API Key provided: {redacted}", "api_key_expired")


def publishable_key() -> StripeError:
    """401 for a publishable key where a secret one is needed (observed; that it has no code is our choice)."""
    return _unauthorized(
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of "
        "your API keys at https://dashboard.stripe.com/account/apikeys."
    )


def account_invalid(redacted: str, account: str) -> StripeError:
    """403 for an unknown, foreign or deleted account in the URL or in Stripe-Account (observed, August 2026)."""
    return StripeError(
        ErrorBody(
            403,
            f"The provided key '{redacted}' does not have access to account '{account}' (or that account does not "
            "exist). Application access may have been revoked.",
            code="account_invalid",
            stage=Stage.AUTH,
        )
    )


def accounts_of_connected_account() -> StripeError:
    """403 when a connected account acts on accounts of its own (message observed; the status is our choice)."""
    return StripeError(
        ErrorBody(403, "You cannot access the connected accounts of your platform's connected accounts.")
    )


def invalid_version(text: str) -> StripeError:
    """400 for a malformed or impossible Stripe-Version (message observed; status and type inferred)."""
    return StripeError(ErrorBody(400, f"Invalid Stripe API version: {text}"))


def not_emulated(method: str, path: str) -> StripeError:
    """501 for an operation that Stripe has and the emulator does not model (our choice: never pretend)."""
    return StripeError(
        ErrorBody(
            501,
            f"The emulator does not emulate {method} {path}. Stripe has this operation; FIDELITY.md lists what is "
            "emulated.",
            type="api_error",
            code="emulator_not_emulated",
            documented=False,
        )
    )


def internal() -> StripeError:
    """500 for a bug of the emulator's own; its traceback is in the log (our choice of words)."""
    return StripeError(
        ErrorBody(500, "The emulator failed on this request. This is a bug: please report it.", type="api_error")
    )


# --- body ---------------------------------------------------------------------------------------------------------


def invalid_content() -> StripeError:
    """400 for a JSON body, or any other content type, on v1 (observed)."""
    return StripeError(
        ErrorBody(
            400,
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any "
            f"questions, we can help at {SUPPORT}.",
        )
    )


def invalid_utf8(text: str) -> StripeError:
    """400 for a body that is not UTF-8 (message observed; what stands in the quotes is our choice)."""
    return StripeError(
        ErrorBody(
            400,
            f'Invalid UTF-8 characters found in POST body: "{text}".  For assistance, please contact '
            "support@stripe.com.",
        )
    )


def too_large(what: str) -> StripeError:
    """400 for a request beyond the emulator's bounds (our choice)."""
    return StripeError(ErrorBody(400, f"Invalid request: it has {what}."))


# --- parameters ---------------------------------------------------------------------------------------------------


def unknown_params(paths: Sequence[ParamPath], suggestion: ParamPath | None = None) -> StripeError:
    """400 that names every unknown parameter; `param` is the first (observed). The hint stands for one only."""
    names = ", ".join(map(format_path, paths))
    plural = "s" if len(paths) > 1 else ""
    hint = f". Did you mean {format_path(suggestion)}?" if suggestion else ""
    return _bad_param(f"Received unknown parameter{plural}: {names}{hint}", paths[0], "parameter_unknown")


def missing_param(path: ParamPath) -> StripeError:
    """400 for a required parameter that is absent (observed)."""
    return _bad_param(f"Missing required param: {format_path(path)}.", path, "parameter_missing")


def empty_param(path: ParamPath) -> StripeError:
    """400 for an empty string where nothing can be unset (observed, June 2026)."""
    name = format_path(path)
    return _bad_param(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; however "
        f"'{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value.",
        path,
        "parameter_invalid_empty",
    )


def invalid_boolean(path: ParamPath, echo: str) -> StripeError:
    """400 for anything but `true` and `false` (observed, without a code)."""
    return _bad_param(f"Invalid boolean: {echo}", path)


def invalid_integer(path: ParamPath, echo: str) -> StripeError:
    """400 for what is not a whole number (observed)."""
    return _bad_param(f"Invalid integer: {echo}", path, "parameter_invalid_integer")


def integer_too_small(path: ParamPath, minimum: int) -> StripeError:
    """400 below a lower bound (observed)."""
    return _bad_param(f"This value must be greater than or equal to {minimum}.", path, "parameter_invalid_integer")


def integer_too_large(path: ParamPath, maximum: int) -> StripeError:
    """400 above an upper bound (by analogy with the lower one)."""
    return _bad_param(f"This value must be less than or equal to {maximum}.", path, "parameter_invalid_integer")


def invalid_decimal(path: ParamPath, echo: str) -> StripeError:
    """400 for what is not a number (beginning observed)."""
    return _bad_param(f"Invalid decimal: {echo}", path)


def invalid_string(path: ParamPath, echo: str) -> StripeError:
    """400 for a hash or an array where text is expected; the echo is its JSON (observed)."""
    return _bad_param(f"Invalid string: {echo}", path)


def string_too_long(path: ParamPath, value: str, maximum: int) -> StripeError:
    """400 for text over its length; the echo is the first and last ten characters (observed)."""
    short = f"{value[:10]}...{value[-10:]}" if len(value) > 20 else value
    return _bad_param(
        f"Invalid string: {short}; must be at most {maximum} characters",
        path,
        "parameter_invalid_string_length",
        documented=False,
    )


def invalid_enum(path: ParamPath, values: Sequence[str]) -> StripeError:
    """400 for a word outside its list (observed, without a code). The name is the last segment, with its index."""
    name = f"{path[-2]}[{path[-1]}]" if path[-1].isdigit() and len(path) > 1 else path[-1]
    return _bad_param(f"Invalid {name}: must be one of {either(values)}", path)


def invalid_array(path: ParamPath) -> StripeError:
    """400 for a value or a hash where an array is expected (observed)."""
    return _bad_param("Invalid array", path)


def invalid_object(path: ParamPath) -> StripeError:
    """400 for a value or an array where a hash is expected (observed)."""
    return _bad_param("Invalid object", path)


def too_many_items(path: ParamPath, maximum: int) -> StripeError:
    """400 for an array over its length (our choice of words)."""
    return _bad_param(f"Invalid array; must contain at most {maximum} elements", path)


def metadata_key_too_long(path: ParamPath, key: str) -> StripeError:
    """400 for a metadata key over 40 characters (official wording of 2016; newer one unknown)."""
    return _bad_param(f"Invalid key: {key} must be a string under 40 characters", path)


def metadata_value_too_long(path: ParamPath, value: str) -> StripeError:
    """400 for a metadata value over 500 characters (official wording of 2016; newer one unknown)."""
    return _bad_param(f"Invalid val: {value} must be a string under 500 characters", path)


def too_much_metadata(path: ParamPath) -> StripeError:
    """400 for more than 50 keys (official limit; our choice of words)."""
    return _bad_param("You can only have up to 50 metadata keys.", path)


def exclusive_params(paths: Sequence[ParamPath]) -> StripeError:
    """400 for parameters that exclude each other; `param` is the first (observed, without a code)."""
    names = ", ".join(map(format_path, paths))
    return _bad_param(f"You may only specify one of these parameters: {names}.", paths[0])


def both_cursors() -> StripeError:
    """400 for a list with both cursors (observed)."""
    return StripeError(
        ErrorBody(400, "Received both starting_after and ending_before parameters. Please pass in only one.")
    )


def not_expandable(path: str, suggestion: str | None = None) -> StripeError:
    """400 for an expand path that leads nowhere (observed, with the hint on lists)."""
    hint = f" You may want to try expanding '{suggestion}' instead." if suggestion else ""
    return StripeError(ErrorBody(400, f"This property cannot be expanded ({path}).{hint}"))


def expand_too_deep(path: str) -> StripeError:
    """400 for more than four levels (official limit; our choice of words)."""
    return StripeError(ErrorBody(400, f"You cannot expand more than 4 levels of a property ({path})."))


def either(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b, or c`, as Stripe lists them."""
    if len(words) < 3:
        return " or ".join(words)
    return f"{', '.join(words[:-1])}, or {words[-1]}"


# --- account sessions ---------------------------------------------------------------------------------------------


def authentication_not_optional() -> StripeError:
    """400 for `disable_stripe_user_authentication` where Stripe collects requirements (observed; no code, no param)."""
    return _refused(
        "The `disable_stripe_user_authentication` feature can only be set to true for accounts where the platform owns "
        "requirements collection, such as custom accounts."
    )


def collection_not_optional(param: str) -> StripeError:
    """400 for `external_account_collection=false` where Stripe collects requirements (by analogy with the former)."""
    return _refused(
        "The `external_account_collection` feature can only be set to false for accounts where the platform owns "
        "requirements collection, such as custom accounts.",
        param,
    )


def authentication_differs(component: str, other: str) -> StripeError:
    """400 when two components disagree on `disable_stripe_user_authentication` (observed)."""
    return _refused(
        f"The `features[disable_stripe_user_authentication]` property specified by `{component}` and `{other}` must be "
        "the same."
    )


def component_needs_capability(component: str, capability: str) -> StripeError:
    """400 for issuing and treasury components (that Stripe refuses is official; our choice of words)."""
    return _refused(
        f"The `{component}` component can only be enabled for accounts with the `{capability}` capability.",
        f"components[{component}]",
    )


def not_a_platform() -> StripeError:
    """400 for an account session of one's own account (observed on account links; inferred here)."""
    return _refused("You must have a client application set in order to make this request.")


# --- ids ----------------------------------------------------------------------------------------------------------


def no_such(noun: str, identifier: str, param: str, status: int = 400) -> StripeError:
    """An id that names nothing: 404 in the path, 400 in a parameter (observed)."""
    message = f"No such {noun}: '{quoted_id(identifier)}'"
    if identifier != identifier.strip(" '\""):
        message += ". Make sure you use the exact id without extra whitespace or quotes"
    return StripeError(ErrorBody(status, message, code="resource_missing", param=param))


def quoted_id(identifier: str) -> str:
    """An id as Stripe echoes it: quotes escaped, and the middle left out past 998 characters (observed)."""
    if len(identifier) > 998:
        identifier = f"{identifier[:490]}...(truncated)...{identifier[-490:]}"
    return identifier.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')


# --- accounts -----------------------------------------------------------------------------------------------------


def param_not_emulated(path: ParamPath) -> StripeError:
    """501 for a parameter that Stripe has and the emulator does not model (our choice: never pretend)."""
    name = format_path(path)
    return StripeError(
        ErrorBody(
            501,
            f"The emulator does not emulate the parameter {name}. Stripe has it; FIDELITY.md lists what is emulated.",
            type="api_error",
            code="emulator_not_emulated",
            param=name,
            documented=False,
        )
    )


def country_unknown(country: str) -> StripeError:
    """400 for what is no ISO country code (observed, without a code)."""
    return _refused(
        f"Country '{country}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', "
        "'EG', or 'GB'. A full list of country codes is available at "
        "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements",
        "country",
    )


def country_unsupported(country: str) -> StripeError:
    """400 for a country in which accounts cannot be made (message and code observed)."""
    return _refused(f"{country} is not currently supported by Stripe.", "country", "country_unsupported")


def currency_invalid(path: ParamPath, currency: str) -> StripeError:
    """400 for what is no currency code (first words official; the list of currencies that follows is left out)."""
    return _refused(f"Invalid currency: {currency}.", format_path(path))


def email_invalid(path: ParamPath, email: str) -> StripeError:
    """400 for what is no email address (observed)."""
    return _refused(f"Invalid email address: {email}", format_path(path), "email_invalid")


def url_invalid(path: ParamPath) -> StripeError:
    """400 for a website that cannot be one (observed)."""
    return _refused("Not a valid URL", format_path(path), "url_invalid")


def controller_unsupported(message: str) -> StripeError:
    """400 for a combination of controller properties; the words are in the table of combinations."""
    return _refused(message)


def terms_on_behalf() -> StripeError:
    """400 for accepting the terms where Stripe collects the requirements (observed, 2026; `param` is our choice)."""
    return _refused(
        "You cannot accept the Terms of Service on behalf of accounts where `controller[requirement_collection]=stripe`"
        ", which includes Standard and Express accounts.",
        "tos_acceptance",
    )


def recipient_terms_at_home(platform: str, country: str) -> StripeError:
    """400 for the recipient agreement within one country (observed)."""
    return _refused(
        f"The recipient ToS agreement is not supported for platforms in {platform} creating accounts in {country}. See "
        "https://stripe.com/docs/connect/cross-border-payouts for more details.",
        "tos_acceptance[service_agreement]",
    )


def standard_capabilities() -> StripeError:
    """400 for capabilities on an account that is a standard one (observed; `param` is our choice)."""
    return _refused("You cannot create Standard connected accounts with capabilities via API.", "capabilities")


def capability_not_in_country(capability: str, country: str) -> StripeError:
    """400 for a capability that a country has not (observed; `param` is our choice)."""
    return _refused(
        f"You cannot request the `{capability}` capability for accounts in {country}", f"capabilities[{capability}]"
    )


def own_account_read_only() -> StripeError:
    """403 for changing the platform's own account (that it cannot be done is official; our choice of words)."""
    return StripeError(
        ErrorBody(
            403,
            "You cannot update your own account with this endpoint. Use the Dashboard instead: "
            "https://dashboard.stripe.com/settings/account",
            stage=Stage.RUN,
        )
    )


def own_account_kept() -> StripeError:
    """403 for deleting an account that is not a connected one (message observed; the status is our choice)."""
    return StripeError(ErrorBody(403, "This application is not authorized to delete this account.", stage=Stage.RUN))
