"""Imports of a product catalog."""

from __future__ import annotations

from ...api import Api

PATH = "/commerce/product_catalog/imports"


def test_an_import_waits_for_its_upload_and_is_listed_by_its_feed() -> None:
    api = Api()
    made = api.v2("POST", PATH, {"feed_type": "product", "metadata": {"a": "1"}, "mode": "upsert"}).body
    assert (made["status"], made["feed_type"], made["metadata"]) == ("awaiting_upload", "product", {"a": "1"})
    assert set(made["status_details"]["awaiting_upload"]["upload_url"]) == {"expires_at", "url"}
    assert api.v2("GET", f"{PATH}/{made['id']}").body == made
    assert api.v2("GET", f"{PATH}?feed_type=product&status=awaiting_upload").body["data"] == [made]
    assert api.v2("GET", f"{PATH}?feed_type=pricing").body["data"] == []
    assert api.v2("GET", f"{PATH}?created_lt=2020-01-01T00:00:00.000Z").body["data"] == []
    missing = api.v2("GET", f"{PATH}/pci_none")
    assert (missing.status, missing.error["code"]) == (404, "not_found")
