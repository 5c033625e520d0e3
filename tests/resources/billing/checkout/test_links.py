"""Payment links: their fields, their refusals, and the sessions that visits make."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.auth import keys
from emulator.events import Origin, Transaction
from emulator.resources.billing.checkout import links

from ....api import KEY, Api
from .shop import confirm, events, found, price


def link(api: Api, **params: Any) -> Any:
    sent = {"line_items": [{"price": price(api, 1500), "quantity": "2"}], **params}
    return api.posted("payment_links", **sent)


def visit(api: Api, identifier: str, **query: str) -> str:
    """The id of the session of a new visit."""
    key = keys.parse(KEY)
    assert key is not None
    sandbox = api.emulator.sandboxes.of(key)
    with Transaction(sandbox, Origin(sandbox.clock.now())):
        return links.visit(sandbox, identifier, dict(query), "http://emulator.test").id


def test_a_link_has_the_fields_of_stripe() -> None:
    api = Api()
    made_link = link(api)
    assert made_link.pop("url").startswith("http://127.0.0.1:12111/b/test_")
    assert made_link.pop("id").startswith("plink_1")
    assert made_link == {
        "object": "payment_link",
        "active": True,
        "after_completion": {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"},
        "allow_promotion_codes": False,
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": "auto",
        "consent_collection": None,
        "currency": "usd",
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer_creation": "if_required",
        "inactive_message": None,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "livemode": False,
        "managed_payments": None,
        "metadata": {},
        "on_behalf_of": None,
        "payment_intent_data": None,
        "payment_method_collection": "always",
        "payment_method_options": None,
        "payment_method_types": None,
        "phone_number_collection": {"enabled": False},
        "restrictions": None,
        "shipping_address_collection": None,
        "shipping_options": [],
        "submit_type": "auto",
        "subscription_data": None,
        "tax_id_collection": {"enabled": False, "required": "never"},
        "transfer_data": None,
    }
    assert events(api) == ["payment_link.created"]


def test_a_recurring_price_makes_a_link_to_a_subscription() -> None:
    api = Api()
    monthly = price(api, recurring={"interval": "month"})
    made_link = link(
        api, line_items=[{"price": monthly, "quantity": "1"}], subscription_data={"trial_period_days": "7"}
    )
    assert (made_link["invoice_creation"], made_link["subscription_data"]) == (
        None,
        {
            "description": None,
            "invoice_settings": {"issuer": {"type": "self"}},
            "metadata": {},
            "trial_period_days": 7,
            "trial_settings": None,
        },
    )
    assert found(api, visit(api, made_link["id"]))["mode"] == "subscription"


def test_each_visit_makes_a_session_of_the_link() -> None:
    api = Api()
    data = {"metadata": {"from": "link"}}
    made_link = link(
        api, metadata={"campaign": "tea"}, payment_intent_data=data, phone_number_collection={"enabled": "true"}
    )
    first, second = visit(api, made_link["id"]), visit(api, made_link["id"], prefilled_email="ada@example.com")
    assert first != second
    opened = found(api, second, "line_items")
    assert (opened["payment_link"], opened["metadata"], opened["amount_total"], opened["success_url"]) == (
        made_link["id"],
        {"campaign": "tea"},
        3000,
        "https://stripe.com",
    )
    assert (opened["customer_email"], opened["phone_number_collection"]) == ("ada@example.com", {"enabled": True})
    assert [each["quantity"] for each in opened["line_items"]["data"]] == [2]
    assert confirm(api, first).body["status"] == "complete"
    assert found(api, first, "payment_intent")["payment_intent"]["metadata"] == {"from": "link"}
    assert [each["id"] for each in api.get(f"/v1/checkout/sessions?payment_link={made_link['id']}").body["data"]] == [
        second,
        first,
    ]


def test_a_link_for_one_completes_one_of_three_open_sessions() -> None:
    api = Api()
    made_link = link(api, restrictions={"completed_sessions": {"limit": "1"}})
    opened = [visit(api, made_link["id"]) for _ in range(3)]
    answers = [confirm(api, each) for each in opened]
    assert [each.status for each in answers] == [200, 400, 400]
    assert answers[1].error["message"] == "This payment link has reached its limit of completed sessions."
    after = api.get(f"/v1/payment_links/{made_link['id']}").body
    assert after["restrictions"] == {"completed_sessions": {"count": 1, "limit": 1}}


def test_a_link_ends_with_its_last_session() -> None:
    api = Api()
    made_link = link(api, restrictions={"completed_sessions": {"limit": "1"}})
    assert made_link["restrictions"] == {"completed_sessions": {"count": 0, "limit": 1}}
    confirm(api, visit(api, made_link["id"]))
    after = api.get(f"/v1/payment_links/{made_link['id']}").body
    assert (after["active"], after["restrictions"]) == (False, {"completed_sessions": {"count": 1, "limit": 1}})
    assert events(api)[-2:] == ["checkout.session.completed", "payment_link.updated"]


def test_an_update_changes_quantities_and_nothing_else_of_the_items() -> None:
    api = Api()
    made_link = link(api)["id"]
    [item] = api.get(f"/v1/payment_links/{made_link}/line_items").body["data"]
    api.posted(f"payment_links/{made_link}", line_items=[{"id": item["id"], "quantity": "5"}], active="false")
    [after] = api.get(f"/v1/payment_links/{made_link}/line_items").body["data"]
    assert after == {**item, "quantity": 5, "amount_subtotal": 7500, "amount_total": 7500}
    refused = api.post(f"/v1/payment_links/{made_link}", {"line_items": [{"id": "li_none", "quantity": "1"}]})
    assert (refused.status, refused.error["param"]) == (400, "line_items[0][id]")


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        (
            {"subscription_data": {"trial_period_days": "7"}},
            "You can not pass `subscription_data` in `payment` mode.",
            "subscription_data",
        ),
        (
            {"after_completion": {"type": "redirect", "redirect": {"url": "thanks"}}},
            "Not a valid URL",
            "after_completion[redirect][url]",
        ),
        (
            {"line_items": [{"price": "price_none", "quantity": "1"}]},
            "No such price: 'price_none'",
            "line_items[0][price]",
        ),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(params: dict[str, Any], message: str, param: str) -> None:
    api = Api()
    sent = {"line_items": [{"price": price(api), "quantity": "1"}], **params}
    refused = api.post("/v1/payment_links", sent)
    assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, param)
