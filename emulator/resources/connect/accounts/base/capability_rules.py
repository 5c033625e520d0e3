"""Which capabilities an account can request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from emulator import errors
from emulator.resources.connect.accounts.base import countries
from emulator.schema.check import Params
from emulator.store.rows import Account, AccountType, Dashboard

TRANSFERS = "transfers"
CARD_PAYMENTS = "card_payments"
# Requested in vain on accounts of a platform (observed: inactive, with nothing due).
NEVER_ACTIVE = frozenset({"legacy_payments"})
# Active while the checks that the others wait for go on; they look at the number alone (observed of the first).
NEVER_HELD = frozenset({"tax_reporting_us_1099_k", "tax_reporting_us_1099_misc"})


# Dashboards whose accounts take no cards, by country (observed to 2026).
NO_CARDS: Mapping[str, tuple[Dashboard, ...]] = {"AE": ("express",), "IN": ("express", "full", "none")}


def requested(before: Iterable[str], params: Params) -> tuple[str, ...]:
    """The names requested after a request, in alphabetical order.

    `capabilities[x][requested]=false` takes a name away again, for every capability (our choice: on Stripe some
    stay, which ones is not published). The legacy list `requested_capabilities` adds names.
    """
    legacy = params.get("requested_capabilities")
    names = {*before, *(str(name) for name in (legacy if isinstance(legacy, list) else ()))}
    sent = params.get("capabilities")
    for name, request in sent.items() if isinstance(sent, dict) else ():
        if isinstance(request, dict) and "requested" in request:
            (names.add if request["requested"] else names.discard)(name)
    return tuple(sorted(names))


def check_capabilities(names: Collection[str], country: str, kind: AccountType, dashboard: Dashboard) -> None:
    """Refuse capabilities that an account cannot request. Raises StripeError.

    `transfers` without `card_payments` is allowed: on Stripe it depends on the platform's approval, which some
    sandboxes have (our choice).
    """
    if kind == "standard" and names:
        raise errors.standard_capabilities()
    if CARD_PAYMENTS in names and dashboard in NO_CARDS.get(country, ()):
        raise errors.capability_not_of_type(CARD_PAYMENTS, country)
    if CARD_PAYMENTS in names and country in countries.RECIPIENTS:
        raise errors.capability_not_in_country(CARD_PAYMENTS, country)


def configuration_of(capability: str) -> str:
    """The configuration of Accounts v2 that a capability belongs to."""
    return "recipient" if capability == TRANSFERS else "merchant"


def check_configurations(account: Account, params: Params) -> None:
    """Refuse capabilities of v1 whose configuration v2 has not applied. Raises StripeError."""
    if account.v2 is None:
        return
    for name in requested(account.capabilities, params):
        if name not in account.capabilities and configuration_of(name) not in account.v2.applied:
            raise errors.configuration_not_applied(name, configuration_of(name), account.id)
