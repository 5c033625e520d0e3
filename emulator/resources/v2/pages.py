"""Pages of a v2 list: opaque tokens, and the addresses of the pages around.

A token is signed and names where its page begins; it is of use for a day (our choice: Stripe says that it ends, not
when). Nothing is stored for it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from emulator import errors
from emulator.resources.call import Call
from emulator.wire import form
from emulator.wire.json import Json

Row = TypeVar("Row")
DEFAULT_LIMIT = 10
LARGEST_LIMIT = 20  # observed
LIFETIME_SECONDS = 86_400
_PREFIX = "page_"
_SIGNATURE = 8


class Start(NamedTuple):
    """Where a page begins: after a row, or before it. `older` rows came after it when the token was made."""

    direction: str
    row: str
    older: int


def listing(
    call: Call, path: str, rows: Sequence[Row], id_of: Callable[[Row], str], render: Callable[[Row], Json]
) -> dict[str, Json]:
    """The page that a request asks for, of rows that come newest first. Raises StripeError."""
    limit, ids = _limit(call), [id_of(row) for row in rows]
    start = _read(call, path)
    begin, end = _slice(start, ids, limit) if start else (0, limit)
    shown, older = ids[begin:end], len(ids) - end
    return {
        "data": [render(row) for row in rows[begin:end]],
        "next_page_url": _url(call, path, Start("after", shown[-1], older)) if shown and older > 0 else None,
        "previous_page_url": _url(call, path, Start("before", shown[0], older)) if shown and begin > 0 else None,
    }


def _slice(start: Start, ids: Sequence[str], limit: int) -> tuple[int, int]:
    """Where a page begins and ends. A list can be read on although what was read is deleted (our choice).

    Raises StripeError where nothing tells the place any more.
    """
    if start.row in ids:
        place = ids.index(start.row)
        return (place + 1, place + 1 + limit) if start.direction == "after" else (max(0, place - limit), place)
    if start.direction == "before" or start.older > len(ids):
        raise errors.v2_page_invalid()
    begin = len(ids) - start.older
    return begin, begin + limit


def _limit(call: Call) -> int:
    limit = call.params.get("limit") or DEFAULT_LIMIT if call.params.get("limit") != 0 else 0
    if not isinstance(limit, int) or not 1 <= limit <= LARGEST_LIMIT:
        raise errors.v2_invalid("limit", f"a number from 1 to {LARGEST_LIMIT}")
    return limit


def _url(call: Call, path: str, start: Start) -> str:
    kept = {name: value for name, value in call.params.items() if name != "page" and value != ""}
    return f"{path}?{form.encode({**kept, 'page': _token(call, path, start)})}"


def _token(call: Call, path: str, start: Start) -> str:
    text = f"{start.direction} {call.now} {start.row} {start.older}".encode()
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
        direction, made, row, older = text.decode("ascii").split(" ")
    except ValueError:
        raise errors.v2_page_invalid() from None
    if call.now - int(made) >= LIFETIME_SECONDS:
        raise errors.v2_page_invalid()
    return Start(direction, row, int(older))


def _sign(call: Call, path: str, text: bytes) -> bytes:
    """A token is of one list of one platform, with the filters that it was made with."""
    filters = form.encode({name: call.params[name] for name in sorted(call.params) if name not in ("limit", "page")})
    said = b"\0".join((call.sandbox.platform_id.encode(), path.encode(), filters.encode(), text))
    return blake2b(said, digest_size=_SIGNATURE).digest()
