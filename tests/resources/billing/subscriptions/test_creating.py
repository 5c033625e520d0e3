"""New subscriptions: payments, anchors, one-time items, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from .shop import DAY, FAILS, HOUR, SECURE, START, Shop, at, line

PAST = (
    "The parameter `trial_end` expects a unix timestamp representing a date and time in the future. You specified the "
    "value `1000` which is in the past."
)


def test_a_card_that_needs_3d_secure_leaves_it_incomplete_until_the_customer_acts() -> None:
    shop = Shop()
    one = shop.subscribe(SECURE)
    invoice = shop.get(f"invoices/{one['latest_invoice']}?expand[]=payments&expand[]=confirmation_secret")
    assert (one["status"], invoice["status"], invoice["attempted"], invoice["attempt_count"]) == (
        "incomplete",
        "open",
        True,
        0,
    )
    assert (invoice["auto_advance"], invoice["next_payment_attempt"], invoice["amount_remaining"]) == (True, None, 1000)
    payment = invoice["payments"]["data"][0]
    intent = shop.get(f"payment_intents/{payment['payment']['payment_intent']}")
    assert (payment["status"], payment["amount_paid"], intent["status"]) == ("open", None, "requires_action")
    assert invoice["confirmation_secret"]["client_secret"] == intent["client_secret"]
    assert (intent["description"], intent["setup_future_usage"]) == ("Subscription creation", "off_session")
    assert "invoice.payment_action_required" in shop.events()
    shop.wait(10 * DAY)
    assert shop.subscription(one["id"])["status"] == "incomplete_expired"


def test_a_declined_card_is_not_charged_again() -> None:
    shop = Shop()
    one = shop.subscribe(FAILS)
    assert shop.last_event("invoice.payment_failed")["object"]["next_payment_attempt"] is None
    assert shop.events().count("invoice.updated") == 1
    invoice = shop.latest(one["id"])
    assert (one["status"], invoice["status"], invoice["attempt_count"], invoice["next_payment_attempt"]) == (
        "incomplete",
        "open",
        1,
        None,
    )
    assert "invoice.payment_failed" in shop.events()
    shop.wait(22 * HOUR)
    assert shop.latest(one["id"])["attempt_count"] == 1


def test_the_payment_method_of_the_first_invoice_can_become_the_default() -> None:
    shop = Shop()
    settings = {"save_default_payment_method": "on_subscription"}
    one = shop.subscribe("", payment_behavior="default_incomplete", payment_settings=settings)
    secret = shop.get(f"invoices/{one['latest_invoice']}?expand[]=confirmation_secret")["confirmation_secret"]
    intent = secret["client_secret"].partition("_secret_")[0]
    shop.post(f"payment_intents/{intent}/confirm", payment_method="pm_card_visa")
    active = shop.subscription(one["id"])
    method = shop.get(f"payment_intents/{intent}")["payment_method"]
    assert (active["status"], active["default_payment_method"]) == ("active", method)
    shop.until("2025-12-10 14:00")
    assert shop.latest(one["id"])["status"] == "paid"


def test_one_time_items_stand_before_the_subscription_on_its_first_invoice() -> None:
    shop = Shop()
    setup = str(shop.post("prices", currency="usd", unit_amount="300", product_data={"name": "Setup"})["id"])
    one = shop.subscribe(add_invoice_items=[{"price": setup, "quantity": "2"}])
    paid = shop.latest(one["id"])
    assert [(each["amount"], each["description"]) for each in paid["lines"]["data"]] == [
        (600, "Setup"),
        (1000, "1 \u00d7 Tea (at $10.00 / month)"),
    ]
    first = line(paid)
    assert (first["parent"]["type"], first["period"]) == (
        "invoice_item_details",
        {"start": START, "end": at("2025-12-10 12:00")},
    )
    assert paid["amount_paid"] == 1600
    shop.until("2025-12-10 14:00")
    assert shop.latest(one["id"])["amount_paid"] == 1000


def test_a_first_period_until_an_anchor_costs_its_share() -> None:
    shop = Shop()
    one = shop.subscribe(billing_cycle_anchor=str(at("2025-11-25 12:00")))
    item, paid = one["items"]["data"][0], shop.latest(one["id"])
    assert (item["current_period_start"], item["current_period_end"]) == (START, at("2025-11-25 12:00"))
    assert (one["billing_cycle_anchor"], paid["amount_paid"]) == (at("2025-11-25 12:00"), 484)
    shop.until("2025-11-25 14:00")
    assert (shop.latest(one["id"])["amount_paid"], line(shop.latest(one["id"]))["period"]["end"]) == (
        1000,
        at("2025-12-25 12:00"),
    )


def test_a_first_period_until_an_anchor_is_free_without_prorations() -> None:
    shop = Shop()
    one = shop.subscribe(billing_cycle_anchor=str(at("2025-11-25 12:00")), proration_behavior="none")
    assert (one["status"], shop.latest(one["id"])["total"]) == ("active", 0)


def test_a_day_of_the_month_is_the_anchor() -> None:
    shop = Shop()
    one = shop.subscribe(billing_cycle_anchor_config={"day_of_month": "31"})
    assert one["billing_cycle_anchor"] == at("2025-11-30 12:00")
    assert one["billing_cycle_anchor_config"] == {
        "day_of_month": 31,
        "hour": None,
        "minute": None,
        "month": None,
        "second": None,
    }


def test_a_backdated_subscription_is_billed_for_the_time_before() -> None:
    shop = Shop()
    one = shop.subscribe(backdate_start_date=str(at("2025-10-10 12:00")))
    paid = shop.latest(one["id"])
    assert one["start_date"] == at("2025-10-10 12:00")
    assert [each["amount"] for each in paid["lines"]["data"]] == [1000, 1000]
    assert line(paid)["period"] == {"start": at("2025-10-10 12:00"), "end": START}


def test_a_coupon_for_once_is_on_the_first_invoice_alone() -> None:
    shop = Shop()
    coupon = shop.post("coupons", percent_off="50", duration="once")["id"]
    one = shop.subscribe(discounts=[{"coupon": coupon}])
    assert (one["discounts"], shop.latest(one["id"])["amount_paid"]) == ([], 500)
    shop.until("2025-12-10 14:00")
    assert shop.latest(one["id"])["amount_paid"] == 1000


def test_a_repeating_coupon_ends() -> None:
    shop = Shop()
    coupon = shop.post("coupons", percent_off="50", duration="repeating", duration_in_months="2")["id"]
    one = shop.subscribe(discounts=[{"coupon": coupon}])
    shop.until("2026-02-10 14:00")
    assert [invoice["total"] for invoice in shop.invoices(one["id"])] == [500, 500, 1000, 1000]
    assert shop.subscription(one["id"])["discounts"] == []


def test_pending_items_of_the_customer_come_with_the_first_invoice() -> None:
    shop = Shop()
    customer = shop.customer()
    shop.post("invoiceitems", customer=customer, amount="250", currency="usd")
    one = shop.subscribe(customer=customer)
    assert shop.latest(one["id"])["amount_paid"] == 1250


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        (
            {"trial_end": "1000"},
            PAST,
            "trial_end",
        ),
        (
            {"billing_cycle_anchor": str(at("2026-01-10 12:00"))},
            f"billing_cycle_anchor cannot be later than next natural billing date ({at('2025-12-10 12:00')}) for plan",
            "billing_cycle_anchor",
        ),
        (
            {"items": [{"price": "", "quantity": "-1"}]},
            "This value must be greater than or equal to 0.",
            "items[0][quantity]",
        ),
        (
            {"billing_cycle_anchor_config": {"day_of_month": "32"}},
            "This value must be less than or equal to 31.",
            "billing_cycle_anchor_config[day_of_month]",
        ),
        (
            {"billing_cycle_anchor_config": {"day_of_month": "15", "hour": "-1"}},
            "This value must be greater than or equal to 0.",
            "billing_cycle_anchor_config[hour]",
        ),
        (
            {"collection_method": "send_invoice"},
            "If invoice collection method is 'send_invoice', you must specify 'days_until_due'.",
            None,
        ),
        (
            {"backdate_start_date": str(START + DAY)},
            "`backdate_start_date` must be in the past.",
            "backdate_start_date",
        ),
    ],
)
def test_what_stripe_refuses_is_refused(params: dict[str, Any], message: str, param: str | None) -> None:
    shop, sent = Shop(), dict(params)
    sent["items"] = [{**each, "price": shop.price()} for each in params.get("items", [{}])]
    sent["customer"] = shop.customer()
    refused = shop.refused("subscriptions", **sent)
    assert (refused["message"], refused.get("param")) == (message, param)
    assert shop.get("subscriptions?status=all")["data"] == []


@pytest.mark.parametrize("params", [{"billing_thresholds": {"amount_gte": "5000"}}])
def test_what_is_not_emulated_is_refused_by_name(params: dict[str, Any]) -> None:
    shop = Shop()
    refused = shop.refused("subscriptions", customer=shop.customer(), items=[{"price": shop.price()}], **params)
    assert (refused["status"], refused["param"].partition("[")[0]) == ("501", next(iter(params)))


def test_an_incomplete_subscription_changes_little() -> None:
    shop = Shop()
    one = shop.subscribe("", payment_behavior="default_incomplete")
    assert shop.post(f"subscriptions/{one['id']}", description="Tea", metadata={"a": "1"})["description"] == "Tea"
    refused = shop.refused(f"subscriptions/{one['id']}", cancel_at_period_end="true")
    assert refused["status"] == "400"


def test_the_last_item_is_not_removed() -> None:
    shop = Shop()
    one = shop.subscribe()
    items = [{"id": one["items"]["data"][0]["id"], "deleted": "true"}]
    refused = shop.refused(f"subscriptions/{one['id']}", items=items)
    assert refused["message"].startswith("A subscription must have at least one active plan.")
    assert shop.subscription(one["id"]) == one


def test_it_has_at_most_twenty_items() -> None:
    shop = Shop()
    items = [{"price": shop.price(100 + place)} for place in range(21)]
    refused = shop.refused("subscriptions", customer=shop.customer(), items=items)
    assert (refused["message"], refused["param"]) == ("A subscription can have at most 20 items.", "items")
    assert len(shop.subscribe(items=items[:20])["items"]["data"]) == 20


def test_its_default_payment_method_is_one_of_its_customer() -> None:
    shop = Shop()
    other = shop.post("payment_methods/pm_card_visa/attach", customer=shop.customer())["id"]
    sent = {"customer": shop.customer(), "items": [{"price": shop.price()}]}
    refused = shop.refused("subscriptions", default_payment_method=other, **sent)
    assert (refused["status"], refused["code"], refused["param"]) == (
        "400",
        "resource_missing",
        "default_payment_method",
    )
    assert refused["message"] == (
        f"The customer does not have a payment method with the ID {other}. The payment method must be attached to the "
        "customer."
    )


def euros(shop: Shop) -> str:
    return shop.price(1000, currency_options={"eur": {"unit_amount": "900"}})


def test_it_is_charged_in_another_currency_of_its_price() -> None:
    shop = Shop()
    one = shop.subscribe(price=euros(shop), currency="eur")
    paid = shop.latest(one["id"])
    assert (one["currency"], paid["currency"], paid["amount_paid"]) == ("eur", "eur", 900)
    assert line(paid)["description"] == "1 \u00d7 Tea (at \u20ac9.00 / month)"
    assert one["items"]["data"][0]["price"]["currency"] == "usd"
    shop.wait(15 * DAY)
    shop.post(f"subscriptions/{one['id']}", items=[{"id": one["items"]["data"][0]["id"], "quantity": "2"}])
    assert [each["amount"] for each in shop.pending(one["customer"])] == [-450, 900]
    again = shop.subscribe(price=euros(shop), customer=one["customer"])
    assert again["currency"] == "eur"


def test_a_price_without_the_currency_is_refused() -> None:
    shop = Shop()
    refused = shop.refused("subscriptions", customer=shop.customer(), items=[{"price": shop.price()}], currency="eur")
    assert refused["message"] == "The currency of the selected prices (usd) does not match the customer currency (eur)."


def test_an_old_version_has_one_coupon_and_one_period() -> None:
    shop = Shop()
    shop.api.headers["stripe-version"] = "2024-06-20"
    coupon = shop.post("coupons", percent_off="50", duration="forever")["id"]
    one = shop.subscribe(coupon=coupon)
    assert (one["current_period_start"], one["current_period_end"]) == (START, at("2025-12-10 12:00"))
    assert one["discount"]["coupon"]["id"] == coupon
    assert one["billing_mode"] == {"flexible": None, "type": "classic"}
    assert shop.latest(one["id"])["amount_paid"] == 500
    assert shop.post(f"subscriptions/{one['id']}", coupon="")["discount"] is None


OLD = ("2014-12-08", "2019-08-14", "2020-08-27", "2024-06-20", "2025-02-24.acacia")


def old_shop(version: str) -> Shop:
    shop = Shop()
    shop.api.headers["stripe-version"] = version
    return shop


def plan(shop: Shop, amount: int) -> str:
    product = shop.product(f"Tea for {amount}")
    return str(shop.post("plans", amount=str(amount), currency="usd", interval="month", product=product)["id"])


@pytest.mark.parametrize("version", OLD)
@pytest.mark.parametrize("below", [False, True])
def test_an_old_version_has_one_plan_and_its_quantity(version: str, below: bool) -> None:
    shop = old_shop(version)
    first, second, payer = plan(shop, 1000), plan(shop, 2500), shop.customer()
    path = f"customers/{payer}/subscriptions" if below else "subscriptions"
    named = {} if below else {"customer": payer}

    def shown(one: Any) -> tuple[Any, ...]:
        (item,) = one["items"]["data"]
        assert (item["plan"]["id"], item["quantity"]) == (one["plan"]["id"], one["quantity"])
        return one["status"], one["plan"]["id"], one["quantity"]

    assert shown(shop.post(path, **named, plan=first)) == ("active", first, 1)
    two = shop.post(path, **named, plan=first, quantity="2")
    assert shown(two) == ("active", first, 2)
    assert shop.latest(two["id"])["amount_paid"] == 2000
    change = f"{path}/{two['id']}"
    assert shown(shop.post(change, quantity="3", prorate="false")) == ("active", first, 3)
    assert shown(shop.post(change, plan=second, prorate="false")) == ("active", second, 3)
    assert shop.pending(payer) == []
    assert shown(shop.post(change, plan=first, quantity="1", prorate="true")) == ("active", first, 1)
    assert [each["amount"] for each in shop.pending(payer)] == [-7500, 1000]


@pytest.mark.parametrize("version", [*OLD, "2023-10-16"])
@pytest.mark.parametrize(
    ("anchor", "kind", "amount"),
    [("2025-11-25 12:00", "invoiceitem", 484), ("2025-12-10 12:00", "subscription", 1000)],
)
def test_before_basil_the_line_of_a_period_that_an_anchor_cuts_short_is_that_of_an_item(
    version: str, anchor: str, kind: str, amount: int
) -> None:
    shop = old_shop(version)
    one = shop.subscribe(billing_cycle_anchor=str(at(anchor)))
    first = line(shop.latest(one["id"]))
    assert (first["type"], first["amount"], first["period"]["end"]) == (kind, amount, at(anchor))
    shop.wait(at("2026-01-20 12:00") - shop.now)
    assert line(shop.latest(one["id"]))["type"] == "subscription"


@pytest.mark.parametrize("version", OLD)
def test_an_old_plan_or_quantity_stands_alone(version: str) -> None:
    shop = old_shop(version)
    first, second, payer = plan(shop, 1000), plan(shop, 2500), shop.customer()
    items = [{"plan": first}]
    one = shop.post("subscriptions", customer=payer, items=items)
    for path, more in (("subscriptions", {"customer": payer}), (f"subscriptions/{one['id']}", {})):
        for name, value in (("quantity", "2"), ("plan", second)):
            assert shop.refused(path, **more, items=items, **{name: value}) == {
                "status": "400",
                "message": f"Received both items and {name} parameters. Please pass in only one.",
            }
        assert shop.refused(path, **more, plan=second, quantity="-1") == {
            "status": "400",
            "code": "parameter_invalid_integer",
            "message": "This value must be greater than or equal to 0.",
            "param": "quantity",
        }
    assert shop.refused("subscriptions", customer=payer, quantity="2") == {
        "status": "400",
        "code": "parameter_missing",
        "message": "Missing required param: items.",
        "param": "items",
    }
    shop.post("subscription_items", subscription=one["id"], plan=second)
    for name, value in (("quantity", "2"), ("plan", second)):
        assert shop.refused(f"subscriptions/{one['id']}", **{name: value}) == {
            "status": "400",
            "message": (f"You can only pass in {name} for a subscription with one item. Please pass in items instead."),
            "param": name,
        }


@pytest.mark.parametrize("name", ["plan", "quantity", "prorate", "coupon", "promotion_code"])
def test_versions_from_basil_on_refuse_the_old_parameters(name: str) -> None:
    shop, value = Shop(), {"prorate": "true", "quantity": "1"}.get(name, "x")
    one = shop.subscribe()
    below = f"customers/{one['customer']}/subscriptions"
    shop.api.headers["stripe-version"] = "2025-03-31.basil"
    for path in ("subscriptions", f"subscriptions/{one['id']}", below, f"{below}/{one['id']}"):
        more = {"customer": one["customer"]} if path == "subscriptions" else {}
        hint = ". Did you mean proration_date?" if name == "promotion_code" and path.endswith(one["id"]) else ""
        assert shop.refused(path, **more, **{name: value}) == {
            "status": "400",
            "code": "parameter_unknown",
            "message": f"Received unknown parameter: {name}{hint}",
            "param": name,
        }


@pytest.mark.parametrize("version", OLD)
def test_an_unknown_plan_is_the_parameter_plan(version: str) -> None:
    shop = old_shop(version)
    payer, mark = shop.customer(), "" if version < "2020-08-27" else "'"
    for more in ({"plan": "gold"}, {"items": [{"plan": "gold"}]}):
        assert shop.refused("subscriptions", customer=payer, **more) == {
            "status": "400",
            "code": "resource_missing",
            "message": f"No such plan: {mark}gold{mark}",
            "param": "plan",
        }


def test_an_item_may_name_a_plan() -> None:
    shop = Shop()
    price = shop.price()
    one = shop.subscribe(items=[{"plan": price}])
    assert one["items"]["data"][0]["price"]["id"] == price
    other = shop.price(2000)
    changed = shop.post(f"subscriptions/{one['id']}", items=[{"id": one["items"]["data"][0]["id"], "plan": other}])
    assert changed["plan"]["id"] == other


def test_a_customer_confirms_the_payment_with_the_default_card() -> None:
    shop = Shop()
    one = shop.subscribe(payment_behavior="default_incomplete")
    secret = shop.get(f"invoices/{one['latest_invoice']}?expand[]=confirmation_secret")["confirmation_secret"]
    intent = secret["client_secret"].partition("_secret_")[0]
    assert (one["status"], shop.get(f"payment_intents/{intent}")["status"]) == ("incomplete", "requires_confirmation")
    shop.post(f"payment_intents/{intent}/confirm")
    assert shop.subscription(one["id"])["status"] == "active"


def test_payments_do_not_resume_in_the_past() -> None:
    shop = Shop()
    one = shop.subscribe()
    until = {"behavior": "void", "resumes_at": "1000"}
    refused = shop.refused(f"subscriptions/{one['id']}", pause_collection=until)
    assert refused["param"] == "pause_collection[resumes_at]"


def test_invoices_are_sent_from_now_on() -> None:
    shop = Shop()
    one = shop.subscribe()
    refused = shop.refused(f"subscriptions/{one['id']}", collection_method="send_invoice")
    assert refused["message"] == "If invoice collection method is 'send_invoice', you must specify 'days_until_due'."
    sent = shop.post(f"subscriptions/{one['id']}", collection_method="send_invoice", days_until_due="7")
    assert (sent["collection_method"], sent["days_until_due"]) == ("send_invoice", 7)
    shop.until("2025-12-10 14:00")
    assert (shop.latest(one["id"])["status"], shop.latest(one["id"])["due_date"]) == ("open", at("2025-12-17 12:00"))
    charged = shop.post(f"subscriptions/{one['id']}", collection_method="charge_automatically")
    assert charged["days_until_due"] is None


def test_a_subscription_shows_all_its_names() -> None:
    shop = Shop()
    one = shop.subscribe()
    item = one["items"]["data"][0]
    price = shop.get(f"prices/{item['price']['id']}")
    plan = shop.get(f"plans/{price['id']}")
    assert one == {
        "id": one["id"],
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": START,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": START},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "feedback_option": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": START,
        "currency": "usd",
        "customer": one["customer"],
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"type": "self"},
        },
        "items": {
            "object": "list",
            "data": [
                {
                    "id": item["id"],
                    "object": "subscription_item",
                    "billing_thresholds": None,
                    "created": START,
                    "current_period_end": at("2025-12-10 12:00"),
                    "current_period_start": START,
                    "current_trial": None,
                    "discounts": [],
                    "metadata": {},
                    "plan": plan,
                    "price": price,
                    "quantity": 1,
                    "subscription": one["id"],
                    "tax_rates": [],
                }
            ],
            "has_more": False,
            "total_count": 1,
            "url": f"/v1/subscription_items?subscription={one['id']}",
        },
        "latest_invoice": shop.latest(one["id"])["id"],
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "plan": plan,
        "quantity": 1,
        "schedule": None,
        "start_date": START,
        "status": "active",
        "test_clock": None,
        "transfer_data": None,
        "trial_end": None,
        "trial_settings": {"end_behavior": {"billing_cycle_anchor": "now", "missing_payment_method": "create_invoice"}},
        "trial_start": None,
    }


def test_an_update_removes_the_default_payment_method() -> None:
    shop = Shop()
    one = shop.subscribe()
    method = shop.get(f"customers/{one['customer']}")["invoice_settings"]["default_payment_method"]
    assert shop.post(f"subscriptions/{one['id']}", default_payment_method=method)["default_payment_method"] == method
    assert shop.post(f"subscriptions/{one['id']}", default_payment_method="")["default_payment_method"] is None


INLINE = {"currency": "usd", "product": "prod_none", "recurring": {"interval": "month"}, "unit_amount": "5"}


@pytest.mark.parametrize(
    ("sent", "words", "param"),
    [
        ({}, "You must specify either `price` or `price_data`.", ""),
        ({"price": "price_none"}, "No such price: 'price_none'", "price"),
        ({"price_data": INLINE}, "No such product: 'prod_none'", "price_data[product]"),
        (
            {"price": "price_none", "price_data": INLINE},
            "You may only specify one of these parameters: price, price_data.",
            "price",
        ),
    ],
)
def test_a_refused_item_is_named_by_its_own_parameters(sent: dict[str, Any], words: str, param: str) -> None:
    shop = Shop()
    error = shop.refused("subscription_items", subscription=shop.subscribe()["id"], **sent)
    assert (error["message"], error.get("param", "")) == (words, param)


def test_refused_data_of_a_price_are_named_at_their_place() -> None:
    shop = Shop()
    error = shop.refused("subscriptions", customer=shop.customer(), items=[{"price_data": INLINE}])
    assert (error["message"], error["param"]) == ("No such product: 'prod_none'", "items[0][price_data][product]")


def test_refused_tax_rates_of_an_item_are_named_at_their_place() -> None:
    shop = Shop()
    item = shop.subscribe()["items"]["data"][0]["id"]
    assert shop.refused(f"subscription_items/{item}", tax_rates=["txr_none"])["param"] == "tax_rates[0]"
