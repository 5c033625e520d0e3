"""The quick NamedTuple against that of the standard library."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any, Generic, TypeVar

import pytest

from emulator.wire.namedtuples import NamedTuple


class Ours(NamedTuple):
    """A point."""

    left: int
    right: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.right)

    @classmethod
    def empty(cls) -> Ours:
        return cls(0)


class Theirs(typing.NamedTuple):
    """A point."""

    left: int
    right: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.right)

    @classmethod
    def empty(cls) -> Theirs:
        return cls(0)


@pytest.mark.parametrize("made", [Ours, Theirs], ids=["ours", "theirs"])
def test_a_named_tuple_has_fields_defaults_and_methods(made: Any) -> None:
    one = made(1, right=("a", "b"))
    assert (one, one.size, made.empty()) == ((1, ("a", "b")), 2, (0, ()))
    assert one._replace(left=2)._asdict() == {"left": 2, "right": ("a", "b")}
    assert repr(one) == f"{made.__name__}(left=1, right=('a', 'b'))"
    assert (made._fields, made.__doc__, made.__module__) == (("left", "right"), "A point.", __name__)
    assert made.__annotations__.keys() == {"left", "right"}
    assert pickle.loads(pickle.dumps(one)) == copy.copy(one) == one
    assert type(copy.copy(one)) is made
    assert not hasattr(one, "__dict__")
    assert made._make([3, ("c",)]) == (3, ("c",))
    with pytest.raises(TypeError, match="got 1"):
        made._make([3])
    with pytest.raises(ValueError, match="size"):
        one._replace(size=3)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'left'"):
        made()


def test_a_named_tuple_can_be_generic() -> None:
    data = TypeVar("data")

    class Box(NamedTuple, Generic[data]):
        content: data

    assert Box[int](3) == Box(3) == (3,)
    assert Box(3).content == 3
