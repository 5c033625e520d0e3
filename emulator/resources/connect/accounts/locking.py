"""The lock on an account once the platform has handed the collection of requirements over to Stripe."""

from __future__ import annotations

from emulator import errors
from emulator.resources.connect.accounts.storage import put
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.store.rows import Account
from emulator.wire.dataclasses import replace

# `metadata` is observed. Without the full Dashboard a platform also controls these (inferred).
_ALWAYS = frozenset({"expand", "metadata"})
_CONTROLS = frozenset({"capabilities", "groups", "requested_capabilities"})


def lock(sandbox: Sandbox, account: Account) -> Account:
    """Lock an account as its first account link or account session does; the same account where nothing locks.

    Only where Stripe collects requirements (official).
    """
    if account.locked or account.controller.requirement_collection != "stripe":
        return account
    locked = replace(account, locked=True)
    put(sandbox, locked.changed_at, locked)
    return locked


def is_locked(account: Account) -> bool:
    """Whether Stripe has begun to collect, and still does: v2 may hand the collection back to the platform."""
    return account.locked and account.controller.requirement_collection == "stripe"


def check_lock(account: Account, params: Params) -> None:
    """Refuse parameters of an update that a lock covers. Raises StripeError for the first of them."""
    for name in params if is_locked(account) else ():
        if not _is_open(account, name, params):
            raise errors.parameter_locked(name, account.id)


def check_persons_lock(account: Account) -> None:
    """Refuse writing persons, which a lock covers too. Raises StripeError."""
    if is_locked(account):
        raise errors.endpoint_locked(account.id)


def check_external_accounts_lock(account: Account, *, existing: bool = False) -> None:
    """Refuse new external accounts under a lock, and changing existing ones wherever Stripe collects (official).

    Raises StripeError.
    """
    if is_locked(account) or (existing and account.controller.requirement_collection == "stripe"):
        raise errors.endpoint_locked(account.id)


def _is_open(account: Account, name: str, params: Params) -> bool:
    if name in _ALWAYS:
        return True
    if account.controller.dashboard == "full":
        return False
    return name in _CONTROLS or (name == "settings" and set(hash_at(params, "settings")) <= {"payouts"})
