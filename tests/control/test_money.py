"""The lists of money of the control API, and the path of a payment through the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.client import EmulatorError

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

_CHARGE: Any = {"amount": 500, "currency": "usd", "source": "tok_visa"}


def bought(emulator: StripeEmulator) -> tuple[str, Any]:
    """A payment of 100 dollars to a seller, with a fee of ten."""
    emulator.load("marketplace")
    seller = "acct_custom_active"
    intent = emulator.client.v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "capture_method": "automatic",
            "application_fee_amount": 1_000,
            "transfer_data": {"destination": seller},
        }
    )
    return seller, intent


def test_the_path_of_a_payment_leads_through_all_accounts(stripe_emulator: StripeEmulator) -> None:
    seller, intent = bought(stripe_emulator)
    found = stripe_emulator._control("GET", f"/payments/{intent.latest_charge}/ledger")
    steps = {
        (step["account"] == found["platform"], step["transaction"]["reporting_category"]): step["transaction"]["net"]
        for step in found["data"]
    }
    assert {step["account"] for step in found["data"]} == {seller, found["platform"]}
    assert steps == {
        (True, "charge"): 10_000 - 320,
        (True, "transfer"): -10_000,
        (False, "charge"): 9_000,
        (True, "platform_earning"): 1_000,
    }


def test_the_path_of_a_payment_does_not_lead_through_metadata(stripe_emulator: StripeEmulator) -> None:
    first, second = (stripe_emulator.client.v1.charges.create(_CHARGE) for _ in range(2))
    named: Any = {"metadata": {"before": first.id}, "description": first.id, "transfer_group": first.id}
    stripe_emulator.client.v1.charges.update(second.id, named)
    found = stripe_emulator._control("GET", f"/payments/{first.id}/ledger")
    assert [step["transaction"]["source"] for step in found["data"]] == [first.id]


def test_money_is_listed_with_the_account_that_has_it(stripe_emulator: StripeEmulator) -> None:
    seller, intent = bought(stripe_emulator)
    payments = stripe_emulator._control("GET", "/payments")
    assert sorted((row["account"] == seller, row["object"]["amount"]) for row in payments["data"]) == [
        (False, 10_000),
        (True, 10_000),
    ]
    (transfer,) = stripe_emulator._control("GET", "/transfers")["data"]
    assert transfer["object"]["source_transaction"] == intent.latest_charge
    balances = stripe_emulator._control("GET", "/balances?limit=5")
    assert {row["account"] for row in balances["data"]} == {seller, balances["platform"]}
    assert stripe_emulator._control("GET", "/payouts")["total"] == 0


def test_the_path_of_an_unknown_payment_is_refused(stripe_emulator: StripeEmulator) -> None:
    with pytest.raises(EmulatorError, match="This sandbox has no charge ch_1"):
        stripe_emulator._control("GET", "/payments/ch_1/ledger")
