"""Actions of generic invoices: the states that allow them, the times that they set, and their events."""

from __future__ import annotations

import pytest

from ....api import Api

NOT_OPEN = "You can only pass in open invoices. This invoice isn't open."


def draft(api: Api) -> str:
    customer = api.post("/v1/customers").body["id"]
    return str(api.post("/v1/invoices", {"customer": customer}).body["id"])


def test_a_draft_is_finalized_once() -> None:
    api = Api()
    invoice = draft(api)
    assert api.get(f"/v1/invoices/{invoice}").body["status_transitions"] == {
        "finalized_at": None,
        "marked_uncollectible_at": None,
        "paid_at": None,
        "voided_at": None,
    }
    opened = api.post(f"/v1/invoices/{invoice}/finalize").body
    assert (opened["status"], opened["effective_at"]) == ("open", opened["status_transitions"]["finalized_at"])
    assert api.get("/v1/events?type=invoice.finalized").body["data"][0]["data"]["object"]["id"] == invoice
    again = api.post(f"/v1/invoices/{invoice}/finalize")
    assert (again.status, again.error["message"]) == (
        400,
        "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
    )


@pytest.mark.parametrize(
    ("action", "status", "time", "event"),
    [
        ("void", "void", "voided_at", "invoice.voided"),
        ("mark_uncollectible", "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible"),
    ],
)
def test_an_open_invoice_ends_without_money(action: str, status: str, time: str, event: str) -> None:
    api = Api()
    invoice = draft(api)
    refused = api.post(f"/v1/invoices/{invoice}/{action}")
    assert (refused.status, refused.error["message"]) == (400, NOT_OPEN)
    finalized = api.post(f"/v1/invoices/{invoice}/finalize").body["status_transitions"]
    ended = api.post(f"/v1/invoices/{invoice}/{action}").body
    assert ended["status"] == status
    assert ended["status_transitions"]["finalized_at"] == finalized["finalized_at"]
    assert ended["status_transitions"][time] is not None
    assert len(api.get(f"/v1/events?type={event}").body["data"]) == 1


def test_paying_is_refused_by_name() -> None:
    api = Api()
    refused = api.post(f"/v1/invoices/{draft(api)}/pay")
    assert (refused.status, refused.error["code"]) == (501, "emulator_not_emulated")
