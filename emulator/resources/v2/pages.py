"""Pages of a v2 list, with opaque tokens in the URLs of the next and the previous page.

A token is signed and says where its page begins. It expires after a day (official that it expires, our choice when).
Nothing is stored for it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.wire import form
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import DAY

Row = TypeVar("Row")
DEFAULT_LIMIT = 10
LARGEST_LIMIT = 20  # observed of accounts
# By the path of a list; public code requests so many events.
LARGEST: Mapping[str, int] = {"/v2/core/event_destinations": 100, "/v2/core/events": 100}
LIFETIME_SECONDS = DAY
_PREFIX = "page_"
_SIGNATURE = 8


class Start(NamedTuple):
    """The start of a page: after or before a row."""

    direction: str
    row: str


def listing(
    call: Call, path: str, rows: Sequence[Row], id_of: Callable[[Row], str], render: Callable[[Row], Json]
) -> dict[str, Json]:
    """The requested page of rows, which come newest first. Raises StripeError."""
    limit, ids = _limit(call, LARGEST.get(path, LARGEST_LIMIT)), [id_of(row) for row in rows]
    start = _read(call, path)
    begin = 0
    if start is not None:
        if start.row not in ids:
            raise errors.v2_page_invalid()
        place = ids.index(start.row)
        begin = place + 1 if start.direction == "after" else max(0, place - limit)
        limit = limit if start.direction == "after" else min(limit, place)
    shown = ids[begin : begin + limit]
    return {
        "data": [render(row) for row in rows[begin : begin + limit]],
        "next_page_url": _url(call, path, "after", shown[-1]) if shown and begin + limit < len(ids) else None,
        "previous_page_url": _url(call, path, "before", shown[0]) if shown and begin > 0 else None,
    }


def _limit(call: Call, most: int) -> int:
    limit = call.params.get("limit") or DEFAULT_LIMIT if call.params.get("limit") != 0 else 0
    if not isinstance(limit, int) or not 1 <= limit <= most:
        raise errors.v2_invalid("limit", f"a number from 1 to {most}")
    return limit


def _url(call: Call, path: str, direction: str, row: str) -> str:
    kept = {name: value for name, value in call.params.items() if name != "page" and value != ""}
    return f"{path}?{form.encode({**kept, 'page': _token(call, path, direction, row)})}"


def _token(call: Call, path: str, direction: str, row: str) -> str:
    text = f"{direction} {call.now} {row}".encode()
    return _PREFIX + urlsafe_b64encode(_sign(call, path, text) + text).decode().rstrip("=")


def _read(call: Call, path: str) -> Start | None:
    token = call.params.get("page")
    if not token:
        return None
    try:
        raw = str(token).removeprefix(_PREFIX).encode("ascii")
        whole = urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
        signature, text = whole[:_SIGNATURE], whole[_SIGNATURE:]
        if signature != _sign(call, path, text):
            raise ValueError(token)
        direction, created, row = text.decode("ascii").split(" ")
    except ValueError:
        raise errors.v2_page_invalid() from None
    if call.now - int(created) >= LIFETIME_SECONDS:
        raise errors.v2_page_invalid()
    return Start(direction, row)


def _sign(call: Call, path: str, text: bytes) -> bytes:
    """The signature of a token, which is valid for one list of one platform with the same filters."""
    filters = form.encode({name: call.params[name] for name in sorted(call.params) if name not in ("limit", "page")})
    signed = b"\0".join((call.sandbox.platform_id.encode(), path.encode(), filters.encode(), text))
    return blake2b(signed, digest_size=_SIGNATURE).digest()
