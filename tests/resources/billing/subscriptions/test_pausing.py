"""Payments that are paused, and subscriptions that are."""

from __future__ import annotations

from typing import Any

import pytest

from .shop import DAY, HOUR, START, Shop, at


@pytest.mark.parametrize(
    ("behavior", "status"), [("keep_as_draft", "draft"), ("void", "void"), ("mark_uncollectible", "uncollectible")]
)
def test_invoices_of_paused_payments_are_not_collected(behavior: str, status: str) -> None:
    shop = Shop()
    one = shop.subscribe()
    paused = shop.post(f"subscriptions/{one['id']}", pause_collection={"behavior": behavior})
    assert (paused["status"], paused["pause_collection"]) == ("active", {"behavior": behavior, "resumes_at": None})
    shop.until("2025-12-12 12:00")
    assert (shop.latest(one["id"])["status"], shop.subscription(one["id"])["status"]) == (status, "active")
    assert shop.latest(one["id"])["auto_advance"] is False
    again = shop.post(f"subscriptions/{one['id']}", pause_collection="")
    assert again["pause_collection"] is None
    shop.until("2026-01-10 14:00")
    assert shop.latest(one["id"])["status"] == "paid"


def test_payments_resume_at_a_given_time() -> None:
    shop = Shop()
    one = shop.subscribe()
    until = {"behavior": "void", "resumes_at": str(START + 10 * DAY)}
    shop.post(f"subscriptions/{one['id']}", pause_collection=until)
    shop.wait(10 * DAY)
    assert shop.subscription(one["id"])["pause_collection"] is None
    assert shop.events()[-1] == "customer.subscription.updated"


def paused(shop: Shop) -> Any:
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    one = shop.subscribe("", trial_period_days="14", trial_settings=settings)
    shop.wait(14 * DAY)
    return one


def test_only_a_paused_subscription_resumes() -> None:
    shop = Shop()
    one = shop.subscribe()
    assert shop.refused(f"subscriptions/{one['id']}/resume") == {
        "status": "400",
        "message": "You can only resume a subscription if it is `paused`.",
    }


def test_a_resumed_subscription_waits_for_the_payment_of_its_invoice() -> None:
    shop = Shop()
    one = paused(shop)
    shop.wait(DAY)
    waiting, invoice = shop.post(f"subscriptions/{one['id']}/resume"), shop.latest(one["id"])
    assert (waiting["status"], waiting["latest_invoice"]) == ("paused", invoice["id"])
    assert waiting["pending_update"] == {
        "billing_cycle_anchor": None,
        "cancel_at_period_end": None,
        "discount": None,
        "discounts": None,
        "expires_at": shop.now + 23 * HOUR,
        "metadata": None,
        "subscription_items": None,
        "trial_end": None,
        "trial_from_plan": None,
    }
    assert (invoice["status"], invoice["billing_reason"], invoice["amount_due"]) == ("open", "subscription_cycle", 1000)
    card = shop.post("payment_methods/pm_card_visa/attach", customer=one["customer"])["id"]
    shop.post(f"invoices/{invoice['id']}/pay", payment_method=card)
    active = shop.subscription(one["id"])
    item = active["items"]["data"][0]
    assert (active["status"], active["pending_update"], active["billing_cycle_anchor"]) == (
        "active",
        None,
        at("2025-11-25 12:00"),
    )
    assert (item["current_period_start"], item["current_period_end"]) == (
        at("2025-11-25 12:00"),
        at("2025-12-25 12:00"),
    )
    assert shop.events("customer.subscription")[-3:] == [
        "customer.subscription.updated",
        "customer.subscription.pending_update_applied",
        "customer.subscription.resumed",
    ]


def test_a_resumption_that_is_not_paid_is_void() -> None:
    shop = Shop()
    one = paused(shop)
    shop.post(f"subscriptions/{one['id']}/resume")
    shop.wait(23 * HOUR)
    left = shop.subscription(one["id"])
    assert (left["status"], left["pending_update"], shop.latest(one["id"])["status"]) == ("paused", None, "void")


def test_a_resumed_subscription_with_a_card_is_charged_at_once() -> None:
    shop = Shop()
    one = paused(shop)
    card = shop.post("payment_methods/pm_card_visa/attach", customer=one["customer"])["id"]
    shop.post(f"customers/{one['customer']}", invoice_settings={"default_payment_method": card})
    active = shop.post(f"subscriptions/{one['id']}/resume")
    assert (active["status"], active["pending_update"], shop.latest(one["id"])["status"]) == ("active", None, "paid")
    assert shop.events("customer.subscription")[-1] == "customer.subscription.resumed"


def test_a_paused_subscription_has_no_periods() -> None:
    shop = Shop()
    one = paused(shop)
    shop.wait(90 * DAY)
    assert (len(shop.invoices(one["id"])), shop.subscription(one["id"])["status"]) == (1, "paused")
