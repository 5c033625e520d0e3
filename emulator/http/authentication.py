"""Who is calling: the key of a request, the sandbox it opens, and the account it may act as."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from emulator import errors, keys
from emulator.http.message import Request
from emulator.keys import SESSION_TOKENS, Key, redact
from emulator.sandbox import Sandbox, Sandboxes


@dataclass(slots=True)
class Caller:
    """An accepted key. `account` is set for the token of a claimed session, which acts for one account only."""

    sandbox: Sandbox
    redacted: str
    account: str | None = None


def authenticate(request: Request, sandboxes: Sandboxes, *, allow_live: bool) -> Caller:
    """The caller behind the Authorization header. Raises the 401s."""
    text = credentials(request.header(b"authorization"))
    if text is None:
        raise errors.no_api_key()
    if text.startswith(SESSION_TOKENS):
        return _session(text, sandboxes)
    key = keys.parse(text)
    if key is None:
        raise errors.invalid_api_key(redact(text))
    if key.livemode and not allow_live:
        raise errors.live_key(redact(text))
    if key.kind == "pk":
        raise errors.publishable_key()
    _check_state(key, sandboxes)
    return Caller(sandboxes.of(key), redact(text))


def _check_state(key: Key, sandboxes: Sandboxes) -> None:
    state = sandboxes.key_state(key)
    if state == "expired":
        raise errors.expired_api_key(redact(key.text))
    if state == "revoked":
        raise errors.invalid_api_key(redact(key.text))


def _session(token: str, sandboxes: Sandboxes) -> Caller:
    sandbox = sandboxes.of_token(token)
    browser = sandbox.sessions.browser_session(token, sandbox.clock.now()) if sandbox else None
    if sandbox is None or browser is None or browser.account not in sandbox.accounts:
        raise errors.invalid_api_key(redact(token))
    return Caller(sandbox, redact(token), browser.account)


def credentials(header: str | None) -> str | None:
    """The key of an Authorization header: `Bearer KEY`, `Basic base64(KEY:)` or `Basic KEY`."""
    scheme, _, rest = (header or "").partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        return rest or None
    return (_user(rest) or rest or None) if scheme.lower() == "basic" else None


def _user(encoded: str) -> str | None:
    try:
        user, colon, _ = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return user if colon else None


def acting_account(request: Request, path_account: str | None, caller: Caller) -> str | None:
    """The connected account that the request acts as: the token's, the header's, or the one in the URL.

    None means the platform itself. Raises the 403s.
    """
    acting = caller.account
    named = request.header(b"stripe-account")
    if named is not None:
        acting = _accessible(named, caller)
    if path_account is None or path_account == acting:
        return acting
    reached = _accessible(path_account, caller)
    if acting is not None:
        raise errors.accounts_of_connected_account()
    return reached


def _accessible(account: str, caller: Caller) -> str | None:
    """The account if the caller may act as it, None if it is the platform itself. Raises the 403 otherwise."""
    sandbox = caller.sandbox
    if caller.account is None and account == sandbox.platform_id:
        return None
    if caller.account not in (None, account) or account not in sandbox.accounts:
        raise errors.account_invalid(caller.redacted, account)
    return account
