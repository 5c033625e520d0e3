"""Tokens of v1, as Stripe.js creates them for an account, a person, a bank account or a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.base.tokens import CLIENT_IP, add_token
from emulator.resources.connect.accounts.external_accounts import render as external_account_render
from emulator.resources.connect.accounts.external_accounts.input import parse_external_account
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.payments.methods import card_tokens, sources
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at
from emulator.store.rows import Account, ExternalAccount, Token, TokenKind
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

# The kinds of tokens, with the prefix of their ids.
PREFIXES: Mapping[TokenKind, str] = {"account": "ct", "bank_account": "btok", "card": "tok", "person": "cpt"}
# Stripe tokenizes these too, but no operation here accepts such tokens.
NOT_EMULATED = ("cvc_update", "pii")
_BANK = (
    "account_holder_name", "account_holder_type", "account_type", "bank_name", "country", "currency", "fingerprint",
    "last4", "routing_number", "status",
)  # fmt: skip


def create(call: Call) -> Json:
    """POST /v1/tokens, with exactly one kind of object. Raises StripeError."""
    if call.params.get("customer"):
        return _of_customer(call, str(call.params["customer"]))
    kind = _kind(call.params)
    if kind in ("account", "person") and call.sandbox.livemode and not is_publishable(call):
        raise errors.token_by_secret_key()
    sent = call.params[kind]
    row = _source(call, kind, sent) if kind in ("bank_account", "card") else None
    if row is None:
        _check(call, kind, cast("Params", sent))
    token = Token(
        id=call.sandbox.ids.in_account(PREFIXES[kind], call.now, call.acting or call.sandbox.platform_id),
        kind=kind,
        created=call.now,
        params=sent if isinstance(sent, dict) else {},
        source=row,
    )
    return render(call, add_token(call.sandbox, token))


def _of_customer(call: Call, customer: str) -> Json:
    """The token of a card of the platform's customer, for the account that the request acts as. Raises StripeError."""
    card = call.params.get("card")
    source = sources.copy_of_default(call.scope, customer, str(card) if card else None)
    identifier = call.sandbox.ids.in_account(PREFIXES["card"], call.now, call.owner)
    return render(call, add_token(call.sandbox, Token(id=identifier, kind="card", created=call.now, source=source)))


def is_publishable(call: Call) -> bool:
    """Whether the request was made with a publishable key."""
    return call.publishable


def retrieve(call: Call) -> Json:
    """GET /v1/tokens/{token}. Raises StripeError."""
    wanted = call.path["token"]
    token = call.sandbox.tokens.get(wanted)
    if token is None or token.v2:
        raise errors.no_such("token", wanted, "token", 404, call.sandbox.other_mode_of(wanted))
    return render(call, token)


def render(call: Call, token: Token) -> dict[str, Json]:
    """A token, with its bank account or card."""
    source = token.source
    shown: dict[str, Json] = {source.object: _shown(call, source)} if source else {}
    return {
        "id": token.id,
        "object": "token",
        **shown,
        "client_ip": CLIENT_IP if token.kind == "card" else None,
        "created": token.created,
        "livemode": call.sandbox.livemode,
        "type": token.kind,
        "used": token.used,
    }


def _kind(params: Params) -> TokenKind:
    for name in NOT_EMULATED:
        if name in params:
            raise errors.param_not_emulated((name,))
    found = [kind for kind in PREFIXES if kind in params]
    if not found:
        raise errors.token_of_nothing()
    if len(found) > 1:
        raise errors.exclusive_params([(kind,) for kind in found])
    return found[0]


def _source(call: Call, kind: TokenKind, sent: Value) -> ExternalAccount:
    """The bank account or card of the token, which belongs to no account yet."""
    if kind == "card" and isinstance(sent, dict):
        return card_tokens.card_of_token(call, sent)
    params = {**sent, "object": kind} if isinstance(sent, dict) else sent
    row = parse_external_account(call.sandbox, call.now, _owner(call), params, kind)
    if row.object != kind:
        raise errors.no_such("token", str(sent), kind)
    return row


def _owner(call: Call) -> Account:
    """The account that the request acts as, else the platform."""
    found = lifecycle.find(call.sandbox, call.acting) if call.acting else None
    return found or lifecycle.platform(call.sandbox)


def _check(call: Call, kind: TokenKind, sent: Params) -> None:
    """Apply the checks of a person that is sent without a token. Raises StripeError."""
    person = sent if kind == "person" else hash_at(sent, "individual")
    at = (kind,) if kind == "person" else (kind, "individual")
    owner = replace(_owner(call), persons=())
    person_changes.apply_update(owner, person_changes.new_person(owner, "person", call.now), person, call.now, at=at)
    person_changes.check_files(call.scope, person, at)


def _shown(call: Call, row: ExternalAccount) -> dict[str, Json]:
    body = external_account_render.render(_owner(call), row, call.now)
    if row.object == "card":
        return card_tokens.shown(body, with_currency="currency" in row.fields)
    return {"id": row.id, "object": row.object, **{name: body[name] for name in _BANK}}


TOKENS = Resource[Token](name="token", noun="token", verbs={"create": create, "retrieve": retrieve})
RESOURCES = (TOKENS,)
