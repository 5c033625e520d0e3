"""The URLs of invoices and credit notes, whose tokens change with every read (observed)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from emulator.model.declaration.private import Private, private
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.side_tables import Index
from emulator.model.stored.stored import shared
from emulator.sandbox.ids import ALPHABET
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row

EPOCH = 1_609_459_200  # 2021-01-01, from which the times in tokens are counted (observed)
PAGE, PDF, NOTE = "/i/", "/invoice/", "/credit_notes/"
NOTES = Index("hosted_credit_note")  # the ids of credit notes by the tokens in their URLs


class PageState(Private, total=False):
    """What an object with a page keeps: the part of its URLs that stays the same."""

    _token: str | None


def of_invoice(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """The URLs of a finalized invoice, null before."""
    token = private(PageState, shared(row)).get("_token")
    if not token:
        return {"hosted_invoice_url": None, "invoice_pdf": None}
    name = _name(row.owner, token, now)
    return {
        "hosted_invoice_url": f"{sandbox.address}{PAGE}{row.owner}/{name}?s=ap",
        "invoice_pdf": f"{sandbox.address}{PDF}{row.owner}/{name}/pdf?s=ap",
    }


def of_note(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """The URL of the PDF of a credit note."""
    name = _name(row.owner, private(PageState, shared(row))["_token"] or "", now)
    return {"pdf": f"{sandbox.address}{NOTE}{row.owner}/{name}/pdf?s=ap"}


def _name(account: str, token: str, now: int) -> str:
    """`test_` and the subject of the URL: the account, the token and the time of the read, in base64."""
    text = urlsafe_b64encode(f"{account},{token},{now - EPOCH}".encode()).decode().rstrip("=")
    digest = hashlib.sha256(text.encode()).digest()
    return f"test_{text}0200{''.join(ALPHABET[byte % 62] for byte in digest[:8])}"


def token_of(name: str) -> str | None:
    """The token of a name in a URL, None for one that has none."""
    text = name.removeprefix("test_")[:-12]
    try:
        parts = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(",")
    except ValueError:
        return None
    return parts[1] if len(parts) == 3 else None
