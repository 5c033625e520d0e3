"""The countries of accounts, with their currencies, payout schedules and service agreements."""

from __future__ import annotations

from types import MappingProxyType

from emulator import errors

RECIPIENT = "recipient"

# Default currencies; which countries Stripe opens accounts in, and these currencies, are official or observed.
_PROCESSING = """
AE aed AT eur AU aud BE eur BG eur BR brl CA cad CH chf CY eur CZ czk DE eur DK dkk EE eur ES eur FI eur FR eur GB gbp
GI gbp GR eur HK hkd HR eur HU huf IE eur IN inr IT eur JP jpy LI chf LT eur LU eur LV eur MT eur MX mxn MY myr NL eur
NO nok NZ nzd PL pln PT eur RO ron SE sek SG sgd SI eur SK eur TH thb US usd
"""
# Only under the recipient agreement, for payouts across borders.
_RECIPIENTS = """
AG xcd AL all AM amd AO aoa AR ars AZ azn BA bam BD bdt BH bhd BJ xof BN bnd BO bob BS bsd BT btn BW bwp CI xof CL clp
CO cop CR crc DO dop DZ dzd EC usd EG egp ET etb GA xaf GH ghs GM gmd GT gtq GY gyd ID idr IL ils IS eur JM jmd JO jod
KE kes KH khr KR krw KW kwd KZ kzt LA lak LC xcd LK lkr MA mad MC eur MD mdl MG mga MK mkd MN mnt MO mop MU mur MZ mzn
NA nad NE xof NG ngn OM omr PA usd PE pen PH php PK pkr PY pyg QA qar RS rsd RW rwf SA sar SM eur SN xof SV usd TN tnd
TR try TT ttd TW twd TZ tzs UY uyu UZ uzs VN vnd ZA zar
"""
# The other assigned codes of ISO 3166-1: known, and not supported.
_OTHERS = frozenset(
    """
AD AF AI AQ AS AW AX BB BF BI BL BM BQ BV BY BZ CC CD CF CG CK CM CN CU CV CW CX DJ DM EH ER FJ FK FM FO GD GE GF GG GL
GN GP GQ GS GU GW HM HN HT IM IO IQ IR JE KG KI KM KN KP KY LB LR LS LY ME MF MH ML MM MP MQ MR MS MV MW NC NF NI NP NR
NU PF PG PM PN PR PS PW RE RU SB SC SD SH SJ SL SO SR SS ST SX SY SZ TC TD TF TG TJ TK TL TM TO TV UA UG UM VA VC VE VG
VI VU WF WS YE YT ZM ZW
""".split()
)


# Countries whose platforms and accounts keep to themselves (seen of accounts of IN; BR by analogy), and countries whose
# platforms do (seen of AE).
_TO_THEMSELVES = frozenset({"BR", "IN"})
_INWARD = frozenset({"AE"})
# Countries between which platforms send money to accounts with their own terms (official).
TOGETHER = frozenset(
    """
    AT BE BG CA CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK US
    """.split()
)
# Countries whose platforms make accounts without a Dashboard by tokens alone (observed).
BY_TOKEN = frozenset({"FR"})
# Countries that recipients cannot be in any more (observed in November 2025).
NOT_REACHED = frozenset({"JM"})


def _table(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


PROCESSING = MappingProxyType(_table(_PROCESSING))
RECIPIENTS = MappingProxyType(_table(_RECIPIENTS))

ALL = tuple(sorted({*PROCESSING, *RECIPIENTS, *_OTHERS}))

# Days between a charge and its payout: US, AU, JP, and seven for DE and GB are observed, as are CA, MX and KR.
_DELAY_DAYS = MappingProxyType({"AU": 2, "JP": 4, "US": 2})
_DELAY_DAYS_ELSEWHERE = 7
# Across borders nothing is waited for, but in these countries as long as elsewhere (observed).
_SLOW_RECIPIENTS = frozenset("CI CR DO GT ID IN MX MY PE PH SN TH TT UY".split())


def check_country(country: str, home: str, agreement: str) -> None:
    """Refuse a country that accounts of a platform at `home` cannot have. Raises StripeError.

    Countries across the border are open under the recipient agreement alone: others answer `country_unsupported`,
    as observed of TR, ZA and PE, or name the border where no agreement but that of recipients crosses it. Codes are
    upper case (our choice).
    """
    if not is_known(country):
        raise errors.country_unknown(country)
    if agreement == RECIPIENT and country == home:
        raise errors.recipient_terms_at_home(home, country)
    if country in NOT_REACHED if agreement == RECIPIENT else is_behind_border(country, home):
        raise errors.country_across_border(country, home)
    supported = country in PROCESSING or country == home or (country in RECIPIENTS and agreement == RECIPIENT)
    if not supported:
        raise errors.country_unsupported(country)


def is_behind_border(country: str, home: str) -> bool:
    """Whether platforms of one country cannot make accounts of their own kind in another."""
    return country != home and (country in _TO_THEMSELVES or home in (*_TO_THEMSELVES, *_INWARD))


def is_known(country: str) -> bool:
    """Whether it is an assigned code of ISO 3166-1, in upper case."""
    return country in PROCESSING or country in RECIPIENTS or country in _OTHERS


def currency_of(country: str) -> str:
    """The default currency of a country; that of countries which Stripe does not support is usd (our choice)."""
    return PROCESSING.get(country) or RECIPIENTS.get(country) or "usd"


def at_home_in(currency: str) -> str:
    """A country whose accounts settle in a currency. Raises KeyError where there is none."""
    return {own: country for country, own in PROCESSING.items()}[currency]


def payout_schedule(country: str, *, recipient: bool = False, manual: bool = False) -> dict[str, str | int]:
    """The schedule of payouts of a new account; weekly in Japan, and one day where they are made by hand (observed)."""
    delay = 1 if manual else _DELAY_DAYS.get(country, _DELAY_DAYS_ELSEWHERE)
    if recipient and country not in _SLOW_RECIPIENTS:
        delay = 0
    if country == "JP":
        return {"delay_days": delay, "interval": "weekly", "weekly_anchor": "friday"}
    return {"delay_days": delay, "interval": "daily"}
