"""Every error is registered where faults, documentation and tests find it."""

from __future__ import annotations

import inspect
import re
import time
from pathlib import Path

import pytest

from emulator import errors
from emulator.errors import CONSTRUCTORS, areas

from ..api import Api

SOURCE = "".join(path.read_text() for path in Path(inspect.getfile(errors)).parents[1].rglob("*.py"))


def test_every_module_of_errors_is_imported() -> None:
    folder = Path(inspect.getfile(errors)).parent
    names = {".".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("*.py")}
    names = {name.removesuffix(".__init__") for name in names} - {"__init__", "areas", "base", "by_name"}
    sources = "".join(map(inspect.getsource, (errors, areas, errors.billing, errors.payments)))
    assert names == set(re.findall(r"^from emulator\.errors\.([\w.]+) import \*", sources, re.MULTILINE))


def test_every_error_is_registered_and_exported() -> None:
    makers = {
        name: function
        for name, function in inspect.getmembers(errors, inspect.isfunction)
        if function.__annotations__.get("return") == "StripeError"
    }
    helpers = {"bad_param", "bad_request", "field_refused", "refused", "refused_by_v2"}
    assert {name: each.make for name, each in CONSTRUCTORS.items()} == {
        name: make for name, make in makers.items() if name not in helpers
    }


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_an_error_is_for_faults_only_if_nothing_raises_it(name: str) -> None:
    assert CONSTRUCTORS[name].faults_only != bool(re.search(rf"errors\.{name}\b", SOURCE))


def test_only_errors_are_exported_to_the_rest() -> None:
    """Bodies are not put together outside this package: no other module calls its helpers."""
    assert re.findall(r"errors\.(?:bad_param|bad_request|field_refused|refused|refused_by_v2)\(", SOURCE) == []


@pytest.mark.parametrize("name", ["[" * 60_000, "a[" * 30_000, "[1" * 30_000, "[" * 60_000 + "]"])
def test_brackets_in_a_name_cost_no_more_than_letters(api: Api, name: str) -> None:
    def seconds(field: str) -> float:
        start = time.process_time()
        assert api.v2("POST", "/core/accounts", {field: "1"}).error["code"] == "invalid_fields"
        return time.process_time() - start

    letters = min(seconds("a" * 60_000) for _ in range(3))
    assert seconds(name) < 100 * letters
