"""Uploads and objects that nobody created in exports: contents come along, and objects are made again."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from emulator.seeds import export
from emulator.settings import Settings

from ..api import Api
from ..resources.core.test_files import PNG, bearer, download, upload


def control(api: Api, method: str, path: str, body: object = None) -> Any:
    response = asyncio.run(api.control(method, path, body))
    assert response.status_code == 200, response.text
    return response.json()


def contents(api: Api, url: str) -> httpx.Response:
    return asyncio.run(download(api, url, **bearer()))


def test_an_upload_is_exported_with_its_contents() -> None:
    api, other = Api(), Api()
    made = upload(api, "dispute_evidence").body
    control(other, "POST", "/seeds", control(api, "GET", "/export"))
    loaded = other.get(f"/v1/files/{made['id']}").body
    assert (loaded["purpose"], loaded["filename"], loaded["size"]) == ("dispute_evidence", "x.png", 100)
    assert contents(other, loaded["url"]).content == PNG


def test_a_document_of_a_person_is_exported_with_it() -> None:
    api, other = Api(), Api()
    account = api.account(type="custom", business_type="company")
    file = upload(api, stripe_account=account).body["id"]
    person = api.post(f"/v1/accounts/{account}/persons", {"verification": {"document": {"front": file}}}).body
    control(other, "POST", "/seeds", control(api, "GET", "/export"))
    loaded = other.get(f"/v1/accounts/{account}/persons/{person['id']}").body
    assert loaded["verification"]["document"]["front"] == file


def test_an_export_says_which_uploads_it_leaves_out(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_EXPORTED", 99)
    upload(api)
    exported = control(api, "GET", "/export")
    assert (exported["fixtures"], exported["_left_out"]) == ([], ["1 uploads of files of more than 99 bytes"])


def test_objects_that_nobody_created_are_made_again_where_an_export_is_loaded() -> None:
    api, other = (Api(Settings(unknown_ids="create")) for _ in range(2))
    api.post("/v1/payment_intents/pi_123/capture")
    api.get("/v1/subscriptions/sub_123")
    control(other, "POST", "/seeds", control(api, "GET", "/export"))
    assert [each["id"] for each in other.get("/v1/payment_intents").body["data"]] == ["pi_123"]
    assert other.get("/v1/payment_intents").body["data"][0]["status"] == "succeeded"
    assert [each["id"] for each in other.get("/v1/subscriptions").body["data"]] == ["sub_123"]


@pytest.mark.parametrize(
    ("file", "words"),
    [("x", "_file must be an object"), ({"filename": "x", "content": "?"}, "must be in base64")],
)
def test_a_file_that_cannot_be_read_is_refused(api: Api, file: object, words: str) -> None:
    document = {"fixtures": [{"path": "/v1/files", "method": "post", "_file": file}]}
    refused = asyncio.run(api.control("POST", "/seeds", document))
    assert refused.status_code == 400
    assert words in refused.text
