"""The Connect parameters of a payment: fee, destination, and the account on whose behalf it is made."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS, TRANSFERS
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.resources.payments.transfers.destinations import destination_of_charge, has_full_dashboard

FEE = "application_fee_amount"
DATA = "transfer_data"


def check_terms(scope: Scope, params: Mapping[str, object], amount: int, name: str = DATA) -> None:
    """Refuse the parameters of a payment that do not fit the accounts or its amount. Raises StripeError.

    They are `application_fee_amount`, `transfer_data` and `on_behalf_of`, with their values after an update. `name` is
    that of `transfer_data` in the request.
    """
    data = params.get(DATA)
    hash_ = data if isinstance(data, Mapping) else {}
    wanted, part, fee = hash_.get("destination"), hash_.get("amount"), params.get(FEE)
    if isinstance(wanted, str):
        destination_of_charge(scope, wanted, params.get("on_behalf_of"))
    elif hash_:
        raise errors.transfer_data_without_destination()
    _check_fee(scope, fee, amount, has_destination=isinstance(wanted, str))
    if isinstance(part, int) and isinstance(fee, int):
        raise errors.exclusive_params(((DATA, "amount"), (FEE,)))
    if isinstance(part, int) and part > amount:
        raise errors.transferred_amount_too_large(f"{name}[amount]")
    _check_on_behalf_of(scope, params.get("on_behalf_of"))


def _check_fee(scope: Scope, fee: object, amount: int, *, has_destination: bool) -> None:
    if not isinstance(fee, int):
        return
    if scope.account is None and not has_destination:
        raise errors.application_fee_misplaced()
    if fee > amount:
        raise errors.application_fee_too_large()


def _check_on_behalf_of(scope: Scope, wanted: object) -> None:
    """The account must be connected."""
    if isinstance(wanted, str) and wanted and lifecycle.find_or_create(scope, wanted) is None:
        raise errors.no_such("on_behalf_of", wanted, "on_behalf_of")


def merchant_of(scope: Scope, on_behalf_of: object) -> Scope:
    """The account that a payment settles on: the one on whose behalf it is made, or that of the request."""
    account = lifecycle.find_or_create(scope, on_behalf_of) if isinstance(on_behalf_of, str) and on_behalf_of else None
    return scope if account is None else scope.of(account.id)


def check_merchant(scope: Scope, on_behalf_of: str | None) -> None:
    """Refuse a charge of an account that cannot take cards: that of the scope, or `on_behalf_of`. Raises StripeError.

    `card_payments` is required for every payment method (observed); standard accounts take test payments before they
    are activated (inferred).
    """
    account = lifecycle.find(scope.sandbox, on_behalf_of or scope.owner)
    if account is None or has_full_dashboard(account):
        return
    able = status_of(account, scope.now).capabilities
    if able.get(CARD_PAYMENTS) == "active":
        return
    if on_behalf_of:
        raise errors.on_behalf_of_not_capable(with_transfers=able.get(TRANSFERS) == "active")
    raise errors.account_not_capable()
