"""Requests about money with any parameters are done or refused; a refused one leaves everything as it was."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from emulator import catalog
from emulator.catalog import Operation
from emulator.schema import spec

from .charges.shop import Shop

REFERENCES: Mapping[str, tuple[str, ...]] = {
    "charge": ("ch_", "py_"), "customer": ("cus_",), "destination": ("acct_",), "payment_intent": ("pi_",),
    "source_transaction": ("ch_",), "token": ("tok_",),
}  # fmt: skip
SEEDS = 4
REQUESTS = 300
DONE_OR_REFUSED = {200, 400, 402, 403, 404, 501}
DECLINED = 402  # leaves its charge
BEGINNINGS = """
/v1/application_fees /v1/balance_settings /v1/charges /v1/customers /v1/disputes /v1/payment_intents
/v1/payment_methods /v1/payouts /v1/refunds /v1/setup_intents /v1/tokens /v1/topups /v1/transfers
""".split()
WRITES = [each for each in catalog.operations() if each.method != "GET" and each.path.startswith(tuple(BEGINNINGS))]
CREATES = [each for each in WRITES if "{" not in each.path and each.method == "POST"]
PREFIXES: Mapping[str, tuple[str, ...]] = {
    "{intent}": ("pi_", "seti_"), "{charge}": ("ch_", "py_"), "{refund}": ("re_", "pyr_"), "{transfer}": ("tr_",),
    "{payout}": ("po_",), "{topup}": ("tu_",), "{dispute}": ("du_",), "{fee}": ("fee_",), "{customer}": ("cus_",), "{id}": ("tr_", "fee_", "card_", "trr_", "fr_"),
    "{payment_method}": ("pm_", "card_"),
}  # fmt: skip
LIKELY: Mapping[str, tuple[object, ...]] = {
    "amount": (100, 500, 1_000, 50, 1, 0, -5, 99_999_999, 10**18, "", "x", 3.5),
    "capture_method": ("manual", "automatic", "automatic_async", "x"),
    "confirm": ("true",),
    "currency": ("usd", "usd", "eur", "jpy", "kwd", "xxx"),
    "payment_method": ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_createDispute", "pm_card_threeDSecure2Required"),
    "payment_method_types": (["card"], ["card"], ["us_bank_account"], ["x"], []),
    "source": ("tok_visa", "tok_bypassPending", "tok_chargeDeclined", "btok_us_verified", "x"),
}  # fmt: skip
PAID: Mapping[str, object] = {"amount": 5_000, "currency": "usd", "payment_method_types": ["card"], "confirm": True}
# The objects that every account has at first.
FIRST: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("/v1/charges", {"amount": 500_000, "currency": "usd", "source": "tok_bypassPending"}),
    ("/v1/payment_intents", {**PAID, "payment_method": "pm_card_visa"}),
    ("/v1/payment_intents", {**PAID, "payment_method": "pm_card_visa", "capture_method": "manual"}),
    ("/v1/payment_intents", {**PAID, "payment_method": "pm_card_createDispute", "expand": ["latest_charge.dispute"]}),
    ("/v1/payment_intents", {"amount": 5_000, "currency": "usd", "payment_method_types": ["card"]}),
    ("/v1/setup_intents", {"payment_method_types": ["card"]}),
    ("/v1/customers", {"source": "tok_visa", "expand": ["sources"]}),
    ("/v1/payouts", {"amount": 100, "currency": "usd"}),
    ("/v1/tokens", {"card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}}),
)
GARBAGE: tuple[object, ...] = ("", "x", -1, 0, [], {}, ["a"], {"a": "b"}, "\0", "9" * 25, "true", "\u00e9")


SCALARS: Mapping[type, tuple[object, ...]] = {spec.Boolean: ("true", "false"), spec.Integer: (0, 1, 5, 100, -1, 10**12)}
GARBLED = 0.04


class Attack:
    """Random requests to a platform and its sellers, each of which is done or refused."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.shop = Shop()
        self.owners = [None, self.shop.seller(), self.shop.seller()]
        self.owner: str | None = None
        self.known: dict[str | None, list[str]] = {owner: [*filter(None, self.owners)] for owner in self.owners}
        for owner in self.owners:
            self.owner = owner
            for path, params in FIRST:
                self.remember(self.shop.post(path, params, stripe_account=owner).body)

    def request(self) -> None:
        self.owner = self.random.choice(self.owners)
        operation = self.random.choice(CREATES if self.random.random() < 0.4 else WRITES)
        path, params = re.sub(r"\{\w+\}", self._named, operation.path), self._params(operation)
        before = self._rows()
        answer = (
            self.shop.send(operation.method, path, stripe_account=self.owner) if operation.method == "DELETE" else None
        )
        answer = answer or self.shop.post(path, params, stripe_account=self.owner)
        assert answer.status in DONE_OR_REFUSED, (path, params, answer.body)
        if answer.status == 200:
            self.remember(answer.body)
        elif answer.status != DECLINED:
            assert self._rows() == before, (path, params, answer.body)

    def remember(self, body: object) -> None:
        known = self.known[self.owner]
        known += [each for each in _ids(body) if each not in known]

    def _rows(self) -> dict[str, Any]:
        """The whole state: the rows of all tables by owner and id, and the newest event."""
        sandbox = self.shop.sandbox
        tables = ("balance", "balance_transaction", *{each.object.partition("|")[0] for each in WRITES})
        owners = [owner or sandbox.platform_id for owner in self.owners]
        return {
            "events": self.shop.get("/v1/events?limit=1").body["data"],
            **{f"{name} {owner}": [*sandbox.table(name).newest(owner)] for name in tables for owner in owners},
        }

    def _named(self, found: re.Match[str]) -> str:
        return self._one(PREFIXES.get(found[0], ()))

    def _one(self, prefixes: tuple[str, ...] = ()) -> str:
        fitting = [each for each in self.known[self.owner] if each.startswith(prefixes or "")]
        return self.random.choice(fitting or ["nothing_1"])

    def _params(self, operation: Operation) -> dict[str, object]:
        chosen = self._object(operation.params)
        references = {name: self._one(each) for name, each in REFERENCES.items() if name in chosen}
        return {**chosen, **references} if self.random.random() > GARBLED else chosen

    def _object(self, of: spec.Object) -> dict[str, object]:
        chance = {name: 0.9 if param.required or name in LIKELY else 0.06 for name, param in of.params.items()}
        chosen = [name for name in of.params if self.random.random() < chance[name]]
        return {name: self._value(name, of.params[name].type) for name in chosen}

    def _value(self, name: str, kind: spec.Type) -> object:
        if self.random.random() < GARBLED:
            return self.random.choice(GARBAGE)
        if name in LIKELY:
            return self.random.choice(LIKELY[name])
        match kind:
            case spec.Object():
                return self._object(kind)
            case spec.Array(item):
                return [self._value(name, item)]
            case spec.AnyOf(options):
                return self._value(name, self.random.choice(options))
        return self.random.choice(kind.values or ("x",) if isinstance(kind, spec.Enum) else self._scalars(kind))

    def _scalars(self, kind: spec.Type) -> tuple[object, ...]:
        return SCALARS.get(type(kind)) or (self._one(),)


def _ids(body: object) -> Iterator[str]:
    if isinstance(body, Mapping):
        if isinstance(body.get("id"), str):
            yield body["id"]
        for each in body.values():
            yield from _ids(each)
    elif isinstance(body, list):
        for each in body:
            yield from _ids(each)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_request_about_money_is_done_or_leaves_everything_as_it_was(seed: int) -> None:
    attack = Attack(seed)
    for _ in range(REQUESTS):
        attack.request()
