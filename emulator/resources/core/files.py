"""Files and file links. Of an upload, size and type are kept, the contents are not."""

from __future__ import annotations

import base64
from typing import Any

from emulator import errors
from emulator.resources import objects, verbs
from emulator.resources.endpoint import Call, Scope, Upload
from emulator.resources.resource import Events, Fields
from emulator.resources.stored import decode, encode, render, stored
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row

MB = 1024 * 1024
LARGEST = 16 * MB
LARGEST_BY_PURPOSE = {"dispute_evidence": 5 * MB}
KEPT_SECONDS = 23_328_000  # 270 days (observed)
PRIVATE = frozenset({"account_requirement", "identity_document"})  # without a URL (observed)
SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"%PDF-", "pdf"), (b"GIF8", "gif"))


def type_of(upload: Upload) -> str | None:
    """The type of a file by its first bytes, else by the extension of its name."""
    found = next((kind for begin, kind in SIGNATURES if upload.content.startswith(begin)), None)
    return found or upload.filename.rpartition(".")[2].lower()[:10] if "." in upload.filename else found


def _create(call: Call, fields: Fields) -> Fields:
    upload = call.uploads.get("file")
    if upload is None:
        raise errors.missing_param(("file",))
    purpose, size = str(fields.get("purpose")), len(upload.content)
    largest = LARGEST_BY_PURPOSE.get(purpose, LARGEST)
    if size > largest:
        raise errors.too_large(f"a file of more than {largest} bytes")
    expires = None if purpose in PRIVATE else call.now + KEPT_SECONDS
    return {**fields, "filename": upload.filename, "size": size, "type": type_of(upload), "expires_at": expires}


def _with_url(call: Call, row: Row[bytes]) -> Row[bytes]:
    fields = decode(row)
    if fields.get("purpose") not in PRIVATE:
        fields["url"] = f"{call.address}/v1/files/{row.id}/contents"
    return verbs.put(FILES, call, row, encode(fields))


def _file(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    shown = render("file", frozenset(), sandbox, row, now)
    links: Fields = {"object": "list", "data": [], "has_more": False, "url": f"/v1/file_links?file={row.id}"}
    return {**shown, "links": links}


def _create_link(call: Call, fields: Fields) -> Fields:
    if call.sandbox.table("file").get(call.owner, str(fields["file"])) is None:
        raise errors.no_such("file upload", str(fields["file"]), "file", 400)
    secret = f"00|{call.owner}|fl_test_{call.sandbox.ids.token(24)}"
    coded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {**fields, "url": f"{call.address}/links/{coded}00{call.sandbox.ids.token(8)}"}


def _update_link(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    return {**fields, "expires_at": call.now} if fields.get("expires_at") == "now" else fields


def _link(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    shown = render("file_link", frozenset(), sandbox, row, now)
    until = shown["expires_at"]
    return {**shown, "expired": isinstance(until, int) and until <= now}


def _link_of_nobody(scope: Scope, identifier: str, _: str | None) -> Fields:
    """The fields of a link that nobody created, to a file that is made for it."""
    return {"file": objects.named(scope, "file", f"file of {identifier}").id}


FILES = stored(
    "file",
    "file",
    noun="file upload",
    param="file",
    request_only=["file", "file_link_data"],
    filters=["purpose"],
    create=_create,
    unknown={"purpose": "dispute_evidence", "filename": "file.png", "size": 1, "type": "png"},
    then=_with_url,
    render=_file,
    events=Events("file.created"),
)
FILE_LINKS = stored(
    "file_link",
    "link",
    unknown=_link_of_nobody,
    filters=["file"],
    create=_create_link,
    update=_update_link,
    render=_link,
)
RESOURCES: tuple[Any, ...] = (FILES, FILE_LINKS)
