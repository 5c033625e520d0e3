"""Test helpers of Issuing: shipping of cards, captures and refunds."""

from __future__ import annotations

from typing import Any

from ...api import Api

ADDRESS = {"city": "Berlin", "country": "DE", "line1": "Street 1", "postal_code": "10115"}


def card(api: Api, **params: Any) -> Any:
    holder = api.post("/v1/issuing/cardholders", {"name": "Jenny", "billing": {"address": ADDRESS}}).body["id"]
    response = api.post("/v1/issuing/cards", {"cardholder": holder, "currency": "eur", "type": "virtual", **params})
    assert response.status == 200, response.body
    return response.body


def test_a_physical_card_is_shipped_step_by_step() -> None:
    api = Api()
    one = card(api, type="physical", shipping={"name": "Jenny", "address": ADDRESS})
    assert one["shipping"]["status"] == "pending"
    path = f"/v1/test_helpers/issuing/cards/{one['id']}/shipping"
    early = api.post(f"{path}/deliver")
    assert (early.status, early.error["message"]) == (
        400,
        "You cannot deliver this card because it has a status of pending.",
    )
    states = [api.post(f"{path}/{verb}").body["shipping"]["status"] for verb in ("submit", "ship", "deliver")]
    assert states == ["submitted", "shipped", "delivered"]


def test_a_virtual_card_is_not_shipped() -> None:
    api = Api()
    one = card(api)
    assert api.post(f"/v1/test_helpers/issuing/cards/{one['id']}/shipping/ship").status == 400


def test_number_and_cvc_show_when_they_are_expanded() -> None:
    api = Api()
    one = card(api)
    assert {"number", "cvc"} & one.keys() == set()
    found = api.get(f"/v1/issuing/cards/{one['id']}?expand[]=number&expand[]=cvc").body
    assert (len(found["number"]), len(found["cvc"]), found["number"][-4:]) == (16, 3, one["last4"])


def test_a_forced_capture_is_refunded_up_to_its_amount() -> None:
    api = Api()
    one = card(api)
    made = api.post("/v1/test_helpers/issuing/transactions/create_force_capture", {"amount": "100", "card": one["id"]})
    captured = made.body
    assert (captured["type"], captured["amount"], captured["card"], captured["currency"]) == (
        "capture",
        -100,
        one["id"],
        "eur",
    )
    path = f"/v1/test_helpers/issuing/transactions/{captured['id']}/refund"
    refund = api.post(path, {"refund_amount": "40"}).body
    assert (refund["type"], refund["amount"], refund["cardholder"]) == ("refund", 40, one["cardholder"]["id"])
    assert api.post(path, {"refund_amount": "101"}).error["param"] == "refund_amount"
    assert len(api.get(f"/v1/issuing/transactions?card={one['id']}").body["data"]) == 2
    assert api.post(path.replace(captured["id"], "ipi_none")).status == 404


def test_an_unlinked_refund_names_a_card_that_exists() -> None:
    api = Api()
    path = "/v1/test_helpers/issuing/transactions/create_unlinked_refund"
    refused = api.post(path, {"amount": "100", "card": "ic_none"})
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        400,
        "No such issuing card: 'ic_none'",
        "card",
    )


def test_an_authorization_grows_is_captured_and_is_closed_then() -> None:
    api = Api()
    one = card(api)
    made = api.post("/v1/test_helpers/issuing/authorizations", {"amount": "100", "card": one["id"]}).body
    path = f"/v1/test_helpers/issuing/authorizations/{made['id']}"
    assert (made["status"], made["amount"], made["cardholder"]) == ("pending", 100, one["cardholder"]["id"])
    assert api.post(f"{path}/increment", {"increment_amount": "50"}).body["amount"] == 150
    assert api.post(f"{path}/reverse", {"reverse_amount": "30"}).body["amount"] == 120
    assert api.post(f"{path}/capture").body["status"] == "closed"
    captured = api.get("/v1/issuing/transactions").body["data"]
    assert [(each["amount"], each["authorization"]) for each in captured] == [(-120, made["id"])]
    assert api.post(f"{path}/capture").status == 400
