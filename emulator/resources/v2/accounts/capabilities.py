"""The capabilities of an account in v2: their names, their statuses, and why they are not active."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.resources.connect.accounts.base.capability_rules import TRANSFERS
from emulator.resources.connect.accounts.requirements.status import Status
from emulator.resources.v2.accounts import field_names
from emulator.store.rows import Account
from emulator.wire.json import Json

# From v1 (observed for inactive and active, the others inferred).
STATUSES = {"active": "active", "pending": "pending", "inactive": "restricted"}
_V1_NAMES = {old: new for new, old in field_names.MERCHANT_CAPABILITIES.items()}


def merchants(account: Account) -> list[str]:
    """The requested capabilities of the merchant configuration, by their v2 names."""
    return [_V1_NAMES.get(name, name) for name in account.capabilities if name != TRANSFERS]


def restrictable(account: Account) -> Iterator[tuple[str, str]]:
    """Configuration and name of each requested capability, and of the payouts that come with it (observed)."""
    applied = account.v2.applied if account.v2 else ()
    if field_names.MERCHANT in applied and (names := merchants(account)):
        yield from ((field_names.MERCHANT, name) for name in names)
        yield field_names.MERCHANT, field_names.PAYOUTS
    if field_names.RECIPIENT in applied and TRANSFERS in account.capabilities:
        yield field_names.RECIPIENT, field_names.PAYOUTS
        yield field_names.RECIPIENT, field_names.TRANSFERS


def merchant(account: Account, status: Status) -> dict[str, Json]:
    """The capabilities of the merchant configuration. Those that are not requested are null."""
    requested = merchants(account)
    shown = {name: _state(account, status, status.capabilities[field_names.of_capability(name)]) for name in requested}
    return {**shown, "stripe_balance": {"payouts": _payouts(account, status)} if requested else None}


def recipient(account: Account, status: Status) -> dict[str, Json]:
    """The capabilities of the recipient configuration."""
    if TRANSFERS not in account.capabilities:
        return {"stripe_balance": None}
    transfers = _state(account, status, status.capabilities[TRANSFERS])
    return {"stripe_balance": {"payouts": _payouts(account, status), "stripe_transfers": transfers}}


def _payouts(account: Account, status: Status) -> Json:
    if account.rejected or status.due.listed or status.due.past:
        return _state(account, status, "inactive")
    return _state(account, status, "pending" if status.due.held - {"nothing"} else "active")


def _state(account: Account, status: Status, state: str) -> Json:
    return {"status": STATUSES.get(state, "restricted"), "status_details": list(_details(account, status, state))}


def _details(account: Account, status: Status, state: str) -> Iterator[Json]:
    """The reasons of a status. Only an active capability has none (official)."""
    if state == "active":
        return
    if account.rejected or status.due.listed:
        yield {"code": "restricted_other", "resolution": "contact_stripe"}
    elif status.due.past:
        yield {"code": "requirements_past_due", "resolution": "provide_info"}
    elif status.due.pending or state == "pending":
        yield {"code": "requirements_pending_verification", "resolution": "no_resolution"}
    else:
        yield {"code": "determining_status", "resolution": "no_resolution"}
