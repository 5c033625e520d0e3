"""Trials: their invoice of nothing, their notice, their end."""

from __future__ import annotations

import pytest

from .shop import DAY, FAILS, HOUR, START, Shop, at, line


def test_a_trial_of_a_customer_without_a_card_has_a_setup_intent() -> None:
    shop = Shop()
    one = shop.subscribe("", trial_period_days="14")
    intent = shop.get(f"setup_intents/{one['pending_setup_intent']}")
    assert (intent["customer"], intent["usage"], intent["status"]) == (
        one["customer"],
        "off_session",
        "requires_payment_method",
    )
    assert shop.subscribe(trial_period_days="14")["pending_setup_intent"] is None


def test_the_notice_comes_three_days_before_the_end() -> None:
    shop = Shop()
    one = shop.subscribe(trial_period_days="14")
    shop.wait(11 * DAY - 1)
    assert "customer.subscription.trial_will_end" not in shop.events()
    shop.wait(1)
    assert shop.events()[-1] == "customer.subscription.trial_will_end"
    assert shop.last_event("customer.subscription.trial_will_end") == {"object": one}


def test_the_notice_of_a_shorter_trial_comes_at_once() -> None:
    shop = Shop()
    shop.subscribe("", trial_period_days="1")
    kinds = shop.events("customer.subscription")
    assert kinds == ["customer.subscription.created", "customer.subscription.trial_will_end"]


def test_the_first_paid_period_begins_at_the_end_of_the_trial() -> None:
    shop = Shop()
    one = shop.subscribe(trial_end=str(START + 10 * DAY))
    shop.wait(10 * DAY)
    active, draft = shop.subscription(one["id"]), shop.latest(one["id"])
    item = active["items"]["data"][0]
    assert (active["status"], active["trial_end"]) == ("active", START + 10 * DAY)
    assert (item["current_period_start"], item["current_period_end"]) == (
        at("2025-11-20 12:00"),
        at("2025-12-20 12:00"),
    )
    assert (draft["status"], draft["billing_reason"], draft["total"]) == ("draft", "subscription_cycle", 1000)
    shop.wait(HOUR + 1)
    assert shop.latest(one["id"])["status"] == "paid"


def test_a_trial_that_ends_by_request_is_charged_in_the_request() -> None:
    shop = Shop()
    one = shop.subscribe(trial_period_days="14")
    shop.wait(2 * DAY)
    active = shop.post(f"subscriptions/{one['id']}", trial_end="now")
    paid, item = shop.latest(one["id"]), active["items"]["data"][0]
    assert (active["status"], active["trial_end"], active["billing_cycle_anchor"]) == ("active", shop.now, shop.now)
    assert (item["current_period_start"], item["current_period_end"]) == (
        at("2025-11-12 12:00"),
        at("2025-12-12 12:00"),
    )
    assert (paid["status"], paid["billing_reason"], paid["amount_paid"]) == ("paid", "subscription_update", 1000)


def test_a_trial_without_a_card_does_not_end_by_request() -> None:
    shop = Shop()
    one = shop.subscribe("", trial_period_days="14")
    refused = shop.refused(f"subscriptions/{one['id']}", trial_end="now")
    assert (refused["status"], refused["code"], "param" in refused) == ("400", "resource_missing", False)
    assert shop.subscription(one["id"]) == one


def test_a_trial_without_a_card_ends_past_due_when_its_time_comes() -> None:
    shop = Shop()
    one = shop.subscribe("", trial_period_days="14")
    shop.wait(14 * DAY + 2 * HOUR)
    assert (shop.subscription(one["id"])["status"], shop.latest(one["id"])["status"]) == ("past_due", "open")


@pytest.mark.parametrize(("by_request", "end"), [(True, -1), (False, 0)])
def test_a_trial_without_a_card_can_pause(by_request: bool, end: int) -> None:
    shop = Shop()
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    one = shop.subscribe("", trial_period_days="14", trial_settings=settings)
    if by_request:
        shop.post(f"subscriptions/{one['id']}", trial_end="now")
    else:
        shop.wait(14 * DAY)
    paused = shop.subscription(one["id"])
    assert (paused["status"], paused["latest_invoice"], paused["trial_end"]) == (
        "paused",
        one["latest_invoice"],
        shop.now + end,
    )
    item = paused["items"]["data"][0]
    assert (item["current_period_start"], item["current_period_end"]) == (START, shop.now)
    assert (paused["billing_cycle_anchor"], paused["pending_setup_intent"]) == (shop.now, one["pending_setup_intent"])
    assert shop.events("customer.subscription")[-2:] == [
        "customer.subscription.updated",
        "customer.subscription.paused",
    ]


def test_a_trial_without_a_card_can_cancel() -> None:
    shop = Shop()
    settings = {"end_behavior": {"missing_payment_method": "cancel"}}
    one = shop.subscribe("", trial_period_days="14", trial_settings=settings)
    shop.wait(14 * DAY)
    ended = shop.subscription(one["id"])
    assert (ended["status"], ended["ended_at"], ended["cancellation_details"]["reason"]) == (
        "canceled",
        shop.now,
        "cancellation_requested",
    )
    assert len(shop.invoices(one["id"])) == 1


def test_without_a_trial_its_end_by_request_changes_nothing() -> None:
    shop = Shop()
    one = shop.subscribe()
    assert shop.post(f"subscriptions/{one['id']}", trial_end="now") == one


def test_a_trial_in_the_middle_of_a_period_credits_the_rest() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    end = shop.now + 7 * DAY
    trialing = shop.post(f"subscriptions/{one['id']}", trial_end=str(end))
    invoice = shop.latest(one["id"])
    assert (trialing["status"], trialing["trial_start"], trialing["trial_end"]) == ("trialing", shop.now, end)
    assert trialing["items"]["data"][0]["current_period_end"] == end
    assert [(each["amount"], each["description"]) for each in invoice["lines"]["data"]] == [
        (-500, "Unused time on Tea after 25 Nov 2025"),
        (0, "Free trial for 1 \u00d7 Tea"),
    ]
    assert shop.get(f"customers/{one['customer']}")["balance"] == -500
    shop.wait(7 * DAY + 2 * HOUR)
    paid = shop.latest(one["id"])
    assert (paid["status"], paid["starting_balance"], paid["amount_paid"]) == ("paid", -500, 500)


def test_a_longer_trial_makes_no_invoice() -> None:
    shop = Shop()
    one = shop.subscribe(trial_period_days="14")
    longer = shop.post(f"subscriptions/{one['id']}", trial_end=str(START + 20 * DAY))
    assert (longer["trial_start"], longer["trial_end"], longer["billing_cycle_anchor"]) == (
        START,
        START + 20 * DAY,
        START + 20 * DAY,
    )
    assert len(shop.invoices(one["id"])) == 1


def test_the_trial_of_a_price_counts_only_if_it_is_asked_for() -> None:
    shop = Shop()
    plan = {
        "currency": "usd",
        "interval": "month",
        "amount": "1000",
        "product": shop.product(),
        "trial_period_days": "7",
    }
    price = str(shop.post("plans", **plan)["id"])
    assert shop.subscribe(price=price)["status"] == "active"
    assert shop.subscribe(price=price, trial_from_plan="true")["trial_end"] == START + 7 * DAY


def test_items_beside_a_trial_are_charged_at_once() -> None:
    shop = Shop()
    setup = str(shop.post("prices", currency="usd", unit_amount="300", product_data={"name": "Setup"})["id"])
    one = shop.subscribe(trial_period_days="14", add_invoice_items=[{"price": setup}])
    paid = shop.latest(one["id"])
    assert (one["status"], paid["status"], paid["amount_paid"], line(paid)["description"]) == (
        "trialing",
        "paid",
        300,
        "Setup",
    )


def test_a_failed_payment_beside_a_trial_leaves_it_incomplete() -> None:
    shop = Shop()
    setup = str(shop.post("prices", currency="usd", unit_amount="300", product_data={"name": "Setup"})["id"])
    one = shop.subscribe(FAILS, trial_period_days="14", add_invoice_items=[{"price": setup}])
    assert (one["status"], shop.latest(one["id"])["status"]) == ("incomplete", "open")


def test_an_invoice_that_nobody_pays_has_no_confirmation_secret() -> None:
    shop = Shop()
    one = shop.subscribe(trial_period_days="14", expand=["latest_invoice.confirmation_secret"])
    assert one["latest_invoice"]["confirmation_secret"] is None
    assert "confirmation_secret" not in shop.latest(one["id"])
