"""Payment sources of a customer: cards and bank accounts under their old names.

A source is stored as a payment method with an id of its own kind, so that payments and lists find it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.connect.accounts.base.tokens import consume
from emulator.resources.connect.accounts.external_accounts import test_numbers
from emulator.resources.connect.accounts.external_accounts.input import checked, parse_external_account
from emulator.resources.connect.accounts.lifecycle import find, platform
from emulator.resources.payments.methods import card_tokens, declines, method_state, payment_methods
from emulator.resources.payments.methods.card_details import CVC, LINE1, POSTAL_CODE, WALLETS
from emulator.resources.payments.methods.card_tokens import ADDRESS, TokenCard
from emulator.resources.payments.methods.cards import BRANDS_OF_TOKENS
from emulator.resources.payments.methods.method_state import NAME, MethodState
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params, Value
from emulator.store.rows import ExternalAccount
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

BANK_TOKEN = "btok_"  # noqa: S105 - the beginning of ids
VERIFIED_TOKENS = "btok_us_verified"  # bank accounts of these test names are verified from the start (official)
VERIFIED = "verified"
KINDS: Mapping[str, str] = {"card": "card", "ba": "bank_account"}  # by the prefix of an id


class NewSource(NamedTuple):
    """A payment source before it is stored: its id, and its fields in the form of a payment method."""

    id: str
    fields: Fields


def kind_of(identifier: str) -> str | None:
    """`card` or `bank_account`, None for payment methods that are no sources."""
    return KINDS.get(identifier.partition("_")[0])


def from_params(call: Call, params: Params) -> NewSource:
    """The source of a request: a token or a hash as `source`, `card` or `bank_account`.

    Raises StripeError.
    """
    name = next((name for name in ("source", "card", "bank_account") if name in params), None)
    if name is None:
        raise errors.missing_param(("source",))
    sent = params[name]
    if sent == "":
        raise errors.empty_source(name)
    return _of_hash(call, name, sent) if isinstance(sent, dict) else of_token(call.scope, str(sent), name)


def of_token(scope: Scope, token: str, param: str) -> NewSource:
    """The card or the bank account of a token. Raises StripeError."""
    if token.startswith("src_"):
        raise errors.param_not_emulated((param,))
    if token.startswith(BANK_TOKEN):
        bank = _of_bank(_bank_of_token(scope, token, param))
        verified = kept(MethodState(_status=VERIFIED)) if token.startswith(VERIFIED_TOKENS) else {}
        return bank._replace(fields={**bank.fields, **verified})
    if token.startswith(card_tokens.TOKEN) and not scope.sandbox.settings.card_tokens:
        raise errors.card_tokens_retired()
    return _of_card(scope, card_tokens.consume_card(scope, token, param))


def _bank_of_token(scope: Scope, token: str, param: str) -> ExternalAccount:
    account = find(scope.sandbox, scope.owner) or platform(scope.sandbox)
    if test_numbers.bank_token(token) is not None:
        return parse_external_account(scope.sandbox, scope.now, account, token, param)
    found = consume(scope.sandbox, token, ("bank_account",), param).source
    if found is None:
        raise errors.no_such("token", token, param)
    return found


def _of_hash(call: Call, name: str, sent: Value) -> NewSource:
    params = cast("Params", sent)
    kind = _kind_of_hash(params) if name == "source" else name
    if kind == "bank_account":
        account = find(call.sandbox, call.owner) or platform(call.sandbox)
        return _of_bank(parse_external_account(call.sandbox, call.now, account, {**params, "object": kind}, name))
    card = checked(params, kind, name) if name == "source" else params
    return _of_card(call.scope, card_tokens.of_row(card_tokens.card_of_token(call, card)))


def _kind_of_hash(sent: Params) -> str:
    """The kind of a hash that is sent as `source`. Raises StripeError for one that does not say it, or for another."""
    kind = sent.get("object")
    if not kind:
        raise errors.source_without_object()
    if kind not in KINDS.values():
        raise errors.invalid_enum(("source", "object"), tuple(sorted(KINDS.values())))
    return str(kind)


def _of_card(scope: Scope, card: TokenCard) -> NewSource:
    return NewSource(card.id, payment_methods.of_card(scope, card.details, card.billing))


def _of_bank(row: ExternalAccount) -> NewSource:
    """A bank account, as a payment method of US bank accounts shows it."""
    holder = row.fields.get("account_holder_name")
    routing = test_numbers.shown_routing(row.country, row.routing)
    bank: Fields = {
        "account_holder_type": cast("str | None", row.fields.get("account_holder_type")),
        "account_type": cast("str | None", row.fields.get("account_type")),
        "bank_name": test_numbers.BANKS.get((row.country, row.routing or ""), test_numbers.TEST_BANK),
        "financial_connections_account": None,
        "fingerprint": row.fingerprint,
        "last4": row.number.replace(" ", "")[-4:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": routing,
        "status_details": {},
    }
    fields: Fields = {
        "allow_redisplay": "unspecified",
        "billing_details": payment_methods.billing_details({"name": holder} if holder else {}),
        "metadata": {},
        "type": "us_bank_account",
        "us_bank_account": bank,
        **kept(MethodState(_country=row.country, _currency=row.currency, _number=row.number, _status="new")),
    }
    return NewSource(row.id, fields)


def nobody_created(scope: Scope, identifier: str, parent: str | None) -> Fields:
    """The fields of a source that a request names and nobody created: a Visa card, or a bank account."""
    if kind_of(identifier) != "bank_account":
        return payment_methods.nobody_created(scope, identifier, parent)
    return {**_of_bank(_bank_of_token(scope, "btok_us", "source")).fields, "customer": parent}


def copy_of_default(scope: Scope, customer: str, card: str | None) -> ExternalAccount:
    """The card of a customer of the platform, for a token of a connected account. Raises StripeError.

    It is the named card, or else the default source (official).
    """
    row = objects.get(scope.platform, method_state.CUSTOMER, customer)
    if row is None:
        raise errors.no_such("customer", customer, "customer", other_mode=scope.sandbox.other_mode_of(customer))
    wanted = card or decode(row).get("default_source")
    found = payment_methods.resolve(scope.platform, str(wanted), "card") if wanted else None
    fields = decode(found) if found else {}
    known = payment_methods.card_of(fields)
    if found is None or known is None:
        raise errors.customer_without_card()
    payment_methods.check_owner(found, customer)
    sent = card_tokens.as_sent(cast("Fields", fields["card"]), cast("Fields", fields["billing_details"]))
    return card_tokens.row_of(scope, known, sent)


def add(scope: Scope, new: NewSource, customer: str | None = None, *, validate: bool = True) -> Row[bytes]:
    """Store a source, for a customer if one is given. Raises StripeError for cards that cannot be saved."""
    fields = new.fields
    if customer:
        fields = payment_methods.saved(fields, customer, declines.refusal_of_source, validate=validate)
        if fields["type"] == "us_bank_account" and any(_is_same(each, fields) for each in of_customer(scope, customer)):
            raise errors.bank_account_exists()
    return objects.add(scope, NAME, new.id, fields, parent=customer)


def _is_same(row: Row[bytes], fields: Fields) -> bool:
    """Whether a source is the same bank account."""
    bank = decode(row).get("us_bank_account")
    return isinstance(bank, dict) and bank["fingerprint"] == cast("Fields", fields["us_bank_account"])["fingerprint"]


def of_customer(scope: Scope, customer: str) -> Iterator[Row[bytes]]:
    """The sources of a customer, newest first."""
    rows = scope.sandbox.table(NAME).newest(scope.owner, parent=customer)
    return (row for row in rows if method_state.is_source(row.id))


def shown(_: Sandbox, row: Row[bytes], __: int = 0) -> Fields:
    """A source in its old shape."""
    body = _card(decode(row)) if kind_of(row.id) == "card" else _bank(decode(row))
    return {"id": row.id, "object": kind_of(row.id), **dict(sorted(body.items()))}


def _card(fields: Fields) -> Fields:
    card, billing = cast("Fields", fields["card"]), cast("Fields", fields["billing_details"])
    checks, address = cast("Fields", card["checks"]), cast("Fields", billing["address"])
    wallet = cast("Fields", card["wallet"] or {})
    same = ("country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "regulated_status")
    return {
        **{legacy: address[name] for name, legacy in ADDRESS.items()},
        **{name: card[name] for name in same},
        "address_line1_check": checks[LINE1],
        "address_zip_check": checks[POSTAL_CODE],
        "allow_redisplay": fields["allow_redisplay"],
        "brand": BRANDS_OF_TOKENS[str(card["brand"])],
        "customer": fields.get("customer"),
        "cvc_check": checks[CVC],
        "dynamic_last4": wallet.get("dynamic_last4"),
        "email": billing["email"],
        "metadata": fields["metadata"],
        "name": billing["name"],
        "phone": billing["phone"],
        "tokenization_method": next((name for name, kind in WALLETS.items() if kind == wallet.get("type")), None),
        "wallet": None,
    }


def _bank(fields: Fields) -> Fields:
    bank, billing = cast("Fields", fields["us_bank_account"]), cast("Fields", fields["billing_details"])
    own = private(MethodState, fields)
    same = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
    return {
        **{name: bank[name] for name in same},
        "account_holder_name": billing["name"],
        "country": own["_country"],
        "currency": own["_currency"],
        "customer": fields.get("customer"),
        "metadata": fields["metadata"],
        "status": own["_status"],
    }
