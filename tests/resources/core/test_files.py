"""Files and file links: uploads as multipart/form-data."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from emulator.auth import keys
from emulator.server import Server
from emulator.settings import Settings

from ...api import KEY, PUBLISHABLE, Answer, Api

PNG = b"\x89PNG\r\n\x1a\n" + bytes(92)
TYPE = "multipart/form-data; boundary=b"


def part(name: str, value: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def upload(
    api: Api, purpose: str = "identity_document", content: bytes = PNG, more: bytes = b"", **headers: str
) -> Answer:
    body = part("purpose", purpose.encode()) + more + part("file", content, "x.png") + b"--b--\r\n"
    return api.send("POST", "/v1/files", body, content_type=TYPE, **headers)


def link(api: Api, file: str) -> Any:
    return api.post("/v1/file_links", {"file": file}).body


async def download(api: Api, url: str, **headers: str) -> httpx.Response:
    """One request for the contents of a file, at the path of a URL."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=api.emulator), base_url="http://e.test") as client:
        return await client.get(url[url.index("/", 8) :], headers=headers)


def bearer(key: str = KEY) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_a_document_has_no_url(api: Api) -> None:
    made = upload(api).body
    assert made == {
        "id": made["id"],
        "object": "file",
        "created": made["created"],
        "expires_at": None,
        "filename": "x.png",
        "links": {"object": "list", "data": [], "has_more": False, "url": f"/v1/file_links?file={made['id']}"},
        "purpose": "identity_document",
        "size": 100,
        "title": None,
        "type": "png",
        "url": None,
    }
    assert api.get(f"/v1/files/{made['id']}").body == made


def test_evidence_has_a_url_and_expires_after_270_days(api: Api) -> None:
    made = upload(api, "dispute_evidence").body
    assert made["expires_at"] == made["created"] + 23_328_000
    assert made["url"].endswith(f"/v1/files/{made['id']}/contents")


@pytest.mark.parametrize(
    ("purpose", "seconds"),
    [("business_logo", None), ("customer_signature", 604_800), ("issuing_regulatory_reporting", 63_072_000)],
)
def test_other_files_stay_or_expire_by_their_purpose(api: Api, purpose: str, seconds: int | None) -> None:
    made = upload(api, purpose).body
    assert made["expires_at"] == (made["created"] + seconds if seconds else None)


@pytest.mark.asyncio
async def test_the_contents_of_a_file_are_at_its_url(api: Api) -> None:
    made = upload(api, "dispute_evidence").body
    found = await download(api, made["url"], **bearer())
    assert (found.status_code, found.content) == (200, PNG)
    assert found.headers["content-type"] == "image/png"
    assert found.headers["content-disposition"] == 'inline; filename="x.png"'
    assert found.headers["content-security-policy"] == "sandbox"


@pytest.mark.asyncio
async def test_contents_require_the_key_of_the_account(api: Api) -> None:
    url = upload(api, "dispute_evidence").body["url"]
    assert (await download(api, url)).status_code == 401
    other = await download(api, url, **bearer("sk_test_another"))
    assert (other.status_code, other.json()["error"]["code"]) == (404, "resource_missing")
    assert (await download(api, url, **bearer(PUBLISHABLE))).status_code == 403


@pytest.mark.asyncio
async def test_the_file_of_a_connected_account_is_read_as_that_account(api: Api) -> None:
    account = api.account(type="express")
    url = upload(api, "dispute_evidence", stripe_account=account).body["url"]
    assert (await download(api, url, **bearer())).status_code == 404
    assert (await download(api, url, **bearer(), **{"stripe-account": account})).content == PNG


@pytest.mark.asyncio
async def test_expired_files_have_no_contents(api: Api) -> None:
    url = upload(api, "customer_signature").body["url"]
    await api.control("POST", "/clock", {"advance": 604_800})
    assert (await download(api, url, **bearer())).status_code == 404


@pytest.mark.asyncio
async def test_a_link_has_the_contents_without_a_key(api: Api) -> None:
    made = link(api, upload(api, "dispute_evidence").body["id"])
    assert (await download(api, made["url"])).content == PNG
    assert (await download(api, made["url"] + "x")).status_code == 404


@pytest.mark.asyncio
async def test_an_expired_link_has_no_contents(api: Api) -> None:
    made = link(api, upload(api, "dispute_evidence").body["id"])
    api.post(f"/v1/file_links/{made['id']}", {"expires_at": "now"})
    assert (await download(api, made["url"])).status_code == 404


def test_an_upload_creates_a_link(api: Api) -> None:
    data = part("file_link_data[create]", b"true") + part("file_link_data[metadata][a]", b"1")
    made = upload(api, "dispute_evidence", more=data).body
    (shown,) = made["links"]["data"]
    assert shown == api.get("/v1/file_links").body["data"][0]
    assert (shown["file"], shown["metadata"], shown["expires_at"]) == (made["id"], {"a": "1"}, None)


def test_a_publishable_key_uploads_but_creates_no_link(api: Api) -> None:
    public = f"Bearer {PUBLISHABLE}"
    assert upload(api, authorization=public).status == 200
    data = part("file_link_data[create]", b"true")
    assert upload(api, "dispute_evidence", more=data, authorization=public).status == 403


def test_a_file_has_its_newest_links(api: Api) -> None:
    file = upload(api, "dispute_evidence").body["id"]
    ids = [link(api, file)["id"] for _ in range(11)]
    links = api.get(f"/v1/files/{file}").body["links"]
    assert [each["id"] for each in links["data"]] == ids[:0:-1]
    assert (links["has_more"], links["url"]) == (True, f"/v1/file_links?file={file}")


def test_documents_have_no_links(api: Api) -> None:
    refused = api.post("/v1/file_links", {"file": upload(api).body["id"]})
    assert (refused.status, refused.error["param"]) == (400, "file")


def test_uploads_beyond_the_limit_of_a_server_are_refused(api: Api) -> None:
    key = keys.parse(KEY)
    assert key is not None
    api.emulator.sandboxes.of(key).contents.limit = 150
    assert upload(api).status == 200
    assert upload(api).status == 200  # equal contents count once
    refused = upload(api, content=bytes(100))
    assert (refused.status, refused.error["message"]) == (
        400,
        "Invalid request: it has more files than the emulator keeps.",
    )
    assert len(api.get("/v1/files").body["data"]) == 2
    api.emulator.sandboxes.reset_all()
    assert upload(api, content=bytes(100)).status == 200


def test_a_file_is_required(api: Api) -> None:
    body = part("purpose", b"identity_document") + b"--b--\r\n"
    answer = api.send("POST", "/v1/files", body, content_type=TYPE)
    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, "parameter_missing", "file")


def test_evidence_of_more_than_5_mb_is_refused(api: Api) -> None:
    assert upload(api, "dispute_evidence", bytes(5 * 1024 * 1024 + 1)).status == 400


def test_an_upload_is_repeated_under_its_key_with_another_boundary(api: Api) -> None:
    first = upload(api, idempotency_key="k")
    body = part("purpose", b"identity_document") + part("file", PNG, "x.png") + b"--b--\r\n"
    again = api.send(
        "POST", "/v1/files", body.replace(b"--b", b"--c"), content_type=TYPE[:-1] + "c", idempotency_key="k"
    )
    assert again.body == first.body


def test_a_link_expires_now(api: Api) -> None:
    made = link(api, upload(api, "dispute_evidence").body["id"])
    assert (made["expired"], made["expires_at"]) == (False, None)
    changed = api.post(f"/v1/file_links/{made['id']}", {"expires_at": "now"}).body
    assert changed["expired"] is True


def test_a_link_of_an_unknown_file_is_refused(api: Api) -> None:
    answer = api.post("/v1/file_links", {"file": "file_none"})
    assert (answer.status, answer.error["param"]) == (400, "file")


SHARED = Api()


@given(st.binary(max_size=300))
def test_any_bytes_are_no_failure(body: bytes) -> None:
    for sent in (body, b"--b\r\n" + body, part("file", body, "x") + body):
        assert SHARED.send("POST", "/v1/files", sent, content_type=TYPE).status in (200, 400)


def test_stripe_python_uploads_more_than_other_bodies_may_have() -> None:
    with Server(Settings(port=0)) as server:
        client = stripe.StripeClient(KEY, base_addresses={"api": server.url, "files": server.url})
        file = io.BytesIO(b"%PDF-" + bytes(3_000_000))
        file.name = "evidence.pdf"
        made = client.v1.files.create({"purpose": "dispute_evidence", "file": file})
        assert (made.size, made.type, made.filename) == (3_000_005, "pdf", "evidence.pdf")
        (event,) = client.v1.events.list({"type": "file.created"}).data
        assert event.data.object["id"] == made.id
