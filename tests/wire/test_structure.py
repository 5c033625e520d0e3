"""Forms that are read by their structure: the same trees as parsed pair by pair, and one canonical form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.wire import form, structure
from emulator.wire.form import FormError, InvalidUtf8
from emulator.wire.structure import REPEATED, Form
from tests.wire.test_form import TREES

NAMES = ("a", "b", "a[b]", "a[c]", "a%5Bb%5D[d]", "c[0]", "c[1]", "d[]", "é[x]", "", "[]", "a%ff")
VALUES = ("", "true", "false", "1", "x=y", "b+c", "%C3%A9", "%", "%ff")
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=5)


def repeated(*sources: bytes) -> Form:
    """A form that has been read so often that it has its structure, if it has one."""
    return [structure.read(*sources) for _ in range(REPEATED + 2)][-1]


@pytest.mark.parametrize(("body", "tree"), TREES)
def test_a_form_has_the_tree_of_its_body(body: str, tree: form.Tree) -> None:
    assert repeated(body.encode()).tree == tree


@given(PAIRS)
def test_reading_and_parsing_have_the_same_outcome(pairs: list[tuple[str, str]]) -> None:
    body = "&".join(f"{name}={value}" for name, value in pairs).encode()
    try:
        parsed = form.parse(body)
    except FormError as error:
        with pytest.raises(type(error)):
            repeated(body)
        return
    tree = repeated(body).tree
    assert tree == parsed
    assert list(form.leaves(tree)) == list(form.leaves(parsed))  # in the same order


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ("z=1", [("z",)]),
        ("z%5Bb%5D=1&c=2&z[d]=3", [("z", "b"), ("c",), ("z", "d")]),
        ("z[0][b]=1&z[1][b]=2=3", [("z", "0", "b"), ("z", "1", "b")]),
        ("y", [("y",)]),
    ],
)
def test_a_form_that_is_repeated_has_the_structure_of_its_names(body: str, paths: list[tuple[str, ...]]) -> None:
    assert structure.read(body.encode()).structure is None
    found = repeated(body.encode()).structure
    assert found is not None
    assert list(found.paths) == paths


@pytest.mark.parametrize(
    "body", ["", "a[]=1", "a=1&a=2", "a=1&b=2&=3", f"a{'[b]' * 32}=1", "&".join(f"a{number}=1" for number in range(65))]
)
def test_some_forms_have_no_structure(body: str) -> None:
    try:
        found = repeated(body.encode())
    except form.TooLarge:
        return
    assert found.structure is None
    assert found.tree == form.parse(body.encode())


def test_the_same_names_with_other_values_share_a_structure() -> None:
    one, two = repeated(b"a=1&b[c]=2"), repeated(b"a=3&b[c]=%34")
    assert one.structure is two.structure
    assert (one.tree, two.tree) == ({"a": "1", "b": {"c": "2"}}, {"a": "3", "b": {"c": "4"}})


def test_a_query_beside_a_body_is_in_the_tree() -> None:
    assert repeated(b"a=1&b[x]=2", b"a=3&b[y]=4").tree == {"a": "3", "b": {"x": "2", "y": "4"}}


def test_text_that_is_no_utf_8_is_refused() -> None:
    with pytest.raises(InvalidUtf8) as caught:
        repeated(b"a=1&b=x%ff")
    assert caught.value.text == "x\\xff"


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
    assert repeated(one.encode()).canonical() == repeated(two.encode()).canonical()


@pytest.mark.parametrize(
    ("one", "two"),
    [("a=1&b=2", "a=2&b=1"), ("a=1", "b=1"), ("a[b]=1", "a=1"), ("a[]=1", "a=1"), ("a=1&b=", "a=1"), ("a=%22", "a=")],
)
def test_other_parameters_are_canonically_others(one: str, two: str) -> None:
    assert repeated(one.encode()).canonical() != repeated(two.encode()).canonical()
