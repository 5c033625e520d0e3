"""Actions of banks and card holders for tests: disputes, early fraud warnings, 3D Secure, payouts, balances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

Control = Callable[..., dict[str, Any]]


class PaymentOverrides:
    """Methods of the client that act on payments. An object is its id, or a Stripe object that has one."""

    _control: Control

    def dispute(self, charge: object, kind: str = "fraudulent") -> dict[str, Any]:
        """Dispute a captured charge as the card holder's bank does, and return the dispute.

        `kind` is a reason such as `product_not_received`, or `inquiry`. Raises EmulatorError.
        """
        return self._override("charges", charge, "dispute", kind=kind)

    def decide_dispute(self, dispute: object, outcome: str) -> dict[str, Any]:
        """Decide a dispute as the bank does: `won`, `lost`, or `escalated` for an inquiry. Raises EmulatorError."""
        return self._override("disputes", dispute, "decide", outcome=outcome)

    def warn_of_fraud(self, charge: object) -> dict[str, Any]:
        """Report a charge as fraud, as the card network does, and return the early fraud warning."""
        return self._override("charges", charge, "fraud_warning")

    def review(self, charge: object) -> dict[str, Any]:
        """Open a review of a payment, as somebody does in the Dashboard, and return it."""
        return self._override("charges", charge, "review")

    def complete_3ds(self, intent: object, outcome: str = "succeeded") -> dict[str, Any]:
        """Authenticate an intent that requires action, or a checkout session that waits, or fail to, and return it.

        `outcome` is `succeeded` or `failed`. Raises EmulatorError.
        """
        kinds = {"seti": "setup_intents", "cs": "checkout_sessions"}
        kind = kinds.get(identifier_of(intent).partition("_")[0], "payment_intents")
        return self._override(kind, intent, "complete_3ds", outcome=outcome)

    def settle_payout(self, payout: object, outcome: str = "paid", failure_code: str | None = None) -> dict[str, Any]:
        """Let a payout arrive now, or fail, and return it. `outcome` is `paid` or `failed`. Raises EmulatorError."""
        return self._override("payouts", payout, "settle", outcome=outcome, failure_code=failure_code)

    def set_balance(
        self, available: int | None = None, currency: str | None = None, account: object | None = None
    ) -> dict[str, Any]:
        """Set the available balance of the platform or of an account in minor units, and return the balance.

        Without `available`, all pending money becomes available. Raises EmulatorError.
        """
        owner = {"account": identifier_of(account)} if account is not None else {}
        fields = {"available": available, "currency": currency, **owner}
        return self._control("POST", "/balance", {name: value for name, value in fields.items() if value is not None})

    def _override(self, objects: str, subject: object, action: str, **fields: object) -> dict[str, Any]:
        return self._control("POST", f"/{objects}/{quote(identifier_of(subject), safe='')}/{action}", fields)


def identifier_of(subject: object) -> str:
    """The id of a Stripe object, a mapping or an object with attributes; or the text itself. Raises TypeError."""
    found = subject.get("id") if isinstance(subject, Mapping) else getattr(subject, "id", subject)
    if not isinstance(found, str):
        raise TypeError(f"expected an id or an object with an id, not {subject!r}")
    return found
