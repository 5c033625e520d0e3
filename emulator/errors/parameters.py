"""Errors about parameters: names, types, bounds, metadata, lists, `expand`, and ids that match nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from emulator.errors.base.body import ErrorBody, StripeError, bad_param, bad_request, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import either, quoted_id, unrecognized_value
from emulator.wire.dataclasses import replace
from emulator.wire.path import ParamPath, format_path


@error("observed")
def unknown_params(paths: Sequence[ParamPath], suggestion: str | None = None) -> StripeError:
    """400 that names every unknown parameter; `param` is the first. A single one may have a hint, without its hash."""
    names = ", ".join(map(format_path, paths))
    plural = "s" if len(paths) > 1 else ""
    hint = f". Did you mean {suggestion}?" if suggestion else ""
    error = bad_param(f"Received unknown parameter{plural}: {names}{hint}", paths[0], code="parameter_unknown")
    return _with_v2_fields(error, *((format_path(path), "Unknown field.") for path in paths))


@error("observed", "on /v2 the words are our choice")
def missing_param(path: ParamPath) -> StripeError:
    """400 for a required parameter that is absent."""
    error = bad_param(f"Missing required param: {format_path(path)}.", path, code="parameter_missing")
    return _with_v2_fields(error, (format_path(path), "Missing required field."))


@error("observed", "June 2026; on /v2 the words are our choice")
def empty_param(path: ParamPath) -> StripeError:
    """400 for an empty string for a parameter that cannot be unset."""
    name = format_path(path)
    error = bad_param(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; however "
        f"'{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value.",
        path,
        code="parameter_invalid_empty",
    )
    return _with_v2_fields(error, (name, "Cannot be empty or null."))


@error("observed")
def invalid_boolean(path: ParamPath, echo: str) -> StripeError:
    """400 for anything but `true` and `false`. There is no code."""
    return bad_param(f"Invalid boolean: {echo}", path)


@error("observed")
def invalid_integer(path: ParamPath, echo: str) -> StripeError:
    """400 for text that is not a whole number."""
    return bad_param(f"Invalid integer: {echo}", path, code="parameter_invalid_integer")


@error("by analogy", "with times that must be in the future, whose message goes on with ` in the future`")
def invalid_timestamp(path: ParamPath) -> StripeError:
    """400 for a time before the year 1 or after the year 9999."""
    return bad_param("Invalid timestamp: must be an integer Unix timestamp.", path)


@error("observed")
def integer_too_small(path: ParamPath, minimum: int) -> StripeError:
    """400 for a number below its lower bound."""
    return bad_param(f"This value must be greater than or equal to {minimum}.", path, code="parameter_invalid_integer")


@error("by analogy", "with the lower bound")
def integer_too_large(path: ParamPath, maximum: int) -> StripeError:
    """400 for a number above its upper bound."""
    return bad_param(f"This value must be less than or equal to {maximum}.", path, code="parameter_invalid_integer")


def _plain(bound: float) -> str:
    """`0` and `0.01`: a whole bound stands without a fraction."""
    return str(bound).removesuffix(".0")


@error("observed")
def decimal_too_small(path: ParamPath, minimum: float, value: float) -> StripeError:
    """400 for a number with a fraction below its lower bound. There is no code."""
    return bad_param(
        f"This value must be greater than or equal to {_plain(minimum)} (it currently is '{value}').", path
    )


@error("observed")
def decimal_too_large(path: ParamPath, maximum: float, value: float) -> StripeError:
    """400 for a number with a fraction above its upper bound. There is no code."""
    return bad_param(f"This value must be less than or equal to {_plain(maximum)} (it currently is '{value}').", path)


@error("observed", "the beginning of the message")
def invalid_decimal(path: ParamPath, echo: str) -> StripeError:
    """400 for text that is not a number."""
    return bad_param(f"Invalid decimal: {echo}", path)


@error("observed")
def invalid_string(path: ParamPath, echo: str) -> StripeError:
    """400 for a hash or an array where text is expected. The message shows it as JSON."""
    return bad_param(f"Invalid string: {echo}", path)


@error("observed")
def string_too_long(path: ParamPath, value: str, maximum: int) -> StripeError:
    """400 for text over its length. The message shows the first and last ten characters."""
    short = f"{value[:10]}...{value[-10:]}" if len(value) > 20 else value
    return bad_param(
        f"Invalid string: {short}; must be at most {maximum} characters",
        path,
        code="parameter_invalid_string_length",
        documented=False,
    )


@error("observed", "the order of values on /v2 is inferred")
def invalid_enum(path: ParamPath, values: Sequence[str], value: str = "") -> StripeError:
    """400 for a value outside its enum. The message has the last segment of the name, with its index."""
    name = f"{path[-2]}[{path[-1]}]" if path[-1].isdigit() and len(path) > 1 else path[-1]
    error = bad_param(f"Invalid {name}: must be one of {either(values)}", path)
    return _with_v2_fields(error, (format_path(path), unrecognized_value(value, values)))


@error("observed")
def invalid_array(path: ParamPath) -> StripeError:
    """400 for a value or a hash where an array is expected."""
    return bad_param("Invalid array", path)


@error("observed")
def invalid_object(path: ParamPath) -> StripeError:
    """400 for a value or an array where a hash is expected."""
    return bad_param("Invalid object", path)


@error("our choice")
def too_many_items(path: ParamPath, maximum: int) -> StripeError:
    """400 for an array over its length."""
    return bad_param(f"Invalid array; must contain at most {maximum} elements", path)


@error("observed")
def exclusive_params(paths: Sequence[ParamPath]) -> StripeError:
    """400 for parameters that exclude each other; `param` is the first. There is no code."""
    names = ", ".join(map(format_path, paths))
    return bad_param(f"You may only specify one of these parameters: {names}.", paths[0])


@error("observed", param="our choice")
def metadata_key_too_long(path: ParamPath, key: str) -> StripeError:
    """400 for a metadata key over 40 characters."""
    return bad_param(
        f"Metadata keys can have up to 40 characters, but you passed in a key that is {len(key)} characters. Invalid "
        f"key: {key}",
        path,
    )


@error("observed", param="our choice")
def metadata_value_too_long(path: ParamPath, value: str) -> StripeError:
    """400 for a metadata value over 500 characters."""
    return bad_param(
        f"Metadata values can have up to 500 characters, but you passed in a value that is {len(value)} characters. "
        f"Invalid value: {value}",
        path,
    )


@error("official", words="our choice")
def too_much_metadata(path: ParamPath) -> StripeError:
    """400 for more than 50 metadata keys."""
    return bad_param("You can only have up to 50 metadata keys.", path)


@error("observed")
def both_cursors() -> StripeError:
    """400 for a list with both cursors."""
    return bad_request("Received both starting_after and ending_before parameters. Please pass in only one.")


@error("observed")
def not_expandable(path: str, suggestion: str | None = None) -> StripeError:
    """400 for an `expand` path that leads nowhere, up to the segment that fails. Lists get a hint."""
    hint = f" You may want to try expanding '{suggestion}' instead." if suggestion else ""
    return bad_request(f"This property cannot be expanded ({path}).{hint}")


@error("observed")
def expand_too_deep(path: str) -> StripeError:
    """400 for an `expand` path of more than four levels. There is no doc_url."""
    message = f"You cannot expand more than 4 levels of a property. Property: {path}"
    return bad_request(message, code="property_expansion_max_depth", documented=False)


@error("observed", "that there is no doc_url is our choice", code="official")
def not_includable(name: str) -> StripeError:
    """400 for including `total_count` in a list."""
    message = f"This property cannot be included ({name})"
    return bad_request(message, code="property_forbidden", documented=False)


@error("observed")
def no_such(
    noun: str, identifier: str, param: str, status: int = 400, other_mode: Literal["test", "live"] | None = None
) -> StripeError:
    """404 for an id in the path that matches nothing, 400 for one in a parameter."""
    message = f"No such {noun}: '{quoted_id(identifier)}'"
    if identifier != identifier.strip(" '\""):
        message += ". Make sure you use the exact id without extra whitespace or quotes"
    if other_mode is not None:
        used = "live" if other_mode == "test" else "test"
        message += f"; a similar object exists in {other_mode} mode, but a {used} mode key was used to make this "
        message += "request."
    return StripeError(ErrorBody(status, message, code="resource_missing", param=param, missing=identifier))


def _with_v2_fields(error: StripeError, *fields: tuple[str, str]) -> StripeError:
    return StripeError(replace(error.body, fields=fields))


@error("inferred", "the common form of Stripe's messages about states")
def wrong_state(action: str, noun: str, state: str) -> StripeError:
    """400 for an action that the state of an object does not allow."""
    return refused(f"You cannot {action} this {noun} because it has a status of {state}.")


@error("observed")
def already_exists(noun: str) -> StripeError:
    """400 for an id that was chosen by the caller and is in use."""
    return bad_request(f"{noun} already exists.", code="resource_already_exists")


@error("inferred", "remembered words, not found in public code")
def search_unreadable() -> StripeError:
    """400 for a search query that does not follow the grammar."""
    return bad_request(
        "We were unable to parse your search query. Try using the format `field:value`. See "
        "https://stripe.com/docs/search for more information.",
        param="query",
    )


@error("inferred", "remembered words, not found in public code")
def search_field_unsupported(field: str, resource: str) -> StripeError:
    """400 for a search query that names a field which cannot be searched."""
    return bad_request(
        f"Field `{field}` is an unsupported search field for resource `{resource}`. See "
        f"http://stripe.com/docs/search#query-fields-for-{resource.replace('_', '-')} for a list of supported fields.",
        param="query",
    )


@error("our choice")
def search_page_invalid() -> StripeError:
    """400 for a page of a search that no search returned."""
    return bad_request("Invalid page token.", param="page")


@error("our choice")
def number_out_of_range() -> StripeError:
    """400 for a request whose amounts or times come to a number of more than 64 bits."""
    return refused("The request leads to a number that is too large.")
