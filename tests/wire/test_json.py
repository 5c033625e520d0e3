"""JSON: the canonical bytes of parameters."""

from __future__ import annotations

import pytest

from emulator.wire import form
from emulator.wire.json import canonical


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("a=1&b[c]=2&b[d]=3", "b%5Bd%5D=%33&b%5Bc%5D=2&a=1"),
        ("a[]=x&a[]=y", "a[0]=x&a[1]=y"),
        ("a[0]=x&b=1&a[1]=y", "b=1&a[]=x&a[]=y"),
        ("a=1", "a=2&a=1"),
    ],
)
def test_the_same_parameters_are_canonically_the_same(one: str, two: str) -> None:
    assert canonical(form.parse(one.encode())) == canonical(form.parse(two.encode()))


@pytest.mark.parametrize(
    ("one", "two"),
    [("a=1&b=2", "a=2&b=1"), ("a=1", "b=1"), ("a[b]=1", "a=1"), ("a[]=1", "a=1"), ("a=1&b=", "a=1"), ("a=%22", "a=")],
)
def test_other_parameters_are_canonically_others(one: str, two: str) -> None:
    assert canonical(form.parse(one.encode())) != canonical(form.parse(two.encode()))
