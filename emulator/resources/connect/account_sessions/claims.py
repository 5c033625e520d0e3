"""Redeeming a client secret: what the browser does with it, once.

Stripe's own claim request is not public. That secrets are claimed, work once, expire, and turn into an `em_test_...`
key is observed; the answers to a wrong claim are our choice, and each is distinct.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.auth import keys
from emulator.auth.keys import Key
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.store.rows import BrowserSession, Session
from emulator.store.sessions import Outcome

ORIGIN_KEPT = 200

# What a refused claim says, and what to do about it, by its code.
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
    Outcome.UNKNOWN: "client_secret_unknown",
    Outcome.EXPIRED: "client_secret_expired",
    Outcome.USED: "client_secret_used",
    Outcome.ACCOUNT_DELETED: "account_deleted",
}


class ClaimRefused(Exception):
    """A claim that failed; `code` is a key of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that was granted: the session, and what its secret became."""

    sandbox: Sandbox
    session: Session
    browser: BrowserSession


def claim(sandboxes: Sandboxes, client_secret: str, publishable_key: str, origin: str | None = None) -> Claim:
    """Burns the secret. Exactly one of any number of calls succeeds; the others raise ClaimRefused.

    `origin` is that of the page, for the record.
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
    if outcome is not Outcome.CLAIMED:
        raise ClaimRefused(_BY_OUTCOME[outcome])
    sandboxes.remember(browser.token, sandbox)
    return Claim(sandbox, session, browser)


def origin_of(*said: object) -> str | None:
    """The first of what was said of a page's origin, as text of a bounded length."""
    return next((text[:ORIGIN_KEPT] for text in said if isinstance(text, str) and text), None)


def _sandbox(sandboxes: Sandboxes, client_secret: str, publishable_key: str) -> Sandbox:
    """The sandbox that made the secret, if the publishable key is the right one for it."""
    key = keys.parse(publishable_key)
    if key is None or key.kind != "pk":
        raise ClaimRefused("secret_key_given" if key else "invalid_publishable_key")
    if sandboxes.keyring.of(key).state != "active":
        raise ClaimRefused("publishable_key_expired")
    own = sandboxes.find(key)
    if own is not None and own.sessions.get(client_secret) is not None:
        return own
    raise ClaimRefused(_why_not(key, sandboxes.holding(client_secret), sandboxes))


def _why_not(key: Key, holder: Sandbox | None, sandboxes: Sandboxes) -> str:
    if holder is not None:
        return "publishable_key_mismatch" if holder.livemode == key.livemode else "mode_mismatch"
    return "live_keys_refused" if key.livemode and not sandboxes.allow_live_keys else "client_secret_unknown"
