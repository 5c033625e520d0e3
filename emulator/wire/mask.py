"""Secrets are masked wherever the emulator shows what was sent: in logs, in the journal, in warnings.

They are known by their shape, so that one in a path, a User-Agent or an Idempotency-Key is masked too.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote

SHOW_END_FROM = 20  # characters of a secret, of which eight are shown


@cache
def _secret() -> re.Pattern[str]:
    """The pattern of secrets, compiled for the first text.

    Client secrets of account sessions, session tokens, signing secrets, secret and restricted keys; client secrets of
    other objects; and refresh tokens of OAuth. The pattern begins with a plain character, for which a text is searched
    ten times as fast.
    """
    return re.compile(
        r"_(?:(?:(?<=accs_)secret__|(?<=em_)(?:test|live)_|(?<=whsec_)|(?<=[sr]k_)(?:test|live|org)_)([0-9A-Za-z_]{5,})"
        r"|secret_([0-9A-Za-z]{16,})|(?<=\brt_)([0-9A-Za-z]{48}))"
    )


def mask(text: str) -> str:
    """A text with its secrets masked: of each, the prefix and the first and last four characters remain."""
    if "%5F" in text or "%5f" in text:
        decoded = text.replace("%5F", "_").replace("%5f", "_")
        shown = _secret().sub(_shortened, decoded)
        return text if shown == decoded else shown
    return _secret().sub(_shortened, text)


def mask_path(path: str) -> str:
    """A path of a URL with its secrets masked; decoded if they are encoded in it."""
    masked = mask(path)
    if "%" not in masked:
        return masked
    decoded = unquote(masked)
    shown = mask(decoded)
    return masked if shown == decoded else shown


def _shortened(found: re.Match[str]) -> str:
    secret = found[1] or found[2] or found[3]
    start = found[0].removesuffix(secret)
    return f"{start}{secret[:4]}***{secret[-4:] if len(secret) >= SHOW_END_FROM else ''}"
