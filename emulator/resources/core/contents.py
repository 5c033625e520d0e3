"""The contents of files: stored with an upload, and found again by the id of the file or by a link."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Scope, Upload
from emulator.model.declaration.side_tables import SideTable
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.sandbox.sandbox import Sandbox
from emulator.store.contents import Content
from emulator.wire.namedtuples import NamedTuple

CONTENTS = SideTable[Content]("file.contents")  # by accounts and ids of files
URLS = SideTable[tuple[str, str]]("file_link.urls")  # the accounts and ids of links
MOST = 134_217_728  # bytes of the files of one sandbox
TYPES = {
    "csv": "text/csv",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
}


class Found(NamedTuple):
    """A file that can be downloaded."""

    filename: str
    media_type: str
    data: bytes


def keep(scope: Scope, identifier: str, data: bytes) -> None:
    """Store the contents of a file. Raises StripeError beyond the limits of the sandbox and of the server."""
    content = scope.sandbox.contents.add(data)
    if content is None or sum(len(row.data.data) for row in CONTENTS.newest(scope.platform)) + len(data) > MOST:
        raise errors.too_large("more files than the emulator keeps")
    CONTENTS.put(scope.platform, _key(scope, identifier), content)


def of_file(scope: Scope, identifier: str) -> Found | None:
    """The contents of a file of an account; None where there are none, or they have expired."""
    row = objects.get(scope, "file", identifier)
    content = CONTENTS.get(scope.platform, _key(scope, identifier))
    if row is None or content is None:
        return None
    fields = decode(row)
    expires = fields.get("expires_at")
    if isinstance(expires, int) and expires <= scope.now:
        return None
    kind = TYPES.get(str(fields.get("type")), "application/octet-stream")
    return Found(str(fields.get("filename") or identifier), kind, content.data)


def uploaded(sandbox: Sandbox, owner: str, identifier: str) -> Upload | None:
    """The upload of a file of an account, however old."""
    scope = Scope(sandbox, owner, 0)
    row = sandbox.table("file").get(owner, identifier)
    content = CONTENTS.get(scope.platform, _key(scope, identifier))
    return Upload(str(decode(row).get("filename")), content.data) if row is not None and content else None


def note_link(scope: Scope, url: str, link: str) -> None:
    """Note the link of a URL, so that its path finds it."""
    path = url[url.index("/links/") :]
    URLS.put(scope.platform, path, (scope.owner, link))


def of_link(sandbox: Sandbox, path: str) -> Found | None:
    """The contents of the file of a link; None where the link does not exist or has expired."""
    noted = URLS.get(Scope(sandbox, sandbox.platform_id, 0), path)
    if noted is None:
        return None
    owner, link = noted
    scope = Scope(sandbox, owner, sandbox.clock.now())
    row = objects.get(scope, "file_link", link)
    fields = decode(row) if row is not None else {}
    until = fields.get("expires_at")
    if row is None or (isinstance(until, int) and until <= scope.now):
        return None
    return of_file(scope, str(fields["file"]))


def _key(scope: Scope, identifier: str) -> str:
    return f"{scope.owner} {identifier}"
