"""The parameters for Connect of a payment: fee, destination, and the account on whose behalf it is."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.resources.endpoint import Scope
from emulator.resources.payments.transfers.destinations import destination

FEE = "application_fee_amount"
DATA = "transfer_data"


def check_terms(scope: Scope, params: Mapping[str, object], amount: int) -> None:
    """Refuse the parameters of a payment that do not fit the accounts or its amount. Raises StripeError.

    They are `application_fee_amount`, `transfer_data` and `on_behalf_of`, with their values after an update.
    """
    data = params.get(DATA)
    hash_ = data if isinstance(data, Mapping) else {}
    wanted, part, fee = hash_.get("destination"), hash_.get("amount"), params.get(FEE)
    if isinstance(wanted, str):
        destination(scope, wanted, f"{DATA}[destination]", on_behalf_of=params.get("on_behalf_of"))
    _check_fee(scope, fee, amount, has_destination=isinstance(wanted, str))
    if isinstance(part, int) and isinstance(fee, int):
        raise errors.exclusive_params(((DATA, "amount"), (FEE,)))
    if isinstance(part, int) and part > amount:
        raise errors.transferred_amount_too_large()
    _check_on_behalf_of(scope, params.get("on_behalf_of"))


def _check_fee(scope: Scope, fee: object, amount: int, *, has_destination: bool) -> None:
    if not isinstance(fee, int):
        return
    if scope.account is None and not has_destination:
        raise errors.application_fee_misplaced()
    if fee > amount:
        raise errors.application_fee_too_large()


def _check_on_behalf_of(scope: Scope, wanted: object) -> None:
    """The account must be connected, and take cards."""
    if not isinstance(wanted, str) or not wanted:
        return
    account = lifecycle.named(scope, wanted)
    if account is None:
        raise errors.no_such("on_behalf_of", wanted, "on_behalf_of")
    able = status_of(account, scope.now)
    if account.type != "standard" and able.capabilities.get(CARD_PAYMENTS) != "active":
        raise errors.on_behalf_of_not_capable(wanted)
