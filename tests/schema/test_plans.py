"""Forms that are checked by their structure: the values and the errors of the checker, whatever was checked before."""

from __future__ import annotations

import pytest

from emulator.errors import ErrorBody, StripeError
from emulator.schema.check import BOOLEANS_OF_V2, Params, check
from emulator.schema.plans import check_form
from emulator.schema.spec import AnyOf, Array, Boolean, Decimal, Enum, Integer, Map, Object, Param, String
from emulator.wire import form
from tests.wire.test_structure import repeated

SPEC = Object(
    {
        "name": Param(String(5), required=True),
        "on": Param(Boolean()),
        "count": Param(Integer(1, 9)),
        "ratio": Param(Decimal()),
        "kind": Param(Enum(("red", "green"))),
        "tags": Param(Array(String())),
        "inner": Param(Object({"flag": Param(Boolean(), required=True), "note": Param(String(), clearable=True)})),
        "metadata": Param(Map(String(3)), clearable=True),
        "created": Param(AnyOf((Object({"gt": Param(Integer())}), Integer()))),
    }
)
VALID: list[tuple[str, Params]] = [
    ("name=x", {"name": "x"}),
    (
        "on=true&name=x&count=5&ratio=1.5&kind=red",
        {"on": True, "name": "x", "count": 5, "ratio": 1.5, "kind": "red"},
    ),
    ("name=x&inner[flag]=False&inner[note]=n", {"name": "x", "inner": {"flag": False, "note": "n"}}),
    ("name=x&inner[flag]=true&inner[note]=", {"name": "x", "inner": {"flag": True, "note": ""}}),
    ("metadata[a]=1&name=x&metadata[b]=2", {"metadata": {"a": "1", "b": "2"}, "name": "x"}),
    ("name=x&metadata=&created[gt]=5&tags[0]=a", {"name": "x", "metadata": "", "created": {"gt": 5}, "tags": ["a"]}),
]
REFUSED = [
    "on=true",
    "name=",
    "name=toolong",
    "name=x&on=maybe",
    "name=x&on=",
    "name=x&count=10",
    "name=x&count=ten",
    "name=x&kind=blue",
    "name=x&nmae=y",
    "name=x&inner[note]=n",
    "name=x&inner=1",
    "name=x&inner[flag][x]=true",
    "name[x]=1",
    "name=x&metadata[a]=long",
    "name=x&metadata[a][b]=1",
    "name=x&created=soon",
]


@pytest.mark.parametrize(("body", "values"), VALID)
def test_a_valid_form_has_these_values(body: str, values: Params) -> None:
    found = check_form(repeated(body.encode()), SPEC)
    assert found == values
    assert list(found) == list(values)


@pytest.mark.parametrize("body", REFUSED)
def test_a_form_is_refused_with_the_error_of_its_tree(body: str) -> None:
    with pytest.raises(StripeError) as expected:
        check(form.parse(body.encode()), SPEC)
    with pytest.raises(StripeError) as caught:
        check_form(repeated(body.encode()), SPEC)
    assert caught.value.body == expected.value.body


def test_values_are_checked_each_time() -> None:
    outcomes: list[Params | ErrorBody] = []
    for count in ("5", "6", "10", "7"):
        try:
            outcomes.append(check_form(repeated(f"name=x&count={count}".encode()), SPEC))
        except StripeError as error:
            outcomes.append(error.body)
    kept = {"name": "x", "count": 5}
    assert [outcomes[0], outcomes[1], outcomes[3]] == [kept, {**kept, "count": 6}, {**kept, "count": 7}]
    assert isinstance(outcomes[2], ErrorBody)
    assert outcomes[2].param == "count"


def test_one_structure_is_checked_by_several_specifications() -> None:
    sent = repeated(b"name=1&on=true")
    other = Object({"name": Param(Integer(), required=True), "on": Param(String())})
    assert check_form(sent, SPEC) == {"name": "1", "on": True}
    assert check_form(sent, other) == {"name": 1, "on": "true"}


def test_unknown_names_are_ignored_where_the_check_is_not_strict() -> None:
    assert check_form(repeated(b"name=x&more=1"), SPEC, strict=False) == {"name": "x"}


def test_the_booleans_of_v2_are_in_lower_case() -> None:
    with pytest.raises(StripeError):
        check_form(repeated(b"name=x&on=True"), SPEC, booleans=BOOLEANS_OF_V2)
