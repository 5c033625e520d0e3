"""Periods that end are followed by new ones, each with its invoice."""

from __future__ import annotations

import pytest

from .shop import DAY, FAILS, HOUR, START, Shop, at, line


def test_a_new_period_begins_with_a_draft_that_is_charged_after_an_hour() -> None:
    shop = Shop()
    one = shop.subscribe(quantity=2)
    shop.until("2025-12-10 12:00")
    renewed, draft = shop.subscription(one["id"]), shop.latest(one["id"])
    item = renewed["items"]["data"][0]
    assert (item["current_period_start"], item["current_period_end"]) == (
        at("2025-12-10 12:00"),
        at("2026-01-10 12:00"),
    )
    assert (renewed["status"], renewed["latest_invoice"]) == ("active", draft["id"])
    assert (draft["status"], draft["billing_reason"], draft["amount_due"]) == ("draft", "subscription_cycle", 2000)
    assert (draft["auto_advance"], draft["number"], draft["attempted"]) == (True, None, False)
    assert (draft["period_start"], draft["period_end"]) == (START, at("2025-12-10 12:00"))
    assert draft["automatically_finalizes_at"] == at("2025-12-10 12:00") + 3601
    assert line(draft)["period"] == {"start": at("2025-12-10 12:00"), "end": at("2026-01-10 12:00")}
    assert line(draft)["description"] == "2 \u00d7 Tea (at $10.00 / month)"
    shop.wait(HOUR)
    assert shop.latest(one["id"])["status"] == "draft"
    shop.wait(1)
    paid = shop.latest(one["id"])
    assert (paid["status"], paid["amount_paid"], paid["attempt_count"]) == ("paid", 2000, 1)
    assert paid["number"].endswith("-0002")


def test_the_events_of_a_cycle_come_in_stripes_order() -> None:
    shop = Shop()
    shop.subscribe()
    shop.until("2025-12-10 14:00")  # events of more than thirty days ago are gone
    assert shop.events("invoice", "payment_intent", "charge.s", "customer.subscription") == [
        "invoice.upcoming",
        "invoice.created",
        "customer.subscription.updated",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ]


def test_a_year_of_months_from_the_31st_ends_at_the_last_day_of_each() -> None:
    shop = Shop()
    shop.until("2026-01-31 09:30")
    one = shop.subscribe()
    shop.until("2027-02-01 00:00")
    starts = [line(invoice)["period"]["start"] for invoice in shop.invoices(one["id"])]
    days = ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31"]
    assert starts == [at(f"2026-{day} 09:30") for day in days] + [at("2027-01-31 09:30")]
    numbers = [invoice["number"].rpartition("-")[2] for invoice in shop.invoices(one["id"])]
    assert numbers == [f"{place:04d}" for place in range(1, 14)]


@pytest.mark.parametrize(
    ("interval", "count", "ends"),
    [
        ("day", 3, ["2025-11-13 12:00", "2025-11-16 12:00"]),
        ("week", 1, ["2025-11-17 12:00", "2025-11-24 12:00"]),
        ("month", 3, ["2026-02-10 12:00", "2026-05-10 12:00"]),
        ("year", 1, ["2026-11-10 12:00", "2027-11-10 12:00"]),
    ],
)
def test_each_interval_renews(interval: str, count: int, ends: list[str]) -> None:
    shop = Shop()
    one = shop.subscribe(price=shop.price(1000, interval, recurring={"interval_count": str(count)}))
    found = []
    for end in ends:
        found.append(shop.subscription(one["id"])["items"]["data"][0]["current_period_end"])
        shop.until(end)
    assert found == [at(end) for end in ends]
    assert len(shop.invoices(one["id"])) == 3


def test_items_of_several_intervals_are_billed_each_at_the_end_of_its_own_period() -> None:
    shop = Shop()
    monthly, yearly = shop.price(1000), shop.price(9000, "year")
    one = shop.subscribe(items=[{"price": monthly}, {"price": yearly}])
    shop.until("2025-12-10 14:00")
    assert [invoice["total"] for invoice in shop.invoices(one["id"])] == [10_000, 1000]
    shop.until("2026-11-10 14:00")
    assert shop.latest(one["id"])["total"] == 10_000


def test_a_cycle_takes_the_pending_items_of_its_customer() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.post("invoiceitems", customer=one["customer"], amount="250", currency="usd", description="Cup")
    shop.until("2025-12-10 14:00")
    paid = shop.latest(one["id"])
    assert [each["description"] for each in paid["lines"]["data"]] == ["Cup", "1 \u00d7 Tea (at $10.00 / month)"]
    assert (paid["status"], paid["total"]) == ("paid", 1250)
    assert shop.pending(one["customer"]) == []


def test_a_cycle_of_an_invoice_that_is_sent_is_due_in_days() -> None:
    shop = Shop()
    one = shop.subscribe(collection_method="send_invoice", days_until_due="7")
    shop.wait(2 * HOUR)
    first = shop.latest(one["id"])
    assert (first["status"], first["due_date"], first["attempted"]) == ("open", START + 7 * DAY, False)
    shop.wait(7 * DAY)
    assert shop.subscription(one["id"])["status"] == "past_due"
    card = shop.post("payment_methods/pm_card_visa/attach", customer=one["customer"])["id"]
    shop.post(f"invoices/{first['id']}/pay", payment_method=card)
    assert shop.subscription(one["id"])["status"] == "active"


def test_a_failed_cycle_is_past_due_until_it_is_paid() -> None:
    shop = Shop()
    one = shop.subscribe()
    bad = shop.post(f"payment_methods/{FAILS}/attach", customer=one["customer"])["id"]
    shop.post(f"subscriptions/{one['id']}", default_payment_method=bad)
    shop.until("2025-12-10 14:00")
    failed = shop.latest(one["id"])
    assert (failed["status"], failed["attempt_count"], shop.subscription(one["id"])["status"]) == (
        "open",
        1,
        "past_due",
    )
    assert shop.last_event("customer.subscription.updated")["previous_attributes"] == {"status": "active"}
    good = shop.post("payment_methods/pm_card_visa/attach", customer=one["customer"])["id"]
    shop.post(f"subscriptions/{one['id']}", default_payment_method=good)
    shop.wait(3 * DAY)
    assert (shop.latest(one["id"])["status"], shop.subscription(one["id"])["status"]) == ("paid", "active")


@pytest.mark.parametrize(
    ("setting", "status", "reason", "open_drafts"),
    [
        ("cancel", "canceled", "payment_failed", False),
        ("unpaid", "unpaid", None, True),
        ("past_due", "past_due", None, True),
    ],
)
def test_the_setting_says_what_follows_the_last_attempt(
    setting: str, status: str, reason: str | None, open_drafts: bool
) -> None:
    shop = Shop(failed_subscriptions=setting)
    one = shop.subscribe()
    bad = shop.post(f"payment_methods/{FAILS}/attach", customer=one["customer"])["id"]
    shop.post(f"subscriptions/{one['id']}", default_payment_method=bad)
    shop.until("2025-12-20 12:00")
    ended = shop.subscription(one["id"])
    assert (ended["status"], ended["cancellation_details"]["reason"]) == (status, reason)
    assert (shop.latest(one["id"])["status"], shop.latest(one["id"])["attempt_count"]) == ("open", 4)
    shop.until("2026-01-10 13:30")
    assert (len(shop.invoices(one["id"])) == 3) is open_drafts


def test_an_unpaid_subscription_makes_drafts_that_stay_drafts() -> None:
    shop = Shop(failed_subscriptions="unpaid")
    one = shop.subscribe()
    bad = shop.post(f"payment_methods/{FAILS}/attach", customer=one["customer"])["id"]
    shop.post(f"subscriptions/{one['id']}", default_payment_method=bad)
    shop.until("2026-01-12 12:00")
    draft = shop.latest(one["id"])
    assert (draft["status"], draft["auto_advance"]) == ("draft", False)
    good = shop.post("payment_methods/pm_card_visa/attach", customer=one["customer"])["id"]
    shop.post(f"invoices/{draft['id']}/pay", payment_method=good)
    assert shop.subscription(one["id"])["status"] == "active"


def test_periods_end_with_the_calendar() -> None:
    shop = Shop()
    shop.sandbox.clock.frozen_at = at("9990-01-01 00:00")
    one = shop.subscribe(price=shop.price(1000, "year"))
    shop.until("9999-06-01 00:00")
    assert (shop.subscription(one["id"])["status"], len(shop.invoices(one["id"]))) == ("active", 9)
