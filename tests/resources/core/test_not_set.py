"""Objects that exist for each parent but were never set: refused in Stripe's words, never a 500."""

from __future__ import annotations

from ...api import Api


def test_a_discount_that_was_never_set_cannot_be_deleted(api: Api) -> None:
    customer = api.post("/v1/customers").body["id"]
    refused = api.delete(f"/v1/customers/{customer}/discount")
    assert (refused.status, refused.body["error"]["code"]) == (404, "resource_missing")
    refused = api.delete(f"/v1/customers/{customer}/subscriptions/sub_none/discount")
    assert (refused.status, refused.body["error"]["code"]) == (404, "resource_missing")
