"""Tax calculations, the transactions that are made of them, and reversals."""

from __future__ import annotations

from typing import Any

from ...api import Api

DETAILS = {"address": {"country": "US", "state": "WA", "postal_code": "98104"}, "address_source": "shipping"}
LINES = [{"amount": "1000", "reference": "tea"}, {"amount": "500", "quantity": "2"}]


def calculation(api: Api) -> Any:
    params = {"currency": "usd", "customer_details": DETAILS, "line_items": LINES, "shipping_cost": {"amount": "300"}}
    response = api.post("/v1/tax/calculations", params)
    assert response.status == 200, response.body
    return response.body


def transaction(api: Api, reference: str = "order") -> Any:
    params = {"calculation": calculation(api)["id"], "reference": reference}
    response = api.post("/v1/tax/transactions/create_from_calculation", params)
    assert response.status == 200, response.body
    return response.body


def test_without_a_registration_nothing_is_collected() -> None:
    api = Api()
    found = calculation(api)
    assert (found["amount_total"], found["tax_amount_exclusive"], found["shipping_cost"]["amount_tax"]) == (1800, 0, 0)
    assert [each["taxability_reason"] for each in found["tax_breakdown"]] == ["not_collecting"]
    assert "line_items" not in found
    lines = api.get(f"/v1/tax/calculations/{found['id']}/line_items").body
    assert [(each["amount"], each["reference"], each["quantity"]) for each in lines["data"]] == [
        (1000, "tea", 1),
        (500, "L2", 2),
    ]
    shown = api.get(f"/v1/tax/calculations/{found['id']}?expand[]=line_items").body["line_items"]
    assert shown == lines


def test_with_a_registration_a_calculation_is_refused_by_name() -> None:
    api = Api()
    made = {
        "active_from": "now",
        "country": "US",
        "country_options": {"us": {"state": "WA", "type": "state_sales_tax"}},
    }
    assert api.post("/v1/tax/registrations", made).status == 200
    refused = api.post("/v1/tax/calculations", {"currency": "usd", "customer_details": DETAILS, "line_items": LINES})
    assert (refused.status, refused.error["code"]) == (501, "emulator_not_emulated")


def test_a_transaction_copies_a_calculation_and_is_reversed_once() -> None:
    api = Api()
    made = transaction(api)
    assert (made["type"], made["reversal"], [each["amount"] for each in made["line_items"]["data"]]) == (
        "transaction",
        None,
        [1000, 500],
    )
    assert api.get(f"/v1/tax/transactions/{made['id']}").body == made
    assert api.get(f"/v1/tax/transactions/{made['id']}/line_items").body["data"] == made["line_items"]["data"]
    whole = {"mode": "full", "original_transaction": made["id"], "reference": "refund"}
    reversal = api.post("/v1/tax/transactions/create_reversal", whole).body
    assert (reversal["type"], reversal["reversal"]) == ("reversal", {"original_transaction": made["id"]})
    assert [each["amount"] for each in reversal["line_items"]["data"]] == [-1000, -500]
    assert reversal["shipping_cost"]["amount"] == -300
    again = api.post("/v1/tax/transactions/create_reversal", {**whole, "reference": "again"})
    assert (again.status, again.error["param"]) == (400, "original_transaction")


def test_a_part_of_a_line_is_reversed() -> None:
    api = Api()
    made = transaction(api)
    line = {"amount": "-400", "amount_tax": "0", "reference": "part"}
    params = {"mode": "partial", "original_transaction": made["id"], "reference": "refund"}
    first = made["line_items"]["data"][0]["id"]
    path = "/v1/tax/transactions/create_reversal"
    reversal = api.post(path, {**params, "line_items": [{**line, "original_line_item": first}]}).body
    assert [(each["amount"], each["reversal"]) for each in reversal["line_items"]["data"]] == [
        (-400, {"original_line_item": first})
    ]
    more = {**line, "amount": "-601", "original_line_item": first}
    assert api.post(path, {**params, "reference": "2", "line_items": [more]}).status == 400
    unknown = api.post(
        path, {**params, "reference": "3", "line_items": [{**line, "original_line_item": "tax_li_none"}]}
    )
    assert unknown.error["code"] == "resource_missing"


def test_a_reference_is_used_once_and_a_calculation_exists() -> None:
    api = Api()
    transaction(api)
    path = "/v1/tax/transactions/create_from_calculation"
    again = api.post(path, {"calculation": calculation(api)["id"], "reference": "order"})
    assert (again.status, again.error["param"]) == (400, "reference")
    missing = api.post(path, {"calculation": "taxcalc_none", "reference": "x"})
    assert (missing.status, missing.error["message"], missing.error["param"]) == (
        400,
        "No such calculation: 'taxcalc_none'",
        "calculation",
    )
