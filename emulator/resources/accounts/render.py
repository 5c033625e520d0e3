"""An account as the API shows it: `id`, `object`, then every other name in alphabetical order, at every depth."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources.accounts import countries, entities, templates
from emulator.resources.accounts.demands import DESCRIPTION, WEBSITE
from emulator.resources.accounts.details import hash_at
from emulator.resources.accounts.requirements import Due
from emulator.resources.accounts.status import Status, status_of
from emulator.schema.check import Params
from emulator.store.rows import Account
from emulator.wire.json import Json

_ANCHORS: Mapping[str, tuple[str, ...]] = {
    "monthly": ("monthly_anchor", "monthly_payout_days"),
    "weekly": ("weekly_anchor", "weekly_payout_days"),
}
_EVERY_ANCHOR = frozenset(name for names in _ANCHORS.values() for name in names)


def render(account: Account, *, own: bool = False) -> dict[str, Json]:
    """The account object; `own` when its owner looks at it, who has no controller (official)."""
    status = status_of(account)
    body: dict[str, Json] = {
        "business_profile": _business_profile(account),
        "business_type": account.business_type,
        "capabilities": status.capabilities,
        "charges_enabled": status.charges_enabled,
        "controller": {"type": "account"} if own else controller(account),
        "country": account.country,
        "created": account.created,
        "default_currency": account.default_currency,
        "details_submitted": status.details_submitted,
        "email": account.email,
        "external_accounts": _empty_list(account, "external_accounts"),
        "future_requirements": _requirements(Due(), None),
        "metadata": dict(sorted(account.metadata.items())),
        "payouts_enabled": status.payouts_enabled,
        "requirements": _requirements(status.due, status.disabled_reason),
        "settings": settings(account),
        "tos_acceptance": templates.filled(templates.ACCEPTANCE, hash_at(account.fields, "tos_acceptance")),
        "type": account.type,
        **_sometimes(account, status),
    }
    return {"id": account.id, "object": "account", **dict(sorted(body.items()))}


def _sometimes(account: Account, status: Status) -> dict[str, Json]:
    """What only some accounts have (observed)."""
    parts: dict[str, Json] = {}
    if entities.shows_company(account):
        parts["company"] = entities.company(account)
    if account.individual and account.business_type in (None, "individual"):
        parts["individual"] = entities.individual(account, account.individual, status.due)
    if account.controller.dashboard == "express":
        parts["login_links"] = _empty_list(account, "login_links")
    return parts


def controller(account: Account) -> dict[str, Json]:
    """The `controller` hash as the platform sees it."""
    who = account.controller
    return {
        "fees": {"payer": who.fees_payer},
        "is_controller": True,
        "losses": {"payments": who.losses_payments},
        "requirement_collection": who.requirement_collection,
        "stripe_dashboard": {"type": who.dashboard},
        "type": "application",
    }


def settings(account: Account) -> Mapping[str, Json]:
    """The `settings` hash. Negative balances are debited, unless the platform is liable and there is no dashboard."""
    sent = hash_at(account.fields, "settings")
    who = account.controller
    payouts = {
        **templates.inner(templates.SETTINGS, "payouts"),
        "debit_negative_balances": not (who.dashboard == "none" and who.losses_payments == "application"),
    }
    body = templates.filled({**templates.SETTINGS, "payouts": payouts}, sent)
    shown = {**templates.inner(body, "payouts"), "schedule": _schedule(account, sent)}
    return {**body, "payouts": shown}


def _schedule(account: Account, sent: Params) -> dict[str, Json]:
    """The payout schedule: `minimum` is the country's delay, and only the interval's own anchors show."""
    default = countries.payout_schedule(account.country)
    wanted = {**default, **hash_at(sent, "payouts", "schedule")}
    if wanted["delay_days"] == "minimum":
        wanted["delay_days"] = default["delay_days"]
    hidden = _EVERY_ANCHOR.difference(_ANCHORS.get(str(wanted["interval"]), ()))
    return {name: value for name, value in sorted(wanted.items()) if name not in hidden}


def _business_profile(account: Account) -> Mapping[str, Json]:
    sent = hash_at(account.fields, "business_profile")
    return templates.filled(templates.BUSINESS_PROFILE, sent, templates.BUSINESS_PROFILE_HASHES)


def _requirements(owed: Due, disabled_reason: str | None) -> dict[str, Json]:
    """Initial requirements are past due at once, and no deadline is set (both observed)."""
    alternatives = [{"alternative_fields_due": [DESCRIPTION], "original_fields_due": [WEBSITE]}]
    return {
        "alternatives": alternatives if owed.website_or_description else [],
        "current_deadline": None,
        "currently_due": list(owed.currently),
        "disabled_reason": disabled_reason,
        "errors": [],
        "eventually_due": list(owed.eventually),
        "past_due": list(owed.currently),
        "pending_verification": [],
    }


def _empty_list(account: Account, name: str) -> dict[str, Json]:
    url = f"/v1/accounts/{account.id}/{name}"
    return {"object": "list", "data": [], "has_more": False, "total_count": 0, "url": url}
