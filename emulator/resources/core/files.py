"""Files and file links: uploads, and the addresses where their contents are found."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from itertools import islice
from typing import Any

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Call, Scope, Upload
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, encode, render, stored
from emulator.resources.core import contents
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

KB, MB = 1024, 1024 * 1024
LARGEST = 16 * MB
# Bytes of a file, by its purpose (official).
LARGEST_BY_PURPOSE: Mapping[str, int] = {
    "business_icon": 512 * KB,
    "business_logo": 512 * KB,
    "customer_signature": 4 * MB,
    "dispute_evidence": 5 * MB,
    "issuing_regulatory_reporting": 256 * KB,
}
# Seconds until a file expires; others stay (official). 270 days are observed.
KEPT_SECONDS: Mapping[str, int] = {
    "customer_signature": 7 * DAY,
    "dispute_evidence": 270 * DAY,
    "issuing_regulatory_reporting": 730 * DAY,
}
# Purposes of files that cannot be downloaded (official): they have no URL.
PRIVATE = frozenset({"account_requirement", "additional_verification", "identity_document"})
LINKS_SHOWN = 10
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
    kept = KEPT_SECONDS.get(purpose)
    expires = call.now + kept if kept else None
    return {**fields, "filename": upload.filename, "size": size, "type": type_of(upload), "expires_at": expires}


def _stored(call: Call, row: Row[bytes]) -> Row[bytes]:
    """Store the contents of a new file, with its URL and the link that the request wants. Raises StripeError."""
    fields = decode(row)
    contents.keep(call.scope, row.id, call.uploads["file"].content)
    if fields.get("purpose") not in PRIVATE:
        fields["url"] = f"{call.address}/v1/files/{row.id}/contents"
        row = verbs.put(FILES, call, row, encode(fields))
    wanted = hash_at(call.params, "file_link_data")
    if wanted.get("create") is True:
        if call.publishable:  # a link requires the secret key (official)
            raise errors.publishable_key()
        _add_link(call, row.id, wanted)
    return row


def _file(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """A file, with its newest links."""
    shown = render("file", frozenset(), sandbox, row, now)
    rows = list(islice(sandbox.table("file_link").newest(row.owner, parent=row.id), LINKS_SHOWN + 1))
    data: list[Json] = [_link(sandbox, each, now) for each in rows[:LINKS_SHOWN]]
    more, url = len(rows) > LINKS_SHOWN, f"/v1/file_links?file={row.id}"
    return {**shown, "links": {"object": "list", "data": data, "has_more": more, "url": url}}


def _create_link(call: Call) -> Json:
    """POST /v1/file_links. Raises StripeError for a file that there is not, or that cannot be downloaded."""
    file = str(call.params["file"])
    row = objects.get(call.scope, "file", file)
    if row is None:
        raise errors.no_such("file upload", file, "file", 400)
    purpose = str(decode(row)["purpose"])
    if purpose in PRIVATE and not unknown.are_created(call.sandbox):
        raise errors.file_not_linkable(file, purpose)
    return FILE_LINKS.respond(call, _add_link(call, file, call.params))


def _add_link(call: Call, file: str, params: Params) -> Row[bytes]:
    """A new link to a file, with `expires_at` and `metadata`."""
    scope, ids = call.scope, call.sandbox.ids
    secret = f"00|{scope.owner}|fl_test_{ids.token(24)}"
    coded = base64.b64encode(secret.encode()).decode().rstrip("=")
    url = f"{call.address}/links/{coded}00{ids.token(8)}"
    metadata: Json = dict(merged({}, params.get("metadata")))
    fields: Fields = {"file": file, "url": url, "metadata": metadata, "expires_at": _until(params, call.now)}
    row = objects.add(scope, "file_link", ids.in_account("link", scope.now, scope.owner), fields, file)
    contents.note_link(scope, url, row.id)
    return row


def _until(params: Params, now: int) -> Json:
    until = params.get("expires_at")
    return now if until == "now" else until if isinstance(until, int) else None


def _update_link(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    return {**fields, "expires_at": call.now} if fields.get("expires_at") == "now" else fields


def _link(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    shown = render("file_link", frozenset(), sandbox, row, now)
    until = shown["expires_at"]
    return {**shown, "expired": isinstance(until, int) and until <= now}


def _link_of_nobody(scope: Scope, identifier: str, _: str | None) -> None:
    """Make the link that a request names and nobody created, to a file that is made for it."""
    file = objects.existing(scope, "file", f"file of {identifier}").id
    objects.add(scope, "file_link", identifier, {"file": file, "metadata": {}}, file)


FILES = stored(
    "file",
    "file",
    noun="file upload",
    param="file",
    request_only=["file", "file_link_data"],
    filters=["purpose"],
    create=_create,
    unknown={"purpose": "identity_document", "filename": "file.png", "size": 1, "type": "png"},
    then=_stored,
    render=_file,
    events=Events("file.created"),
)
FILE_LINKS = stored(
    "file_link",
    "link",
    unknown=_link_of_nobody,
    filters=["file"],
    verbs={"create": _create_link},
    update=_update_link,
    render=_link,
)
RESOURCES: tuple[Any, ...] = (FILES, FILE_LINKS)
