"""GET /oauth/v2/authorize and its Express variant: the request of an application, and the owner's decision."""

from __future__ import annotations

from itertools import islice
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from emulator.oauth import errors, prefill
from emulator.resources.connect.account_links import is_url
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.store.oauth import Code, Scope
from emulator.store.rows import Account
from emulator.wire.form import Tree
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

SCOPES: tuple[Scope, ...] = ("read_write", "read_only")
DEFAULT_SCOPE: Scope = "read_only"
DEFAULT_REDIRECT = "/connect/default/oauth/test"
CODE_LENGTH = 32
MOST_LISTED = 10
DENIED = {"error": "access_denied", "error_description": "The user denied your request"}
ACTIONS = BLANK, COMPLETE, EXISTING, DENY = ("blank", "complete", "existing", "deny")


UNKNOWN_CLIENT = (
    "a client id is known once its secret key was used; declare yours: POST /_emulator/oauth with client_id, by the key"
)


class PageError(Exception):
    """An error that the browser shows instead of a redirect, always 400: `body` is its JSON, `hint` for the log."""

    def __init__(self, body: Json, hint: str | None = None) -> None:
        super().__init__(str(body))
        self.body = body
        self.hint = hint


class Consent(NamedTuple):
    """The request of an application: the sandbox of its platform, a scope, and the URL that the browser is sent to.

    `user` prefills the form; `capabilities` are those requested for an Express account. `now` is in unix seconds.
    """

    sandbox: Sandbox
    now: int
    scope: Scope
    redirect_uri: str
    state: str | None
    user: Tree
    capabilities: tuple[str, ...]

    @property
    def is_express(self) -> bool:
        """Whether it is for Express accounts."""
        return self.scope == "express"


def consent_of(tree: Tree, sandboxes: Sandboxes, address: str, *, express: bool) -> Consent:
    """The request of an application by its query. Raises PageError."""
    sandbox = sandboxes.find_by_client_id(_text(tree, "client_id") or "")
    if sandbox is None:
        raise PageError({"error": {"message": "No application matches the supplied client identifier"}}, UNKNOWN_CLIENT)
    redirect_uri = _redirect_uri(tree, sandbox, sandboxes, address)
    state = _text(tree, "state")
    try:
        _check_response_type(_text(tree, "response_type"), express=express)
        scope = _scope(_text(tree, "scope"), express=express)
    except errors.OAuthError as error:
        raise PageError({**error.body, **({} if state is None else {"state": state})}) from None
    user = tree.get("stripe_user")
    names = _list(tree.get("suggested_capabilities")) if express else ()
    return Consent(
        sandbox, sandbox.clock.now(), scope, redirect_uri, state, user if isinstance(user, dict) else {}, names
    )


def standard_accounts(consent: Consent) -> list[Account]:
    """The newest accounts whose owner can connect them again."""
    dashboard = "express" if consent.is_express else "full"
    found = (each for each in consent.sandbox.accounts.newest_first() if each.controller.dashboard == dashboard)
    return list(islice(found, MOST_LISTED))


def decide(consent: Consent, action: str, account: str) -> str | None:
    """Where the owner's decision leads; None for one that cannot be made."""
    if action == DENY:
        return _redirect(consent, DENIED)
    code = _code(consent, action, account)
    if code is None:
        return None
    consent.sandbox.oauth.add_code(code)
    given = {"code": code.code} if consent.is_express else {"scope": consent.scope, "code": code.code}
    return _redirect(consent, given)


def _code(consent: Consent, action: str, account: str) -> Code | None:
    sandbox, now = consent.sandbox, consent.now
    text = f"ac_{sandbox.ids.token(CODE_LENGTH)}"
    if action == EXISTING:
        known = any(each.id == account for each in standard_accounts(consent))
        return Code(text, consent.scope, now, account) if known else None
    if action not in (BLANK, COMPLETE):
        return None
    kind = prefill.EXPRESS if consent.is_express else prefill.STANDARD
    names = prefill.suggested(sandbox, now, consent.user, list(consent.capabilities)) if consent.is_express else ()
    tree = prefill.blank(sandbox, now, consent.user, kind, names)
    if action == COMPLETE or consent.is_express:
        tree = prefill.filled(sandbox, now, consent.user, tree)
    return Code(text, consent.scope, now, tree=tree, complete=action == COMPLETE, suggested=names)


def _redirect(consent: Consent, given: dict[str, str]) -> str:
    """The redirect URI with the outcome added to its query; the state comes last."""
    query = urlencode({**given, **({} if consent.state is None else {"state": consent.state})}, quote_via=quote)
    parts = urlsplit(consent.redirect_uri)
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def _redirect_uri(tree: Tree, sandbox: Sandbox, sandboxes: Sandboxes, address: str) -> str:
    """The sent URI, one of those that are declared if any are (official: exactly). Raises PageError."""
    declared = sandboxes.applications.of(sandbox.name)
    allowed = declared.redirect_uris if declared else ()
    sent = _text(tree, "redirect_uri")
    if sent is None:
        return allowed[0] if allowed else f"{address}{DEFAULT_REDIRECT}"
    usable = is_url(sent) and (not sandbox.livemode or urlsplit(sent).scheme == "https")
    if sent not in allowed if allowed else not usable:
        message = (
            f"Invalid request: Invalid redirect URI: '{sent}'. Ensure this uri exactly matches one of the uris "
            "specified in your application settings"
        )
        raise PageError({"error": {"message": message}})
    return sent


def _check_response_type(given: str | None, *, express: bool) -> None:
    """Express does without (official examples)."""
    if given is None and not express:
        raise errors.response_type_missing()
    if given not in (None, "code"):
        raise errors.response_type_unsupported(str(given))


def _scope(given: str | None, *, express: bool) -> Scope:
    if express:
        return "express"
    if given not in (None, *SCOPES):
        raise errors.scope_invalid(str(given), SCOPES)
    return given or DEFAULT_SCOPE


def _text(tree: Tree, name: str) -> str | None:
    value = tree.get(name)
    return value if isinstance(value, str) and value else None


def _list(node: object) -> tuple[str, ...]:
    """The elements of an array, with indexes or without."""
    items = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return tuple(each for each in items if isinstance(each, str))[:100]
