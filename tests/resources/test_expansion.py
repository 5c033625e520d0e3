"""Every path at which a response can be expanded, down to four levels, in objects that exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from emulator import catalog
from emulator.catalog import Operation
from emulator.model.answering import endpoints, expansion
from emulator.model.declaration.endpoint import Call
from emulator.schema.shape import Array, Expandable, List, Map, Object, Property, Ref, Shape, Union
from emulator.wire import form
from emulator.wire.json import Json

from ..api import Api
from .generic.walk import Walk

LEVELS, TOGETHER = 4, 100
READS = [
    each
    for each in catalog.operations()
    if each.method == "GET" and not each.v2 and endpoints.endpoint(each) and "expand" in each.params.params
]


def paths(shape: Shape, levels: int = LEVELS) -> Iterator[str]:
    """The paths of a shape that Stripe can expand, and those through hashes inside it."""
    for name, entry in sorted(entries(shape).items()):
        if entry.expandable:
            yield name
        if levels > 1:
            yield from (f"{name}.{inner}" for inner in paths(entry.type, levels - 1))


def entries(shape: Shape) -> dict[str, Property]:  # noqa: PLR0911 - a case for each kind
    """The properties of a shape, whichever of its kinds it has."""
    match shape:
        case Object(properties):
            return dict(properties)
        case List(item):
            return {"data": Property(Array(item), expandable=True)}
        case Ref(name):
            return entries(catalog.schema(name))
        case Array(item):
            return entries(item)
        case Map():
            return {}
        case Expandable(names):
            return {key: each for name in names for key, each in entries(catalog.schema(name)).items()}
        case Union(options):
            return {key: each for option in options for key, each in entries(option).items()}
    return {}


@pytest.fixture(scope="module")
def walk() -> Walk:
    return Walk()


@pytest.mark.parametrize("operation", READS, ids=lambda each: each.id)
def test_no_expansion_of_a_response_fails(walk: Walk, operation: Operation) -> None:
    request = walk.values.request(operation)
    if request is None:
        return
    path, body = request
    found = list(paths(operation.response))
    for first in range(0, len(found), TOGETHER):
        some = found[first : first + TOGETHER]
        query = {**body, "expand": {str(place): each for place, each in enumerate(some)}}
        answer = walk.send(operation, path, query)
        assert answer.status != 500, some


def test_a_session_and_its_list_show_the_discounts_and_taxes_of_their_totals() -> None:
    api = Api()
    coupon = api.post("/v1/coupons", {"percent_off": "10"}).body["id"]
    rate = api.post("/v1/tax_rates", {"display_name": "VAT", "percentage": "20", "inclusive": "false"}).body
    session = api.post(
        "/v1/checkout/sessions",
        {
            "mode": "payment",
            "success_url": "https://shop.example/done",
            "discounts": [{"coupon": coupon}],
            "line_items": [
                {
                    "quantity": "1",
                    "tax_rates": [rate["id"]],
                    "price_data": {"currency": "usd", "unit_amount": "1000", "product_data": {"name": "Tea"}},
                }
            ],
        },
    ).body
    path = "/v1/checkout/sessions"
    shown = api.get(f"{path}/{session['id']}?expand[]=total_details.breakdown&expand[]=line_items.data.taxes").body
    tax = {"amount": 180, "rate": rate, "taxability_reason": None, "taxable_amount": 900}
    [off] = shown["total_details"]["breakdown"]["discounts"]
    assert shown["total_details"] == {
        "amount_discount": 100,
        "amount_shipping": 0,
        "amount_tax": 180,
        "breakdown": {"discounts": [off], "taxes": [tax]},
    }
    assert (off["amount"], off["discount"]["source"]["coupon"]) == (100, coupon)
    assert shown["line_items"]["data"][0]["taxes"] == [tax]
    [listed] = api.get(f"{path}?expand[]=data.total_details.breakdown").body["data"]
    assert listed["total_details"] == shown["total_details"]


def test_a_quote_shows_the_discounts_and_taxes_of_each_of_its_totals() -> None:
    api = Api()
    product = api.post("/v1/products", {"name": "Tea"}).body["id"]
    price = {"currency": "usd", "unit_amount": "1000", "recurring": {"interval": "month"}, "product": product}
    quote = api.post("/v1/quotes", {"line_items": [{"price_data": price}]}).body["id"]
    expand = ["total_details", "computed.recurring.total_details", "computed.upfront.total_details"]
    query = form.encode({"expand": [f"{each}.breakdown" for each in expand]})
    shown = api.get(f"/v1/quotes/{quote}?{query}").body
    empty: dict[str, list[object]] = {"discounts": [], "taxes": []}
    assert shown["total_details"]["breakdown"] == empty
    assert shown["computed"]["recurring"]["total_details"]["breakdown"] == empty
    assert shown["computed"]["upfront"]["total_details"]["breakdown"] == empty


def test_an_object_is_rendered_once_however_often_it_stands_in_a_response(monkeypatch: pytest.MonkeyPatch) -> None:
    api, rendered = Api(), list[str]()
    customer = api.post("/v1/customers", {"source": "tok_visa"}).body["id"]
    for _ in range(5):
        assert api.post("/v1/charges", {"amount": "100", "currency": "usd", "customer": customer}).status == 200
    find = expansion._object

    def counted(call: Call, names: Sequence[str], identifier: str, path: str) -> Json:
        rendered.append(identifier)
        return find(call, names, identifier, path)

    monkeypatch.setattr(expansion, "_object", counted)
    paths = ["data.customer", "data.customer.default_source", "data.customer.invoice_settings.default_payment_method"]
    found = api.get("/v1/charges?" + form.encode({"expand": paths})).body["data"]
    assert {each["customer"]["default_source"]["last4"] for each in found} == {"4242"}
    assert len(found) == 5
    assert rendered == [customer, found[0]["customer"]["default_source"]["id"]]
