"""Quotes: totals, states, and the objects that are made when they are accepted."""

from __future__ import annotations

from typing import Any

from ....api import Api

PAYING = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}


def made(api: Api, path: str, **params: Any) -> Any:
    response = api.post(f"/v1/{path}", params)
    assert response.status == 200, response.body
    return response.body


def price(api: Api, amount: int, **params: Any) -> str:
    data = {"name": "Tea"}
    return str(made(api, "prices", currency="usd", unit_amount=str(amount), product_data=data, **params)["id"])


def test_a_quote_adds_up_its_items_and_what_recurs() -> None:
    api = Api()
    monthly = price(api, 500, recurring={"interval": "month"})
    items = [{"price": monthly, "quantity": "2"}, {"price": price(api, 300), "quantity": "1"}]
    quote = made(api, "quotes", customer=made(api, "customers")["id"], line_items=items)
    assert (quote["status"], quote["number"], quote["amount_total"], quote["currency"]) == ("draft", None, 1300, "usd")
    assert quote["expires_at"] - quote["created"] == 30 * 86_400
    assert quote["computed"]["recurring"] == {
        "amount_subtotal": 1000,
        "amount_total": 1000,
        "interval": "month",
        "interval_count": 1,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }
    assert (quote["computed"]["upfront"]["amount_total"], "line_items" in quote) == (1300, False)
    listed = api.get(f"/v1/quotes/{quote['id']}/line_items").body
    assert [one["amount_total"] for one in listed["data"]] == [1000, 300]
    upfront = api.get(f"/v1/quotes/{quote['id']}/computed_upfront_line_items").body
    assert upfront["data"] == listed["data"]
    assert api.get(f"/v1/quotes/{quote['id']}?expand[]=line_items").body["line_items"] == listed


def test_a_draft_alone_changes() -> None:
    api = Api()
    quote = made(api, "quotes", line_items=[{"price": price(api, 500)}])["id"]
    assert made(api, f"quotes/{quote}", line_items=[{"price": price(api, 700)}])["amount_total"] == 700
    assert made(api, f"quotes/{quote}", description="x")["amount_total"] == 700
    opened = made(api, f"quotes/{quote}/finalize")
    assert (opened["status"], opened["number"][:3]) == ("open", "QT-")
    refused = api.post(f"/v1/quotes/{quote}", {"description": "y"})
    assert (refused.status, refused.error["message"]) == (400, "You may only update a quote that is in draft.")


def test_an_accepted_quote_of_recurring_items_is_a_subscription() -> None:
    api = Api()
    monthly = price(api, 500, recurring={"interval": "month"})
    customer = made(api, "customers", **PAYING)["id"]
    quote = made(api, "quotes", customer=customer, line_items=[{"price": monthly, "quantity": "2"}])["id"]
    assert api.post(f"/v1/quotes/{quote}/accept").status == 400
    made(api, f"quotes/{quote}/finalize")
    accepted = made(api, f"quotes/{quote}/accept")
    subscription = api.get(f"/v1/subscriptions/{accepted['subscription']}").body
    assert (accepted["status"], subscription["customer"], subscription["quantity"]) == ("accepted", customer, 2)
    kinds = [
        event["type"] for event in api.get("/v1/events?limit=50").body["data"] if event["type"].startswith("quote")
    ]
    assert kinds[::-1] == ["quote.created", "quote.finalized", "quote.accepted"]


def test_a_quote_is_copied_from_another_one() -> None:
    api = Api()
    first = made(api, "quotes", line_items=[{"price": price(api, 500)}], description="Tea")
    made(api, f"quotes/{first['id']}/finalize")
    copy = made(api, "quotes", from_quote={"quote": first["id"]})
    assert (copy["status"], copy["description"], copy["amount_total"]) == ("draft", "Tea", 500)
    assert copy["number"] is None
