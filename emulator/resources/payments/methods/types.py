"""Types of payment methods other than cards: the parameters of their details, and the hashes that show them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import filled, hash_of, properties
from emulator.resources.connect.accounts.external_accounts.input import fingerprint
from emulator.resources.connect.accounts.external_accounts.test_numbers import TEST_BANK, TEST_ROUTING
from emulator.schema.check import Params
from emulator.schema.spec import Enum, Object
from emulator.schema.trees import dig
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.path import ParamPath, format_path

_DATA = "payment_method_data"


class Made(NamedTuple):
    """The hash of a type as shown, and the number of the account, which decides the result of payments."""

    shown: Fields
    number: str | None = None


class MethodType(NamedTuple):
    """One type. `needs` are required parameters beside those of its hash that the catalog requires."""

    make: Callable[[Scope, Params, ParamPath], Made] | None = None
    needs: tuple[ParamPath, ...] = ()


# The US bank accounts of test mode, all with the same routing number (official): the names after `pm_usBankAccount_`.
US_ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "success": "000123456789",
        "accountClosed": "000111111113",
        "noAccount": "000111111116",
        "insufficientFunds": "000222222227",
        "debitNotAuthorized": "000333333335",
        "invalidCurrency": "000444444440",
        "failMicrodeposits": "000666666661",
        "dispute": "000555555559",
        "processing": "000000000009",
        "weeklyLimitExceeded": "000777777771",
        "riskLevelHighest": "000000004954",
    }
)
_US_NUMBERS = frozenset(US_ACCOUNTS.values()) | {"000888888885"}
# The IBANs of test mode (official), in the order of the scenarios after `pm_sepaDebit_`.
_SCENARIOS = (
    "success successDelayed failed failedDelayed disputed exceedsWeeklyVolumeLimit exceedsWeeklyTransactionLimit "
    "insufficientFunds"
).split()
_IBANS: Mapping[str, str] = {
    "at": "AT611904300234573201 AT321904300235473204 AT861904300235473202 AT051904300235473205 AT591904300235473203 "
    "AT981904300000343434 AT601904300000121212 AT981904300002222227",
    "de": "DE89370400440532013000 DE08370400440532013003 DE62370400440532013001 DE78370400440532013004 "
    "DE35370400440532013002 DE65370400440000343434 DE27370400440000121212 DE65370400440002222227",
    "fr": "FR1420041010050500013M02606 FR3020041010050500013M02609 FR8420041010050500013M02607 "
    "FR7920041010050500013M02600 FR5720041010050500013M02608",
}
SEPA_ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        f"{scenario}_{country}": iban
        for country, ibans in _IBANS.items()
        for scenario, iban in zip(_SCENARIOS, ibans.split(), strict=False)
    }
)
HOLDER: Params = {"name": "Jenny Rosen", "email": "jenny.rosen@example.com"}  # of test names (our choice)
# The ends of IBANs of banks that cannot be debited (official), and their codes.
_UNUSABLE: Mapping[str, str] = {"55555": "sepa_debit_bank_not_supported", "66666": "sepa_debit_debits_not_supported"}
_BANK_DIGITS = {"AT": 5, "BE": 3, "DE": 8, "ES": 4, "FR": 5, "IE": 4, "IT": 6, "NL": 4, "PT": 4}
# The BICs of the banks of iDEAL.
_BICS: Mapping[str, str] = {
    "abn_amro": "ABNANL2A",
    "asn_bank": "ASNBNL21",
    "bunq": "BUNQNL2A",
    "handelsbanken": "HANDNL2A",
    "ing": "INGBNL2A",
    "knab": "KNABNL2H",
    "n26": "NTSBDEB1",
    "rabobank": "RABONL2U",
    "regiobank": "RBRBNL21",
    "revolut": "REVOLT21",
    "sns_bank": "SNSBNL2A",
    "triodos_bank": "TRIONL2U",
    "van_lanschot": "FVLBNL22",
    "yoursafe": "BITSNL2A",
}
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{10,30}\Z", re.ASCII)
_ROUTING = re.compile(r"[0-9]{9}\Z", re.ASCII)


def make(scope: Scope, kind: str, data: Params, at: ParamPath) -> Made:
    """The hash of a type from the parameters at a path. Raises StripeError for missing details."""
    found = KINDS.get(kind, MethodType())
    for path in found.needs:
        if not dig(data, path):
            raise errors.missing_param((*at, *path))
    sent = data.get(kind)
    details = sent if isinstance(sent, dict) else {}
    made = found.make(scope, details, (*at, kind)) if found.make else Made(cast("Fields", dict(details)))
    shape = properties("payment_method").get(kind)
    whole = hash_of(shape.type, made.shown) if shape else None
    if whole is None:
        raise errors.param_not_emulated((*at, kind))
    known = {name: value for name, value in made.shown.items() if name in whole.kind.properties}
    return made._replace(shown=filled(whole, known))


def test_method(scope: Scope, name: str) -> tuple[str, Made] | None:
    """The type and the account of a test name such as `pm_usBankAccount_success`, None for any other text."""
    prefix, _, rest = name.removeprefix("pm_").partition("_")
    if prefix == "usBankAccount" and rest in US_ACCOUNTS:
        sent: Params = {"account_number": US_ACCOUNTS[rest], "routing_number": TEST_ROUTING}
        return "us_bank_account", make(
            scope, "us_bank_account", {"us_bank_account": sent, "billing_details": HOLDER}, ()
        )
    if prefix == "sepaDebit" and rest in SEPA_ACCOUNTS:
        return "sepa_debit", make(
            scope, "sepa_debit", {"sepa_debit": {"iban": SEPA_ACCOUNTS[rest]}, "billing_details": HOLDER}, ()
        )
    return None


def _us_bank_account(scope: Scope, sent: Params, at: ParamPath) -> Made:
    if sent.get("financial_connections_account"):
        raise errors.param_not_emulated((*at, "financial_connections_account"))
    for name in ("account_number", "routing_number"):
        if not sent.get(name):
            raise errors.missing_param((*at, name))
    number, routing = str(sent["account_number"]), str(sent["routing_number"])
    if not _ROUTING.match(routing):
        raise errors.routing_number_invalid(format_path((*at, "routing_number")))
    if number not in _US_NUMBERS:
        raise errors.bank_account_not_of_test_mode(format_path((*at, "account_number")))
    shown: Fields = {
        "account_holder_type": cast("Json", sent.get("account_holder_type", "individual")),
        "account_type": cast("Json", sent.get("account_type", "checking")),
        "bank_name": TEST_BANK,
        "fingerprint": fingerprint(scope.sandbox.platform_id, "US", number, routing),
        "last4": number[-4:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": routing,
        "status_details": {},
    }
    return Made(shown, number)


def _sepa_debit(scope: Scope, sent: Params, at: ParamPath) -> Made:
    iban = str(sent["iban"]).replace(" ", "").upper()
    if not _IBAN.match(iban) or not _is_iban(iban):
        raise errors.iban_invalid(format_path((*at, "iban")))
    for end, code in _UNUSABLE.items():
        if iban.endswith(end):
            raise errors.iban_unusable(code, format_path((*at, "iban")))
    shown: Fields = {
        "bank_code": iban[4 : 4 + _BANK_DIGITS.get(iban[:2], 4)],
        "branch_code": "",
        "country": iban[:2],
        "fingerprint": fingerprint(scope.sandbox.platform_id, iban),
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }
    return Made(shown, iban)


def _is_iban(iban: str) -> bool:
    """Whether the check digits of an IBAN are correct."""
    return int("".join(str(int(digit, 36)) for digit in iban[4:] + iban[:4])) % 97 == 1


def _account(*shown: str) -> Callable[[Scope, Params, ParamPath], Made]:
    """A bank account that shows the named details and its last four digits."""

    def made(scope: Scope, sent: Params, _: ParamPath) -> Made:
        number = str(sent.get("account_number", ""))
        parts = [str(sent[name]) for name in sorted(sent)]
        details = {name: cast("Json", sent.get(name)) for name in shown}
        return Made(
            {**details, "fingerprint": fingerprint(scope.sandbox.platform_id, *parts), "last4": number[-4:] or None},
            number or None,
        )

    return made


def _acss_debit(scope: Scope, sent: Params, at: ParamPath) -> Made:
    made = _account("institution_number", "transit_number")(scope, sent, at)
    return made._replace(shown={**made.shown, "bank_name": TEST_BANK})


def _boleto(scope: Scope, sent: Params, _: ParamPath) -> Made:
    return Made(
        {"fingerprint": fingerprint(scope.sandbox.platform_id, str(sent["tax_id"])), "tax_id": str(sent["tax_id"])}
    )


def _fpx(_: Scope, sent: Params, __: ParamPath) -> Made:
    return Made({"account_holder_type": "individual", "bank": str(sent["bank"])})


def _ideal(_: Scope, sent: Params, __: ParamPath) -> Made:
    bank = str(sent["bank"]) if sent.get("bank") else None
    return Made({"bank": bank, "bic": _BICS.get(bank or "")})


def _nz_bank_account(scope: Scope, sent: Params, at: ParamPath) -> Made:
    made = _account("account_holder_name", "bank_code", "branch_code", "suffix")(scope, sent, at)
    return made._replace(shown={**made.shown, "bank_name": TEST_BANK})


def _custom(_: Scope, __: Params, at: ParamPath) -> Made:
    raise errors.param_not_emulated(at)


_NAME, _EMAIL = ("billing_details", "name"), ("billing_details", "email")
# Who holds an account must be known (official for the types that need it).
KINDS: Mapping[str, MethodType] = MappingProxyType(
    {
        "acss_debit": MethodType(_acss_debit, (("acss_debit",), _NAME, _EMAIL)),
        "au_becs_debit": MethodType(_account("bsb_number"), (("au_becs_debit",), _NAME, _EMAIL)),
        "bacs_debit": MethodType(_account("sort_code"), (("bacs_debit",), _NAME, _EMAIL)),
        "custom": MethodType(_custom),
        "boleto": MethodType(_boleto, (("boleto",),)),
        "fpx": MethodType(_fpx, (("fpx",),)),
        "ideal": MethodType(_ideal),
        "nz_bank_account": MethodType(_nz_bank_account, (("nz_bank_account",),)),
        "payto": MethodType(_account("bsb_number", "pay_id")),
        "sepa_debit": MethodType(_sepa_debit, (("sepa_debit",), _NAME, _EMAIL)),
        "sofort": MethodType(needs=(("sofort",),)),
        "us_bank_account": MethodType(_us_bank_account, (("us_bank_account",), _NAME)),
    }
)


# --- the details of a new payment method in a request ---------------------------------------------------------------


@cache
def _with_cards(operation: str) -> Object:
    known, card = (catalog.operation(name).params.params for name in (operation, "PostPaymentMethods"))
    data = cast("Object", known[_DATA].type)
    kind = data.params["type"]
    named = cast("Enum", kind.type)
    types = replace(kind, type=replace(named, values=tuple(sorted({*named.values, "card"}))))
    inner = Object(dict(sorted({**data.params, "card": card["card"], "type": types}.items())))
    return Object({**known, _DATA: replace(known[_DATA], type=inner)})


def with_cards(operation: str) -> Callable[[Version], Object]:
    """The parameters of an operation whose `payment_method_data` may be a card, by its number or token (observed)."""
    return lambda _: _with_cards(operation)
