"""The accounts that money is sent to: which there are, and which may receive it."""

from __future__ import annotations

from emulator import errors
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.base.identity import is_recipient
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.resources.connect.accounts.settings import settings
from emulator.resources.endpoint import Scope
from emulator.store.rows import Account

# One of these must be active (observed). Standard accounts have `legacy_payments` from the start (inferred: a transfer
# to an account without any detail is accepted).
RECEIVING = ("transfers", "crypto_transfers", "legacy_payments")
# Countries between which platforms send money to accounts with their own terms (official).
_TOGETHER = frozenset(
    """
    AT BE BG CA CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK US
    """.split()
)


def destination(scope: Scope, identifier: str, param: str = "destination", *, on_behalf_of: object = None) -> Account:
    """The account that money of the scope's account may be sent to. Raises StripeError.

    The platform sends to its connected accounts, and these to their platform (both observed). A payment on behalf of
    the account crosses every border (official), as it settles there.
    """
    account = _reachable(scope, identifier)
    if account is None:
        raise errors.destination_unknown(identifier, param)
    if scope.account is None:
        _check_receiving(account, scope.now)
        if on_behalf_of != account.id:
            _check_region(scope, account)
    return account


def _reachable(scope: Scope, identifier: str) -> Account | None:
    sandbox = scope.sandbox
    if scope.account is None:
        return lifecycle.named(scope, identifier)
    return lifecycle.platform(sandbox) if identifier == sandbox.platform_id else None


def _check_receiving(account: Account, now: int) -> None:
    if account.type == "standard" and not account.rejected:
        return
    active = status_of(account, now).capabilities
    if not any(active.get(name) == "active" for name in RECEIVING):
        raise errors.destination_not_capable()


def _check_region(scope: Scope, account: Account) -> None:
    """Refuse an account across a border, unless its terms are those of recipients. Raises StripeError."""
    home = lifecycle.platform(scope.sandbox).country
    if account.country == home or is_recipient(account):
        return
    if not {account.country, home} <= _TOGETHER:
        raise errors.transfer_across_regions(account.country)


def name_of(account: Account) -> str:
    """The name of an account in descriptions: that of its Dashboard, or its id."""
    dashboard = settings(account)["dashboard"]
    name = dashboard.get("display_name") if isinstance(dashboard, dict) else None
    return str(name or account.id)
