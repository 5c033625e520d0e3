"""The content of components, read from the account, for the script to draw."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping

import orjson

from emulator.connect_js import editing, onboarding, payments
from emulator.connect_js.access import Grant
from emulator.connect_js.elements import FEATURE_LABELS
from emulator.resources.connect import accounts
from emulator.resources.connect.accounts.external_accounts import render as external_account_render
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT, due_of
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.json import Json

DOCUMENTS_SHOWN = 3


def view(grant: Grant) -> dict[str, Json]:
    """The content of a component: its features, its actions, and the data of its kind."""
    data, listed = DATA.get(grant.element.name), grant.element.name in payments.LISTS
    return {
        "account": grant.account.id,
        "features": dict(grant.features),
        "actions": [{"name": name, "label": FEATURE_LABELS[name]} for name in _buttons(grant)],
        "data": {**(payments.view(grant) if listed else {}), **(data(grant) if data else {})},
    }


def revision(sandbox: Sandbox, account_id: str, now: int) -> str:
    """A text that changes when the account or its money does, also with time; empty once it is deleted."""
    account = accounts.find(sandbox, account_id)
    if account is None:
        return ""
    newest = next((event.id for event in sandbox.events.newest_first(now) if event.account == account_id), "")
    shown = orjson.dumps([accounts.render(account, now=now), newest])
    return hashlib.blake2b(shown, digest_size=8).hexdigest()


def _buttons(grant: Grant) -> list[str]:
    """The actions that no section of the component covers."""
    own = {
        editing.FEATURE_OF_SECTION.get(name)
        for name in (*editing.SECTIONS.get(grant.element.name, ()), *editing.sections(grant))
    }
    items = payments.FEATURES if grant.element.name in payments.LISTS else frozenset[str]()
    return [name for name in grant.actions() if name not in own and name not in items]


def _onboarding(grant: Grant) -> dict[str, Json]:
    return {
        "steps": list(onboarding.steps(grant)),
        "requirements": list(onboarding.required(grant)),
        "submitted": status_of(grant.account, grant.now).details_submitted,
    }


def _notifications(grant: Grant) -> dict[str, Json]:
    """One notification for each requirement; those due now require action (our choice)."""
    urgent = onboarding.required(grant)
    reasons: dict[str, Json] = {
        problem.requirement: problem.reason for problem in due_of(grant.account, grant.now).problems
    }
    return {
        "requirements": list(urgent),
        "total": len(set(urgent) | set(onboarding.required(grant, include_later=True))),
        "actionRequired": len(urgent),
        "reasons": {name: reason for name, reason in reasons.items() if name in urgent},
        "forms": _forms(grant, urgent),
    }


def _management(grant: Grant) -> dict[str, Json]:
    return {"email": grant.account.email, **_sections(grant)}


def _sections(grant: Grant) -> dict[str, Json]:
    """The sections, and the bank accounts where they can be changed."""
    forms = _forms(grant)
    banks = [external_account_render.render(grant.account, row, grant.now) for row in grant.account.external_accounts]
    return {
        "sections": list(forms),
        "forms": forms,
        "external_accounts": [_bank(bank) for bank in banks] if EXTERNAL_ACCOUNT in forms else [],
    }


def _bank(shown: Mapping[str, Json]) -> Json:
    names = ("id", "object", "bank_name", "brand", "last4", "currency", "country", "default_for_currency")
    return {name: shown[name] for name in names if name in shown}


def _forms(grant: Grant, only: list[str] | None = None) -> dict[str, Json]:
    found = editing.sections(grant)
    return {name: form.to_json() for name, form in found.items() if only is None or name in only}


def _documents(grant: Grant) -> dict[str, Json]:
    """A tax invoice for each of the last three months that ended since the account was created (our choice)."""
    month = datetime.datetime.fromtimestamp(grant.now, datetime.UTC).date().replace(day=1)
    created = datetime.datetime.fromtimestamp(grant.account.created, datetime.UTC).date()
    invoices: list[Json] = []
    while len(invoices) < DOCUMENTS_SHOWN and month > created:
        month = (month - datetime.timedelta(days=1)).replace(day=1)
        invoices.append({"name": f"Tax invoice {month:%Y-%m}", "id": f"doc_{month:%Y%m}"})
    return {"documents": invoices}


DATA: Mapping[str, Callable[[Grant], dict[str, Json]]] = {
    "account-management": _management,
    "account-onboarding": _onboarding,
    "balances": _sections,
    "documents": _documents,
    "notification-banner": _notifications,
    "payouts": _sections,
}
