"""The conventions of /v2: typed JSON, required versions, indexed queries, pages."""

from __future__ import annotations

import re

import pytest

from emulator import catalog
from emulator.schema import spec
from emulator.schema.json_types import Mismatch, mismatch

from ...api import Api

KIND = spec.Object(
    {
        "flag": spec.Param(spec.Boolean()),
        "count": spec.Param(spec.Integer()),
        "share": spec.Param(spec.Decimal()),
        "name": spec.Param(spec.String()),
        "kind": spec.Param(spec.Enum(("a", "b"))),
        "names": spec.Param(spec.Array(spec.String())),
        "inner": spec.Param(spec.Object({"day": spec.Param(spec.Integer())})),
        "metadata": spec.Param(spec.Map(spec.String())),
        "either": spec.Param(spec.AnyOf((spec.Integer(), spec.Object({})))),
    }
)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"flag": True, "count": 5, "share": 0.5, "name": "5", "kind": "a", "names": ["x"]}, None),
        ({"inner": {"day": 1}, "metadata": {"a": "b"}, "either": 5}, None),
        ({"either": {}}, None),
        (dict.fromkeys(KIND.params), None),
        ({"unknown": object()}, None),
        ({"flag": "true"}, Mismatch(("flag",), "a boolean")),
        ({"flag": 1}, Mismatch(("flag",), "a boolean")),
        ({"count": "5"}, Mismatch(("count",), "an integer")),
        ({"count": True}, Mismatch(("count",), "an integer")),
        ({"count": 5.0}, Mismatch(("count",), "an integer")),
        ({"share": "5"}, Mismatch(("share",), "a number")),
        ({"name": 5}, Mismatch(("name",), "a string")),
        ({"name": {"a": "b"}}, Mismatch(("name",), "a string")),
        ({"kind": False}, Mismatch(("kind",), "a string")),
        ({"names": "x"}, Mismatch(("names",), "an array")),
        ({"names": ["x", 5]}, Mismatch(("names", "1"), "a string")),
        ({"inner": []}, Mismatch(("inner",), "an object")),
        ({"inner": {"day": "1"}}, Mismatch(("inner", "day"), "an integer")),
        ({"metadata": {"a": 1}}, Mismatch(("metadata", "a"), "a string")),
        ({"either": "5"}, Mismatch(("either",), "an integer")),
    ],
)
def test_a_json_value_has_the_type_of_its_parameter(value: object, found: Mismatch | None) -> None:
    assert mismatch(value, KIND) == found


def test_every_parameter_of_v2_has_a_type_in_json() -> None:
    for operation in catalog.operations():
        if operation.v2:
            mismatch(dict.fromkeys(operation.params.params, object()), operation.params)


def test_booleans_of_a_query_are_not_capitalized_on_v2(api: Api) -> None:
    assert api.v2("GET", "/core/accounts?closed=true").status == 200
    response = api.v2("GET", "/core/accounts?closed=True")
    assert (response.status, response.body["error"]["code"]) == (400, "invalid_fields")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_v2_requires_a_version(api: Api, method: str) -> None:
    response = api.v2(method, "/core/accounts", stripe_version=None)
    assert (response.status, response.body) == (
        400,
        {
            "error": {
                "code": "invalid_fields",
                "message": "The Stripe-Version header is required on requests to /v2.",
            }
        },
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"peer_email": "a"}, "'peer_email: Unknown field.'"),
        ({"a": 1, "identity": {"b": 1}}, "'a: Unknown field.', 'identity.b: Unknown field.'"),
        (
            {"include": ["identity", "all"]},
            (
                "'include[1]: Unrecognized enum value 'all', valid values are: configuration.customer, "
                "configuration.merchant, configuration.recipient, defaults, future_requirements, identity, requirements.'"
            ),
        ),
        ({"metadata": {"a": 1}}, "'metadata.a: Expected a string.'"),
        (
            {"configuration": {"merchant": {"capabilities": {"card_payments": {"requested": None}}}}},
            "'configuration.merchant.capabilities.card_payments.requested: Cannot be empty or null.'",
        ),
    ],
)
def test_invalid_fields_are_named_by_their_path(api: Api, body: object, message: str) -> None:
    response = api.v2("POST", "/core/accounts", body)
    said = f"Some fields in the request were invalid: {message}"
    assert (response.status, response.body) == (400, {"error": {"code": "invalid_fields", "message": said}})


def test_requests_to_v2_have_ids_of_their_own_form(api: Api) -> None:
    assert re.fullmatch(r"req_v2[0-9A-Za-z]{15}", api.v2("GET", "/core/accounts").headers["request-id"])
    assert re.fullmatch(r"req_[0-9A-Za-z]{14}", api.get("/v1/accounts").headers["request-id"])


def _destination(api: Api) -> str:
    """The id of a new event destination."""
    params = {
        "name": "x",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v2.core.account.created"],
        "webhook_endpoint": {"url": "https://example.com/hook"},
    }
    return str(api.v2("POST", "/core/event_destinations", params).body["id"])


def test_a_page_token_of_a_deleted_object_is_refused(api: Api) -> None:
    made = [_destination(api) for _ in range(3)][::-1]
    first = api.v2("GET", "/core/event_destinations?limit=2").body["next_page_url"].removeprefix("/v2")
    assert [row["id"] for row in api.v2("GET", first).body["data"]] == made[2:]
    api.v2("DELETE", f"/core/event_destinations/{made[1]}")
    said = "Some fields in the request were invalid: 'page: Invalid page token. Start again from the first page.'"
    response = api.v2("GET", first)
    assert (response.status, response.body) == (400, {"error": {"code": "invalid_fields", "message": said}})


def test_a_replayed_delete_names_the_first_request(api: Api) -> None:
    path = f"/core/event_destinations/{_destination(api)}"
    first, second = (api.v2("DELETE", path, idempotency_key="k") for _ in range(2))
    assert (second.status, second.raw, second.headers["idempotent-replayed"]) == (200, first.raw, "true")
    assert second.headers["original-request"] == first.headers["request-id"] != second.headers["request-id"]
