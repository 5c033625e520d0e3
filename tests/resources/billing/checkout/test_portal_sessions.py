"""Portal sessions and their configurations."""

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


def test_the_list_of_configurations_shows_the_default_one() -> None:
    api = Api()
    [default] = api.get("/v1/billing_portal/configurations?is_default=true").body["data"]
    assert (default["is_default"], default["active"]) == (True, True)
    assert api.get("/v1/billing_portal/configurations").body["data"] == [default]
