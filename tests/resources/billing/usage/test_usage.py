"""Usage of metered prices: the bill of a period, and the alerts that it triggers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ....api import Api

JANUARY = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
FEBRUARY = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp())
DAY = 86_400


def meter(api: Api, formula: str = "sum") -> str:
    return str(
        api.posted(
            "billing/meters",
            display_name="Calls",
            event_name="calls",
            default_aggregation={"formula": formula},
        )["id"]
    )


def use(api: Api, customer: str, value: int, at: int | None = None) -> None:
    more = {} if at is None else {"timestamp": str(at)}
    payload = {"stripe_customer_id": customer, "value": str(value)}
    api.posted("billing/meter_events", event_name="calls", payload=payload, **more)


def subscribed(api: Api, price: dict[str, Any]) -> tuple[str, str, str]:
    """A customer on a test clock, the clock, and a subscription to a metered price since 1 January 2026."""
    clock = api.posted("test_helpers/test_clocks", frozen_time=str(JANUARY))["id"]
    customer = api.posted(
        "customers",
        test_clock=clock,
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )["id"]
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter(api)}
    of = api.posted("prices", currency="usd", recurring=recurring, product_data={"name": "Calls"}, **price)["id"]
    subscription = api.posted("subscriptions", customer=customer, items=[{"price": of}])["id"]
    return customer, clock, subscription


def newest_line(api: Api, subscription: str) -> Any:
    invoice = api.get(f"/v1/invoices?subscription={subscription}").body["data"][0]
    return invoice["lines"]["data"][0]


@pytest.mark.parametrize(
    ("price", "amount"),
    [
        ({"unit_amount": "7"}, 7 * 110),
        ({"unit_amount_decimal": "0.5"}, 55),
        (
            {
                "billing_scheme": "tiered",
                "tiers_mode": "graduated",
                "tiers": [{"up_to": "100", "unit_amount": "0"}, {"up_to": "inf", "unit_amount": "12"}],
            },
            120,
        ),
        ({"unit_amount": "300", "transform_quantity": {"divide_by": "100", "round": "up"}}, 600),
    ],
)
def test_the_usage_of_a_period_is_billed_at_its_end(price: dict[str, Any], amount: int) -> None:
    api = Api()
    customer, clock, subscription = subscribed(api, price)
    use(api, customer, 60)
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(JANUARY + 10 * DAY))
    use(api, customer, 50)
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(FEBRUARY))
    use(api, customer, 1000)
    line = newest_line(api, subscription)
    assert (line["amount"], line["quantity"]) == (amount, 110)
    assert line["period"] == {"start": JANUARY, "end": FEBRUARY}


def test_usage_until_the_moment_of_a_cancellation_is_billed() -> None:
    api = Api()
    customer, _, subscription = subscribed(api, {"unit_amount": "7"})
    use(api, customer, 30)
    canceled = api.send("DELETE", f"/v1/subscriptions/{subscription}", b"invoice_now=true")
    assert canceled.status == 200
    line = newest_line(api, subscription)
    assert (line["quantity"], line["amount"]) == (30, 210)


@pytest.mark.parametrize(
    ("path", "field", "more"),
    [
        ("subscriptions", "items", {}),
        ("checkout/sessions", "line_items", {"mode": "subscription", "success_url": "https://example.com"}),
    ],
)
def test_a_metered_price_has_no_quantity(path: str, field: str, more: dict[str, Any]) -> None:
    api = Api()
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter(api)}
    data = {"currency": "usd", "unit_amount": "5", "product_data": {"name": "Calls"}}
    of = api.posted("prices", recurring=recurring, **data)["id"]
    customer = api.posted("customers")["id"]
    refused = api.post(f"/v1/{path}", {"customer": customer, field: [{"price": of, "quantity": "5"}], **more})
    assert (refused.status, refused.error["message"]) == (
        400,
        f"Quantity should not be specified where usage_type is `metered`. Remove quantity from `{field}[0]`",
    )


def test_usage_that_is_reported_before_the_draft_is_final_is_billed() -> None:
    api = Api()
    customer, clock, subscription = subscribed(api, {"unit_amount": "7"})
    use(api, customer, 60)
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(FEBRUARY + 60))
    use(api, customer, 40, FEBRUARY - 1)
    use(api, customer, 500)
    assert newest_line(api, subscription)["quantity"] == 60
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(FEBRUARY + 3_700))
    line = newest_line(api, subscription)
    assert (line["quantity"], line["amount"], line["description"]) == (100, 700, "100 \u00d7 Calls (at $0.07 / month)")
    invoice = api.get(f"/v1/invoices?subscription={subscription}").body["data"][0]
    assert (invoice["status"], invoice["amount_paid"]) == ("paid", 700)
    use(api, customer, 40, FEBRUARY - 1)
    assert newest_line(api, subscription)["quantity"] == 100


def test_the_last_value_of_a_period_counts_where_the_meter_says_so() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    of = meter(api, "last")
    now = api.posted("customers")["created"]
    use(api, customer, 9, now - 100)
    use(api, customer, 4, now - 50)
    use(api, customer, 7, now - 200)
    start = now - now % 3_600 - 7_200
    query = f"customer={customer}&start_time={start}&end_time={start + 14_400}"
    found = api.get(f"/v1/billing/meters/{of}/event_summaries?{query}").body["data"]
    assert [each["aggregated_value"] for each in found] == [4]


def alert(api: Api, of: str, **threshold: Any) -> Any:
    sent = {"meter": of, "gte": "100", "recurrence": "one_time", **threshold}
    return api.posted("billing/alerts", alert_type="usage_threshold", title="Much", usage_threshold=sent)


def triggered(api: Api) -> list[Any]:
    found = api.get("/v1/events?type=billing.alert.triggered").body["data"]
    return [each["data"]["object"] for each in found]


def test_an_alert_is_triggered_once_for_each_customer() -> None:
    api = Api()
    one = alert(api, meter(api))
    first, second = api.posted("customers")["id"], api.posted("customers")["id"]
    use(api, first, 99)
    assert triggered(api) == []
    use(api, first, 2)
    [found] = triggered(api)
    shown = api.get(f"/v1/billing/alerts/{one['id']}").body
    assert found == {
        "object": "billing.alert_triggered",
        "alert": shown,
        "created": found["created"],
        "customer": first,
        "livemode": False,
        "value": 101,
    }
    use(api, first, 50)
    use(api, second, 100)
    assert [each["customer"] for each in triggered(api)] == [second, first]


def test_an_alert_watches_its_customer_while_it_is_active() -> None:
    api = Api()
    mine, other = api.posted("customers")["id"], api.posted("customers")["id"]
    one = alert(api, meter(api), filters=[{"type": "customer", "customer": mine}])["id"]
    use(api, other, 500)
    api.posted(f"billing/alerts/{one}/deactivate")
    use(api, mine, 100)
    assert triggered(api) == []
    api.posted(f"billing/alerts/{one}/activate")
    use(api, mine, 1)
    assert [each["value"] for each in triggered(api)] == [101]
    assert api.posted(f"billing/alerts/{one}/archive")["status"] == "archived"
    assert api.post(f"/v1/billing/alerts/{one}/activate").status == 400


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        ({}, "Missing required param: usage_threshold.", "usage_threshold"),
        (
            {"usage_threshold": {"meter": "mtr_none", "gte": "1", "recurrence": "one_time"}},
            "No such meter: 'mtr_none'",
            "usage_threshold[meter]",
        ),
    ],
)
def test_an_alert_has_a_threshold_of_a_meter(params: dict[str, Any], message: str, param: str) -> None:
    refused = Api().post("/v1/billing/alerts", {"alert_type": "usage_threshold", "title": "Much", **params})
    assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, param)


def test_a_meter_is_reactivated_while_its_name_is_free() -> None:
    api = Api()
    one = meter(api)
    off = api.posted(f"billing/meters/{one}/deactivate")
    assert (off["status"], off["status_transitions"]["deactivated_at"]) == ("inactive", off["updated"])
    other = meter(api)
    refused = api.post(f"/v1/billing/meters/{one}/reactivate")
    assert (refused.status, refused.error["param"]) == (400, "event_name")
    api.posted(f"billing/meters/{other}/deactivate")
    on = api.posted(f"billing/meters/{one}/reactivate")
    assert (on["status"], on["status_transitions"]) == ("active", {"deactivated_at": None})
    assert api.post(f"/v1/billing/meters/{one}/reactivate").status == 400


def test_a_price_has_a_meter_that_exists_and_counts() -> None:
    api = Api()
    data = {"currency": "usd", "unit_amount": "1", "product_data": {"name": "Calls"}}
    unknown = {"interval": "month", "usage_type": "metered", "meter": "mtr_none"}
    refused = api.post("/v1/prices", {**data, "recurring": unknown})
    assert (refused.status, refused.error["param"]) == (400, "recurring[meter]")
    licensed = {"interval": "month", "meter": meter(api)}
    assert api.post("/v1/prices", {**data, "recurring": licensed}).error["param"] == "recurring[meter]"
