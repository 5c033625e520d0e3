"""What a component shows, read from its account: the data that the script draws."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping

import orjson

from emulator.connect_js import onboarding
from emulator.connect_js.elements import FEATURE_LABELS
from emulator.connect_js.grants import Grant
from emulator.resources import accounts
from emulator.resources.account_sessions.components import COLLECTION
from emulator.resources.accounts.requirements import EXTERNAL_ACCOUNT
from emulator.sandbox import Sandbox
from emulator.wire.json import Json

DOCUMENTS_SHOWN = 3
SECTIONS = ("business_details", "account_details", "representative_details", EXTERNAL_ACCOUNT)


def view(grant: Grant) -> dict[str, Json]:
    """The component as its session lets it be: features, what can be done, and the data of its kind."""
    data = DATA.get(grant.element.name)
    return {
        "account": grant.account.id,
        "features": dict(grant.features),
        "actions": [{"name": name, "label": FEATURE_LABELS[name]} for name in grant.actions()],
        "data": data(grant) if data else {},
    }


def revision(sandbox: Sandbox, account_id: str, now: int) -> str:
    """A text that changes when the account does, also by the passing of time; empty once it is deleted."""
    account = accounts.find(sandbox, account_id)
    if account is None:
        return ""
    return hashlib.blake2b(orjson.dumps(accounts.render(account, now=now)), digest_size=8).hexdigest()


def _onboarding(grant: Grant) -> dict[str, Json]:
    return {"steps": list(onboarding.steps(grant)), "requirements": list(onboarding.owed(grant))}


def _notifications(grant: Grant) -> dict[str, Json]:
    """One notification for each requirement; action is required of those due now (our choice)."""
    urgent = onboarding.owed(grant)
    return {
        "requirements": list(urgent),
        "total": len(set(urgent) | set(onboarding.owed(grant, everything=True))),
        "actionRequired": len(urgent),
    }


def _management(grant: Grant) -> dict[str, Json]:
    bank = bool(grant.features.get(COLLECTION, True))
    return {"sections": [name for name in SECTIONS if bank or name != EXTERNAL_ACCOUNT], "email": grant.account.email}


def _documents(grant: Grant) -> dict[str, Json]:
    """A tax invoice for each of the last three months that ended since the account was made (our choice)."""
    month = datetime.datetime.fromtimestamp(grant.now, datetime.UTC).date().replace(day=1)
    made = datetime.datetime.fromtimestamp(grant.account.created, datetime.UTC).date()
    listed: list[Json] = []
    while len(listed) < DOCUMENTS_SHOWN and month > made:
        month = (month - datetime.timedelta(days=1)).replace(day=1)
        listed.append({"name": f"Tax invoice {month:%Y-%m}", "id": f"doc_{month:%Y%m}"})
    return {"documents": listed}


DATA: Mapping[str, Callable[[Grant], dict[str, Json]]] = {
    "account-management": _management,
    "account-onboarding": _onboarding,
    "documents": _documents,
    "notification-banner": _notifications,
}
