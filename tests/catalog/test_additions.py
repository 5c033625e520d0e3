"""What Stripe takes and its API description lacks: parameters, and operations that are named when nothing answers."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import catalog
from emulator.catalog.format import Fields
from emulator.catalog.generator.newer import gaps
from emulator.catalog.generator.undocumented import PARAMETERS, _with
from emulator.catalog.versions import RELEASES, parse
from emulator.errors import StripeError
from emulator.schema.check import check
from emulator.schema.spec import Object, Param

from ..api import NEWEST, Api


@pytest.mark.parametrize("addition", PARAMETERS)
def test_an_operation_takes_its_additions(addition: Any) -> None:
    names = {name.rstrip("?!") for name in addition.parameters}
    for operation in map(catalog.operation, addition.operations.split()):
        first = operation.params_in(parse("2014-12-08")).params
        assert names <= first.keys()
        from_then = next(name for name in RELEASES if name >= addition.until)
        for version in (from_then, NEWEST):
            params = operation.params_in(parse(version)).params
            taken = {name for name in names if params.get(name) == first[name]}
            assert taken == (set() if addition.until else names)


def _sample(node: Any) -> Any:
    """A value at each end of a path of gaps: `{"a": [{"b": "gap"}]}` has `a[0][b]`."""
    if isinstance(node, list):
        return {"0": _sample(node[0])}
    if isinstance(node, dict):
        return {name: _sample(each) for name, each in node.items()}
    return str(node).partition("gap ")[2].partition("|")[0]


def _name_of(fields: Any) -> str:
    names: list[str] = []
    while isinstance(fields, dict):
        name, fields = next(iter(fields.items()))
        names.append(name)
    return names[0] + "".join(f"[{name}]" for name in names[1:])


@pytest.mark.parametrize(("operations", "fields"), tuple(gaps()))
def test_what_is_newer_than_the_document_is_refused_by_its_name(operations: str, fields: Fields) -> None:
    sample = _sample(fields)
    for operation in map(catalog.operation, operations.split()):
        params = operation.params
        optional = Object({name: Param(each.type, False, each.clearable) for name, each in params.params.items()})
        with pytest.raises(StripeError) as refused:
            check(sample, optional)
        error = refused.value.body
        assert (error.status, error.param) == (501, _name_of(sample)), (operation.id, error)


def test_a_parameter_and_a_value_that_are_newer_than_the_document() -> None:
    api = Api()
    for path, params, param, what in (
        (
            "/v1/subscription_items",
            {"subscription": "sub_1", "price": "price_1", "current_trial": {"trial_offer": "to_1"}},
            "current_trial",
            "the parameter current_trial",
        ),
        ("/v1/tax_ids", {"type": "fr_siren", "value": "732829320"}, "type", "fr_siren as type"),
    ):
        answer = api.post(path, params)
        assert (answer.status, answer.error["param"], answer.error["message"]) == (
            501,
            param,
            f"The emulator does not emulate {what}. Stripe has it; FIDELITY.md lists what is emulated.",
        )


def test_an_addition_joins_the_hashes_that_the_document_has() -> None:
    card: Fields = {"|": [{"number!": "string"}, "string"]}
    assert _with(
        {
            "items": [{"price": "string"}],
            "card": card,
            "options?": {"card?": {"network": "string"}},
            "source": "string",
            "name!": "string",
            "type": "enum a|b",
            "lines": [{"type": "enum a"}, "..20"],
        },
        {
            "items": [{"plan": "string"}],
            "card": {"eci": "string"},
            "options": {"card": {"moto": "boolean"}},
            "source": ["string"],
            "name?": "string 5",
            "level3": "string",
            "type": "... gap c|d",
            "lines": [{"type": "... gap b"}],
        },
    ) == {
        "items": [{"price": "string", "plan": "string"}],
        "card": {"|": [{"number!": "string", "eci": "string"}, "string"]},
        "options?": {"card?": {"network": "string", "moto": "boolean"}},
        "source": ["string"],
        "name!?": "string 5",
        "type": "enum a|b gap c|d",
        "lines": [{"type": "enum a gap b"}, "..20"],
        "level3": "string",
    }


def test_a_product_has_the_type_of_its_request() -> None:
    api = Api()
    good, service = (api.posted("products", name=name, type=name)["id"] for name in ("good", "service"))
    default = api.posted("products", name="default")
    assert default["type"] == "service"
    assert [each["id"] for each in api.get("/v1/products?type=good").body["data"]] == [good]
    listed = {each["id"] for each in api.get("/v1/products?type=service").body["data"]}
    assert listed == {service, default["id"]}
    assert api.post("/v1/products", {"name": "Tea", "type": "drink"}).body["error"]["param"] == "type"
    assert api.post(f"/v1/products/{good}", {"type": "service"}).body["error"]["message"] == (
        "Received unknown parameter: type"
    )


def test_the_user_agent_of_a_payment_has_no_effect() -> None:
    api = Api()
    payment = {"amount": 1000, "currency": "usd"}
    for path, params in (
        ("charges", {**payment, "source": "tok_visa"}),
        ("payment_intents", payment),
        ("payment_methods", {"type": "card", "card": {"token": "tok_visa"}}),
        (
            "tokens",
            {"bank_account": {"country": "US", "account_number": "000123456789", "routing_number": "110000000"}},
        ),
    ):
        assert "payment_user_agent" not in api.posted(path, **params, payment_user_agent="stripe.js/1")


LEVEL3 = {
    "merchant_reference": "123",
    "customer_reference": "456",
    "shipping_address_zip": "98765",
    "shipping_from_zip": "54321",
    "shipping_amount": 10,
    "line_items": [
        {
            "product_code": "1234",
            "product_description": "Tea",
            "unit_cost": 60,
            "quantity": 7,
            "tax_amount": 10,
            "discount_amount": 25,
        }
    ],
}


def test_parameters_for_the_bank_and_for_radar_have_no_effect() -> None:
    api, payment = (
        Api(),
        {"amount": 1000, "currency": "usd", "level3": LEVEL3, "radar_options": {"skip_rules": ["all"]}},
    )
    charge = api.posted("charges", **payment, source="tok_visa", recurring=True)
    intent = api.posted("payment_intents", **payment, payment_method="pm_card_visa", payment_method_types=["card"])
    confirmed = api.posted(f"payment_intents/{intent['id']}/confirm", payment_user_agent="stripe.js/1", level3=LEVEL3)
    assert (charge["status"], confirmed["status"]) == ("succeeded", "succeeded")
    for body in (charge, intent, confirmed):
        assert not {"level3", "recurring", "payment_user_agent"} & body.keys()


@pytest.mark.parametrize("kind", ["payment_intents", "setup_intents"])
def test_details_of_a_payment_method_name_the_user_agent(kind: str) -> None:
    data = {"type": "card", "card": {"token": "tok_visa"}, "payment_user_agent": "stripe.js/1"}
    amount = {"amount": 1000, "currency": "usd"} if kind == "payment_intents" else {}
    intent = Api().posted(kind, **amount, payment_method_types=["card"], payment_method_data=data, confirm=True)
    assert (intent["status"], "payment_user_agent" in intent) == ("succeeded", False)


@pytest.mark.parametrize(
    ("path", "param"),
    [
        ("payment_intents", "allowed_payment_method_types[0]"),
        ("products", "tax_details[tax_code]"),
        ("payment_links/plink_1", "consent_collection"),
        ("terminal/configurations", "stripe_t600"),
        ("topups", "payment_method"),
    ],
)
def test_a_parameter_that_only_newer_sdks_know_is_named_as_not_emulated(path: str, param: str) -> None:
    name = param.partition("[")[0]
    answer = Api().post(f"/v1/{path}", {param: "x"})
    assert (answer.status, answer.body["error"]["code"]) == (501, "emulator_not_emulated")
    assert f"the parameter {name}. Stripe has it" in answer.body["error"]["message"]
    assert Api().post(f"/v1/{path}", {param: "x", "zzz": "1"}).body["error"]["message"] == (
        "Received unknown parameter: zzz"
    )


def test_a_subscription_item_has_the_plan_of_its_request() -> None:
    api = Api()
    recurring = {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": "month"}}
    first, second, third = (api.posted("prices", **recurring, product_data={"name": str(i)})["id"] for i in range(3))
    payer = api.posted(
        "customers", payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )
    subscription = api.posted("subscriptions", customer=payer["id"], items=[{"price": first}])["id"]
    item = api.posted("subscription_items", subscription=subscription, plan=second)
    assert (item["plan"]["id"], item["price"]["id"]) == (second, second)
    assert api.posted(f"subscription_items/{item['id']}", plan=third)["price"]["id"] == third
    for plan, found in ((first, [subscription]), (third, [subscription]), (second, [])):
        assert [each["id"] for each in api.get(f"/v1/subscriptions?plan={plan}").body["data"]] == found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/billing/feedback_options"),
        ("POST", "/v1/billing/feedback_options/x_1/deactivate"),
        ("GET", "/v1/capital/financing_offers"),
        ("GET", "/v1/payment_records"),
        ("POST", "/v1/subscriptions/sub_1/pause"),
        ("GET", "/v2/money_management/transactions/x_1"),
    ],
)
def test_an_operation_that_only_sdks_know_is_named_as_not_emulated(method: str, path: str) -> None:
    answer = Api().send(method, path, stripe_version=NEWEST)
    assert answer.status == 501, answer.body
    found = catalog.route(method, path)
    assert found is not None
    assert f"{method} {found.operation.path}" in answer.body["error"]["message"]


def test_an_account_cannot_be_unrejected_here() -> None:
    api = Api()
    answer = api.post(f"/v1/accounts/{api.account()}/unreject")
    assert (answer.status, answer.body["error"]["code"]) == (501, "emulator_not_emulated")
