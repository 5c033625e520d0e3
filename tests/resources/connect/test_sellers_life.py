"""A seller's life from sign-up to its end, seen by a platform with the official clients and a receiver of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stripe

from ...clients import install, transcript
from ...webhooks.test_delivery import Receiver, until

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

BOTH: Any = {"card_payments": {"requested": True}, "transfers": {"requested": True}}
BY_REQUEST, BY_ITSELF = True, False
CAPABILITY = ["requirements", "status"]
# Each step: whether the seller can charge and be paid out, and why not; and its events, of that account,
# each with whether a request caused it, and the names in `previous_attributes`.
LIFE: list[Any] = [
    [
        [False, False, "requirements.past_due"],
        [["account.application.authorized", True, BY_REQUEST, []]],
    ],
    [
        [True, True, None],
        [
            ["person.created", True, BY_ITSELF, []],
            ["account.external_account.created", True, BY_ITSELF, []],
            ["capability.updated", True, BY_ITSELF, CAPABILITY],
            ["capability.updated", True, BY_ITSELF, CAPABILITY],
            [
                "account.updated",
                True,
                BY_ITSELF,
                [
                    "business_profile", "business_type", "capabilities", "charges_enabled", "company",
                    "details_submitted", "external_accounts", "individual", "payouts_enabled", "requirements", "settings",
                    "tos_acceptance",
                ],
            ],
        ],
    ],
    [
        [True, True, None],
        [["account.updated", True, BY_REQUEST, ["metadata"]]],
    ],
    [
        [False, True, None],
        [
            ["capability.updated", True, BY_ITSELF, CAPABILITY],
            ["account.updated", True, BY_ITSELF, ["capabilities", "charges_enabled"]],
        ],
    ],
    [
        [True, True, None],
        [
            ["capability.updated", True, BY_ITSELF, CAPABILITY],
            ["account.updated", True, BY_ITSELF, ["capabilities", "charges_enabled"]],
        ],
    ],
    [
        [False, False, "rejected.fraud"],
        [
            ["capability.updated", True, BY_REQUEST, CAPABILITY],
            ["capability.updated", True, BY_REQUEST, CAPABILITY],
            [
                "account.updated",
                True,
                BY_REQUEST,
                ["capabilities", "charges_enabled", "payouts_enabled", "requirements"],
            ],
        ],
    ],
]  # fmt: skip
END = [["account.application.deauthorized", True, BY_REQUEST, []]]
RETURN = "http://127.0.0.1:9/return"

pytestmark = pytest.mark.filterwarnings("ignore:We recommend building your integration using Accounts v2")


class Platform:
    """A platform in Python: its steps, and the events that its receiver got by each, with every signature checked."""

    def __init__(self, emulator: StripeEmulator, receiver: Receiver) -> None:
        self.emulator, self.receiver = emulator, receiver
        self.secret = stripe.WebhookEndpoint.create(url=receiver.url, enabled_events=["*"], connect=True).secret
        self.account = ""
        self.seen = 0

    def sign_up(self) -> None:
        self.account = stripe.Account.create(type="express", country="US", capabilities=BOTH).id

    def onboard(self) -> None:
        link = stripe.AccountLink.create(
            account=self.account, type="account_onboarding", refresh_url=RETURN, return_url=RETURN
        )
        assert httpx.post(link.url, data={"action": "complete"}).headers["location"] == RETURN

    def rename(self) -> None:
        stripe.Account.modify(self.account, metadata={"shop": "7"})

    def lose(self) -> None:
        self.emulator.set_capability(self.account, "card_payments", "inactive", reason="platform_paused")

    def regain(self) -> None:
        self.emulator.set_capability(self.account, "card_payments", "active")

    def reject(self) -> None:
        stripe.Account.reject(self.account, reason="fraud")

    def flags(self) -> list[object]:
        shown = stripe.Account.retrieve(self.account)
        return [shown.charges_enabled, shown.payouts_enabled, shown.requirements and shown.requirements.disabled_reason]

    def delivered(self, count: int) -> list[Any]:
        until(lambda: len(self.receiver.got) >= self.seen + count)
        new, self.seen = self.receiver.got[self.seen :], len(self.receiver.got)
        return [self.line(sent.body, sent.headers["Stripe-Signature"]) for sent in new]

    def line(self, body: bytes, signature: str) -> list[object]:
        event = stripe.Webhook.construct_event(body, signature, self.secret)
        before = json.loads(body)["data"].get("previous_attributes", {})
        return [event.type, event.account == self.account, event.request.id is not None, sorted(before)]


def test_stripe_python_receives_the_events_of_every_step_of_a_sellers_life(stripe_emulator: StripeEmulator) -> None:
    with Receiver() as receiver:
        platform = Platform(stripe_emulator, receiver)
        steps: list[Callable[[], None]] = [
            platform.sign_up, platform.onboard, platform.rename, platform.lose, platform.regain, platform.reject,
        ]  # fmt: skip
        for act, (flags, events) in zip(steps, LIFE, strict=True):
            act()
            assert [platform.flags(), platform.delivered(len(events))] == [flags, events]
        stripe_emulator.disconnect(platform.account)
        assert platform.delivered(1) == [["account.application.deauthorized", True, BY_ITSELF, []]]
        with pytest.raises(stripe.PermissionError, match="does not have access to account"):
            stripe.Account.retrieve(platform.account)


@pytest.mark.parametrize("package", ["stripe-22", "stripe-23"])
def test_stripe_node_receives_the_events_of_every_step_of_a_sellers_life(
    stripe_emulator: StripeEmulator, package: str
) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    done = subprocess.run(
        ["node", Path(__file__).parents[2] / "clients" / "life.js", modules / package],
        input=json.dumps({"url": stripe_emulator.url, "key": stripe_emulator.api_key}),
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == [*LIFE, [["StripePermissionError", "account_invalid"], END]]
