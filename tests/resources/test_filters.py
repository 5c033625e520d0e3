"""Lists that are filtered by the id of another object."""

from __future__ import annotations

import pytest

from emulator import catalog
from emulator.resources import registry
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
    and registry.endpoint(each)
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
