"""No form makes a page fail: it is shown again, refused, or leads to where its session says."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.hosted.pages import script

from ..api import Api
from ..resources.billing.checkout.shop import price, session
from .test_checkout import FORM, visit

MARKUP = '"><script>alert(1)</script>'
NAMES = (
    "action", "billingCountry", "billingLine1", "cardCvc", "cardExpiry", "cardNumber", "comment", "custom_size", "email",
    "iban", "method", "paymentMethod", "phone", "price", "promotionCode", "quantity", "reason", "routingNumber",
    "shippingCountry", "shippingLine1", "shippingRate", "subscription", "taxId", "taxIdType", "quantity_li_1",
)  # fmt: skip
VALUES = (
    "", "0", "-1", "99999999999999999999", "1e9", "²", "\x00", "a" * 3000, "pm_x", "card", "sepa_debit", "ideal",
    "13/99", "4000000000000002", "4000002500003155", "DE", "XX", "//evil.example", "\r\nX-A: b", "[]", MARKUP,
)  # fmt: skip
ACTIONS = (
    "add_method", "apply_code", "cancel", "complete", "default", "edit", "keep", "pay", "pay_test", "remove",
    "remove_code", "update",
)  # fmt: skip
ON = {"enabled": "true"}


def pages(api: Api) -> list[str]:
    """The URLs of a page of each kind."""
    tea = price(api, 1500, product_data={"name": MARKUP})
    customer = api.posted("customers", email="ada@example.com", name=MARKUP)["id"]
    asked: dict[str, Any] = {
        "allow_promotion_codes": "true",
        "custom_fields": [{"key": "size", "type": "text", "label": {"type": "custom", "custom": MARKUP}}],
        "line_items": [{"price": tea, "quantity": "2", "adjustable_quantity": ON}],
        "phone_number_collection": ON,
        "shipping_address_collection": {"allowed_countries": ["DE"]},
        "tax_id_collection": ON,
    }
    features = {
        "customer_update": {**ON, "allowed_updates": ["email", "address", "phone"]},
        **dict.fromkeys(("invoice_history", "payment_method_update", "subscription_cancel"), ON),
    }
    configuration = api.posted("billing_portal/configurations", features=features)["id"]
    portal = api.posted("billing_portal/sessions", customer=customer, configuration=configuration)["url"]
    due = {"collection_method": "send_invoice", "days_until_due": "7", "description": MARKUP}
    invoice = api.posted("invoices", customer=customer, **due)["id"]
    api.posted("invoiceitems", customer=customer, invoice=invoice, amount="900", currency="usd", description=MARKUP)
    return [
        session(api, **asked)["url"],
        session(api, "setup")["url"],
        session(api, "subscription", customer=customer)["url"],
        api.posted("payment_links", **asked)["url"],
        portal,
        f"{portal}/payment-methods",
        api.posted(f"invoices/{invoice}/finalize")["hosted_invoice_url"],
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 6),
            st.sampled_from(ACTIONS),
            st.sampled_from([{}, FORM]),
            st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=4),
        ),
        max_size=4,
    )
)
def test_no_form_makes_a_page_fail(sent: list[tuple[int, str, dict[str, str], dict[str, str]]]) -> None:
    api = Api()
    urls = pages(api)
    for place, action, form, more in sent:
        page = asyncio.run(visit(api, urls[place], **{"action": action, **form, **more}))
        assert page.status_code in (200, 303, 400, 402, 404, 410), page.text
        assert page.headers.get("location", "http://127.0.0.1").startswith(
            ("http://127.0.0.1", "https://shop.example/")
        )
        assert "<script" not in page.text.replace(f"<script>{script()}</script>", "")
