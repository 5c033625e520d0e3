"""The checker: typed values, or the one error that Stripe returns, with its exact path."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import catalog
from emulator.errors import StripeError
from emulator.schema.check import check
from emulator.schema.spec import AnyOf, Array, Boolean, Decimal, Enum, Integer, Map, Object, Param, String, Type
from emulator.wire import form


def _object(**params: Param) -> Object:
    return Object(MappingProxyType(params))


RANGE = AnyOf((_object(gt=Param(Integer()), lt=Param(Integer())), Integer()))
SPEC = _object(
    name=Param(String(10), required=True),
    on=Param(Boolean()),
    count=Param(Integer(1, 9)),
    ratio=Param(Decimal()),
    kind=Param(Enum(("red", "green", "blue"))),
    side=Param(Enum(("left", "right"))),
    loose=Param(Enum(("a",), open=True)),
    tags=Param(Array(String(5000), max_items=3)),
    kinds=Param(Array(Enum(("red", "green")))),
    lines=Param(Array(_object(price=Param(String(), required=True), amount=Param(Integer())))),
    inner=Param(_object(flag=Param(Boolean(), required=True), deep=Param(_object(x=Param(Boolean()))))),
    note=Param(String(5000), clearable=True),
    metadata=Param(Map(String(500)), clearable=True),
    created=Param(RANGE),
    amount=Param(String(format="decimal")),
)


def _check(body: str, spec: Object = SPEC) -> object:
    return check(form.parse(body.encode()), spec)


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("name=x", {"name": "x"}),
        ("name=x&on=true&count=5&ratio=1.5", {"name": "x", "on": True, "count": 5, "ratio": 1.5}),
        ("name=x&on=True", {"name": "x", "on": True}),
        ("name=x&on=False", {"name": "x", "on": False}),
        ("name=x&on=false&kind=red&loose=a", {"name": "x", "on": False, "kind": "red", "loose": "a"}),
        ("name=x&tags[]=a&tags[]=b", {"name": "x", "tags": ["a", "b"]}),
        ("name=x&tags[1]=b&tags[0]=a", {"name": "x", "tags": ["a", "b"]}),
        ("name=x&lines[][price]=a&lines[][price]=b", {"name": "x", "lines": [{"price": "a"}, {"price": "b"}]}),
        ("name=x&lines[0][price]=a&lines[0][amount]=-3", {"name": "x", "lines": [{"price": "a", "amount": -3}]}),
        ("name=x&inner[flag]=true&inner[deep][x]=false", {"name": "x", "inner": {"flag": True, "deep": {"x": False}}}),
        ("name=x&note=&metadata=", {"name": "x", "note": "", "metadata": ""}),
        ("name=x&metadata[a]=1&metadata[b]=", {"name": "x", "metadata": {"a": "1", "b": ""}}),
        ("name=x&created=5", {"name": "x", "created": 5}),
        ("name=x&created[gt]=5", {"name": "x", "created": {"gt": 5}}),
        ("name=x&amount=1.20", {"name": "x", "amount": "1.20"}),
    ],
)
def test_a_valid_request_becomes_typed_values(body: str, values: object) -> None:
    assert _check(body) == values


EMPTY = (
    "You passed an empty string for '{0}'. We assume empty values are an attempt to unset a parameter; however '{0}' "
    "cannot be unset. You should remove '{0}' from your request or supply a non-empty value."
)


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        ("name=x&foo=1", "Received unknown parameter: foo", "foo", "parameter_unknown"),
        ("name=x&foo=1&bar=1", "Received unknown parameters: foo, bar", "foo", "parameter_unknown"),
        ("name=x&foo[a]=1&inner[flag]=true&inner[zzz]=1", "Received unknown parameters: foo, inner[zzz]", "foo", "parameter_unknown"),
        ("name=x&conut=1", "Received unknown parameter: conut. Did you mean count?", "conut", "parameter_unknown"),
        ("name=x&inner[flga]=1", "Received unknown parameter: inner[flga]. Did you mean flag?", "inner[flga]", "parameter_unknown"),
        ("", "Missing required param: name.", "name", "parameter_missing"),
        ("name=x&inner[deep][x]=true", "Missing required param: inner[flag].", "inner[flag]", "parameter_missing"),
        ("name=x&lines[0][price]=a&lines[1][amount]=1", "Missing required param: lines[1][price].", "lines[1][price]", "parameter_missing"),
        ("name=", EMPTY.format("name"), "name", "parameter_invalid_empty"),
        ("name=x&inner=", EMPTY.format("inner"), "inner", "parameter_invalid_empty"),
        ("name=x&tags[0]=", EMPTY.format("tags[0]"), "tags[0]", "parameter_invalid_empty"),
        ("name=x&loose=zzz", "Invalid loose: must be one of a", "loose", None),
        ("name=x&on=1", "Invalid boolean: 1", "on", None),
        ("name=x&on=TRUE", "Invalid boolean: TRUE", "on", None),
        ("name=x&on[a]=1", 'Invalid boolean: {"a":"1"}', "on", None),
        ("name=x&count=1.0", "Invalid integer: 1.0", "count", "parameter_invalid_integer"),
        ("name=x&count=" + "9" * 30, "Invalid integer: " + "9" * 30, "count", "parameter_invalid_integer"),
        ("name=x&count=0", "This value must be greater than or equal to 1.", "count", "parameter_invalid_integer"),
        ("name=x&count=10", "This value must be less than or equal to 9.", "count", "parameter_invalid_integer"),
        ("name=x&ratio=nan", "Invalid decimal: nan", "ratio", None),
        ("name=x&amount=one", "Invalid decimal: one", "amount", None),
        ("name[0]=a&name[1]=b", 'Invalid string: {"0":"a","1":"b"}', "name", None),
        ("name[]=a&name[]=b", 'Invalid string: {"0":"a","1":"b"}', "name", None),
        ("name=elevenchars", "Invalid string: elevenchars; must be at most 10 characters", "name", "parameter_invalid_string_length"),
        ("name=Lottery+Reward+for+exciting+line", "Invalid string: Lottery Re...iting line; must be at most 10 characters", "name", "parameter_invalid_string_length"),
        ("name=x&kind=pink", "Invalid kind: must be one of red, green, or blue", "kind", None),
        ("name=x&side=up", "Invalid side: must be one of left or right", "side", None),
        ("name=x&kinds[0]=red&kinds[1]=pink", "Invalid kinds[1]: must be one of red or green", "kinds[1]", None),
        ("name=x&tags=a", "Invalid array", "tags", None),
        ("name=x&tags[a]=b", "Invalid array", "tags", None),
        ("name=x&tags[]=a&tags[]=b&tags[]=c&tags[]=d", "Invalid array; must contain at most 3 elements", "tags", None),
        ("name=x&inner=a", "Invalid object", "inner", None),
        ("name=x&inner[]=a", "Invalid object", "inner", None),
        ("name=x&metadata=a", "Invalid object", "metadata", None),
        ("name=x&created=soon", "Invalid integer: soon", "created", "parameter_invalid_integer"),
        ("name=x&created[gt]=soon", "Invalid integer: soon", "created[gt]", "parameter_invalid_integer"),
        ("name=x&created[gtt]=5", "Received unknown parameter: created[gtt]. Did you mean gt?", "created[gtt]", "parameter_unknown"),
    ],
)  # fmt: skip
def test_an_invalid_request_has_this_error(body: str, message: str, param: str, code: str | None) -> None:
    with pytest.raises(StripeError) as caught:
        _check(body)
    error = caught.value.body
    assert (error.status, error.message, error.param, error.code) == (400, message, param, code)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("on=1&foo=1", "Received unknown parameter: foo"),  # unknown before invalid and missing
        ("on=1&count=x", "Invalid boolean: 1"),  # invalid before missing, the first in the request
        ("count=x&on=1", "Invalid integer: x"),
        ("inner[deep][x]=true", "Missing required param: name."),  # outer before inner
    ],
)
def test_one_error_takes_precedence(body: str, message: str) -> None:
    with pytest.raises(StripeError) as caught:
        _check(body)
    assert caught.value.body.message == message


def test_unknown_parameters_can_be_ignored() -> None:
    assert check({"name": "x", "foo": "1"}, SPEC, strict=False) == {"name": "x"}


NODES = st.recursive(
    st.sampled_from(["", "true", "1", "x", "-5", "1.5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SPEC.params, "0", "1", "gt", "zzz"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*SPEC.params, "zzz"]), NODES, max_size=6))
def test_any_tree_becomes_values_or_one_stripe_error(tree: form.Tree) -> None:
    try:
        values = check(tree, SPEC)
    except StripeError as error:
        assert error.body.status == 400
        assert error.body.message
        return
    assert set(values) == set(tree)


def _nodes(kind: Type) -> st.SearchStrategy[form.Node]:
    """Any node, often a valid one of the type."""
    if isinstance(kind, Object) and kind.params:
        named = st.one_of([st.tuples(st.just(n), _nodes(p.type)) for n, p in list(kind.params.items())[:6]])
        return st.lists(named, max_size=3).map(dict) | NODES
    return NODES


def _bodies() -> st.SearchStrategy[tuple[Object, form.Node]]:
    operations = st.sampled_from([operation.id for operation in catalog.operations()])
    specs = operations.map(lambda operation: catalog.operation(operation).params)
    return specs.flatmap(lambda spec: st.tuples(st.just(spec), _nodes(spec)))


@given(_bodies())
def test_any_tree_is_checked_against_any_operation(drawn: tuple[Object, form.Node]) -> None:
    spec, node = drawn
    try:
        values = check(node, spec) if isinstance(node, dict) else {}
    except StripeError as error:
        assert error.body.status == 400
        return
    assert set(values) == (set(node) if isinstance(node, dict) else set())
    assert set(spec.required) <= set(values) or not isinstance(node, dict)


@pytest.mark.parametrize("operation", ["PostAccounts", "PostAccountSessions", "GetAccounts", "PostPaymentIntents"])
def test_any_tree_is_checked_against_real_operations(operation: str) -> None:
    spec = catalog.operation(operation).params

    @given(_nodes(spec))
    def holds(node: form.Node) -> None:
        if isinstance(node, dict):
            try:
                check(node, spec)
            except StripeError as error:
                assert error.body.status == 400

    holds()
