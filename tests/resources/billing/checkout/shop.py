"""A shop for tests: prices, sessions, and the page of a session as the Stripe CLI confirms it."""

from __future__ import annotations

from typing import Any

from emulator.auth import keys

from ....api import KEY, Answer, Api

DONE = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"
BILLING = {"name": "Ada Lovelace", "email": "ada@example.com", "address": {"country": "DE", "postal_code": "10115"}}


def price(api: Api, amount: int = 500, currency: str = "usd", **params: Any) -> str:
    sent = {"currency": currency, "unit_amount": str(amount), "product_data": {"name": "Tea"}, **params}
    return str(api.posted("prices", **sent)["id"])


def session(api: Api, mode: str = "payment", amount: int = 1500, currency: str = "usd", **params: Any) -> Any:
    """A session of a mode, with one line item unless it sets a payment method up."""
    sent: dict[str, Any] = {"mode": mode, "success_url": DONE, **params}
    if mode == "setup":
        sent.setdefault("currency", currency)
    else:
        recurring = {"recurring": {"interval": "month"}} if mode == "subscription" else {}
        line = {"price": price(api, amount, currency, **recurring), "quantity": "1"}
        sent.setdefault("line_items", [line])
    return api.posted("checkout/sessions", **sent)


def confirm(api: Api, identifier: str, method: str | None = "pm_card_visa", **params: Any) -> Answer:
    sent = params if method is None else {"payment_method": method, **params}
    return api.post(f"/v1/payment_pages/{identifier}/confirm", sent)


def found(api: Api, identifier: str, *expand: str) -> Any:
    query = "&".join(f"expand[]={each}" for each in expand)
    return api.get(f"/v1/checkout/sessions/{identifier}?{query}").body


def events(api: Api) -> list[str]:
    """The types of all events, oldest first, without those of the catalog of the shop."""
    kinds = [each["type"] for each in api.get("/v1/events?limit=100").body["data"]]
    return [kind for kind in reversed(kinds) if kind.partition(".")[0] not in ("product", "price", "coupon", "plan")]


def advance(api: Api, seconds: int) -> None:
    """Move the clock of the sandbox."""
    key = keys.parse(KEY)
    assert key is not None
    api.emulator.sandboxes.of(key).clock.advance(seconds)
