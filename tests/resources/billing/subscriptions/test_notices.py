"""The notices of a subscription, and the setup intent that it waits for."""

from __future__ import annotations

from .shop import DAY, Shop, at

UPCOMING = "invoice.upcoming"


def test_a_renewal_is_announced_seven_days_before() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.post("invoiceitems", customer=one["customer"], amount="250", currency="usd")
    shop.until("2025-12-03 11:59")
    assert UPCOMING not in shop.events()
    before = shop.subscription(one["id"])
    shop.wait(60)
    assert shop.events()[-1] == UPCOMING
    invoice = shop.last_event(UPCOMING)["object"]
    assert ("id" in invoice, invoice["object"], invoice["billing_reason"], invoice["status"]) == (
        False,
        "invoice",
        "upcoming",
        "draft",
    )
    assert (invoice["customer"], invoice["total"], invoice["number"]) == (one["customer"], 1250, None)
    assert invoice["next_payment_attempt"] == at("2025-12-10 13:00")
    assert (shop.subscription(one["id"]), len(shop.invoices(one["id"]))) == (before, 1)
    assert len(shop.pending(one["customer"])) == 1
    shop.wait(60 * DAY)
    assert len([kind for kind in shop.events() if kind == UPCOMING]) == 1


def test_an_end_is_not_announced_as_a_renewal() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.post(f"subscriptions/{one['id']}", cancel_at_period_end="true")
    weekly = shop.subscribe(price=shop.price(interval="week"))
    shop.until("2025-12-10 14:00")
    assert UPCOMING not in shop.events()
    assert len(shop.invoices(weekly["id"])) == 5


def test_a_setup_intent_that_succeeds_is_no_longer_pending() -> None:
    shop = Shop()
    settings = {"save_default_payment_method": "on_subscription"}
    one = shop.subscribe("", trial_period_days="14", payment_settings=settings)
    done = shop.post(f"setup_intents/{one['pending_setup_intent']}/confirm", payment_method="pm_card_visa")
    after = shop.subscription(one["id"])
    assert (after["pending_setup_intent"], after["default_payment_method"]) == (None, done["payment_method"])
    shop.wait(14 * DAY + 7200)
    assert (shop.subscription(one["id"])["status"], shop.latest(one["id"])["amount_paid"]) == ("active", 1000)
