"""Phases of schedules on a test clock: the price of the subscription in each, and the end of a schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ....api import Api

PAYING = {
    "email": "jenny@example.com",
    "payment_method": "pm_card_visa",
    "invoice_settings": {"default_payment_method": "pm_card_visa"},
}
HOUR, DAY = 3_600, 86_400
OLD = {"stripe_version": "2025-08-27.basil"}


def at(month: int, day: int = 1, hour: int = 0) -> int:
    return int(datetime(2026, month, day, hour, tzinfo=UTC).timestamp())


class Cafe:
    """A customer on a test clock of 1 January 2026, and monthly prices of one product by their amounts."""

    def __init__(self, customer: Any = None) -> None:
        self.api = Api()
        self.clock = self.post("test_helpers/test_clocks", frozen_time=str(at(1)))["id"]
        self.customer = self.post("customers", test_clock=self.clock, **(PAYING if customer is None else customer))[
            "id"
        ]
        self.product = self.post("products", name="Tea")["id"]

    def post(self, path: str, **params: Any) -> Any:
        return self.api.posted(path, **params)

    def refused(self, path: str, **params: Any) -> Any:
        response = self.api.post(f"/v1/{path}", params)
        assert response.status == 400, response.body
        return response.error

    def price(self, amount: int, interval: str = "month") -> str:
        params = {"currency": "usd", "unit_amount": str(amount), "recurring": {"interval": interval}}
        return str(self.post("prices", product=self.product, **params)["id"])

    def schedule(self, *phases: Any, **params: Any) -> Any:
        sent = {"customer": self.customer, "start_date": "now", "phases": list(phases), **params}
        return self.post("subscription_schedules", **sent)

    def advance(self, to: int) -> None:
        self.post(f"test_helpers/test_clocks/{self.clock}/advance", frozen_time=str(to))
        assert self.get(f"test_helpers/test_clocks/{self.clock}")["status"] == "ready"

    def get(self, path: str) -> Any:
        return self.api.get(f"/v1/{path}").result

    def totals(self) -> list[tuple[str, int, str]]:
        """The reason, the total and the status of all invoices, oldest first."""
        found = self.get(f"invoices?customer={self.customer}&limit=100")["data"]
        return [(each["billing_reason"], each["total"], each["status"]) for each in found[::-1]]

    def kinds(self, *prefixes: str) -> list[str]:
        found = [event["type"] for event in self.get("events?limit=100")["data"]]
        return [kind for kind in found if kind.startswith(prefixes)][::-1]


def phase(price: str, **params: Any) -> Any:
    return {"items": [{"price": price}], **params}


MONTH = {"duration": {"interval": "month"}}


def test_a_phase_that_begins_with_a_period_is_billed_at_its_own_price() -> None:
    cafe = Cafe()
    first, second = cafe.price(500), cafe.price(700)
    one = cafe.schedule(phase(first, **MONTH), phase(second, **MONTH))
    assert cafe.totals() == [("subscription_create", 500, "draft")]
    cafe.advance(at(1, 1, 2))
    assert cafe.totals() == [("subscription_create", 500, "paid")]
    cafe.advance(at(2, 1, 2))
    assert cafe.totals() == [("subscription_create", 500, "paid"), ("subscription_cycle", 700, "paid")]
    running = cafe.get(f"subscriptions/{one['subscription']}")
    (item,) = running["items"]["data"]
    assert (item["price"]["id"], running["status"], running["schedule"]) == (second, "active", one["id"])
    assert (item["current_period_start"], item["current_period_end"]) == (at(2), at(3))
    assert cafe.get(f"subscription_schedules/{one['id']}")["current_phase"] == {"start_date": at(2), "end_date": at(3)}
    (invoice,) = cafe.get(f"invoices?subscription={running['id']}&limit=1")["data"]
    (line,) = invoice["lines"]["data"]
    assert (line["amount"], line["period"]) == (700, {"start": at(2), "end": at(3)})


def test_a_schedule_that_releases_is_completed_and_its_subscription_goes_on() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH))
    cafe.advance(at(2, 1, 2))
    done = cafe.get(f"subscription_schedules/{one['id']}")
    assert (done["status"], done["completed_at"], done["current_phase"]) == ("completed", at(2), None)
    assert (done["released_at"], done["canceled_at"]) == (None, None)
    running = cafe.get(f"subscriptions/{one['subscription']}")
    assert (running["status"], running["schedule"], running["cancel_at"]) == ("active", None, None)
    assert cafe.totals() == [("subscription_create", 500, "paid"), ("subscription_cycle", 500, "paid")]
    assert cafe.kinds("subscription_schedule") == [
        "subscription_schedule.created",
        "subscription_schedule.expiring",
        "subscription_schedule.completed",
    ]


def test_an_advance_to_the_very_end_of_a_phase_includes_it() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH))
    cafe.advance(at(2) - 1)
    assert cafe.get(f"subscription_schedules/{one['id']}")["status"] == "active"
    cafe.advance(at(2))
    assert cafe.get(f"subscription_schedules/{one['id']}")["status"] == "completed"


def test_a_schedule_that_cancels_ends_its_subscription_without_another_invoice() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH), end_behavior="cancel")
    assert cafe.get(f"subscriptions/{one['subscription']}")["cancel_at"] == at(2)
    cafe.advance(at(2, 2))
    over = cafe.get(f"subscriptions/{one['subscription']}")
    assert (over["status"], over["ended_at"]) == ("canceled", at(2))
    assert cafe.totals() == [("subscription_create", 500, "paid")]
    assert cafe.get(f"subscription_schedules/{one['id']}")["status"] == "completed"
    assert cafe.kinds("customer.subscription.d", "subscription_schedule.c")[1:] == [
        "subscription_schedule.completed",
        "customer.subscription.deleted",
    ]


def test_a_schedule_of_the_future_makes_its_subscription_then() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH), start_date=str(at(1, 15)))
    assert (one["status"], one["subscription"], one["test_clock"]) == ("not_started", None, cafe.clock)
    assert (one["created"], one["phases"][0]["end_date"]) == (at(1), at(2, 15))
    cafe.advance(at(1, 15, 2))
    begun = cafe.get(f"subscription_schedules/{one['id']}")
    running = cafe.get(f"subscriptions/{begun['subscription']}")
    assert (begun["status"], running["created"], running["start_date"]) == ("active", at(1, 15), at(1, 15))
    assert (running["schedule"], running["test_clock"]) == (one["id"], cafe.clock)
    assert cafe.totals() == [("subscription_create", 500, "paid")]


def test_a_phase_that_begins_within_a_period_is_prorated() -> None:
    cafe = Cafe()
    first, second = cafe.price(3100), cafe.price(6200)
    one = cafe.schedule(phase(first, end_date=str(at(1, 11))), phase(second, **MONTH))
    cafe.advance(at(1, 12))
    items = cafe.get(f"invoiceitems?customer={cafe.customer}&pending=true")["data"]
    assert [each["amount"] for each in items[::-1]] == [-2100, 4200]
    cafe.advance(at(2, 1, 2))
    assert cafe.totals() == [("subscription_create", 3100, "paid"), ("subscription_cycle", 6200 + 2100, "paid")]
    assert cafe.get(f"subscription_schedules/{one['id']}")["phases"][1]["end_date"] == at(2, 11)


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [("always_invoice", [("subscription_update", 2100, "paid")]), ("none", [])],
)
def test_a_phase_says_how_its_change_is_prorated(behavior: str, expected: Any) -> None:
    cafe = Cafe()
    first, second = cafe.price(3100), cafe.price(6200)
    cafe.schedule(phase(first, end_date=str(at(1, 11))), phase(second, proration_behavior=behavior, **MONTH))
    cafe.advance(at(1, 11))
    assert cafe.totals() == [("subscription_create", 3100, "paid"), *expected]
    assert cafe.get(f"invoiceitems?customer={cafe.customer}&pending=true")["data"] == []


def test_a_phase_of_another_interval_moves_the_anchor() -> None:
    cafe = Cafe()
    monthly, yearly = cafe.price(500), cafe.price(5000, "year")
    one = cafe.schedule(phase(monthly, **MONTH), phase(yearly, duration={"interval": "year"}))
    cafe.advance(at(2, 1, 2))
    running = cafe.get(f"subscriptions/{one['subscription']}")
    (item,) = running["items"]["data"]
    assert (running["billing_cycle_anchor"], item["current_period_start"]) == (at(2), at(2))
    assert item["current_period_end"] == int(datetime(2027, 2, 1, tzinfo=UTC).timestamp())
    assert cafe.totals()[-1] == ("subscription_cycle", 5000, "paid")


def test_a_phase_adds_removes_and_keeps_items() -> None:
    cafe = Cafe()
    tea, milk, sugar = cafe.price(500), cafe.price(100), cafe.price(50)
    one = cafe.schedule(
        {"items": [{"price": tea}, {"price": milk}], **MONTH},
        {"items": [{"price": tea, "quantity": "3"}, {"price": sugar}], "metadata": {"phase": "2"}, **MONTH},
    )
    before = cafe.get(f"subscriptions/{one['subscription']}")["items"]["data"]
    cafe.advance(at(2, 1, 2))
    after = cafe.get(f"subscriptions/{one['subscription']}")
    kept = {each["price"]["id"]: (each["id"], each["quantity"]) for each in after["items"]["data"]}
    assert kept[tea] == (before[0]["id"], 3)
    assert (set(kept), kept[sugar][1], after["metadata"]) == ({tea, sugar}, 1, {"phase": "2"})
    assert cafe.totals()[-1] == ("subscription_cycle", 1550, "paid")


def test_a_phase_has_its_own_coupon_and_one_time_price() -> None:
    cafe = Cafe()
    half = cafe.post("coupons", percent_off="50", duration="forever")["id"]
    cup = cafe.post("prices", product=cafe.product, currency="usd", unit_amount="300")["id"]
    tea = cafe.price(500)
    cafe.schedule(
        phase(tea, discounts=[{"coupon": half}], add_invoice_items=[{"price": cup}], **MONTH), phase(tea, **MONTH)
    )
    cafe.advance(at(2, 1, 2))
    assert [total for _, total, _ in cafe.totals()] == [400, 500]


def test_a_one_time_price_has_the_period_of_the_items_or_of_the_phase() -> None:
    cafe = Cafe()
    cup = cafe.post("prices", product=cafe.product, currency="usd", unit_amount="300")["id"]
    whole = {"start": {"type": "phase_start"}, "end": {"type": "phase_end"}}
    one = cafe.schedule(
        phase(
            cafe.price(500),
            add_invoice_items=[{"price": cup, "period": whole}, {"price": cup, "quantity": "2"}],
            duration={"interval": "month", "interval_count": "2"},
        )
    )
    first, second = one["phases"][0]["add_invoice_items"]
    assert (first["period"], second["quantity"]) == (whole, 2)
    assert second["period"] == {"end": {"type": "min_item_period_end"}, "start": {"type": "max_item_period_start"}}
    (invoice,) = cafe.get(f"invoices?subscription={one['subscription']}")["data"]
    assert [(line["amount"], line["period"]["end"]) for line in invoice["lines"]["data"]] == [
        (300, at(3)),
        (600, at(2)),
        (500, at(2)),
    ]


def test_the_usage_before_a_phase_is_billed_at_the_price_before_it() -> None:
    cafe = Cafe()
    meter = {"display_name": "Cups", "event_name": "cups", "default_aggregation": {"formula": "sum"}}
    recurring = {"interval": "month", "usage_type": "metered", "meter": cafe.post("billing/meters", **meter)["id"]}
    cheap, dear = (
        cafe.post("prices", product=cafe.product, currency="usd", unit_amount=each, recurring=recurring)["id"]
        for each in ("10", "100")
    )
    cafe.schedule(phase(cheap, **MONTH), phase(dear, **MONTH))
    used = {"stripe_customer_id": cafe.customer, "value": "5"}
    cafe.post("billing/meter_events", event_name="cups", payload=used)
    cafe.advance(at(2, 1, 2))
    cafe.post("billing/meter_events", event_name="cups", payload=used)
    cafe.advance(at(3, 1, 2))
    assert [total for _, total, _ in cafe.totals()] == [0, 50, 500]


def test_a_trial_lasts_as_long_as_its_phase() -> None:
    cafe = Cafe()
    tea = cafe.price(500)
    one = cafe.schedule(phase(tea, trial="true", **MONTH), phase(tea, **MONTH))
    assert one["phases"][0]["trial_end"] == at(2)
    running = cafe.get(f"subscriptions/{one['subscription']}")
    assert (running["status"], running["trial_end"]) == ("trialing", at(2))
    cafe.advance(at(2, 1, 2))
    assert cafe.get(f"subscriptions/{one['subscription']}")["status"] == "active"
    assert [total for _, total, _ in cafe.totals()] == [0, 500]


def test_a_schedule_without_a_payment_method_begins_all_the_same() -> None:
    cafe = Cafe({})
    one = cafe.schedule(phase(cafe.price(500), **MONTH))
    assert cafe.get(f"subscriptions/{one['subscription']}")["status"] == "active"
    assert cafe.totals() == [("subscription_create", 500, "draft")]
    cafe.advance(at(2))
    assert cafe.get(f"subscription_schedules/{one['id']}")["status"] == "completed"
    assert cafe.get(f"subscriptions/{one['subscription']}")["status"] == "past_due"


def test_default_settings_hold_in_phases_without_their_own() -> None:
    cafe = Cafe()
    tea = cafe.price(500)
    settings = {"collection_method": "send_invoice", "invoice_settings": {"days_until_due": "7"}, "description": "Tea"}
    one = cafe.schedule(phase(tea, **MONTH), phase(tea, description="More tea", **MONTH), default_settings=settings)
    shown = {"account_tax_ids": None, "days_until_due": 7, "issuer": {"type": "self"}}
    assert one["default_settings"]["invoice_settings"] == shown
    running = cafe.get(f"subscriptions/{one['subscription']}")
    assert (running["collection_method"], running["days_until_due"], running["description"]) == (
        "send_invoice",
        7,
        "Tea",
    )
    cafe.advance(at(2, 1, 2))
    assert cafe.get(f"subscriptions/{one['subscription']}")["description"] == "More tea"


# --- the end of the subscription --------------------------------------------------------------------------------------


def test_a_schedule_is_canceled_with_its_subscription() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH))
    cafe.api.delete(f"/v1/subscriptions/{one['subscription']}")
    over = cafe.get(f"subscription_schedules/{one['id']}")
    assert (over["status"], over["canceled_at"]) == ("canceled", at(1))
    assert cafe.kinds("subscription_schedule")[-1] == "subscription_schedule.canceled"


def test_a_schedule_is_aborted_when_its_subscription_is_canceled_for_lack_of_payment() -> None:
    card = "pm_card_chargeCustomerFail"
    cafe = Cafe({"payment_method": card, "invoice_settings": {"default_payment_method": card}})
    one = cafe.schedule(phase(cafe.price(500), duration={"interval": "month", "interval_count": "3"}))
    cafe.advance(at(1, 20))
    over = cafe.get(f"subscriptions/{one['subscription']}")
    assert (over["status"], over["cancellation_details"]["reason"]) == ("canceled", "payment_failed")
    assert cafe.get(f"subscription_schedules/{one['id']}")["status"] == "canceled"
    assert cafe.kinds("subscription_schedule")[-1] == "subscription_schedule.aborted"


def test_a_canceled_schedule_credits_the_rest_of_the_period_unless_asked_not_to() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(3100), **MONTH))
    cafe.advance(at(1, 11))
    canceled = cafe.post(f"subscription_schedules/{one['id']}/cancel")
    assert (canceled["status"], canceled["canceled_at"], canceled["current_phase"]) == ("canceled", at(1, 11), None)
    assert cafe.get(f"subscriptions/{one['subscription']}")["ended_at"] == at(1, 11)
    assert cafe.totals() == [("subscription_create", 3100, "paid"), ("subscription_cycle", -2100, "uncollectible")]
    other = cafe.schedule(phase(cafe.price(3100), **MONTH))
    cafe.advance(at(1, 12))
    cafe.post(f"subscription_schedules/{other['id']}/cancel", prorate="false", invoice_now="false")
    assert len(cafe.totals()) == 3


def test_a_release_keeps_the_date_of_cancelation_only_on_request() -> None:
    cafe = Cafe()
    tea = cafe.price(500)
    ends = []
    for keep in ("false", "true"):
        one = cafe.schedule(phase(tea, **MONTH), end_behavior="cancel")
        cafe.post(f"subscription_schedules/{one['id']}/release", preserve_cancel_date=keep)
        ends.append(cafe.get(f"subscriptions/{one['subscription']}")["cancel_at"])
    assert ends == [None, at(2)]


def test_the_shortest_subscription_limits_an_advance() -> None:
    cafe = Cafe()
    cafe.schedule(phase(cafe.price(500), **MONTH))
    path = f"test_helpers/test_clocks/{cafe.clock}/advance"
    assert cafe.refused(path, frozen_time=str(at(3) + 1)) == {
        "message": "The frozen_time cannot be more than two intervals in the future from the shortest subscription in "
        "this test clock.",
        "param": "frozen_time",
        "type": "invalid_request_error",
    }
    cafe.advance(at(3))


def test_a_schedule_that_has_not_started_limits_an_advance_too() -> None:
    cafe = Cafe()
    cafe.schedule(phase(cafe.price(500), **MONTH), start_date=str(at(1, 15)))
    assert cafe.refused(f"test_helpers/test_clocks/{cafe.clock}/advance", frozen_time=str(at(6)))["param"]


def test_a_phase_ahead_limits_an_advance_as_the_present_one_does() -> None:
    cafe = Cafe()
    yearly, daily = cafe.price(500, "year"), cafe.price(5, "day")
    one = cafe.schedule(
        phase(yearly, duration={"interval": "year", "interval_count": "1"}),
        phase(daily, duration={"interval": "year", "interval_count": "1"}),
    )
    assert one["status"] == "active"
    path = f"test_helpers/test_clocks/{cafe.clock}/advance"
    assert cafe.refused(path, frozen_time=str(at(1, 3) + 1))["param"] == "frozen_time"
    cafe.advance(at(1, 3))


# --- updates ----------------------------------------------------------------------------------------------------------


def test_a_subscription_is_downgraded_at_the_end_of_its_period() -> None:
    cafe = Cafe()
    large, small = cafe.price(700), cafe.price(500)
    running = cafe.post("subscriptions", customer=cafe.customer, items=[{"price": large}])
    one = cafe.post("subscription_schedules", from_subscription=running["id"])
    assert (one["current_phase"], one["end_behavior"]) == ({"start_date": at(1), "end_date": at(2)}, "release")
    cafe.advance(at(1, 10))
    begun = {"start_date": str(at(1)), "end_date": str(at(2))}
    changed = cafe.post(f"subscription_schedules/{one['id']}", phases=[phase(large, **begun), phase(small, **MONTH)])
    assert [each["end_date"] for each in changed["phases"]] == [at(2), at(3)]
    assert cafe.get(f"subscriptions/{running['id']}")["items"]["data"] == running["items"]["data"]
    cafe.advance(at(2, 1, 2))
    assert [total for _, total, _ in cafe.totals()] == [700, 500]


def test_other_items_in_the_current_phase_take_effect_at_once() -> None:
    cafe = Cafe()
    tea = cafe.price(3100)
    one = cafe.schedule(phase(tea, **MONTH))
    cafe.advance(at(1, 11))
    three = {"items": [{"price": tea, "quantity": "3"}], "start_date": str(at(1)), "end_date": str(at(2))}
    cafe.post(f"subscription_schedules/{one['id']}", phases=[three], proration_behavior="always_invoice")
    assert cafe.get(f"subscriptions/{one['subscription']}")["quantity"] == 3
    assert cafe.totals()[-1] == ("subscription_update", 4200, "paid")


def test_a_current_phase_that_ends_now_is_followed_by_the_next() -> None:
    cafe = Cafe()
    first, second = cafe.price(3100), cafe.price(6200)
    one = cafe.schedule(phase(first, **MONTH), phase(second, **MONTH))
    cafe.advance(at(1, 11))
    changed = cafe.post(
        f"subscription_schedules/{one['id']}",
        phases=[
            phase(first, start_date=str(at(1)), end_date="now"),
            phase(second, start_date="now", proration_behavior="none", **MONTH),
        ],
    )
    assert changed["current_phase"] == {"start_date": at(1, 11), "end_date": at(2, 11)}
    (item,) = cafe.get(f"subscriptions/{one['subscription']}")["items"]["data"]
    assert item["price"]["id"] == second


def test_the_start_of_a_schedule_that_has_not_started_can_be_moved() -> None:
    cafe = Cafe()
    tea = cafe.price(500)
    one = cafe.schedule(phase(tea, **MONTH), start_date=str(at(1, 15)))
    moved = cafe.post(f"subscription_schedules/{one['id']}", phases=[phase(tea, start_date=str(at(1, 20)), **MONTH)])
    assert (moved["status"], moved["phases"][0]["end_date"]) == ("not_started", at(2, 20))
    begun = cafe.post(f"subscription_schedules/{one['id']}", phases=[phase(tea, start_date="now", **MONTH)])
    assert (begun["status"], begun["current_phase"]) == ("active", {"start_date": at(1), "end_date": at(2)})


def test_phases_that_are_over_stay_as_they_were() -> None:
    cafe = Cafe()
    tea = cafe.price(500)
    one = cafe.schedule(phase(tea, **MONTH), phase(tea, **MONTH))
    cafe.advance(at(2, 2))
    path = f"subscription_schedules/{one['id']}"
    whole = [phase(tea, start_date=str(at(1)), **MONTH), phase(tea, **MONTH)]
    assert cafe.refused(path, phases=whole)["message"] == "You can not update a phase that has already ended."
    early = [phase(tea, start_date=str(at(1)), end_date=str(at(3)))]
    assert cafe.refused(path, phases=early)["message"] == "You can not modify the start date of the current phase."
    wrong = [phase(tea, start_date=str(at(2, 2)), **MONTH)]
    assert cafe.refused(path, phases=wrong) == {
        "message": "You can not modify the start date of the current phase.",
        "type": "invalid_request_error",
    }
    assert cafe.refused(path, phases=[phase(tea, **MONTH)])["message"] == (
        "The subscription schedule update is missing at least one phase with a `start_date` to anchor end dates to."
    )
    longer = cafe.post(path, phases=[phase(tea, start_date=str(at(2)), end_date=str(at(6)))])
    assert [each["end_date"] for each in longer["phases"]] == [at(2), at(6)]
    assert longer["current_phase"] == {"start_date": at(2), "end_date": at(6)}


def test_a_subscription_of_a_schedule_is_not_canceled_by_an_update() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH))
    refused = cafe.refused(f"subscriptions/{one['subscription']}", cancel_at_period_end="true")
    assert refused["message"] == (
        f"The subscription is managed by the subscription schedule `{one['id']}`, and updating any cancelation behavior "
        "directly is not allowed. Please update the schedule instead."
    )


# --- refusals -------------------------------------------------------------------------------------------------------


def test_a_schedule_of_a_subscription_takes_no_other_parameter() -> None:
    cafe = Cafe()
    running = cafe.post("subscriptions", customer=cafe.customer, items=[{"price": cafe.price(500)}])["id"]
    refused = cafe.refused("subscription_schedules", from_subscription=running, metadata={"a": "1"})
    assert refused == {
        "message": "You cannot set `metadata` if `from_subscription` is set.",
        "type": "invalid_request_error",
    }
    cafe.api.delete(f"/v1/subscriptions/{running}")
    assert cafe.refused("subscription_schedules", from_subscription=running)["param"] == "from_subscription"


def test_versions_before_clover_count_a_phase_in_iterations() -> None:
    cafe = Cafe()
    tea = cafe.price(500)
    sent = {"customer": cafe.customer, "start_date": "now", "phases": [phase(tea, iterations="3")]}
    old = cafe.api.post("/v1/subscription_schedules", sent, **OLD)
    assert (old.status, old.body["phases"][0]["end_date"]) == (200, at(4))
    assert cafe.refused("subscription_schedules", **sent)["param"] == "phases[0][iterations]"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"end_date": str(at(2)), "duration": {"interval": "month"}}, "phases[0][duration]"),
        ({"end_date": str(at(1))}, "phases[0][end_date]"),
        ({"items": [{"price": "price_1"}]}, "phases[0][items][0][price]"),
        ({"discounts": [{"coupon": "none"}]}, "phases[0][discounts][0][coupon]"),
    ],
)
def test_phases_that_cannot_be_are_refused(change: Any, param: str) -> None:
    cafe = Cafe()
    sent = {**phase(cafe.price(500)), **change}
    refused = cafe.refused("subscription_schedules", customer=cafe.customer, start_date="now", phases=[sent])
    assert refused["param"] == param
    assert cafe.get(f"subscription_schedules?customer={cafe.customer}")["data"] == []
    assert cafe.get(f"subscriptions?customer={cafe.customer}")["data"] == []
