"""A platform whose ids repeat and whose clock stands still, so that whole objects are literal."""

from __future__ import annotations

from typing import Any

from emulator.model.declaration.endpoint import Scope
from emulator.settings import Settings

from ....api import Answer, Api

NOW = 1_790_000_000  # Monday, 21 September 2026, 14:13:20 UTC
ABLE = {
    "type": "custom",
    "country": "US",
    "business_type": "individual",
    "business_profile": {"mcc": "5734", "url": "https://accessible.stripe.com"},
    "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
    "tos_acceptance": {"date": NOW, "ip": "8.8.8.8"},
    "individual": {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "dob": {"day": 1, "month": 1, "year": 1901},
        "email": "jenny.rosen@example.com",
        "phone": "+16505551234",
        "id_number": "222222222",
        "address": {"line1": "address_full_match", "city": "San Francisco", "state": "CA", "postal_code": "94103"},
    },
    "external_account": {
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
        "account_number": "000123456789",
    },
}


class Shop(Api):
    """The platform, whose sandbox's clock is frozen at `NOW`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(Settings(id_seed="shop", **settings))
        self.get("/v1/account")
        self.sandbox.clock.freeze()
        self.sandbox.clock.set(NOW)

    def scope(self, owner: str | None = None) -> Scope:
        return Scope(self.sandbox, owner or self.sandbox.platform_id, self.sandbox.clock.now())

    def charge(self, account: str | None = None, **params: object) -> Any:
        answer = self.refused(account, **params)
        assert answer.status == 200, answer.body
        return answer.body

    def refused(self, account: str | None = None, **params: object) -> Answer:
        sent = {"amount": 2_500, "currency": "usd", "source": "tok_visa", **params}
        given = {name: value for name, value in sent.items() if value is not None}
        return self.post("/v1/charges", given, stripe_account=account)

    def seller(self, **params: object) -> str:
        """A connected account that takes cards and receives transfers."""
        self.sandbox.clock.set(NOW - 60)
        sent = {name: value for name, value in {**ABLE, **params}.items() if value is not None}
        account = self.account(**sent)
        self.sandbox.clock.set(NOW)
        assert self.get(f"/v1/accounts/{account}").body["charges_enabled"]
        return account

    def transaction(self, identifier: str, account: str | None = None) -> Any:
        return self.get(f"/v1/balance_transactions/{identifier}", stripe_account=account).body
