"""The types of JSON: every type of parameter is compared with a value of any type."""

from __future__ import annotations

from typing import get_args

import pytest

from emulator.schema import spec
from emulator.schema.json_types import Mismatch, mismatch

from ..api import Api

STRING = spec.String()
EXAMPLES: dict[type, tuple[spec.Type, str | None]] = {
    spec.Boolean: (spec.Boolean(), "a boolean"),
    spec.Integer: (spec.Integer(), "an integer"),
    spec.Decimal: (spec.Decimal(), "a number"),
    spec.String: (STRING, None),
    spec.Enum: (spec.Enum(("a",)), None),
    spec.Array: (spec.Array(STRING), "an array"),
    spec.Object: (spec.EMPTY, "an object"),
    spec.Map: (spec.Map(STRING), "an object"),
    spec.AnyOf: (spec.AnyOf((spec.Integer(), spec.EMPTY)), "an integer"),
    spec.Gap: (spec.Gap(), None),
}


@pytest.mark.parametrize("kind", get_args(spec.Type))
def test_a_text_is_compared_with_every_type_of_parameter(kind: type) -> None:
    example, expected = EXAMPLES[kind]
    assert mismatch("text", example) == (Mismatch((), expected) if expected else None)


@pytest.mark.parametrize("value", ["text", 5, True, [], {}, ["text"], {"text": 5}])
def test_a_parameter_that_is_not_emulated_is_refused_by_name_whatever_its_value(value: object) -> None:
    body = {"identity": {"business_details": {"additional_addresses": value}}}
    answer = Api().v2("POST", "/core/account_tokens", body)
    assert (answer.status, answer.body["error"]) == (
        501,
        {
            "code": "emulator_not_emulated",
            "message": "The emulator does not emulate the parameter identity[business_details][additional_addresses]. "
            "Stripe has it; FIDELITY.md lists what is emulated.",
        },
    )
