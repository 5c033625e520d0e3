"""Card details: the checks of the parameters, and the hashes that payment methods, tokens and payment sources show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.resources.connect.accounts.external_accounts.input import expiry, fingerprint
from emulator.resources.payments.methods import cards, declines
from emulator.resources.payments.methods.cards import CARDS, TestCard
from emulator.schema.check import Params
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

UNCHECKED = "unchecked"
LINE1, POSTAL_CODE, CVC = "address_line1_check", "address_postal_code_check", "cvc_check"

# The wallets of payment methods, by their names in tokens.
WALLETS: Mapping[str, str] = {"android_pay": "google_pay", "apple_pay": "apple_pay"}


class Details(NamedTuple):
    """A test card with its expiry, whether a security code was sent, and whether its test name stands for it.

    `wallet` is the name in tokens of the wallet that it comes from, with the last digits that the wallet shows.
    """

    card: TestCard
    exp_month: int
    exp_year: int
    cvc: bool = True
    named: bool = False
    wallet: str | None = None
    dynamic_last4: str | None = None


def from_number(call: Call, params: Params) -> Details:
    """The card of a number, with its expiry and perhaps its security code. Raises StripeError.

    A setting decides whether numbers are accepted with a secret key; with a publishable key they always are (official).
    """
    if not call.sandbox.settings.raw_card_numbers and not call.publishable:
        raise errors.raw_card_numbers_refused(livemode=call.sandbox.livemode)
    number = cards.plain(str(params.get("number", "")))
    if not cards.has_form(number):
        raise errors.card_number_invalid()
    if not cards.is_valid(number):
        raise errors.card_number_incorrect()
    checked = expiry(params, call.now)
    card = CARDS.get(number)
    if card is None:
        raise declines.refusal(declines.DECLINES["test_mode_live_card"])
    cvc = params.get("cvc")
    if cvc is not None and not _is_cvc(card, str(cvc)):
        raise errors.card_cvc_invalid()
    return Details(card, int(str(checked["exp_month"])), int(str(checked["exp_year"])), cvc is not None)


def _is_cvc(card: TestCard, cvc: str) -> bool:
    lengths = (3, 4) if card.brand == "amex" else (3,)
    return cvc.isascii() and cvc.isdecimal() and len(cvc) in lengths


def from_name(card: TestCard, now: int) -> Details:
    """The card of a test name: it expires in this month of the next year (observed)."""
    today = datetime.fromtimestamp(now, UTC)
    return Details(card, today.month, today.year + 1, named=True)


def shown(scope: Scope, details: Details, address: Mapping[str, object]) -> Fields:
    """The hash `card` of a payment method. `address` is that of its billing details."""
    card = details.card
    return {
        "brand": card.brand,
        "checks": {
            LINE1: _unchecked(address.get("line1"), card.line1, named=details.named),
            POSTAL_CODE: _unchecked(address.get("postal_code"), card.postal_code, named=details.named),
            CVC: UNCHECKED if details.cvc else None,
        },
        "country": card.country,
        "display_brand": cards.display_brand(card),
        "exp_month": details.exp_month,
        "exp_year": details.exp_year,
        "fingerprint": fingerprint(scope.sandbox.platform_id, card.number),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [*card.networks, card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": card.authentication != "unsupported"},
        "wallet": _wallet(details),
    }


def _wallet(details: Details) -> Fields | None:
    if details.wallet is None:
        return None
    kind = WALLETS[details.wallet]
    return {kind: {}, "dynamic_last4": details.dynamic_last4, "type": kind}


def _unchecked(sent: object, result: str, *, named: bool) -> str | None:
    """A check that is still to come: of a value that was sent, or one that a test name announces (observed)."""
    return UNCHECKED if sent or (named and result != "pass") else None


def after_checks(card: TestCard, checks: Mapping[str, Json]) -> Fields:
    """The results of the bank's checks, of the values that were sent."""
    results = {LINE1: card.line1, POSTAL_CODE: card.postal_code, CVC: card.cvc}
    return {name: results[name] if checks.get(name) else None for name in (LINE1, POSTAL_CODE, CVC)}
