"""The amounts of invoices add up, whatever their lines, discounts and taxes are."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ....api import Api
from .test_invoices import customer, item

AMOUNTS = st.integers(min_value=-100_000, max_value=1_000_000)
LINES = st.lists(
    st.tuples(AMOUNTS, st.sampled_from((None, "7.7", "19")), st.booleans(), st.booleans()), min_size=1, max_size=6
)
COUPONS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"percent_off": st.sampled_from(("0.01", "33.3", "50", "100"))}),
        st.fixed_dictionaries({"amount_off": st.sampled_from(("1", "999", "500000")), "currency": st.just("usd")}),
    ),
    max_size=3,
)


def total_of(entries: Any) -> int:
    return sum(entry["amount"] for entry in entries)


def added(entries: Any) -> int:
    return sum(entry["amount"] for entry in entries if entry["tax_behavior"] == "exclusive")


@settings(max_examples=40, deadline=None)
@given(LINES, COUPONS)
def test_the_sums_of_an_invoice_are_those_of_its_lines(
    lines: list[tuple[int, str | None, bool, bool]], coupons: list[dict[str, str]]
) -> None:
    api = Api()
    of = customer(api)
    for amount, percentage, inclusive, discountable in lines:
        taxed = {}
        if percentage:
            rate = {"display_name": "VAT", "inclusive": str(inclusive).lower(), "percentage": percentage}
            taxed = {"tax_rates": [api.posted("tax_rates", **rate)["id"]]}
        item(api, of, amount=str(amount), discountable=str(discountable).lower(), **taxed)
    discounts = [{"coupon": api.posted("coupons", **each)["id"]} for each in coupons]
    sent = {"discounts": discounts} if discounts else {}
    invoice = api.posted("invoices", customer=of, pending_invoice_items_behavior="include", **sent)
    shown = invoice["lines"]["data"]
    gross, off = total_of(shown), total_of(invoice["total_discount_amounts"])
    assert gross == invoice["subtotal"] == sum(amount for amount, *_ in lines)
    assert invoice["total"] == gross - off + added(invoice["total_taxes"])
    assert invoice["total_excluding_tax"] == invoice["total"] - total_of(invoice["total_taxes"])
    assert total_of(invoice["total_taxes"]) == sum(total_of(line["taxes"]) for line in shown)
    assert off == sum(total_of(line["discount_amounts"]) for line in shown)
    for line in shown:
        taken = total_of(line["discount_amounts"])
        assert 0 <= taken <= max(line["amount"], 0)
        assert line["discountable"] or taken == 0
    assert invoice["amount_due"] == invoice["amount_remaining"] == (invoice["total"] if invoice["total"] >= 50 else 0)


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=50, max_value=100_000), st.lists(st.integers(min_value=1, max_value=60_000), max_size=4))
def test_credit_notes_never_credit_more_than_an_invoice(amount: int, credits_: list[int]) -> None:
    api = Api()
    of = customer(api)
    item(api, of, amount=str(amount))
    invoice = api.posted("invoices", customer=of, pending_invoice_items_behavior="include")["id"]
    api.posted(f"invoices/{invoice}/finalize")
    left = amount
    for credit in credits_:
        if not left:
            break
        response = api.post("/v1/credit_notes", {"invoice": invoice, "amount": str(credit)})
        assert (response.status == 200) is (credit <= left)
        left -= credit if response.status == 200 else 0
    found = api.get(f"/v1/invoices/{invoice}").body
    assert (found["amount_remaining"], found["pre_payment_credit_notes_amount"]) == (left, amount - left)
    assert found["status"] == ("open" if left else "paid")
