"""Account tokens and person tokens of v2: details sent by a browser, to be used once within ten minutes."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.resources.connect.accounts.base.tokens import CLIENT_IP, mark_used
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, overlay, path_tree, without
from emulator.store.rows import Token, TokenKind
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import format_timestamp

_DECLARATIONS = ("directorship_declaration", "ownership_declaration", "representative_declaration")


class TokenForm(NamedTuple):
    """A kind of token: its object, the prefix of its ids, the parameter that takes it, and those that exclude it.

    None means that all other parameters do.
    """

    object: str
    prefix: str
    param: str
    excludes: tuple[str, ...] | None


KINDS: Mapping[TokenKind, TokenForm] = {
    "account": TokenForm(
        "v2.core.account_token",
        "accttok",
        "account_token",
        ("contact_email", "contact_phone", "display_name", "identity"),
    ),
    "person": TokenForm("v2.core.account_person_token", "perstok", "person_token", None),
}
# May be sent beside a token (observed; official that a merchant or a recipient requires it).
_ALLOWED = path_tree(["identity.country"])
_TERMS = "additional_terms_of_service"
_V1 = ("btok_", "cpt_", "ct_", "tok_")


def with_account(sandbox: Sandbox, now: int, sent: Params) -> Params:
    """The parameters of an account with the details of its `account_token`. Raises StripeError."""
    token = _token(sandbox, now, sent, "account")
    if token is None:
        return sent
    rest = {name: value for name, value in sent.items() if name != "account_token"}
    return overlay(rest, _signed(dict(token.params), now))


def with_person(sandbox: Sandbox, now: int, account: str, sent: Params) -> Params:
    """The parameters of a person with the details of its `person_token`. Raises StripeError."""
    token = _token(sandbox, now, sent, "person")
    if token is None:
        return sent
    if token.account != account:
        raise errors.v2_person_token_elsewhere()
    return _signed_person(dict(token.params), now)


def _token(sandbox: Sandbox, now: int, sent: Params, kind: TokenKind) -> Token | None:
    _, _, param, excludes = KINDS[kind]
    identifier = sent.get(param)
    if not identifier:
        return None
    others = set(without(sent, _ALLOWED)) - {param}
    if others if excludes is None else others.intersection(excludes):
        raise errors.v2_param_beside_token(param)
    return mark_used(sandbox, _usable(sandbox, now, str(identifier), kind))


def _usable(sandbox: Sandbox, now: int, identifier: str, kind: TokenKind) -> Token:
    if identifier.startswith(_V1):
        raise errors.v1_token_on_v2()
    token = sandbox.tokens.get(identifier)
    if token is None or token.expires_at is None:  # of v1
        raise errors.v2_token_unknown(kind, identifier)
    if token.kind != kind:
        raise errors.v2_token_of_wrong_type()
    if token.used:
        raise errors.v2_token_already_used()
    if now >= token.expires_at:
        raise errors.v2_token_expired()
    return token


def _signed(details: Params, now: int) -> Params:
    """The details with declarations and terms that were accepted, as acceptances with date and IP address."""
    attested = hash_at(details, "identity", "attestations")
    acceptance = _acceptance(now)
    signed: Params = {name: acceptance for name in _DECLARATIONS if hash_at(attested, name).get("attested") is True}
    if hash_at(attested, "terms_of_service", "account").get("shown_and_accepted") is True:
        signed["terms_of_service"] = {"account": acceptance}
    kept: Params = {name: value for name, value in attested.items() if name == "persons_provided"}
    if not attested:
        return details
    return {**details, "identity": {**hash_at(details, "identity"), "attestations": {**kept, **signed}}}


def _signed_person(details: Params, now: int) -> Params:
    """The same for the terms that a person accepts."""
    accepted = hash_at(details, _TERMS, "account").get("shown_and_accepted") is True
    rest = {name: value for name, value in details.items() if name != _TERMS}
    return {**rest, _TERMS: {"account": _acceptance(now)}} if accepted else rest


def _acceptance(now: int) -> Params:
    return {"date": format_timestamp(now), "ip": CLIENT_IP}
