"""Operations that follow from the catalog: the parameters that each stores and refuses, and its responses."""

from __future__ import annotations

import pytest

from emulator.resources.generic import build
from emulator.resources.generic.facts import OBJECTS
from emulator.resources.table import MODULES
from emulator.settings import Settings
from emulator.wire import form

from ...api import Api


def test_a_customer_is_remembered_updated_listed_and_leaves_a_stub() -> None:
    api = Api()
    jenny = api.posted("customers", name="Jenny", email="jenny@example.com", metadata={"a": "1"})
    assert (jenny["object"], jenny["id"][:4], jenny["balance"], jenny["delinquent"]) == ("customer", "cus_", 0, False)
    changed = api.posted(f"customers/{jenny['id']}", name="Jane", metadata={"a": "", "b": "2"})
    assert changed == {**jenny, "name": "Jane", "metadata": {"b": "2"}}
    other = api.posted("customers", email="other@example.com")
    assert [one["id"] for one in api.get("/v1/customers").body["data"]] == [other["id"], jenny["id"]]
    assert api.get("/v1/customers?email=jenny@example.com").body["data"] == [changed]
    assert api.delete(f"/v1/customers/{jenny['id']}").body == {"id": jenny["id"], "object": "customer", "deleted": True}
    assert api.get(f"/v1/customers/{jenny['id']}").body == {"id": jenny["id"], "object": "customer", "deleted": True}
    assert [one["id"] for one in api.get("/v1/customers").body["data"]] == [other["id"]]
    assert [event["type"] for event in api.get("/v1/events").body["data"]] == [
        "customer.deleted",
        "customer.created",
        "customer.updated",
        "customer.created",
    ]


def test_what_a_customer_has_is_below_it() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    tax_id = api.posted(f"customers/{customer}/tax_ids", type="eu_vat", value="DE123456789")
    assert api.get(f"/v1/customers/{customer}/tax_ids/{tax_id['id']}").body == tax_id
    assert api.get(f"/v1/customers/{customer}/tax_ids").body == {
        "object": "list",
        "data": [tax_id],
        "has_more": False,
        "url": f"/v1/customers/{customer}/tax_ids",
    }
    other = api.posted("customers")["id"]
    assert api.get(f"/v1/customers/{other}/tax_ids/{tax_id['id']}").status == 404
    missing = api.get("/v1/customers/cus_none/tax_ids")
    assert (missing.status, missing.error["message"], missing.error["param"]) == (
        404,
        "No such customer: 'cus_none'",
        "id",
    )


def test_a_reference_must_exist_and_expands() -> None:
    api = Api()
    refused = api.post("/v1/prices", {"currency": "usd", "unit_amount": "5", "product": "prod_none"})
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        400,
        "No such product: 'prod_none'",
        "product",
    )
    product = api.posted("products", name="Shirt")
    price = api.posted("prices", currency="usd", unit_amount="5", product=product["id"])
    assert price["product"] == product["id"]
    assert api.get(f"/v1/prices/{price['id']}?expand[]=product").body["product"] == product


def test_an_id_may_be_chosen_once() -> None:
    api = Api()
    coupon = api.posted("coupons", id="SUMMER", percent_off="10", duration="once")
    assert (coupon["id"], coupon["percent_off"], coupon["valid"]) == ("SUMMER", 10, True)
    again = api.post("/v1/coupons", {"id": "SUMMER", "percent_off": "10", "duration": "once"})
    assert (again.status, again.error["code"], again.error["message"]) == (
        400,
        "resource_already_exists",
        "Coupon already exists.",
    )


def test_an_action_needs_its_state() -> None:
    api = Api()
    session = api.posted("identity/verification_sessions", type="document")
    assert api.posted(f"identity/verification_sessions/{session['id']}/cancel")["status"] == "canceled"
    refused = api.post(f"/v1/identity/verification_sessions/{session['id']}/cancel")
    assert (refused.status, refused.error["message"]) == (
        400,
        "You cannot cancel this verification_session because it has a status of canceled.",
    )


def test_an_object_without_an_id_is_one_of_each_account() -> None:
    api = Api()
    account = api.account(type="standard")
    assert api.get("/v1/tax/settings").body["status"] == "pending"
    api.posted("tax/settings", defaults={"tax_behavior": "inclusive"})
    assert api.get("/v1/tax/settings").body["defaults"]["tax_behavior"] == "inclusive"
    assert api.get("/v1/tax/settings", stripe_account=account).body["defaults"]["tax_behavior"] is None


def test_strict_fidelity_refuses_generic_operations_by_name() -> None:
    api = Api(Settings(strict_fidelity=True))
    refused = api.post("/v1/radar/value_lists", {"alias": "some", "name": "Some"})
    assert (refused.status, refused.error["code"], refused.headers["emulator-fidelity"]) == (
        501,
        "emulator_generic",
        "generic",
    )
    assert api.post("/v1/accounts", {"type": "standard"}).headers["emulator-fidelity"] == "modelled"


def test_an_empty_text_unsets_the_details_of_a_customer() -> None:
    api = Api()
    customer = api.posted("customers", description="", name="Jenny")
    assert (customer["description"], customer["name"], customer["preferred_locales"]) == (None, "Jenny", [])
    assert api.posted(f"customers/{customer['id']}", name="")["name"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("email:'jenny@example.com'", ["Jenny"]),
        ("email:'JENNY@example.com'", ["Jenny"]),
        ('name~"enn"', ["Jennifer", "Jenny"]),
        ("-name~'enn'", ["Bob"]),
        ("metadata['tier']:'gold'", ["Bob", "Jenny"]),
        ("-metadata['tier']:null", ["Bob", "Jenny"]),
        ("name~'enn' AND metadata['tier']:'gold'", ["Jenny"]),
        ("name~'enn' metadata['tier']:'gold'", ["Jenny"]),
        ("name:'Bob' OR name:'Jennifer'", ["Jennifer", "Bob"]),
        ("created>0 created<99999999999", ["Jennifer", "Bob", "Jenny"]),
        ("created<1", []),
        ("name:'B\\ob'", ["Bob"]),
    ],
)
def test_a_search_finds_what_its_query_says(query: str, found: list[str]) -> None:
    api = Api()
    api.posted("customers", name="Jenny", email="jenny@example.com", metadata={"tier": "gold"})
    api.posted("customers", name="Bob", metadata={"tier": "gold"})
    api.posted("customers", name="Jennifer")
    body = api.get(f"/v1/customers/search?{form.encode({'query': query})}").body
    assert [one["name"] for one in body.pop("data")] == found
    assert body == {"object": "search_result", "has_more": False, "next_page": None, "url": "/v1/customers/search"}


@pytest.mark.parametrize(
    "query", ["", "name", "name:", "name:'a' AND name:'b' OR name:'c'", "name~'ab'", "metadata:'a'", "x" * 4_000]
)
def test_a_query_that_cannot_be_read_is_refused(query: str) -> None:
    refused = Api().get(f"/v1/customers/search?{form.encode({'query': query})}")
    assert refused.status == 400
    if query:
        assert refused.error["message"].startswith("We were unable to parse your search query.")


def test_a_search_names_a_field_that_it_does_not_have_and_goes_on_by_pages() -> None:
    api = Api()
    refused = api.get("/v1/customers/search?query=balance:1")
    assert refused.error["message"].startswith(
        "Field `balance` is an unsupported search field for resource `customers`."
    )
    names = [api.posted("customers", name=f"n{number}")["name"] for number in range(3)]
    first = api.get("/v1/customers/search?query=created>0&limit=2").body
    rest = api.get(f"/v1/customers/search?query=created>0&limit=2&page={first['next_page']}").body
    assert [one["name"] for one in (*first["data"], *rest["data"])] == names[::-1]
    assert (first["has_more"], rest["has_more"], rest["next_page"]) == (True, False, None)


@pytest.mark.asyncio
async def test_generic_objects_are_exported_and_loaded_with_their_ids() -> None:
    api, other = Api(), Api()
    customer = api.posted("customers", name="Jenny", metadata={"a": "1"})
    product = api.posted("products", name="Shirt")
    price = api.posted("prices", currency="usd", unit_amount="5", product=product["id"])
    tax_id = api.posted(f"customers/{customer['id']}/tax_ids", type="eu_vat", value="DE123456789")
    document = (await api.control("GET", "/export")).json()
    assert (await other.control("POST", "/seeds", document)).status_code == 200
    for path, body in {
        f"/v1/customers/{customer['id']}": customer,
        f"/v1/prices/{price['id']}": price,
        f"/v1/customers/{customer['id']}/tax_ids/{tax_id['id']}": tax_id,
    }.items():
        found = other.get(path).body
        assert {**found, "created": 0} == {**body, "created": 0}


def test_the_tables_of_generic_objects_name_no_object_that_is_modelled_by_hand() -> None:
    assert [name for name in (*OBJECTS, *build.BEHAVIOUR) if name in MODULES] == []
