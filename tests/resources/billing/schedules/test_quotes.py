"""Quotes: totals, states, expiry, revisions, and the objects that are made when they are accepted."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api

PAYING = {
    "email": "jenny@example.com",
    "payment_method": "pm_card_visa",
    "invoice_settings": {"default_payment_method": "pm_card_visa"},
}
DAY = 86_400
START = 1_700_000_000


def price(api: Api, amount: int, **params: Any) -> str:
    data = {"name": "Tea"}
    return str(api.posted("prices", currency="usd", unit_amount=str(amount), product_data=data, **params)["id"])


def monthly(api: Api, amount: int = 500) -> str:
    return price(api, amount, recurring={"interval": "month"})


def opened(api: Api, **params: Any) -> Any:
    """A finalized quote of a customer with a card."""
    params = {"customer": api.posted("customers", **PAYING)["id"], **params}
    return api.posted(f"quotes/{api.posted('quotes', **params)['id']}/finalize")


def kinds(api: Api, prefix: str) -> list[str]:
    found = [event["type"] for event in api.get("/v1/events?limit=100").body["data"]]
    return [kind for kind in found if kind.startswith(prefix)][::-1]


def test_a_quote_adds_up_its_items_and_what_recurs() -> None:
    api = Api()
    tea, cup = monthly(api), price(api, 300)
    customer = api.posted("customers")["id"]
    items = [{"price": tea, "quantity": "2"}, {"price": cup, "quantity": "1"}]
    quote = api.posted("quotes", customer=customer, line_items=items, metadata={"a": "1"})
    none = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
    assert quote == {
        "id": quote["id"],
        "object": "quote",
        "amount_subtotal": 1300,
        "amount_total": 1300,
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "collection_method": "charge_automatically",
        "computed": {
            "recurring": {
                "amount_subtotal": 1000,
                "amount_total": 1000,
                "interval": "month",
                "interval_count": 1,
                "total_details": none,
            },
            "upfront": {"amount_subtotal": 1300, "amount_total": 1300, "total_details": none},
        },
        "created": quote["created"],
        "currency": "usd",
        "customer": customer,
        "customer_account": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "expires_at": quote["created"] + 30 * DAY,
        "footer": None,
        "from_quote": None,
        "header": None,
        "invoice": None,
        "invoice_settings": {"days_until_due": None, "issuer": {"type": "self"}},
        "livemode": False,
        "metadata": {"a": "1"},
        "number": None,
        "on_behalf_of": None,
        "status": "draft",
        "status_transitions": {"accepted_at": None, "canceled_at": None, "finalized_at": None},
        "subscription": None,
        "subscription_data": {
            "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
            "description": None,
            "effective_date": None,
            "metadata": None,
            "trial_period_days": None,
        },
        "subscription_schedule": None,
        "test_clock": None,
        "total_details": none,
        "transfer_data": None,
    }
    for inner in (quote["computed"]["recurring"], quote["subscription_data"]):
        assert list(inner) == sorted(inner)
    listed = api.get(f"/v1/quotes/{quote['id']}/line_items").body
    assert [(one["amount_total"], one["price"]["id"]) for one in listed["data"]] == [(1000, tea), (300, cup)]
    upfront = api.get(f"/v1/quotes/{quote['id']}/computed_upfront_line_items").body
    assert upfront["data"] == listed["data"]
    path = f"/v1/quotes/{quote['id']}?expand[]=line_items&expand[]=computed.upfront.line_items"
    expanded = api.get(path).body
    assert expanded["line_items"] == listed
    assert expanded["computed"]["upfront"]["line_items"] == upfront


def test_what_recurs_counts_coupons_that_never_end_and_a_trial_is_not_paid_upfront() -> None:
    api = Api()
    forever = api.posted("coupons", percent_off="10", duration="forever")["id"]
    once = api.posted("coupons", amount_off="100", currency="usd", duration="once")["id"]
    quote = api.posted(
        "quotes",
        line_items=[{"price": monthly(api, 1000)}, {"price": price(api, 500)}],
        discounts=[{"coupon": forever}, {"coupon": once}],
        subscription_data={"trial_period_days": "14"},
    )
    assert (quote["amount_subtotal"], quote["amount_total"]) == (1500, 1250)
    assert quote["computed"]["recurring"]["amount_total"] == 900
    assert quote["computed"]["upfront"]["amount_subtotal"] == 500
    assert len(quote["discounts"]) == 2


def test_a_draft_changes_and_of_an_open_quote_only_its_expiry() -> None:
    api = Api()
    quote = opened(api, line_items=[{"price": price(api, 500)}])
    refused = api.post(f"/v1/quotes/{quote['id']}", {"description": "y"})
    assert (refused.status, refused.error) == (
        400,
        {"message": "You may only update a quote that is in draft.", "type": "invalid_request_error"},
    )
    later = api.posted(f"quotes/{quote['id']}", expires_at=str(quote["created"] + DAY))
    assert later["expires_at"] == quote["created"] + DAY
    draft = api.posted("quotes", line_items=[{"price": price(api, 500)}])["id"]
    assert api.posted(f"quotes/{draft}", line_items=[{"price": price(api, 700)}])["amount_total"] == 700
    half = api.posted("coupons", percent_off="50", duration="once")["id"]
    assert api.posted(f"quotes/{draft}", discounts=[{"coupon": half}])["amount_total"] == 350
    assert api.posted(f"quotes/{draft}", description="x")["amount_total"] == 350


def test_a_quote_is_numbered_by_its_customer_when_it_is_finalized() -> None:
    api = Api()
    customer = api.posted("customers", invoice_prefix="TEA1")["id"]
    first = opened(api, customer=customer, line_items=[{"price": price(api, 500)}])
    second = opened(api, customer=customer, line_items=[{"price": price(api, 500)}])
    assert [first["number"], second["number"]] == ["QT-TEA1-0001-1", "QT-TEA1-0002-1"]
    assert first["status_transitions"]["finalized_at"] is not None
    revised = api.posted("quotes", from_quote={"quote": second["id"], "is_revision": "true"})
    assert (revised["number"], revised["from_quote"]) == (None, {"is_revision": True, "quote": second["id"]})
    assert api.posted(f"quotes/{revised['id']}/finalize")["number"] == "QT-TEA1-0002-2"
    assert api.get(f"/v1/quotes/{second['id']}").body["status"] == "canceled"
    assert "customer.updated" not in kinds(api, "customer")


def test_a_copy_has_what_is_offered_and_a_life_of_its_own() -> None:
    api = Api()
    first = opened(api, line_items=[{"price": price(api, 500)}], description="Tea", metadata={"a": "1"})
    copy = api.posted("quotes", from_quote={"quote": first["id"]})
    assert (copy["status"], copy["description"], copy["amount_total"]) == ("draft", "Tea", 500)
    assert (copy["number"], copy["metadata"], copy["customer"]) == (None, {}, first["customer"])
    draft = api.posted("quotes")["id"]
    refused = api.post("/v1/quotes", {"from_quote": {"quote": draft, "is_revision": "true"}})
    assert (refused.status, refused.error["param"]) == (400, "from_quote[quote]")


@pytest.mark.parametrize("missing", ["customer", "line_items"])
def test_a_quote_of_nobody_or_of_nothing_is_not_finalized(missing: str) -> None:
    api = Api()
    whole = {"customer": api.posted("customers")["id"], "line_items": [{"price": price(api, 500)}]}
    quote = api.posted("quotes", **{name: value for name, value in whole.items() if name != missing})["id"]
    refused = api.post(f"/v1/quotes/{quote}/finalize")
    assert (refused.status, refused.error["param"]) == (400, missing)
    assert api.get(f"/v1/quotes/{quote}").body["status"] == "draft"


def test_the_customer_of_a_quote_stays() -> None:
    api = Api()
    quote = api.posted("quotes")["id"]
    customer, other = api.posted("customers")["id"], api.posted("customers")["id"]
    assert api.posted(f"quotes/{quote}", customer=customer)["customer"] == customer
    refused = api.post(f"/v1/quotes/{quote}", {"customer": other})
    assert (refused.status, refused.error["param"]) == (400, "customer")


def test_an_accepted_quote_of_recurring_items_is_a_subscription() -> None:
    api = Api()
    half = api.posted("coupons", percent_off="50", duration="forever")["id"]
    quote = opened(
        api,
        line_items=[{"price": monthly(api), "quantity": "2"}, {"price": price(api, 300)}],
        discounts=[{"coupon": half}],
        subscription_data={"description": "Tea, monthly", "metadata": {"b": "2"}},
    )
    assert (api.get(f"/v1/coupons/{half}").body["times_redeemed"], kinds(api, "customer.discount")) == (0, [])
    accepted = api.posted(f"quotes/{quote['id']}/accept")
    assert api.get(f"/v1/coupons/{half}").body["times_redeemed"] == 1
    subscription = api.get(f"/v1/subscriptions/{accepted['subscription']}?expand[]=discounts").body
    assert accepted["status"] == "accepted"
    assert (subscription["customer"], subscription["quantity"]) == (quote["customer"], 2)
    assert (subscription["status"], subscription["description"]) == ("active", "Tea, monthly")
    assert subscription["metadata"] == {"b": "2"}
    assert subscription["discounts"][0]["source"]["coupon"] == half
    assert kinds(api, "quote") == ["quote.created", "quote.finalized", "quote.accepted"]
    again = api.post(f"/v1/quotes/{quote['id']}/accept")
    assert again.error["message"] == "You cannot accept this quote because it has a status of accepted."


def test_an_accepted_quote_of_a_later_date_is_a_schedule() -> None:
    api = Api()
    begins = api.posted("customers")["created"] + 10 * DAY
    quote = opened(api, line_items=[{"price": monthly(api)}], subscription_data={"effective_date": str(begins)})
    accepted = api.posted(f"quotes/{quote['id']}/accept")
    schedule = api.get(f"/v1/subscription_schedules/{accepted['subscription_schedule']}").body
    assert (accepted["subscription"], schedule["status"]) == (None, "not_started")
    assert (schedule["phases"][0]["start_date"], schedule["customer"]) == (begins, quote["customer"])


def test_an_accepted_quote_of_one_time_items_is_a_draft_invoice() -> None:
    api = Api()
    half = api.posted("coupons", percent_off="50", duration="once")["id"]
    quote = opened(
        api,
        line_items=[{"price": price(api, 500), "quantity": "3"}],
        discounts=[{"coupon": half}],
        collection_method="send_invoice",
        invoice_settings={"days_until_due": "30"},
    )
    accepted = api.posted(f"quotes/{quote['id']}/accept")
    invoice = api.get(f"/v1/invoices/{accepted['invoice']}").body
    assert (invoice["status"], invoice["billing_reason"], invoice["auto_advance"]) == ("draft", "quote_accept", False)
    assert (invoice["subtotal"], invoice["total"], invoice["customer"]) == (1500, 750, quote["customer"])
    assert (invoice["collection_method"], invoice["due_date"]) == ("send_invoice", invoice["created"] + 30 * DAY)
    assert invoice["parent"] == {
        "quote_details": {"quote": quote["id"]},
        "subscription_details": None,
        "type": "quote_details",
    }


def test_a_quote_that_nobody_can_pay_stays_open() -> None:
    api = Api()
    quote = opened(api, customer=api.posted("customers")["id"], line_items=[{"price": monthly(api)}])
    refused = api.post(f"/v1/quotes/{quote['id']}/accept")
    assert (refused.status, refused.error["code"]) == (400, "resource_missing")
    assert api.get(f"/v1/quotes/{quote['id']}").body == quote
    assert api.get("/v1/subscriptions").body["data"] == []


@pytest.mark.asyncio
async def test_a_quote_that_expires_is_canceled() -> None:
    api = Api()
    soon = api.posted("customers")["created"] + DAY
    quote = api.posted("quotes", expires_at=str(soon))
    await api.control("POST", "/clock", {"advance": DAY})
    expired = api.get(f"/v1/quotes/{quote['id']}").body
    assert (expired["status"], expired["status_transitions"]["canceled_at"]) == ("canceled", quote["expires_at"])
    assert kinds(api, "quote") == ["quote.created", "quote.canceled"]
    refused = api.post(f"/v1/quotes/{quote['id']}/cancel")
    assert refused.error["message"] == "You cannot cancel this quote because it has a status of canceled."


def test_a_quote_on_a_test_clock_expires_by_that_clock() -> None:
    api = Api()
    clock = api.posted("test_helpers/test_clocks", frozen_time=str(START))["id"]
    quote = api.posted("quotes", test_clock=clock)
    assert (quote["created"], quote["expires_at"], quote["test_clock"]) == (START, START + 30 * DAY, clock)
    customer = api.posted("customers", test_clock=clock)["id"]
    other = api.posted("quotes", customer=customer, expires_at=str(START + 5))
    assert (other["test_clock"], api.get("/v1/quotes").body["data"]) == (clock, [])
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(START + 5))
    listed = api.get(f"/v1/quotes?test_clock={clock}").body["data"]
    assert [(each["id"], each["status"]) for each in listed] == [(other["id"], "canceled"), (quote["id"], "draft")]
    assert listed[0]["status_transitions"]["canceled_at"] == START + 5


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"expires_at": "1000"}, "expires_at"),
        ({"application_fee_percent": "5"}, "application_fee_percent"),
        ({"invoice_settings": {"days_until_due": "5"}}, None),
        ({"subscription_data": {"effective_date": "1000"}}, "subscription_data[effective_date]"),
        ({"from_quote": {"quote": "qt_1"}}, "from_quote[quote]"),
        ({"customer": "cus_1"}, "customer"),
        ({"test_clock": "clock_1"}, "test_clock"),
        ({"line_items": [{"price": "price_1"}]}, "line_items[0][price]"),
    ],
)
def test_times_that_are_over_and_objects_that_are_not_there_are_refused(sent: Any, param: str) -> None:
    api = Api()
    refused = api.post("/v1/quotes", sent)
    assert (refused.status, refused.error.get("param")) == (400, param)
    assert api.get("/v1/quotes").body["data"] == []


def test_a_fee_by_amount_is_for_quotes_that_do_not_recur() -> None:
    api = Api()
    refused = api.post("/v1/quotes", {"application_fee_amount": "5", "line_items": [{"price": monthly(api)}]})
    assert (refused.status, refused.error["param"]) == (400, "application_fee_amount")
