"""What Stripe takes from the name and the website of a business where nothing else was sent (observed for v1)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at
from emulator.store.rows import Account

LONGEST_DESCRIPTOR = 22
LONGEST_PREFIX = 10
_NOT_IN_DESCRIPTORS = re.compile(r"[<>\\'\"*]")


def profile(account: Account) -> Params:
    """The `business_profile` as it was sent, where a company's name stands for one of its own."""
    sent = hash_at(account.fields, "business_profile")
    name = _text(dig(account.fields, ("company", "name")))
    named = name and account.v2 is None and account.business_type not in (None, "individual")
    return {"name": name, **sent} if named else sent


def descriptor(account: Account) -> str | None:
    """What a statement shows: the name in capitals, or the website's. None where there is neither, and in Japan."""
    text = _name(account) or _host(account)
    if not text or account.v2 is not None or account.country == "JP":
        return None
    return _NOT_IN_DESCRIPTORS.sub("", text).upper()[:LONGEST_DESCRIPTOR].strip()


def prefix(account: Account) -> str | None:
    """The beginning of a descriptor that others follow."""
    whole = descriptor(account)
    return whole[:LONGEST_PREFIX].strip() if whole else None


def display_name(account: Account) -> str | None:
    """What the Dashboard calls the account: its name, or the website's without what comes after the last dot."""
    if account.v2 is not None:
        return None
    host = _host(account).rpartition(".")[0]
    return _name(account) or (host if "." in host else host.capitalize()) or None


def _name(account: Account) -> str:
    return _text(dig(account.fields, ("business_profile", "name")))


def _host(account: Account) -> str:
    url = _text(dig(account.fields, ("business_profile", "url")))
    host = urlsplit(url if "://" in url else f"https://{url}").hostname or ""
    return host.removeprefix("www.")


def _text(value: Value | None) -> str:
    return value if isinstance(value, str) else ""
