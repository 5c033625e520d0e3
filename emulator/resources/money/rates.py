"""Rates of exchange, and amounts at them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from emulator.resources.money.currencies import digits

RATE_DIGITS = 6
_RATE = f".{RATE_DIGITS}g"
# Units of each currency for one US dollar: rounded market rates of 2026, which never change (our choice).
_PER_DOLLAR = """
usd 1 usdc 1 aed 3.6725 afn 66 all 82.5 amd 382 ang 1.79 aoa 917 ars 1450 aud 1.4 awg 1.8 azn 1.7 bam 1.695 bbd 2
bdt 122
bgn 1.695 bhd 0.376 bif 2960 bmd 1 bnd 1.285 bob 6.91 brl 5.35 bsd 1 btn 88.5 bwp 13.6 byn 3.3 bzd 2.01 cad 1.3985
cdf 2250 chf 0.795 clp 945 cny 7.05 cop 3800 crc 500 cve 95.5 czk 20.9 djf 177.7 dkk 6.47 dop 63.5 dzd 130 eek 13.56
egp 47.5 etb 153 eur 0.867 fjd 2.27 fkp 0.752 gbp 0.752 gel 2.7 ghs 11 gip 0.752 gmd 73 gnf 8690 gtq 7.66 gyd 209
hkd 7.78 hnl 26.3 hrk 6.53 htg 131 huf 333 idr 16650 ils 3.25 inr 88.5 isk 126 jmd 160 jod 0.709 jpy 155 kes 129
kgs 87.4 khr 4010 kmf 426 krw 1390 kwd 0.307 kyd 0.833 kzt 520 lak 21700 lbp 89500 lkr 306 lrd 180 lsl 17.2 ltl 2.99
lvl 0.609 mad 9.25 mdl 17 mga 4480 mkd 53.3 mmk 2100 mnt 3580 mop 8.01 mro 399 mur 46 mvr 15.4 mwk 1734 mxn 18.4
myr 4.14 mzn 63.9 nad 17.2 ngn 1450 nio 36.8 nok 10.1 npr 141.6 nzd 1.74 omr 0.3845 pab 1 pen 3.37 pgk 4.23 php 58.8
pkr 281 pln 3.68 pyg 7000 qar 3.64 ron 4.41 rsd 101.6 rub 79 rwf 1453 sar 3.75 sbd 8.23 scr 14.2 sek 9.5 sgd 1.295
shp 0.752 sle 23.2 sll 23200 sos 571 srd 38.6 std 21200 svc 8.75 szl 17.2 thb 32.4 tjs 9.25 tnd 2.95 top 2.38 try 42.4
ttd 6.78 twd 31.3 tzs 2450 uah 42.2 ugx 3600 uyu 39.7 uzs 11950 vef 248000 vnd 26350 vuv 122 wst 2.8 xaf 568.7 xcd 2.7
xcg 1.79 xof 568.7 xpf 103.5 yer 238.5 zar 17.2 zmw 22.9
""".split()
PER_DOLLAR = {name: Decimal(rate) for name, rate in zip(_PER_DOLLAR[::2], _PER_DOLLAR[1::2], strict=True)}


@lru_cache(maxsize=512)
def rate(source: str, target: str) -> float:
    """The rate from a minor unit to another, in six significant digits (their form is observed)."""
    minor = Decimal(10) ** (digits(target) - digits(source))
    return float(f"{PER_DOLLAR[target] / PER_DOLLAR[source] * minor:{_RATE}}")


def converted(amount: int, used: float) -> int:
    """An amount at a rate, rounded half up; amounts that leave are rounded as those that come (observed)."""
    exact = Decimal(abs(amount)) * Decimal(repr(used))
    size = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return -size if amount < 0 else size
