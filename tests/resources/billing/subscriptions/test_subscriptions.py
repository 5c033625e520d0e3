"""Subscriptions and their items."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.resources.billing.base.periods import period_end

from ....api import Api

DAY = 86_400
PAYING = {
    "email": "jenny@example.com",
    "payment_method": "pm_card_visa",
    "invoice_settings": {"default_payment_method": "pm_card_visa"},
}


def price(api: Api, amount: int = 500, interval: str = "month") -> str:
    params = {"currency": "usd", "unit_amount": str(amount), "recurring": {"interval": interval}}
    return str(api.posted("prices", product_data={"name": "Tea"}, **params)["id"])


def subscription(api: Api, **params: Any) -> Any:
    customer = api.posted("customers", **PAYING)["id"]
    return api.posted("subscriptions", customer=customer, items=[{"price": price(api), "quantity": "2"}], **params)


@pytest.mark.parametrize(
    ("start", "interval", "count", "end"),
    [
        ("2026-01-31", "month", 1, "2026-02-28"),
        ("2024-01-31", "month", 1, "2024-02-29"),
        ("2026-11-10", "month", 3, "2027-02-10"),
        ("2024-02-29", "year", 1, "2025-02-28"),
        ("2026-01-31", "week", 2, "2026-02-14"),
        ("2026-01-31", "day", 1, "2026-02-01"),
    ],
)
def test_a_period_ends_on_the_same_day_or_on_the_last_of_the_month(
    start: str, interval: str, count: int, end: str
) -> None:
    first, last = (int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) for day in (start, end))
    assert period_end(first, {"interval": interval, "interval_count": count}) == last


def test_a_subscription_has_items_of_its_own_with_their_period() -> None:
    api = Api()
    made_one = subscription(api)
    item = made_one["items"]["data"][0]
    assert (made_one["status"], made_one["currency"], made_one["quantity"]) == ("active", "usd", 2)
    assert (made_one["billing_mode"]["type"], made_one["plan"]["id"]) == ("flexible", item["price"]["id"])
    assert (item["current_period_start"], item["quantity"]) == (made_one["created"], 2)
    assert item["current_period_end"] == period_end(made_one["created"], item["price"]["recurring"])
    assert made_one["items"]["url"] == f"/v1/subscription_items?subscription={made_one['id']}"
    assert api.get(f"/v1/subscription_items/{item['id']}").body == item
    assert api.get(f"/v1/subscription_items?subscription={made_one['id']}").body["data"] == [item]
    assert api.get(f"/v1/subscriptions/{made_one['id']}").body == made_one


def test_a_trial_begins_now_and_moves_the_anchor() -> None:
    trialing = subscription(Api(), trial_period_days="14")
    end = trialing["created"] + 14 * DAY
    assert (trialing["status"], trialing["trial_start"], trialing["trial_end"]) == (
        "trialing",
        trialing["created"],
        end,
    )
    assert (trialing["billing_cycle_anchor"], trialing["items"]["data"][0]["current_period_end"]) == (end, end)


def test_canceling_at_the_end_of_the_period_is_set_and_cleared() -> None:
    api = Api()
    one = subscription(api)
    end = one["items"]["data"][0]["current_period_end"]
    ending = api.posted(f"subscriptions/{one['id']}", cancel_at_period_end="true")
    assert (ending["status"], ending["cancel_at"], ending["canceled_at"] is not None) == ("active", end, True)
    assert ending["cancellation_details"]["reason"] == "cancellation_requested"
    again = api.posted(f"subscriptions/{one['id']}", cancel_at_period_end="false")
    assert again == one


def test_a_canceled_subscription_stays_readable_and_changes_its_metadata_only() -> None:
    api = Api()
    one = subscription(api)
    canceled = api.delete(f"/v1/subscriptions/{one['id']}").body
    assert (canceled["status"], canceled["ended_at"], canceled["cancellation_details"]["reason"]) == (
        "canceled",
        canceled["canceled_at"],
        "cancellation_requested",
    )
    assert api.get(f"/v1/subscriptions/{one['id']}").body == canceled
    assert api.posted(f"subscriptions/{one['id']}", metadata={"a": "1"})["metadata"] == {"a": "1"}
    refused = api.post(f"/v1/subscriptions/{one['id']}", {"description": "x"})
    assert (refused.error["code"], refused.error["message"]) == (
        "invalid_canceled_subscription_fields",
        "A canceled subscription can only update its cancellation_details and metadata.",
    )
    for gone in (api.delete(f"/v1/subscriptions/{one['id']}"), api.post(f"/v1/subscriptions/{one['id']}/resume")):
        assert (gone.status, gone.error["message"], gone.error["param"]) == (
            404,
            f"No such subscription: '{one['id']}'",
            "id",
        )
    kinds = [event["type"] for event in api.get("/v1/events").body["data"] if "subscription" in event["type"]]
    assert kinds[::-1][:2] == ["customer.subscription.created", "customer.subscription.deleted"]


def test_lists_leave_canceled_subscriptions_out_unless_they_are_named() -> None:
    api = Api()
    canceled, active = subscription(api), subscription(api)
    api.delete(f"/v1/subscriptions/{canceled['id']}")

    def ids(query: str) -> list[str]:
        return [one["id"] for one in api.get(f"/v1/subscriptions?{query}").body["data"]]

    assert ids("limit=3") == [active["id"]]
    assert ids("status=all") == [active["id"], canceled["id"]]
    assert ids("status=ended") == ids("status=canceled") == [canceled["id"]]
    assert ids(f"status=all&customer={canceled['customer']}") == [canceled["id"]]
    below = f"/v1/customers/{active['customer']}/subscriptions"
    assert [one["id"] for one in api.get(below).body["data"]] == [active["id"]]
    assert api.get(f"{below}/{active['id']}").body["id"] == active["id"]


def test_a_customer_subscribes_below_its_own_path() -> None:
    api = Api()
    customer = api.posted("customers", **PAYING)["id"]
    one = api.posted(f"customers/{customer}/subscriptions", items=[{"price": price(api)}])
    assert one["customer"] == customer
    assert api.delete(f"/v1/customers/{customer}/subscriptions/{one['id']}").body["status"] == "canceled"


def test_items_are_added_changed_and_deleted() -> None:
    api = Api()
    one = subscription(api)
    first, yearly = one["items"]["data"][0]["id"], price(api, 700)
    added = api.posted(f"subscriptions/{one['id']}", items=[{"price": yearly}])
    assert [item["price"]["unit_amount"] for item in added["items"]["data"]] == [500, 700]
    assert (added["plan"], added["quantity"]) == (None, None)
    changed = api.posted(f"subscriptions/{one['id']}", items=[{"id": first, "deleted": "true"}])
    assert [item["price"]["id"] for item in changed["items"]["data"]] == [yearly]
    item = changed["items"]["data"][0]["id"]
    assert api.posted(f"subscription_items/{item}", quantity="4", metadata={"a": "1"})["quantity"] == 4
    third = api.posted("subscription_items", subscription=one["id"], price=price(api, 900))
    assert api.delete(f"/v1/subscription_items/{third['id']}").body == {
        "id": third["id"],
        "object": "subscription_item",
        "deleted": True,
    }
    missing = api.get("/v1/subscription_items/si_none")
    assert (missing.status, missing.error["message"], "code" in missing.error) == (
        404,
        "Invalid subscription_item id: si_none",
        False,
    )


@pytest.mark.parametrize(
    ("params", "status", "message", "param"),
    [
        ({"items": []}, 400, "Missing required param: items.", "items"),
        ({"items": [{"price": "price_none"}]}, 400, "No such price: 'price_none'", "items[0][price]"),
        ({"customer": "cus_none"}, 404, "No such customer: 'cus_none'", "customer"),
        (
            {"payment_behavior": "pending_if_incomplete"},
            400,
            "Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.",
            "payment_behavior",
        ),
        (
            {"days_until_due": "3"},
            400,
            "You can only specify 'days_until_due' if invoice collection method is 'send_invoice'.",
            None,
        ),
        (
            {"trial_from_plan": "true", "trial_period_days": "3"},
            400,
            "You cannot set `trial_end` or `trial_period_days` when `trial_from_plan=true`.",
            None,
        ),
    ],
)
def test_a_subscription_that_stripe_refuses_is_refused_in_its_words(
    params: dict[str, Any], status: int, message: str, param: str | None
) -> None:
    api = Api()
    body = {"customer": api.posted("customers", **PAYING)["id"], "items": [{"price": price(api)}], **params}
    refused = api.post("/v1/subscriptions", body)
    assert (refused.status, refused.error["message"], refused.error.get("param")) == (status, message, param)


def test_a_one_time_price_and_the_same_price_twice_are_refused() -> None:
    api = Api()
    customer = api.posted("customers", **PAYING)["id"]
    once = api.posted("prices", currency="usd", unit_amount="5", product_data={"name": "Mug"})["id"]
    refused = api.post("/v1/subscriptions", {"customer": customer, "items": [{"price": once}]})
    assert refused.error["message"] == (
        "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`."
    )
    monthly = price(api)
    twice = api.post("/v1/subscriptions", {"customer": customer, "items": [{"price": monthly}, {"price": monthly}]})
    assert (twice.error["message"], twice.error["param"]) == (
        f"Cannot create a Subscription with multiple Subscription Items with the same Price: {monthly}",
        "plan",
    )


def test_only_a_paused_subscription_resumes_and_a_classic_one_migrates() -> None:
    api = Api()
    one = subscription(api, billing_mode={"type": "classic"})
    assert one["billing_mode"] == {"flexible": None, "type": "classic"}
    refused = api.post(f"/v1/subscriptions/{one['id']}/resume")
    assert refused.error["message"] == "You can only resume a subscription if it is `paused`."
    migrated = api.posted(f"subscriptions/{one['id']}/migrate", billing_mode={"type": "flexible"})
    assert (migrated["billing_mode"]["type"], migrated["billing_mode"]["flexible"]) == (
        "flexible",
        {"proration_discounts": "included"},
    )


def with_card(api: Api, method: str, **params: Any) -> Any:
    """The response to a subscription of a customer with a card."""
    customer = api.posted("customers")["id"]
    card = api.posted(f"payment_methods/{method}/attach", customer=customer)["id"]
    items = [{"price": price(api), "quantity": "2"}]
    return api.post(
        "/v1/subscriptions", {"customer": customer, "items": items, "default_payment_method": card, **params}
    )


def test_the_first_invoice_is_paid_by_the_default_payment_method() -> None:
    api = Api()
    one = with_card(api, "pm_card_visa").body
    invoice = api.get(f"/v1/invoices/{one['latest_invoice']}").body
    assert (one["status"], invoice["status"], invoice["amount_paid"]) == ("active", "paid", 1000)
    assert (invoice["billing_reason"], invoice["attempt_count"], invoice["rendering"]) == (
        "subscription_create",
        1,
        None,
    )
    assert invoice["lines"]["data"][0]["description"] == "2 \u00d7 Tea (at $5.00 / month)"
    assert invoice["parent"]["subscription_details"]["subscription"] == one["id"]
    kinds = [event["type"] for event in api.get("/v1/events?limit=100").body["data"]][::-1]
    assert [each for each in kinds if each.startswith(("invoice.", "customer.sub"))] == [
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.created",
    ]


def test_a_trial_begins_with_a_paid_invoice_of_nothing() -> None:
    api = Api()
    one = api.posted(
        "subscriptions",
        customer=api.posted("customers")["id"],
        items=[{"price": price(api)}],
        trial_period_days="14",
    )
    invoice = api.get(f"/v1/invoices/{one['latest_invoice']}").body
    assert (one["status"], invoice["status"], invoice["total"], invoice["attempted"]) == ("trialing", "paid", 0, True)
    assert invoice["lines"]["data"][0]["description"] == "Free trial for 1 \u00d7 Tea"


@pytest.mark.parametrize(("method", "count"), [("pm_card_chargeCustomerFail", 1), ("pm_card_threeDSecure2Required", 0)])
def test_a_payment_that_fails_leaves_an_incomplete_subscription(method: str, count: int) -> None:
    api = Api()
    response = with_card(api, method)
    invoice = api.get(f"/v1/invoices/{response.body['latest_invoice']}").body
    assert (response.status, response.body["status"]) == (200, "incomplete")
    assert (invoice["status"], invoice["attempted"], invoice["attempt_count"]) == ("open", True, count)


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("pm_card_chargeCustomerFail", "card_declined"),
        ("pm_card_threeDSecure2Required", "subscription_payment_intent_requires_action"),
    ],
)
def test_error_if_incomplete_leaves_nothing_behind(method: str, code: str) -> None:
    api = Api()
    refused = with_card(api, method, payment_behavior="error_if_incomplete")
    assert (refused.status, refused.error["code"]) == (402, code)
    for path in ("subscriptions?status=all", "invoices", "payment_intents", "charges"):
        assert api.get(f"/v1/{path}").body["data"] == []


def test_default_incomplete_charges_nothing_and_send_invoice_waits() -> None:
    api = Api()
    customer, items = api.posted("customers", email="jenny@example.com")["id"], [{"price": price(api)}]
    one = api.posted("subscriptions", customer=customer, items=items, payment_behavior="default_incomplete")
    invoice = api.get(f"/v1/invoices/{one['latest_invoice']}").body
    assert (one["status"], invoice["status"], invoice["attempted"]) == ("incomplete", "open", False)
    sent = api.posted(
        "subscriptions", customer=customer, items=items, collection_method="send_invoice", days_until_due="30"
    )
    draft = api.get(f"/v1/invoices/{sent['latest_invoice']}").body
    assert (sent["status"], draft["status"], draft["due_date"] - draft["created"]) == ("active", "draft", 30 * DAY)


def test_a_customer_without_a_payment_method_does_not_subscribe() -> None:
    api = Api()
    refused = api.post(
        "/v1/subscriptions", {"customer": api.posted("customers")["id"], "items": [{"price": price(api)}]}
    )
    assert (refused.status, refused.error["code"], "param" in refused.error) == (400, "resource_missing", False)
    assert refused.error["message"].startswith(
        "This customer has no attached payment source or default payment method."
    )
    assert api.get("/v1/invoices").body["data"] == []


def test_a_payment_that_is_completed_later_pays_the_invoice_and_activates_the_subscription() -> None:
    api = Api()
    params = {"payment_behavior": "default_incomplete", "expand": ["latest_invoice.confirmation_secret"]}
    one = api.posted("subscriptions", customer=api.posted("customers")["id"], items=[{"price": price(api)}], **params)
    secret = one["latest_invoice"]["confirmation_secret"]
    intent = secret["client_secret"].partition("_secret_")[0]
    assert (one["status"], secret["type"]) == ("incomplete", "payment_intent")
    assert api.get(f"/v1/payment_intents/{intent}").body["status"] == "requires_payment_method"
    assert api.post(f"/v1/payment_intents/{intent}/confirm", {"payment_method": "pm_card_visa"}).status == 200
    invoice = api.get(f"/v1/invoices/{one['latest_invoice']['id']}?expand[]=payments").body
    assert (invoice["status"], invoice["amount_paid"], invoice["attempt_count"]) == ("paid", 500, 1)
    assert [each["status"] for each in invoice["payments"]["data"]] == ["paid"]
    assert api.get(f"/v1/subscriptions/{one['id']}").body["status"] == "active"
    kinds = [event["type"] for event in api.get("/v1/events?limit=100").body["data"]]
    assert {"invoice.paid", "invoice.payment_succeeded", "customer.subscription.updated"} <= set(kinds)


def test_paying_the_invoice_of_an_incomplete_subscription_completes_its_payment_intent() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    items = [{"price": price(api)}]
    one = api.posted("subscriptions", customer=customer, items=items, payment_behavior="default_incomplete")
    card = api.posted("payment_methods/pm_card_visa/attach", customer=customer)["id"]
    paid = api.posted(f"invoices/{one['latest_invoice']}/pay", payment_method=card)
    assert (paid["status"], api.get(f"/v1/subscriptions/{one['id']}").body["status"]) == ("paid", "active")
    assert len(api.get("/v1/payment_intents").body["data"]) == 1


def test_a_customer_has_one_currency_and_a_classic_subscription_one_interval() -> None:
    api = Api()
    customer = api.posted("customers", **PAYING)["id"]
    api.posted("subscriptions", customer=customer, items=[{"price": price(api)}])
    assert api.get(f"/v1/customers/{customer}").body["currency"] == "usd"
    params = {"currency": "eur", "unit_amount": "500", "recurring": {"interval": "month"}}
    euros = api.posted("prices", product_data={"name": "Tea"}, **params)["id"]
    refused = api.post("/v1/subscriptions", {"customer": customer, "items": [{"price": euros}]})
    assert refused.error["message"] == (
        "You cannot combine currencies on a single customer. This customer has an active subscription, subscription "
        "schedule, discount, quote, or invoice item with currency usd."
    )
    items = [{"price": price(api)}, {"price": price(api, interval="year")}]
    classic = {"customer": customer, "items": items, "billing_mode": {"type": "classic"}}
    mixed = api.post("/v1/subscriptions", classic)
    assert mixed.error["message"] == (
        "Currency and interval fields must match across all plans on this subscription. Found mismatch in interval field."
    )
    assert api.post("/v1/subscriptions", {"customer": customer, "items": items}).status == 200


STATES = "active, past_due, unpaid, canceled, incomplete, incomplete_expired, trialing, paused, all, or ended"
BEHAVIORS = "allow_incomplete, error_if_incomplete, pending_if_incomplete, or default_incomplete"


@pytest.mark.parametrize(
    ("method", "path", "param", "words"),
    [
        ("GET", "/v1/subscriptions?status=none", "status", STATES),
        ("POST", "/v1/subscriptions?payment_behavior=none", "payment_behavior", BEHAVIORS),
    ],
)
def test_values_are_named_in_stripes_order(api: Api, method: str, path: str, param: str, words: str) -> None:
    refused = api.send(method, path)
    assert (refused.status, refused.error) == (
        400,
        {"message": f"Invalid {param}: must be one of {words}", "param": param, "type": "invalid_request_error"},
    )


def test_the_label_of_a_unit_is_in_the_lines_of_invoices(api: Api) -> None:
    product = api.posted("products", name="Seats", unit_label="user")["id"]
    monthly = api.posted("prices", product=product, currency="usd", unit_amount="1000", recurring={"interval": "month"})
    customer = api.posted("customers", **PAYING)["id"]
    one = api.posted("subscriptions", customer=customer, items=[{"price": monthly["id"], "quantity": "2"}])
    (line,) = api.get(f"/v1/invoices/{one['latest_invoice']}").body["lines"]["data"]
    assert line["description"] == "2 user \u00d7 Seats (at $10.00 / month)"
