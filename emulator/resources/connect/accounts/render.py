"""An account as the API shows it: `id`, `object`, then every other name in alphabetical order, at every depth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from emulator.resources.connect.accounts.base import templates
from emulator.resources.connect.accounts.base.identity import representative, shows_individual
from emulator.resources.connect.accounts.external_accounts import render as external_account_render
from emulator.resources.connect.accounts.persons import render as person_render
from emulator.resources.connect.accounts.requirements.due import Due, planned
from emulator.resources.connect.accounts.requirements.findings import last_turn
from emulator.resources.connect.accounts.requirements.status import Status, status_of
from emulator.resources.connect.accounts.settings import business_profile, settings
from emulator.schema.trees import hash_at
from emulator.store.memo import derived_once
from emulator.store.rows import Account
from emulator.wire.json import Json

SHOWN = 10
MOST_RENDERED = 128
_GROUPS: templates.Template = {"payments_pricing": None}


def render(account: Account, *, own: bool = False, now: int | None = None) -> dict[str, Json]:
    """The account object at `now`, unix seconds; without one, at its last change.

    `own` is for the owner of the account, who sees no controller properties (official).
    """
    return dict(_rendered(account, last_turn(account, account.changed_at if now is None else now), own))


@partial(derived_once, most=MOST_RENDERED)
def _rendered(account: Account, now: int, own: bool) -> Mapping[str, Json]:
    status = status_of(account, now)
    body: dict[str, Json] = {
        "business_profile": business_profile(account),
        "business_type": account.business_type,
        "capabilities": status.capabilities,
        "charges_enabled": status.charges_enabled,
        "controller": {"type": "account"} if own else _controller(account),
        "country": account.country,
        "created": account.created,
        "default_currency": account.default_currency,
        "details_submitted": status.details_submitted,
        "email": account.email,
        "external_accounts": _external_accounts(account, now),
        "future_requirements": requirements(planned(status.due), None),
        "metadata": dict(sorted(account.metadata.items())),
        "payouts_enabled": status.payouts_enabled,
        "requirements": requirements(status.due, status.disabled_reason),
        "settings": settings(account),
        "tos_acceptance": templates.fill(templates.ACCEPTANCE, hash_at(account.fields, "tos_acceptance")),
        "type": account.type,
        **_optional(account, status),
    }
    if account.authorized and account.type == "standard":
        _show_as_authorized(body, account, status)
    return {"id": account.id, "object": "account", **dict(sorted(body.items()))}


def _show_as_authorized(body: dict[str, Json], account: Account, status: Status) -> None:
    """Standard accounts of OAuth show less until they are filled in (observed in 2023 and 2024 of 31 bodies)."""
    body["tos_acceptance"] = {"date": hash_at(account.fields, "tos_acceptance").get("date")}
    if account.business_type is None:
        del body["business_type"]
    if not status.details_submitted:
        body["requirements"] = {**requirements(status.due, status.disabled_reason), "past_due": []}


def _optional(account: Account, status: Status) -> dict[str, Json]:
    """Parts that only some accounts have (observed)."""
    parts: dict[str, Json] = {}
    if person_render.shows_company(account):
        parts["company"] = person_render.company(account)
    person = representative(account)
    if person and shows_individual(account):
        parts["individual"] = person_render.person(account, person, status.due, whole=False)
    if "groups" in account.fields:
        parts["groups"] = templates.fill(_GROUPS, hash_at(account.fields, "groups"))
    if account.controller.dashboard == "express":
        parts["login_links"] = _empty_list(account, "login_links")
    return parts


def _controller(account: Account) -> dict[str, Json]:
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


def requirements(due: Due, disabled_reason: str | None) -> dict[str, Json]:
    """The requirements of an account or of a capability; no deadline is set unless a test has (null observed)."""
    return {
        "alternatives": person_render.alternatives(due),
        "current_deadline": due.deadline,
        "currently_due": list(due.currently),
        "disabled_reason": disabled_reason,
        "errors": person_render.problems(due),
        "eventually_due": list(due.eventually),
        "past_due": list(due.past),
        "pending_verification": list(due.pending),
    }


def _external_accounts(account: Account, now: int) -> dict[str, Json]:
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
