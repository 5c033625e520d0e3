"""Whole bodies: of a draft with a line, of its item, of an invoice payment."""

from __future__ import annotations

import pytest

from ...payments.charges.shop import NOW, Shop


def test_a_draft_of_an_item() -> None:
    shop = Shop()
    address = {"city": "Springfield", "country": "US", "line1": "1 Main St", "postal_code": "62701", "state": "IL"}
    customer = shop.posted("customers", email="jenny@example.com", name="Jenny Rosen", address=address)["id"]
    item = shop.posted("invoiceitems", customer=customer, amount="1250", currency="usd", description="Repair of a bike")
    price = item["pricing"]["price_details"]
    assert item == {
        "id": item["id"],
        "object": "invoiceitem",
        "amount": 1250,
        "currency": "usd",
        "customer": customer,
        "customer_account": None,
        "date": NOW,
        "description": "Repair of a bike",
        "discountable": True,
        "discounts": [],
        "frozen_fields": [],
        "invoice": None,
        "invoicing_rules": [],
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"end": NOW, "start": NOW},
        "pricing": {"price_details": price, "type": "price_details", "unit_amount_decimal": "1250"},
        "proration": False,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": None,
    }
    draft = shop.posted("invoices", customer=customer, pending_invoice_items_behavior="include")
    [line] = draft["lines"]["data"]
    assert line == {
        "id": line["id"],
        "object": "line_item",
        "amount": 1250,
        "currency": "usd",
        "description": "Repair of a bike",
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": draft["id"],
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": {
                "invoice_item": item["id"],
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": None,
            },
            "license_fee_subscription_details": None,
            "subscription_item_details": None,
            "type": "invoice_item_details",
        },
        "period": {"end": NOW, "start": NOW},
        "pretax_credit_amounts": [],
        "pricing": {"price_details": price, "type": "price_details", "unit_amount_decimal": "1250"},
        "quantity": 1,
        "quantity_decimal": "1",
        "subtotal": 1250,
        "taxes": [],
    }
    body = {
        "id": draft["id"],
        "object": "invoice",
        "account_country": "US",
        "account_name": None,
        "account_tax_ids": None,
        "amount_due": 1250,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": 1250,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "automatically_finalizes_at": None,
        "billing_reason": "manual",
        "collection_method": "charge_automatically",
        "created": NOW,
        "currency": "usd",
        "custom_fields": None,
        "customer": customer,
        "customer_account": None,
        "customer_address": {**address, "line2": None},
        "customer_email": "jenny@example.com",
        "customer_name": "Jenny Rosen",
        "customer_phone": None,
        "customer_shipping": None,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": {
            "object": "list",
            "data": [line],
            "has_more": False,
            "total_count": 1,
            "url": f"/v1/invoices/{draft['id']}/lines",
        },
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "parent": None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": NOW,
        "period_start": NOW,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": {
            "amount_tax_display": None,
            "pdf": {"page_size": "auto"},
            "template": None,
            "template_version": None,
        },
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": 0,
        "statement_descriptor": None,
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": 1250,
        "subtotal_excluding_tax": 1250,
        "test_clock": None,
        "total": 1250,
        "total_discount_amounts": [],
        "total_excluding_tax": 1250,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": None,
    }
    assert draft == body
    assert list(draft) == list(body)
    paid = shop.posted(f"invoices/{draft['id']}/pay", payment_method="pm_card_visa", expand=["payments"])
    changed = {name: value for name, value in paid.items() if value != body.get(name)}
    number = shop.get(f"/v1/customers/{customer}").body["invoice_prefix"]
    [payment] = paid["payments"]["data"]
    assert changed == {
        "amount_paid": 1250,
        "amount_remaining": 0,
        "attempt_count": 1,
        "attempted": True,
        "effective_at": NOW,
        "ending_balance": 0,
        "hosted_invoice_url": paid["hosted_invoice_url"],
        "invoice_pdf": paid["invoice_pdf"],
        "number": f"{number}-0001",
        "payments": {"object": "list", "data": [payment], "has_more": False, "url": "/v1/invoices/payments"},
        "rendering": {
            "amount_tax_display": None,
            "pdf": {"page_size": "letter"},
            "template": None,
            "template_version": None,
        },
        "status": "paid",
        "status_transitions": {
            "finalized_at": NOW,
            "marked_uncollectible_at": None,
            "paid_at": NOW,
            "voided_at": None,
        },
    }
    assert payment == {
        "id": payment["id"],
        "object": "invoice_payment",
        "amount_paid": 1250,
        "amount_requested": 1250,
        "created": NOW,
        "currency": "usd",
        "invoice": draft["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": payment["payment"]["payment_intent"], "type": "payment_intent"},
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": NOW},
    }


@pytest.mark.parametrize(
    ("events", "at"), [(("invoice.created",), NOW), (("*",), NOW), (("invoice.paid",), None), ((), None)]
)
def test_a_draft_waits_for_webhooks_where_an_endpoint_gets_its_event(events: tuple[str, ...], at: int | None) -> None:
    shop = Shop()
    if events:
        shop.posted("webhook_endpoints", url="http://127.0.0.1:9/", enabled_events=list(events))
    customer = shop.posted("customers", name="Ada")["id"]
    assert shop.posted("invoices", customer=customer)["webhooks_delivered_at"] == at
