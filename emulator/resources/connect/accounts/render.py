"""An account as the API shows it: `id`, `object`, then every other name in alphabetical order, at every depth."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources.connect.accounts.base import countries, derived, templates
from emulator.resources.connect.accounts.base.identity import is_recipient, representative, shows_individual
from emulator.resources.connect.accounts.external_accounts import render as external_account_render
from emulator.resources.connect.accounts.persons import render as entity_render
from emulator.resources.connect.accounts.requirements.due import Due
from emulator.resources.connect.accounts.requirements.status import Status, status_of
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.store.rows import Account
from emulator.wire.json import Json

_ANCHORS: Mapping[str, tuple[str, ...]] = {
    "monthly": ("monthly_anchor", "monthly_payout_days"),
    "weekly": ("weekly_anchor", "weekly_payout_days"),
}
SHOWN = 10
_EVERY_ANCHOR = frozenset(name for names in _ANCHORS.values() for name in names)


def render(account: Account, *, own: bool = False, now: int | None = None) -> dict[str, Json]:
    """The account object; `own` when its owner looks at it, who has no controller (official).

    It is as it stands at `now`, unix seconds; without one, as it stood at its last change.
    """
    status = status_of(account, now)
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
        "external_accounts": _external_accounts(account, now),
        "future_requirements": requirements(Due(eventually=status.due.future), None),
        "metadata": dict(sorted(account.metadata.items())),
        "payouts_enabled": status.payouts_enabled,
        "requirements": requirements(status.due, status.disabled_reason),
        "settings": settings(account),
        "tos_acceptance": templates.filled(templates.ACCEPTANCE, hash_at(account.fields, "tos_acceptance")),
        "type": account.type,
        **_sometimes(account, status),
    }
    return {"id": account.id, "object": "account", **dict(sorted(body.items()))}


def _sometimes(account: Account, status: Status) -> dict[str, Json]:
    """What only some accounts have (observed)."""
    parts: dict[str, Json] = {}
    if entity_render.shows_company(account):
        parts["company"] = entity_render.company(account)
    person = representative(account)
    if person and shows_individual(account):
        parts["individual"] = entity_render.person(account, person, status.due, whole=False)
    if "groups" in account.fields:
        parts["groups"] = templates.filled({"payments_pricing": None}, hash_at(account.fields, "groups"))
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
    """The `settings` hash. Negative balances are debited, unless the platform is liable and there is no dashboard.

    They are on every account of v2 (observed).
    """
    sent = hash_at(account.fields, "settings")
    who = account.controller
    payouts = {
        **templates.inner(templates.SETTINGS, "payouts"),
        "debit_negative_balances": account.v2 is not None
        or not (who.dashboard == "none" and who.losses_payments == "application"),
    }
    body = templates.filled({**templates.SETTINGS, **_taken(account), "payouts": payouts}, sent)
    shown = {**templates.inner(body, "payouts"), "schedule": _schedule(account, sent)}
    return {**body, "payouts": shown}


def _taken(account: Account) -> dict[str, Json]:
    """The names that Stripe takes from the business."""
    names = {
        "card_payments": ("statement_descriptor_prefix", derived.prefix(account)),
        "dashboard": ("display_name", derived.display_name(account)),
        "payments": ("statement_descriptor", derived.descriptor(account)),
    }
    return {group: {**templates.inner(templates.SETTINGS, group), name: text} for group, (name, text) in names.items()}


def _schedule(account: Account, sent: Params) -> dict[str, Json]:
    """The payout schedule: `minimum` is the country's delay, and only the interval's own anchors show."""
    told = hash_at(sent, "payouts", "schedule")
    default = countries.payout_schedule(
        account.country, recipient=is_recipient(account), manual=told.get("interval") == "manual"
    )
    wanted = {**default, **told}
    if wanted["delay_days"] == "minimum":
        wanted["delay_days"] = default["delay_days"]
    hidden = _EVERY_ANCHOR.difference(_ANCHORS.get(str(wanted["interval"]), ()))
    return {name: value for name, value in sorted(wanted.items()) if name not in hidden}


def _business_profile(account: Account) -> Mapping[str, Json]:
    return templates.filled(templates.BUSINESS_PROFILE, derived.profile(account), templates.BUSINESS_PROFILE_HASHES)


def requirements(owed: Due, disabled_reason: str | None) -> dict[str, Json]:
    """The requirements of an account or of a capability; no deadline is set unless a test has (null observed)."""
    return {
        "alternatives": entity_render.alternatives(owed),
        "current_deadline": owed.deadline,
        "currently_due": list(owed.currently),
        "disabled_reason": disabled_reason,
        "errors": entity_render.problems(owed),
        "eventually_due": list(owed.eventually),
        "past_due": list(owed.past),
        "pending_verification": list(owed.pending),
    }


def _external_accounts(account: Account, now: int | None) -> dict[str, Json]:
    """The newest ten (observed: at most ten)."""
    rows = account.external_accounts
    shown = [external_account_render.render(account, row, now) for row in rows[:SHOWN]]
    return {
        **_empty_list(account, "external_accounts"),
        "data": shown,
        "has_more": len(rows) > SHOWN,
        "total_count": len(rows) or (None if account.v2 else 0),  # null observed where v2 has made it
    }


def _empty_list(account: Account, name: str) -> dict[str, Json]:
    url = f"/v1/accounts/{account.id}/{name}"
    return {"object": "list", "data": [], "has_more": False, "total_count": 0, "url": url}
