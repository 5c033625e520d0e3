"""Credit grants: their balance, the usage that they pay for, and their end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ....api import Api

JANUARY = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
FEBRUARY = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp())
HOUR, DAY = 3_600, 86_400
METERED = {"scope": {"price_type": "metered"}}


def grant(api: Api, customer: str, value: int, **more: Any) -> Any:
    amount = {"type": "monetary", "monetary": {"currency": "usd", "value": str(value)}}
    params = {"customer": customer, "amount": amount, "applicability_config": METERED, **more}
    return api.posted("billing/credit_grants", **params)


def left(api: Api, customer: str, **more: str) -> list[int]:
    query = f"customer={customer}&filter[type]={more.pop('type', 'applicability_scope')}"
    query += "".join(f"&filter[{name}]={value}" for name, value in more.items())
    answer = api.get(f"/v1/billing/credit_balance_summary?{query}")
    assert answer.status == 200, answer.body
    return [each["available_balance"]["monetary"]["value"] for each in answer.body["balances"]]


def moved(api: Api, customer: str) -> list[tuple[str, int]]:
    """The kinds and amounts of the transactions of a customer, the oldest first."""
    found = api.get(f"/v1/billing/credit_balance_transactions?customer={customer}").body["data"]
    sides = [each[each["type"]] for each in reversed(found)]
    return [(each["type"], each["amount"]["monetary"]["value"]) for each in sides]


class Usage:
    """A customer on a test clock who is billed 10 for each call since 1 January 2026."""

    def __init__(self, api: Api, **price: Any) -> None:
        self.api = api
        self.clock = api.posted("test_helpers/test_clocks", frozen_time=str(JANUARY))["id"]
        settings = {"default_payment_method": "pm_card_visa"}
        more = {"payment_method": "pm_card_visa", "invoice_settings": settings}
        self.customer = api.posted("customers", test_clock=self.clock, email="jenny@example.com", **more)["id"]
        aggregation = {"formula": "sum"}
        meter = api.posted("billing/meters", display_name="C", event_name="calls", default_aggregation=aggregation)[
            "id"
        ]
        recurring = {"interval": "month", "usage_type": "metered", "meter": meter}
        data = {"currency": "usd", "unit_amount": "10", "recurring": recurring, "product_data": {"name": "Calls"}}
        self.price = api.posted("prices", **data)["id"]
        items = [{"price": self.price, **price}]
        self.subscription = api.posted("subscriptions", customer=self.customer, items=items)["id"]

    def use(self, value: int) -> None:
        payload = {"stripe_customer_id": self.customer, "value": str(value)}
        self.api.posted("billing/meter_events", event_name="calls", payload=payload)

    def advance(self, to: int) -> None:
        self.api.posted(f"test_helpers/test_clocks/{self.clock}/advance", frozen_time=str(to))

    def invoice(self) -> Any:
        return self.api.get(f"/v1/invoices?subscription={self.subscription}").body["data"][0]


def test_a_grant_has_a_transaction_and_a_balance() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    one = grant(api, customer, 500, name="Start")
    assert one == {
        "id": one["id"],
        "object": "billing.credit_grant",
        "amount": {"monetary": {"currency": "usd", "value": 500}, "type": "monetary"},
        "applicability_config": {"scope": {"price_type": "metered"}},
        "category": "paid",
        "created": one["created"],
        "customer": customer,
        "customer_account": None,
        "effective_at": one["created"],
        "expires_at": None,
        "livemode": False,
        "metadata": {},
        "name": "Start",
        "priority": 50,
        "test_clock": None,
        "updated": one["created"],
        "voided_at": None,
    }
    [transaction] = api.get(f"/v1/billing/credit_balance_transactions?credit_grant={one['id']}").body["data"]
    assert transaction == {
        "id": transaction["id"],
        "object": "billing.credit_balance_transaction",
        "created": one["created"],
        "credit": {
            "amount": {"monetary": {"currency": "usd", "value": 500}, "type": "monetary"},
            "credits_application_invoice_voided": None,
            "type": "credits_granted",
        },
        "credit_grant": one["id"],
        "debit": None,
        "effective_at": one["created"],
        "livemode": False,
        "test_clock": None,
        "type": "credit",
    }
    assert left(api, customer) == [500]


def test_usage_is_paid_by_grants_in_their_order_and_the_rest_by_the_customer() -> None:
    api = Api()
    usage = Usage(api)
    last = grant(api, usage.customer, 300, priority="60")
    paid = grant(api, usage.customer, 400)
    promotional = grant(api, usage.customer, 200, category="promotional")
    usage.use(75)
    usage.advance(FEBRUARY + HOUR + 1)
    invoice = usage.invoice()
    assert (invoice["subtotal"], invoice["total"], invoice["amount_paid"], invoice["status"]) == (750, 0, 0, "paid")
    [line] = invoice["lines"]["data"]
    assert [(each["type"], each["amount"]) for each in line["pretax_credit_amounts"]] == [
        ("credit_balance_transaction", 200),
        ("credit_balance_transaction", 400),
        ("credit_balance_transaction", 150),
    ]
    assert line["pretax_credit_amounts"] == invoice["total_pretax_credit_amounts"]
    assert (line["discount_amounts"], line["amount"]) == ([], 750)
    balances = [
        left(api, usage.customer, type="credit_grant", credit_grant=one["id"]) for one in (last, paid, promotional)
    ]
    assert balances == [[150], [], []]
    usage.use(100)
    usage.advance(FEBRUARY + 28 * DAY + HOUR + 1)
    second = usage.invoice()
    assert (second["total"], second["amount_paid"], left(api, usage.customer)) == (850, 850, [])


def test_a_grant_for_some_prices_pays_for_these_alone() -> None:
    api = Api()
    usage = Usage(api)
    of = {"currency": "usd", "unit_amount": "1", "recurring": {"interval": "month"}, "product_data": {"name": "Other"}}
    other = api.posted("prices", **of)["id"]
    grant(api, usage.customer, 100, applicability_config={"scope": {"prices": [{"id": other}]}})
    usage.use(10)
    usage.advance(FEBRUARY + HOUR + 1)
    assert (usage.invoice()["total"], left(api, usage.customer)) == (100, [100])


def test_grants_that_begin_later_or_have_ended_pay_for_nothing() -> None:
    api = Api()
    usage = Usage(api)
    grant(api, usage.customer, 100, effective_at=str(FEBRUARY + 5 * DAY))
    grant(api, usage.customer, 100, expires_at=str(FEBRUARY))
    grant(api, usage.customer, 100, amount={"type": "monetary", "monetary": {"currency": "eur", "value": "7"}})
    usage.use(10)
    usage.advance(FEBRUARY + HOUR + 1)
    assert usage.invoice()["total"] == 100
    assert moved(api, usage.customer)[3:] == [("credits_expired", 100)]
    assert left(api, usage.customer) == [7]
    usage.advance(FEBRUARY + 5 * DAY)
    assert sorted(left(api, usage.customer)) == [7, 100]


def test_a_grant_expires_or_is_void_by_request_once() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    first, second = grant(api, customer, 500)["id"], grant(api, customer, 300)["id"]
    expired = api.posted(f"billing/credit_grants/{first}/expire")
    assert expired["expires_at"] == expired["updated"]
    void = api.posted(f"billing/credit_grants/{second}/void")
    assert (void["voided_at"], left(api, customer)) == (void["updated"], [])
    assert moved(api, customer) == [
        ("credits_granted", 500),
        ("credits_granted", 300),
        ("credits_expired", 500),
        ("credits_voided", 300),
    ]
    for one in (first, second):
        for verb in ("expire", "void"):
            assert api.post(f"/v1/billing/credit_grants/{one}/{verb}").status == 400


def test_a_void_invoice_gives_its_credit_back_and_an_applied_grant_stays() -> None:
    api = Api()
    usage = Usage(api)
    one = grant(api, usage.customer, 60)["id"]
    usage.use(30)
    api.posted(f"subscriptions/{usage.subscription}", collection_method="send_invoice", days_until_due="7")
    usage.advance(FEBRUARY + HOUR + 1)
    invoice = usage.invoice()
    assert (invoice["status"], invoice["total"], left(api, usage.customer)) == ("open", 240, [])
    refused = api.post(f"/v1/billing/credit_grants/{one}/void")
    assert (refused.status, refused.error["message"]) == (
        400,
        f"The credit grant {one} cannot be voided because it has been applied to an invoice.",
    )
    api.posted(f"invoices/{invoice['id']}/void")
    assert left(api, usage.customer) == [60]
    assert moved(api, usage.customer)[-1] == ("credits_application_invoice_voided", 60)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"customer": ""}, "customer"),
        ({"amount": {"type": "monetary"}}, "amount[monetary]"),
        (
            {"amount": {"type": "monetary", "monetary": {"currency": "usd", "value": "0"}}},
            "amount[monetary][value]",
        ),
        ({"expires_at": "1000"}, "expires_at"),
        ({"priority": "101"}, "priority"),
        (
            {"applicability_config": {"scope": {"prices": [{"id": "price_none"}]}}},
            "applicability_config[scope][prices][0][id]",
        ),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(params: dict[str, Any], param: str) -> None:
    api = Api()
    amount = {"type": "monetary", "monetary": {"currency": "usd", "value": "500"}}
    customer = api.posted("customers")["id"]
    whole = {"customer": customer, "amount": amount, "applicability_config": METERED, **params}
    refused = api.post("/v1/billing/credit_grants", {name: value for name, value in whole.items() if value})
    assert (refused.status, refused.error["param"]) == (400, param)
    assert api.get("/v1/billing/credit_grants").body["data"] == []
