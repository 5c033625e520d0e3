"""Entitlements: features of products, for customers with a subscription."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.resources.billing.products import entitlements, features

from ....api import Api

JANUARY = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
FEBRUARY = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp())
UPDATED = "entitlements.active_entitlement_summary.updated"


def feature(api: Api, key: str) -> str:
    return str(api.posted("entitlements/features", name=key.title(), lookup_key=key)["id"])


def product(api: Api, *features: str) -> str:
    identifier = str(api.posted("products", name="Tea")["id"])
    for each in features:
        api.posted(f"products/{identifier}/features", entitlement_feature=each)
    return identifier


def price(api: Api, of: str) -> str:
    recurring = {"interval": "month"}
    return str(api.posted("prices", currency="usd", unit_amount="500", recurring=recurring, product=of)["id"])


def payer(api: Api, **more: Any) -> str:
    settings = {"default_payment_method": "pm_card_visa"}
    return str(api.posted("customers", payment_method="pm_card_visa", invoice_settings=settings, **more)["id"])


def keys(api: Api, customer: str) -> list[str]:
    listed = api.get(f"/v1/entitlements/active_entitlements?customer={customer}").body["data"]
    return sorted(each["lookup_key"] for each in listed)


def summaries(api: Api) -> list[Any]:
    return list(reversed(api.get(f"/v1/events?type={UPDATED}").body["data"]))


def test_a_subscription_entitles_its_customer_to_the_features_of_its_products() -> None:
    api = Api()
    one = feature(api, "seats")
    customer = payer(api)
    subscription = api.posted("subscriptions", customer=customer, items=[{"price": price(api, product(api, one))}])
    [found] = api.get(f"/v1/entitlements/active_entitlements?customer={customer}").body["data"]
    assert found == {
        "id": found["id"],
        "object": "entitlements.active_entitlement",
        "feature": one,
        "livemode": False,
        "lookup_key": "seats",
    }
    assert api.get(f"/v1/entitlements/active_entitlements/{found['id']}").body == found
    [event] = summaries(api)
    url = f"/v1/customers/{customer}/entitlements"
    assert event["data"] == {
        "object": {
            "object": "entitlements.active_entitlement_summary",
            "customer": customer,
            "entitlements": {"object": "list", "data": [found], "has_more": False, "url": url},
            "livemode": False,
        },
        "previous_attributes": {"entitlements": {"data": []}},
    }
    api.delete(f"/v1/subscriptions/{subscription['id']}")
    assert keys(api, customer) == []
    assert summaries(api)[-1]["data"]["object"]["entitlements"]["data"] == []


def test_a_feature_of_two_products_is_one_entitlement_until_both_are_gone() -> None:
    api = Api()
    shared, own = feature(api, "seats"), feature(api, "exports")
    customer = payer(api)
    first = api.posted("subscriptions", customer=customer, items=[{"price": price(api, product(api, shared))}])
    api.posted("subscriptions", customer=customer, items=[{"price": price(api, product(api, shared, own))}])
    assert keys(api, customer) == ["exports", "seats"]
    api.delete(f"/v1/subscriptions/{first['id']}")
    assert keys(api, customer) == ["exports", "seats"]
    assert len(summaries(api)) == 2


def test_an_incomplete_subscription_entitles_to_nothing_until_it_is_paid() -> None:
    api = Api()
    of = price(api, product(api, feature(api, "seats")))
    customer = api.posted("customers")["id"]
    subscription = api.posted(
        "subscriptions",
        customer=customer,
        items=[{"price": of}],
        payment_behavior="default_incomplete",
        expand=["latest_invoice.confirmation_secret"],
    )
    assert (subscription["status"], keys(api, customer)) == ("incomplete", [])
    secret = subscription["latest_invoice"]["confirmation_secret"]["client_secret"]
    intent = secret.partition("_secret")[0]
    api.posted(f"payment_intents/{intent}/confirm", payment_method="pm_card_visa", return_url="https://example.com")
    assert keys(api, customer) == ["seats"]


def test_another_product_changes_the_entitlements() -> None:
    api = Api()
    old, new = price(api, product(api, feature(api, "seats"))), price(api, product(api, feature(api, "exports")))
    customer = payer(api)
    subscription = api.posted("subscriptions", customer=customer, items=[{"price": old}])
    item = subscription["items"]["data"][0]["id"]
    api.posted(f"subscriptions/{subscription['id']}", items=[{"id": item, "price": new}])
    assert keys(api, customer) == ["exports"]


def test_a_new_feature_of_a_product_counts_from_the_next_period_on() -> None:
    api = Api()
    of = product(api, feature(api, "seats"))
    clock = api.posted("test_helpers/test_clocks", frozen_time=str(JANUARY))["id"]
    customer = payer(api, test_clock=clock)
    api.posted("subscriptions", customer=customer, items=[{"price": price(api, of)}])
    api.posted(f"products/{of}/features", entitlement_feature=feature(api, "exports"))
    assert keys(api, customer) == ["seats"]
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(FEBRUARY))
    assert keys(api, customer) == ["exports", "seats"]


def test_the_features_of_a_product_show_the_whole_feature() -> None:
    api = Api()
    one = feature(api, "seats")
    of = product(api, one)
    api.posted(f"entitlements/features/{one}", name="More seats")
    [found] = api.get(f"/v1/products/{of}/features").body["data"]
    shown = api.get(f"/v1/entitlements/features/{one}").body
    assert found == {
        "id": found["id"],
        "object": "product_feature",
        "entitlement_feature": shown,
        "livemode": False,
    }
    assert (shown["name"], found["id"][:7]) == ("More seats", "prodft_")
    stub = {"id": found["id"], "object": "product_feature", "deleted": True}
    assert api.delete(f"/v1/products/{of}/features/{found['id']}").body == stub
    assert api.get(f"/v1/products/{of}/features").body["data"] == []


def test_a_feature_has_a_key_of_its_own_and_is_given_once_and_while_it_is_active() -> None:
    api = Api()
    one = feature(api, "seats")
    refused = api.post("/v1/entitlements/features", {"name": "Seats", "lookup_key": "seats"})
    assert (refused.status, refused.error["param"]) == (400, "lookup_key")
    of = product(api, one)
    assert api.post(f"/v1/products/{of}/features", {"entitlement_feature": one}).status == 400
    api.posted(f"entitlements/features/{one}", active="false")
    other = product(api)
    assert api.post(f"/v1/products/{other}/features", {"entitlement_feature": one}).status == 400
    unknown = api.post(f"/v1/products/{other}/features", {"entitlement_feature": "feat_none"})
    assert (unknown.status, unknown.error["message"]) == (400, "No such feature: 'feat_none'")
    assert api.get("/v1/entitlements/features?archived=false").body["data"] == []
    assert [each["id"] for each in api.get("/v1/entitlements/features?lookup_key=seats").body["data"]] == [one]


def test_the_entitlements_of_an_unknown_customer_are_refused() -> None:
    refused = Api().get("/v1/entitlements/active_entitlements?customer=cus_none")
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        400,
        "No such customer: 'cus_none'",
        "customer",
    )


def test_a_product_of_many_subscriptions_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    api, read = Api(), list[str]()
    customer, tea = payer(api), product(api, feature(api, "seats"))
    one = price(api, tea)
    for _ in range(3):
        api.posted("subscriptions", customer=customer, items=[{"price": one}])

    def features_of(scope: Any, identifier: str) -> list[str]:
        read.append(identifier)
        return features.features_of(scope, identifier)

    monkeypatch.setattr(entitlements, "features_of", features_of)
    api.posted("subscriptions", customer=customer, items=[{"price": one}])
    assert set(read) == {tea}
    assert len(read) == 1
