"""Tokens: details of an account, a person, a bank account or a card, sent by a browser, to be used once.

The newest thousand of a sandbox are stored.
"""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.registry import declared
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import merge
from emulator.store.rows import Token, TokenKind
from emulator.wire.dataclasses import replace

MOST = 1000
CLIENT_IP = "127.0.0.1"  # where every client of an emulator on this machine is
# Parameters that cannot be sent beside a token (official), by the parameter that takes the token.
BESIDE = {
    "account_token": ("business_type", "company", "individual", "tos_acceptance"),
    "person_token": (),
}


def add_token(sandbox: Sandbox, token: Token) -> Token:
    """Store a token, and remove the oldest beyond the bound."""
    scope, tokens = Scope(sandbox, sandbox.platform_id, token.created), declared("token")
    writes.add(scope, tokens, token.id, token)
    table = sandbox.table(tokens.rows)
    if table.count(scope.owner) > MOST:
        writes.remove(scope, tokens, next(table.oldest(scope.owner)))
    return token


def consume(sandbox: Sandbox, identifier: str, kinds: tuple[TokenKind, ...], param: str) -> Token:
    """Use a token of v1 of one of these kinds. Raises StripeError when there is none, or it was used before."""
    token = sandbox.tokens.get(identifier)
    if token is None or token.v2 or token.kind not in kinds:
        raise errors.no_such("token", identifier, param, other_mode=sandbox.other_mode_of(identifier))
    if token.used:
        raise errors.token_already_used(identifier)
    return mark_used(sandbox, token)


def mark_used(sandbox: Sandbox, token: Token) -> Token:
    """Mark a token as used, unless the request fails."""
    scope, tokens = Scope(sandbox, sandbox.platform_id, token.created), declared("token")
    used = replace(token, used=True)
    row = sandbox.table(tokens.rows).get(scope.owner, token.id)
    if row is not None:
        writes.replace(scope, tokens, row, used)
    return used


def expand_account_token(sandbox: Sandbox, now: int, params: Params) -> Params:
    """Parameters of an account, with those of its `account_token` in its place. Raises StripeError."""
    if not params.get("account_token"):
        return params
    _check_beside(params, "account_token")
    token = consume(sandbox, str(params["account_token"]), ("account",), "account_token")
    expanded = {name: value for name, value in token.params.items() if name != "tos_shown_and_accepted"}
    if token.params.get("tos_shown_and_accepted") is True:
        expanded["tos_acceptance"] = {"date": now, "ip": CLIENT_IP}
    return {**_without(params, "account_token"), **expanded}


def expand_person_token(sandbox: Sandbox, params: Params) -> Params:
    """Parameters of a person, with those of its `person_token`, which prevail, in its place. Raises StripeError."""
    if not params.get("person_token"):
        return params
    token = consume(sandbox, str(params["person_token"]), ("person",), "person_token")
    return merge(_without(params, "person_token"), token.params)


def _check_beside(params: Params, name: str) -> None:
    for other in BESIDE[name]:
        if other in params:
            raise errors.param_beside_token(other, name)


def _without(params: Params, name: str) -> Params:
    return {key: value for key, value in params.items() if key != name}
