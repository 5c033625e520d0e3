"""Subscription schedules: phases, the subscription of one that has begun, release and cancelation."""

from __future__ import annotations

from typing import Any

from emulator.resources.billing.base.periods import period_end

from ....api import Api

FUTURE = "1999999999"
PAYING = {
    "email": "jenny@example.com",
    "payment_method": "pm_card_visa",
    "invoice_settings": {"default_payment_method": "pm_card_visa"},
}


def price(api: Api) -> str:
    params = {"currency": "usd", "unit_amount": "500", "recurring": {"interval": "month"}}
    return str(api.posted("prices", product_data={"name": "Tea"}, **params)["id"])


def schedule(api: Api, **params: Any) -> Any:
    tea = price(api)
    phases = [
        {"items": [{"price": tea, "quantity": "2"}], "duration": {"interval": "month", "interval_count": "2"}},
        {"items": [{"price": tea}]},
    ]
    return api.posted("subscription_schedules", customer=api.posted("customers")["id"], phases=phases, **params)


def test_a_schedule_that_begins_now_has_a_subscription() -> None:
    api = Api()
    one = schedule(api, start_date="now")
    first, second = one["phases"]
    middle = period_end(one["created"], {"interval": "month", "interval_count": 2})
    assert (one["status"], one["end_behavior"]) == ("active", "release")
    assert one["current_phase"] == {"start_date": one["created"], "end_date": middle}
    assert (first["items"][0]["quantity"], first["currency"], first["proration_behavior"]) == (
        2,
        "usd",
        "create_prorations",
    )
    assert (second["start_date"], second["end_date"]) == (middle, period_end(middle, {"interval": "month"}))
    subscription = api.get(f"/v1/subscriptions/{one['subscription']}").body
    assert (subscription["schedule"], subscription["quantity"]) == (one["id"], 2)
    kinds = [event["type"] for event in api.get("/v1/events").body["data"] if "subscription" in event["type"]]
    assert kinds[::-1] == ["subscription_schedule.created", "customer.subscription.created"]


def test_a_released_schedule_leaves_its_subscription_running() -> None:
    api = Api()
    one = schedule(api, start_date="now")
    released = api.posted(f"subscription_schedules/{one['id']}/release")
    assert (released["status"], released["subscription"], released["released_subscription"]) == (
        "released",
        None,
        one["subscription"],
    )
    running = api.get(f"/v1/subscriptions/{one['subscription']}").body
    assert (running["status"], running["schedule"]) == ("active", None)
    again = api.post(f"/v1/subscription_schedules/{one['id']}/release")
    assert again.error["message"] == (
        "You cannot release a subscription schedule that is currently in the `released` status. A subscription schedule "
        "can only be released if it is in `not_started` or `active` status."
    )
    late = api.post(f"/v1/subscription_schedules/{one['id']}", {"metadata": {"a": "1"}})
    assert late.error["message"] == (
        "You cannot update a subscription schedule that is currently in the `released` status. It must be in "
        "not_started, active status to be updated."
    )


def test_a_canceled_schedule_cancels_its_subscription() -> None:
    api = Api()
    one = schedule(api, start_date="now")
    assert api.posted(f"subscription_schedules/{one['id']}/cancel")["status"] == "canceled"
    assert api.get(f"/v1/subscriptions/{one['subscription']}").body["status"] == "canceled"


def test_a_schedule_of_the_future_has_not_started() -> None:
    api = Api()
    one = schedule(api, start_date=FUTURE)
    assert (one["status"], one["current_phase"], one["subscription"]) == ("not_started", None, None)
    assert one["phases"][0]["start_date"] == int(FUTURE)
    assert [each["id"] for each in api.get("/v1/subscription_schedules?scheduled=true").body["data"]] == [one["id"]]


def test_a_subscription_gets_a_schedule_of_its_present_period_once() -> None:
    api = Api()
    customer = api.posted("customers", **PAYING)["id"]
    running = api.posted("subscriptions", customer=customer, items=[{"price": price(api)}])
    one = api.posted("subscription_schedules", from_subscription=running["id"])
    item = running["items"]["data"][0]
    assert (one["status"], one["subscription"], one["customer"]) == ("active", running["id"], customer)
    assert one["current_phase"]["end_date"] == item["current_period_end"]
    again = api.post("/v1/subscription_schedules", {"from_subscription": running["id"]})
    assert again.error["message"] == (
        f"You cannot migrate a subscription that is already attached to a schedule: {one['id']}"
    )
