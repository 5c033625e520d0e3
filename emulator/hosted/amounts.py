"""Amounts as the language of a page writes them."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources.money.currencies import SYMBOLS, digits, formatted

# How languages write numbers: the mark between thousands, that before decimals, and the place of the currency.
_BEHIND, _BEFORE = "{number}\u00a0{symbol}", "{symbol}\u00a0{number}"
_GROUPS: Mapping[tuple[str, str, str], str] = {
    (".", ",", _BEHIND): "da de el es hr it ro sl vi",
    ("\u00a0", ",", _BEHIND): "bg cs et fi hu lt lv nb pl pt ru sk sv",
    ("\u202f", ",", _BEHIND): "fr fr-CA",
    (".", ",", _BEFORE): "id nl pt-BR",
    (".", ",", "{symbol}{number}"): "tr",
}
_FORMS = {language: form for form, languages in _GROUPS.items() for language in languages.split()}


def language_of(locale: object) -> str:
    """The language of a page with a `locale`; that of `auto` is English, whatever the browser prefers."""
    return str(locale) if locale and locale != "auto" else "en"


def localized(amount: int, currency: str, locale: object) -> str:
    """An amount in minor units, as a locale writes it: `1.234,50 €`. A locale without a row is as English."""
    form = _FORMS.get(language_of(locale))
    if form is None:
        return formatted(amount, currency)
    thousands, point, place = form
    decimals = digits(currency)
    number = f"{abs(amount) / 10**decimals:,.{decimals}f}".translate({ord(","): thousands, ord("."): point})
    sign = "-" if amount < 0 else ""
    return sign + place.format(number=number, symbol=SYMBOLS.get(currency, currency.upper()))
