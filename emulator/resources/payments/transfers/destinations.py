"""The accounts that money may be sent to."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.base import countries
from emulator.resources.connect.accounts.base.identity import is_recipient
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.resources.connect.accounts.settings import settings
from emulator.store.rows import Account

# One of these must be active (observed). Standard accounts have `legacy_payments` from the start (inferred: a transfer
# to an account without any detail is accepted).
RECEIVING = ("transfers", "crypto_transfers", "legacy_payments")


def destination(scope: Scope, identifier: str) -> Account:
    """The account that money of the scope's account may be transferred to. Raises StripeError."""
    account = reachable(scope, identifier, "destination")
    home = lifecycle.platform(scope.sandbox).country
    if scope.account is None and is_across_border(account, home):
        abroad = errors.transfer_under_full_agreement if home in countries.TOGETHER else errors.transfer_across_regions
        raise abroad(account.country)
    return account


def destination_of_charge(scope: Scope, identifier: str, on_behalf_of: object) -> Account:
    """The account that a charge may pay. Raises StripeError.

    A payment on behalf of the account may cross every border, as it settles there (official).
    """
    account = reachable(scope, identifier, "transfer_data[destination]")
    home = lifecycle.platform(scope.sandbox).country
    if scope.account is None and on_behalf_of != account.id and is_across_border(account, home):
        raise errors.destination_charge_across_regions(account.country)
    return account


def reachable(scope: Scope, identifier: str, param: str) -> Account:
    """An account that is connected with that of the scope, and can receive money. Raises StripeError.

    The platform sends to its connected accounts, and these to their platform (both observed).
    """
    account = _found(scope, identifier)
    if account is None:
        raise errors.destination_unknown(identifier, param)
    if scope.account is None and not _can_receive(account, scope.now):
        raise errors.destination_not_capable()
    return account


def _found(scope: Scope, identifier: str) -> Account | None:
    sandbox = scope.sandbox
    if scope.account is None:
        return lifecycle.find_or_create(scope, identifier)
    return lifecycle.platform(sandbox) if identifier == sandbox.platform_id else None


def _can_receive(account: Account, now: int) -> bool:
    if has_full_dashboard(account):
        return not account.rejected
    active = status_of(account, now).capabilities
    return any(active.get(name) == "active" for name in RECEIVING)


def has_full_dashboard(account: Account) -> bool:
    """Whether an account is a standard account, or has the properties of one."""
    return account.controller.dashboard == "full"


def is_across_border(account: Account, home: str) -> bool:
    """Whether an account is in another region than its platform, and its terms are not those of recipients."""
    return account.country != home and not is_recipient(account) and not {account.country, home} <= countries.TOGETHER


def name_of(account: Account) -> str:
    """The name of an account in descriptions: that of its Dashboard, or its id."""
    dashboard = settings(account)["dashboard"]
    name = dashboard.get("display_name") if isinstance(dashboard, dict) else None
    return str(name or account.id)
