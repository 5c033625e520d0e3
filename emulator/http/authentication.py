"""Authentication: the key of a request, its sandbox, and the account that the request acts as."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

from emulator import errors
from emulator.auth import keys
from emulator.auth.keys import METER_TOKENS, SESSION_TOKENS, Key, redact
from emulator.http.message import Request
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.wire.dataclasses import dataclass


@dataclass(slots=True)
class Caller:
    """An accepted key. `now` is the sandbox's time, read once. `permissions` None means all of them.

    `account` is set for a key that acts for one account only: the token of a claimed session, which is for
    `components`, or one that OAuth gave, which may be `read_only`.
    """

    sandbox: Sandbox
    now: int
    redacted: str
    account: str | None = None
    permissions: frozenset[str] | None = None
    publishable: bool = False
    components: bool = False
    read_only: bool = False


def authenticate(request: Request, sandboxes: Sandboxes, *, allow_live: bool) -> Caller:
    """The caller of the Authorization header. Raises the 401s, and the 400s of organization keys."""
    sent = _read(request.headers.get(b"authorization"))
    if sent is None:
        raise errors.no_api_key()
    text, key, redacted = sent
    if key is None:
        return _with_token(request, text, redacted, sandboxes)
    if key.livemode and not allow_live:
        raise errors.live_key(redacted)
    if sandboxes.is_issued(text):
        return _connected(key, sandboxes)
    record = sandboxes.keyring.of(key)
    if record.state != "active":
        raise errors.expired_api_key(redacted) if record.state == "expired" else errors.invalid_api_key(redacted)
    sandbox = _of_organization(request, key, sandboxes) if key.kind == "org" else sandboxes.of(key)
    return Caller(sandbox, sandbox.clock.now(), redacted, None, record.permissions, key.kind == "pk")


def _with_token(request: Request, text: str, redacted: str, sandboxes: Sandboxes) -> Caller:
    """The caller with a token in place of a key. Raises the 401 for anything else."""
    if text.startswith(SESSION_TOKENS):
        return _session(text, sandboxes)
    if text.startswith(METER_TOKENS):
        return _meter_session(request, text, sandboxes)
    raise errors.invalid_api_key(redacted)


def _connected(key: Key, sandboxes: Sandboxes) -> Caller:
    """The caller with a key that OAuth gave, which acts as the connected account (official)."""
    found = sandboxes.find_grant(key.text)
    if found is None:
        raise errors.expired_platform_key(redact(key.text))
    sandbox, grant = found
    return Caller(
        sandbox,
        sandbox.clock.now(),
        redact(key.text),
        grant.account,
        publishable=key.kind == "pk",
        read_only=grant.scope == "read_only",
    )


def _of_organization(request: Request, key: Key, sandboxes: Sandboxes) -> Sandbox:
    """The platform that Stripe-Context begins with. Both headers are required (official); the order is our choice."""
    context = request.header(b"stripe-context")
    if context is None:
        raise errors.no_context()
    if request.header(b"stripe-version") is None:
        raise errors.no_version()
    platform = context.partition("/")[0]
    for sandbox in sandboxes.platforms(key):
        if sandbox.platform_id == platform:
            return sandbox
    raise errors.account_invalid(redact(key.text), context)


def _session(token: str, sandboxes: Sandboxes) -> Caller:
    sandbox = sandboxes.find_by_token(token)
    if sandbox is None:
        raise errors.invalid_api_key(redact(token))
    now = sandbox.clock.now()
    browser = sandbox.sessions.browser_session(token, now)
    if browser is None or browser.account not in sandbox.accounts:
        raise errors.invalid_api_key(redact(token))
    return Caller(sandbox, now, redact(token), browser.account, components=True)


def _meter_session(request: Request, token: str, sandboxes: Sandboxes) -> Caller:
    """The caller with the token of a session for streams of meter events, which is good for these alone (official)."""
    from emulator.model.stored.stored import decode  # noqa: PLC0415 - and much else, for few requests
    from emulator.resources.v2 import billing  # noqa: PLC0415

    sandbox = sandboxes.find_by_row(billing.SESSION, token)
    row = sandbox.table(billing.SESSION).get(sandbox.platform_id, token) if sandbox else None
    if sandbox is None or row is None or request.path != billing.STREAM:
        raise errors.invalid_api_key(redact(token))
    now = sandbox.clock.now()
    if now >= row.created + billing.LIFETIME:
        raise errors.meter_session_expired()
    account = decode(row).get("account")
    return Caller(sandbox, now, redact(token), str(account) if account else None)


@lru_cache(maxsize=1024)
def _read(header: bytes | None) -> tuple[str, Key | None, str] | None:
    """The text of an Authorization header, as it is sent, its key, and how messages show it. None without a text."""
    text = credentials(header.decode("latin-1").strip()) if header else None
    return (text, keys.parse(text), redact(text)) if text else None


def credentials(header: str | None) -> str | None:
    """The key of an Authorization header: `Bearer KEY`, `Basic base64(KEY:)` or `Basic KEY`."""
    scheme, _, rest = (header or "").partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        return rest or None
    if scheme.lower() != "basic":
        return None
    user = _user(rest)
    return (rest if user is None else user) or None


def _user(encoded: str) -> str | None:
    """The user of `USER:` in base64, possibly empty; None if the text is anything else."""
    try:
        user, colon, _ = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return user if colon else None


def acting_account(request: Request, path_account: str | None, caller: Caller) -> str | None:
    """The connected account that the request acts as: the token's, the one in a header, or the one in the URL.

    None means the platform itself. Raises the 403s, and the 400 for two headers that differ.
    """
    acting = caller.account
    named = _named(request, caller)
    if named is not None:
        acting = _accessible(named, caller)
        if acting is not None and caller.permissions is not None and not _may_connect(caller.permissions):
            raise errors.no_connect_permissions()
    if path_account is None or path_account == acting:
        return acting
    reached = _accessible(path_account, caller)
    if acting is not None:
        raise errors.accounts_of_connected_account()
    return reached


def _may_connect(granted: frozenset[str]) -> bool:
    from emulator.auth.permissions import may_connect  # noqa: PLC0415 - few keys are restricted

    return may_connect(granted)


def _named(request: Request, caller: Caller) -> str | None:
    """The account of Stripe-Account or of Stripe-Context, which supersedes it (official).

    A context is a path that may begin with the platform itself (official for organization keys). Accounts below
    connected accounts are not emulated. Both headers may be sent if they name the same account (our choice).
    """
    account, context = request.header(b"stripe-account"), request.header(b"stripe-context")
    if context is None:
        return account
    path = context.split("/")
    if account not in (None, path[-1]):
        raise errors.accounts_differ(str(account), context)
    if len(path) > 1 and path[0] == caller.sandbox.platform_id:
        del path[0]
    if len(path) > 1:
        raise errors.account_invalid(caller.redacted, context)
    return path[0]


def _accessible(account: str, caller: Caller) -> str | None:
    """The account if the caller may act as it, None if it is the platform itself. Raises the 403."""
    sandbox = caller.sandbox
    if caller.account is None and account == sandbox.platform_id:
        return None
    made = caller.account is None and sandbox.settings.unknown_ids != "refuse"  # once the request runs
    if caller.account not in (None, account) or (account not in sandbox.accounts and not made):
        raise errors.account_invalid(caller.redacted, account)
    return account
