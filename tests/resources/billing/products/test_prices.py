"""Products, prices and plans."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api


def events(api: Api) -> list[str]:
    return [event["type"] for event in api.get("/v1/events").body["data"]][::-1]


def test_a_recurring_price_has_both_amounts_and_every_name_of_its_interval() -> None:
    api = Api()
    product = api.posted("products", name="Tea")
    price = api.posted(
        "prices", currency="usd", unit_amount="500", product=product["id"], recurring={"interval": "month"}
    )
    assert price == {
        "id": price["id"],
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": "usd",
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product["id"],
        "recurring": {
            "interval": "month",
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": 500,
        "unit_amount_decimal": "500",
    }


@pytest.mark.parametrize(
    ("decimal", "amount", "shown"), [("123.45", None, "123.45"), ("200.00", 200, "200"), ("0.5", None, "0.5")]
)
def test_a_fraction_of_a_cent_has_no_whole_amount(decimal: str, amount: int | None, shown: str) -> None:
    api = Api()
    product = api.posted("products", name="Tea")["id"]
    price = api.posted("prices", currency="usd", unit_amount_decimal=decimal, product=product)
    assert (price["unit_amount"], price["unit_amount_decimal"], price["type"]) == (amount, shown, "one_time")


def test_tiers_and_amounts_in_other_currencies_show_when_they_are_expanded() -> None:
    api = Api()
    product = api.posted("products", name="Tea")["id"]
    tiers = [{"up_to": "10", "unit_amount": "5"}, {"up_to": "inf", "flat_amount": "7"}]
    more = {"recurring": {"interval": "month"}, "billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers}
    price = api.posted("prices", currency="usd", product=product, **more)
    assert "tiers" not in price
    assert (price["unit_amount"], price["unit_amount_decimal"]) == (None, None)
    found = api.get(f"/v1/prices/{price['id']}?expand[]=tiers&expand[]=currency_options").body
    assert [(one["up_to"], one["unit_amount"], one["flat_amount_decimal"]) for one in found["tiers"]] == [
        (10, 5, None),
        (None, None, "7"),
    ]
    assert list(found["currency_options"]) == ["usd"]


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        ({"unit_amount": "5"}, "You must specify either `product` or `product_data` when creating a price.", None),
        (
            {"product": "@", "product_data": {"name": "Tea"}, "unit_amount": "5"},
            "You may only specify one of these parameters: product, product_data.",
            "product",
        ),
        ({"product": "@"}, "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.", None),
        (
            {"product": "@", "billing_scheme": "tiered", "tiers_mode": "volume", "tiers": [{"up_to": "inf"}]},
            "Prices with `type=one_time` are not supported with tiered billing.",
            "interval",
        ),
        (
            {"product": "@", "unit_amount": "5", "recurring": {"interval": "month", "usage_type": "metered"}},
            "Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.",
            None,
        ),
        ({"product": "prod_none", "unit_amount": "5"}, "No such product: 'prod_none'", "product"),
    ],
)
def test_a_price_that_stripe_refuses_is_refused_in_its_words(
    params: dict[str, Any], message: str, param: str | None
) -> None:
    api = Api()
    product = api.posted("products", name="Tea")["id"]
    named = {"product": product} if params.get("product") == "@" else {}
    refused = api.post("/v1/prices", {"currency": "usd", **params, **named})
    assert (refused.status, refused.error["message"], refused.error.get("param")) == (400, message, param)


def test_a_price_creates_its_product_first() -> None:
    api = Api()
    price = api.posted("prices", currency="usd", unit_amount="5", product_data={"name": "Tea", "unit_label": "cup"})
    product = api.get(f"/v1/products/{price['product']}").body
    assert (product["name"], product["unit_label"]) == ("Tea", "cup")
    assert events(api) == ["product.created", "price.created"]


def test_a_product_creates_its_default_price_and_shows_it_from_the_first_event_on() -> None:
    api = Api()
    data = {"currency": "usd", "unit_amount": "5", "recurring": {"interval": "year"}}
    product = api.posted("products", name="Tea", default_price_data=data)
    price = api.get(f"/v1/prices/{product['default_price']}").body
    assert (price["product"], price["recurring"]["interval"]) == (product["id"], "year")
    assert events(api) == ["product.created", "plan.created", "price.created"]
    first = api.get("/v1/events?type=product.created").body["data"][0]["data"]["object"]
    assert first["default_price"] == price["id"]


def test_a_refused_default_price_leaves_no_product() -> None:
    api = Api()
    refused = api.post("/v1/products", {"name": "Tea", "default_price_data": {"currency": "usd"}})
    assert refused.status == 400
    assert api.get("/v1/products").body["data"] == []


def test_a_product_with_prices_stays_and_a_default_price_is_its_own() -> None:
    api = Api()
    product = api.posted("products", name="Tea")["id"]
    other = api.posted("prices", currency="usd", unit_amount="5", product_data={"name": "Milk"})
    kept = api.delete(f"/v1/products/{other['product']}")
    assert (kept.status, kept.error["message"]) == (
        400,
        "This product cannot be deleted because it has one or more user-created prices.",
    )
    foreign = api.post(f"/v1/products/{product}", {"default_price": other["id"]})
    assert (foreign.status, foreign.error["param"]) == (400, "default_price")
    assert api.delete(f"/v1/products/{product}").body["deleted"] is True


def test_a_lookup_key_is_one_price_s_and_moves_when_it_is_told_to() -> None:
    api = Api()
    product = api.posted("products", name="Tea")["id"]
    params = {"currency": "usd", "unit_amount": "5", "product": product, "lookup_key": "tea"}
    first = api.posted("prices", **params)
    refused = api.post("/v1/prices", params)
    assert (refused.error["message"], refused.error["param"]) == (
        f"A price (`{first['id']}`) already uses that lookup key.",
        "lookup_key",
    )
    second = api.posted("prices", **params, transfer_lookup_key="true")
    assert [one["id"] for one in api.get("/v1/prices?lookup_keys[]=tea").body["data"]] == [second["id"]]
    assert api.get(f"/v1/prices/{first['id']}").body["lookup_key"] is None
    assert events(api)[-2:] == ["price.updated", "price.created"]
    assert api.posted(f"prices/{second['id']}", lookup_key="")["lookup_key"] is None


def test_versions_before_basil_show_how_usage_records_were_aggregated() -> None:
    api = Api()
    price = api.posted(
        "prices", currency="usd", unit_amount="5", recurring={"interval": "day"}, product_data={"name": "T"}
    )
    old = {"stripe_version": "2025-02-24.acacia"}
    recurring = api.get(f"/v1/prices/{price['id']}", **old).body["recurring"]
    assert recurring == {"aggregate_usage": None, **price["recurring"]}
    assert list(recurring) == sorted(recurring)
    plan = api.get(f"/v1/plans/{price['id']}", **old).body
    assert (plan["aggregate_usage"], "aggregate_usage" in api.get(f"/v1/plans/{price['id']}").body) == (None, False)


def test_lists_are_filtered_by_ids_and_by_intervals() -> None:
    api = Api()
    tea, milk = api.posted("products", name="Tea")["id"], api.posted("products", name="Milk")["id"]
    assert [one["id"] for one in api.get(f"/v1/products?ids[]={milk}&ids[]=prod_none").body["data"]] == [milk]
    monthly = api.posted("prices", currency="usd", unit_amount="5", product=tea, recurring={"interval": "month"})
    api.posted("prices", currency="usd", unit_amount="5", product=tea, recurring={"interval": "year"})
    found = api.get("/v1/prices?recurring[interval]=month").body["data"]
    assert [one["id"] for one in found] == [monthly["id"]]


def test_a_plan_is_a_price_too_and_a_recurring_price_a_plan() -> None:
    api = Api()
    plan = api.posted("plans", id="monthly", currency="usd", amount="500", interval="month", product={"name": "Tea"})
    assert (plan["id"], plan["amount_decimal"], plan["interval_count"]) == ("monthly", "500", 1)
    price = api.get("/v1/prices/monthly").body
    assert (price["unit_amount"], price["recurring"]["interval"], price["product"]) == (500, "month", plan["product"])
    other = api.posted(
        "prices", currency="usd", unit_amount="7", product=plan["product"], recurring={"interval": "day"}
    )
    viewed = api.get(f"/v1/plans/{other['id']}").body
    assert (viewed["object"], viewed["amount"], viewed["interval"]) == ("plan", 7, "day")
    assert api.posted("plans/monthly", active="false")["active"] is False
    assert api.get("/v1/prices/monthly").body["active"] is False
    assert api.delete("/v1/plans/monthly").body == {"id": "monthly", "object": "plan", "deleted": True}
    assert (api.get("/v1/plans/monthly").status, api.get("/v1/prices/monthly").status) == (404, 404)


@pytest.mark.parametrize(
    ("path", "params", "param"),
    [
        ("prices", {"unit_amount": "5", "product_data": {"name": "Tea"}}, "currency"),
        ("plans", {"amount": "5", "interval": "month", "product": {"name": "Tea"}}, "currency"),
        ("coupons", {"amount_off": "5"}, "currency"),
    ],
)
def test_a_currency_is_one_of_stripe_s_and_stored_in_lower_case(path: str, params: dict[str, Any], param: str) -> None:
    api = Api()
    refused = api.post(f"/v1/{path}", {**params, "currency": "xyz"})
    assert (refused.status, refused.error["param"]) == (400, param)
    assert refused.error["message"].startswith("Invalid currency: xyz. Stripe currently supports these currencies: usd")
    assert api.posted(path, **params, currency="EUR")["currency"] == "eur"


def test_an_amount_below_zero_is_refused() -> None:
    refused = Api().post("/v1/prices", {"currency": "usd", "unit_amount": "-5", "product_data": {"name": "Tea"}})
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        400,
        "This value must be greater than or equal to 0.",
        "unit_amount",
    )


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"tiers": [{"up_to": "inf", "unit_amount": "5"}]}, "tiers"),
        ({"billing_scheme": "tiered", "tiers_mode": "volume"}, "tiers"),
        ({"billing_scheme": "tiered", "tiers": [{"up_to": "inf", "unit_amount": "5"}]}, "tiers_mode"),
        (
            {"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": [{"up_to": "5", "unit_amount": "5"}]},
            "tiers",
        ),
        (
            {
                "billing_scheme": "tiered",
                "tiers_mode": "volume",
                "tiers": [{"up_to": "5"}, {"up_to": "5"}, {"up_to": "inf"}],
            },
            "tiers",
        ),
    ],
)
def test_tiers_that_make_no_sense_are_refused(params: dict[str, Any], param: str) -> None:
    own = {"unit_amount": "5"} if "tiers" not in params else {}
    data = {"currency": "usd", "recurring": {"interval": "month"}, "product_data": {"name": "Tea"}, **own}
    refused = Api().post("/v1/prices", {**data, **params})
    assert (refused.status, refused.error["param"]) == (400, param)


def test_a_tax_behavior_is_set_once() -> None:
    api = Api()
    price = api.posted("prices", currency="usd", unit_amount="5", product_data={"name": "Tea"})["id"]
    assert api.posted(f"prices/{price}", tax_behavior="inclusive")["tax_behavior"] == "inclusive"
    refused = api.post(f"/v1/prices/{price}", {"tax_behavior": "exclusive"})
    assert (refused.status, refused.error["param"]) == (400, "tax_behavior")


def test_the_events_of_a_deleted_product_show_it_as_inactive() -> None:
    api = Api()
    product = api.posted("products", name="Tea")["id"]
    api.delete(f"/v1/products/{product}")
    event = api.get("/v1/events?type=product.deleted").body["data"][0]["data"]["object"]
    assert (event["id"], event["active"]) == (product, False)


def test_a_recurring_price_has_the_events_of_its_plan_and_a_single_one_has_not() -> None:
    api = Api()
    product = api.posted("products", name="Tea")["id"]
    monthly = api.posted("prices", currency="usd", unit_amount="7", product=product, recurring={"interval": "month"})
    once = api.posted("prices", currency="usd", unit_amount="7", product=product)
    assert events(api) == ["product.created", "plan.created", "price.created", "price.created"]
    plan = api.get("/v1/events?type=plan.created").body["data"][0]["data"]["object"]
    assert plan == api.get(f"/v1/plans/{monthly['id']}").body
    api.posted(f"prices/{monthly['id']}", active="false")
    api.posted(f"prices/{once['id']}", active="false")
    assert events(api)[-3:] == ["plan.updated", "price.updated", "price.updated"]
    update = api.get("/v1/events?type=plan.updated").body["data"][0]["data"]
    assert (update["object"]["active"], update["previous_attributes"]) == (False, {"active": True})


def test_plans_are_the_recurring_prices_and_events_of_a_plan_are_those_of_both() -> None:
    api = Api()
    plan = api.posted("plans", id="monthly", currency="usd", amount="500", interval="month", product={"name": "Tea"})
    price = api.posted(
        "prices", currency="usd", unit_amount="7", product=plan["product"], recurring={"interval": "day"}
    )
    once = api.posted("prices", currency="usd", unit_amount="7", product=plan["product"])["id"]
    assert [each["id"] for each in api.get("/v1/plans").body["data"]] == [price["id"], "monthly"]
    assert [each["id"] for each in api.get("/v1/prices").body["data"]] == [once, price["id"], "monthly"]
    missing = api.get(f"/v1/plans/{once}")
    assert (missing.status, missing.error["message"]) == (404, f"No such plan: '{once}'")
    api.posted("plans/monthly", nickname="Monthly", trial_period_days="7")
    assert api.get("/v1/prices/monthly").body["recurring"]["trial_period_days"] == 7
    assert events(api)[:3] == ["product.created", "plan.created", "price.created"]
    assert events(api)[-2:] == ["plan.updated", "price.updated"]


def test_the_default_price_of_a_product_is_not_archived() -> None:
    api = Api()
    product = api.posted("products", name="Tea", default_price_data={"currency": "usd", "unit_amount": "5"})
    first = product["default_price"]
    refused = api.post(f"/v1/prices/{first}", {"active": "false"})
    assert (refused.status, refused.error["message"]) == (
        400,
        "This price cannot be archived because it is the default price of its product.",
    )
    second = api.posted("prices", currency="usd", unit_amount="7", product=product["id"])["id"]
    api.posted(f"products/{product['id']}", default_price=second)
    assert api.posted(f"prices/{first}", active="false")["active"] is False


def test_a_product_shows_the_details_of_its_tax_code() -> None:
    api = Api()
    product = api.posted("products", name="Tea", tax_code="txcd_10103000")
    assert (product["tax_code"], product["tax_details"]) == (
        "txcd_10103000",
        {"performance_location": None, "tax_code": "txcd_10103000"},
    )
    assert list(product)[-6:] == ["tax_code", "tax_details", "type", "unit_label", "updated", "url"]
    assert api.posted("products", name="Coffee")["tax_details"] is None
    response = api.post("/v1/products", {"name": "Tea", "tax_code": "txcd_1"})
    assert (response.status, response.error["message"], response.error["param"]) == (
        400,
        "No such tax_code: 'txcd_1'",
        "tax_code",
    )


def test_a_price_has_the_days_of_a_trial() -> None:
    api = Api()
    monthly = {"interval": "month", "trial_period_days": "7"}
    price = api.posted("prices", currency="usd", unit_amount="500", product_data={"name": "Tea"}, recurring=monthly)
    assert price["recurring"] == {
        "interval": "month",
        "interval_count": 1,
        "meter": None,
        "trial_period_days": 7,
        "usage_type": "licensed",
    }
    assert api.get(f"/v1/plans/{price['id']}").body["trial_period_days"] == 7


@pytest.mark.parametrize(
    ("path", "params", "param"),
    [
        (
            "products",
            {"name": "Tea", "default_price_data": {"currency": "xxx", "unit_amount": "1"}},
            "default_price_data[currency]",
        ),
        (
            "prices",
            {"currency": "usd", "unit_amount": "1", "product_data": {"name": "Tea", "tax_code": "none"}},
            "product_data[tax_code]",
        ),
        (
            "plans",
            {"currency": "usd", "amount": "1", "interval": "month", "product": {"name": "Tea", "tax_code": "none"}},
            "product[tax_code]",
        ),
    ],
)
def test_a_refused_part_of_a_request_is_named_at_its_place(
    path: str, params: dict[str, Any], param: str | None
) -> None:
    response = Api().post(f"/v1/{path}", params)
    assert (response.status, response.error.get("param")) == (400, param)
