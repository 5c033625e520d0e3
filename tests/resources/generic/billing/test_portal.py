"""Portal sessions and their configurations; credit balances."""

from __future__ import annotations

from ....api import Api


def test_a_session_has_the_default_configuration_which_is_made_once() -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]
    first = api.post("/v1/billing_portal/sessions", {"customer": customer, "return_url": "https://shop.example"}).body
    second = api.post("/v1/billing_portal/sessions", {"customer": customer}).body
    assert (first["return_url"], second["return_url"]) == ("https://shop.example", None)
    found = api.get("/v1/billing_portal/configurations?is_default=true").body["data"]
    assert [each["id"] for each in found] == [first["configuration"]] == [second["configuration"]]
    own = api.post("/v1/billing_portal/configurations", {"features": {"invoice_history": {"enabled": "true"}}}).body
    assert (own["is_default"], own["features"]["subscription_cancel"]["proration_behavior"]) == (False, "none")
    named = api.post("/v1/billing_portal/sessions", {"customer": customer, "configuration": own["id"]}).body
    assert named["configuration"] == own["id"]


def test_the_credit_balance_is_what_was_granted_and_not_voided() -> None:
    api = Api()
    customer = api.post("/v1/customers").body["id"]
    amount = {"type": "monetary", "monetary": {"currency": "usd", "value": "500"}}
    params = {"customer": customer, "amount": amount, "applicability_config": {"scope": {"price_type": "metered"}}}
    first, second = (api.post("/v1/billing/credit_grants", params).body["id"] for _ in range(2))
    query = f"customer={customer}&filter[type]=applicability_scope"

    def values() -> list[int]:
        balances = api.get(f"/v1/billing/credit_balance_summary?{query}").body["balances"]
        return [each["available_balance"]["monetary"]["value"] for each in balances]

    assert values() == [1000]
    api.post(f"/v1/billing/credit_grants/{first}/void")
    assert values() == [500]
    api.post(f"/v1/billing/credit_grants/{second}/expire")
    assert values() == []
