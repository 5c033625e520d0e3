"""Visits of checkout pages without a browser, for tests."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from emulator.client.payments import Control, identifier_of


class CheckoutVisits:
    """Methods of the client that visit checkout sessions and payment links."""

    _control: Control

    def complete_checkout(  # noqa: PLR0913 - a form has as many inputs
        self,
        session: object,
        *,
        card: str | None = None,
        payment_method: str | None = None,
        email: str | None = None,
        name: str | None = None,
        promotion_code: str | None = None,
        shipping_rate: str | None = None,
        custom_fields: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Pay a checkout session as its visitor, and return it; missing details are filled in with test data.

        `card` is the number of a test card, 4242424242424242 without it. A session whose payment must be authenticated
        stays open until `complete_3ds(session)`. Raises EmulatorError for a declined payment: the session stays open.
        """
        fields = {
            "card": card,
            "payment_method": payment_method,
            "email": email,
            "name": name,
            "promotion_code": promotion_code,
            "shipping_rate": shipping_rate,
            "custom_fields": custom_fields,
        }
        return self._visit("checkout_sessions", session, "complete", **fields)

    def visit_payment_link(
        self, link: object, *, prefilled_email: str | None = None, client_reference_id: str | None = None
    ) -> dict[str, Any]:
        """Open a payment link, and return the checkout session that it makes. Raises EmulatorError."""
        fields = {"prefilled_email": prefilled_email, "client_reference_id": client_reference_id}
        return self._visit("payment_links", link, "visit", **fields)

    def _visit(self, objects: str, subject: object, action: str, **fields: object) -> dict[str, Any]:
        path = f"/{objects}/{quote(identifier_of(subject), safe='')}/{action}"
        return self._control("POST", path, {name: value for name, value in fields.items() if value is not None})
