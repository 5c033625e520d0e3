"""Searches find the same objects whatever their texts are made of, and render only those that they show."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.store.table import Row

from ..api import Api

CUSTOMERS: tuple[dict[str, object], ...] = (
    {"name": "Jenny", "email": "jenny@example.com", "metadata": {"order": "o1", "size": "12"}},
    {"name": "JENNY Rosen", "email": "rosen@example.com", "metadata": {"order": "none"}},
    {"name": "Zoë", "description": "Jenny's friend", "metadata": {"o\\1": "x"}},
    {"name": 'The "Shop"', "phone": "12", "metadata": {"order": "back\\slash"}},
    {"name": "\u212aelvin", "description": "true"},
    {},
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name:'jenny'", [0]),
        ("name~'jen'", [1, 0]),
        ("name~'zoë'", [2]),
        ("-name:'jenny'", [5, 4, 3, 2, 1]),
        ("name:null", [5]),
        ("-name:null", [4, 3, 2, 1, 0]),
        ("name:'the \\\"shop\\\"'", [3]),
        ("metadata['order']:'none'", [1]),
        ("metadata['size']:'12'", [0]),
        ("metadata['order']:'BACK\\\\slash'", [3]),
        ("metadata['o\\1']:'x'", [2]),
        ("phone:'12'", [3]),
        ("name:'kelvin' OR email:'rosen@example.com'", [4, 1]),
        ("name~'jen' AND email:'rosen@example.com'", [1]),
        ("created>0 AND metadata['order']:'o1'", [0]),
        ("created<5", []),
    ],
)
def test_customers_are_found(query: str, found: list[int]) -> None:
    api = Api()
    ids = [api.post("/v1/customers", each).body["id"] for each in CUSTOMERS]
    answer = api.get(f"/v1/customers/search?query={quote(query)}")
    assert answer.status == 200, answer.body
    assert [ids.index(each["id"]) for each in answer.body["data"]] == found


def test_only_the_objects_of_the_page_are_rendered(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        api.post("/v1/customers", {"email": f"jenny{number % 4}@example.com"})
    rendered: list[str] = []
    shown = objects.shown

    def noted(scope: Scope, name: str, row: Row[bytes]) -> Fields:
        rendered.append(row.id)
        return shown(scope, name, row)

    monkeypatch.setattr(objects, "shown", noted)
    page = api.get("/v1/customers/search?limit=2&query=" + quote("email:'jenny1@example.com'")).body
    assert (len(page["data"]), page["has_more"], len(rendered)) == (2, True, 2)


def test_the_number_of_all_matches_is_shown_where_it_is_expanded(api: Api) -> None:
    for number in range(5):
        api.post("/v1/customers", {"name": f"Jenny {number % 2}"})
    page = api.get("/v1/customers/search?limit=1&expand[]=total_count&query=" + quote("name:'jenny 0'")).body
    assert (len(page["data"]), page["total_count"]) == (1, 3)
    next_page = f"&page={page['next_page']}"
    more = api.get("/v1/customers/search?limit=1&expand[]=total_count&query=" + quote("name:'jenny 0'") + next_page)
    assert more.body["total_count"] == 3
    assert "total_count" not in api.get("/v1/customers/search?query=" + quote("name:'jenny 0'")).body


@pytest.mark.parametrize(
    ("path", "params", "query"),
    [
        ("/v1/products", {"name": "Tea", "active": "false"}, "active:'false' AND name:'tea'"),
        ("/v1/prices", {"currency": "usd", "unit_amount": "5", "product_data": {"name": "Tea"}}, "currency:'usd'"),
        (
            "/v1/charges",
            {"amount": "700", "currency": "usd", "source": "tok_visa"},
            "amount>600 AND status:'succeeded'",
        ),
        ("/v1/charges", {"amount": "700", "currency": "usd", "source": "tok_visa"}, "refunded:'false'"),
        (
            "/v1/charges",
            {"amount": "700", "currency": "usd", "source": "tok_visa"},
            "payment_method_details.card.last4:4242 AND payment_method_details.card.brand:'visa'",
        ),
        ("/v1/payment_intents", {"amount": "700", "currency": "usd"}, "status:'requires_payment_method'"),
    ],
)
def test_other_objects_are_found_by_stored_and_by_first_values(
    api: Api, path: str, params: dict[str, object], query: str
) -> None:
    made = api.post(path, params).body["id"]
    assert [each["id"] for each in api.get(f"{path}/search?query={quote(query)}").body["data"]] == [made]
