"""The quick dataclass against that of the standard library."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest

from emulator.wire.dataclasses import dataclass, replace


def pair(decorate: Any) -> Any:
    @decorate(frozen=True, slots=True)
    class Pair:
        left: int
        right: tuple[str, ...] = ()
        note: str = dataclasses.field(default="", compare=False, repr=False)

    return Pair


def empty(decorate: Any) -> Any:
    @decorate(frozen=True, slots=True)
    class Empty:
        pass

    return Empty


@pytest.fixture(params=[dataclass, dataclasses.dataclass], ids=["ours", "theirs"])
def decorate(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_instances_are_equal_by_the_fields_that_are_compared(decorate: Any) -> None:
    made, other = pair(decorate), pair(decorate)
    one = made(1, ("a",), "x")
    assert one == made(1, ("a",), "y")
    assert one != made(2, ("a",), "x")
    assert one != other(1, ("a",), "x")
    assert one != (1, ("a",))
    assert hash(one) == hash(made(1, ("a",), "y")) == hash((1, ("a",)))
    assert empty(decorate)() != empty(decorate)()
    nothing = empty(decorate)
    assert (nothing() == nothing(), hash(nothing())) == (True, hash(()))


def test_instances_are_shown_replaced_and_copied(decorate: Any) -> None:
    made = pair(decorate)
    one = made(1, ("a",), "x")
    assert repr(one) == "pair.<locals>.Pair(left=1, right=('a',))"
    assert dataclasses.replace(one, left=2) == made(2, ("a",))
    assert dataclasses.asdict(one) == {"left": 1, "right": ("a",), "note": "x"}
    assert copy.copy(one) == one
    assert not hasattr(one, "__dict__")


@pytest.mark.parametrize("change", [replace, dataclasses.replace], ids=["ours", "theirs"])
def test_a_copy_has_other_values_of_some_fields(decorate: Any, change: Any) -> None:
    @decorate(frozen=True, slots=True)
    class Counted:
        letters: str
        count: int = dataclasses.field(init=False, default=0)

        def __post_init__(self) -> None:
            object.__setattr__(self, "count", len(self.letters))

    one = Counted("ab")  # type: ignore[call-arg]
    other = change(one, letters="abc")
    assert (one.letters, one.count, other.letters, other.count) == ("ab", 2, "abc", 3)
    made = pair(decorate)
    assert repr(change(made(1, ("a",), "x"), left=2)) == repr(made(2, ("a",), "x"))
    with pytest.raises(TypeError, match="size"):
        change(one, size=1)


def test_fields_are_set_to_arguments_or_defaults(decorate: Any) -> None:
    @decorate(slots=True)
    class Every:
        first: int
        new: list[int] = dataclasses.field(default_factory=list)
        mode: str = "r"
        size: int = dataclasses.field(kw_only=True)
        note: str = dataclasses.field(kw_only=True, default="-")
        own: dict[str, int] = dataclasses.field(init=False, default_factory=dict)
        same: int = dataclasses.field(init=False, default=7)
        later: int = dataclasses.field(init=False)

        def __post_init__(self) -> None:
            self.later = self.first + self.size

    made: Any = Every
    one, other = made(1, size=2), made(3, [4], "w", size=5, note="+")
    assert dataclasses.astuple(one) == (1, [], "r", 2, "-", {}, 7, 3)
    assert dataclasses.astuple(other) == (3, [4], "w", 5, "+", {}, 7, 8)
    assert one.own is not other.own
    with pytest.raises(TypeError, match=r"Every\.__init__\(\) missing 1 required keyword-only argument: 'size'"):
        made(1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'own'"):
        made(1, size=2, own={})


def test_the_first_instances_are_as_the_later_ones(decorate: Any) -> None:
    """The constructor is compiled when there are a few."""
    made = pair(decorate)
    assert [made(number, note="x") for number in range(8)] == [made(number, ()) for number in range(8)]
    with pytest.raises(TypeError, match="takes from 2 to 4 positional arguments but 5 were given"):
        pair(decorate)(1, (), "", 4)
    with pytest.raises(TypeError, match="multiple values for argument 'left'"):
        pair(decorate)(1, left=2)


def test_methods_of_a_class_stay_and_mutable_classes_have_no_hash(decorate: Any) -> None:
    @decorate(slots=True)
    class Own:
        value: int

        def __repr__(self) -> str:
            return "own"

    assert repr(Own(1)) == "own"  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unhashable"):
        hash(Own(1))  # type: ignore[call-arg]

    @decorate(frozen=True, slots=True, eq=False)
    class Identity:
        value: int

    assert Identity(1) != Identity(1)  # type: ignore[call-arg]


def test_a_class_is_matched_by_its_fields_in_order(decorate: Any) -> None:
    made = pair(decorate)
    match made(1, ("a",)):
        case made(left, right, note):
            assert (left, right, note) == (1, ("a",), "")


def test_a_default_that_instances_would_share_is_refused(decorate: Any) -> None:
    class Shared:
        values: list[int] = []  # noqa: RUF012

    with pytest.raises(ValueError, match="use default_factory"):
        decorate(slots=True)(Shared)()
