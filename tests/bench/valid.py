"""Valid requests for every operation, with random values, on objects that earlier requests created.

One value of some of them is replaced: what is refused late has been half done.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.catalog import Operation
from emulator.http.message import Request, Response
from emulator.schema import spec
from emulator.settings import Settings
from emulator.wire import form

from ..api import NEWEST, Answer, Api
from ..resources.generic.values import Values

KEY = "sk_test_fuzz"
ODD = {"expand", "page", "client_secret", "user"}  # parameters whose values only responses give
SPOILED = 0.2  # of the requests have one value that is not valid, most likely
WRONG: tuple[Any, ...] = (
    "", "0", "-1", "1", "99999999", "9" * 18, "9" * 40, "1e3", "true", "null", "nothing_0000", "eur", "jpy", "now", "üñ\u202e\U0001f600", "x" * 5001,
    "1970-01-01", "1700000000", "253402300799", "0.0001", "-0.5", "100.01", [], ["1"], [""], {"a": "b"}, {"0": {"a": ["b"]}}, {"enabled": "true"},
)  # fmt: skip
AGAIN = 0.6  # of the objects that a request names were created by earlier ones
RENEWED = 0.05  # of the objects that requests name are created anew
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}
# What requests of an operation have beside what is required, or else the values that are not random; `@` begins an object.
USUAL: dict[str, tuple[dict[str, Any], ...]] = {
    "PostAccountLinks": ({"refresh_url": "https://a.example", "return_url": "https://b.example"},),
    "PostAccountsAccountBankAccounts": ({"external_account": "btok_us_verified"},),
    "PostAccountsAccountExternalAccounts": ({"external_account": "btok_us_verified"},),
    "PostBillingPortalSessions": ({"customer": "@customer"},),
    "PostCharges": (
        {"amount": "5000", "currency": "usd", "source": "tok_visa"},
        {"amount": "900", "currency": "usd", "source": "tok_bypassPending"},
        {"amount": "900", "currency": "usd", "source": "tok_createDispute"},
        {"amount": "700", "currency": "eur", "source": "tok_visa", "capture": "false"},
        {"amount": "800", "currency": "usd", "source": "tok_visa", "transfer_data": {"destination": "@account"}},
    ),
    "PostCustomers": (
        {"email": "a@example.com", "payment_method": "pm_card_visa"},
        {"email": "b@example.com", "source": "tok_visa"},
    ),
    "PostCoupons": ({"percent_off": "25"}, {"percent_off": "10", "duration": "repeating", "duration_in_months": "3"}),
    "PostCustomersCustomerSources": ({"source": "tok_visa"}, {"source": "btok_us_verified"}),
    "PostInvoiceitems": (
        {"customer": "@customer", "currency": "usd", "amount": "1000"},
        {"customer": "@customer", "currency": "usd", "amount": "-300", "invoice": "@invoice"},
    ),
    "PostInvoices": (
        {"customer": "@customer", "pending_invoice_items_behavior": "include"},
        {"customer": "@customer", "collection_method": "send_invoice", "days_until_due": "7", "auto_advance": "true"},
    ),
    "PostPaymentIntents": (
        {
            "amount": "2000",
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": "true",
            "return_url": "https://a.example",
        },
        {
            "amount": "2000",
            "currency": "usd",
            "payment_method": "pm_card_bypassPending",
            "confirm": "true",
            "off_session": "true",
        },
        {
            "amount": "2000",
            "currency": "usd",
            "customer": "@customer",
            "capture_method": "manual",
            "payment_method": "pm_card_visa",
            "confirm": "true",
            "off_session": "true",
        },
        {"amount": "900", "currency": "eur"},
    ),
    "PostPaymentIntentsIntentConfirm": ({"payment_method": "pm_card_visa", "return_url": "https://a.example"},),
    "PostPaymentMethods": ({"type": "card", "card": {"token": "tok_visa"}},),
    "PostPayouts": ({"amount": "100", "currency": "usd"},),
    "PostRefunds": ({"charge": "@charge"}, {"charge": "@charge", "amount": "100"}),
    "PostSetupIntentsIntentConfirm": ({"payment_method": "pm_card_visa", "return_url": "https://a.example"},),
    "PostShippingRates": ({"type": "fixed_amount", "fixed_amount": {"amount": "500", "currency": "usd"}},),
    "PostSubscriptionSchedules": ({"customer": "@customer", "start_date": "now"},),
    "PostSubscriptions": (
        {"customer": "@customer"},
        {"customer": "@customer", "trial_period_days": "7"},
        {"customer": "@customer", "payment_behavior": "default_incomplete"},
    ),
    "PostTestHelpersConfirmationTokens": ({"payment_method": "pm_card_visa"},),
    "PostTokens": ({"card": CARD}, {"pii": {"id_number": "000000000"}}),
    "PostTopups": ({"amount": "2000", "currency": "usd"},),
    "PostTransfers": ({"amount": "100", "currency": "usd", "destination": "@account"},),
    "PostWebhookEndpoints": ({"url": "https://a.example/hook", "enabled_events": ["*"]},),
}
NUMBERS = (1, 2, 5, 12, 50, 100, 999, 2500, 100_000)
ADVANCED = 7 * 86_400


@dataclass
class Driven(Api):
    """Sends what prepares a request by a function that checks the responses."""

    drive: Callable[[Request], Response] | None = None

    def __post_init__(self) -> None:
        """Without an emulator of its own."""

    def send(self, method: str, path: str, body: bytes = b"", /, **headers: str | None) -> Answer:
        assert self.drive is not None
        response = self.drive(request(method, path, body))
        return Answer(response.status, {}, response.body)


def request(method: str, target: str, body: bytes) -> Request:
    """One that the key of the fuzzer sends."""
    path, _, query = target.partition("?")
    headers = {b"authorization": f"Bearer {KEY}".encode()}
    if path.startswith("/v2/"):
        headers |= {b"stripe-version": NEWEST.encode(), b"content-type": b"application/json"}
    return Request(method, path, query.encode(), headers, body)


class Valid(Values):
    """Makes valid requests. `newest` are the ids of the newest objects by name."""

    def __init__(self, chance: random.Random, newest: dict[str, str], drive: Callable[[Request], Response]) -> None:
        super().__init__(Driven(Settings(), drive=drive))
        self.chance, self.newest = chance, newest

    def next(self, operation: Operation) -> Request | None:
        """A request of an operation; None where its objects cannot be created, or no longer."""
        try:
            found = self.request(operation)
            more = self._more(operation)
        except (AssertionError, KeyError):  # what prepares it was refused
            self._ids.clear()
            return None
        if found is None:
            return None
        params = {**more, **found[1]}
        if self.chance.random() < SPOILED:
            self._spoil(params)
        return self._encoded(operation, found[0], params)

    def _spoil(self, params: dict[str, Any]) -> None:
        """Replaces the value of a parameter at any depth."""
        while params:
            name = self.chance.choice(list(params))
            below = params[name]
            if not isinstance(below, dict) or self.chance.random() < RENEWED:
                params[name] = self.chance.choice((*WRONG, *self.newest.values()))
                return
            params[name] = params = dict(below)

    def body(self, operation: Operation, *, whole: bool = False) -> dict[str, Any]:
        body = super().body(operation, whole=whole)
        usual = self._known(self.chance.choice(USUAL[operation.id])) if operation.id in USUAL else {}
        return {name: value for name, value in {**body, **usual}.items() if value is not None}

    def _more(self, operation: Operation) -> dict[str, Any]:
        """Some optional parameters."""
        names = [name for name, param in operation.params.params.items() if not param.required and name not in ODD]
        chosen = self.chance.sample(names, min(len(names), self.chance.choice((0, 0, 0, 1, 1, 2, 4))))
        found = {
            name: self._named(operation.params.params[name].type, name, operation.object) for name in sorted(chosen)
        }
        return {name: value for name, value in found.items() if value is not None}

    @staticmethod
    def _encoded(operation: Operation, path: str, params: dict[str, Any]) -> Request:
        if operation.method == "GET":
            return request("GET", f"{path}?{form.encode(params)}", b"")
        body = json.dumps(params).encode() if operation.v2 else form.encode(params).encode()
        return request(operation.method, path, body)

    def _fresh(self, operation: Operation, path: str, template: str) -> str | None:
        known = self.newest.get(operation.object)
        return known if known and self.chance.random() < AGAIN else super()._fresh(operation, path, template)

    def one(self, name: str) -> str | None:
        """The id of an object of a name: the newest one, or one that is created."""
        if self.chance.random() < RENEWED:
            self.forget(name)
        elif name in self.newest and self.chance.random() < AGAIN:
            return self.newest[name]
        return super().one(name)

    def _value(self, kind: spec.Type, key: str, name: str) -> Any:
        match kind:
            case spec.Boolean():
                return self.chance.choice(("true", "false"))
            case spec.Integer(minimum, maximum, is_time):
                number = 1_790_000_000 + self.chance.randrange(ADVANCED) if is_time else self.chance.choice(NUMBERS)
                return str(min(max(number, minimum or 0), maximum if maximum is not None else number))
            case spec.Enum(values):
                return self.chance.choice(values)
            case spec.Decimal():
                return self.chance.choice(("0", "1.5", "25", "99.9"))
            case spec.Gap():
                return None
        return super()._value(kind, key, name)
