"""Automatic tax: zero without a registration, with a status that says whether the customer's place is known."""

from __future__ import annotations

from typing import Any

import pytest

from ...api import Api

ON = {"automatic_tax": {"enabled": "true"}}
BERLIN = {"country": "DE"}
LOCATION = {
    "code": "customer_tax_location_invalid",
    "doc_url": "https://stripe.com/docs/error-codes/customer-tax-location-invalid",
    "message": (
        "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax."
    ),
    "type": "invalid_request_error",
}
DONE = "https://shop.example/done"


def customer(api: Api, **params: Any) -> str:
    paying = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    return str(api.posted("customers", email="jenny@example.com", **paying, **params)["id"])


def price(api: Api, **more: Any) -> str:
    return str(api.posted("prices", currency="usd", unit_amount="1000", product_data={"name": "Tea"}, **more)["id"])


def monthly(api: Api) -> str:
    return price(api, recurring={"interval": "month"})


def billed(status: str) -> dict[str, Any]:
    return {
        "disabled_reason": None,
        "enabled": True,
        "liability": {"type": "self"},
        "provider": "stripe",
        "status": status,
    }


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (None, "requires_location_inputs"),
        ({"country": "US"}, "requires_location_inputs"),
        ({"country": "US", "state": "CA"}, "requires_location_inputs"),
        ({"country": "US", "postal_code": "94103"}, "complete"),
        ({"country": "CA"}, "requires_location_inputs"),
        ({"country": "CA", "state": "ON"}, "complete"),
        (BERLIN, "complete"),
    ],
)
def test_an_invoice_says_whether_the_place_of_its_customer_is_known(
    address: dict[str, str] | None, status: str
) -> None:
    api = Api()
    payer = customer(api, **({"address": address} if address else {}))
    draft = api.posted("invoices", customer=payer, **ON)
    assert draft["automatic_tax"] == billed(status)
    final = api.post(f"/v1/invoices/{draft['id']}/finalize")
    if status == "complete":
        assert (final.status, final.body["automatic_tax"], final.body["total_taxes"]) == (200, billed(status), [])
    else:
        assert (final.status, final.error) == (400, LOCATION)
        assert api.get(f"/v1/invoices/{draft['id']}").body["status"] == "draft"


def test_an_address_that_is_added_completes_the_tax_of_a_draft() -> None:
    api = Api()
    payer = customer(api)
    draft = api.posted("invoices", customer=payer, **ON)["id"]
    api.posted(f"customers/{payer}", address=BERLIN)
    assert api.posted(f"invoices/{draft}/finalize")["automatic_tax"] == billed("complete")


def test_a_subscription_hands_automatic_tax_to_its_invoices() -> None:
    api = Api()
    items = [{"price": monthly(api)}]
    refused = api.post("/v1/subscriptions", {"customer": customer(api), "items": items, **ON})
    assert (refused.status, refused.error) == (400, LOCATION)
    one = api.posted("subscriptions", customer=customer(api, address=BERLIN), items=items, **ON)
    assert one["automatic_tax"] == {"disabled_reason": None, "enabled": True, "liability": {"type": "self"}}
    invoice = api.get(f"/v1/invoices/{one['latest_invoice']}").body
    assert (invoice["automatic_tax"], invoice["total"], invoice["status"]) == (billed("complete"), 1000, "paid")


def test_a_cycle_of_a_customer_whose_place_is_lost_goes_on_without_tax() -> None:
    api = Api()
    clock = api.posted("test_helpers/test_clocks", frozen_time="1767225600")["id"]
    payer = customer(api, address=BERLIN, test_clock=clock)
    one = api.posted("subscriptions", customer=payer, items=[{"price": monthly(api)}], **ON)["id"]
    api.posted(f"customers/{payer}", address="")
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(1767225600 + 32 * 86_400))
    shown = api.get(f"/v1/subscriptions/{one}?expand[]=latest_invoice").body
    assert shown["automatic_tax"]["disabled_reason"] == "requires_location_inputs"
    invoice = shown["latest_invoice"]
    assert (invoice["status"], invoice["automatic_tax"]["enabled"], invoice["automatic_tax"]["disabled_reason"]) == (
        "paid",
        False,
        "finalization_requires_location_inputs",
    )


def session(api: Api, **params: Any) -> Any:
    lines = [{"price": price(api), "quantity": "1"}]
    return api.post(
        "/v1/checkout/sessions", {"mode": "payment", "success_url": DONE, "line_items": lines, **ON, **params}
    )


def test_a_session_learns_the_place_on_its_page() -> None:
    api = Api()
    shown = {"enabled": True, "liability": {"type": "self"}, "provider": "stripe"}
    one = session(api).body
    assert one["automatic_tax"] == {**shown, "status": "requires_location_inputs"}
    assert session(api, customer=customer(api, address=BERLIN)).body["automatic_tax"] == {**shown, "status": "complete"}
    kept = session(api, customer=customer(api), customer_update={"address": "auto"}).body
    assert (kept["automatic_tax"]["status"], kept["total_details"]["amount_tax"]) == ("requires_location_inputs", 0)


def test_a_session_of_a_customer_without_a_place_is_refused() -> None:
    api = Api()
    refused = session(api, customer=customer(api))
    assert (refused.status, refused.error) == (
        400,
        {
            **LOCATION,
            "message": (
                "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to "
                "the Customer or set `customer_update[address]` to 'auto' to save the billing address entered in Checkout "
                "to the Customer."
            ),
        },
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"shipping_address_collection": {"allowed_countries": ["DE"]}, "customer": "@"},
            (
                "You specified `shipping_address_collection`. To use `automatic_tax` with this parameter, you must also set "
                "`customer_update[shipping]` to `auto`."
            ),
        ),
        (
            {"payment_intent_data": {"shipping": {"name": "Jenny Rosen", "address": {"line1": "Main Street 1"}}}},
            "You cannot enable automatic tax calculation with `payment_intent_data[shipping]` set.",
        ),
        (
            {"mode": "setup", "currency": "usd", "line_items": ""},
            "You cannot set `automatic_tax[enabled]=true` in `setup` mode.",
        ),
    ],
)
def test_sessions_that_cannot_have_automatic_tax_say_why(params: dict[str, Any], message: str) -> None:
    api = Api()
    own = {**params, **({"customer": customer(api, address=BERLIN)} if "customer" in params else {})}
    refused = session(api, **{name: value for name, value in own.items() if value})
    if params.get("mode") == "setup":
        sent = {"mode": "setup", "currency": "usd", "success_url": DONE, **ON}
        refused = api.post("/v1/checkout/sessions", sent)
    assert (refused.status, refused.error["message"]) == (400, message)


def test_links_quotes_and_previews_take_automatic_tax() -> None:
    api = Api()
    link = api.posted("payment_links", line_items=[{"price": price(api), "quantity": "1"}], **ON)
    assert link["automatic_tax"] == {"enabled": True, "liability": {"type": "self"}}
    quote = api.posted("quotes", customer=customer(api), line_items=[{"price": monthly(api)}], **ON)
    assert quote["automatic_tax"] == {
        "enabled": True,
        "liability": {"type": "self"},
        "provider": "stripe",
        "status": "requires_location_inputs",
    }
    details = {"subscription_details": {"items": [{"price": monthly(api)}]}, **ON}
    preview = api.posted("invoices/create_preview", customer_details={"address": BERLIN}, **details)
    assert (preview["automatic_tax"], preview["total"]) == (billed("complete"), 1000)
    refused = api.post("/v1/invoices/create_preview", {"customer": customer(api), **details})
    assert (refused.status, refused.error) == (400, LOCATION)


def registered(api: Api, **params: Any) -> Any:
    country = {"country": "DE", "country_options": {"de": {"type": "oss_union"}}}
    return api.posted("tax/registrations", **{**country, "active_from": "now", **params})


@pytest.mark.parametrize("path", ["invoices", "subscriptions", "checkout/sessions", "payment_links", "quotes"])
def test_an_active_registration_and_only_that_is_refused_by_name(path: str) -> None:
    api = Api()
    payer = {"customer": customer(api, address=BERLIN)}
    lines = {"line_items": [{"price": price(api), "quantity": "1"}]}
    requests: dict[str, dict[str, Any]] = {
        "invoices": payer,
        "subscriptions": {**payer, "items": [{"price": monthly(api)}]},
        "checkout/sessions": {"mode": "payment", "success_url": DONE, **lines},
        "payment_links": lines,
        "quotes": {**payer, **lines},
    }
    sent = requests[path]
    later = str(api.posted("customers")["created"] + 86_400)
    registered(api, active_from=later)
    assert api.post(f"/v1/{path}", {**sent, **ON}).status == 200
    registered(api)
    refused = api.post(f"/v1/{path}", {**sent, **ON})
    assert (refused.status, refused.error["param"]) == (501, "automatic_tax[enabled]")
