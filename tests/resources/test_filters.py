"""Lists that are filtered by the id of another object."""

from __future__ import annotations

import pytest

from emulator import catalog
from emulator.model.answering import endpoints
from emulator.model.declaration import registry
from emulator.model.declaration.resource import KeyFilter
from emulator.schema import spec

from ..api import Api


def missing(noun: str, identifier: str, param: str) -> dict[str, str]:
    return {
        "code": "resource_missing",
        "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
        "message": f"No such {noun}: '{identifier}'",
        "param": param,
        "type": "invalid_request_error",
    }


BY_CUSTOMER = sorted(
    each.path
    for each in catalog.operations()
    if each.verb == "list"
    and not each.v2
    and "{" not in each.path
    and endpoints.endpoint(each)
    and "customer" in each.params.params
    and isinstance(each.params.params["customer"].type, spec.String)
    and not [name for name, param in each.params.params.items() if param.required and name != "customer"]
)


@pytest.mark.parametrize("path", BY_CUSTOMER)
def test_a_list_of_a_customer_that_never_existed_is_400(path: str) -> None:
    answer = Api().get(f"{path}?customer=cus_invalid")
    assert (answer.status, answer.error) == (400, missing("customer", "cus_invalid", "customer"))


@pytest.mark.parametrize(
    ("path", "noun", "param", "identifier"),
    [("/v1/prices", "product", "product", "prod_invalid"), ("/v1/refunds", "charge", "charge", "ch_invalid")],
)
def test_a_list_of_an_object_that_never_existed_is_400(path: str, noun: str, param: str, identifier: str) -> None:
    answer = Api().get(f"{path}?{param}={identifier}")
    assert (answer.status, answer.error) == (400, missing(noun, identifier, param))


@pytest.mark.parametrize(("lists", "objects"), [("invoices", "customers"), ("prices", "products")])
def test_a_list_of_a_deleted_object_is_empty(lists: str, objects: str) -> None:
    api = Api()
    one = api.post(f"/v1/{objects}", {"name": "Tea"}).body["id"]
    api.delete(f"/v1/{objects}/{one}")
    answer = api.get(f"/v1/{lists}?{objects[:-1]}={one}")
    assert (answer.status, answer.body["data"]) == (200, [])


# Filters by a text that are no index: a row has several values, or is compared in another form.
READ_IN_SLICES = {
    ("billing.alert", "meter"),
    ("billing.credit_balance_transaction", "customer"),
    ("promotion_code", "code"),
    ("radar.value_list", "contains"),
    ("shipping_rate", "currency"),
    ("subscription", "plan"),
    ("subscription", "price"),
}


def test_lists_are_filtered_by_a_text_by_an_index() -> None:
    lists = (each for each in catalog.operations() if each.verb == "list" and endpoints.endpoint(each))
    found = {
        (each.object, name)
        for each in lists
        for name, keep in getattr(registry.resource(each.object), "filters", {}).items()
        if isinstance(getattr(each.params.params.get(name), "type", None), spec.String | spec.Enum)
        and not isinstance(keep, KeyFilter)
    }
    assert found == READ_IN_SLICES


def test_invoices_are_filtered_by_their_subscription() -> None:
    api = Api()
    pays = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = api.post("/v1/customers", pays).body["id"]
    product = api.post("/v1/products", {"name": "Tea"}).body["id"]
    monthly = {"currency": "usd", "product": product, "unit_amount": "500", "recurring": {"interval": "month"}}
    first, second = (
        api.post("/v1/subscriptions", {"customer": customer, "items": [{"price_data": monthly}]}).body for _ in range(2)
    )
    for each in (first, second):
        found = api.get(f"/v1/invoices?subscription={each['id']}").body["data"]
        assert [invoice["id"] for invoice in found] == [each["latest_invoice"]]
