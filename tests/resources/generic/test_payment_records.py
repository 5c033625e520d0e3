"""Payments outside Stripe, as a platform reports them."""

from __future__ import annotations

from typing import Any

import pytest

from ...api import Api

REPORT = {
    "amount_requested": {"currency": "usd", "value": "1000"},
    "initiated_at": "1700000000",
    "payment_method_details": {"type": "custom", "custom": {"display_name": "Cash", "type": "cash"}},
}
REFUND = {
    "outcome": "refunded",
    "processor_details": {"type": "custom", "custom": {"refund_reference": "r1"}},
    "refunded": {"refunded_at": "1700000000"},
}


def reported(api: Api, **params: Any) -> Any:
    response = api.post("/v1/payment_records/report_payment", {**REPORT, **params})
    assert response.status == 200, response.body
    return response.body


def amounts(record: Any) -> dict[str, int]:
    return {name[7:]: value["value"] for name, value in record.items() if name.startswith("amount_") and value["value"]}


def test_a_guaranteed_payment_has_an_attempt_and_can_be_refunded_up_to_its_amount() -> None:
    api = Api()
    record = reported(api, outcome="guaranteed", guaranteed={"guaranteed_at": "1700000000"})
    assert amounts(record) == {"requested": 1000, "guaranteed": 1000}
    attempts = api.get(f"/v1/payment_attempt_records?payment_record={record['id']}").body["data"]
    assert [one["id"] for one in attempts] == [record["latest_payment_attempt_record"]]
    assert (attempts[0]["payment_record"], amounts(attempts[0])) == (record["id"], amounts(record))
    path = f"/v1/payment_records/{record['id']}/report_refund"
    part = api.post(path, {**REFUND, "amount": {"currency": "usd", "value": "400"}}).body
    assert (part["amount"], amounts(part)["refunded"]) == ({"currency": "usd", "value": 1000}, 400)
    assert amounts(api.post(path, REFUND).body)["refunded"] == 1000
    assert api.post(path, REFUND).status == 400


@pytest.mark.parametrize("outcome", ["canceled", "failed", "guaranteed"])
def test_the_open_attempt_ends_once(outcome: str) -> None:
    api = Api()
    record = reported(api)
    path = f"/v1/payment_records/{record['id']}/report_payment_attempt_{outcome}"
    ended = api.post(path, {f"{outcome}_at": "1700000000", "metadata": {"a": "1"}}).body
    assert (amounts(ended), ended["metadata"]) == ({"requested": 1000, outcome: 1000}, {"a": "1"})
    assert api.post(path, {f"{outcome}_at": "1700000000"}).status == 400


def test_a_payment_is_attempted_again_once_the_last_attempt_failed() -> None:
    api = Api()
    record = reported(api)
    path = f"/v1/payment_records/{record['id']}/report_payment_attempt"
    again = {"initiated_at": "1700000001", "outcome": "failed", "failed": {"failed_at": "1700000001"}}
    assert api.post(path, again).status == 400
    api.post(f"{path}_failed", {"failed_at": "1700000000"})
    second = api.post(path, again).body
    assert second["latest_payment_attempt_record"] != record["latest_payment_attempt_record"]
    assert len(api.get(f"/v1/payment_attempt_records?payment_record={record['id']}").body["data"]) == 2


def test_an_outcome_needs_its_time() -> None:
    refused = Api().post("/v1/payment_records/report_payment", {**REPORT, "outcome": "failed"})
    assert (refused.status, refused.error["param"]) == (400, "failed")
