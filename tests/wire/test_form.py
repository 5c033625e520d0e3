"""The form grammar: bodies and their trees; any bytes are a tree or a form error."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any
from urllib.parse import unquote_plus, urlencode

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stripe._encode import _api_encode  # the official SDK's own encoder is the judge

from emulator.wire import form
from emulator.wire.form import LIMITS, Clash, FormError, InvalidUtf8, Limits, TooLarge
from emulator.wire.json import load

TREES: list[tuple[str, form.Tree]] = [
    ("", {}),
    ("a=1", {"a": "1"}),
    ("a=1&a=2", {"a": "2"}),
    ("a", {"a": ""}),
    ("a=", {"a": ""}),
    ("a=b+c%20d", {"a": "b c d"}),
    ("a[b]=1", {"a": {"b": "1"}}),
    ("a%5Bb%5D=1", {"a": {"b": "1"}}),
    ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
    ("a[0]=x&a[1]=y", {"a": {"0": "x", "1": "y"}}),
    ("a[]=x&a[]=y", {"a": ["x", "y"]}),
    ("a[0][b]=1&a[0][c]=2&a[1][b]=3", {"a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}}}),
    ("a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
    ("a[][b][c]=1&a[][b][d]=2&a[][b][c]=3", {"a": [{"b": {"c": "1", "d": "2"}}, {"b": {"c": "3"}}]}),
    ("a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
    ("a[][b][]=1&a[][b][]=2", {"a": [{"b": ["1", "2"]}]}),
    ("a[][]=1", {"a": [["1"]]}),
    ("=1&[]=2&[=3&a=4", {"a": "4"}),
    ("a[b=1&[c]=2&d]=3", {"a": {"b": "1"}, "c": "2", "d": "3"}),
    ("a=%C3%A9&b=é", {"a": "é", "b": "é"}),
    ("a=x=y&b=%26", {"a": "x=y", "b": "&"}),
    ("&&a=1&", {"a": "1"}),
]


@pytest.mark.parametrize(("body", "tree"), TREES)
def test_a_body_becomes_this_tree(body: str, tree: form.Tree) -> None:
    assert form.parse(body.encode()) == tree


def test_the_body_takes_precedence_over_the_query() -> None:
    assert form.parse(b"a=1&b[x]=2", b"a=3&b[y]=4") == {"a": "3", "b": {"x": "2", "y": "4"}}


@pytest.mark.parametrize("body", ["a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a=2", "a=1&a[]=2", "a[b]=1&a[]=2", "a[]=1&a[b]=2"])
def test_one_name_is_a_value_or_a_hash_or_an_array(body: str) -> None:
    with pytest.raises(Clash) as caught:
        form.parse(body.encode())
    assert caught.value.path == ("a",)


@pytest.mark.parametrize(
    ("body", "text"), [(b"a=\xff", "a=\\xff"), (b"a=%ff", "\\xff"), (b"%ED%A0%80=1", "\\xed\\xa0\\x80")]
)
def test_bytes_that_are_not_utf8_are_shown_escaped(body: bytes, text: str) -> None:
    with pytest.raises(InvalidUtf8) as caught:
        form.parse(body)
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("body", "limits", "limit"),
    [
        (b"a=1&b=2&c=3", Limits(pairs=2), "more than 2 parameters"),
        (b"a[b][c]=1", Limits(depth=2), "more than 2 levels of nesting"),
        (b"a" + b"[b]" * 5000 + b"=1", Limits(), "more than 32 levels of nesting"),
        (b"a" + b"[]" * 5000 + b"=1", Limits(), "more than 32 levels of nesting"),
    ],
)
def test_a_request_is_bounded(body: bytes, limits: Limits, limit: str) -> None:
    with pytest.raises(TooLarge) as caught:
        form.parse(body, limits=limits)
    assert caught.value.limit == limit


@given(st.binary(max_size=300))
def test_any_bytes_are_a_tree_or_a_form_error(body: bytes) -> None:
    try:
        tree = form.parse(body)
    except FormError:
        return
    assert isinstance(tree, dict)


@given(st.lists(st.tuples(st.text("ab[]0", max_size=8), st.text("x", max_size=2)), max_size=12))
def test_any_brackets_are_a_tree_or_a_form_error(pairs: list[tuple[str, str]]) -> None:
    try:
        tree = form.parse(urlencode(pairs).encode())
    except FormError:
        return
    assert isinstance(tree, dict)


def _with(before: form.Node | None, path: tuple[str, ...], value: str) -> form.Node:
    """The grammar as a recursion: the node at a place after a pair's value is put below it. The node is a new one."""
    if not path:
        if before is None or isinstance(before, str):
            return value
        raise Clash((), array=isinstance(before, list))
    segment, *rest = path
    if segment:
        hash_ = {} if before is None else before
        if not isinstance(hash_, dict):
            raise Clash((), array=isinstance(before, list))
        return {**hash_, segment: _with(hash_.get(segment), tuple(rest), value)}
    if not isinstance(before, list | None):
        raise Clash((), array=True)
    items = before or []
    last = items[-1] if items and rest and rest[0] else None
    if isinstance(last, dict) and not _taken(last, tuple(rest)):
        return [*items[:-1], _with(last, tuple(rest), value)]
    return [*items, _with(None, tuple(rest), value)]


def _taken(node: form.Node, path: tuple[str, ...]) -> bool:
    if not path:
        return True
    return isinstance(node, dict) and path[0] in node and _taken(node[path[0]], path[1:])


SEGMENTS = st.sampled_from(["[a]", "[b]", "%5Ba%5D", "[0]", "[]", "[]", "[a"])
FIRST = st.sampled_from(["a", "b", "%61", "", "["])
PAIRS = st.tuples(
    FIRST, st.lists(SEGMENTS, max_size=4).map("".join), st.sampled_from(["", "=", "=1", "=%20+x", "=%ff"])
)


@given(st.lists(PAIRS.map("".join), max_size=8))
def test_the_parser_follows_the_grammar(pairs: list[str]) -> None:
    expected: form.Node = {}
    try:
        for name, _, value in (pair.partition("=") for pair in pairs):
            path = form.path_of(name)
            text = unquote_plus(value, errors="strict")
            expected = _with(expected, path, text) if path else expected
    except (Clash, UnicodeDecodeError) as error:
        with pytest.raises(Clash if isinstance(error, Clash) else InvalidUtf8):
            form.parse("&".join(pairs).encode())
        return
    assert form.parse("&".join(pairs).encode()) == expected


@pytest.mark.parametrize(
    ("body", "path", "array"),
    [
        ("a[a][a]=1&a[a][a][b]=2", ("a", "a", "a"), False),
        ("a[b][a]=1&a[b][a][a]=2", ("a", "b", "a"), False),
        ("a[b][]=1&a[b][c]=2", ("a", "b"), True),
        ("a[b][c]=1&a[b]=2", ("a", "b"), False),
    ],
)
def test_a_clash_has_its_path(body: str, path: tuple[str, ...], array: bool) -> None:
    with pytest.raises(Clash) as caught:
        form.parse(body.encode())
    assert (caught.value.path, caught.value.array) == (path, array)


NAMES = st.text(st.characters(blacklist_characters="[]", blacklist_categories=["Cs"]), min_size=1, max_size=6)
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=6)
SCALARS = TEXTS | st.booleans() | st.integers()
PARAMS = st.dictionaries(
    NAMES,
    st.recursive(
        SCALARS,
        # The SDK writes booleans inside lists with a capital; no parameter of Stripe's takes a list of booleans.
        lambda inner: (
            st.dictionaries(NAMES, inner, min_size=1, max_size=3)
            | st.lists(inner.filter(lambda value: not isinstance(value, bool)), min_size=1, max_size=3)
        ),
        max_leaves=10,
    ),
    max_size=4,
)


def _expected(value: Any) -> form.Node:
    if isinstance(value, dict):
        return {name: _expected(child) for name, child in value.items()}
    if isinstance(value, list):
        return {str(index): _expected(child) for index, child in enumerate(value)}
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(PARAMS)
def test_bodies_of_the_official_sdk_are_decoded(params: dict[str, Any]) -> None:
    encoded = urlencode(list(_api_encode(params)))
    assert form.parse(encoded.encode()) == _expected(params)


@given(PARAMS)
def test_encoded_params_are_decoded(params: dict[str, Any]) -> None:
    assert form.parse(form.encode(params).encode()) == _expected(params)


def test_json_becomes_the_tree_of_a_form() -> None:
    value = {"a": 1, "b": True, "c": None, "d": [{"e": 1.5}, "f"]}
    assert form.text_tree(value) == {"a": "1", "b": "true", "c": "", "d": [{"e": "1.5"}, "f"]}


def test_nested_json_is_bounded() -> None:
    value: dict[str, Any] = {}
    for _ in range(32):
        value = {"a": value}
    assert load(json.dumps(value).encode()) == value
    with pytest.raises(TooLarge) as caught:
        load(json.dumps({"a": value}).encode())
    assert caught.value.limit == "more than 32 levels of nesting"


@given(st.text(st.sampled_from("%%%=+419aF\r\n _.é"), max_size=20))
@example("%3D%3d=%253D")
@example("%fe%FE")
@example("%%41%%")
def test_percent_encoding_is_read_as_urllib_does(text: str) -> None:
    try:
        expected = unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(InvalidUtf8):
            form.parse(b"a=" + text.encode())
        return
    assert form.parse(b"a=" + text.encode()) == {"a": expected}


@pytest.mark.parametrize("escape", ["%", "%41", "%4", "%z", "%%41", "%=\n", "%fd"])
def test_no_escapes_take_long(escape: str) -> None:
    started = time.thread_time()
    with contextlib.suppress(InvalidUtf8):
        form.parse(b"a=" + (escape * (LIMITS.body // len(escape))).encode())
    assert time.thread_time() - started < 0.2


def test_all_names_of_a_request_together_are_bounded() -> None:
    body = b"&".join(b"a" + b"[]" * 31 + b"=1" for _ in range(2000))
    with pytest.raises(TooLarge) as caught:
        form.parse(body)
    assert caught.value.limit == "more than 50000 names in brackets"


def test_json_has_the_limits_of_a_form() -> None:
    too_large: list[Any] = [
        {"a": [1] * LIMITS.pairs},
        {"a": [[]] * LIMITS.pairs},
        {"a": [[[]]] * 250_000},
        {str(number): 1 for number in range(LIMITS.pairs + 1)},
        {"a": ['"[,"'] * 100_000},
    ]
    for value in too_large:
        with pytest.raises(TooLarge) as caught:
            load(json.dumps(value).encode())
        assert caught.value.limit == "more than 10000 parameters"
    large: list[Any] = [{"a": [1] * (LIMITS.pairs - 1)}, {"a": "[]," * 300_000}, {"a": '"{\\' * 100_000}]
    for value in large:
        assert load(json.dumps(value).encode()) == value


@pytest.mark.parametrize("text", ['"\\"', '"', '\\"', '"[,', "[", '["', '{"a":', ",", '["",'])
def test_no_bytes_take_long_to_be_no_json(text: str) -> None:
    started = time.thread_time()
    with pytest.raises((orjson.JSONDecodeError, TooLarge)):
        load((text * (LIMITS.body // len(text))).encode())
    assert time.thread_time() - started < 0.5
