"""Changes within a period: credits, debits, and the invoices that have them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .shop import DAY, FAILS, START, Shop, at, line

END = at("2025-12-10 12:00")


def item_of(subscription: Any) -> str:
    return str(subscription["items"]["data"][0]["id"])


def swap(shop: Shop, one: Any, price: str, **params: Any) -> Any:
    items = [{"id": item_of(one), "price": price}]
    return shop.post(f"subscriptions/{one['id']}", items=items, **params)


def test_another_price_leaves_a_credit_and_a_debit_that_are_pending() -> None:
    shop = Shop()
    product = shop.product("Test Subscription")
    old, new = shop.price(1000, product=product), shop.price(2000, product=product)
    one = shop.subscribe(price=old)
    shop.wait(15 * DAY)
    swapped = swap(shop, one, new)
    credit, debit = shop.pending(one["customer"])
    paid = shop.latest(one["id"])
    assert (swapped["latest_invoice"], item_of(swapped)) == (one["latest_invoice"], item_of(one))
    assert credit == {
        "id": credit["id"],
        "object": "invoiceitem",
        "amount": -500,
        "currency": "usd",
        "customer": one["customer"],
        "customer_account": None,
        "date": shop.now,
        "description": "Unused time on Test Subscription after 25 Nov 2025",
        "discountable": False,
        "discounts": [],
        "frozen_fields": ["pricing", "quantity", "discounts"],
        "invoice": None,
        "invoicing_rules": [],
        "livemode": False,
        "metadata": {},
        "net_amount": -500,
        "parent": {
            "subscription_details": {"subscription": one["id"], "subscription_item": item_of(one)},
            "type": "subscription_details",
        },
        "period": {"start": shop.now, "end": END},
        "pricing": {
            "price_details": {"price": old, "product": product},
            "type": "price_details",
            "unit_amount_decimal": None,
        },
        "proration": True,
        "proration_details": {
            "credited_items": {
                "invoice_line_item_details": {"invoice": paid["id"], "invoice_line_items": [line(paid)["id"]]},
                "type": "invoice_line_items",
            },
            "discount_amounts": [],
        },
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": None,
    }
    assert (debit["amount"], debit["description"], debit["pricing"]["price_details"]["price"]) == (
        1000,
        "Remaining time on Test Subscription after 25 Nov 2025",
        new,
    )
    assert (debit["proration_details"]["credited_items"], debit["period"]) == (None, {"start": shop.now, "end": END})
    assert shop.events("invoiceitem", "customer.subscription")[-3:] == [
        "invoiceitem.created",
        "invoiceitem.created",
        "customer.subscription.updated",
    ]


def test_the_next_invoice_has_the_pending_prorations_first() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    swap(shop, one, shop.price(2000))
    shop.until("2025-12-10 14:00")
    paid = shop.latest(one["id"])
    assert [each["amount"] for each in paid["lines"]["data"]] == [-500, 1000, 2000]
    assert (paid["status"], paid["amount_paid"]) == ("paid", 2500)
    details = line(paid)["parent"]["subscription_item_details"]
    assert (details["proration"], details["subscription"], details["subscription_item"]) == (
        True,
        one["id"],
        item_of(one),
    )
    assert list(details["proration_details"]["credited_items"]) == ["invoice", "invoice_line_items"]


def test_always_invoice_charges_the_difference_in_the_request() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    swapped = swap(shop, one, shop.price(2000), proration_behavior="always_invoice")
    paid = shop.latest(one["id"])
    assert (swapped["latest_invoice"], swapped["status"]) == (paid["id"], "active")
    assert (paid["billing_reason"], paid["status"], paid["amount_paid"]) == ("subscription_update", "paid", 500)
    assert (paid["period_start"], paid["period_end"]) == (START, shop.now)
    assert shop.pending(one["customer"]) == []


def test_without_prorations_the_next_period_alone_has_the_new_price() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    swap(shop, one, shop.price(2000), proration_behavior="none")
    assert shop.pending(one["customer"]) == []
    shop.until("2025-12-10 14:00")
    assert shop.latest(one["id"])["amount_paid"] == 2000


def test_a_quantity_is_credited_and_debited_in_whole() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(10 * DAY)
    changed = shop.post(f"subscription_items/{item_of(one)}", quantity="3")
    assert (changed["object"], changed["quantity"], "livemode" in changed) == ("subscription_item", 3, False)
    credit, debit = shop.pending(one["customer"])
    assert (credit["amount"], credit["quantity"], credit["description"]) == (
        -667,
        1,
        "Unused time on Tea after 20 Nov 2025",
    )
    assert (debit["amount"], debit["quantity"], debit["description"]) == (
        2000,
        3,
        "Remaining time on 3 \u00d7 Tea after 20 Nov 2025",
    )


def test_a_second_change_credits_the_debit_of_the_first() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(10 * DAY)
    shop.post(
        f"subscriptions/{one['id']}", items=[{"id": item_of(one), "quantity": "3"}], proration_behavior="always_invoice"
    )
    shop.wait(10 * DAY)
    shop.post(f"subscriptions/{one['id']}", items=[{"id": item_of(one), "quantity": "2"}])
    credit, debit = shop.pending(one["customer"])
    billed = shop.latest(one["id"])
    assert (credit["amount"], debit["amount"]) == (-1000, 667)
    details = credit["proration_details"]["credited_items"]["invoice_line_item_details"]
    assert details == {"invoice": billed["id"], "invoice_line_items": [line(billed, 1)["id"]]}


def test_a_net_credit_stays_on_the_balance_of_the_customer() -> None:
    shop = Shop()
    one = shop.subscribe(price=shop.price(2000))
    shop.wait(10 * DAY)
    swap(shop, one, shop.price(1500), proration_behavior="always_invoice")
    paid = shop.latest(one["id"])
    assert [each["amount"] for each in paid["lines"]["data"]] == [-1333, 1000]
    assert (paid["status"], paid["total"], paid["amount_due"], paid["ending_balance"]) == ("paid", -333, 0, -333)
    assert shop.get(f"customers/{one['customer']}")["balance"] == -333


def test_prorations_count_from_their_date() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    swap(shop, one, shop.price(2000), proration_date=str(START + 10 * DAY))
    assert [each["amount"] for each in shop.pending(one["customer"])] == [-667, 1333]
    refused = shop.refused(
        f"subscriptions/{one['id']}", items=[{"id": item_of(one), "quantity": "2"}], proration_date=str(START - 1)
    )
    assert (refused["status"], refused["param"]) == ("400", "proration_date")


def test_items_that_are_added_and_removed_are_prorated() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    more = shop.post("subscription_items", subscription=one["id"], price=shop.price(600))
    assert (more["current_period_start"], more["current_period_end"]) == (shop.now, END)
    assert [each["amount"] for each in shop.pending(one["customer"])] == [300]
    assert shop.api.delete(f"/v1/subscription_items/{item_of(one)}").body["deleted"]
    assert [each["amount"] for each in shop.pending(one["customer"])] == [300, -500]


def test_another_interval_keeps_the_anchor_in_flexible_mode() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    swapped = swap(shop, one, shop.price(36_500, "year"))
    item = swapped["items"]["data"][0]
    assert (item["current_period_start"], item["current_period_end"]) == (START, at("2026-11-10 12:00"))
    assert [each["amount"] for each in shop.pending(one["customer"])] == [-500, 35_000]


def test_another_interval_restarts_a_classic_subscription() -> None:
    shop = Shop()
    one = shop.subscribe(billing_mode={"type": "classic"})
    shop.wait(15 * DAY)
    swapped = swap(shop, one, shop.price(36_500, "year"))
    paid = shop.latest(one["id"])
    assert (swapped["billing_cycle_anchor"], paid["status"], paid["amount_paid"]) == (shop.now, "paid", 36_000)
    assert [each["amount"] for each in paid["lines"]["data"]] == [-500, 36_500]


def test_a_new_anchor_restarts_the_periods_and_bills_them() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    again = shop.post(f"subscriptions/{one['id']}", billing_cycle_anchor="now")
    paid, item = shop.latest(one["id"]), again["items"]["data"][0]
    assert (item["current_period_start"], item["current_period_end"]) == (shop.now, at("2025-12-25 12:00"))
    assert [(each["amount"], each["discountable"]) for each in paid["lines"]["data"]] == [(-500, False), (1000, True)]
    assert line(paid, 1)["parent"]["subscription_item_details"]["proration"] is False
    assert (paid["period_start"], paid["period_end"], paid["amount_paid"]) == (shop.now, shop.now, 500)


def test_nothing_is_prorated_during_a_trial() -> None:
    shop = Shop()
    one = shop.subscribe(trial_period_days="14")
    shop.wait(2 * DAY)
    swap(shop, one, shop.price(2000), proration_behavior="always_invoice")
    assert (shop.pending(one["customer"]), len(shop.invoices(one["id"]))) == ([], 1)


def test_a_discount_is_part_of_prorations() -> None:
    shop = Shop()
    coupon = shop.post("coupons", percent_off="50", duration="forever")["id"]
    one = shop.subscribe(discounts=[{"coupon": coupon}])
    assert shop.latest(one["id"])["amount_paid"] == 500
    shop.wait(15 * DAY)
    swap(shop, one, shop.price(2000))
    assert [each["amount"] for each in shop.pending(one["customer"])] == [-250, 500]


def failing(shop: Shop) -> Any:
    """A subscription whose next payment fails."""
    one = shop.subscribe()
    bad = shop.post(f"payment_methods/{FAILS}/attach", customer=one["customer"])["id"]
    shop.post(f"subscriptions/{one['id']}", default_payment_method=bad)
    shop.wait(15 * DAY)
    return one


def test_a_change_that_cannot_be_paid_is_past_due() -> None:
    shop = Shop()
    one = failing(shop)
    swapped = swap(shop, one, shop.price(2000), proration_behavior="always_invoice")
    assert (swapped["status"], shop.latest(one["id"])["status"]) == ("past_due", "open")


def test_a_change_that_cannot_be_paid_is_refused_on_demand() -> None:
    shop = Shop()
    one = failing(shop)
    before = shop.subscription(one["id"])
    refused = shop.refused(
        f"subscriptions/{one['id']}",
        items=[{"id": item_of(one), "price": shop.price(2000)}],
        proration_behavior="always_invoice",
        payment_behavior="error_if_incomplete",
    )
    assert (refused["status"], refused["code"]) == ("402", "card_declined")
    assert (shop.subscription(one["id"]), shop.pending(one["customer"])) == (before, [])


@pytest.mark.parametrize("paid", [True, False])
def test_a_change_can_wait_for_its_payment(paid: bool) -> None:
    shop = Shop()
    one = failing(shop)
    price = shop.price(2000)
    waiting = swap(shop, one, price, proration_behavior="always_invoice", payment_behavior="pending_if_incomplete")
    update, invoice = waiting["pending_update"], shop.latest(one["id"])
    assert (waiting["status"], waiting["latest_invoice"], invoice["status"]) == ("active", invoice["id"], "open")
    assert waiting["items"]["data"][0]["price"]["unit_amount"] == 1000
    assert (update["expires_at"], update["subscription_items"][0]["price"]["id"]) == (shop.now + 23 * 3600, price)
    if paid:
        good = shop.post("payment_methods/pm_card_visa/attach", customer=one["customer"])["id"]
        shop.post(f"invoices/{invoice['id']}/pay", payment_method=good)
    else:
        shop.wait(23 * 3600)
    after = shop.subscription(one["id"])
    assert (after["pending_update"], after["items"]["data"][0]["price"]["unit_amount"]) == (
        None,
        2000 if paid else 1000,
    )
    assert shop.events("customer.subscription.pending")[-1].endswith("applied" if paid else "expired")
    assert shop.latest(one["id"])["status"] == ("paid" if paid else "void")


def test_another_change_takes_the_place_of_one_that_waits() -> None:
    shop = Shop()
    one = failing(shop)
    swap(shop, one, shop.price(2000), proration_behavior="always_invoice", payment_behavior="pending_if_incomplete")
    first = shop.latest(one["id"])
    shop.post(f"subscriptions/{one['id']}", metadata={"a": "1"})
    assert shop.subscription(one["id"])["pending_update"]
    changed = swap(shop, one, shop.price(3000), proration_behavior="none")
    assert (changed["pending_update"], changed["items"]["data"][0]["price"]["unit_amount"]) == (None, 3000)
    assert (shop.get(f"invoices/{first['id']}")["status"], changed["metadata"]) == ("void", {"a": "1"})


def test_a_change_that_waits_keeps_what_changes_meanwhile() -> None:
    shop = Shop()
    one = failing(shop)
    shop.until("2025-12-09 14:00")
    swap(shop, one, shop.price(20_000), proration_behavior="always_invoice", payment_behavior="pending_if_incomplete")
    waiting = shop.latest(one["id"])
    shop.post(f"subscriptions/{one['id']}", metadata={"a": "1"})
    shop.until("2025-12-10 12:30")
    good = shop.post("payment_methods/pm_card_visa/attach", customer=one["customer"])["id"]
    shop.post(f"invoices/{waiting['id']}/pay", payment_method=good)
    after = shop.subscription(one["id"])
    assert after["metadata"] == {"a": "1"}
    assert after["items"]["data"][0]["current_period_end"] == at("2026-01-10 12:00")


def test_only_some_parameters_wait_for_a_payment() -> None:
    shop = Shop()
    one = shop.subscribe()
    refused = shop.refused(f"subscriptions/{one['id']}", description="Tea", payment_behavior="pending_if_incomplete")
    assert (refused["status"], refused["param"]) == ("400", "description")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5 * DAY), st.integers(0, 9)), min_size=1, max_size=5), st.integers(1, 99_999))
def test_changes_of_a_quantity_cost_what_was_used_when(changes: list[tuple[int, int]], unit: int) -> None:
    """Each line is rounded on its own: all of them together differ by half a cent for each at most."""
    shop = Shop()
    one = shop.subscribe(price=shop.price(unit), quantity=3)
    used, quantity, lines = Fraction(0), 3, 1
    for seconds, wanted in changes:
        used += Fraction(quantity * unit * seconds, END - START)
        shop.wait(seconds)
        shop.post(f"subscriptions/{one['id']}", items=[{"id": item_of(one), "quantity": str(wanted)}])
        lines, quantity = lines + 2 * (wanted != quantity), wanted
    used += Fraction(quantity * unit * (END - shop.now), END - START)
    charged = shop.latest(one["id"])["total"] + sum(each["amount"] for each in shop.pending(one["customer"]))
    assert len(shop.pending(one["customer"])) == lines - 1
    assert abs(charged - used) <= Fraction(lines, 2)


def test_the_credit_of_a_classic_subscription_names_the_line_that_it_is_for() -> None:
    shop = Shop()
    one = shop.subscribe(billing_mode={"type": "classic"})
    first = shop.latest(one["id"])
    item = {"id": one["items"]["data"][0]["id"], "price": shop.price(1800)}
    shop.post(f"subscriptions/{one['id']}", items=[item], proration_behavior="always_invoice")
    details = [
        each["parent"]["subscription_item_details"]["proration_details"]
        for each in shop.latest(one["id"])["lines"]["data"]
    ]
    assert details == [
        {"credited_items": {"invoice": first["id"], "invoice_line_items": [first["lines"]["data"][0]["id"]]}},
        {"credited_items": None},
    ]
