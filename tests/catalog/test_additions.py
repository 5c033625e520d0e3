"""What Stripe takes and its API description lacks: parameters, and operations that are named when nothing answers."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import catalog
from emulator.catalog.generator.undocumented import PARAMETERS

from ..api import NEWEST, Api


def made(api: Api, path: str, **params: Any) -> Any:
    answer = api.post(f"/v1/{path}", params)
    assert answer.status == 200, answer.body
    return answer.body


@pytest.mark.parametrize("addition", PARAMETERS)
def test_an_operation_takes_its_additions(addition: Any) -> None:
    for operation in addition.operations.split():
        assert addition.parameters.keys() <= catalog.operation(operation).params.params.keys()


def test_a_product_has_the_type_of_its_request() -> None:
    api = Api()
    good, service = (made(api, "products", name=name, type=name)["id"] for name in ("good", "service"))
    default = made(api, "products", name="default")
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
        assert "payment_user_agent" not in made(api, path, **params, payment_user_agent="stripe.js/1")


def test_a_subscription_item_has_the_plan_of_its_request() -> None:
    api = Api()
    recurring = {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": "month"}}
    first, second, third = (made(api, "prices", **recurring, product_data={"name": str(i)})["id"] for i in range(3))
    payer = made(
        api, "customers", payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )
    subscription = made(api, "subscriptions", customer=payer["id"], items=[{"price": first}])["id"]
    item = made(api, "subscription_items", subscription=subscription, plan=second)
    assert (item["plan"]["id"], item["price"]["id"]) == (second, second)
    assert made(api, f"subscription_items/{item['id']}", plan=third)["price"]["id"] == third
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
