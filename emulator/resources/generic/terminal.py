"""Readers of Terminal: the action that a server starts on a reader, and the test helpers that end it.

A presented card would move money, which this package does not model: that test helper is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from emulator import errors
from emulator.model.answering.verbs import V1
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields, Resource
from emulator.model.declaration.templates import whole
from emulator.model.stored.recipes import Recipe
from emulator.model.stored.references import placed
from emulator.model.stored.stored import Update, decode
from emulator.resources.generic.base.behaviour import Behaviour
from emulator.schema.trees import hash_in, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

SCHEMA = "terminal_reader_reader_resource"
# The device of a registration code, by its beginning (official samples and enum; the serial numbers are our choice).
DEVICES: Mapping[str, str] = {
    "simulated-wpe": "simulated_wisepos_e",
    "simulated-s700": "simulated_stripe_s700",
    "simulated-s710": "simulated_stripe_s710",
}
ANY_DEVICE = "bbpos_wisepos_e"
MONEY = ("charge", "payment_intent", "setup_intent")
VALUES: Mapping[str, str] = {
    "email": "jenny.rosen@example.com",
    "numeric": "123456",
    "phone": "+15555550100",
    "text": "text",
}
TIMEOUT = {
    "status": "failed",
    "failure_code": "terminal_reader_timeout",
    "failure_message": "The reader did not respond in time.",
}
ENDS = {"failed": "action_failed", "succeeded": "action_succeeded"}


def _register(call: Call, fields: Fields) -> Fields:
    code = str(call.params["registration_code"])
    serial = str(call.sandbox.ids.uuid()) if code in DEVICES else "123-456-789"
    device = DEVICES.get(code, ANY_DEVICE)
    return {"label": serial, **fields, "device_type": device, "serial_number": serial, "last_seen_at": call.now * 1000}


def _begin(kind: str, call: Call, _: Row[bytes], fields: Fields) -> Fields:
    """An action in progress. Raises StripeError while the reader is busy with another one."""
    if _in_progress(fields) not in (None, "set_reader_display"):
        raise errors.reader_busy()
    for name in MONEY:
        if name in call.params and registry.resource(name) is None:
            raise errors.param_not_emulated((name,))
    schema = f"{SCHEMA}_{kind}_action"
    params = {name: value for name, value in call.params.items() if name != "expand"}
    asked = whole(schema, placed(call, schema, params))
    if kind == "collect_inputs":
        asked["inputs"] = [_input(each) for each in list_in(asked, "inputs")]
    action = whole(f"{SCHEMA}_reader_action", {"type": kind, kind: asked, "status": "in_progress"})
    return {**fields, "action": action}


def _input(asked: Mapping[str, Json]) -> Fields:
    """A requested input without its value."""
    kind = str(asked["type"])
    toggles = [whole(f"{SCHEMA}_toggle", each) for each in list_in(asked, "toggles")]
    return {**asked, kind: whole(f"{SCHEMA}_{kind}", hash_in(asked, kind)), "toggles": toggles or None}


def _collected(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    """The inputs as a customer gives them; those that are not required may be skipped (official)."""
    action = _ending(fields, "collect_inputs")
    collected = hash_in(action, "collect_inputs")
    skipping = call.params.get("skip_non_required_inputs") == "all"
    inputs: list[Json] = [
        {**each, "skipped": True} if skipping and not each.get("required") else {**_given(each), "skipped": False}
        for each in list_in(collected, "inputs")
    ]
    return {**fields, "action": {**action, "status": "succeeded", "collect_inputs": {**collected, "inputs": inputs}}}


def _given(each: Mapping[str, Json]) -> Fields:
    """An input with a value, which is our choice."""
    kind = str(each["type"])
    toggles: list[Json] = [{**toggle, "value": toggle["default_value"]} for toggle in list_in(each, "toggles")]
    own = hash_in(each, kind)
    if kind == "selection":
        choice = next(iter(list_in(own, "choices")), {})
        own = {**own, "id": str(choice.get("id")), "text": str(choice.get("text"))}
    elif kind in VALUES:
        own = {**own, "value": VALUES[kind]}
    return {**each, kind: own, "toggles": toggles or None}


def _timed_out(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    return {**fields, "action": {**_ending(fields, "collect_inputs"), **TIMEOUT}}


def _present(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    if _in_progress(fields) in (None, "collect_inputs", "set_reader_display"):
        raise errors.reader_without_action("payment")
    raise errors.effect_not_emulated("a card that is presented to a reader")


def _ending(fields: Fields, kind: str) -> Fields:
    """The action of a kind in progress. Raises StripeError without one."""
    if _in_progress(fields) != kind:
        raise errors.reader_without_action(kind)
    return hash_in(fields, "action")


def _in_progress(fields: Fields) -> Json:
    action = hash_in(fields, "action")
    return action.get("type") if action.get("status") == "in_progress" else None


def _stub(resource: Resource[Any], row: Row[bytes]) -> Fields:
    """The stub of a reader has its device too (official)."""
    fields = decode(row)
    return {**V1.stub(resource, row), **{name: fields.get(name) for name in ("device_type", "serial_number")}}


def _event(before: Fields, after: Fields) -> str:
    status = hash_in(after, "action").get("status")
    return ENDS.get(str(status), "") if status != hash_in(before, "action").get("status") else ""


ACTIONS: Mapping[str, Update] = {
    kind: partial(_begin, kind)
    for kind in (
        "collect_inputs",
        "collect_payment_method",
        "confirm_payment_intent",
        "process_payment_intent",
        "process_setup_intent",
        "refund_payment",
        "set_reader_display",
    )
}
BEHAVIOUR = {
    "terminal.reader": Behaviour(
        create=_register,
        actions={
            **ACTIONS,
            "present_payment_method": _present,
            "succeed_input_collection": _collected,
            "timeout_input_collection": _timed_out,
        },
        event=_event,
        stub=_stub,
        recipe=Recipe(
            later_values=(
                {"action": {"type": "collect_inputs", "status": "in_progress", "collect_inputs": {"inputs": []}}},
                {"action": {"type": "process_payment_intent", "status": "in_progress"}},
            )
        ),
    ),
}
