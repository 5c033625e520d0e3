"""A marketplace with the official clients: a seller signs up, sells, refunds, loses a dispute, is paid and leaves."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stripe

from ..clients import install, transcript
from ..webhooks.test_delivery import Receiver, until

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

TUESDAY = 2_051_956_800  # 2035-01-09 12:00:00
SALE = ["payment_intent.created", "transfer.created", "application_fee.created", "charge.succeeded"]
NEW_BANK = ["account.external_account.updated", "account.external_account.created", "account.updated"]
# Each step: the state that the platform sees, and the events of the platform and of the seller's account, in order.
STORY: list[Any] = [
    [False, [], ["account.application.authorized"]],
    [
        True,
        [],
        [
            "person.created", "account.external_account.created", "capability.updated", "capability.updated",
            "account.updated",
        ],
    ],
    ["succeeded", [*SALE, "payment_intent.succeeded", "charge.updated"], ["payment.created"]],
    [
        "succeeded",
        [
            "application_fee.refunded", "transfer.reversed", "refund.created", "charge.refunded", "refund.updated",
            "charge.refund.updated",
        ],
        ["refund.created", "charge.refunded"],
    ],
    [
        "needs_response",
        [
            *SALE, "charge.dispute.created", "charge.dispute.funds_withdrawn", "payment_intent.succeeded",
            "charge.updated",
        ],
        ["payment.created"],
    ],
    ["lost", ["charge.dispute.updated", "charge.dispute.closed"], []],
    [6600, ["transfer.reversed"], ["refund.created", "charge.refunded"]],
    [6600, ["balance.available"], ["balance.available"]],
    [
        ["failed", "account_closed"],
        [],
        [
            *NEW_BANK, "payout.created", "payout.updated", "payout.failed", "account.external_account.updated",
            "account.updated",
        ],
    ],
    ["paid", [], [*NEW_BANK, "payout.created", "payout.updated", "payout.paid"]],
    ["account_invalid", [], ["account.application.deauthorized"]],
]  # fmt: skip
# Fees of Stripe -320 and -146, fees of the platform +900 and +400, the refund -2500 + 2500, the dispute -4000 - 1500
# + 3600 of the seller, the sales +10000 + 4000, the transfers -10000 - 4000.
LEFT = -1066
RETURN = "http://127.0.0.1:9/return"
NOTICE = "ignore:We recommend building your integration using Accounts v2"


class Marketplace:
    """A platform in Python, with one receiver for its own events and one for those of its sellers."""

    def __init__(self, emulator: StripeEmulator, platform: Receiver, sellers: Receiver) -> None:
        self.emulator, self.receivers = emulator, (platform, sellers)
        self.secrets = [
            stripe.WebhookEndpoint.create(url=receiver.url, enabled_events=["*"], connect=connect).secret
            for receiver, connect in ((platform, False), (sellers, True))
        ]
        self.seen = [0, 0]
        self.account = self.sale = self.dispute = ""

    def events(self, counts: list[int]) -> list[list[str]]:
        """The types of the events since the last call, with every signature checked."""
        return [self._new(place, count) for place, count in enumerate(counts)]

    def _new(self, place: int, count: int) -> list[str]:
        receiver, seen, secret = self.receivers[place], self.seen[place], self.secrets[place]
        until(lambda: len(receiver.got) >= seen + count)
        new = receiver.got[seen:]
        self.seen[place] += len(new)
        checked = [stripe.Webhook.construct_event(each.body, each.headers["Stripe-Signature"], secret) for each in new]
        return [event.type for event in checked]

    def sign_up(self) -> object:
        account = stripe.Account.create(
            country="US",
            capabilities={"card_payments": {"requested": True}, "transfers": {"requested": True}},
            controller={
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "application",
                "stripe_dashboard": {"type": "none"},
            },
            settings={"payouts": {"schedule": {"interval": "manual"}}},
        )
        self.account = account.id
        return account.charges_enabled

    def onboard(self) -> object:
        link = stripe.AccountLink.create(
            account=self.account, type="account_onboarding", refresh_url=RETURN, return_url=RETURN
        )
        assert httpx.post(link.url, data={"action": "complete"}).headers["location"] == RETURN
        return stripe.Account.retrieve(self.account).charges_enabled

    def pay(self, amount: int, fee: int, method: str) -> stripe.PaymentIntent:
        return stripe.PaymentIntent.create(
            amount=amount,
            currency="usd",
            payment_method=method,
            confirm=True,
            automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
            application_fee_amount=fee,
            transfer_data={"destination": self.account},
        )

    def sell(self) -> object:
        intent = self.pay(10_000, 1200, "pm_card_visa")
        self.sale = intent.id
        self.emulator.advance(2)
        return intent.status

    def refund(self) -> object:
        refund = stripe.Refund.create(
            payment_intent=self.sale, amount=2500, reverse_transfer=True, refund_application_fee=True
        )
        self.emulator.advance(60)
        return refund.status

    def be_disputed(self) -> object:
        intent = self.pay(4000, 400, "pm_card_createDispute")
        self.emulator.advance(5)
        (dispute,) = stripe.Dispute.list(payment_intent=intent.id).data
        self.dispute = dispute.id
        return dispute.status

    def lose(self) -> object:
        stripe.Dispute.modify(self.dispute, evidence={"uncategorized_text": "losing_evidence"})
        self.emulator.advance(10)
        return stripe.Dispute.retrieve(self.dispute).status

    def recover(self) -> object:
        charge = stripe.Dispute.retrieve(self.dispute, expand=["charge"]).charge
        assert isinstance(charge, stripe.Charge)
        stripe.Transfer.create_reversal(str(charge.transfer), amount=3600)
        return stripe.Balance.retrieve(stripe_account=self.account).pending[0].amount

    def wait(self) -> object:
        self.emulator.advance(3 * 86_400)
        return self.available()

    def available(self) -> int:
        return stripe.Balance.retrieve(stripe_account=self.account).available[0].amount

    def pay_out(self, account_number: str) -> stripe.Payout:
        bank: Any = {"object": "bank_account", "country": "US", "currency": "usd", "routing_number": "110000000"}
        bank["account_number"] = account_number
        stripe.Account.create_external_account(self.account, external_account=bank, default_for_currency=True)
        payout = stripe.Payout.create(amount=self.available(), currency="usd", stripe_account=self.account)
        self.emulator.advance(86_400)
        return stripe.Payout.retrieve(payout.id, stripe_account=self.account)

    def fail_to_pay_out(self) -> object:
        payout = self.pay_out("000111111113")
        return [payout.status, payout.failure_code]

    def succeed_to_pay_out(self) -> object:
        return self.pay_out("000123456789").status

    def close(self) -> object:
        stripe.Account.delete(self.account)
        with pytest.raises(stripe.PermissionError) as refused:
            stripe.Account.retrieve(self.account)
        body: Any = refused.value.json_body
        return body["error"]["code"]


@pytest.mark.filterwarnings(NOTICE)
def test_a_marketplace_in_python_receives_every_webhook_in_order(stripe_emulator: StripeEmulator) -> None:
    stripe_emulator.freeze(TUESDAY)
    with Receiver() as platform, Receiver() as sellers:
        market = Marketplace(stripe_emulator, platform, sellers)
        steps: list[Callable[[], object]] = [
            market.sign_up, market.onboard, market.sell, market.refund, market.be_disputed, market.lose, market.recover,
            market.wait, market.fail_to_pay_out, market.succeed_to_pay_out, market.close,
        ]  # fmt: skip
        for act, (value, *events) in zip(steps, STORY, strict=True):
            assert [act(), *market.events([len(each) for each in events])] == [value, *events]
    assert stripe.Balance.retrieve().available[0].amount == LEFT


@pytest.mark.parametrize("package", ["stripe-22", "stripe-23"])
def test_a_marketplace_in_node_receives_every_webhook_in_order(stripe_emulator: StripeEmulator, package: str) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    done = subprocess.run(
        ["node", install.HERE / "marketplace.js", modules / package],
        input=json.dumps({"url": stripe_emulator.url, "key": stripe_emulator.api_key, "now": TUESDAY}),
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == [*STORY, [LEFT, [], []]]
