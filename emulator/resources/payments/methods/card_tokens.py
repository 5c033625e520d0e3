"""Card tokens: a card as a browser sends it, and the payment method or payment source that is made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.resources.connect.accounts.base.tokens import consume
from emulator.resources.connect.accounts.external_accounts import test_numbers
from emulator.resources.connect.accounts.external_accounts.input import card_row
from emulator.resources.connect.accounts.lifecycle import find, platform
from emulator.resources.payments.methods import card_details
from emulator.resources.payments.methods.card_details import Details
from emulator.resources.payments.methods.cards import BRANDS_OF_TOKENS, BY_TOKEN, CARDS, TestCard
from emulator.schema.check import Params
from emulator.store.rows import ExternalAccount
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

WALLET, LAST4 = "tokenization_method", "dynamic_last4"  # a wallet in tokens, and the last digits that it shows
TOKEN = "tok_"  # noqa: S105 - the beginning of ids
_WELL_FORMED = re.compile(r"tok_[0-9][A-Za-z0-9]{13,}\Z", re.ASCII)
_PARTS = frozenset(part for name in BY_TOKEN for part in name.split("_")) | {"debit", "credit"}
_NOT_IN_A_TOKEN = ("id", "object", "account", "available_payout_methods", "default_for_currency", "status")
_IN_A_TOKEN: Mapping[str, Json] = {
    "email": None,
    "networks": {"preferred": None},
    "phone": None,
    "regulated_status": "unregulated",
}
# The names of an address in tokens and payment sources, by those of billing details.
ADDRESS: Mapping[str, str] = {
    "city": "address_city",
    "country": "address_country",
    "line1": "address_line1",
    "line2": "address_line2",
    "postal_code": "address_zip",
    "state": "address_state",
}


class TokenCard(NamedTuple):
    """The card of a token: the id of the payment source that it becomes, its details, and those of its holder."""

    id: str
    details: Details
    billing: Params


def card_of_token(call: Call, params: Params) -> ExternalAccount:
    """The card of a new token. Raises StripeError."""
    details = card_details.from_number(call, params)
    sent: Params = {**params, "exp_month": details.exp_month, "exp_year": details.exp_year}
    row = row_of(call.scope, details.card, sent)
    given = {"currency": row.currency} if "currency" in params else {}
    if params.get(WALLET):
        given |= {WALLET: str(params[WALLET]), LAST4: str(params.get("last4") or details.card.last4)}
    return replace(row, fields={**row.fields, **given})


def shown(card: Mapping[str, Json], *, with_currency: bool) -> Fields:
    """The card inside a token (every name observed), of a card as an external account shows it."""
    hidden = _NOT_IN_A_TOKEN if with_currency else (*_NOT_IN_A_TOKEN, "currency")
    body = {name: value for name, value in card.items() if name not in hidden}
    return {"id": card["id"], "object": card["object"], **dict(sorted({**body, **_IN_A_TOKEN}.items()))}


def row_of(scope: Scope, card: TestCard, params: Params) -> ExternalAccount:
    """The row of a card with these parameters, for a token."""
    account = find(scope.sandbox, scope.owner) or platform(scope.sandbox)
    known = test_numbers.Card(BRANDS_OF_TOKENS[card.brand], card.funding, card.last4, card.country)
    return card_row(scope.sandbox, scope.now, account, (card.number, known), params)


def as_sent(card: Fields, billing: Fields) -> Params:
    """The parameters of a card token, as those of a payment method."""
    address = cast("Fields", billing["address"])
    sent = {"name": billing["name"], **{ADDRESS[name]: address[name] for name in ADDRESS}}
    known = cast("Params", {name: value for name, value in sent.items() if value})
    cvc = {"cvc": "000"} if cast("Fields", card["checks"])[card_details.CVC] else {}
    return cast("Params", {"exp_month": card["exp_month"], "exp_year": card["exp_year"], **known, **cvc})


def consume_card(scope: Scope, token: str, param: str) -> TokenCard:
    """The card of a token or of a test name such as `tok_visa`, which works without limit. Raises StripeError."""
    named = BY_TOKEN.get(token.removeprefix(TOKEN)) if token.startswith(TOKEN) else None
    if named is not None:
        identifier = scope.sandbox.ids.in_account("card", scope.now, scope.owner)
        return TokenCard(identifier, card_details.from_name(named, scope.now), {})
    _check_form(token)
    row = consume(scope.sandbox, token, ("card",), param).source
    if row is None:
        raise errors.no_such("token", token, param)
    return of_row(row)


def _check_form(token: str) -> None:
    """Refuse texts that are not tokens. A test name is read part by part (observed)."""
    if not token.startswith(TOKEN):
        raise errors.card_token_invalid(token)
    if _WELL_FORMED.match(token):
        return
    unknown = next((part for part in token.removeprefix(TOKEN).split("_") if part not in _PARTS), None)
    if unknown is not None:
        raise errors.token_part_invalid(unknown)


def of_row(row: ExternalAccount) -> TokenCard:
    """The card of a token by its row."""
    fields = row.fields
    month, year = int(str(fields["exp_month"])), int(str(fields["exp_year"]))
    address: Params = {name: fields[legacy] for name, legacy in ADDRESS.items() if legacy in fields}
    billing: Params = {"address": address, **({"name": fields["name"]} if "name" in fields else {})}
    wallet, last4 = (str(fields[name]) if name in fields else None for name in (WALLET, LAST4))
    details = Details(CARDS[row.number], month, year, "cvc_check" in fields, wallet=wallet, dynamic_last4=last4)
    return TokenCard(row.id, details, billing)
