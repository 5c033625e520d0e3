"""Capabilities: what an account asks to be able to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from emulator import errors
from emulator.resources.accounts import countries
from emulator.schema.check import Params

TRANSFERS = "transfers"
CARD_PAYMENTS = "card_payments"
# Requested in vain on accounts of a platform (observed: inactive, with nothing due).
NEVER_ACTIVE = frozenset({"legacy_payments"})


def requested(before: Iterable[str], params: Params) -> tuple[str, ...]:
    """The names requested after a request, in alphabetical order.

    `capabilities[x][requested]=false` takes a name away again, for every capability (our choice: Stripe keeps some,
    which ones is not published). The legacy list `requested_capabilities` adds names.
    """
    legacy = params.get("requested_capabilities")
    names = {*before, *(str(name) for name in (legacy if isinstance(legacy, list) else ()))}
    sent = params.get("capabilities")
    for name, wish in sent.items() if isinstance(sent, dict) else ():
        if isinstance(wish, dict) and "requested" in wish:
            (names.add if wish["requested"] else names.discard)(name)
    return tuple(sorted(names))


def check_capabilities(names: Collection[str], country: str, *, standard: bool) -> None:
    """Refuses capabilities that an account cannot ask for. Raises StripeError.

    `transfers` without `card_payments` is allowed: on Stripe it depends on the platform's approval, which some
    sandboxes have (our choice).
    """
    if standard and names:
        raise errors.standard_capabilities()
    if CARD_PAYMENTS in names and country in countries.RECIPIENTS:
        raise errors.capability_not_in_country(CARD_PAYMENTS, country)
