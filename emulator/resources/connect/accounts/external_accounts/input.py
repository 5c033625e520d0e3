"""From the parameter `external_account` to a row: a token, a hash of a bank account, or a hash of a card."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from types import MappingProxyType
from typing import cast

from emulator import errors
from emulator.model.stored.metadata import merged
from emulator.resources.connect.accounts.base import countries
from emulator.resources.connect.accounts.base.tokens import consume
from emulator.resources.connect.accounts.external_accounts import test_numbers
from emulator.sandbox import ids
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.schema.check import Params, Value, check
from emulator.store.rows import Account, ExternalAccount
from emulator.wire.dataclasses import replace
from emulator.wire.form import Tree
from emulator.wire.path import ParamPath, format_path

_TEXT = spec.String(5000)
_ROUTING = re.compile(r"[0-9]{9}\Z", re.ASCII)
_CARD_EXPIRY = (12, 2030)
LONGEST_YEARS = 50  # until a card expires (our choice)
_CARD_FIELDS = ("address_city", "address_country", "address_line1", "address_line2", "address_state", "address_zip")


def _optional(*names: str) -> dict[str, spec.Param]:
    return {name: spec.Param(_TEXT) for name in names}


def _hash(kind: str, required: Mapping[str, spec.Type], optional: Mapping[str, spec.Param]) -> spec.Object:
    named = {name: spec.Param(type_, required=True) for name, type_ in required.items()}
    shared = {
        "object": spec.Param(spec.Enum((kind,))),
        "default_for_currency": spec.Param(spec.Boolean()),
        "metadata": spec.Param(spec.Map(spec.String()), clearable=True),
    }
    return spec.Object(MappingProxyType({**shared, **named, **optional}))


# The hashes of Stripe's document: of a bank account and of a card.
HASHES: Mapping[str, spec.Object] = {
    "bank_account": _hash(
        "bank_account",
        {"account_number": _TEXT, "country": _TEXT},
        {
            **_optional("routing_number", "account_holder_name"),
            "account_holder_type": spec.Param(spec.Enum(("company", "individual"))),
            "account_type": spec.Param(spec.Enum(("checking", "futsu", "savings", "toza"))),
            "currency": spec.Param(spec.String(format="currency")),
            "documents": spec.Param(
                spec.Object(
                    {
                        "bank_account_ownership_verification": spec.Param(
                            spec.Object({"files": spec.Param(spec.Array(spec.String(500)))})
                        )
                    }
                )
            ),
        },
    ),
    "card": _hash(
        "card",
        {"exp_month": spec.Integer(), "exp_year": spec.Integer(), "number": _TEXT},
        {
            **_optional("cvc", "name", *_CARD_FIELDS),
            "currency": spec.Param(spec.String(format="currency")),
            "swipe_data": spec.Param(spec.Gap()),
        },
    ),
}


def _texts_and_hashes(depth: int) -> spec.Type:
    nested: tuple[spec.Type, ...] = (spec.String(), spec.Array(spec.String()))
    return spec.AnyOf((*nested, spec.Map(_texts_and_hashes(depth - 1))) if depth else nested)


@cache
def external_account_param(*, required: bool = False) -> spec.Param:
    """The parameter `external_account`: a token, or a hash that is checked against HASHES once its kind is known."""
    return spec.Param(spec.AnyOf((spec.String(5000), spec.Map(_texts_and_hashes(3)))), required=required)


def payout_destination(sandbox: Sandbox, now: int, account: Account, sent: Value, name: str) -> ExternalAccount:
    """The row of a bank account or card that payouts can go to; not stored, not yet a default. Raises StripeError.

    `sent` is the value of the parameter `name`.
    """
    row = parse_external_account(sandbox, now, account, sent, name)
    known = test_numbers.CARDS.get(row.number)
    if row.object == "card" and (known is None or not known.payable):
        raise errors.card_not_payable(name)
    if row.object == "card" and row.country == "US" != account.country:
        raise errors.instant_payouts_unsupported()
    return row


def parse_external_account(sandbox: Sandbox, now: int, account: Account, sent: Value, name: str) -> ExternalAccount:
    """The row of a bank account or of any card; not stored. Raises StripeError."""
    if not isinstance(sent, dict):
        return _of_token(sandbox, now, account, str(sent), name)
    kind = "card" if sent.get("object") == "card" else "bank_account"
    maker = _card if kind == "card" else _bank
    return maker(sandbox, now, account, checked(sent, kind, name), name)


def checked(sent: Params, kind: str, name: str) -> Params:
    """The hash of a card or of a bank account, which is the parameter `name`, after its check. Raises StripeError."""
    return cast("Params", check({name: cast("Tree", sent)}, spec.Object({name: spec.Param(HASHES[kind])}))[name])


def _of_token(sandbox: Sandbox, now: int, account: Account, token: str, name: str) -> ExternalAccount:
    bank, card = test_numbers.bank_token(token), test_numbers.card_token(token)
    if bank:
        params: Params = {"country": bank.country, "currency": bank.currency, "account_number": bank.number}
        return _bank_row(
            sandbox, now, account, {**params, **({"routing_number": bank.routing} if bank.routing else {})}
        )
    if card:
        return card_row(sandbox, now, account, card, _expiring())
    made = consume(sandbox, token, ("bank_account", "card"), name).source
    if made is None:
        raise errors.no_such("token", token, name)
    return replace(made, account=account.id, created=now)


def _expiring() -> Params:
    return {"exp_month": _CARD_EXPIRY[0], "exp_year": _CARD_EXPIRY[1]}


# --- bank accounts ------------------------------------------------------------------------------------------------


def _bank(sandbox: Sandbox, now: int, account: Account, params: Params, name: str) -> ExternalAccount:
    country, number = str(params["country"]), str(params["account_number"])
    if country not in countries.PROCESSING and country not in countries.RECIPIENTS:
        raise errors.bank_country_unsupported(country, name)
    routing = params.get("routing_number")
    if country == "US":
        _check_us_routing(routing, name)
    if not sandbox.livemode and not test_numbers.is_test_number(country, number):
        raise errors.not_a_test_bank_account()
    merged({}, params.get("metadata"), (name, "metadata"))
    return _bank_row(sandbox, now, account, params)


def _check_us_routing(routing: Value | None, name: str) -> None:
    """A US bank account needs its routing number (that it is `parameter_missing` is our choice)."""
    if routing is None:
        raise errors.missing_param((name, "routing_number"))
    if not _ROUTING.match(str(routing)):
        raise errors.routing_number_invalid(f"{name}[routing_number]")


def _bank_row(sandbox: Sandbox, now: int, account: Account, params: Params) -> ExternalAccount:
    country, number = str(params["country"]), str(params["account_number"])
    sent = params.get("routing_number")
    routing = None if sent is None else str(sent)
    shown = ("account_holder_name", "account_holder_type", "account_type", "documents")
    return ExternalAccount(
        id=sandbox.ids.in_account("ba", now, account.id),
        account=account.id,
        created=now,
        object="bank_account",
        country=country,
        currency=str(params.get("currency") or countries.currency_of(country)).lower(),
        number=number,
        routing=routing,
        fingerprint=fingerprint(sandbox.platform_id, country, number, routing or ""),
        default_for_currency=params.get("default_for_currency") is True,
        fields={name: params[name] for name in shown if name in params},
        metadata=merged({}, params.get("metadata")),
    )


@lru_cache(maxsize=256)
def fingerprint(platform: str, *parts: str) -> str:
    """Sixteen digits: the same number of the same bank gives the same ones on every account of a platform."""
    digest = hashlib.sha256("\0".join((platform, *parts)).encode()).digest()[:16]
    return "".join(ids.ALPHABET[byte % 62] for byte in digest)


# --- cards --------------------------------------------------------------------------------------------------------


def _card(sandbox: Sandbox, now: int, account: Account, params: Params, name: str) -> ExternalAccount:
    number = str(params["number"]).replace(" ", "").replace("-", "")
    known = test_numbers.CARDS.get(number)
    if known is None:
        raise errors.card_number_not_of_test_mode(f"{name}[number]")
    merged({}, params.get("metadata"), (name, "metadata"))
    return card_row(sandbox, now, account, (number, known), {**params, **expiry(params, now, (name,))})


def card_row(
    sandbox: Sandbox, now: int, account: Account, numbered: tuple[str, test_numbers.Card], params: Params
) -> ExternalAccount:
    """The row of a card by its number; not stored."""
    number, card = numbered
    shown: dict[str, Value] = {key: params[key] for key in (*_CARD_FIELDS, "name") if key in params}
    shown |= {"brand": card.brand, "exp_month": params["exp_month"], "exp_year": params["exp_year"]}
    shown |= {"funding": card.funding, **({"cvc_check": "unchecked"} if "cvc" in params else {})}
    return ExternalAccount(
        id=sandbox.ids.in_account("card", now, account.id),
        account=account.id,
        created=now,
        object="card",
        country=card.country,
        currency=str(params.get("currency") or countries.currency_of(card.country)).lower(),
        number=number,
        fingerprint=fingerprint(sandbox.platform_id, number),
        default_for_currency=params.get("default_for_currency") is True,
        fields=shown,
        metadata=merged({}, params.get("metadata")),
    )


def expiry(fields: Mapping[str, Value], now: int, at: ParamPath = ()) -> Params:
    """The month and the year of a card as numbers; years have two digits or four (official).

    `now` is unix seconds; the fields stand at `at` in the request. Raises StripeError for dates that are none or over.
    """
    month, year = _number(fields.get("exp_month")), _number(fields.get("exp_year"))
    year += 2000 if year < 100 else 0
    today = datetime.fromtimestamp(now, UTC)
    if not today.year <= year <= today.year + LONGEST_YEARS:
        raise errors.card_expiry_invalid("year", format_path((*at, "exp_year")))
    if not 1 <= month <= 12 or (year, month) < (today.year, today.month):
        raise errors.card_expiry_invalid("month", format_path((*at, "exp_month")))
    return {"exp_month": month, "exp_year": year}


def _number(value: Value | None) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
