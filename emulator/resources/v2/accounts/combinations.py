"""Which configurations go with which dashboard and responsibilities, and what that means for v1's controller."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from emulator import errors
from emulator.resources.v2.accounts.field_names import MERCHANT, RECIPIENT
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.store.rows import Controller, Dashboard, Party, Payer

# An account without any of both has no dashboard, and its platform does all (our choice).
NOBODY = Controller("application", "application", "application", "none")
_PAYERS = {"stripe": "account"}
_COLLECTORS = {payer: collector for collector, payer in _PAYERS.items()}


def collector_of(payer: str) -> str:
    """Who collects the fees, in the words of v2."""
    return _COLLECTORS.get(payer, payer)


def resolve(
    applied: Collection[str], dashboard: Dashboard | None, params: Params, before: Controller | None, *, preview: bool
) -> tuple[Controller, Dashboard | None]:
    """The controller and the dashboard after a request. Raises StripeError.

    Where none is named, the dashboard is full for a merchant if Stripe is liable, and none else (our choice).
    """
    sent = hash_at(params, "defaults", "responsibilities")
    if not {MERCHANT, RECIPIENT}.intersection(applied):
        if sent:
            raise errors.v2_responsibilities_unsupported()
        return NOBODY, dashboard
    if not sent and before is None:
        raise errors.v2_responsibilities_missing()
    fees = str(sent.get("fees_collector") or (collector_of(before.fees_payer) if before else ""))
    losses = str(sent.get("losses_collector") or (before.losses_payments if before else ""))
    dashboard = dashboard or ("full" if losses == "stripe" and MERCHANT in applied else "none")
    _check(applied, dashboard, fees, losses, preview=preview)
    collects = "application" if dashboard == "none" and losses == "application" else "stripe"
    payer = cast("Payer", _PAYERS.get(fees, fees))
    return Controller(payer, cast("Party", losses), cast("Party", collects), dashboard), dashboard


def _check(applied: Collection[str], dashboard: Dashboard, fees: str, losses: str, *, preview: bool) -> None:
    if MERCHANT not in applied and dashboard != "full" and losses != "application":
        raise errors.v2_losses_application_only(dashboard, fees, losses)
    if losses == "application" and fees == "stripe":
        raise errors.v2_fees_follow_losses()
    if not _is_supported(applied, dashboard, fees, losses, preview=preview):
        raise errors.v2_configuration_unsupported(dashboard, fees, losses)


def _is_supported(applied: Collection[str], dashboard: Dashboard, fees: str, losses: str, *, preview: bool) -> bool:
    """The full Dashboard is for merchants whose losses are Stripe's; Express with these is a preview (observed)."""
    if dashboard == "full":
        return MERCHANT in applied and losses == "stripe"
    return dashboard == "none" or losses == "application" or (preview and fees == "stripe")
