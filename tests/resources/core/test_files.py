"""Files and file links: uploads as multipart/form-data."""

from __future__ import annotations

import io
from typing import Any

import stripe
from hypothesis import given
from hypothesis import strategies as st

from emulator.server import Server
from emulator.settings import Settings

from ...api import KEY, Answer, Api

PNG = b"\x89PNG\r\n\x1a\n" + bytes(92)
TYPE = "multipart/form-data; boundary=b"


def part(name: str, value: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def upload(api: Api, purpose: str = "identity_document", content: bytes = PNG, **headers: str) -> Answer:
    body = part("purpose", purpose.encode()) + part("file", content, "x.png") + b"--b--\r\n"
    return api.send("POST", "/v1/files", body, content_type=TYPE, **headers)


def link(api: Api, file: str) -> Any:
    return api.post("/v1/file_links", {"file": file}).body


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
