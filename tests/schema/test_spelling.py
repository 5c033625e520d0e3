"""The hints of unknown parameters: those that were observed, and the likeness of names that explains them."""

from __future__ import annotations

import pytest

from emulator import catalog
from emulator.schema.spec import Object
from emulator.schema.spelling import closest

from ..api import Api

UPCOMING = """
automatic_tax coupon customer discounts expand invoice_items schedule subscription subscription_billing_cycle_anchor
subscription_cancel_at subscription_cancel_at_period_end subscription_cancel_now subscription_default_tax_rates
subscription_items subscription_plan subscription_proration_behavior subscription_proration_date subscription_quantity
subscription_start_date subscription_tax_percent subscription_trial_end subscription_trial_from_plan
"""


def test_names_that_were_observed_have_the_hints_that_were_observed() -> None:
    assert closest("subscription_prorate", UPCOMING.split()) == "subscription_plan"
    for operation, name, near in (
        ("PostInvoiceitems", "price", "pricing"),
        ("PostSubscriptions", "payment_method_configuration", "payment_behavior"),
        ("PostInvoices", "payment_method_types", "payment_settings"),
        ("PostPrices", '"recurring', "recurring"),
        ("PostCheckoutSessions", "paynebt_method_types", "payment_method_types"),
        ("PostCheckoutSessions", "automatic_payment_methods", None),
        ("PostPromotionCodes", "coupon", None),
        ("PostPaymentIntents", "stripeAccount", None),
        ("PostPaymentIntents", "idempotency_key", None),
    ):
        assert closest(name, catalog.operation(operation).params.params) == near, name
    data = catalog.operation("PostCheckoutSessions").params.params["subscription_data"].type
    assert isinstance(data, Object)
    for name in ("collection_method", "coupon", "add_invoice_items", "cancel_at", "backdate_start_date"):
        assert closest(name, data.params) is None, name


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("emial", "email"),
        ("emails", "email"),
        ("EMAIL", "email"),
        ("@name", "name"),
        ("nam", "name"),
        ("countries", "country"),
        ("id", None),
        ("", None),
        ("address", None),
        ("e" * 100_000, None),
    ],
)
def test_a_misspelled_name_is_recognized(name: str, near: str | None) -> None:
    assert closest(name, ["email", "name", "country"]) == near


def test_few_edits_go_before_likeness() -> None:
    assert closest("prce", ["prc_data", "price", "pricing"]) == "price"
    assert closest("price", ["price_data", "pricing"]) == "pricing"
    assert closest("price", ["price_data"]) is None


def test_a_hint_is_the_name_without_its_hash() -> None:
    api = Api()
    price = {"currency": "usd", "product_data": {"name": "Tea"}, "unit_amount": 100}
    for path, params, message in (
        ("invoiceitems", {"customer": "cus_1", "price": "price_1"}, "price. Did you mean pricing?"),
        (
            "checkout/sessions",
            {"line_items": [{"price_data": {**price, "unit_amout": 1}}], "mode": "payment"},
            "line_items[0][price_data][unit_amout]. Did you mean unit_amount?",
        ),
        (
            "subscriptions",
            {"customer": "cus_1", "items": [{"price_data": {"currency": "usd", "product_data": {"name": "Tea"}}}]},
            "items[0][price_data][product_data]. Did you mean product?",
        ),
    ):
        answer = api.post(f"/v1/{path}", params)
        assert (answer.status, answer.body["error"]["message"]) == (400, f"Received unknown parameter: {message}")
