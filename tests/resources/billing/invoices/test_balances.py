"""The balance of a customer on invoices, amounts that are too small, shipping, fees and destinations."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from ...payments.charges.shop import Shop

PAYING = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
AMOUNTS = ("status", "total", "amount_due", "amount_paid", "amount_remaining", "starting_balance", "ending_balance")


def invoiced(api: Api, amount: int, balance: int = 0, **params: Any) -> Any:
    """A draft of an amount, of a customer with a balance."""
    customer = api.posted("customers", **PAYING, **({"balance": str(balance)} if balance else {}))["id"]
    api.posted("invoiceitems", customer=customer, amount=str(amount), currency="usd")
    return api.posted("invoices", customer=customer, pending_invoice_items_behavior="include", **params)


@pytest.mark.parametrize(
    ("amount", "balance", "finalized", "left", "moved"),
    [
        # credit pays a part, all, or is left over
        (1000, -300, ("open", 1000, 700, 0, 700, -300, 0), 0, 300),
        (1000, -1000, ("paid", 1000, 0, 0, 0, -1000, 0), 0, 1000),
        (1000, -1500, ("paid", 1000, 0, 0, 0, -1500, -500), -500, 1000),
        # a debt is added
        (1000, 200, ("open", 1000, 1200, 0, 1200, 200, 0), 0, -200),
        # less than the smallest payment, and a credit, are left to the next invoice
        (49, 0, ("paid", 49, 0, 0, 0, 0, 49), 49, 49),
        (50, 0, ("open", 50, 50, 0, 50, 0, 0), 0, None),
        (-334, 0, ("paid", -334, 0, 0, 0, 0, -334), -334, -334),
        (1000, -960, ("paid", 1000, 0, 0, 0, -960, 40), 40, 1000),
    ],
)
def test_the_balance_is_applied_when_an_invoice_is_finalized(
    amount: int, balance: int, finalized: tuple[Any, ...], left: int, moved: int | None
) -> None:
    api = Api()
    draft = invoiced(api, amount, balance)
    done = api.posted(f"invoices/{draft['id']}/finalize")
    assert tuple(done[name] for name in AMOUNTS) == finalized
    assert api.get(f"/v1/customers/{draft['customer']}").body["balance"] == left
    transactions = api.get(f"/v1/customers/{draft['customer']}/balance_transactions").body["data"]
    applied = [
        (one["amount"], one["invoice"], one["ending_balance"])
        for one in transactions
        if one["type"] == "applied_to_invoice"
    ]
    assert applied == ([] if moved is None else [(moved, draft["id"], left)])


def test_the_next_invoice_starts_with_what_was_left() -> None:
    api = Api()
    draft = invoiced(api, 40)
    api.posted(f"invoices/{draft['id']}/finalize")
    api.posted("invoiceitems", customer=draft["customer"], amount="500", currency="usd")
    following = api.posted("invoices", customer=draft["customer"], pending_invoice_items_behavior="include")
    assert (following["starting_balance"], following["amount_due"]) == (40, 540)
    assert api.posted(f"invoices/{following['id']}/pay")["amount_paid"] == 540


def test_a_void_invoice_gives_the_balance_back() -> None:
    api = Api()
    draft = invoiced(api, 1000, -300)
    api.posted(f"invoices/{draft['id']}/finalize")
    api.posted(f"invoices/{draft['id']}/void")
    assert api.get(f"/v1/customers/{draft['customer']}").body["balance"] == -300
    newest = api.get(f"/v1/customers/{draft['customer']}/balance_transactions").body["data"][0]
    assert (newest["type"], newest["amount"], newest["invoice"]) == ("unapplied_from_invoice", -300, draft["id"])


def test_a_payment_after_credit_is_of_the_rest() -> None:
    api = Api()
    draft = invoiced(api, 1000, -300)
    assert api.posted(f"invoices/{draft['id']}/pay")["amount_paid"] == 700
    assert [one["amount"] for one in api.get("/v1/charges").body["data"]] == [700]


def test_shipping_is_added_to_the_total() -> None:
    api = Api()
    rate = api.posted(
        "shipping_rates",
        display_name="Ground",
        type="fixed_amount",
        fixed_amount={"amount": "500", "currency": "usd"},
    )["id"]
    draft = invoiced(api, 1000, shipping_cost={"shipping_rate": rate})
    assert (draft["subtotal"], draft["amount_shipping"], draft["total"], draft["amount_due"]) == (1000, 500, 1500, 1500)
    assert {name: draft["shipping_cost"][name] for name in ("amount_subtotal", "amount_total", "shipping_rate")} == {
        "amount_subtotal": 500,
        "amount_total": 500,
        "shipping_rate": rate,
    }
    data = {
        "display_name": "Air",
        "type": "fixed_amount",
        "fixed_amount": {"amount": "700", "currency": "usd"},
    }
    changed = api.posted(f"invoices/{draft['id']}", shipping_cost={"shipping_rate_data": data})
    assert (changed["amount_shipping"], changed["total"]) == (700, 1700)
    assert api.posted(f"invoices/{draft['id']}/pay")["amount_paid"] == 1700


def test_an_invoice_pays_a_connected_account_and_takes_a_fee() -> None:
    shop = Shop()
    seller = shop.seller()
    draft = invoiced(shop, 1000, transfer_data={"destination": seller}, application_fee_amount="123")
    assert "transfer_data" not in draft
    assert shop.posted(f"invoices/{draft['id']}/pay")["status"] == "paid"
    charge = shop.get("/v1/charges").body["data"][0]
    assert (charge["transfer_data"]["destination"], charge["application_fee_amount"]) == (seller, 123)


def test_a_connected_account_invoices_its_own_customers() -> None:
    shop = Shop()
    seller = shop.seller()
    headers = {"stripe_account": seller}

    def on(path: str, **params: Any) -> Any:
        response = shop.post(f"/v1/{path}", params, **headers)
        assert response.status == 200, response.body
        return response.body

    customer = on("customers", **PAYING)["id"]
    on("invoiceitems", customer=customer, amount="1000", currency="usd")
    sent = {"pending_invoice_items_behavior": "include", "application_fee_amount": "100"}
    draft = on("invoices", customer=customer, **sent)
    assert draft["application"].startswith("ca_")
    assert on(f"invoices/{draft['id']}/pay")["status"] == "paid"
    charge = shop.get("/v1/charges", stripe_account=seller).body["data"][0]
    assert (charge["amount"], charge["application_fee_amount"]) == (1000, 100)
    assert shop.get(f"/v1/invoices/{draft['id']}").status == 404
