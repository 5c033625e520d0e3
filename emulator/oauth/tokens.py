"""POST /oauth/token and /oauth/deauthorize: codes and refresh tokens become grants, and grants end."""

from __future__ import annotations

from emulator.auth import keys
from emulator.events import Origin, Transaction
from emulator.http.authentication import credentials
from emulator.http.message import Request
from emulator.oauth import errors
from emulator.resources.connect import accounts, oauth_accounts
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.store.oauth import Code, Grant, Redemption, Scope
from emulator.wire.form import Tree
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

# Each scope with those that a refresh may ask for: equal or lesser (official).
LESSER: dict[Scope, tuple[Scope, ...]] = {
    "read_write": ("read_write", "read_only"),
    "read_only": ("read_only",),
    "express": ("express",),
}


class OAuthCall(NamedTuple):
    """One authenticated request: the platform's sandbox, its time in unix seconds, and the sent form."""

    sandboxes: Sandboxes
    sandbox: Sandbox
    now: int
    tree: Tree

    def text(self, name: str) -> str:
        """A required parameter. Raises OAuthError."""
        value = self.tree.get(name)
        if not isinstance(value, str) or not value:
            raise errors.missing(name)
        return value


def platform_of(request: Request, tree: Tree, sandboxes: Sandboxes) -> Sandbox:
    """The sandbox of the secret key, in the header or as `client_secret`; the header wins (inferred).

    Raises OAuthError.
    """
    sent = tree.get("client_secret")
    text = credentials(request.header(b"authorization")) or (sent if isinstance(sent, str) else "")
    if not text:
        raise errors.no_credentials()
    key = keys.parse(text)
    usable = key is not None and key.opens_one and not sandboxes.is_issued(text)
    if key is None or not usable or (key.livemode and not sandboxes.allow_live_keys):
        raise errors.no_such_key(text)
    if sandboxes.keyring.of(key).state != "active":
        raise errors.no_such_key(text)
    return sandboxes.of(key)


def token(call: OAuthCall) -> dict[str, Json]:
    """POST /oauth/token. Raises OAuthError."""
    kind = call.text("grant_type")
    if kind == "authorization_code":
        return _redeem(call)
    if kind == "refresh_token":
        return _refresh(call)
    raise errors.unsupported_grant_type()


def deauthorize(call: OAuthCall) -> dict[str, Json]:
    """POST /oauth/deauthorize: the application is checked before the account (observed). Raises OAuthError."""
    client_id, account_id = call.text("client_id"), call.text("stripe_user_id")
    if client_id != call.sandbox.client_id:
        raise errors.no_such_application(client_id)
    account = accounts.find(call.sandbox, account_id)
    if account is None:
        raise errors.not_connected(account_id)
    if account.controller.dashboard != "full":
        raise errors.standard_only()
    _disconnect(call, account_id)
    return {"stripe_user_id": account_id}


def _redeem(call: OAuthCall) -> dict[str, Json]:
    """Use a code. The second use ends the connection (official)."""
    text = call.text("code")
    store = call.sandbox.oauth
    code, outcome = store.code(text), store.test(text, call.now)
    if code is None:
        raise errors.code_foreign() if call.sandboxes.find_by_code(text) else errors.code_unknown(text)
    if outcome is Redemption.USED:
        _disconnect(call, code.used_for)
        raise errors.code_used()
    if outcome is Redemption.EXPIRED:
        raise errors.code_expired()
    asserted = _asserted(call.tree, code)
    if code.account and code.account not in call.sandbox.accounts:
        raise errors.code_unknown(text)  # the chosen account was disconnected meanwhile
    account = code.account or _connect(call, code)
    store.redeem(text, account, call.now)
    grant = _grant(call, account, code.scope)
    capabilities: dict[str, Json] = {"capabilities": " ".join(asserted)} if asserted else {}
    return _shown(call, grant) | capabilities


def _refresh(call: OAuthCall) -> dict[str, Json]:
    """Replace the access token of a scope. The refresh token stays the same (our choice)."""
    text = call.text("refresh_token")
    grant = call.sandbox.oauth.of_refresh_token(text)
    if grant is None or grant.account not in call.sandbox.accounts:
        raise errors.refresh_token_unknown(text)
    scope = call.tree.get("scope") or grant.scope
    if scope not in LESSER[grant.scope]:
        raise errors.scope_too_broad(str(scope))
    return _shown(call, _grant(call, grant.account, scope, grant))


def _asserted(tree: Tree, code: Code) -> list[str]:
    """The asserted capabilities, which must be those that were suggested. A mismatch uses nothing up (inferred)."""
    sent = tree.get("assert_capabilities")
    names = [str(name) for name in (sent.values() if isinstance(sent, dict) else sent or ())]
    if not names or code.scope != "express":
        return []
    for name in code.suggested:
        if name not in names:
            raise errors.capability_expected(name)
    if set(names) != set(code.suggested):
        raise errors.capability_expected(", ".join(code.suggested))
    return names


def _connect(call: OAuthCall, code: Code) -> str:
    """Create the account of a code, which its platform sees from now on."""
    with Transaction(call.sandbox, Origin(call.now)):
        account = oauth_accounts.authorize(call.sandbox, call.now, code.tree or {}, complete=code.complete)
    return account.id


def _disconnect(call: OAuthCall, account: str) -> None:
    """End the connection of an account, with its event. Its tokens end with it."""
    call.sandbox.oauth.revoke(account)
    if account in call.sandbox.accounts:
        with Transaction(call.sandbox, Origin(call.now)):
            accounts.delete_account(call.sandbox, account)


def _grant(call: OAuthCall, account: str, scope: Scope, refreshed: Grant | None = None) -> Grant:
    """A new access token, which replaces that of the same scope (official). The publishable key stays."""
    ids, mode = call.sandbox.ids, "live" if call.sandbox.livemode else "test"
    held = refreshed or next(call.sandbox.oauth.of_account(account), None)
    grant = Grant(
        account,
        scope,
        access_token=f"sk_{mode}_{ids.token(24)}00{ids.token(8)}",
        refresh_token=refreshed.refresh_token if refreshed else f"rt_{ids.token(48)}",
        publishable_key=held.publishable_key if held else f"pk_{mode}_{ids.token(24)}00{ids.token(8)}",
    )
    call.sandbox.oauth.put(grant)
    call.sandboxes.register_keys(call.sandbox, grant.access_token, grant.publishable_key)
    return grant


def _shown(call: OAuthCall, grant: Grant) -> dict[str, Json]:
    """The response, with its keys in the observed order."""
    return {
        "access_token": grant.access_token,
        "livemode": call.sandbox.livemode,
        "refresh_token": grant.refresh_token,
        "token_type": "bearer",
        "stripe_publishable_key": grant.publishable_key,
        "stripe_user_id": grant.account,
        "scope": grant.scope,
    }
