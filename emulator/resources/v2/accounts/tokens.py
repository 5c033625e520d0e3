"""The operations on tokens of v2. In live mode they require a publishable key (official)."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect.accounts.base.tokens import add_token
from emulator.resources.core.tokens import is_publishable
from emulator.resources.v2.accounts.checks import check_account, check_person
from emulator.resources.v2.accounts.endpoints import open_account, platform_only
from emulator.resources.v2.accounts.token_input import KINDS
from emulator.resources.v2.style import V2
from emulator.store.rows import Token, TokenKind
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp

LIFETIME_SECONDS = 600  # official example


def create_account_token(call: Call) -> Json:
    """POST /v2/core/account_tokens. Raises StripeError."""
    _check_key(call)
    check_account(call.params, call.scope)
    return _create(call, "account", None)


def retrieve_account_token(call: Call) -> Json:
    """GET /v2/core/account_tokens/{id}. Raises StripeError."""
    platform_only(call)
    return _response(call, _existing(call, "account", None))


def create_person_token(call: Call) -> Json:
    """POST /v2/core/accounts/{account_id}/person_tokens. Raises StripeError."""
    _check_key(call)
    account = open_account(call, call.path["account_id"])
    check_person(call.params, call.scope.of(account.id))
    return _create(call, "person", account.id)


def retrieve_person_token(call: Call) -> Json:
    """GET /v2/core/accounts/{account_id}/person_tokens/{id}. Raises StripeError."""
    return _response(call, _existing(call, "person", open_account(call, call.path["account_id"]).id))


def _check_key(call: Call) -> None:
    if call.sandbox.livemode and not is_publishable(call):
        raise errors.v2_token_by_secret_key()


def _create(call: Call, kind: TokenKind, account: str | None) -> Json:
    owner = account or call.sandbox.platform_id
    token = Token(
        id=call.sandbox.ids.in_account(KINDS[kind].prefix, call.now, owner),
        kind=kind,
        created=call.now,
        params=call.params,
        account=account,
        expires_at=call.now + LIFETIME_SECONDS,
    )
    return _response(call, add_token(call.sandbox, token))


def _existing(call: Call, kind: TokenKind, account: str | None) -> Token:
    token = call.sandbox.tokens.get(call.path["id"])
    if token is None or not token.v2 or (token.kind, token.account) != (kind, account):
        raise errors.v2_not_found(f"{kind} token", call.path["id"])
    return token


def _response(call: Call, token: Token) -> dict[str, Json]:
    return {
        "id": token.id,
        "object": KINDS[token.kind].object,
        "created": format_timestamp(token.created),
        "expires_at": format_timestamp(token.expires_at or 0),
        "livemode": call.sandbox.livemode,
        "used": token.used,
    }


ACCOUNT_TOKENS_V2 = Resource[Token](
    name="v2.core.account_token",
    table="token",
    verbs={"create": create_account_token, "retrieve": retrieve_account_token},
    style=V2,
)
PERSON_TOKENS_V2 = Resource[Token](
    name="v2.core.account_person_token",
    table="token",
    verbs={"create": create_person_token, "retrieve": retrieve_person_token},
    style=V2,
)
RESOURCES = (ACCOUNT_TOKENS_V2, PERSON_TOKENS_V2)
