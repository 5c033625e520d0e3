"""The `settings` and `business_profile` of an account: sent values, and those that Stripe derives from the business.

Derived values are observed for v1; nothing is derived for accounts of v2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from emulator.resources.connect.accounts.base import countries, templates
from emulator.resources.connect.accounts.base.identity import is_recipient
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at
from emulator.store.memo import derived_once
from emulator.store.rows import Account
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

# Stripe's default category, Computer Software Stores (official): websites are not read, and platforms have no category.
DEFAULT_MCC = "5734"
LONGEST_DESCRIPTOR = 22
LONGEST_PREFIX = 10
_NOT_IN_DESCRIPTORS = re.compile(r"[<>\\'\"*]")
_ANCHORS: Mapping[str, tuple[str, ...]] = {
    "monthly": ("monthly_anchor", "monthly_payout_days"),
    "weekly": ("weekly_anchor", "weekly_payout_days"),
}
_EVERY_ANCHOR = frozenset(name for names in _ANCHORS.values() for name in names)


class _Derived(NamedTuple):
    """Values that Stripe takes from the name or the website of the business."""

    display_name: str | None = None
    descriptor: str | None = None
    prefix: str | None = None


def business_profile(account: Account) -> Mapping[str, Json]:
    """The `business_profile` hash. The name of a company is that of its business, unless another was sent.

    The category of an account with a website is found by Stripe where the platform collects the requirements; elsewhere
    it is set by the onboarding (official).
    """
    sent = hash_at(account.fields, "business_profile")
    if "url" in sent and account.v2 is None and account.controller.requirement_collection == "application":
        sent = {"mcc": DEFAULT_MCC, **sent}
    name = _text(dig(account.fields, ("company", "name")))
    named = name and account.v2 is None and account.business_type not in (None, "individual")
    shown: Params = {"name": name, **sent} if named else sent
    return templates.fill(templates.BUSINESS_PROFILE, shown, templates.BUSINESS_PROFILE_HASHES)


@derived_once
def settings(account: Account) -> Mapping[str, Json]:
    """The `settings` hash. Negative balances are debited, unless the platform is liable and there is no dashboard.

    They are on every account of v2 (observed).
    """
    sent = hash_at(account.fields, "settings")
    who = account.controller
    body = dict(templates.fill(templates.SETTINGS, sent))
    derived = _derived(account)
    _default(body, "card_payments", "statement_descriptor_prefix", derived.prefix)
    _default(body, "dashboard", "display_name", derived.display_name)
    _default(body, "payments", "statement_descriptor", derived.descriptor)
    debited = account.v2 is not None or not (who.dashboard == "none" and who.losses_payments == "application")
    payouts = {
        "debit_negative_balances": debited,
        **hash_at(sent, "payouts"),
        "schedule": dict(payout_schedule(account)),
    }
    body["payouts"] = templates.fill(templates.PAYOUTS, payouts)
    return body


def _default(body: dict[str, Json], group: str, name: str, value: str | None) -> None:
    """Puts a derived value where none was sent."""
    shown = templates.inner(body, group)
    if value is not None and shown[name] is None:
        body[group] = {**shown, name: value}


@derived_once
def payout_schedule(account: Account) -> Mapping[str, Value]:
    """The payout schedule: `minimum` is the country's delay, and only the interval's own anchors show."""
    schedule = hash_at(account.fields, "settings", "payouts", "schedule")
    default = countries.payout_schedule(
        account.country, recipient=is_recipient(account), manual=schedule.get("interval") == "manual"
    )
    if not schedule:
        return default
    shown: Params = {**default, **schedule}
    if shown["delay_days"] == "minimum":
        shown["delay_days"] = default["delay_days"]
    hidden = _EVERY_ANCHOR.difference(_ANCHORS.get(str(shown["interval"]), ()))
    return {name: value for name, value in sorted(shown.items()) if name not in hidden}


def _derived(account: Account) -> _Derived:
    """The display name is the business's name, or the website's without what follows its last dot.

    The descriptor is the name or the website in capitals. Japan has none.
    """
    name = _text(dig(account.fields, ("business_profile", "name")))
    host = _host(_text(dig(account.fields, ("business_profile", "url"))))
    if account.v2 is not None or not (name or host):
        return _Derived()
    site = host.rpartition(".")[0]
    display_name = name or (site if "." in site else site.capitalize()) or None
    if account.country == "JP":
        return _Derived(display_name)
    descriptor = _NOT_IN_DESCRIPTORS.sub("", name or host).upper()[:LONGEST_DESCRIPTOR].strip()
    return _Derived(display_name, descriptor, descriptor[:LONGEST_PREFIX].strip() if descriptor else None)


def _host(url: str) -> str:
    if not url:
        return ""
    host = urlsplit(url if "://" in url else f"https://{url}").hostname or ""
    return host.removeprefix("www.")


def _text(value: Value | None) -> str:
    return value if isinstance(value, str) else ""
