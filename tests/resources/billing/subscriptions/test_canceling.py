"""The end of subscriptions."""

from __future__ import annotations

from .shop import DAY, FAILS, HOUR, START, Shop, at

END = at("2025-12-10 12:00")


def test_it_ends_with_its_period() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(DAY)
    shop.post(f"subscriptions/{one['id']}", cancel_at_period_end="true")
    shop.wait(END - shop.now - 1)
    assert shop.subscription(one["id"])["status"] == "active"
    shop.wait(1)
    ended = shop.subscription(one["id"])
    assert (ended["status"], ended["ended_at"], ended["canceled_at"]) == ("canceled", END, START + DAY)
    assert (ended["cancel_at"], ended["cancel_at_period_end"]) == (None, False)
    assert ended["cancellation_details"]["reason"] == "cancellation_requested"
    assert len(shop.invoices(one["id"])) == 1
    assert shop.events("customer.subscription")[-1] == "customer.subscription.deleted"
    shop.wait(90 * DAY)
    assert len(shop.invoices(one["id"])) == 1


def test_it_ends_at_a_given_time() -> None:
    shop = Shop()
    one = shop.subscribe(cancel_at=str(START + 40 * DAY))
    assert (one["cancel_at"], one["canceled_at"], one["cancel_at_period_end"]) == (START + 40 * DAY, START, False)
    shop.wait(40 * DAY)
    assert (shop.subscription(one["id"])["status"], len(shop.invoices(one["id"]))) == ("canceled", 2)


def test_the_time_of_the_end_is_named_or_cleared() -> None:
    shop = Shop()
    one = shop.subscribe()
    ending = shop.post(f"subscriptions/{one['id']}", cancel_at="min_period_end")
    assert ending["cancel_at"] == END
    assert shop.post(f"subscriptions/{one['id']}", cancel_at="") == one
    past = shop.refused(f"subscriptions/{one['id']}", cancel_at="1000")
    assert past["param"] == "cancel_at"


def test_the_last_invoice_has_the_pending_items() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    shop.post(f"subscriptions/{one['id']}", items=[{"id": one["items"]["data"][0]["id"], "quantity": "2"}])
    shop.post(f"subscriptions/{one['id']}", cancel_at_period_end="true")
    shop.until("2025-12-10 14:00")
    paid = shop.latest(one["id"])
    assert (paid["status"], paid["amount_paid"], paid["billing_reason"]) == ("paid", 500, "subscription_cycle")


def test_an_end_now_credits_the_rest_on_demand() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    ended = shop.api.delete(f"/v1/subscriptions/{one['id']}?prorate=true").body
    [credit] = shop.pending(one["customer"])
    assert (ended["status"], ended["latest_invoice"], credit["amount"]) == ("canceled", one["latest_invoice"], -500)
    assert (credit["parent"], credit["net_amount"], "proration_details" in credit) == (None, -500, False)
    assert (credit["proration"], credit["frozen_fields"]) == (True, ["pricing", "quantity", "discounts"])


def test_the_credit_is_that_of_the_line_that_billed_the_period() -> None:
    shop = Shop()
    old = shop.price(1000)
    one = shop.subscribe(price=old)
    items = [{"id": one["items"]["data"][0]["id"], "price": shop.price(1800)}]
    shop.post(f"subscriptions/{one['id']}", items=items, proration_behavior="none")
    shop.wait(8)
    shop.api.delete(f"/v1/subscriptions/{one['id']}?prorate=true")
    [credit] = shop.pending(one["customer"])
    assert (credit["amount"], credit["pricing"]["price_details"]["price"]) == (-1000, old)


def test_the_invoice_of_a_credit_is_uncollectible_and_has_no_number() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    shop.api.delete(f"/v1/subscriptions/{one['id']}?prorate=true&invoice_now=true")
    invoice = shop.latest(one["id"])
    assert (invoice["status"], invoice["number"], invoice["total"]) == ("uncollectible", None, -500)
    assert shop.get(f"customers/{one['customer']}")["balance"] == 0


def test_the_invoice_of_an_end_now_charges_what_is_pending() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.wait(15 * DAY)
    shop.post(f"subscriptions/{one['id']}", items=[{"id": one["items"]["data"][0]["id"], "quantity": "2"}])
    shop.api.delete(f"/v1/subscriptions/{one['id']}?invoice_now=true")
    assert (shop.latest(one["id"])["status"], shop.latest(one["id"])["amount_paid"]) == ("paid", 500)


def test_an_end_stops_the_attempts_to_charge() -> None:
    shop = Shop()
    one = shop.subscribe()
    bad = shop.post(f"payment_methods/{FAILS}/attach", customer=one["customer"])["id"]
    shop.post(f"subscriptions/{one['id']}", default_payment_method=bad)
    shop.until("2025-12-10 14:00")
    shop.api.delete(f"/v1/subscriptions/{one['id']}")
    shop.wait(30 * DAY)
    left = shop.latest(one["id"])
    assert (left["status"], left["attempt_count"], left["auto_advance"]) == ("open", 1, False)


def test_the_first_payment_has_23_hours() -> None:
    shop = Shop()
    one = shop.subscribe("", payment_behavior="default_incomplete")
    shop.wait(23 * HOUR - 1)
    assert shop.subscription(one["id"])["status"] == "incomplete"
    shop.wait(1)
    ended, invoice = shop.subscription(one["id"]), shop.latest(one["id"])
    assert (ended["status"], ended["ended_at"], invoice["status"]) == ("incomplete_expired", shop.now, "void")
    gone = shop.api.delete(f"/v1/subscriptions/{one['id']}")
    assert (gone.status, gone.error["message"]) == (404, f"No such subscription: '{one['id']}'")


def test_a_deleted_customer_has_no_running_subscription() -> None:
    shop = Shop()
    one = shop.subscribe()
    shop.api.delete(f"/v1/customers/{one['customer']}")
    shop.wait(60 * DAY)
    assert shop.subscription(one["id"])["status"] == "canceled"
    assert len(shop.get("invoices")["data"]) == 1


def test_a_void_first_invoice_ends_an_incomplete_subscription() -> None:
    shop = Shop()
    one = shop.subscribe("", payment_behavior="default_incomplete")
    shop.post(f"invoices/{one['latest_invoice']}/void")
    ended = shop.subscription(one["id"])
    assert (ended["status"], ended["ended_at"]) == ("incomplete_expired", START)


def test_a_void_latest_invoice_makes_a_past_due_subscription_active() -> None:
    shop = Shop()
    one = shop.subscribe()
    bad = shop.post(f"payment_methods/{FAILS}/attach", customer=one["customer"])["id"]
    shop.post(f"subscriptions/{one['id']}", default_payment_method=bad)
    shop.until("2025-12-10 14:00")
    shop.post(f"invoices/{shop.latest(one['id'])['id']}/void")
    assert shop.subscription(one["id"])["status"] == "active"
