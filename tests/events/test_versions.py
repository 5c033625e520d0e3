"""Events and deliveries have the API version that they name: of the platform, or of the endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.resources.core.events import delivered
from emulator.settings import Settings

from ..api import NEWEST, Api
from .test_elapsing import sandbox_of

START = 1_700_000_000  # 2023-11-14 22:13:20
OLD = ("2019-08-14", "2020-08-27", "2022-11-15", "2023-10-16", "2025-01-27.acacia", "2025-06-30.basil")
# Where an object of an event can be retrieved, by its `object`.
PATHS = {
    "charge": "charges",
    "checkout.session": "checkout/sessions",
    "coupon": "coupons",
    "customer": "customers",
    "invoice": "invoices",
    "invoiceitem": "invoiceitems",
    "payment_intent": "payment_intents",
    "payment_method": "payment_methods",
    "plan": "plans",
    "price": "prices",
    "product": "products",
    "promotion_code": "promotion_codes",
    "refund": "refunds",
    "setup_intent": "setup_intents",
    "subscription": "subscriptions",
}


def newest_events(api: Api) -> dict[str, Any]:
    """The newest event about each object."""
    found: dict[str, Any] = {}
    for event in api.get("/v1/events?limit=100").body["data"]:
        found.setdefault(event["data"]["object"].get("id", ""), event)
    return found


def differing(one: Any, other: Any) -> dict[str, Any]:
    names = {*one, *other}
    return {name: one.get(name) for name in names if ids(one.get(name)) != ids(other.get(name))}


def ids(value: Any) -> Any:
    """The ids in a list of objects, which may have changed since; other values are compared whole."""
    is_list = isinstance(value, dict) and value.get("object") == "list"
    return [each["id"] for each in value["data"]] if is_list else value


def check(api: Api, seen: set[str], version: str) -> None:
    """Compare the newest events with the objects as they are now, which may have changed without an event."""
    sandbox = sandbox_of(api.emulator)
    for identifier, shown in newest_events(api).items():
        path, event = PATHS.get(shown["data"]["object"]["object"]), sandbox.events.get(shown["id"])
        if shown["id"] in seen or path is None or event is None or shown["type"] == "invoice.upcoming":
            continue
        seen.add(event.id)
        assert shown["api_version"] == version
        newest: Any = delivered(sandbox, event, NEWEST)
        newest_now = api.get(f"/v1/{path}/{identifier}", stripe_version=NEWEST).body
        changed = differing(newest["data"]["object"], newest_now)
        old = differing(shown["data"]["object"], api.get(f"/v1/{path}/{identifier}").body)
        assert old.keys() <= changed.keys(), (shown["type"], old)


@pytest.mark.asyncio
@pytest.mark.parametrize("version", [*OLD, NEWEST])
async def test_an_event_shows_an_object_as_its_version_does(version: str) -> None:
    api, seen = Api(Settings(api_version=version)), set[str]()
    newest = api.sending(stripe_version=NEWEST)
    await api.control("POST", "/clock", {"freeze": START})
    product = newest.posted("products", name="Gold")["id"]
    recurring = newest.posted(
        "prices", product=product, currency="usd", unit_amount="1000", recurring={"interval": "month"}
    )
    check(api, seen, version)
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = newest.posted("customers", email="jenny@example.com", **card)["id"]
    check(api, seen, version)
    coupon = newest.posted("coupons", percent_off="10", duration="forever")["id"]
    newest.posted("promotion_codes", promotion={"type": "coupon", "coupon": coupon}, code="TENOFF")
    check(api, seen, version)
    once = {"amount": "2000", "currency": "usd", "customer": customer, "payment_method_types": ["card"]}
    intent = newest.posted("payment_intents", **once, payment_method="pm_card_visa", confirm="true")
    check(api, seen, version)
    newest.posted("refunds", payment_intent=intent["id"], amount="500")
    check(api, seen, version)
    items = [{"price": recurring["id"], "quantity": "2"}]
    subscription = newest.posted("subscriptions", customer=customer, items=items, discounts=[{"coupon": coupon}])["id"]
    check(api, seen, version)
    newest.posted("invoiceitems", customer=customer, amount="700", currency="usd", description="Set-up")
    check(api, seen, version)
    for days in (20, 11, 1, 1):
        assert (await api.control("POST", "/clock", {"advance": days * 86_400})).status_code == 200
        check(api, seen, version)
    newest.posted(f"subscriptions/{subscription}", cancel_at_period_end="true")
    check(api, seen, version)
    urls = {"success_url": "https://example.com/done", "mode": "payment"}
    lines = [{"price_data": {"currency": "usd", "unit_amount": "900", "product": product}, "quantity": "1"}]
    session = newest.posted("checkout/sessions", **urls, customer=customer, line_items=lines)["id"]
    done = await api.control("POST", f"/checkout_sessions/{session}/complete", {"card": "4242424242424242"})
    assert done.status_code == 200, done.text
    check(api, seen, version)
    assert len(seen) > 20


@pytest.mark.asyncio
async def test_an_old_endpoint_gets_the_fields_of_its_version_and_their_changes() -> None:
    api = Api()
    newest = api.sending(stripe_version=NEWEST)
    await api.control("POST", "/clock", {"freeze": START})
    endpoint = {"url": "http://127.0.0.1:1/", "enabled_events": ["*"], "api_version": "2022-11-15"}
    newest.posted("webhook_endpoints", **endpoint)
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = newest.posted("customers", **card)["id"]
    price = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}}
    price = newest.posted("prices", product_data={"name": "Gold"}, **price)["id"]
    newest.posted("subscriptions", customer=customer, items=[{"price": price}])
    sandbox = sandbox_of(api.emulator)
    by_type = {event.type: event for event in sandbox.events.newest_first(START)}
    event = by_type["invoice.payment_succeeded"]
    old: Any = delivered(sandbox, event, "2022-11-15")
    new: Any = delivered(sandbox, event, NEWEST)
    invoice = api.get(f"/v1/invoices/{new['data']['object']['id']}", stripe_version="2022-11-15").body
    assert (old["api_version"], new["api_version"]) == ("2022-11-15", NEWEST)
    assert old["data"]["object"] == invoice
    assert {"charge", "paid", "payment_intent", "subscription"} <= invoice.keys()
    assert not {"charge", "paid", "payment_intent", "subscription"} & new["data"]["object"].keys()


def test_an_old_event_shows_other_objects_as_they_were_at_its_moment() -> None:
    api = Api(Settings(api_version="2022-11-15"))
    newest = api.sending(stripe_version=NEWEST)
    card = "pm_card_chargeCustomerFail"
    card_of = {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
    customer = newest.posted("customers", **card_of)["id"]
    recurring = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}}
    price = newest.posted("prices", product_data={"name": "Gold"}, **recurring)["id"]
    newest.posted("subscriptions", customer=customer, items=[{"price": price}])
    data = {event["type"]: event["data"] for event in api.get("/v1/events?type=invoice.*").body["data"]}
    invoice = api.get("/v1/invoices").body["data"][0]
    paying = [(name, data[name]["object"]["payment_intent"], data[name]["object"]["charge"]) for name in sorted(data)]
    intent, charge = invoice["payment_intent"], invoice["charge"]
    assert charge.startswith("ch_")
    assert paying == [
        ("invoice.created", None, None),
        ("invoice.finalized", intent, charge),
        ("invoice.payment_failed", intent, charge),
        ("invoice.updated", intent, charge),
    ]
    assert data["invoice.updated"]["previous_attributes"] == {"attempt_count": 0, "attempted": False}


def test_previous_attributes_are_those_of_the_version() -> None:
    api = Api(Settings(api_version="2022-11-15"))
    newest = api.sending(stripe_version=NEWEST)
    customer = newest.posted("customers", name="Jenny Rosen")["id"]
    code = newest.posted("coupons", percent_off="10", duration="forever")["id"]
    promotion = newest.posted("promotion_codes", promotion={"type": "coupon", "coupon": code})["id"]
    newest.posted(f"promotion_codes/{promotion}", active="false")
    newest.posted(f"customers/{customer}", name="Jane Rosen")
    changed = {event["type"]: event["data"].get("previous_attributes") for event in api.get("/v1/events").body["data"]}
    assert changed["promotion_code.updated"] == {"active": True}
    assert changed["customer.updated"] == {"name": "Jenny Rosen"}
    shown = api.get("/v1/events?type=promotion_code.updated", stripe_version=NEWEST).body["data"][0]
    assert shown["api_version"] == "2022-11-15"
    assert shown["data"]["object"]["coupon"]["id"] == code
    assert "promotion" not in shown["data"]["object"]


def test_an_endpoint_that_is_made_later_gets_its_version_too() -> None:
    api = Api()
    newest = api.sending(stripe_version=NEWEST)
    code = newest.posted("coupons", percent_off="10", duration="forever")["id"]
    promotion = newest.posted("promotion_codes", promotion={"type": "coupon", "coupon": code})["id"]
    newest.posted(f"promotion_codes/{promotion}", active="false")
    sandbox = sandbox_of(api.emulator)
    event = next(iter(sandbox.events.newest_first(sandbox.clock.now())))
    shown: Any = delivered(sandbox, event, "2023-10-16")
    assert shown["data"]["object"] == api.get(f"/v1/promotion_codes/{promotion}", stripe_version="2023-10-16").body
    assert shown["data"]["previous_attributes"] == {"active": True}
