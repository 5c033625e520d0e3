"""Every error that Stripe can return, one named constructor each.

The exact words are Stripe's where a docstring says official or observed. `our choice` marks what nobody has
published; FIDELITY.md lists those. Paths print in brackets, ids in single quotes, and nothing here is assembled at a
call site.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

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
    """One error as data. `code` and `param` are absent from the answer when None; `headers` are sent besides.

    `fields` is what v2 says of each wrong field, by its path in brackets, where that is not the message.
    """

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    stage: Stage = Stage.CHECK
    documented: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    logged: bool = True
    extra: tuple[tuple[str, Json], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def code_v2(self) -> str:
        """The code on /v2, which an error always has; what is wrong with fields is one code (observed of many)."""
        code = "idempotency_error" if self.type == "idempotency_error" else self.code or _CODES_V2[self.status]
        return "invalid_fields" if code.startswith("parameter_") else code

    def envelope_v2(self) -> Json:
        """The body on /v2: a code always, hardly ever a type (official); `extra` is only here.

        What is wrong with fields has the same words around what is said of them (observed of many).
        """
        code = self.code_v2
        fields = self.fields or (((self.param, self.message),) if self.param and code == "invalid_fields" else ())
        message = fields_invalid(fields) if fields else self.message
        return {"error": {"code": code, "message": message, **dict(self.extra)}}

    def envelope(self, log_url: str | None) -> Json:
        """The body as sent: alphabetical keys, except on a 403 of the auth layer (observed: message, type, code)."""
        code = {"code": self.code} if self.code else {}
        doc = {"doc_url": doc_url(self.code)} if self.code and self.documented else {}
        rest = {"message": self.message, **({"param": self.param} if self.param else {})}
        log = {"request_log_url": log_url} if log_url and self.logged else {}
        kind = {"type": self.type}
        if self.stage is Stage.AUTH and self.status == 403:
            return {"error": {**rest, **kind, **code, **doc}}
        return {"error": {**code, **doc, **rest, **log, **kind}}


# What v2 says where v1 has no code, as it requires one (official; that of a 403 was seen, that of a 5xx is our choice).
_CODES_V2 = defaultdict(lambda: "api_error", {400: "invalid_fields", 403: "forbidden", 404: "not_found"})


class StripeError(Exception):
    """Raised anywhere below the pipeline, answered by it. A plain exception: it must accept a traceback."""

    def __init__(self, body: ErrorBody) -> None:
        super().__init__(body.message)
        self.body = body


def fields_invalid(fields: Sequence[tuple[str, str]]) -> str:
    """The message of v2 about wrong fields (observed of one field each; how several are joined is our choice)."""
    said = ", ".join(f"'{_dotted(path)}: {text}'" for path, text in fields)
    return f"Some fields in the request were invalid: {said}"


def _dotted(path: str) -> str:
    """`a[b][0]` as v2 prints it, `a.b[0]` (observed)."""
    return re.sub(r"\[(?!\d+\])([^\]]*)\]", r".\1", path)


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
    """403 for a publishable key where a secret one is needed (words and code observed; the status since 2023)."""
    return StripeError(
        ErrorBody(
            403,
            "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list "
            "of your API keys at https://dashboard.stripe.com/account/apikeys.",
            code="secret_key_required",
        )
    )


def missing_permission(redacted: str, account: str, label: str, permission: str, editor: str) -> StripeError:
    """403 for a restricted key without a permission, with a version of 2025-03-31 or later.

    The words, the code and the link's form are observed in 2026, one missing permission at a time; that older versions
    get the older words, and the ids in the link, are our choice.
    """
    return _forbidden(
        f"Permission denied. The provided key '{redacted}' does not have the required permissions for this endpoint on "
        f"account '{account}'. Enabling \"{label}\" ('{permission}') permissions on this key would allow this request "
        f"to continue. You can edit permissions at {editor}",
        "more_permissions_required",
        logged=True,
    )


def missing_rak_permission(redacted: str, account: str, permission: str) -> StripeError:
    """403 for a restricted key without one permission, before 2025-03-31 (observed 2021 to 2025, without a code)."""
    return _forbidden(
        f"{_lacking(redacted, account)} Having the 'rak_{permission}' permission would allow this request to continue."
    )


def missing_permissions(redacted: str, account: str) -> StripeError:
    """403 for a key without several permissions, before 2025-03-31 (words observed 2021)."""
    return _forbidden(f"{_lacking(redacted, account)} Having more permissions would allow this request to continue.")


def not_for_restricted_keys(redacted: str, account: str) -> StripeError:
    """403 for an operation that no permission opens (words observed 2019 to 2021)."""
    return _forbidden(
        f"{_lacking(redacted, account)} This is a restricted API key, but the required permissions are not available "
        "for use by restricted keys."
    )


def no_connect_permissions() -> StripeError:
    """403 for Stripe-Account with a restricted key of no Connect permission (message observed; status inferred)."""
    return _forbidden(
        "You passed a restricted API key with the Stripe-Account header, but the restricted API key does not have any "
        "Connect permissions."
    )


def not_for_session_tokens(redacted: str, account: str) -> StripeError:
    """403 for what no component needs, with the token of a claimed session (our choice, first sentence observed)."""
    return _forbidden(
        f"{_lacking(redacted, account)} This is the token of a claimed account session, which serves its components "
        "only."
    )


def _lacking(redacted: str, account: str) -> str:
    return (
        f"The provided key '{redacted}' does not have the required permissions for this endpoint on account "
        f"'{account}'."
    )


def _forbidden(message: str, code: str | None = None, *, logged: bool = False) -> StripeError:
    """A 403 past the auth layer: it has a request id (observed 2025), and the older ones have no link to a log."""
    return StripeError(ErrorBody(403, message, code=code, documented=False, logged=logged))


def no_context() -> StripeError:
    """400 for an organization key without Stripe-Context (that it is required is official; our choice of words)."""
    return StripeError(
        ErrorBody(
            400,
            "All API requests made with an organization API key must include the Stripe-Context header to identify the "
            "affected account. See https://docs.stripe.com/keys/organization-api-keys",
        )
    )


def no_version() -> StripeError:
    """400 for an organization key without Stripe-Version (that it is required is official; our choice of words)."""
    return StripeError(
        ErrorBody(
            400,
            "All API requests made with an organization API key must include the Stripe-Version header. See "
            "https://docs.stripe.com/keys/organization-api-keys",
        )
    )


def accounts_differ(account: str, context: str) -> StripeError:
    """400 for Stripe-Account and Stripe-Context that name different accounts (our choice)."""
    return StripeError(
        ErrorBody(
            400,
            f"The Stripe-Account header names '{account}' and the Stripe-Context header '{context}'. Stripe-Context "
            "supersedes Stripe-Account: send only one of them.",
        )
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
    """400 for a malformed or impossible Stripe-Version (observed, without a link to a log)."""
    return StripeError(ErrorBody(400, f"Invalid Stripe API version: {text}", logged=False))


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


def invalid_json(reason: str) -> StripeError:
    """400 for a v2 body that is no JSON object (our choice)."""
    return StripeError(ErrorBody(400, f"Invalid request body: {reason}.", code="invalid_fields", documented=False))


def too_large(what: str) -> StripeError:
    """400 for a request beyond the emulator's bounds (our choice)."""
    return StripeError(ErrorBody(400, f"Invalid request: it has {what}."))


# --- parameters ---------------------------------------------------------------------------------------------------


def unknown_params(paths: Sequence[ParamPath], suggestion: ParamPath | None = None) -> StripeError:
    """400 that names every unknown parameter; `param` is the first (observed). The hint stands for one only.

    On /v2 the words are `Unknown field.` (observed).
    """
    names = ", ".join(map(format_path, paths))
    plural = "s" if len(paths) > 1 else ""
    hint = f". Did you mean {format_path(suggestion)}?" if suggestion else ""
    error = _bad_param(f"Received unknown parameter{plural}: {names}{hint}", paths[0], "parameter_unknown")
    return _on_v2(error, *((format_path(path), "Unknown field.") for path in paths))


def missing_param(path: ParamPath) -> StripeError:
    """400 for a required parameter that is absent (observed; on /v2 the words are our choice)."""
    error = _bad_param(f"Missing required param: {format_path(path)}.", path, "parameter_missing")
    return _on_v2(error, (format_path(path), "Missing required field."))


def empty_param(path: ParamPath) -> StripeError:
    """400 for an empty string where nothing can be unset (observed, June 2026; on /v2 the words are our choice)."""
    name = format_path(path)
    error = _bad_param(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; however "
        f"'{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value.",
        path,
        "parameter_invalid_empty",
    )
    return _on_v2(error, (name, "Cannot be empty or null."))


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


def invalid_enum(path: ParamPath, values: Sequence[str], value: str = "") -> StripeError:
    """400 for a word outside its list (observed, without a code). The name is the last segment, with its index.

    On /v2 the words name the value too (observed), in alphabetical order (inferred).
    """
    name = f"{path[-2]}[{path[-1]}]" if path[-1].isdigit() and len(path) > 1 else path[-1]
    error = _bad_param(f"Invalid {name}: must be one of {either(values)}", path)
    return _on_v2(error, (format_path(path), _unrecognized(value, values)))


def _unrecognized(value: str, values: Sequence[str]) -> str:
    return f"Unrecognized enum value '{quoted_id(value)}', valid values are: {', '.join(sorted(values))}."


def _on_v2(error: StripeError, *fields: tuple[str, str]) -> StripeError:
    return StripeError(replace(error.body, fields=fields))


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
    """400 for an expand path that leads nowhere, named up to where it fails (observed, with the hint on lists)."""
    hint = f" You may want to try expanding '{suggestion}' instead." if suggestion else ""
    return StripeError(ErrorBody(400, f"This property cannot be expanded ({path}).{hint}"))


def expand_too_deep(path: str) -> StripeError:
    """400 for more than four levels (observed, without a doc_url)."""
    message = f"You cannot expand more than 4 levels of a property. Property: {path}"
    return StripeError(ErrorBody(400, message, code="property_expansion_max_depth", documented=False))


def not_includable(name: str) -> StripeError:
    """400 for `total_count` of a list (message observed, code official; that it has no doc_url is our choice)."""
    message = f"This property cannot be included ({name})"
    return StripeError(ErrorBody(400, message, code="property_forbidden", documented=False))


def expansion_not_emulated(path: str) -> StripeError:
    """501 for expanding an id whose object the emulator does not model (our choice: never pretend)."""
    return StripeError(
        ErrorBody(
            501,
            f"The emulator does not emulate what {path} would expand to. Stripe has it; FIDELITY.md lists what is "
            "emulated.",
            type="api_error",
            code="emulator_not_emulated",
            param="expand",
            documented=False,
        )
    )


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


# --- idempotency and limits ---------------------------------------------------------------------------------------


def idempotency_key_length(length: int) -> StripeError:
    """400 for a key that is empty or too long (observed for an empty one)."""
    return StripeError(
        ErrorBody(
            400,
            f"Idempotent key length is {length} characters long, which is outside accepted lengths. Idempotent Keys "
            "must be 1-255 characters long. If you're looking for a decent generator, try using a UUID defined by IETF "
            "RFC 4122.",
            type="idempotency_error",
        )
    )


def idempotency_other_parameters(key: str) -> StripeError:
    """400 for a key that was used with other parameters (observed)."""
    return StripeError(
        ErrorBody(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
            f"using a key other than '{key}' if you meant to execute a different request.",
            type="idempotency_error",
        )
    )


def idempotency_other_endpoint(key: str, path: str, first_path: str) -> StripeError:
    """400 for a key that was used on another endpoint; the new path is named first (observed)."""
    return StripeError(
        ErrorBody(
            400,
            "Keys for idempotent requests can only be used for the same endpoint they were first used for "
            f"('{path}' vs '{first_path}'). Try using a key other than '{key}' if you meant to execute a different "
            "request.",
            type="idempotency_error",
        )
    )


def v2_idempotency_conflict() -> StripeError:
    """409 on /v2 for a key that was used otherwise, or whose first request goes on (status, code and words observed
    of the latter, with the words of the former; that another endpoint answers alike is our choice).
    """
    return StripeError(
        ErrorBody(
            409,
            "Idempotency keys can only be reused with the same parameters they were first used with.",
            code="idempotency_error",
        )
    )


def idempotency_key_in_use(key: str) -> StripeError:
    """409 while the first request with a key is under way (observed)."""
    return StripeError(
        ErrorBody(
            409,
            "There is currently another in-progress request using this Idempotent Key (that probably means you "
            f"submitted twice, and the other request is still going through): {key}. Please try again later.",
            code="idempotency_key_in_use",
        )
    )


def rate_limited(reason: str = "global-rate", *, livemode: bool = False) -> StripeError:
    """429 above a rate limit; `reason` goes into Stripe-Rate-Limited-Reason (observed words; of live mode in 2015)."""
    exceeded = (
        "Request rate limit exceeded"
        if livemode
        else "Testmode request rate limit exceeded, the rate limits in testmode are lower than livemode. You can learn "
        "more about rate limits here https://stripe.com/docs/rate-limits."
    )
    return StripeError(
        ErrorBody(
            429,
            exceeded,
            code="rate_limit",
            headers=(("Stripe-Rate-Limited-Reason", reason),),
        )
    )


def lock_timeout() -> StripeError:
    """429 for an object that another request holds; SDKs are told to try again (observed)."""
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


def api_error() -> StripeError:
    """500 of Stripe's own (observed words of several years)."""
    return StripeError(
        ErrorBody(
            500,
            f"An unknown error occurred. If you have any questions, we can help at {SUPPORT}.",
            type="api_error",
            stage=Stage.RUN,
        )
    )


def overloaded() -> StripeError:
    """503 when test mode is switched off for a while (beginning observed)."""
    return StripeError(
        ErrorBody(
            503, "Test mode requests are temporarily disabled due to exceptionally high traffic.", type="api_error"
        )
    )


# --- ids ----------------------------------------------------------------------------------------------------------


def no_such(
    noun: str, identifier: str, param: str, status: int = 400, elsewhere: Literal["test", "live"] | None = None
) -> StripeError:
    """An id that names nothing: 404 in the path, 400 in a parameter (observed).

    `elsewhere` is the mode in which the platform does have it; the message then says so (observed).
    """
    message = f"No such {noun}: '{quoted_id(identifier)}'"
    if identifier != identifier.strip(" '\""):
        message += ". Make sure you use the exact id without extra whitespace or quotes"
    if elsewhere is not None:
        used = "live" if elsewhere == "test" else "test"
        message += f"; a similar object exists in {elsewhere} mode, but a {used} mode key was used to make this "
        message += "request."
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


def country_unknown(country: str, param: str = "country") -> StripeError:
    """400 for what is no ISO country code (observed, without a code; of addresses inferred)."""
    return _refused(
        f"Country '{country}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', "
        "'EG', or 'GB'. A full list of country codes is available at "
        "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements",
        param,
    )


def account_token_required(platform: str) -> StripeError:
    """400 for a custom account that a platform of FR makes without a token (observed 2021; without a code)."""
    return _refused(
        f"Connect platforms based in {platform} must create Custom accounts via account tokens. For documentation on "
        "account tokens, see https://stripe.com/docs/connect/account-tokens."
    )


def country_across_border(country: str, platform: str) -> StripeError:
    """400 for a country in which platforms of another one cannot make accounts (observed to 2026; without a code)."""
    return _refused(
        f"Connected accounts in {country} cannot be created by platforms in {platform}. Please contact us via "
        "https://support.stripe.com/contact if you need further assistance.",
        "country",
    )


def country_unsupported(country: str) -> StripeError:
    """400 for a country in which accounts cannot be made (message and code observed)."""
    return _refused(f"{country} is not currently supported by Stripe.", "country", "country_unsupported")


def currency_invalid(path: ParamPath, currency: str) -> StripeError:
    """400 for what is no currency code (first words official; the list of currencies that follows is left out)."""
    return _refused(f"Invalid currency: {currency}.", format_path(path))


def currency_immutable() -> StripeError:
    """400 for another default currency of an account that is active (rule official, words by analogy with v2)."""
    return _refused("Cannot change `default_currency` post account activation.", "default_currency")


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


def terms_date_invalid() -> StripeError:
    """400 for terms accepted before 2009 or in the future (message observed)."""
    return _refused(
        "ToS acceptance date is not valid. Dates are expected to be integers, measured in seconds, not in the future, "
        "and after 2009",
        "tos_acceptance[date]",
    )


def configuration_not_applied(capability: str, configuration: str, account_id: str) -> StripeError:
    """400 for a capability that v1 asks for where Accounts v2 has not applied its configuration (our choice)."""
    return _refused(
        f"The capability {capability} belongs to the {configuration} configuration, which is not applied to account "
        f"{account_id}. Apply it with POST /v2/core/accounts/{account_id}.",
        f"capabilities[{capability}]",
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


def capability_not_of_type(capability: str, country: str) -> StripeError:
    """400 for a capability that accounts of this kind have not in a country (observed; `param` is our choice)."""
    return _refused(
        f"The {capability} capability is not supported for this account type and this account's country ({country}).",
        f"capabilities[{capability}]",
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


# --- webhooks -----------------------------------------------------------------------------------------------------


def url_without_scheme(path: ParamPath) -> StripeError:
    """400 for a URL without http:// or https:// (observed; that it is said here too is inferred)."""
    return _refused(
        "Invalid URL: An explicit scheme (such as https) must be provided.", format_path(path), "url_invalid"
    )


def webhook_endpoint_limit(most: int, mode: str) -> StripeError:
    """400 for one webhook endpoint too many (observed for test mode, without a code)."""
    return _refused(f"You have reached the maximum of {most} {mode} webhook endpoints.")


def webhooks_of_connected_account() -> StripeError:
    """403 for webhook endpoints of a connected account (message observed; the status is our choice)."""
    return StripeError(
        ErrorBody(
            403,
            "You are not permitted to configure webhook endpoints on a connected account. Did you mean to create a "
            "Connect webhook on your account instead?",
            stage=Stage.RUN,
        )
    )


def parameter_locked(name: str, account: str) -> StripeError:
    """403 for a parameter that is Stripe's to collect after an account link or session (observed; no code seen)."""
    return StripeError(
        ErrorBody(
            403,
            f"This application does not have the required permissions for the parameter '{name}' on account "
            f"'{account}'.",
            stage=Stage.RUN,
        )
    )


def endpoint_locked(account: str) -> StripeError:
    """403 for persons and external accounts that are Stripe's to collect (by analogy with parameters)."""
    return StripeError(
        ErrorBody(
            403,
            f"This application does not have the required permissions for this endpoint on account '{account}'.",
            stage=Stage.RUN,
        )
    )


def rejection_not_liable() -> StripeError:
    """400 for rejecting an account for whose losses Stripe is liable (rule official; our choice of words)."""
    return _refused(
        "You can only reject accounts where your platform is liable for negative balances, which means that "
        "`controller[losses][payments]` is application."
    )


def not_an_express_account(account: str) -> StripeError:
    """400 for a login link of an account without the Express Dashboard (observed 2021)."""
    return _refused(f"Cannot create an edit link for the account {account}, which is not an Express account.")


def login_before_onboarding() -> StripeError:
    """400 for a login link before the onboarding is over (observed)."""
    return _refused("Cannot create a login link for an account that has not completed onboarding.")


def account_link_unconnected() -> StripeError:
    """400 for an account link of an unknown, deleted or foreign account (observed; no code, no param)."""
    return _refused(
        "You requested an account link for an account that is not connected to your platform or does not exist."
    )


def account_update_refused() -> StripeError:
    """400 for an `account_update` link where Stripe collects, or something is due (observed; no code, no param)."""
    return _refused(
        "You cannot create `account_update` type Account Links for this account. Valid types for this account are "
        '["account_onboarding"].'
    )


def livemode_without_https(param: str) -> StripeError:
    """400 for an http URL in live mode (rule official; our choice of words)."""
    return _refused("Livemode requests must always be redirected via HTTPS.", param)


# --- persons ------------------------------------------------------------------------------------------------------


def too_much_ownership() -> StripeError:
    """400 when the owners have more than the whole company (observed; no code, no param seen)."""
    return _refused("The total combined ownership of the company would exceed 100 percent.")


def ownership_out_of_range(path: ParamPath) -> StripeError:
    """400 for a share below 0 or above 100 percent (our choice)."""
    return _refused("The percentage of ownership must be between 0 and 100.", format_path(path))


def id_number_invalid(message: str, param: str) -> StripeError:
    """400 for a number of a person that its country cannot have (US and CA observed; `code` is our choice)."""
    return _refused(message, param, "tax_id_invalid")


def ssn_last_4_invalid(param: str) -> StripeError:
    """400 for last digits that are not four (our choice)."""
    return _refused("The last digits of a number must be 4 digits", param, "tax_id_invalid")


def phone_invalid(path: ParamPath, phone: str) -> StripeError:
    """400 for text that is no phone number of the country (observed of `support_phone`, without a code)."""
    return _refused(f'"{phone}" is not a valid phone number', format_path(path))


def dob_part_invalid(at: ParamPath, part: str) -> StripeError:
    """400 for a day, month or year that no date of birth has (observed 2016 for a day, the others by analogy)."""
    return _refused(f"Not a valid {part}", format_path((*at, part)))


def too_young(years: int, at: ParamPath) -> StripeError:
    """400 for a person below Stripe's least age (observed, without a code)."""
    return _refused(f"Must be at least {years} years of age to use Stripe", format_path((*at, "year")))


def identity_verified(path: ParamPath) -> StripeError:
    """400 for other details of a person whose identity is verified (observed 2016 to 2026, without a code)."""
    name = format_path(path)
    return _refused(
        f"You cannot change `{name}` via API if an account is verified. Please contact us via "
        "https://support.stripe.com/contact if you need to change the legal entity information associated with this "
        "account.",
        name,
    )


def second_representative() -> StripeError:
    """400 for a second representative (rule official; our choice of words)."""
    return _refused(
        "This account already has a representative. An account can only have one representative.",
        "relationship[representative]",
    )


def representative_kept() -> StripeError:
    """400 for deleting the person who opened the account (rule official; our choice of words)."""
    return _refused("You cannot delete the representative of an account.")


def executive_kept() -> StripeError:
    """400 for deleting the only verified executive (rule official; our choice of words)."""
    return _refused("You cannot delete the only verified executive of an account.")


# --- external accounts --------------------------------------------------------------------------------------------


def not_a_test_bank_account() -> StripeError:
    """400 for a bank account number that is none of test mode's (observed)."""
    return _refused(
        "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
        "https://stripe.com/docs/connect/testing#account-numbers.",
        "bank_account[account_number]",
        "account_number_invalid",
    )


def routing_number_invalid(param: str) -> StripeError:
    """400 for a US routing number that has not nine digits (code official; our choice of words)."""
    return _refused("Routing number must have 9 digits", param, "routing_number_invalid")


def bank_country_unsupported(country: str, name: str) -> StripeError:
    """400 for a bank account in a country without payouts (code official; our choice of words)."""
    return _refused(f"{country} is not currently supported by Stripe.", f"{name}[country]", "country_unsupported")


def card_number_not_of_test_mode(param: str) -> StripeError:
    """402 for a card that is none of test mode's (code official; our choice of words)."""
    return StripeError(
        ErrorBody(
            402,
            "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test "
            "cards, visit: https://stripe.com/docs/testing.",
            type="card_error",
            code="card_declined",
            param=param,
            stage=Stage.RUN,
        )
    )


def card_expiry_invalid(part: str, param: str) -> StripeError:
    """402 for a month or a year in which a card cannot expire (code and words official)."""
    return StripeError(
        ErrorBody(
            402,
            f"Your card's expiration {part} is invalid.",
            type="card_error",
            code=f"invalid_expiry_{part}",
            param=param,
            stage=Stage.RUN,
        )
    )


def instant_payouts_unsupported() -> StripeError:
    """400 for a debit card of US on an account elsewhere (observed 2026 of an account of FR)."""
    return _refused(
        "Instant payouts are not available for debit cards issued by a bank in the United States.",
        code="instant_payouts_unsupported",
    )


def card_not_payable(param: str) -> StripeError:
    """400 for a card that is no debit card (code official; our choice of words)."""
    return _refused(
        "The card provided as an external account is not supported for payouts. Provide a non-prepaid debit card "
        "instead.",
        param,
        "invalid_card_type",
    )


def default_external_account_kept() -> StripeError:
    """400 for deleting a default that must stay (observed 2016 to 2026, without a code)."""
    return _refused(
        "You cannot delete the default external account for your default currency. Please make another external "
        "account the default using the `default_for_currency` param, and then delete this one."
    )


# --- tokens --------------------------------------------------------------------------------------------------------


def token_of_nothing() -> StripeError:
    """400 for a token of nothing (beginning and end observed)."""
    return StripeError(
        ErrorBody(
            400,
            "You must supply either a card, customer, PII data, bank account, or account legal entity to create a "
            "token.",
        )
    )


def token_already_used(identifier: str) -> StripeError:
    """400 for a token that is used again (observed)."""
    message = f"You cannot use a Stripe token more than once: {quoted_id(identifier)}."
    return StripeError(ErrorBody(400, message, code="token_already_used", stage=Stage.RUN))


def param_beside_token(name: str, token: str) -> StripeError:
    """400 for what a token stands for, sent beside it (that it cannot be is official; our choice of words)."""
    return StripeError(
        ErrorBody(400, f"You cannot pass `{name}` when `{token}` is provided.", param=name, stage=Stage.RUN)
    )


# --- v2 -----------------------------------------------------------------------------------------------------------


# What the shapes of these errors have besides (official); that it repeats the message is our choice.
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


def _v2(message: str, code: str, status: int = 400, extra: tuple[tuple[str, Json], ...] = ()) -> StripeError:
    """The endpoint ran and said no, with a code of v2."""
    if code in _FOR_USERS:
        extra = (*extra, ("user_message", message))
    return StripeError(ErrorBody(status, message, code=code, stage=Stage.RUN, extra=extra))


def _field(path: str, said: str) -> StripeError:
    """The endpoint ran and says no of one field."""
    return _v2(fields_invalid(((path, said),)), "invalid_fields")


def v2_without_version() -> StripeError:
    """400 for a request to /v2 without Stripe-Version (that it is required is official; our choice of words)."""
    return StripeError(
        ErrorBody(400, "The Stripe-Version header is required on requests to /v2.", code="invalid_fields")
    )


def v2_type(path: ParamPath, expected: str) -> StripeError:
    """400 for a JSON value of another type (code and the words around observed, those inside our choice)."""
    return StripeError(ErrorBody(400, f"Expected {expected}.", code="invalid_fields", param=format_path(path)))


def v2_array_without_index(name: str) -> StripeError:
    """400 for `include[]=` in a query (that arrays need indexes is official; the words inside are our choice)."""
    return StripeError(
        ErrorBody(400, f"Number the values of an array, as in {name}[0].", code="invalid_fields", param=name)
    )


def v2_invalid(path: str, expected: str) -> StripeError:
    """400 for text that is no date or time, and for a limit out of range (the words inside are our choice)."""
    return _field(path, f"Expected {expected}.")


def v2_page_invalid() -> StripeError:
    """400 for a page token that is unknown or too old (that there are such is official; our choice of words)."""
    return _field("page", "Invalid page token. Start again from the first page.")


def v2_not_found(noun: str, identifier: str) -> StripeError:
    """404 for an id that names nothing (code official, status inferred; our choice of words)."""
    return _v2(f"No such {noun}: '{quoted_id(identifier)}'", "not_found", 404)


def v1_account_on_v2() -> StripeError:
    """400 for an account that v1 has made (message official, and observed)."""
    return _v2("V1 Account ID cannot be used in V2 Account APIs.", "v1_account_instead_of_v2_account")


def v1_customer_on_v2() -> StripeError:
    """400 for a customer's id where an account's belongs (message official)."""
    return _v2("V1 Customer ID cannot be used in V2 Account APIs.", "v1_customer_instead_of_v2_account")


def v2_configuration_unsupported(dashboard: str, fees: str, losses: str) -> StripeError:
    """400 for responsibilities that do not go with a dashboard (message and code observed, the rest official)."""
    return _v2(
        "This account configuration is not supported. Please reference "
        "https://docs.stripe.com/connect/design-an-integration.",
        "account_controller_unsupported_configuration",
        extra=(
            ("doc_url", "https://docs.stripe.com/connect/design-an-integration"),
            ("invalid_permutation", {"dashboard": dashboard, "fees_collector": fees, "losses_collector": losses}),
        ),
    )


def v2_losses_application_only(dashboard: str, fees: str, losses: str) -> StripeError:
    """400 for losses that Stripe should collect of a mere recipient (message observed; the code is inferred)."""
    return _v2(
        "Losses collector can only be 'application' for the set of configurations this account has.",
        "account_controller_unsupported_configuration",
        extra=(
            ("doc_url", "https://docs.stripe.com/connect/design-an-integration"),
            ("invalid_permutation", {"dashboard": dashboard, "fees_collector": fees, "losses_collector": losses}),
        ),
    )


def v2_fees_follow_losses() -> StripeError:
    """400 for losses of the platform with fees of Stripe (code official, words near the official ones)."""
    return _v2(
        "If `losses_collector` is `application`, `fees_collector` must also be `application`.",
        "account_controller_stripe_pricing_platform_liable",
    )


def v2_responsibilities_missing() -> StripeError:
    """400 for a merchant or recipient without responsibilities (the refusal is observed; our choice of words)."""
    return _v2(
        "`defaults.responsibilities` is required for the configurations of this account.",
        "configuration_creation_invalid",
    )


def v2_responsibilities_unsupported() -> StripeError:
    """400 for responsibilities of a mere customer (code official, words near the official ones)."""
    return _v2("Cannot set responsibilities on the current configurations.", "unsupported_field_for_configs")


def v2_contact_email_required(configuration: str) -> StripeError:
    """400 for a merchant or recipient without an email address (observed of a recipient)."""
    name = f"configuration.{configuration}"
    return _field(name, f"If {name} is supplied, the Account must have a contact email.")


def v2_identity_country_required() -> StripeError:
    """400 for a merchant or recipient of no country (code observed, words near the official ones)."""
    return _v2("The `identity.country` value is required but not provided.", "identity_country_required")


def v2_identity_immutable(name: str) -> StripeError:
    """400 for another country or, once active, another entity type (code official; our choice of words)."""
    return _v2(f"`identity.{name}` cannot be changed in the current state of the account.", "immutable_identity_param")


def v2_terms_on_behalf() -> StripeError:
    """400 for accepting the terms where Stripe collects the requirements (observed)."""
    return _v2(
        "You cannot accept the Terms of Service on behalf of accounts where requirement collection is owned by Stripe",
        "tos_acceptance_on_behalf_not_allowed",
    )


def v2_country_across_border() -> StripeError:
    """400 for a country that only payouts across borders reach (code and words official)."""
    return _v2(
        "Cross-border connected account creation is not allowed for this platform/account country combination.",
        "cross_border_connected_account_creation_not_allowed",
    )


def v2_currency_immutable() -> StripeError:
    """400 for another default currency of an active account (code official, words near the official ones)."""
    return _v2("Cannot change `defaults.currency` post account activation.", "default_currency_immutable")


def v2_email_invalid(path: str) -> StripeError:
    """400 for text that is no email address (code official; our choice of words)."""
    return _v2(f"Invalid email address: {path}.", "email_invalid")


def v2_url_invalid(path: str) -> StripeError:
    """400 for a website that cannot be one (code observed of `http://localhost`; our choice of words)."""
    return _v2(f"Invalid URL: {path}.", "url_invalid")


def v2_mcc_invalid() -> StripeError:
    """400 for a category that is no code of four digits (code and words official)."""
    return _v2("MCC is invalid for `configuration.merchant.mcc`.", "mcc_invalid")


def v2_statement_descriptor_invalid() -> StripeError:
    """400 for a descriptor that cards cannot show (code and words official, the rules those of v1)."""
    return _v2("Statement descriptor is invalid.", "statement_descriptor_invalid")


def v2_ip_address_invalid() -> StripeError:
    """400 for text that is no IP address (code and words official)."""
    return _v2("Invalid IP address is provided.", "ip_address_invalid")


def v2_date_of_birth_invalid() -> StripeError:
    """400 for a day that does not exist or is to come (code official, words near the official ones)."""
    return _v2("Date of birth is an invalid date or a future date.", "date_of_birth_invalid")


def v2_id_number_invalid() -> StripeError:
    """400 for a number that its type cannot have (code and words official)."""
    return _v2("Provided ID number is of the wrong format for the given type.", "id_number_invalid")


def v2_document_invalid() -> StripeError:
    """400 for a file that does not exist (code and words official)."""
    return _v2(
        "Provided file tokens for documents are invalid, not found, deleted, or belong to a different account.",
        "document_invalid",
    )


def v2_country_unknown(path: str, value: str, known: Sequence[str]) -> StripeError:
    """400 for what is no country (that they are enums is official, the words of those observed)."""
    return _field(path, _unrecognized(value, known))


def v2_phone_invalid() -> StripeError:
    """400 for text that is no phone number (code and words official)."""
    return _v2("Phone number is invalid.", "phone_invalid")


def v2_konbini_phone_invalid() -> StripeError:
    """400 for a phone number for Konbini payments that is none (code and words official)."""
    return _v2("Konbini Payments Support Phone Number is Invalid.", "invalid_konbini_payments_support_phone_number")


def v2_konbini_hours_invalid() -> StripeError:
    """400 for hours that are no time of a day (code and words official)."""
    return _v2("Konbini Payments Support Hours is Invalid.", "invalid_konbini_payments_support_hours")


def v2_bgn_unsupported() -> StripeError:
    """400 for the lev, which is no currency any more (code and words official)."""
    return _v2(
        "Creating accounts with the BGN currency is no longer supported, as Bulgaria is now using the Euro as of "
        "2026-01-01.",
        "bgn_bank_accounts_unsupported",
    )


def v2_registration_date_invalid() -> StripeError:
    """400 for a day of registration that does not exist or is to come (code and words official)."""
    return _v2("Registration date must be in the past.", "registration_date_invalid")


def v2_too_young(age_limit: str) -> StripeError:
    """400 for a representative below the age limit (code, words and extra official; the age is our choice)."""
    return _v2(
        "Representative date of birth does not meet the age limit.",
        "date_of_birth_age_restriction",
        extra=(("age_limit", age_limit),),
    )


def v2_number_elsewhere() -> StripeError:
    """400 for a number of another country than the account's (code and words official)."""
    return _v2("Incorrect ID number is provided for a country.", "incorrect_id_number_for_country")


def v2_registrar_invalid() -> StripeError:
    """400 for the registrar of a number that is not of DE (code official, words near the official ones)."""
    return _v2(
        "The `identity.business_details.id_numbers.registrar` value is an invalid DE registrar.",
        "invalid_id_number_registrar",
    )


def v2_address_elsewhere() -> StripeError:
    """400 for an individual's or a company's address in another country than its own (code and words official)."""
    return _v2("Address country doesn't match identity country.", "address_country_identity_country_mismatch")


def v2_addresses_differ() -> StripeError:
    """400 for a registered or a script address in another country than the residence (code and words official)."""
    return _v2(
        "Registered/script address country doesn't match residential address country.", "address_country_mismatch"
    )


def v2_state_invalid() -> StripeError:
    """400 for a state that a country has not (code and words official)."""
    return _v2("Address state is invalid.", "address_state_invalid")


def v2_postal_code_invalid() -> StripeError:
    """400 for a postal code that a country cannot have (code and words official)."""
    return _v2("Address postal code is invalid.", "address_postal_code_invalid")


def v2_script_address_elsewhere() -> StripeError:
    """400 for an address in kana or kanji outside Japan (code and words official)."""
    return _v2("Kana Kanji script addresses must have JP country.", "non_jp_kana_kanji_address")


def v2_japanese_postal_code_missing() -> StripeError:
    """400 for an address in Japan without a postal code (code and words official)."""
    return _v2("Postal code is required for Japanese addresses.", "postal_code_required_for_jp_address")


def v2_shipping_address_missing() -> StripeError:
    """400 for shipping to nowhere (code and words official)."""
    return _v2("Shipping address is required within the shipping hash.", "shipping_address_required")


def v2_shipping_name_missing() -> StripeError:
    """400 for shipping to nobody (code and words official)."""
    return _v2("Shipping name is required within the shipping hash.", "shipping_name_required")


def v2_entity_type_elsewhere() -> StripeError:
    """400 for a type of entity that a country has not (code and words official)."""
    return _v2(
        "The `identity.entity_type` value is not supported in a given `identity.country`.",
        "entity_type_not_supported_in_country",
    )


def v2_directorship_too_early() -> StripeError:
    """400 for a declaration of directors that makes an account (code and words official)."""
    return _v2(
        "Directorship declaration is not allowed during account creation.",
        "directorship_declaration_not_allowed_during_account_creation",
    )


def v2_ownership_too_early() -> StripeError:
    """400 for a declaration of owners that makes an account (code and words official)."""
    return _v2(
        "Ownership declaration is not allowed during account creation.",
        "ownership_declaration_not_allowed_during_account_creation",
    )


def v2_identity_of_customer() -> StripeError:
    """400 for what is asked of merchants and recipients alone, of another account (code observed, words official)."""
    return _v2(
        "Cannot set identity fields when the Account is only configured as a customer.",
        "unsupported_identity_field_for_configs",
    )


def v2_terms_of_others() -> StripeError:
    """400 for terms accepted by a person who is no legal guardian (code and words official)."""
    return _v2(
        "Additional terms of service are signed by someone other than the legal guardian.",
        "additional_tos_only_allowed_for_legal_guardian",
    )


def v2_duplicate_person(duplicate_person_id: str) -> StripeError:
    """400 for a person that the account has already (code, words and extra official)."""
    return _v2(
        "Duplicate person is added to an account.",
        "duplicate_person_not_allowed",
        extra=(("duplicate_person_id", duplicate_person_id),),
    )


def v2_capability_not_in_country(capability: str, country: str) -> StripeError:
    """400 for a capability that a country has not (observed)."""
    return _v2(f"{capability} is not available in country {country}", "capability_not_available_in_country")


def v2_capability_without_other(capability: str, other: str) -> StripeError:
    """400 for a capability that a platform may not have alone (code observed; our choice of words).

    Whether it may depends on what Stripe has approved, so this is for faults.
    """
    return _v2(
        f"The {capability} capability is not available without also requesting {other}.",
        "capability_not_available_without_other_capability",
    )


def v2_losses_unacknowledged() -> StripeError:
    """400 for a platform that has not accepted to bear losses (code and words observed). For faults."""
    return _v2(
        "Please review the responsibilities of managing losses for connected accounts at "
        "https://dashboard.stripe.com/settings/connect/platform-profile.",
        "account_creation_liability_unacknowledged",
    )


def v2_access_blocked() -> StripeError:
    """400 for a platform without Accounts v2 (code and words official). For faults."""
    return _v2("Accounts v2 is not enabled for your platform.", "accounts_v2_access_blocked")


def v2_account_too_busy() -> StripeError:
    """429 for too many updates of one account at once (code, type and words official, status inferred). For faults."""
    return _v2(
        "Account cannot exceed a configured concurrency rate limit on updates.",
        "account_rate_limit_exceeded",
        429,
        extra=(("type", "rate_limit"),),
    )


def v2_capability_not_of_type(capability: str, country: str) -> StripeError:
    """400 for a capability that accounts of this kind have not in a country (words observed; the code is inferred)."""
    return _v2(
        f"The {capability} capability is not supported for this account type and this account's country ({country}).",
        "capability_not_available_in_country",
    )


def v2_configuration_deactivated() -> StripeError:
    """400 for a change of a configuration that is not applied (code official, words near the official ones)."""
    return _v2(
        "Configuration cannot be updated while deactivated.", "configuration_cannot_be_updated_while_deactivated"
    )


def v2_configs_must_match_for_links(applied: Sequence[str]) -> StripeError:
    """400 for a link with other configurations than the applied ones (observed, the extra official)."""
    return _v2(
        "The configurations in the request must match the applied configurations on the account in order to use "
        "v2/core/account_links.",
        "configs_must_match_to_use_account_links",
        extra=(("applied_configurations", list(applied)),),
    )


def v2_configs_must_match_to_close(applied: Sequence[str]) -> StripeError:
    """400 for closing with other configurations than the applied ones (code observed, the extra official).

    The words are those of links, by analogy.
    """
    return _v2(
        "The configurations in the request must match the applied configurations on the account in order to close it.",
        "configs_must_match_to_close",
        extra=(("applied_configurations", list(applied)),),
    )


def v2_loss_liable_kept() -> StripeError:
    """400 for closing an account with a Dashboard whose losses are Stripe's (code official, words near them)."""
    return _v2(
        "Account with Stripe-owned loss liability and dashboard cannot be deleted.",
        "stripe_loss_liable_cannot_be_deleted",
    )


def v2_second_representative() -> StripeError:
    """400 for a second representative (code official, words near the official ones)."""
    return _v2("An account can have only one representative.", "additional_representative_not_allowed")


def v2_second_legal_guardian() -> StripeError:
    """400 for a second legal guardian (code official, words near the official ones)."""
    return _v2("An account can have only one legal guardian.", "additional_legal_guardian_not_allowed")


def v2_guardian_represents() -> StripeError:
    """400 for a legal guardian who is the representative (code official, words near the official ones)."""
    return _v2(
        "A person cannot be both legal guardian and representative.", "legal_guardian_representative_not_allowed"
    )


def v2_guardian_of_nobody() -> StripeError:
    """400 for a legal guardian where nobody represents the account (code official, words near the official ones)."""
    return _v2(
        "A legal guardian may not be added to the account without an existing representative.",
        "legal_guardian_requires_existing_representative",
    )


def v2_second_authorizer() -> StripeError:
    """400 for a second authorizer (code and words official)."""
    return _v2("There can only be one authorizer.", "authorizer_duplicate")


def v2_authorizer_represents() -> StripeError:
    """400 for an authorizer who is the representative (code and words official)."""
    return _v2("An authorizer cannot be a representative.", "authorizer_relationship_invalid_for_representative")


def token_by_secret_key() -> StripeError:
    """400 for a token of an account or a person that a secret key would make in live mode (rule official).

    The words are v2's, by analogy.
    """
    return _refused("Token must be created with publishable key.")


def v2_token_by_secret_key() -> StripeError:
    """400 for a token that a secret key would make in live mode (code and words official)."""
    return _v2("Token must be created with publishable key.", "token_must_be_created_with_publishable_key")


def v2_param_beside_token(token: str) -> StripeError:
    """400 for what a token stands for, sent beside it (codes and words official)."""
    return _v2(f"Parameter cannot be passed alongside {token}.", f"param_alongside_{token}")


def v2_token_unknown(kind: str) -> StripeError:
    """403 for a token that there is not (codes, words and status official)."""
    return _v2(f"Invalid {kind} token.", f"invalid_{kind}_token", 403)


def v2_token_of_wrong_type() -> StripeError:
    """400 for a token of a person for an account, or the reverse (code and words official)."""
    return _v2("The incorrect token type is provided.", "incorrect_token_wrong_type")


def v1_token_on_v2() -> StripeError:
    """400 for a token that v1 has made (code and words official)."""
    return _v2("A v1 token ID is passed in v2 APIs.", "v1_token_invalid_in_v2")


def v2_token_already_used() -> StripeError:
    """400 for a token that is used again (code and words official)."""
    return _v2("The token is re-used with a different idempotency key.", "token_already_used")


def v2_token_expired() -> StripeError:
    """400 for a token after its ten minutes (code and words official)."""
    return _v2("Token has expired.", "token_expired")


def v2_person_token_elsewhere() -> StripeError:
    """400 for a person token of another account (code and words official)."""
    return _v2(
        "A person token is created with one account but used on a different account.",
        "incorrect_account_for_person_token",
    )


def v2_second_individual() -> StripeError:
    """400 for one more person of an individual (code official, words near the official ones)."""
    return _v2(
        "Additional persons cannot be added to an account of an individual.", "individual_additional_person_not_allowed"
    )


def v2_too_much_ownership() -> StripeError:
    """400 when the owners have more than all (code official, words near the official ones)."""
    return _v2(
        "Total ownership percentages of all Persons on the account exceeds 100%.", "total_person_ownership_exceeded"
    )


def v2_ownership_out_of_range() -> StripeError:
    """400 for a share below 0 or above 100 percent (code official; our choice of words)."""
    return _v2(
        "`relationship.percent_ownership` must be between 0 and 100.",
        "person_percent_ownership_invalid",
    )


def v2_owner_of_nothing() -> StripeError:
    """400 for an owner of 0 percent (code official; our choice of words)."""
    return _v2(
        "`relationship.percent_ownership` cannot be 0 where `relationship.owner` is true.",
        "person_percent_ownership_invalid",
    )


def v2_locked() -> StripeError:
    """400 for identity where Stripe collects, after the first account link or session (rule by analogy with v1).

    The code and the words are our choice.
    """
    return _v2(
        "Identity cannot be changed by the platform once Stripe has begun to collect it.", "immutable_identity_param"
    )


def v2_link_url_invalid(name: str) -> StripeError:
    """400 for a URL of an account link that is none (observed of `return_url`)."""
    return _field(
        "use_case",
        f"{name} must be a valid URL and start with https:// or, during testing, http://. localhost is only allowed in "
        "testmode.",
    )


# --- v2: event destinations ---------------------------------------------------------------------------------------


def v2_event_source_unknown(place: int, value: str, known: Sequence[str]) -> StripeError:
    """400 for a source of events that is none (words observed, the values of the API reference)."""
    return _field(f"events_from[{place}]", _unrecognized(value, known))


def v2_event_type_unknown(place: int, name: str, payload: str) -> StripeError:
    """400 for a type that no event of this payload has (that one is refused is inferred; our choice of words)."""
    return _field(f"enabled_events[{place}]", f"'{quoted_id(name)}' is not a type of {payload} events.")


def v2_all_thin_events(place: int) -> StripeError:
    """400 for `*` with thin events (that there is no such destination is official; our choice of words)."""
    return _field(f"enabled_events[{place}]", "Thin event destinations cannot select all types of events. Name each.")


def v2_list_empty(name: str) -> StripeError:
    """400 for a list without any value where one is needed (our choice)."""
    return _field(name, "At least one value is required.")


def v2_too_many_values(name: str, most: int) -> StripeError:
    """400 for more values in a list than it takes (the bound is official; our choice of words)."""
    return _field(name, f"At most {most} values are allowed.")


def v2_version_of_thin_events() -> StripeError:
    """400 for `snapshot_api_version` with thin events (that it must not be sent is official; our choice of words)."""
    return _field("snapshot_api_version", "Thin events have no version.")


def v2_snapshot_version_unknown(value: str) -> StripeError:
    """400 for a version of snapshots that Stripe has not (our choice)."""
    return _field("snapshot_api_version", f"'{quoted_id(value)}' is not an API version.")


def v2_webhook_endpoint_missing() -> StripeError:
    """400 for a destination of type `webhook_endpoint` without its address (our choice)."""
    return _field("webhook_endpoint", "Required for event destinations of type webhook_endpoint.")


def v2_other_destination(name: str) -> StripeError:
    """400 for the address of another type of destination (our choice)."""
    return _field(name, "Only for event destinations of this type.")


def v2_destination_url_invalid() -> StripeError:
    """400 for the address of a destination that is no URL (words observed of v2's account links)."""
    return _field(
        "webhook_endpoint.url",
        "url must be a valid URL and start with https:// or, during testing, http://.",
    )


def v2_event_destination_limit(most: int) -> StripeError:
    """400 for one event destination too many (the number is that of webhook endpoints; our choice of words)."""
    return _v2(f"You have reached the maximum of {most} event destinations.", "invalid_fields")
