"""`payment_method_details` and `billing_details` of a charge: the payment method as it was used."""

from __future__ import annotations

from datetime import UTC, datetime

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import filled, hash_of
from emulator.resources.payments.charges.outcomes import number_from
from emulator.resources.payments.charges.payment import Payment
from emulator.resources.payments.methods.card_details import after_checks
from emulator.sandbox.ids import ALPHABET
from emulator.schema.shape import Ref
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

HOLD_SECONDS = 7 * DAY  # how long money is held on a card (official)
_COPIED = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
_ADDRESS: Fields = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_BILLING: Fields = {"address": _ADDRESS, **dict.fromkeys(("email", "name", "phone", "tax_id"))}


def billing_details(payment: Payment) -> Fields:
    """The billing details of the payment method, with every name."""
    sent = payment.method.get("billing_details")
    found = {**_BILLING, **sent} if isinstance(sent, dict) else dict(_BILLING)
    address = found["address"]
    return {**found, "address": {**_ADDRESS, **address} if isinstance(address, dict) else dict(_ADDRESS)}


def method_details(scope: Scope, payment: Payment, identifier: str, *, failed: bool) -> Fields:
    """`payment_method_details`: the hash of the method's type, and the type, in order of their names."""
    if payment.type == "card":
        return {"card": _card(scope, payment, identifier, failed=failed), "type": "card"}
    kind = hash_of(Ref(f"payment_method_details_{payment.type}"), {})
    known = kind.kind.properties if kind else {}
    mandate: Fields = {"mandate": payment.mandate} if payment.mandate else {}
    own = {name: value for name, value in {**payment.details, **mandate}.items() if name in known}
    shown = dict(sorted(filled(kind, own).items())) if kind else own
    found: Fields = {payment.type: shown, "type": payment.type}
    return dict(sorted(found.items()))


def _card(scope: Scope, payment: Payment, identifier: str, *, failed: bool) -> Fields:
    """A card as it was charged. `capture_before` is that of a hold."""
    card = payment.details
    brand = str(card.get("brand"))
    unavailable: Fields = {"status": "unavailable"}
    shown: Fields = {
        **{name: card.get(name) for name in _COPIED},
        "amount_authorized": None if failed else payment.amount,
        "authorization_code": f"{number_from(identifier, 'authorization', 1_000_000):06d}",
        "checks": _checks(payment),
        "ds_transaction_id": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": dict(unavailable),
        "installments": None,
        "mandate": payment.mandate,
        "multicapture": dict(unavailable),
        "network": brand,
        "network_token": {"used": False},
        "network_transaction_id": _network_transaction(scope, brand, str(card.get("fingerprint"))),
        "overcapture": {"maximum_amount_capturable": payment.amount, "status": "unavailable"},
        "regulated_status": card.get("regulated_status", "unregulated"),
        "three_d_secure": payment.three_d_secure,
        "transaction_link_id": _link(brand, identifier),
    }
    if not payment.capture and not failed:
        shown["capture_before"] = scope.now + HOLD_SECONDS
    return dict(sorted(shown.items()))


def _checks(payment: Payment) -> Json:
    """The checks of a card after the bank has made those that it could (observed)."""
    card, checks = payment.card, payment.details.get("checks")
    return checks if card is None or not isinstance(checks, dict) else after_checks(card, checks)


def _network_transaction(scope: Scope, brand: str, fingerprint: str) -> str:
    """The network's id: the same for each card of an account, but for Mastercard, which adds the day (observed)."""
    seed = f"{scope.sandbox.platform_id}:{fingerprint}"
    if brand != "mastercard":
        return str(10**14 + number_from(seed, "network", 9 * 10**14))
    letters = "".join(ALPHABET[10 + number_from(seed, f"network {place}", 26)] for place in range(6))
    return f"MCC{letters}{datetime.fromtimestamp(scope.now, UTC):%m%d}"


def _link(brand: str, identifier: str) -> str | None:
    """The id that links transactions, which Mastercard has (observed)."""
    return f"test123-tlid456__{identifier.partition('_')[2][:5]}" if brand == "mastercard" else None
