"""Types of payment methods: how each is paid with, the currencies it takes, and the options an intent shows for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, cast

from emulator import errors
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import filled, hash_of, properties
from emulator.resources.payments.intents.states import PAYMENT
from emulator.schema.check import Params, Value
from emulator.schema.shape import Property
from emulator.schema.trees import merge
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

# How payments of a type work: at once, on a page of a bank or a wallet, by a debit that the bank confirms days later,
# or from the cash balance of a customer. The others require a step of the customer that is not emulated, such as a
# voucher or a code to scan.
Flow = Literal["direct", "redirect", "debit", "balance", "other"]


class MethodType(NamedTuple):
    """One type. No currencies are all of them. `options` are those of a payment intent, `setup` of a setup intent.

    Those are none where a setup intent does not show the type among its options. `domestic` types take only the
    currency of the account's country (official).
    """

    flow: Flow = "other"
    currencies: frozenset[str] = frozenset()
    options: Mapping[str, Json] = MappingProxyType({})
    setup: Mapping[str, Json] | None = None
    domestic: bool = False


def _type(flow: Flow, currencies: str = "", **options: Json) -> MethodType:
    return MethodType(flow, frozenset(currencies.split()), options)


_VERIFIED: Mapping[str, Json] = {"verification_method": "automatic"}
_NORDIC = "dkk eur gbp nok pln sek usd"
_CARD: Mapping[str, Json] = {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
_ACSS: Mapping[str, Json] = {"interval_description": None, "payment_schedule": None, "transaction_type": None}
# Currencies are official; options were observed for the types that have some, and are empty for the others.
TYPES: Mapping[str, MethodType] = MappingProxyType(
    {
        "acss_debit": MethodType(
            "debit",
            frozenset(("cad", "usd")),
            {"mandate_options": _ACSS, **_VERIFIED},
            {"currency": None, "mandate_options": _ACSS, **_VERIFIED},
        ),
        "affirm": _type("redirect", "cad usd")._replace(domestic=True),
        "afterpay_clearpay": _type("redirect", "aud cad gbp nzd usd", reference=None)._replace(domestic=True),
        "alipay": _type("redirect", "aud cad cny eur gbp hkd jpy myr nzd sgd usd"),
        "alma": _type("redirect", "eur"),
        "amazon_pay": _type("redirect", "aud chf dkk eur gbp hkd jpy nok nzd sek usd zar"),
        "au_becs_debit": _type("debit", "aud"),
        "bacs_debit": _type("debit", "gbp"),
        "bancontact": _type("redirect", "eur", preferred_language="en"),
        "billie": _type("redirect", "eur gbp sek"),
        "bizum": _type("other", "eur"),
        "blik": _type("other", "pln"),
        "boleto": _type("other", "brl"),
        "card": MethodType("direct", frozenset(), {"installments": None, **_CARD}, _CARD),
        "card_present": _type("other"),
        "cashapp": _type("other", "usd"),
        "crypto": _type("other", "usd"),
        "customer_balance": _type("balance", "eur gbp jpy mxn usd"),
        "eps": _type("redirect", "eur"),
        "fpx": _type("redirect", "myr"),
        "giropay": _type("redirect", "eur"),
        "grabpay": _type("redirect", "myr sgd"),
        "ideal": _type("redirect", "eur"),
        "interac_present": _type("other", "cad"),
        "kakao_pay": _type("redirect", "krw"),
        "klarna": _type("redirect", "aud cad chf czk dkk eur gbp nok nzd pln ron sek usd", preferred_locale=None),
        "konbini": _type("other", "jpy"),
        "kr_card": _type("redirect", "krw"),
        "link": _type("direct", persistent_token=None),
        "mb_way": _type("other", "eur"),
        "mobilepay": _type("redirect", _NORDIC),
        "multibanco": _type("other", "eur"),
        "naver_pay": _type("redirect", "krw"),
        "nz_bank_account": _type("debit", "nzd"),
        "oxxo": _type("other", "mxn"),
        "p24": _type("redirect", "eur pln"),
        "pay_by_bank": _type("redirect", "eur gbp"),
        "payco": _type("redirect", "krw"),
        "paynow": _type("other", "sgd"),
        "paypal": _type("redirect"),
        "payto": _type("other", "aud"),
        "pix": _type("other", "brl"),
        "promptpay": _type("other", "thb"),
        "revolut_pay": _type("redirect", "eur gbp ron"),
        "samsung_pay": _type("redirect", "krw"),
        "satispay": _type("redirect", "eur"),
        "scalapay": _type("redirect", "eur"),
        "sepa_debit": _type("debit", "eur"),
        "sofort": _type("redirect", "eur"),
        "swish": _type("other", "sek"),
        "twint": _type("redirect", "chf"),
        "upi": _type("other", "inr"),
        "us_bank_account": MethodType("debit", frozenset(("usd",)), {"mandate_options": {}, **_VERIFIED}, _VERIFIED),
        "wechat_pay": _type("other", "aud cad cny eur gbp hkd jpy sgd usd", app_id=None, client=None),
        "zip": _type("redirect", "aud usd"),
    }
)
# Options that differ where the account's configuration decides the types (observed).
_AUTOMATIC: Mapping[str, Mapping[str, Json]] = MappingProxyType(
    {
        "acss_debit": {"verification_method": "automatic"},
        "us_bank_account": {
            "financial_connections": {"permissions": ["payment_method"], "prefetch": []},
            "mandate_options": {},
            "verification_method": "automatic",
        },
    }
)
EXPLICIT_DEFAULT = ("card",)


def check_types(names: Sequence[str], currency: str | None, home: str) -> list[str]:
    """The types of a request of an account whose own currency is `home`.

    Raises StripeError for an unknown one, or one that does not take the currency.
    """
    for name in names:
        if name not in TYPES:
            raise errors.payment_method_type_inactive(name)
    if currency and not_taking(names, currency, home):
        raise errors.currency_not_taken(currency)
    return list(names)


def not_taking(names: Iterable[str], currency: str | None, home: str) -> str | None:
    """The first type that does not take a currency."""
    return next((name for name in names if not _takes(name, currency, home)), None)


def configured(
    accepted: Iterable[str], currency: str | None, home: str, excluded: Iterable[str] = (), *, redirects: bool = True
) -> list[str]:
    """The types of a configuration that take the currency, except excluded ones, and with or without redirects."""
    wanted = [name for name in accepted if name in TYPES and name not in set(excluded)]
    return [name for name in wanted if _takes(name, currency, home) and (redirects or TYPES[name].flow != "redirect")]


def _takes(name: str, currency: str | None, home: str) -> bool:
    taken = currencies(name, home)
    return not currency or not taken or currency in taken


def currencies(name: str, home: str) -> frozenset[str]:
    """The currencies that a type takes from an account whose own currency is `home`; none are all."""
    known = TYPES[name]
    return frozenset((home,)) if known.domestic and home in known.currencies else known.currencies


def options(kind: str, names: Iterable[str], sent: Params, *, automatic: bool) -> Fields:
    """The options of an intent, with those sent for each type. A setup intent shows only types that have some."""
    shown = {name for name in names if kind == PAYMENT or name in sent or TYPES[name].setup is not None}
    return {name: _options(kind, name, sent.get(name), automatic=automatic) for name in sorted(shown)}


def _options(kind: str, name: str, sent: Value | None, *, automatic: bool) -> Json:
    found = TYPES[name]
    default = found.options if kind == PAYMENT else found.setup or {}
    if automatic and kind == PAYMENT:
        default = _AUTOMATIC.get(name, default)
    if not isinstance(sent, dict) or not sent:
        return dict(default)
    merged = cast("Fields", merge(cast("Params", dict(default)), sent))
    shape = properties(f"{kind}_payment_method_options").get(name)
    outer = hash_of(shape.type, merged) if shape else None
    known = outer.kind.properties if outer else {}
    return {key: _whole(known[key], value) for key, value in sorted(merged.items()) if key in known}


def _whole(shape: Property, value: Json) -> Json:
    """A nested hash of the options, with every name."""
    inner = hash_of(shape.type, value) if isinstance(value, dict) and value else None
    return filled(inner, value) if inner and isinstance(value, dict) else value
