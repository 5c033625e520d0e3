"""Account sessions, with which a platform's front end shows Connect embedded components."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect import accounts
from emulator.resources.connect.account_sessions import rules
from emulator.resources.connect.account_sessions.components import layout_of
from emulator.resources.connect.account_sessions.features import Request, resolve
from emulator.resources.connect.account_sessions.params import params
from emulator.resources.connect.account_sessions.render import render
from emulator.store.rows import Account, Session
from emulator.wire.json import Json


def create(call: Call) -> Json:
    """POST /v1/account_sessions. Everything is checked before anything is stored. Raises StripeError."""
    account = _connected_account(call, cast("str", call.params["account"]))
    request = cast("Request", call.params["components"])
    layout = layout_of(call.version)
    resolved = resolve(layout, account.controller, request)
    sandbox = call.sandbox
    rules.check(account, layout, request, resolved, capabilities=sandbox.settings.capability_check)
    secret, expires_at = sandbox.ids.client_secret(call.now), call.now + sandbox.settings.account_session_lifetime
    session = Session(secret, account.id, call.now, expires_at, resolved.enabled, resolved.features, layout.name)
    sandbox.sessions.add(session)
    accounts.lock(sandbox, account)
    return render(session, livemode=sandbox.livemode)


def _connected_account(call: Call, identifier: str) -> Account:
    """The connected account of the calling platform. A connected account has none itself. Raises StripeError."""
    if identifier == (call.acting or call.sandbox.platform_id):
        raise errors.not_a_platform()
    account = (
        None
        if call.acting
        else accounts.find(call.sandbox, identifier) or accounts.find_or_create(call.scope, identifier)
    )
    if account is None:
        raise errors.no_such("account", identifier, "account", other_mode=call.sandbox.other_mode_of(identifier))
    return account


ACCOUNT_SESSIONS = Resource[Session](
    name="account_session", verbs={"create": create}, params={"create": params}, light=True
)
RESOURCES = (ACCOUNT_SESSIONS,)
