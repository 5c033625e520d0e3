"""Bank debits: payments that the bank confirms or refuses later, as decided by their account numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from emulator.resources.payments.charges.payment import Payment
from emulator.wire.namedtuples import NamedTuple

# Debits of bank accounts, which are pending at first (official).
DELAYED = frozenset(
    {"ach_debit", "acss_debit", "au_becs_debit", "bacs_debit", "nz_bank_account", "sepa_debit", "us_bank_account"}
)
SECONDS = 2  # until a debit ends (our choice: Stripe's test mode needs some minutes)
SLOW_SECONDS = 180  # until a debit of a test number with a delay ends (official: about three minutes)
# The messages of failures by their codes (our choice; the codes are official).
MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "account_closed": "The customer's bank account has been closed.",
        "charge_exceeds_source_limit": "This payment exceeds the weekly volume limit of the account.",
        "charge_exceeds_weekly_limit": "This payment exceeds the weekly limit on transactions of the account.",
        "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
        "generic_could_not_process": "The bank could not process this payment.",
        "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
        "invalid_currency": "The bank was unable to process this payment because of its currency.",
        "no_account": "The customer's bank account could not be located.",
    }
)


class Debit(NamedTuple):
    """The behaviour of a bank account: the code of a failure, the seconds until it ends (None: never), a dispute."""

    failure: str | None = None
    seconds: int | None = SECONDS
    dispute: str | None = None


class End(NamedTuple):
    """The end of a debit: the unix second, None for never, and the code and the message of a failure."""

    at: int | None
    failure: tuple[str, str] | None = None


# Accounts of the US (official).
_US: Mapping[str, Debit] = {
    "000111111113": Debit("account_closed"),
    "000111111116": Debit("no_account"),
    "000222222227": Debit("insufficient_funds"),
    "000333333335": Debit("debit_not_authorized"),
    "000444444440": Debit("invalid_currency"),
    "000555555559": Debit(dispute="fraudulent"),
    "000000000009": Debit(seconds=None),
    "000777777771": Debit("charge_exceeds_weekly_limit"),
    "000888888885": Debit("generic_could_not_process"),
}
# The IBANs of a country, one of each behaviour, in this order (official; the code of a plain failure is our choice).
_OF_IBANS = (
    Debit(),
    Debit(seconds=SLOW_SECONDS),
    Debit("generic_could_not_process"),
    Debit("generic_could_not_process", SLOW_SECONDS),
    Debit(dispute="fraudulent"),
    Debit("charge_exceeds_source_limit"),
    Debit("charge_exceeds_weekly_limit"),
    Debit("insufficient_funds"),
)
_IBANS = """
AT611904300234573201 AT321904300235473204 AT861904300235473202 AT051904300235473205 AT591904300235473203
AT981904300000343434 AT601904300000121212 AT981904300002222227
DE89370400440532013000 DE08370400440532013003 DE62370400440532013001 DE78370400440532013004 DE35370400440532013002
DE65370400440000343434 DE27370400440000121212 DE65370400440002222227
FR1420041010050500013M02606 FR3020041010050500013M02609 FR8420041010050500013M02607 FR7920041010050500013M02600
FR5720041010050500013M02608
"""


def _of_ibans() -> Iterator[tuple[str, Debit]]:
    by_country: dict[str, list[str]] = {}
    for iban in _IBANS.split():
        by_country.setdefault(iban[:2], []).append(iban)
    for ibans in by_country.values():
        yield from zip(ibans, _OF_IBANS, strict=False)


# The Stripe CLI triggers `checkout.session.async_payment_failed` with it (official; inferred: the debit fails later).
_OF_CLI = {"IT60X0542811101000000123456": Debit("generic_could_not_process")}
DEBITS: Mapping[str, Debit] = MappingProxyType({**_US, **dict(_of_ibans()), **_OF_CLI})


def end_of(payment: Payment, now: int) -> End:
    """The end of a debit by the number of its account; accounts that are not in the table pay."""
    debit = DEBITS.get(payment.number or "", Debit())
    failure = (debit.failure, MESSAGES[debit.failure]) if debit.failure else None
    return End(None if debit.seconds is None else now + debit.seconds, failure)
