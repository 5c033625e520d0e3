"""The contents of uploaded files, within a limit for all sandboxes of a server. Equal contents are kept once."""

from __future__ import annotations

import hashlib
from weakref import WeakValueDictionary


class Contents:
    """The contents that a server keeps, `used` bytes of at most `limit`."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self._known: WeakValueDictionary[bytes, Content] = WeakValueDictionary()

    def add(self, data: bytes) -> Content | None:
        """Keep these bytes as long as somebody refers to them; None where that is beyond the limit."""
        digest = hashlib.sha256(data).digest()
        known = self._known.get(digest)
        if known is not None:
            return known
        if self.used + len(data) > self.limit:
            return None
        content = self._known[digest] = Content(data, self)
        return content


class Content:
    """The bytes of a file."""

    __slots__ = ("__weakref__", "_contents", "data")

    def __init__(self, data: bytes, contents: Contents) -> None:
        self.data = data
        self._contents = contents
        contents.used += len(data)

    def __del__(self) -> None:
        self._contents.used -= len(self.data)
