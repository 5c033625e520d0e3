"""Usage meters: events of v1 and v2, their cancelation, summaries, and streams."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.wire.timestamps import format_timestamp

from ....api import Api

STREAM = "/billing/meter_event_stream"


def meter(api: Api, formula: str = "sum") -> Any:
    params = {"display_name": "Tokens", "event_name": "tokens", "default_aggregation": {"formula": formula}}
    response = api.post("/v1/billing/meters", params)
    assert response.status == 200, response.body
    return response.body


def customer(api: Api) -> str:
    return str(api.post("/v1/customers").body["id"])


def event(payer: str, value: int, **more: Any) -> dict[str, Any]:
    return {"event_name": "tokens", "payload": {"stripe_customer_id": payer, "value": str(value)}, **more}


def totals(api: Api, one: str, payer: str, **more: Any) -> list[float]:
    now = api.post("/v1/customers").body["created"]
    start, end = now - now % 3_600 - 7_200, now - now % 3_600 + 3_600
    query = f"customer={payer}&start_time={start}&end_time={end}"
    query += "".join(f"&{name}={value}" for name, value in more.items())
    response = api.get(f"/v1/billing/meters/{one}/event_summaries?{query}")
    assert response.status == 200, response.body
    return [each["aggregated_value"] for each in response.body["data"]]


@pytest.mark.parametrize(("formula", "total"), [("sum", 7), ("count", 2), ("last", 4)])
def test_events_of_both_versions_are_counted_by_customer(formula: str, total: float) -> None:
    api = Api()
    payer = customer(api)
    one = meter(api, formula)["id"]
    first = api.post("/v1/billing/meter_events", event(payer, 3, identifier="a")).body
    assert (first["object"], first["identifier"], first["timestamp"]) == ("billing.meter_event", "a", first["created"])
    second = api.v2("POST", "/billing/meter_events", event(payer, 4)).body
    assert (second["object"], second["payload"]["value"]) == ("v2.billing.meter_event", "4")
    api.post("/v1/billing/meter_events", event(customer(api), 100))
    assert totals(api, one, payer) == [total]
    assert totals(api, one, payer, value_grouping_window="hour") == [total]
    assert totals(api, one, customer(api), value_grouping_window="hour") == []


def test_an_identifier_is_used_once_a_day_and_taken_back_by_name() -> None:
    api = Api()
    payer = customer(api)
    one = meter(api)["id"]
    api.post("/v1/billing/meter_events", event(payer, 3, identifier="a"))
    again = api.v2("POST", "/billing/meter_events", event(payer, 3, identifier="a"))
    assert (again.status, again.error["code"]) == (400, "duplicate_meter_event")
    assert api.post("/v1/billing/meter_events", event(payer, 3, identifier="a")).error["param"] == "identifier"
    adjustment = {"event_name": "tokens", "type": "cancel", "cancel": {"identifier": "a"}}
    canceled = api.v2("POST", "/billing/meter_event_adjustments", adjustment).body
    assert (canceled["status"], canceled["cancel"]) == ("pending", {"identifier": "a"})
    assert totals(api, one, payer) == [0]
    assert api.post("/v1/billing/meter_event_adjustments", adjustment).status == 400


@pytest.mark.parametrize(
    ("seconds", "code"), [(-35 * 86_400 - 1, "timestamp_too_far_in_past"), (301, "timestamp_in_future")]
)
def test_a_time_out_of_range_is_refused(seconds: int, code: str) -> None:
    api = Api()
    at = meter(api)["created"] + seconds
    refused = api.v2("POST", "/billing/meter_events", event("cus_1", 1, timestamp=format_timestamp(at + (seconds > 0))))
    assert (refused.status, refused.error["code"]) == (400, code)
    old = api.post("/v1/billing/meter_events", event("cus_1", 1, timestamp=str(at + (seconds > 0))))
    assert (old.status, old.error["param"]) == (400, "timestamp")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"event_name": "other", "payload": {"stripe_customer_id": "cus_1", "value": "1"}}, "no_meter"),
        ({"event_name": "tokens", "payload": {"value": "1"}}, "payload_no_customer_defined"),
        ({"event_name": "tokens", "payload": {"stripe_customer_id": "cus_1"}}, "payload_no_value_defined"),
        (event("cus_1", -1), "payload_invalid_value"),
    ],
)
def test_v2_refuses_at_once_what_no_meter_counts_and_v1_accepts_it(sent: dict[str, Any], code: str) -> None:
    api = Api()
    meter(api)
    assert api.v2("POST", "/billing/meter_events", sent).error["code"] == code
    assert api.post("/v1/billing/meter_events", sent).status == 200


def test_an_archived_meter_takes_no_events_and_frees_its_name() -> None:
    api = Api()
    one = meter(api)["id"]
    taken = {"display_name": "T", "event_name": "tokens", "default_aggregation": {"formula": "sum"}}
    assert api.post("/v1/billing/meters", taken).error["param"] == "event_name"
    archived = api.post(f"/v1/billing/meters/{one}/deactivate").body
    assert (archived["status"], archived["status_transitions"]["deactivated_at"] is None) == ("inactive", False)
    assert api.v2("POST", "/billing/meter_events", event("cus_1", 1)).error["code"] == "archived_meter"
    assert api.post("/v1/billing/meters", taken).status == 200


def test_a_stream_takes_the_token_of_a_session_and_nothing_else_does() -> None:
    api = Api()
    payer = customer(api)
    one = meter(api)["id"]
    session = api.v2("POST", "/billing/meter_event_session").body
    bearer = f"Bearer {session['authentication_token']}"
    sent = {"events": [event(payer, 1), event(payer, 2)]}
    assert api.v2("POST", STREAM, sent, authorization=bearer).body == {}
    assert totals(api, one, payer) == [3]
    refused = api.v2("POST", "/billing/meter_events", event(payer, 1), authorization=bearer)
    assert refused.status == 401
    assert api.v2("POST", STREAM, sent, authorization="Bearer mes_test_none").status == 401


@pytest.mark.asyncio
async def test_the_token_of_a_session_is_valid_for_fifteen_minutes() -> None:
    api = Api()
    token = api.v2("POST", "/billing/meter_event_session").body["authentication_token"]
    await api.control("POST", "/clock", {"advance": 901})
    refused = api.v2("POST", STREAM, {"events": [event("cus_1", 1)]}, authorization=f"Bearer {token}")
    assert (refused.status, refused.error["code"], refused.error["type"]) == (
        400,
        "billing_meter_event_session_expired",
        "temporary_session_expired",
    )


def test_a_stream_with_a_bad_event_stores_none() -> None:
    api = Api()
    payer = customer(api)
    one = meter(api)["id"]
    sent = {"events": [event(payer, 1, identifier="a"), event(payer, 2, identifier="a")]}
    assert api.v2("POST", STREAM, sent).error["code"] == "duplicate_meter_event"
    assert totals(api, one, payer) == [0]


@pytest.mark.parametrize(
    ("sent", "kind", "code", "message"),
    [
        (
            {"event_name": "other", "payload": {"stripe_customer_id": "@", "value": "1"}},
            "v1.billing.meter.no_meter_found",
            "no_meter",
            "No meter was found matching event_name other.",
        ),
        (
            {"event_name": "tokens", "payload": {"value": "1"}},
            "v1.billing.meter.error_report_triggered",
            "meter_event_no_customer_defined",
            "Customer mapping key stripe_customer_id not found in payload.",
        ),
        (
            {"event_name": "tokens", "payload": {"stripe_customer_id": "cus_none", "value": "1"}},
            "v1.billing.meter.error_report_triggered",
            "meter_event_customer_not_found",
            "Customer cus_none not found.",
        ),
        (
            {"event_name": "tokens", "payload": {"stripe_customer_id": "@"}},
            "v1.billing.meter.error_report_triggered",
            "meter_event_value_not_found",
            "Value key value not found in payload.",
        ),
        (
            {"event_name": "tokens", "payload": {"stripe_customer_id": "@", "value": "-1"}},
            "v1.billing.meter.error_report_triggered",
            "meter_event_invalid_value",
            "The value -1 is not a number.",
        ),
    ],
)
def test_a_thin_event_reports_what_is_not_counted(sent: dict[str, Any], kind: str, code: str, message: str) -> None:
    api = Api()
    one, payer = meter(api)["id"], customer(api)
    named = {name: payer if value == "@" else value for name, value in sent["payload"].items()}
    accepted = api.post("/v1/billing/meter_events", {**sent, "payload": named, "identifier": "a"}).body
    [found] = [each for each in api.v2("GET", "/core/events").body["data"] if each["type"].startswith("v1.")]
    start = accepted["created"] - accepted["created"] % 10
    sample = {"error_message": message, "request": {"identifier": "a"}}
    related = {"id": one, "type": "billing.meter", "url": f"/v1/billing/meters/{one}"}
    assert (found["type"], found["related_object"]) == (kind, None if code == "no_meter" else related)
    assert found["data"] == {
        "developer_message_summary": "There is 1 invalid event",
        "reason": {
            "error_count": 1,
            "error_types": [{"code": code, "error_count": 1, "sample_errors": [sample]}],
        },
        "validation_end": format_timestamp(start + 10),
        "validation_start": format_timestamp(start),
    }
    assert totals(api, one, payer) == [0]


def test_a_destination_subscribes_to_the_reports_of_meters() -> None:
    api = Api()
    sent = {
        "name": "Meters",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v1.billing.meter.error_report_triggered", "v1.billing.meter.no_meter_found"],
        "webhook_endpoint": {"url": "http://127.0.0.1:3000/hook"},
    }
    made = api.v2("POST", "/core/event_destinations", sent)
    assert (made.status, made.body["enabled_events"]) == (200, sent["enabled_events"])


def test_an_event_that_is_counted_has_no_report() -> None:
    api = Api()
    meter(api)
    api.post("/v1/billing/meter_events", event(customer(api), 1))
    assert api.v2("GET", "/core/events").body["data"] == []


def test_an_event_is_counted_by_the_meter_that_took_it_until_it_is_canceled() -> None:
    api = Api()
    first, payer = meter(api)["id"], customer(api)
    body = api.post("/v1/billing/meter_events", {**event(payer, 5), "identifier": "one"}).body
    assert sorted(body) == ["created", "event_name", "identifier", "livemode", "object", "payload", "timestamp"]
    api.post("/v1/billing/meter_events", event(payer, 7))
    assert totals(api, first, payer) == [12]
    cancel = {"event_name": "calls", "type": "cancel", "cancel": {"identifier": "one"}}
    assert api.post("/v1/billing/meter_event_adjustments", cancel).status == 200
    assert totals(api, first, payer) == [7]
    api.post(f"/v1/billing/meters/{first}/deactivate")
    second = meter(api)["id"]
    api.post("/v1/billing/meter_events", event(payer, 3))
    assert (totals(api, first, payer), totals(api, second, payer)) == ([7], [3])
