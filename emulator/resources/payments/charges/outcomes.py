"""The outcome of a payment: the decision of the bank or of Radar, and `outcome` of the charge."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from emulator.model.declaration.resource import Fields
from emulator.resources.payments.charges.payment import Payment
from emulator.resources.payments.methods.declines import DECLINES, Decline
from emulator.resources.payments.methods.payment_methods import decline_of
from emulator.wire.namedtuples import NamedTuple

BLOCKED = "fraudulent"  # the decline of a payment that Radar stops before the bank sees it
# The scores of each level of risk: the lowest, and how many there are (official; normal ones observed up to 64).
SCORES: Mapping[str, tuple[int, int]] = MappingProxyType({"normal": (0, 65), "elevated": (65, 10), "highest": (75, 25)})
RULE = "block_if_high_risk"


class Verdict(NamedTuple):
    """The result of a payment: the decline, None for success, and whether Radar made it."""

    decline: Decline | None
    blocked: bool = False


def verdict_of(payment: Payment) -> Verdict:
    """The result by the payment method."""
    decline = DECLINES[payment.decline] if payment.decline else decline_of(payment.method, "charge")
    return Verdict(decline, blocked=decline is DECLINES[BLOCKED])


def outcome(payment: Payment, verdict: Verdict, identifier: str) -> Fields:
    """The `outcome` of a charge. Its score follows from the id."""
    card = payment.card
    level = card.risk if card else "normal"
    if verdict.blocked:
        level = "highest"
    risk: Fields = {"risk_level": level, "risk_score": _score(level, identifier)} if card else {}
    decline = verdict.decline
    if verdict.blocked:
        return _shown("not_sent_to_network", "highest_risk_level", _TOO_RISKY, "blocked", {**risk, "rule": RULE})
    if decline is None:
        return _shown("approved_by_network", None, "Payment complete.", "authorized", risk or _UNKNOWN_RISK)
    codes: Fields = {
        "advice_code": decline.advice_code,
        "network_advice_code": decline.network_advice_code,
        "network_decline_code": decline.network_decline_code,
    }
    return refused_by_bank(decline.decline_code or decline.code, {**risk, **codes})


def refused_by_bank(reason: str, more: Fields | None = None) -> Fields:
    """The `outcome` of a payment that the bank refuses, at once or, of a debit, later."""
    return _shown("declined_by_network", reason, _words(reason), "issuer_declined", more or _UNKNOWN_RISK)


_TOO_RISKY = "Stripe blocked this payment as too risky."
_UNKNOWN_RISK: Fields = {"risk_level": "not_assessed"}


def _words(reason: str) -> str:
    if reason == "generic_decline":
        return "The bank did not return any further details with this decline."
    return f"The bank returned the decline code `{reason}`."


def _shown(network_status: str, reason: str | None, message: str, kind: str, more: Fields) -> Fields:
    codes: Fields = {"advice_code": None, "network_advice_code": None, "network_decline_code": None}
    own: Fields = {"network_status": network_status, "reason": reason, "seller_message": message, "type": kind}
    return dict(sorted({**codes, **own, **more}.items()))


def _score(level: str, identifier: str) -> int:
    lowest, count = SCORES[level]
    return lowest + number_from(identifier, "risk", count)


def number_from(identifier: str, purpose: str, count: int) -> int:
    """A number below `count` that follows from an id, so that the same ids give the same numbers."""
    digest = hashlib.sha256(f"{purpose}:{identifier}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % count
