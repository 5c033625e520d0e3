"""What was sent about an account: checking it, and laying an update over what is known."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from emulator import errors
from emulator.schema.check import Params
from emulator.schema.trees import dig
from emulator.wire.path import ParamPath

# The parameters that are kept as they were sent, nested as in the API.
KEPT = ("business_profile", "company", "documents", "groups", "settings", "tos_acceptance")
EMAILS = (("email",), ("business_profile", "support_email"))
WEBSITES = (("business_profile", "url"), ("business_profile", "support_url"))

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s.<>,;]+(\.[^@\s.<>,;]+)+\Z")
_CURRENCY = re.compile(r"[A-Za-z]{3}\Z", re.ASCII)


def check_details(params: Params) -> None:
    """Refuses email addresses, websites and currencies that cannot be ones. Raises StripeError."""
    for path in EMAILS:
        check_email(params, path)
    for path in WEBSITES:
        value = dig(params, path)
        if isinstance(value, str) and value and not is_website(value):
            raise errors.url_invalid(path)
    currency = params.get("default_currency")
    if isinstance(currency, str) and not _CURRENCY.match(currency):
        raise errors.currency_invalid(("default_currency",), currency)


def check_email(params: Params, path: ParamPath, at: ParamPath = ()) -> None:
    """Refuses what is no email address at a path; `at` is where in the request the parameters stand."""
    value = dig(params, path)
    if isinstance(value, str) and value and not is_email(value):
        raise errors.email_invalid((*at, *path), value)


def is_email(text: str) -> bool:
    """Whether there is something before and after an at sign, with a dot in what is after."""
    return bool(_EMAIL.match(text))


def is_website(text: str) -> bool:
    """Whether a host with a dot is named, with or without a scheme; so not `http://localhost` (observed)."""
    try:
        host = urlsplit(text if "://" in text else f"https://{text}").hostname or ""
    except ValueError:
        return False
    return "." in host.strip(".") and not re.search(r"\s", text)


def kept(params: Params) -> Params:
    """The part of a request that is stored under its own names."""
    return {name: value for name, value in params.items() if name in KEPT}
