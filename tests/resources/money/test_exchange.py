"""Conversion into the currency of settlement."""

from __future__ import annotations

import pytest

from emulator.app import Emulator
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.resources.money import ledger
from emulator.resources.money.currencies import SUPPORTED
from emulator.resources.money.exchange import Settled, check_amount, settle, settle_alike
from emulator.resources.money.ledger import Movement
from emulator.resources.money.rates import PER_DOLLAR, converted, rate
from emulator.settings import BadSetting, Settings

from ...api import Api

NOW = 1_790_000_000


def scope_of(api: Api, owner: str | None = None) -> Scope:
    api.get("/v1/account")
    sandbox = next(api.emulator.sandboxes.newest_first())
    return Scope(sandbox, owner or sandbox.platform_id, NOW)


def test_every_currency_has_a_rate() -> None:
    assert set(PER_DOLLAR) == set(SUPPORTED)


def test_a_rate_leads_from_minor_unit_to_minor_unit_in_six_significant_digits() -> None:
    assert (rate("usd", "krw"), rate("krw", "usd"), rate("usd", "cad"), rate("gbp", "usd"), rate("usd", "kwd")) == (
        13.9,
        0.0719424,
        1.3985,
        1.32979,
        3.07,
    )


@pytest.mark.parametrize(
    ("amount", "used", "expected"),
    [(200, 13.2136, 2_643), (1_000, 1.38343, 1_383), (1, 0.5, 1), (-1, 0.5, -1), (-1_000, 1.38343, -1_383)],
)
def test_an_amount_is_rounded_half_up_whichever_way_it_goes(amount: int, used: float, expected: int) -> None:
    assert converted(amount, used) == expected


def test_the_default_currency_is_not_converted() -> None:
    assert settle(scope_of(Api()), 1_000, "usd") == Settled(1_000, "usd", None, "usd")


def test_another_currency_is_converted_to_the_default_one() -> None:
    assert settle(scope_of(Api()), 1_000, "gbp") == Settled(1_330, "usd", 1.32979, "gbp")


def test_a_currency_that_an_account_has_a_balance_in_is_not_converted() -> None:
    scope = scope_of(Api())
    ledger.post(scope, Movement("charge", 500, "gbp", "ch_1"))

    assert settle(scope, 1_000, "gbp") == Settled(1_000, "gbp", None, "gbp")


def test_a_currency_that_an_account_is_paid_out_in_is_not_converted() -> None:
    api = Api()
    bank = {"object": "bank_account", "country": "GB", "currency": "gbp", "account_number": "00012345",
            "routing_number": "231470"}  # fmt: skip
    account = api.account(type="custom", country="DE")
    added = api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": bank})

    assert added.status == 200, added.body
    assert settle(scope_of(api, account), 1_000, "gbp") == Settled(1_000, "gbp", None, "gbp")
    assert settle(scope_of(api, account), 1_000, "usd").currency == "eur"


def test_the_platform_settles_in_each_currency_of_the_setting() -> None:
    scope = scope_of(Api(Settings(platform_country="FR", settlement_currencies="jpy, GBP,eur")))

    assert settle(scope, 5_000, "jpy") == Settled(5_000, "jpy", None, "jpy")
    assert settle(scope, 1_000, "gbp") == Settled(1_000, "gbp", None, "gbp")
    assert settle(scope, 1_000, "eur") == Settled(1_000, "eur", None, "eur")
    assert settle(scope, 1_000, "usd") == Settled(867, "eur", 0.867, "usd")


def test_yen_of_a_french_platform_is_paid_in_and_out_in_yen() -> None:
    api = Api(Settings(platform_country="FR", settlement_currencies="jpy"))
    card = {"payment_method": "pm_card_bypassPending", "payment_method_types": ["card"], "confirm": True}
    sent = {
        "amount": 5_000,
        "currency": "jpy",
        "capture_method": "automatic",
        "expand": ["latest_charge.balance_transaction"],
    }
    payment = api.post("/v1/payment_intents", {**card, **sent}).body
    payout = api.post("/v1/payouts", {"amount": 4_000, "currency": "jpy"})

    settled = payment["latest_charge"]["balance_transaction"]
    assert (settled["amount"], settled["currency"], settled["exchange_rate"]) == (5_000, "jpy", None)
    # 3.25 % for a card of the US, and 25 cents.
    assert [line["amount"] for line in settled["fee_details"]] == [163 + 45]
    assert (payout.status, payout.body["currency"]) == (200, "jpy")


@pytest.mark.parametrize("currencies", ["xyz", "eur,idr", "eur jpy"])
def test_a_platform_settles_only_in_currencies_of_countries_that_stripe_processes_in(currencies: str) -> None:
    with pytest.raises(BadSetting, match="settlement_currencies must be currencies such as eur,jpy, not "):
        Emulator(Settings(settlement_currencies=currencies))


def test_a_refund_is_settled_as_its_charge_was() -> None:
    assert settle_alike(-1_000, "gbp", "usd", 1.32979) == Settled(-1_330, "usd", 1.32979, "gbp")
    assert settle_alike(-1_000, "usd", "usd", None) == Settled(-1_000, "usd", None, "usd")


def test_the_smallest_payment_is_that_of_the_currency_that_settles_it(api: Api) -> None:
    scope = scope_of(api)
    check_amount(scope, 38, "gbp")
    with pytest.raises(StripeError, match=r"at least 50 cents. £0.37 converts to approximately \$0.49\."):
        check_amount(scope, 37, "gbp")
    ledger.post(scope, Movement("charge", 1_000, "gbp", None))
    check_amount(scope, 30, "gbp")
    with pytest.raises(StripeError, match=r"at least £0\.30 gbp"):
        check_amount(scope, 29, "gbp")
