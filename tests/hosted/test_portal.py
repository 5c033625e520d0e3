"""The pages of the billing portal: changes of a visitor, refusals of the configuration, and the ends of flows."""

from __future__ import annotations

from typing import Any

import pytest

from ..api import Api
from ..resources.billing.checkout.shop import advance, confirm, events, found, price, session
from .test_checkout import head, problem, visit

pytestmark = pytest.mark.anyio
CARD = {"cardNumber": "4242 4242 4242 4242", "cardExpiry": "12 / 34", "cardCvc": "123"}
EVERYTHING: dict[str, Any] = {
    "customer_update": {"enabled": "true", "allowed_updates": ["email", "address"]},
    "invoice_history": {"enabled": "true"},
    "payment_method_update": {"enabled": "true"},
    "subscription_cancel": {
        "enabled": "true",
        "cancellation_reason": {"enabled": "true", "options": ["too_expensive", "other"]},
    },
}


class Portal:
    """A customer with a subscription, at the portal."""

    def __init__(self, **features: Any) -> None:
        self.api = Api()
        self.product = self.api.posted("products", name="Tea <i>club</i>")["id"]
        monthly = {"recurring": {"interval": "month"}}
        first = self.api.posted("prices", currency="usd", unit_amount="1500", product=self.product, **monthly)["id"]
        self.other = self.api.posted("prices", currency="usd", unit_amount="2500", product=self.product, **monthly)[
            "id"
        ]
        opened = session(self.api, "subscription", line_items=[{"price": first, "quantity": "1"}])["id"]
        confirm(self.api, opened)
        done = found(self.api, opened)
        self.customer, self.subscription = str(done["customer"]), str(done["subscription"])
        self.features = {**EVERYTHING, **features}
        self.before = len(events(self.api))

    def open(self, **params: Any) -> str:
        """The URL of a new session."""
        configuration = self.api.posted("billing_portal/configurations", features=self.features)["id"]
        sent = {"customer": self.customer, "configuration": configuration, **params}
        url = str(self.api.posted("billing_portal/sessions", **sent)["url"])
        self.before = len(events(self.api))
        return url

    @property
    def found(self) -> Any:
        """The subscription."""
        return self.api.get(f"/v1/subscriptions/{self.subscription}").body

    @property
    def new_events(self) -> list[str]:
        """The types of the events since the session was made."""
        return events(self.api)[self.before :]


async def test_a_visitor_sees_what_there_is() -> None:
    portal = Portal()
    url = portal.open(return_url="https://shop.example/account")
    page = await visit(portal.api, url)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    for text in (
        "Tea &lt;i&gt;club&lt;/i&gt;",
        "$15.00 per month",
        "Paid with Visa •••• 4242",
        "Invoice history",
        "/account",
    ):
        assert text in page.text
    assert "Update plan" not in page.text
    assert "<i>club" not in page.text


async def test_a_visitor_cancels_at_the_end_of_the_period_and_stays_after_all() -> None:
    portal = Portal()
    url = portal.open()
    confirmation = await visit(portal.api, f"{url}/subscriptions/{portal.subscription}/cancel")
    assert "It is too expensive" in confirmation.text
    form = {"subscription": portal.subscription, "reason": "too_expensive", "comment": "Too much"}
    done = await visit(portal.api, url, action="cancel", **form)
    assert (done.status_code, done.headers["location"]) == (303, url)
    ending = portal.found
    assert (ending["cancel_at_period_end"], ending["status"]) == (True, "active")
    assert (ending["cancellation_details"]["feedback"], ending["cancellation_details"]["comment"]) == (
        "too_expensive",
        "Too much",
    )
    assert "Your subscription is canceled, and ends on" in (await visit(portal.api, url)).text
    await visit(portal.api, url, action="keep", subscription=portal.subscription)
    assert portal.found["cancel_at_period_end"] is False
    assert portal.new_events == ["customer.subscription.updated", "customer.subscription.updated"]


async def test_a_visitor_cancels_at_once_where_the_configuration_says_so() -> None:
    portal = Portal(subscription_cancel={"enabled": "true", "mode": "immediately"})
    await visit(portal.api, portal.open(), action="cancel", subscription=portal.subscription)
    assert portal.found["status"] == "canceled"
    assert portal.new_events == ["customer.subscription.deleted"]


async def test_a_visitor_changes_the_plan_to_one_that_is_offered() -> None:
    portal = Portal()
    products = [{"product": portal.product, "prices": [portal.other]}]
    portal.features["subscription_update"] = {
        "enabled": "true",
        "default_allowed_updates": ["price", "quantity"],
        "products": products,
        "proration_behavior": "create_prorations",
    }
    url = portal.open()
    page = await visit(portal.api, f"{url}/subscriptions/{portal.subscription}/update")
    assert "Tea &lt;i&gt;club&lt;/i&gt;, $25.00 per month" in page.text
    form = {"subscription": portal.subscription, "price": portal.other, "quantity": "2"}
    await visit(portal.api, url, action="update", **form)
    [item] = portal.found["items"]["data"]
    assert (item["price"]["id"], item["quantity"]) == (portal.other, 2)
    elsewhere = price(portal.api, recurring={"interval": "month"})
    refused = await visit(portal.api, url, action="update", **{**form, "price": elsewhere})
    assert (refused.status_code, problem(refused)) == (400, f"No such price: &#x27;{elsewhere}&#x27;")


async def test_a_new_card_becomes_the_default() -> None:
    portal = Portal()
    url = portal.open()
    declined = await visit(portal.api, url, action="add_method", **{**CARD, "cardNumber": "4000000000000002"})
    assert (declined.status_code, problem(declined)) == (402, "Your card was declined.")
    bank = (await visit(portal.api, url, action="add_method", **{**CARD, "cardNumber": "4000002500003155"})).headers[
        "location"
    ]
    assert "/3d_secure_2/hosted?" in bank
    await visit(portal.api, bank, action="complete")
    customer = portal.api.get(f"/v1/customers/{portal.customer}").body
    first, second = portal.api.get(f"/v1/payment_methods?customer={portal.customer}").body["data"]
    assert customer["invoice_settings"]["default_payment_method"] == first["id"]
    assert portal.found["default_payment_method"] == first["id"]
    await visit(portal.api, url, action="default", method=second["id"])
    await visit(portal.api, url, action="remove", method=first["id"])
    methods = portal.api.get(f"/v1/payment_methods?customer={portal.customer}").body["data"]
    assert [each["id"] for each in methods] == [second["id"]]
    assert portal.new_events == [
        "setup_intent.created",
        "setup_intent.setup_failed",
        "setup_intent.created",
        "setup_intent.requires_action",
        "payment_method.attached",
        "setup_intent.succeeded",
        "customer.updated",
        "customer.subscription.updated",
        "customer.updated",
        "customer.subscription.updated",
        "payment_method.detached",
    ]


async def test_a_visitor_changes_details_as_far_as_allowed() -> None:
    portal = Portal()
    address = {"billingLine1": "1 Main St", "billingCity": "Berlin", "billingCountry": "DE", "billingPostalCode": "1"}
    await visit(portal.api, portal.open(), action="edit", name="Ada", email="new@example.com", phone="1", **address)
    customer = portal.api.get(f"/v1/customers/{portal.customer}").body
    assert (customer["name"], customer["email"], customer["phone"], customer["address"]["city"]) == (
        "Ada",
        "new@example.com",
        None,
        "Berlin",
    )


@pytest.mark.parametrize(
    ("feature", "form"),
    [
        ("subscription_cancel", {"action": "cancel"}),
        ("subscription_update", {"action": "update", "price": "price_1"}),
        ("payment_method_update", {"action": "remove", "method": "pm_1"}),
        ("customer_update", {"action": "edit", "email": "new@example.com"}),
    ],
)
async def test_what_the_configuration_lacks_is_refused(feature: str, form: dict[str, str]) -> None:
    portal = Portal()
    portal.features = {"invoice_history": {"enabled": "true"}}
    page = await visit(portal.api, portal.open(), subscription=portal.subscription, **form)
    assert (page.status_code, problem(page)) == (400, f"The feature {feature} of this portal is disabled.")
    assert portal.new_events == []


async def test_what_belongs_to_another_customer_is_refused() -> None:
    portal = Portal()
    other = session(portal.api, "subscription")["id"]
    confirm(portal.api, other)
    done = found(portal.api, other)
    [method] = portal.api.get(f"/v1/payment_methods?customer={done['customer']}").body["data"]
    url = portal.open()
    for form in (
        {"action": "cancel", "subscription": done["subscription"]},
        {"action": "remove", "method": method["id"]},
    ):
        assert (await visit(portal.api, url, **form)).status_code == 400
    assert portal.api.get(f"/v1/subscriptions/{done['subscription']}").body["cancel_at_period_end"] is False


async def test_a_flow_begins_at_its_page_and_ends_where_it_says() -> None:
    portal = Portal()
    after = {"type": "redirect", "redirect": {"return_url": "https://shop.example/bye"}}
    about = {"subscription": portal.subscription}
    flow = {"type": "subscription_cancel", "subscription_cancel": about, "after_completion": after}
    url = portal.open(flow_data=flow)
    assert "<title>Cancel subscription</title>" in (await visit(portal.api, url)).text
    done = await visit(portal.api, url, action="cancel", subscription=portal.subscription)
    assert done.headers["location"] == "https://shop.example/bye"
    url = portal.open(flow_data={"type": "payment_method_update"})
    assert "<title>Add payment method</title>" in (await visit(portal.api, url)).text


async def test_a_session_lasts_for_an_hour_after_a_visit_and_for_five_minutes_before_one() -> None:
    portal = Portal()
    unused, used = portal.open(), portal.open()
    assert (await visit(portal.api, used)).status_code == 200
    assert await head(portal.api, unused) == 200
    advance(portal.api, 301)
    assert (await visit(portal.api, unused)).status_code == 410
    assert (await visit(portal.api, used)).status_code == 200
    advance(portal.api, 3_600)
    assert (await visit(portal.api, used, action="cancel", subscription=portal.subscription)).status_code == 410
    assert (await visit(portal.api, "/p/session/test_none")).status_code == 404


async def test_a_customer_with_many_subscriptions_sees_the_newest_and_cancels_any() -> None:
    portal = Portal()
    card = portal.api.get(f"/v1/customers/{portal.customer}/payment_methods").body["data"][0]["id"]
    for _ in range(14):
        pays = {"default_payment_method": card}
        portal.api.posted("subscriptions", customer=portal.customer, items=[{"price": portal.other}], **pays)
    for _ in range(13):
        added = portal.api.posted("payment_methods", type="card", card={"token": "tok_visa"})["id"]
        portal.api.posted(f"payment_methods/{added}/attach", customer=portal.customer)
    url = portal.open()
    page = (await visit(portal.api, url)).text
    assert page.count("Current subscription") == 12
    assert page.count("$25.00 per month") == 12
    assert page.count("Paid with Visa •••• 4242") == 12
    assert "$15.00 per month" not in page
    oldest = (await visit(portal.api, f"{url}/subscriptions/{portal.subscription}/cancel")).text
    assert "$15.00 per month" in oldest
    assert "Cancel subscription" in oldest
    unknown = (await visit(portal.api, f"{url}/subscriptions/sub_none/cancel")).text
    assert unknown.count("Current subscription") == 12
