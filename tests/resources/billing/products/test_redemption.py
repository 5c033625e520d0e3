"""Redeeming coupons and promotion codes: counts, restrictions, and the terms that a discount keeps."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Answer, Api


def coupon(api: Api, **params: Any) -> str:
    return str(api.posted("coupons", **{"percent_off": "25", "duration": "forever", **params})["id"])


def promotion(api: Api, of: str, **params: Any) -> Any:
    return api.posted("promotion_codes", promotion={"type": "coupon", "coupon": of}, **params)


def payer(api: Api) -> str:
    method = "pm_card_visa"
    settings = {"default_payment_method": method}
    return str(api.posted("customers", payment_method=method, invoice_settings=settings)["id"])


def price(api: Api, **params: Any) -> Any:
    data = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}, **params}
    return api.posted("prices", **({} if "product" in data else {"product_data": {"name": "Tea"}}), **data)


def subscribe(api: Api, customer: str, **discount: str) -> Answer:
    items = [{"price": price(api)["id"]}]
    return api.post("/v1/subscriptions", {"customer": customer, "items": items, "discounts": [discount]})


def test_a_redemption_is_counted_and_a_coupon_is_used_up() -> None:
    api = Api()
    saved = coupon(api, max_redemptions="1")
    code = promotion(api, saved)
    assert subscribe(api, payer(api), promotion_code=code["id"]).status == 200
    found = api.get(f"/v1/coupons/{saved}").body
    assert (found["times_redeemed"], found["valid"]) == (1, False)
    redeemed = api.get(f"/v1/promotion_codes/{code['id']}").body
    assert (redeemed["times_redeemed"], redeemed["active"]) == (1, False)
    assert api.get("/v1/promotion_codes?active=true").body["data"] == []
    assert [one["id"] for one in api.get("/v1/promotion_codes?active=false").body["data"]] == [code["id"]]
    refused = subscribe(api, payer(api), coupon=saved)
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        400,
        "coupon_expired",
        f"Coupon expired: {saved}",
    )
    types = [each["type"] for each in api.get("/v1/events?limit=100").body["data"]]
    assert not {"coupon.updated", "promotion_code.updated"} & set(types)


def test_a_refused_request_counts_nothing() -> None:
    api = Api()
    saved = coupon(api)
    assert subscribe(api, api.posted("customers")["id"], coupon=saved).status == 400
    assert api.get(f"/v1/coupons/{saved}").body["times_redeemed"] == 0


def test_a_promotion_code_is_used_up_before_its_coupon() -> None:
    api = Api()
    code = promotion(api, coupon(api), max_redemptions="1")["id"]
    assert subscribe(api, payer(api), promotion_code=code).status == 200
    refused = subscribe(api, payer(api), promotion_code=code)
    assert (refused.status, refused.error["param"]) == (400, "discounts[0][promotion_code]")


def test_a_promotion_code_for_new_customers_is_refused_to_one_who_has_paid() -> None:
    api = Api()
    code = promotion(api, coupon(api), restrictions={"first_time_transaction": "true"})["id"]
    customer = payer(api)
    assert subscribe(api, customer, promotion_code=code).status == 200
    refused = subscribe(api, customer, promotion_code=code)
    assert (refused.status, refused.error) == (
        400,
        {
            **refused.error,
            "code": "promotion_code_customer_not_first_time",
            "message": (
                "This promotion code cannot be redeemed because the associated customer has prior transactions."
            ),
            "param": "discounts[0][promotion_code]",
            "type": "invalid_request_error",
        },
    )


def test_a_promotion_code_of_one_customer_is_refused_to_others() -> None:
    api = Api()
    one, other = payer(api), payer(api)
    code = promotion(api, coupon(api), customer=one)["id"]
    refused = subscribe(api, other, promotion_code=code)
    assert (refused.status, refused.error["message"]) == (
        400,
        "This promotion code cannot be redeemed because it is restricted to another customer.",
    )
    assert subscribe(api, one, promotion_code=code).status == 200


def test_an_archived_promotion_code_is_refused() -> None:
    api = Api()
    code = promotion(api, coupon(api))["id"]
    api.posted(f"promotion_codes/{code}", active="false")
    refused = subscribe(api, payer(api), promotion_code=code)
    assert (refused.status, refused.error["message"]) == (
        400,
        "This promotion code cannot be redeemed because it is not active.",
    )


@pytest.mark.asyncio
async def test_an_expired_promotion_code_is_not_active_and_its_code_is_free() -> None:
    api = Api()
    now = api.posted("customers")["created"]
    saved = coupon(api)
    code = promotion(api, saved, code="TEA", expires_at=str(now + 60))["id"]
    await api.control("POST", "/clock", {"advance": 61})
    assert api.get(f"/v1/promotion_codes/{code}").body["active"] is False
    assert promotion(api, saved, code="tea")["active"] is True


def test_the_codes_of_a_list_are_found_whatever_their_case() -> None:
    api = Api()
    code = promotion(api, coupon(api), code="Tea-1")["id"]
    assert [one["id"] for one in api.get("/v1/promotion_codes?code=TEA-1").body["data"]] == [code]
    assert api.get("/v1/promotion_codes?code=TEA").body["data"] == []


def test_a_discount_keeps_the_terms_of_a_deleted_coupon() -> None:
    api = Api()
    saved = coupon(api)
    customer = payer(api)
    invoice = api.posted("invoices", customer=customer, discounts=[{"coupon": saved}])["id"]
    assert api.delete(f"/v1/coupons/{saved}").body["deleted"] is True
    api.posted("invoiceitems", customer=customer, invoice=invoice, amount="1000", currency="usd")
    found = api.get(f"/v1/invoices/{invoice}").body
    assert (found["subtotal"], found["total"]) == (1000, 750)


def test_the_event_of_a_deleted_coupon_shows_it_as_not_valid() -> None:
    api = Api()
    saved = coupon(api)
    api.delete(f"/v1/coupons/{saved}")
    event = api.get("/v1/events?type=coupon.deleted").body["data"][0]["data"]["object"]
    assert (event["id"], event["valid"], event["percent_off"]) == (saved, False, 25.0)
    assert api.get(f"/v1/coupons/{saved}").error["param"] == "coupon"


def test_a_coupon_of_some_products_is_for_products_that_exist() -> None:
    api = Api()
    refused = api.post("/v1/coupons", {"percent_off": "5", "applies_to": {"products": ["prod_none"]}})
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        400,
        "No such product: 'prod_none'",
        "applies_to[products][0]",
    )
    product = api.posted("products", name="Tea")["id"]
    saved = coupon(api, applies_to={"products": [product]})
    assert "applies_to" not in api.get(f"/v1/coupons/{saved}").body
    found = api.get(f"/v1/coupons/{saved}?expand[]=applies_to").body
    assert found["applies_to"] == {"products": [product]}


def test_versions_before_clover_name_the_coupon_of_a_promotion_code_alone() -> None:
    api = Api()
    saved = coupon(api)
    old = api.post("/v1/promotion_codes", {"coupon": saved}, stripe_version="2025-08-27.basil").body
    assert (old["coupon"]["id"], "promotion" in old) == (saved, False)
    assert api.get(f"/v1/promotion_codes/{old['id']}").body["promotion"] == {"coupon": saved, "type": "coupon"}
    refused = api.post("/v1/promotion_codes", {"coupon": saved})
    assert (refused.status, refused.error["code"]) == (400, "parameter_unknown")


def test_a_minimum_amount_has_a_currency() -> None:
    api = Api()
    saved = coupon(api)
    refused = api.post(
        "/v1/promotion_codes",
        {"promotion": {"type": "coupon", "coupon": saved}, "restrictions": {"minimum_amount": "500"}},
    )
    assert (refused.status, refused.error["param"]) == (400, "restrictions[minimum_amount_currency]")


def discount(api: Api, path: str) -> Any:
    return api.get(f"/v1/{path}?expand[]=discounts").body["discounts"][0]


def test_the_discount_of_one_invoice_names_it_and_has_no_event_and_no_end() -> None:
    api = Api()
    saved = coupon(api, duration="repeating", duration_in_months="3")
    customer = payer(api)
    invoice = api.posted("invoices", customer=customer, discounts=[{"coupon": saved}])["id"]
    found = discount(api, f"invoices/{invoice}")
    assert (found["customer"], found["invoice"], found["end"]) == (customer, invoice, None)
    item = api.posted("invoiceitems", customer=customer, amount="1000", currency="usd", discounts=[{"coupon": saved}])[
        "id"
    ]
    found = discount(api, f"invoiceitems/{item}")
    assert (found["customer"], found["invoice_item"], found["end"]) == (customer, item, None)
    assert api.get("/v1/events?type=customer.discount.created").body["data"] == []
    assert api.get(f"/v1/coupons/{saved}").body["times_redeemed"] == 2


def test_a_promotion_code_of_a_customer_is_redeemed_by_a_later_discount_of_the_invoice() -> None:
    api = Api()
    customer = payer(api)
    code = promotion(api, coupon(api), customer=customer)["id"]
    invoice = api.posted("invoices", customer=customer)["id"]
    changed = api.posted(f"invoices/{invoice}", discounts=[{"promotion_code": code}])
    assert len(changed["discounts"]) == 1
    other = api.posted("invoices", customer=payer(api))["id"]
    assert api.post(f"/v1/invoices/{other}", {"discounts": [{"promotion_code": code}]}).status == 400


def test_the_coupon_of_a_quote_is_redeemed_when_it_is_accepted() -> None:
    api = Api()
    saved = coupon(api)
    line = {"price": price(api)["id"], "quantity": "1"}
    quote = api.posted("quotes", customer=payer(api), line_items=[line], discounts=[{"coupon": saved}])["id"]
    assert api.get(f"/v1/coupons/{saved}").body["times_redeemed"] == 0
    api.posted(f"quotes/{quote}/finalize")
    api.posted(f"quotes/{quote}/accept")
    assert api.get(f"/v1/coupons/{saved}").body["times_redeemed"] == 1
    assert len(api.get("/v1/events?type=customer.discount.created").body["data"]) == 1


def test_a_promotion_code_allows_no_more_than_its_coupon() -> None:
    api = Api()
    now = api.posted("customers")["created"]
    saved = coupon(api, max_redemptions="5", redeem_by=str(now + 60))
    for name, value in (("max_redemptions", 6), ("expires_at", now + 61)):
        sent = {"promotion": {"type": "coupon", "coupon": saved}, name: str(value)}
        refused = api.post("/v1/promotion_codes", sent)
        assert (refused.status, refused.error["param"]) == (400, name)
        assert api.post("/v1/promotion_codes", {**sent, name: str(value - 1)}).status == 200
