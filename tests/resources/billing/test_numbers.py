"""Negative and absurd numbers are refused where they are sent, and no number moves money the wrong way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from emulator import catalog
from emulator.catalog import Operation
from emulator.model.answering import endpoints
from emulator.resources import table
from emulator.schema import spec
from emulator.wire import form
from emulator.wire.path import format_path

from ...api import Api
from ..generic.values import Values
from ..money.tills import Till

ABSURD = ("-1", "-1000000000", "1000000000000")
STATUSES = {200, 400, 402, 404, 501}
NOBODY = "none_0000"
# Shares and amounts of money: their values out of bounds, with the messages. A name is the end of a path.
LEAST = "This value must be greater than or equal to 0."
SHARE = [
    ("-0.5", "This value must be greater than or equal to 0 (it currently is '-0.5')."),
    ("500", "This value must be less than or equal to 100 (it currently is '500.0')."),
]
MONEY: dict[tuple[str, ...], list[tuple[str, str]]] = {
    ("application_fee",): [("-1", LEAST)],
    ("application_fee_amount",): [("-1", LEAST)],
    ("application_fee_percent",): SHARE,
    ("transfer_data", "amount"): [("-1", LEAST)],
    ("transfer_data", "amount_percent"): SHARE,
    ("days_until_due",): [
        ("-5", LEAST),
        ("1000000000000", "This value must be less than or equal to 36500."),
    ],
    ("next_invoice_sequence",): [("-5", "This value must be greater than or equal to 1.")],
}


def numbers(kind: spec.Type, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the numbers in a request; the first item stands for a list, a made-up key for a map."""
    match kind:
        case spec.Integer() | spec.Decimal():
            yield path
        case spec.Object(params):
            for name, param in params.items():
                yield from numbers(param.type, (*path, name))
        case spec.Array(item):
            yield from numbers(item, (*path, "0"))
        case spec.Map(value):
            yield from numbers(value, (*path, "usd"))
        case spec.AnyOf(options):
            for option in options:
                yield from numbers(option, path)


def groups() -> Iterator[tuple[str, list[Operation]]]:
    """The modelled operations with numbers, by the area of their module."""
    found: dict[str, list[Operation]] = {}
    for operation in catalog.operations():
        if not operation.v2 and endpoints.endpoint(operation) and any(numbers(operation.params)):
            found.setdefault(table.MODULES.get(operation.object, "generic").rpartition(".")[0], []).append(operation)
    return iter(found.items())


def put(tree: dict[str, Any], path: tuple[str, ...], value: str) -> dict[str, Any]:
    """A body with one more value; lists become hashes with indexes, which is the same in a form."""
    name, *rest = path
    before = tree.get(name)
    if isinstance(before, list):
        before = {str(index): each for index, each in enumerate(before)}
    inner = before if isinstance(before, dict) else {}
    return {**tree, name: put(inner, tuple(rest), value) if rest else value}


def send(api: Api, operation: Operation, path: str, body: dict[str, Any]) -> Any:
    if operation.method == "GET":
        return api.get(f"{path}?{form.encode(body)}")
    return api.post(path, body)


AREAS = dict(groups())
TEMPLATE = re.compile(r"\{[^}]+\}")


@pytest.mark.parametrize("area", sorted(AREAS))
def test_every_number_is_taken_or_refused(area: str) -> None:
    wrong = []
    for operation in AREAS[area]:
        api = Api()
        values = Values(api)
        for path in numbers(operation.params):
            for value in ABSURD:
                request = values.request(operation)
                if request is None:
                    continue
                answer = send(api, operation, request[0], put(request[1], path, value))
                if answer.status not in STATUSES:
                    wrong.append((operation.id, path, value, answer.status))
    assert wrong == []


def bounded() -> Iterator[tuple[Operation, tuple[str, ...], list[tuple[str, str]]]]:
    for operations in AREAS.values():
        for operation in operations:
            for path in numbers(operation.params):
                found = next((MONEY[path[place:]] for place in range(len(path)) if path[place:] in MONEY), None)
                if found:
                    yield operation, path, found


def test_each_operation_refuses_a_share_or_an_amount_out_of_bounds() -> None:
    api, count = Api(), 0
    for operation, path, vectors in bounded():
        for value, message in vectors:
            answer = send(api, operation, TEMPLATE.sub(NOBODY, operation.path), put({}, path, value))
            expected = {"message": message, "param": format_path(path), "type": "invalid_request_error"}
            if "currently" not in message:
                code = "parameter_invalid_integer"
                expected |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"}
            assert (operation.id, answer.status, answer.error) == (operation.id, 400, expected)
            count += 1
    assert count > 80  # of all operations that move money


def test_an_amount_is_never_transferred_without_a_destination() -> None:
    api = Api()
    intent = {"amount": "1000", "currency": "usd", "payment_method": "pm_card_visa", "payment_method_types": ["card"]}
    made = api.post("/v1/payment_intents", intent).body["id"]
    refused = api.post(f"/v1/payment_intents/{made}", {"transfer_data": {"amount": "5"}})
    error = {name: value for name, value in refused.error.items() if name != "payment_intent"}
    assert (refused.status, error) == (
        400,
        {
            "message": "This charge has no destination, so the amount of its transfer cannot be set.",
            "param": "transfer_data",
            "type": "invalid_request_error",
        },
    )
    assert api.post(f"/v1/payment_intents/{made}/confirm").body["status"] == "succeeded"


@pytest.mark.parametrize("sent", [{"application_fee_amount": "5000"}, {"transfer_data": {"amount": "5000"}}])
def test_a_capture_of_a_part_gives_no_more_than_that_part(sent: dict[str, Any]) -> None:
    till = Till()
    seller = till.seller()
    payment = {
        "amount": "9000",
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
        "capture_method": "manual",
        "confirm": "true",
        "transfer_data": {"destination": seller},
    }
    intent = till.api.post("/v1/payment_intents", payment).body["id"]
    captured = till.api.post(f"/v1/payment_intents/{intent}/capture", {"amount_to_capture": "1000", **sent})
    assert captured.status == 200, captured.body
    transfer = till.api.get("/v1/transfers").body["data"][0]["amount"]
    fees = [each["amount"] for each in till.api.get("/v1/application_fees").body["data"]]
    assert (transfer, fees) == (1000, [1000] if "application_fee_amount" in sent else [])


@pytest.mark.parametrize("end", ["5", "-1"])
def test_a_trial_of_a_session_ends_in_the_future(end: str) -> None:
    till = Till()
    product = {"name": "Tea"}
    price = {"currency": "usd", "unit_amount": "1000", "product_data": product, "recurring": {"interval": "month"}}
    session = {
        "mode": "subscription",
        "success_url": "https://shop.example/done",
        "line_items": [{"price_data": price, "quantity": "1"}],
        "subscription_data": {"trial_end": end},
    }
    refused = till.api.post("/v1/checkout/sessions", session)
    assert (refused.status, refused.error["param"]) == (400, "subscription_data[trial_end]")
