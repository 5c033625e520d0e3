"""Previews of the invoices of schedules: they show the invoice that follows, and nothing is kept."""

from __future__ import annotations

from typing import Any

from .test_phases import MONTH, Cafe, at, phase


def previewed(cafe: Cafe, **params: Any) -> Any:
    """A preview, which leaves nothing behind."""
    before = cafe.get("events?limit=1")["data"][0]["id"], cafe.get(f"test_helpers/test_clocks/{cafe.clock}")
    found = cafe.post("invoices/create_preview", **params)
    assert before == (
        cafe.get("events?limit=1")["data"][0]["id"],
        cafe.get(f"test_helpers/test_clocks/{cafe.clock}"),
    )
    return found


def shown(invoice: Any) -> tuple[int, int, list[int]]:
    return invoice["total"], invoice["period_end"], [line["amount"] for line in invoice["lines"]["data"]]


def test_the_next_invoice_of_a_schedule_has_the_items_of_the_next_phase() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH), phase(cafe.price(700), **MONTH))
    cafe.advance(at(1, 1, 2))
    found = previewed(cafe, schedule=one["id"])
    assert shown(found) == (700, at(2), [700])
    assert (found["customer"], found["status"], found["created"]) == (cafe.customer, "draft", at(2))
    assert shown(previewed(cafe, subscription=one["subscription"])) == (700, at(2), [700])
    cafe.advance(at(2))
    (invoice,) = cafe.get(f"invoices?subscription={one['subscription']}&limit=1")["data"]
    assert shown(invoice) == shown(found)


def test_the_first_invoice_of_a_schedule_that_has_not_started() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH), start_date=str(at(1, 15)))
    assert shown(previewed(cafe, schedule=one["id"])) == (500, at(1, 15), [500])


def test_other_phases_are_tried_out() -> None:
    cafe = Cafe()
    tea, dear = cafe.price(3100), cafe.price(6200)
    one = cafe.schedule(phase(tea, **MONTH))
    cafe.advance(at(1, 11))
    begun = {"start_date": str(at(1)), "end_date": str(at(2))}
    phases = [phase(dear, **begun), phase(dear, **MONTH)]
    found = previewed(cafe, schedule=one["id"], schedule_details={"phases": phases})
    assert shown(found) == (6200 + 2100, at(2), [-2100, 4200, 6200])
    at_once = {"phases": phases, "proration_behavior": "always_invoice"}
    assert shown(previewed(cafe, schedule=one["id"], schedule_details=at_once)) == (2100, at(1, 11), [-2100, 4200])


def test_a_schedule_that_does_not_exist_is_tried_out() -> None:
    cafe = Cafe()
    details = {"phases": [phase(cafe.price(500), **MONTH)]}
    assert shown(previewed(cafe, customer=cafe.customer, schedule_details=details)) == (500, at(1), [500])
    wrong = {"phases": [phase("price_1", **MONTH)]}
    refused = cafe.refused("invoices/create_preview", customer=cafe.customer, schedule_details=wrong)
    assert refused["param"] == "schedule_details[phases][0][items][0][price]"


def test_a_schedule_that_ends_its_subscription_has_no_next_invoice() -> None:
    cafe = Cafe()
    one = cafe.schedule(phase(cafe.price(500), **MONTH), end_behavior="cancel")
    cafe.advance(at(1, 1, 2))
    refused = cafe.api.post("/v1/invoices/create_preview", {"schedule": one["id"]})
    assert (refused.status, refused.error["code"]) == (404, "invoice_upcoming_none")
