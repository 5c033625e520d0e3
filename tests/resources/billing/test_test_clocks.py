"""Test clocks: their own life, the customers on them, and lists."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.auth import keys
from emulator.events import transaction
from emulator.resources.billing.schedules import quotes
from emulator.sandbox.sandbox import Sandbox

from ...api import KEY, Api

START = 1_700_000_000  # 2023-11-14 22:13:20
DAY = 86_400
TWO_YEARS = 1_763_158_400  # 2025-11-14 22:13:20
TOO_FAR = (
    "The frozen_time cannot be more than two years in the future, as there are no subscriptions in this test clock."
)


def clock(api: Api, **params: Any) -> Any:
    return api.posted("test_helpers/test_clocks", frozen_time=str(START), **params)


def advanced(api: Api, identifier: str, to: int) -> Any:
    return api.posted(f"test_helpers/test_clocks/{identifier}/advance", frozen_time=str(to))


def kinds(api: Api) -> list[str]:
    return [event["type"] for event in api.get("/v1/events?limit=100").body["data"]][::-1]


def test_a_clock_is_created_ready_and_lives_thirty_days() -> None:
    api = Api()
    made_one = clock(api, name="Half a year")
    assert made_one == {
        "id": made_one["id"],
        "object": "test_helpers.test_clock",
        "created": made_one["created"],
        "deletes_after": made_one["created"] + 30 * DAY,
        "frozen_time": START,
        "livemode": False,
        "name": "Half a year",
        "status": "ready",
        "status_details": {},
    }
    assert made_one["id"].startswith("clock_1")
    assert api.get(f"/v1/test_helpers/test_clocks/{made_one['id']}").body == made_one
    assert api.get("/v1/test_helpers/test_clocks").body["data"] == [made_one]


def test_an_advance_responds_while_it_runs_and_is_ready_afterwards() -> None:
    api = Api()
    one = clock(api)
    running = advanced(api, one["id"], START + 31 * DAY)
    assert running == {
        **one,
        "status": "advancing",
        "status_details": {"advancing": {"target_frozen_time": START + 31 * DAY}},
    }
    assert api.get(f"/v1/test_helpers/test_clocks/{one['id']}").body == {**one, "frozen_time": START + 31 * DAY}
    prefix = "test_helpers.test_clock"
    assert kinds(api) == [f"{prefix}.created", f"{prefix}.advancing", f"{prefix}.ready"]
    ready, advancing, _ = api.get("/v1/events").body["data"]
    assert (ready["request"], advancing["data"]["object"]) == ({"id": None, "idempotency_key": None}, running)
    assert advancing["request"]["id"].startswith("req_")
    assert ready["created"] - one["created"] in (0, 1, 2)  # the time of the sandbox, not that of the clock (observed)


@pytest.mark.parametrize(
    ("to", "message"),
    [
        (START, "The frozen_time must be after the test clock's current frozen time."),
        (START - 1, "The frozen_time must be after the test clock's current frozen time."),
        (TWO_YEARS + 1, TOO_FAR),
    ],
)
def test_a_clock_goes_forward_by_at_most_two_years(to: int, message: str) -> None:
    api = Api()
    one = clock(api)
    refused = api.post(f"/v1/test_helpers/test_clocks/{one['id']}/advance", {"frozen_time": str(to)})
    assert refused.status == 400
    assert refused.error == {"message": message, "param": "frozen_time", "type": "invalid_request_error"}
    assert api.get(f"/v1/test_helpers/test_clocks/{one['id']}").body == one
    assert advanced(api, one["id"], TWO_YEARS)["status"] == "advancing"


def test_a_clock_takes_three_customers_whose_time_is_its_own() -> None:
    api = Api()
    one = clock(api)
    customers = [api.posted("customers", test_clock=one["id"]) for _ in range(3)]
    assert {(each["test_clock"], each["created"]) for each in customers} == {(one["id"], START)}
    refused = api.post("/v1/customers", {"test_clock": one["id"]})
    assert (refused.status, refused.error["param"]) == (400, "test_clock")
    assert api.get("/v1/customers").body["data"] == []
    assert api.get(f"/v1/customers?test_clock={one['id']}").body["data"] == customers[::-1]
    assert api.delete(f"/v1/customers/{customers[0]['id']}").status == 200
    assert api.posted("customers", test_clock=one["id"])["created"] == START


def test_a_customer_of_an_unknown_clock_is_refused() -> None:
    api = Api()
    refused = api.post("/v1/customers", {"test_clock": "clock_1"})
    assert (refused.status, refused.error["code"]) == (400, "resource_missing")
    assert (refused.error["message"], refused.error["param"]) == ("No such test_clock: 'clock_1'", "test_clock")
    assert api.get("/v1/test_helpers/test_clocks/clock_1").error["message"] == "No such test_clock: 'clock_1'"


def test_a_deleted_clock_takes_its_customers_along() -> None:
    api = Api()
    one = clock(api)
    customer = api.posted("customers", test_clock=one["id"])["id"]
    path = f"/v1/test_helpers/test_clocks/{one['id']}"
    assert api.delete(path).body == {"id": one["id"], "object": "test_helpers.test_clock", "deleted": True}
    assert api.get(f"/v1/customers/{customer}").body == {"id": customer, "object": "customer", "deleted": True}
    assert api.get(path).status == 404
    assert kinds(api)[-2:] == ["customer.deleted", "test_helpers.test_clock.deleted"]


@pytest.mark.asyncio
async def test_a_clock_is_deleted_after_thirty_days() -> None:
    api = Api()
    one = clock(api)
    customer = api.posted("customers", test_clock=one["id"])["id"]
    await api.control("POST", "/clock", {"advance": 30 * DAY})
    assert api.get(f"/v1/test_helpers/test_clocks/{one['id']}").status == 404
    assert api.get(f"/v1/customers/{customer}").body["deleted"] is True


def test_a_clock_for_a_customer_that_exists_is_no_part_of_the_emulator() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    refused = api.post("/v1/test_helpers/test_clocks", {"frozen_time": str(START), "customer": customer})
    assert (refused.status, refused.error["param"]) == (501, "customer")


def test_a_clock_of_a_connected_account_moves_the_objects_of_that_account() -> None:
    api = Api()
    there = {"stripe_account": api.account(type="standard")}
    one = api.post("/v1/test_helpers/test_clocks", {"frozen_time": str(START)}, **there).body["id"]
    quote = api.post("/v1/quotes", {"test_clock": one}, **there).body
    assert api.get(f"/v1/test_helpers/test_clocks/{one}").status == 404
    api.post(f"/v1/test_helpers/test_clocks/{one}/advance", {"frozen_time": str(START + 30 * DAY)}, **there)
    assert api.get(f"/v1/quotes/{quote['id']}", **there).body["status"] == "canceled"
    newest = api.get("/v1/events?limit=2", **there).body["data"]
    assert [each["type"] for each in newest] == ["test_helpers.test_clock.ready", "quote.canceled"]


def test_what_happens_at_the_same_second_happens_once_and_each_change_has_its_own_time() -> None:
    api = Api()
    one = clock(api)["id"]
    ends = [START + seconds for seconds in (20, 10, 10)]
    made_ones = [api.posted("quotes", test_clock=one, expires_at=str(at))["id"] for at in ends]
    advanced(api, one, START + 15)
    advanced(api, one, START + 25)
    states = [api.get(f"/v1/quotes/{each}").body for each in made_ones]
    assert [each["status_transitions"]["canceled_at"] for each in states] == ends
    assert kinds(api)[-7:] == [
        "test_helpers.test_clock.advancing",
        "quote.canceled",
        "quote.canceled",
        "test_helpers.test_clock.ready",
        "test_helpers.test_clock.advancing",
        "quote.canceled",
        "test_helpers.test_clock.ready",
    ]


def test_a_change_that_fails_inside_the_emulator_stops_the_clock(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    api = Api()
    one = clock(api)["id"]
    quote = api.posted("quotes", test_clock=one, expires_at=str(START + 10))["id"]
    monkeypatch.setattr(quotes, "LIFE_CYCLE", None)
    advanced(api, one, START + 20)
    stopped = api.get(f"/v1/test_helpers/test_clocks/{one}").body
    assert (stopped["status"], stopped["frozen_time"]) == ("internal_failure", START)
    assert api.get(f"/v1/quotes/{quote}").body["status"] == "draft"
    assert kinds(api)[-1] == "test_helpers.test_clock.internal_failure"
    refused = api.post(f"/v1/test_helpers/test_clocks/{one}/advance", {"frozen_time": str(START + 30)})
    assert refused.error["message"] == (
        f"The test clock {one} cannot be advanced, because its status is internal_failure."
    )
    assert "failed" in caplog.text


def test_a_customer_on_a_clock_has_three_subscriptions() -> None:
    api = Api()
    one = clock(api)["id"]
    customer = api.posted("customers", test_clock=one)["id"]
    recurring = {"interval": "month"}
    price = api.posted("prices", currency="usd", unit_amount="0", product_data={"name": "Tea"}, recurring=recurring)[
        "id"
    ]
    params = {"customer": customer, "items": [{"price": price}]}
    made_ones = [api.posted("subscriptions", **params)["id"] for _ in range(3)]
    assert api.post("/v1/subscriptions", params).error == {
        "message": f"A customer on the test clock {one} can have at most 3 subscriptions.",
        "param": "customer",
        "type": "invalid_request_error",
    }
    assert api.delete(f"/v1/subscriptions/{made_ones[0]}").status == 200
    assert api.posted("subscriptions", **params)["status"] == "active"


def sandbox(api: Api) -> Sandbox:
    key = keys.parse(KEY)
    assert key is not None
    return api.emulator.sandboxes.of(key)


def subscribed(api: Api, **on: str) -> Any:
    paying = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = api.posted("customers", **paying, **on)["id"]
    recurring = {"currency": "usd", "unit_amount": "500", "recurring": {"interval": "month"}}
    price = api.posted("prices", **recurring, product_data={"name": "Gold"})["id"]
    return api.posted("subscriptions", customer=customer, items=[{"price": price}])


@pytest.mark.parametrize("on_clock", [True, False])
def test_changes_of_a_subscription_leave_no_timers_behind(*, on_clock: bool) -> None:
    api = Api()
    one = clock(api)["id"] if on_clock else ""
    subscription = subscribed(api, **({"test_clock": one} if on_clock else {}))
    timers = sandbox(api).timers_of_clocks[one] if on_clock else sandbox(api).timers
    end, counts = subscription["items"]["data"][0]["current_period_end"], set()
    for days in range(40, 60):
        api.posted(f"subscriptions/{subscription['id']}", cancel_at=str(end + days * DAY), proration_behavior="none")
        counts.add(len(timers))
    assert len(counts) == 1


def test_a_deletion_of_a_clock_that_fails_keeps_its_timers(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api()
    one = clock(api)["id"]
    subscription = subscribed(api, test_clock=one)

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(transaction, "publish", fail)
        assert api.delete(f"/v1/test_helpers/test_clocks/{one}").status == 500
    advanced(api, one, START + 40 * DAY)
    assert len(api.get(f"/v1/invoices?subscription={subscription['id']}").body["data"]) == 2
    assert api.delete(f"/v1/test_helpers/test_clocks/{one}").body["deleted"] is True
    assert one not in sandbox(api).timers_of_clocks
