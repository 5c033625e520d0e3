"""Claiming a client secret: the browser exchanges it, once, for a session token.

Stripe's own claim request is not public. Observed: secrets are claimed, work once, expire, and turn into a key of the
form `em_test_...`. The errors of refused claims are our choice, one for each cause.
"""

from __future__ import annotations

from emulator.auth import keys
from emulator.auth.keys import Key
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.store.rows import BrowserSession, Session
from emulator.store.sessions import ClaimResult
from emulator.wire.dataclasses import dataclass

MAX_ORIGIN_LENGTH = 200

# Message and hint of a refused claim, by code.
REFUSALS: dict[str, tuple[str, str]] = {
    "invalid_publishable_key": (
        "The publishable key is missing or malformed.",
        "Send the pk_test_ key that belongs to the secret key that created the account session.",
    ),
    "secret_key_given": (
        "This is a secret key, which must never reach a browser.",
        "Send the publishable key of the same platform: it starts with pk_test_.",
    ),
    "live_keys_refused": (
        "This is a live publishable key, and the emulator refuses live keys.",
        "Use a pk_test_ key, or start the emulator with --allow-live-keys.",
    ),
    "publishable_key_expired": (
        "This publishable key has expired or was revoked.",
        "Use the publishable key that works now; POST /_emulator/keys makes one active again.",
    ),
    "mode_mismatch": (
        "The client secret and the publishable key are of different modes, live and test.",
        "Use the publishable key of the mode in which the account session was created.",
    ),
    "publishable_key_mismatch": (
        "The client secret was created by another platform than the one of this publishable key.",
        "Use keys with the same suffix (sk_test_X with pk_test_X), or declare the pair in the setting key_pairs.",
    ),
    "client_secret_unknown": (
        "No account session has this client secret.",
        "Create an account session with POST /v1/account_sessions and pass its client_secret on unchanged.",
    ),
    "client_secret_used": (
        "This client secret was claimed before, and each works only once.",
        "fetchClientSecret must create a new account session each time it is called.",
    ),
    "client_secret_expired": (
        "This client secret has expired.",
        "Create the account session when the page asks for it, not ahead of time.",
    ),
    "account_deleted": (
        "The account of this account session was deleted.",
        "Create an account session for an account that exists.",
    ),
}
_BY_OUTCOME = {
    ClaimResult.UNKNOWN: "client_secret_unknown",
    ClaimResult.EXPIRED: "client_secret_expired",
    ClaimResult.USED: "client_secret_used",
    ClaimResult.ACCOUNT_DELETED: "account_deleted",
}


class ClaimRefused(Exception):
    """A claim that failed; `code` is a key of REFUSALS, `holder` another sandbox that created the client secret."""

    def __init__(self, code: str, holder: Sandbox | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.holder = holder


@dataclass(frozen=True, slots=True)
class Claim:
    """A successful claim: the account session and the browser session that its secret became."""

    sandbox: Sandbox
    session: Session
    browser: BrowserSession


def claim(sandboxes: Sandboxes, client_secret: str, publishable_key: str, origin: str | None = None) -> Claim:
    """Claims a client secret. Of any number of calls exactly one succeeds; the others raise ClaimRefused.

    `origin` is the origin of the page. It is only recorded.
    """
    sandbox = _sandbox(sandboxes, client_secret, publishable_key)
    session = sandbox.sessions.get(client_secret)
    if session is None:
        raise ClaimRefused("client_secret_unknown")
    now = sandbox.clock.now()
    browser = BrowserSession(
        token=sandbox.ids.session_token(livemode=sandbox.livemode),
        client_secret=client_secret,
        account=session.account,
        created=now,
        expires_at=now + sandbox.settings.browser_session_lifetime,
        origin=origin,
    )
    outcome = sandbox.sessions.claim(browser, account_exists=session.account in sandbox.accounts)
    if outcome is not ClaimResult.CLAIMED:
        raise ClaimRefused(_BY_OUTCOME[outcome])
    sandboxes.register_token(browser.token, sandbox)
    return Claim(sandbox, session, browser)


def origin_of(*candidates: object) -> str | None:
    """The first candidate that is a text, cut to a bounded length."""
    return next((text[:MAX_ORIGIN_LENGTH] for text in candidates if isinstance(text, str) and text), None)


def _sandbox(sandboxes: Sandboxes, client_secret: str, publishable_key: str) -> Sandbox:
    """The sandbox that created the secret, if the publishable key belongs to it. Raises ClaimRefused."""
    key = keys.parse(publishable_key)
    if key is None or key.kind != "pk":
        raise ClaimRefused("secret_key_given" if key else "invalid_publishable_key")
    if sandboxes.keyring.of(key).state != "active":
        raise ClaimRefused("publishable_key_expired")
    own = sandboxes.find(key)
    if own is not None and own.sessions.get(client_secret) is not None:
        return own
    holder = sandboxes.find_by_secret(client_secret)
    raise ClaimRefused(_refusal(key, holder, sandboxes), holder)


def _refusal(key: Key, holder: Sandbox | None, sandboxes: Sandboxes) -> str:
    if holder is not None:
        return "publishable_key_mismatch" if holder.livemode == key.livemode else "mode_mismatch"
    return "live_keys_refused" if key.livemode and not sandboxes.allow_live_keys else "client_secret_unknown"
