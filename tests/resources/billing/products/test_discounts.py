"""Discounts of customers: the coupons of old versions, the invoices that inherit them, and how they end."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api

LAST = "2025-02-24.acacia"  # the last version that takes coupons of customers
FULL_DISCOUNT = dict.fromkeys(
    "checkout_session customer_account end invoice invoice_item promotion_code subscription subscription_item".split()
)


def coupon(api: Api, **params: Any) -> str:
    return str(api.posted("coupons", **{"percent_off": "20", "duration": "forever", **params})["id"])


def events(api: Api) -> list[Any]:
    return list(reversed(api.get("/v1/events?limit=100").body["data"]))


def about_customers(api: Api) -> list[str]:
    return [each["type"] for each in events(api) if each["type"].startswith("customer.")]


def test_a_coupon_gives_a_new_customer_a_discount_in_the_shape_of_the_version() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    first = coupon(api)
    customer = old.posted("customers", coupon=first)
    discount = customer["discount"]
    assert (discount["id"][:3], len(discount["id"])) == ("di_", 27)
    own = {"object": "discount", "customer": customer["id"], "start": customer["created"]}
    assert {**discount} == {
        "id": discount["id"],
        **FULL_DISCOUNT,
        **own,
        "coupon": api.get(f"/v1/coupons/{first}").body,
    }
    assert list(discount) == ["id", "object", *sorted(set(discount) - {"id", "object"})]
    newest = {"id": discount["id"], **FULL_DISCOUNT, **own, "source": {"coupon": first, "type": "coupon"}}
    assert api.get(f"/v1/customers/{customer['id']}").body["discount"] == newest
    assert api.get(f"/v1/customers/{customer['id']}/discount").body == newest
    assert about_customers(api) == ["customer.discount.created", "customer.created"]
    assert events(api)[-2]["data"] == {"object": newest}


@pytest.mark.parametrize("name", ["coupon", "promotion_code"])
def test_versions_from_basil_on_take_no_coupons_of_customers(name: str) -> None:
    api = Api()
    of = api.posted("customers")["id"]
    for path in ("customers", f"customers/{of}"):
        refused = api.post(f"/v1/{path}", {name: "SAVE"}, stripe_version="2025-03-31.basil")
        assert (refused.status, refused.error["code"], refused.error["message"]) == (
            400,
            "parameter_unknown",
            f"Received unknown parameter: {name}",
        )


def test_the_discount_of_a_customer_on_a_test_clock_begins_and_ends_by_it() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    saved = coupon(api, duration="repeating", duration_in_months="1")
    clock = api.posted("test_helpers/test_clocks", frozen_time="1767225600")["id"]
    of = old.posted("customers", test_clock=clock, coupon=saved)
    assert (of["discount"]["start"], of["discount"]["end"]) == (1767225600, 1769904000)
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time="1769903999")
    assert api.get(f"/v1/customers/{of['id']}").body["discount"]["id"] == of["discount"]["id"]
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time="1769904000")
    assert api.get(f"/v1/customers/{of['id']}").body["discount"] is None
    later = old.posted(f"customers/{of['id']}", coupon=saved)["discount"]
    assert later["start"] == 1769904000


def test_another_coupon_replaces_the_discount_and_an_empty_one_removes_it() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    first, second = coupon(api), coupon(api, duration="repeating", duration_in_months="3")
    of = old.posted("customers", coupon=first)["id"]
    replaced = old.posted(f"customers/{of}", coupon=second)["discount"]
    assert (replaced["coupon"]["id"], replaced["end"] > replaced["start"] + 88 * 86_400) == (second, True)
    assert old.posted(f"customers/{of}", name="Jenny")["discount"] == replaced
    assert old.posted(f"customers/{of}", coupon="")["discount"] is None
    named = [each for each in about_customers(api) if "discount" in each]
    assert named == ["customer.discount.created", "customer.discount.updated", "customer.discount.deleted"]
    updated = next(each for each in events(api) if each["type"] == "customer.discount.updated")["data"]
    assert updated["previous_attributes"]["source"] == {"coupon": first}
    assert updated["object"]["source"] == {"coupon": second, "type": "coupon"}


def test_a_promotion_code_gives_the_discount_of_its_coupon() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    first = coupon(api)
    code = api.posted("promotion_codes", promotion={"type": "coupon", "coupon": first})["id"]
    discount = old.posted("customers", promotion_code=code)["discount"]
    assert (discount["coupon"]["id"], discount["promotion_code"]) == (first, code)


@pytest.mark.parametrize(
    ("params", "message", "code", "param"),
    [
        ({"coupon": "NONE"}, "No such coupon: 'NONE'", "resource_missing", "coupon"),
        (
            {"promotion_code": "promo_1"},
            "No such promotion code: 'promo_1'",
            "resource_missing",
            "promotion_code",
        ),
        (
            {"coupon": "A", "promotion_code": "promo_1"},
            "You may only specify one of these parameters: coupon, promotion_code.",
            None,
            "coupon",
        ),
    ],
)
def test_what_gives_no_discount_is_refused_and_leaves_nothing(
    params: dict[str, str], message: str, code: str | None, param: str
) -> None:
    api = Api()
    of = api.posted("customers")["id"]
    for path in ("customers", f"customers/{of}"):
        refused = api.post(f"/v1/{path}", params, stripe_version=LAST)
        assert (refused.status, refused.error["message"]) == (400, message)
        assert (refused.error.get("code"), refused.error.get("param")) == (code, param)
    assert [each["discount"] for each in api.get("/v1/customers").body["data"]] == [None]


def test_a_discount_is_removed_by_its_endpoint() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    customer = old.posted("customers", coupon=coupon(api))
    path = f"/v1/customers/{customer['id']}/discount"
    shown = api.get(path).body
    stub = api.delete(path).body
    assert stub == {**{name: value for name, value in shown.items() if name != "end"}, "deleted": True}
    assert api.get(f"/v1/customers/{customer['id']}").body["discount"] is None
    assert about_customers(api)[-2:] == ["customer.discount.deleted", "customer.updated"]
    for refused in (api.delete(path), api.get(path)):
        assert (refused.status, refused.error["code"]) == (404, "resource_missing")
        assert refused.error["message"] == f"No active discount for customer: {customer['id']}"


def test_invoices_inherit_the_discount_unless_they_are_sent_others() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    customer = old.posted("customers", coupon=coupon(api))
    of, held = customer["id"], customer["discount"]["id"]
    api.posted("invoiceitems", customer=of, amount="1000", currency="usd")
    invoice = api.posted("invoices", customer=of, pending_invoice_items_behavior="include")
    assert (invoice["discounts"], invoice["subtotal"], invoice["total"]) == ([held], 1000, 800)
    assert api.posted("invoices", customer=of, discounts="")["discounts"] == []


def test_a_coupon_of_once_leaves_the_customer_with_the_first_invoice() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    of = old.posted("customers", coupon=coupon(api, duration="once"))["id"]
    api.posted("invoiceitems", customer=of, amount="1000", currency="usd")
    invoice = api.posted("invoices", customer=of, pending_invoice_items_behavior="include")["id"]
    assert api.posted(f"invoices/{invoice}/finalize")["total"] == 800
    assert api.get(f"/v1/customers/{of}").body["discount"] is None
    assert "customer.discount.deleted" in about_customers(api)
    assert api.posted("invoices", customer=of)["discounts"] == []


@pytest.mark.asyncio
async def test_a_repeating_coupon_leaves_the_customer_at_its_end() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    months = coupon(api, duration="repeating", duration_in_months="1")
    of = old.posted("customers", coupon=months)["id"]
    await api.control("POST", "/clock", {"advance": 27 * 86_400})
    assert api.get(f"/v1/customers/{of}").body["discount"]["source"]["coupon"] == months
    await api.control("POST", "/clock", {"advance": 5 * 86_400})
    assert api.get(f"/v1/customers/{of}").body["discount"] is None
    assert about_customers(api)[-2:] == ["customer.discount.deleted", "customer.updated"]


def test_the_first_invoice_of_a_subscription_inherits_the_discount_which_its_endpoints_do_not_show() -> None:
    api = Api()
    old = api.sending(stripe_version=LAST)
    customer = old.posted("customers", email="jenny@example.com", coupon=coupon(api))
    price = api.posted(
        "prices", currency="usd", unit_amount="1000", recurring={"interval": "month"}, product_data={"name": "Box"}
    )["id"]
    subscription = api.posted(
        "subscriptions",
        customer=customer["id"],
        items=[{"price": price}],
        collection_method="send_invoice",
        days_until_due="30",
    )
    invoice = api.get(f"/v1/invoices/{subscription['latest_invoice']}").body
    assert (invoice["discounts"], invoice["total"]) == ([customer["discount"]["id"]], 800)
    assert subscription["discounts"] == []
    refused = api.delete(f"/v1/subscriptions/{subscription['id']}/discount")
    assert (refused.status, refused.error["message"]) == (
        404,
        f"No active discount for subscription: {subscription['id']}",
    )


def test_the_discount_of_a_subscription_is_removed_by_its_endpoint() -> None:
    api = Api()
    customer, off = api.posted("customers", email="jenny@example.com")["id"], coupon(api)
    price = api.posted(
        "prices", currency="usd", unit_amount="1000", recurring={"interval": "month"}, product_data={"name": "Box"}
    )["id"]
    subscription = api.posted(
        "subscriptions",
        customer=customer,
        items=[{"price": price}],
        collection_method="send_invoice",
        days_until_due="30",
        discounts=[{"coupon": off}],
    )
    stub = api.delete(f"/v1/subscriptions/{subscription['id']}/discount").body
    assert (stub["id"], stub["deleted"], "end" in stub) == (subscription["discounts"][0], True, False)
    assert api.get(f"/v1/subscriptions/{subscription['id']}").body["discounts"] == []
