"""Actions of readers, and the test helpers that end them."""

from __future__ import annotations

from typing import Any

import pytest

from ...api import Api

INPUTS = [
    {"type": "text", "custom_text": {"title": "Name"}, "required": "true"},
    {"type": "selection", "custom_text": {"title": "Size"}, "selection": {"choices": [{"id": "s", "text": "Small"}]}},
]


def reader(api: Api) -> str:
    made = api.post("/v1/terminal/readers", {"registration_code": "simulated-wpe", "label": "Till"}).body
    assert (made["device_type"], made["label"], made["action"]) == ("simulated_wisepos_e", "Till", None)
    return str(made["id"])


def events(api: Api) -> list[str]:
    return [event["type"] for event in api.get("/v1/events").body["data"]]


def act(api: Api, one: str, action: str, **params: Any) -> Any:
    return api.post(f"/v1/terminal/readers/{one}/{action}", params)


def help_with(api: Api, one: str, action: str, **params: Any) -> Any:
    return api.post(f"/v1/test_helpers/terminal/readers/{one}/{action}", params)


def test_inputs_are_collected() -> None:
    api = Api()
    one = reader(api)
    action = act(api, one, "collect_inputs", inputs=INPUTS).body["action"]
    assert (action["type"], action["status"], action["failure_code"]) == ("collect_inputs", "in_progress", None)
    assert [each["type"] for each in action["collect_inputs"]["inputs"]] == ["text", "selection"]
    assert action["collect_inputs"]["inputs"][0]["text"] == {"value": None}
    done = help_with(api, one, "succeed_input_collection").body["action"]
    text, selection = done["collect_inputs"]["inputs"]
    assert (done["status"], text["text"]["value"], selection["selection"]["id"]) == ("succeeded", "text", "s")
    assert events(api) == ["terminal.reader.action_succeeded"]


def test_inputs_that_are_not_required_can_be_skipped() -> None:
    api = Api()
    one = reader(api)
    act(api, one, "collect_inputs", inputs=INPUTS)
    done = help_with(api, one, "succeed_input_collection", skip_non_required_inputs="all").body["action"]
    assert [each["skipped"] for each in done["collect_inputs"]["inputs"]] == [False, True]


def test_a_collection_times_out() -> None:
    api = Api()
    one = reader(api)
    act(api, one, "collect_inputs", inputs=INPUTS)
    action = help_with(api, one, "timeout_input_collection").body["action"]
    assert (action["status"], action["failure_code"]) == ("failed", "terminal_reader_timeout")
    assert events(api) == ["terminal.reader.action_failed"]


def test_a_busy_reader_refuses_until_its_action_is_canceled() -> None:
    api = Api()
    one = reader(api)
    act(api, one, "collect_inputs", inputs=INPUTS)
    busy = act(api, one, "collect_inputs", inputs=INPUTS)
    assert (busy.status, busy.error["code"]) == (400, "terminal_reader_busy")
    assert act(api, one, "cancel_action").body["action"] is None
    assert act(api, one, "collect_inputs", inputs=INPUTS).status == 200


def test_a_display_shows_a_cart_and_leaves_the_reader_free() -> None:
    api = Api()
    one = reader(api)
    cart = {"currency": "usd", "total": "5", "line_items": [{"amount": "5", "description": "Tea", "quantity": "1"}]}
    action = act(api, one, "set_reader_display", type="cart", cart=cart).body["action"]
    assert action["set_reader_display"]["cart"]["total"] == 5
    assert act(api, one, "collect_inputs", inputs=INPUTS).status == 200


@pytest.mark.parametrize("helper", ["present_payment_method", "succeed_input_collection", "timeout_input_collection"])
def test_a_test_helper_needs_its_action(helper: str) -> None:
    api = Api()
    refused = help_with(api, reader(api), helper)
    assert (refused.status, refused.error["type"]) == (400, "invalid_request_error")
