"""Settings of the balance: their fields, their updates, and their effect on payouts."""

from __future__ import annotations

from typing import Any

from .tills import DAY, Till


def settings(till: Till, owner: str | None = None, **params: Any) -> Any:
    answer = (
        till.api.post("/v1/balance_settings", params, stripe_account=owner)
        if params
        else till.api.get("/v1/balance_settings", stripe_account=owner)
    )
    assert answer.status == 200, answer.body
    return answer.body


def test_those_of_the_platform() -> None:
    assert settings(Till()) == {
        "object": "balance_settings",
        "payments": {
            "debit_negative_balances": True,
            "payouts": {
                "schedule": {"interval": "manual"},
                "statement_descriptor": None,
                "status": "enabled",
            },
            "settlement_timing": {"delay_days": 7},
        },
    }


def test_those_of_an_account_are_its_payout_settings() -> None:
    till = Till()
    sent = {"schedule": {"interval": "weekly", "weekly_anchor": "friday"}, "statement_descriptor": "SELLER"}
    account = till.api.account(type="custom", country="US", settings={"payouts": sent})

    assert settings(till, account)["payments"] == {
        "debit_negative_balances": False,
        "payouts": {
            "schedule": {"interval": "weekly", "weekly_payout_days": ["friday"]},
            "statement_descriptor": "SELLER",
            "status": "disabled",
        },
        "settlement_timing": {"delay_days": 2},
    }


def test_an_update_changes_the_account_and_emits_an_event() -> None:
    till = Till()
    seller = till.seller()
    schedule = {"interval": "monthly", "monthly_payout_days": [5, 20]}
    changed = settings(till, seller, payments={"payouts": {"schedule": schedule}})

    account = till.api.get(f"/v1/accounts/{seller}").body
    assert changed["payments"]["payouts"]["schedule"] == schedule
    assert account["settings"]["payouts"]["schedule"] == {"delay_days": 2, **schedule}
    [event] = till.events("balance_settings", seller)
    assert event["data"] == {
        "object": changed,
        "previous_attributes": {
            "payments": {"payouts": {"schedule": {"interval": "daily", "monthly_payout_days": None}}}
        },
    }


def test_the_delay_is_overridden_and_restored() -> None:
    till = Till()
    longer = settings(till, payments={"settlement_timing": {"delay_days_override": 14}})
    usual = settings(till, payments={"settlement_timing": {"delay_days_override": ""}})

    assert longer["payments"]["settlement_timing"] == {
        "delay_days": 14,
        "delay_days_override": 14,
    }
    assert usual["payments"]["settlement_timing"] == {"delay_days": 7}


def test_automatic_payouts_keep_the_least_balance() -> None:
    till = Till()
    daily = {"schedule": {"interval": "daily"}}
    settings(till, payments={"payouts": {"minimum_balance_by_currency": {"usd": 300}, **daily}})
    till.post(1_000)
    till.pass_time(3 * DAY)

    assert till.balance() == ({"usd": 300}, {"usd": 0})
    assert till.sandbox.timers.next() is None
    unset = settings(till, payments={"payouts": {"minimum_balance_by_currency": {"usd": ""}}})
    assert "minimum_balance_by_currency" not in unset["payments"]["payouts"]
    till.pass_time(4 * DAY)
    assert till.balance() == ({"usd": 0}, {"usd": 0})


def test_a_platform_that_is_paid_by_hand_keeps_its_money() -> None:
    till = Till()
    till.post(1_000)
    till.pass_time(10 * DAY)

    assert till.balance() == ({"usd": 1_000}, {"usd": 0})
    assert till.api.get("/v1/account").body["settings"]["payouts"]["schedule"]["interval"] == "manual"
