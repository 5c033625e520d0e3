"""The settlement of a captured charge: its balance transaction, and the transfer and the fee that come with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.resources.money import calendar, exchange, fees, ledger
from emulator.resources.money.exchange import Settled
from emulator.resources.money.holders import account_of
from emulator.resources.money.ledger import Fee, Movement
from emulator.resources.payments.charges.payment import ChargeState
from emulator.resources.payments.methods.cards import CARDS
from emulator.resources.payments.transfers.fees import direct_fee_line, take_fee
from emulator.resources.payments.transfers.transfers import pay_destination
from emulator.wire.namedtuples import NamedTuple

# Methods whose money is available as soon as the payment succeeds (official of test mode).
AT_ONCE = frozenset({"ach_debit", "us_bank_account"})


class SettlementTerms(NamedTuple):
    """The accounts on whose terms a charge settles.

    `merchant` gives the currency and the fees, `schedule` the delay: those of `on_behalf_of` and of the destination
    where a charge has them (observed).
    """

    merchant: str
    schedule: str


def terms_of(scope: Scope, charge: Fields) -> SettlementTerms:
    """The terms of a charge."""
    on_behalf_of = cast("str | None", charge.get("on_behalf_of"))
    destination = cast("str | None", charge.get("destination"))
    return SettlementTerms(on_behalf_of or scope.owner, destination or on_behalf_of or scope.owner)


def settle(scope: Scope, identifier: str, charge: Fields) -> Fields:
    """Move the captured money of a charge with these fields, and return the fields that change."""
    charge = {**charge, **_capped_fee(charge)}
    terms, captured = terms_of(scope, charge), cast("int", charge["amount_captured"])
    settled = exchange.settle(scope.of(terms.merchant), captured, str(charge["currency"]))
    taken = _fees(scope, charge, settled, terms)
    if _platform_pays(scope):
        _post_fees(scope.platform, identifier, settled.currency, taken)
        taken = ()
    fees_of_all = (*_application_fee(scope, charge, settled), *taken)
    transaction = ledger.post(scope, _movement(scope, identifier, charge, settled, fees_of_all))
    made = {"balance_transaction": transaction, **kept(ChargeState(_transaction=transaction))}
    if charge.get("destination"):
        return made | pay_destination(scope, identifier, charge, transaction)
    return made | (take_fee(scope, identifier, charge, transaction) if _is_direct(scope, charge) else {})


def _capped_fee(charge: Fields) -> Fields:
    """The application fee that is collected: at most the captured amount (official)."""
    fee, captured = charge.get("application_fee_amount"), cast("int", charge["amount_captured"])
    return {"application_fee_amount": min(fee, captured)} if isinstance(fee, int) else {}


def _is_direct(scope: Scope, charge: Fields) -> bool:
    """Whether the platform takes a fee from a charge of a connected account."""
    return scope.account is not None and bool(charge.get("application_fee_amount"))


def _platform_pays(scope: Scope) -> bool:
    """Whether the platform pays Stripe's fees for the payments of a connected account (official)."""
    return scope.account is not None and account_of(scope.sandbox, scope.owner).controller.fees_payer == "application"


def _post_fees(platform: Scope, charge: str, currency: str, taken: tuple[Fee, ...]) -> None:
    """Take the fees from the platform's balance."""
    for fee in taken:
        settled = exchange.settle(platform, fee.amount, currency)
        movement = Movement("stripe_fee", -settled.amount, settled.currency, charge, fee.description)
        ledger.post(platform, movement._replace(exchange_rate=settled.rate))


def _movement(scope: Scope, identifier: str, charge: Fields, settled: Settled, taken: tuple[Fee, ...]) -> Movement:
    return Movement(
        kind="charge" if identifier.startswith("ch_") else "payment",
        amount=settled.amount,
        currency=settled.currency,
        source=identifier,
        description=cast("str | None", charge.get("description")),
        fees=taken,
        available_on=_available_on(scope, charge),
        exchange_rate=settled.rate,
        family=identifier,
    )


def _available_on(scope: Scope, charge: Fields) -> int | None:
    """The second from which the money is available, None for at once."""
    card = CARDS.get(private(ChargeState, charge).get("_number") or "")
    details = cast("Fields", charge["payment_method_details"])
    if (card and card.available_at_once) or details["type"] in AT_ONCE:
        return None
    return calendar.available_on(scope.sandbox, terms_of(scope, charge).schedule, scope.now)


def _application_fee(scope: Scope, charge: Fields, settled: Settled) -> Iterator[Fee]:
    """The line of the platform's fee, in the currency in which the charge settles."""
    if _is_direct(scope, charge):
        amount = cast("int", charge["application_fee_amount"])
        alike = exchange.settle_alike(amount, settled.original_currency, settled.currency, settled.rate)
        yield direct_fee_line(scope, alike.amount)


def _fees(scope: Scope, charge: Fields, settled: Settled, terms: SettlementTerms) -> tuple[Fee, ...]:
    country = account_of(scope.sandbox, terms.merchant).country
    details = cast("Fields", charge["payment_method_details"])
    card = details.get("card")
    issued_in = cast("str | None", card["country"]) if isinstance(card, dict) else None
    return fees.processing_fees(country, settled, issued_in, str(details["type"]))
