"""The test cards: the behaviour of each number, and the test names that refer to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from emulator.wire.namedtuples import NamedTuple

Brand = Literal[
    "amex", "carnet", "diners", "discover", "eftpos_au", "jcb", "mastercard", "unionpay", "visa"
]  # fmt: skip
Funding = Literal["credit", "debit", "prepaid"]
# The 3D Secure of a card:
# - supported: it works, but the card is not enrolled, so that no customer has to authenticate
# - unsupported: the card has no 3D Secure
# - optional: only if a request requires it
# - frictionless: it is authenticated without the customer
# - on_setup: each payment until the card is set up for later ones
# - on_session: each payment on session; none off session
# - always: each payment, also off session, where it therefore fails
# - mandate: a payment that also saves the card for later ones (India)
Authentication = Literal[
    "supported", "unsupported", "optional", "frictionless", "on_setup", "on_session", "always", "mandate"
]
Check = Literal["pass", "fail", "unavailable"]
Risk = Literal["normal", "elevated", "highest"]


class TestCard(NamedTuple):
    """A test card.

    - `names` follow `pm_card_` and `tok_`; `tokens` follow `tok_` alone.
    - `attach` and `charge` are keys of `declines.DECLINES`: the results of saving the card and of paying with it. With
      `authentication`, a decline comes after the authentication; `authentication_error` is that of 3D Secure itself.
    - `cvc`, `line1` and `postal_code` are the results of the checks of sent values. `strict` cards are declined if the
      security code or the postal code fails.
    - `dispute` is the kind of the dispute of a payment, `refund` the result of its refunds, `fraud_warning` the kind of
      its early fraud warning.
    - `available_at_once`: the money of a payment is available at once.
    - `networks` are those besides the brand, in front of it.
    """

    number: str
    names: tuple[str, ...] = ()
    brand: Brand = "visa"
    country: str = "US"
    funding: Funding = "credit"
    tokens: tuple[str, ...] = ()
    attach: str | None = None
    charge: str | None = None
    authentication: Authentication = "supported"
    authentication_error: str | None = None
    cvc: Check = "pass"
    line1: Check = "pass"
    postal_code: Check = "pass"
    strict: bool = False
    risk: Risk = "normal"
    dispute: str | None = None
    refund: Literal["pending", "failed"] | None = None
    fraud_warning: str | None = None
    available_at_once: bool = False
    networks: tuple[str, ...] = ()

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]

    @property
    def fails_cvc(self) -> bool:
        """Whether a security code that was sent is refused."""
        return self.strict and self.cvc == "fail"

    @property
    def fails_postal_code(self) -> bool:
        """Whether a postal code that was sent is refused."""
        return self.strict and self.postal_code == "fail"


def _card(number: str, names: str = "", **properties: object) -> TestCard:
    return TestCard(number, tuple(names.split()), **properties)  # type: ignore[arg-type]


def _declined(number: str, names: str, decline: str) -> TestCard:
    """A card that can be neither saved nor charged."""
    return _card(number, names, attach=decline, charge=decline)


_PLAIN = (
    _card("4242424242424242", "visa us"),
    _card("4000056655665556", "visa_debit", funding="debit", tokens=("visa_debit_us_transferSuccess",)),
    _card("4000056655665572", funding="debit", tokens=("visa_debit_us_transferFail",)),
    _card("4000056755665555", funding="debit", tokens=("visa_debit_us_instantPayoutUnsupported",)),
    _card("4012888888881881"),
    _card("5555555555554444", "mastercard", brand="mastercard"),
    _card("2223003122003222", brand="mastercard"),
    _card("5200828282828210", "mastercard_debit", brand="mastercard", funding="debit"),
    _card("5105105105105100", "mastercard_prepaid", brand="mastercard", funding="prepaid"),
    _card("378282246310005", "amex_threeDSecureNotSupported", brand="amex", authentication="unsupported"),
    _card("371449635398431", "amex", brand="amex"),
    _card("6011111111111117", brand="discover"),
    _card("6011000990139424", "discover", brand="discover"),
    _card("6011981111111113", "discover_debit", brand="discover", funding="debit"),
    _card("3056930009020004", "diners", brand="diners"),
    _card("36227206271667", brand="diners"),
    _card("30569309025904", brand="diners"),
    _card("38520000023237", brand="diners"),
    _card("6555900000604105", brand="discover"),
    _card("3566002020360505", "jcb", brand="jcb", country="JP"),
    _card("3530111333300000", brand="jcb", country="JP"),
    _card("6200000000000005", "unionpay", brand="unionpay", country="CN"),
    _card("6200000000000047", brand="unionpay", country="CN", funding="debit"),
    _card("6205500000000000004", brand="unionpay", country="CN"),
    _card("4000002500001001", "visa_cartesBancaires", country="FR", networks=("cartes_bancaires",)),
    _card(
        "5555552500001001",
        "mastercard_cartesBancaires",
        brand="mastercard",
        country="FR",
        networks=("cartes_bancaires",),
    ),
    _card(
        "4000050360000001",
        "visa_debit_eftposAuCoBranded",
        country="AU",
        funding="debit",
        networks=("eftpos_au",),
    ),
    _card(
        "5555050360000080",
        "mastercard_debit_eftposAuCoBranded",
        brand="mastercard",
        country="AU",
        funding="debit",
        networks=("eftpos_au",),
    ),
    _card("4000058260000005", "gb_debit", country="GB", funding="debit"),
    _card("5555558265554449", "gb_mastercard", brand="mastercard", country="GB"),
    _card("4000007640000003", "th_credit", country="TH"),
    _card("4000057640000008", "th_debit", country="TH", funding="debit"),
    _card("5200007840000022", brand="mastercard", country="AE"),
    _card("5062210000000009", brand="carnet", country="MX"),
    _card("4000051230000072", funding="debit"),
    _card("5200828282828897", brand="mastercard", funding="debit"),
)

_DECLINED = (
    _declined("4000000000000002", "chargeDeclined visa_chargeDeclined", "generic_decline"),
    _declined(
        "4000000000009995",
        "visa_chargeDeclinedInsufficientFunds chargeDeclinedInsufficientFunds",
        "insufficient_funds",
    ),
    _declined("4000000000009987", "visa_chargeDeclinedLostCard chargeDeclinedLostCard", "lost_card"),
    _declined("4000000000009979", "visa_chargeDeclinedStolenCard chargeDeclinedStolenCard", "stolen_card"),
    _declined("4000000000000069", "chargeDeclinedExpiredCard visa_chargeDeclinedExpiredCard", "expired_card"),
    _declined("4000000000000127", "chargeDeclinedIncorrectCvc visa_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    _declined(
        "4000000000000119", "chargeDeclinedProcessingError visa_chargeDeclinedProcessingError", "processing_error"
    ),
    _declined(
        "4000000000006975",
        "visa_chargeDeclinedVelocityLimitExceeded chargeDeclinedVelocityLimitExceeded",
        "card_velocity_exceeded",
    ),
    _card("4000000000000341", "chargeCustomerFail visa_chargeCustomerFail", charge="generic_decline"),
    # The numbers of these two are not published; the digits are our choice.
    _card("4000000000100349", "visa_chargeCustomerFailLostCard", charge="lost_card"),
    _card("4000000000100356", "visa_chargeCustomerFailStolenCard", charge="stolen_card"),
)

_RISK = (
    _card("4100000000000019", "radarBlock", charge="fraudulent", risk="highest"),
    _card("4000000000004954", "riskLevelHighest", charge="fraudulent", risk="highest"),
    _card("4000000000009235", "riskLevelElevated", risk="elevated"),
    _card("4000008400000407", "highFraudDisputeScore"),
    _card("4000008400000159", "highEfwScore"),
    _card("4000008400001017", "radarDynamicRiskThreshold"),
    _card("4001858821843804", "freeTrialAbuseBlock"),
    _card("4000008405600003", "adaptive3dsChallenge"),
    _card("4000000000000101", "cvcCheckFail", cvc="fail", strict=True),
    _card("4000000000000036", "avsZipFail", postal_code="fail", strict=True),
    _card("4000058400307872", "cvcCheckFailElevatedRisk", cvc="fail", strict=True, risk="elevated"),
    _card("4000058400306072", "avsZipFailElevatedRisk", postal_code="fail", strict=True, risk="elevated"),
    _card("4000000000000028", "avsLine1Fail", line1="fail"),
    _card("4000000000000010", "avsFail", line1="fail", postal_code="fail"),
    _card("4000000000000044", "avsUnchecked", line1="unavailable", postal_code="unavailable"),
)

_AUTHENTICATION = (
    _card("4000002500003155", "authenticationRequiredOnSetup", country="FR", authentication="on_setup"),
    _card("4000002760003184", "authenticationRequired", country="DE", authentication="always"),
    _card("4000003800000446", "authenticationRequiredSetupForOffSession", country="IT", authentication="on_session"),
    _card(
        "4000008260003178",
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        country="GB",
        authentication="always",
        charge="insufficient_funds",
    ),
    _card("4000000000003220", "threeDSecure2Required", country="IE", authentication="always"),
    _card("4000000000003063", "threeDSecureRequired", authentication="always"),
    _card("4000008400000027", authentication="always"),
    _card("4000008400001629", "threeDSecureRequiredChargeDeclined", authentication="always", charge="generic_decline"),
    _card(
        "4000008400001280",
        "threeDSecureRequiredProcessingError",
        authentication="always",
        authentication_error="processing_error",
    ),
    _card("4000000000003055", "threeDSecureOptional", authentication="optional"),
    _card(
        "4000000000003097",
        "threeDSecureOptionalProcessingError",
        authentication="optional",
        authentication_error="processing_error",
    ),
    _card("4000000032200000", authentication="frictionless"),
    _card("4000582600000094", country="GB", authentication="always"),
    _card("4000582600000045", country="GB", authentication="always"),
    _card("4000582600000102", country="GB", authentication="always"),
    _card("4000582600000110", country="GB", authentication="always"),
    _card("4000000000001208"),
    _card("4000000000003725"),
    _card("4000003560000008", "in", country="IN", authentication="mandate"),
    _card("4000003560000123", country="IN", authentication="mandate"),
    _card("4000003560000263", country="IN", authentication="mandate"),
)

_FOLLOWED = (
    _card("4000000000000077", "bypassPending", available_at_once=True),
    _card("4000003720000278", "bypassPendingInternational", country="IE", available_at_once=True),
    _card("4000000000000259", "createDispute visa_createDispute", dispute="fraudulent"),
    _card(
        "4000000000002685",
        "createDisputeProductNotReceived visa_createDisputeProductNotReceived",
        dispute="product_not_received",
    ),
    _card("4000000000001976", "createDisputeInquiry visa_createDisputeInquiry", dispute="inquiry"),
    _card("4000000404000079", "createMultipleDisputes", dispute="multiple"),
    _card("4000000404000038", "createCe3EligibleDispute", dispute="compelling_evidence_3"),
    _card("4000008400000779", "createComplianceDispute", dispute="noncompliant"),
    _card("5105008400000002", "createMastercardComplianceDispute", brand="mastercard", dispute="noncompliant"),
    _card("4000000001000043", "createAutoRepresentmentEligibleDispute", dispute="fraudulent"),
    _card("4000000000005423", "createIssuerFraudRecord", fraud_warning="made_with_stolen_card"),
    _card("4000000000007726", "pendingRefund", refund="pending"),
    _card("4000000000005126", "refundFail", refund="failed"),
)

# Their charges have requirements of the connected account turn due (official), which is not emulated.
_TRIGGERS = (
    _card("4000000000004202", "visa_triggerNextRequirements visa_triggerVerification"),
    _card("4000000000004210", "visa_triggerChargeBlock"),
    _card("4000000000004236", "visa_triggerPayoutBlock visa_triggerTransferBlock"),
)

# Cards of a country, all Visa: the country, and the number. The names are the country in lower case.
_COUNTRIES = """
AE 4000007840000001 AR 4000000320000021 AT 4000000400000008 AU 4000000360000006 BE 4000000560000004 BG 4000001000000000
BR 4000000760000002 BY 4000001120000005 CA 4000001240000000 CH 4000007560000009 CL 4000001520000001 CN 4000001560000002
CO 4000001700000003 CR 4000001880000005 CY 4000001960000008 CZ 4000002030000002 DE 4000002760000016 DK 4000002080000001
EC 4000002180000000 EE 4000002330000009 ES 4000007240000007 FI 4000002460000001 FR 4000002500000003 GB 4000008260000000
GI 4000002920000005 GR 4000003000000030 HK 4000003440000004 HR 4000001910000009 HU 4000003480000005 IE 4000003720000005
IT 4000003800000008 JP 4000003920000003 LI 4000004380000004 LT 4000004400000000 LU 4000004420000006 LV 4000004280000005
MT 4000004700000007 MX 4000004840008001 MY 4000004580000002 NL 4000005280000002 NO 4000005780000007 NZ 4000005540000008
PA 4000005910000000 PE 4000006040000068 PL 4000006160000005 PT 4000006200000007 PY 4000006000000066 RO 4000006420000001
SA 4000006820000007 SE 4000007520000008 SG 4000007020000003 SI 4000007050000006 SK 4000007030000001 TW 4000001580000008
UY 4000008580000003
"""


def _of_countries() -> Iterator[TestCard]:
    words = iter(_COUNTRIES.split())
    for country, number in zip(words, words, strict=True):
        yield TestCard(number, (country.lower(),), country=country)


_EVERY = (*_PLAIN, *_DECLINED, *_RISK, *_AUTHENTICATION, *_FOLLOWED, *_TRIGGERS, *_of_countries())
CARDS: Mapping[str, TestCard] = MappingProxyType({card.number: card for card in _EVERY})
BY_NAME: Mapping[str, TestCard] = MappingProxyType({name: card for card in _EVERY for name in card.names})
BY_TOKEN: Mapping[str, TestCard] = MappingProxyType(
    {**BY_NAME, **{name: card for card in _EVERY for name in card.tokens}}
)
_NUMBER = re.compile(r"[0-9]{12,19}\Z", re.ASCII)
# `display_brand` where it is another name than the brand (official; of American Express observed).
DISPLAY_BRANDS: Mapping[str, str] = MappingProxyType(
    {
        "amex": "american_express",
        "carnet": "other",
        "diners": "diners_club",
        "eftpos_au": "eftpos_australia",
        "unionpay": "union_pay",
    }
)
BRANDS_OF_TOKENS: Mapping[str, str] = MappingProxyType(
    {
        "amex": "American Express",
        "carnet": "Carnet",
        "diners": "Diners Club",
        "discover": "Discover",
        "eftpos_au": "EFTPOS Australia",
        "jcb": "JCB",
        "mastercard": "MasterCard",
        "unionpay": "UnionPay",
        "visa": "Visa",
    }
)


def display_brand(card: TestCard) -> str:
    """The brand that a payment form shows: that of the card's first network."""
    name = card.networks[0] if card.networks else card.brand
    return DISPLAY_BRANDS.get(name, name)


def plain(number: str) -> str:
    """A card number without the blanks and dashes between its digits."""
    return number.replace(" ", "").replace("-", "")


def has_form(number: str) -> bool:
    """Whether it has as many digits as card numbers have."""
    return bool(_NUMBER.match(number))


def is_valid(number: str) -> bool:
    """Whether a number has the digits of a card, the last of which is a check digit."""
    if not has_form(number):
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
