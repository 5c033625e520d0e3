"""Usage records of versions before basil, their aggregation, their summaries, and the invoices that bill them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ....api import Answer, Api

JANUARY, FEBRUARY, MARCH = (int(datetime(2026, month, 1, tzinfo=UTC).timestamp()) for month in (1, 2, 3))
HOUR, DAY = 3_600, 86_400
OLD = "2024-06-20"


class Metered:
    """A customer on a test clock, billed 10 for each unit since 1 January 2026, without a meter."""

    def __init__(self, aggregate_usage: str | None = None, usage_type: str = "metered") -> None:
        self.api = Api()
        self.old = self.api.sending(stripe_version=OLD)
        self.clock = self.old.posted("test_helpers/test_clocks", frozen_time=str(JANUARY))["id"]
        card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
        customer = self.old.posted("customers", test_clock=self.clock, **card)["id"]
        how = {"aggregate_usage": aggregate_usage} if aggregate_usage else {}
        recurring = {"interval": "month", "usage_type": usage_type, **how}
        product = {"name": "Calls"}
        self.price = self.old.posted(
            "prices", currency="usd", unit_amount="10", recurring=recurring, product_data=product
        )
        items = [{"price": self.price["id"]}]
        self.subscription = self.old.posted("subscriptions", customer=customer, items=items)
        self.item = self.subscription["items"]["data"][0]["id"]

    def report(self, quantity: int, **more: Any) -> Answer:
        path = f"/v1/subscription_items/{self.item}/usage_records"
        return self.old.post(path, {"quantity": quantity, **more})

    def advance(self, to: int) -> None:
        self.old.posted(f"test_helpers/test_clocks/{self.clock}/advance", frozen_time=str(to))

    def invoice(self) -> Any:
        path = f"/v1/invoices?subscription={self.subscription['id']}"
        return self.old.get(path).body["data"][0]

    def summaries(self, query: str = "") -> Any:
        path = f"/v1/subscription_items/{self.item}/usage_record_summaries{query}"
        return self.old.get(path).body


def test_a_usage_record_names_its_item_and_its_time() -> None:
    metered = Metered()

    answer = metered.report(100, timestamp=JANUARY + 5)

    assert (answer.status, answer.body) == (
        200,
        {
            "id": answer.body["id"],
            "object": "usage_record",
            "livemode": False,
            "quantity": 100,
            "subscription_item": metered.item,
            "timestamp": JANUARY + 5,
        },
    )
    assert answer.body["id"].startswith("mbur_1")
    assert metered.report(1).body["timestamp"] == metered.report(1, timestamp="now").body["timestamp"] == JANUARY


@pytest.mark.parametrize(
    ("aggregate_usage", "january", "february"),
    [(None, 9, 4), ("sum", 9, 4), ("max", 5, 4), ("last_during_period", 1, 4), ("last_ever", 1, 4)],
)
def test_a_renewal_bills_the_usage_as_the_price_aggregates_it(
    aggregate_usage: str | None, january: int, february: int
) -> None:
    metered = Metered(aggregate_usage)
    for at, quantity in ((HOUR, 3), (2 * HOUR, 5)):
        metered.advance(JANUARY + at)
        metered.report(quantity)
    metered.advance(JANUARY + 3 * HOUR)
    metered.report(1)
    metered.advance(FEBRUARY + DAY)
    first = metered.invoice()
    metered.report(4)
    metered.advance(MARCH + DAY)
    second = metered.invoice()

    assert [(each["total"], each["status"]) for each in (first, second)] == [
        (january * 10, "paid"),
        (february * 10, "paid"),
    ]
    (line,) = first["lines"]["data"]
    assert (line["quantity"], line["description"]) == (january, f"{january} \u00d7 Calls (at $0.10 / month)")
    shown = aggregate_usage or "sum"
    assert (line["price"]["recurring"]["aggregate_usage"], line["plan"]["aggregate_usage"]) == (shown, shown)


def test_only_the_last_ever_usage_is_billed_again_in_a_period_without_any() -> None:
    for how, total in (("last_ever", 70), ("last_during_period", 0), ("sum", 0), ("max", 0)):
        metered = Metered(how)
        metered.report(7)
        metered.advance(FEBRUARY + DAY)
        metered.advance(MARCH + DAY)
        assert metered.invoice()["total"] == total, how


def test_records_of_one_second_add_up_unless_one_replaces_them() -> None:
    metered = Metered()
    metered.report(3)
    metered.report(4)
    assert metered.summaries()["data"][0]["total_usage"] == 7
    assert metered.report(2, action="set").body["quantity"] == 2
    metered.report(5, action="increment")
    assert metered.summaries()["data"][0]["total_usage"] == 7


def test_summaries_begin_with_the_present_period() -> None:
    metered = Metered()
    metered.report(3)
    assert metered.summaries() == {
        "object": "list",
        "data": [
            {
                "id": f"sis_{metered.item[3:]}{JANUARY}",
                "object": "usage_record_summary",
                "invoice": None,
                "livemode": False,
                "period": {"end": None, "start": None},
                "subscription_item": metered.item,
                "total_usage": 3,
            }
        ],
        "has_more": False,
        "url": f"/v1/subscription_items/{metered.item}/usage_record_summaries",
    }

    metered.advance(FEBRUARY + DAY)

    present, past = metered.summaries()["data"]
    assert (present["period"], present["total_usage"]) == ({"end": None, "start": FEBRUARY}, 0)
    assert (past["invoice"], past["period"]) == (metered.invoice()["id"], {"end": FEBRUARY, "start": JANUARY})
    assert past["total_usage"] == 3
    assert [each["id"] for each in metered.summaries(f"?starting_after={present['id']}")["data"]] == [past["id"]]


def test_a_plan_aggregates_as_a_price_does() -> None:
    api = Api()
    old = api.sending(stripe_version=OLD)
    sent = {"currency": "usd", "amount": "5", "interval": "month", "product": {"name": "Calls"}}
    plan = old.posted("plans", **sent, usage_type="metered", aggregate_usage="max")

    assert plan["aggregate_usage"] == "max"
    price = api.get(f"/v1/prices/{plan['id']}", stripe_version=OLD).body
    assert price["recurring"]["aggregate_usage"] == "max"
    assert "aggregate_usage" not in api.get(f"/v1/plans/{plan['id']}").body
    assert "aggregate_usage" not in api.get(f"/v1/prices/{plan['id']}").body["recurring"]
    refused = api.post("/v1/plans", {**sent, "aggregate_usage": "max"}, stripe_version=OLD)
    assert (refused.status, refused.body["error"]["param"]) == (400, "aggregate_usage")


def test_records_outside_of_the_present_period_are_refused() -> None:
    metered = Metered()
    early, late = metered.report(1, timestamp=JANUARY - 1), metered.report(1, timestamp=JANUARY + DAY)

    assert (early.status, early.body["error"]["param"]) == (400, "timestamp")
    assert early.body["error"]["message"] == (
        "Cannot create the usage record with this timestamp because timestamps must be after the subscription's last "
        "invoice period (or current period start time)."
    )
    assert (late.status, late.body["error"]["param"]) == (400, "timestamp")
    assert metered.report(1, timestamp=JANUARY + 300).status == 200
    missing = metered.old.post(f"/v1/subscription_items/{metered.item}/usage_records", {})
    assert missing.body["error"]["message"] == "Missing required param: quantity."


def test_items_that_records_do_not_bill_refuse_them() -> None:
    licensed, ended = Metered(usage_type="licensed"), Metered()
    ended.api.delete(f"/v1/subscriptions/{ended.subscription['id']}")

    assert licensed.report(1).status == 400
    assert ended.report(1).body["error"]["message"] == (
        "Cannot create the usage record because the subscription has been canceled."
    )
    ended.item = "si_none"
    assert (ended.report(1).status, ended.report(1).body["error"]["message"]) == (
        404,
        "No such subscription item: 'si_none'",
    )


def test_an_item_with_a_meter_is_billed_by_the_events_of_the_meter() -> None:
    api = Api()
    old = api.sending(stripe_version=OLD)
    meter = old.posted("billing/meters", display_name="C", event_name="c", default_aggregation={"formula": "sum"})["id"]
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter}
    price = old.posted("prices", currency="usd", unit_amount="1", recurring=recurring, product_data={"name": "C"})["id"]
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = old.posted("customers", **card)["id"]
    item = old.posted("subscriptions", customer=customer, items=[{"price": price}])["items"]["data"][0]["id"]

    answer = api.post(f"/v1/subscription_items/{item}/usage_records", {"quantity": 1}, stripe_version=OLD)

    assert answer.status == 400
    assert answer.body["error"]["message"] == (
        f"Cannot create a usage record for `{item}` because it is not on the legacy metered billing system. Call "
        "/v1/billing/meter_events instead."
    )


def test_versions_since_basil_have_no_usage_records() -> None:
    metered = Metered()
    path = f"/v1/subscription_items/{metered.item}"
    refused = metered.api.post(f"{path}/usage_records", {"quantity": 1})

    assert refused.status == metered.api.get(f"{path}/usage_record_summaries").status == 404
    assert refused.body["error"]["message"].startswith(f"Unrecognized request URL (POST: {path}/usage_records). ")
    sent = {"currency": "usd", "amount": "5", "interval": "month", "product": {"name": "C"}, "usage_type": "metered"}
    assert metered.api.post("/v1/plans", sent).body["error"]["message"] == (
        "Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters."
    )


def test_an_item_is_removed_with_its_usage_records_or_not_at_all() -> None:
    metered = Metered()
    sent = {"currency": "usd", "unit_amount": "500", "recurring": {"interval": "month"}, "product_data": {"name": "T"}}
    more = metered.old.posted("prices", **sent)["id"]
    subscription = metered.subscription["id"]
    metered.old.posted("subscription_items", subscription=subscription, price=more)
    metered.report(3)
    message = (
        f"When deleting the subscription item {metered.item} with a metered plan, all related usage records must be "
        "cleared too by setting `clear_usage=true`."
    )
    removed = {"id": metered.item, "deleted": "true"}
    for kept in (
        metered.old.delete(f"/v1/subscription_items/{metered.item}"),
        metered.old.post(f"/v1/subscriptions/{subscription}", {"items": [removed]}),
    ):
        assert (kept.status, kept.body["error"]["message"]) == (400, message)

    left = metered.old.posted(f"subscriptions/{subscription}", items=[{**removed, "clear_usage": "true"}])
    assert [each["price"]["id"] for each in left["items"]["data"]] == [more]
