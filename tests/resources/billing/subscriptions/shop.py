"""A shop with subscriptions, whose clock stands at 10 November 2025 until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from emulator.auth.keys import parse
from emulator.events import elapse
from emulator.settings import Settings

from ....api import KEY, Api

START = 1_762_776_000  # 2025-11-10 12:00:00 UTC
HOUR, DAY = 3_600, 86_400
VISA = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
FAILS = "pm_card_chargeCustomerFail"  # a card that is attached, and declined when it is charged
SECURE = "pm_card_threeDSecure2Required"


def at(text: str) -> int:
    """The second of a UTC time such as `2025-12-10 12:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


class Shop:
    """An emulator with products, customers and subscriptions."""

    def __init__(self, **settings: Any) -> None:
        self.api = Api(Settings(**settings))
        key = parse(KEY)
        assert key is not None
        self.sandbox = self.api.emulator.sandboxes.of(key)
        self.sandbox.clock.frozen_at = START

    @property
    def now(self) -> int:
        return self.sandbox.clock.now()

    def wait(self, seconds: int) -> None:
        """Move the clock, and run what is due."""
        self.sandbox.clock.advance(seconds)
        elapse(self.sandbox, self.now)

    def until(self, text: str) -> None:
        """Move the clock to a UTC time."""
        self.wait(at(text) - self.now)

    def post(self, path: str, **params: Any) -> Any:
        response = self.api.post(f"/v1/{path}", params)
        assert response.status == 200, response.body
        return response.body

    def get(self, path: str) -> Any:
        response = self.api.get(f"/v1/{path}")
        assert response.status == 200, response.body
        return response.body

    def refused(self, path: str, **params: Any) -> dict[str, str]:
        """The status, code, message and param of an error."""
        response = self.api.post(f"/v1/{path}", params)
        assert response.status != 200, response.body
        found = {"status": str(response.status)}
        return found | {name: response.error[name] for name in ("code", "message", "param") if name in response.error}

    def product(self, name: str = "Tea") -> str:
        return str(self.post("products", name=name)["id"])

    def price(self, amount: int = 1000, interval: str = "month", **more: Any) -> str:
        recurring = {"interval": interval, **more.pop("recurring", {})}
        params = {"currency": "usd", "unit_amount": str(amount), "recurring": recurring, **more}
        if "product" not in params:
            params["product_data"] = {"name": "Tea"}
        return str(self.post("prices", **params)["id"])

    def customer(self, card: str = "pm_card_visa", **params: Any) -> str:
        """A customer with a default card, without one where it is empty."""
        params = {"email": "jenny@example.com", **params}
        if not card:
            return str(self.post("customers", **params)["id"])
        identifier = str(self.post("customers", **params)["id"])
        method = self.post(f"payment_methods/{card}/attach", customer=identifier)["id"]
        self.post(f"customers/{identifier}", invoice_settings={"default_payment_method": method})
        return identifier

    def subscribe(self, card: str = "pm_card_visa", price: str = "", quantity: int = 1, **params: Any) -> Any:
        items = params.pop("items", None) or [{"price": price or self.price(), "quantity": str(quantity)}]
        customer = params.pop("customer", None) or self.customer(card)
        return self.post("subscriptions", customer=customer, items=items, **params)

    def subscription(self, identifier: str) -> Any:
        return self.get(f"subscriptions/{identifier}")

    def invoices(self, subscription: str) -> list[Any]:
        """The invoices of a subscription, oldest first."""
        return list(reversed(self.get(f"invoices?subscription={subscription}&limit=100")["data"]))

    def latest(self, subscription: str) -> Any:
        return self.invoices(subscription)[-1]

    def pending(self, customer: str) -> list[Any]:
        """The items of a customer that no invoice has, oldest first."""
        return list(reversed(self.get(f"invoiceitems?customer={customer}&pending=true&limit=100")["data"]))

    def events(self, *kinds: str) -> list[str]:
        """The types of all events that begin so, oldest first."""
        listed = self.get("events?limit=100")["data"]
        return [event["type"] for event in reversed(listed) if event["type"].startswith(kinds or "")]

    def last_event(self, kind: str) -> Any:
        return self.get(f"events?type={kind}&limit=1")["data"][0]["data"]


def line(invoice: Any, place: int = 0) -> Any:
    return invoice["lines"]["data"][place]
