"""A sandbox with a clock of its own, in which tests move money."""

from __future__ import annotations

from typing import Any

from emulator.auth.keys import parse
from emulator.events import Origin, Transaction, elapse
from emulator.model.declaration.endpoint import Scope
from emulator.resources.connect import accounts
from emulator.resources.money import ledger
from emulator.resources.money.ledger import Movement
from emulator.settings import Settings

from ...api import KEY, Api
from ...samples import BANK_ACCOUNT

MONDAY = 1_788_782_400  # 2026-09-07 12:00 UTC, Labor Day
DAY = 86_400


class Till:
    """An emulator whose clock stands at a Tuesday noon until a test moves it.

    Its platform is paid out by hand, unless it is `daily`.
    """

    def __init__(self, settings: Settings | None = None, *, daily: bool = False) -> None:
        self.api = Api(settings or Settings())
        key = parse(KEY)
        assert key is not None
        self.sandbox = self.api.emulator.sandboxes.of(key)
        self.sandbox.clock.frozen_at = TUESDAY
        self.platform = self.sandbox.platform_id
        if daily:
            schedule = {"schedule": {"interval": "daily"}}
            assert self.api.post("/v1/balance_settings", {"payments": {"payouts": schedule}}).status == 200

    @property
    def now(self) -> int:
        return self.sandbox.clock.now()

    def seller(self, number: str = "000123456789", *, onboard: bool = True, **params: object) -> str:
        """A connected account with a bank account, which can do everything once it is onboarded."""
        bank = {"object": "bank_account", **BANK_ACCOUNT, "account_number": number}
        sent = {"type": "custom", "country": "US", "capabilities": CAPABILITIES, "external_account": bank, **params}
        identifier = self.api.account(**sent)
        with Transaction(self.sandbox, Origin(self.now)):
            if not onboard:
                return identifier
            account = self.sandbox.accounts.get(identifier)
            assert account is not None
            accounts.onboard(self.sandbox, account)
        return identifier

    def post(self, amount: int, currency: str = "usd", owner: str | None = None, **more: Any) -> str:
        """Write a balance transaction: money that comes without a fee, available at once unless said otherwise."""
        scope = Scope(self.sandbox, owner or self.platform, self.now)
        movement = Movement(more.pop("kind", "charge"), amount, currency, more.pop("source", "ch_1"), **more)
        with Transaction(self.sandbox, Origin(self.now)):
            return ledger.post(scope, movement)

    def pass_time(self, seconds: int) -> None:
        """Move the clock, and run what is due."""
        self.sandbox.clock.advance(seconds)
        elapse(self.sandbox, self.now)

    def events(self, kind: str, owner: str | None = None) -> list[Any]:
        """The events of an account whose types begin with a text, oldest first."""
        listed = self.api.get("/v1/events?limit=100", stripe_account=owner).body["data"]
        return [event for event in reversed(listed) if event["type"].startswith(kind)]

    def balance(self, owner: str | None = None) -> tuple[dict[str, int], dict[str, int]]:
        """The available and the pending amounts, by currency."""
        body = self.api.get("/v1/balance", stripe_account=owner).body
        available, pending = ({each["currency"]: each["amount"] for each in body[name]} for name in BOTH)
        return available, pending


TUESDAY = MONDAY + DAY
BOTH = ("available", "pending")
CAPABILITIES = {"card_payments": {"requested": True}, "transfers": {"requested": True}}
