"""The inputs of forms as HTML. All text from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from types import MappingProxyType

from emulator.resources.billing.base import countries

Values = Mapping[str, str]  # earlier input, by the names of inputs


class Form(dict[str, str]):
    """Earlier input with its errors, by the names of inputs."""

    def __init__(self, values: Values = MappingProxyType({}), problems: Values = MappingProxyType({})) -> None:
        super().__init__(values)
        self.problems = problems


ADDRESS = {
    "Line1": ("Address", "address-line1"),
    "Line2": ("Address line 2", "address-line2"),
    "City": ("City", "address-level2"),
    "State": ("State or province", "address-level1"),
    "PostalCode": ("ZIP or postal code", "postal-code"),
}
OPTIONAL = ("Line2", "State")


def _named(name: str) -> str:
    return f'id="{escape(name)}" name="{escape(name)}"'


def _field(name: str, label: str, tag: str, rest: str, values: Values) -> str:
    """A control with its label above, and its error below. `rest` is its HTML after the attributes of all."""
    marks, problem = _error(name, values)
    inner = f'<label for="{escape(name)}">{escape(label)}</label><{tag} {_named(name)}{marks}{rest}'
    return f"<div class=field>{inner}{problem}</div>"


def _error(name: str, values: Values) -> tuple[str, str]:
    """The attributes of a control with an error, and the error."""
    problem = values.problems.get(name) if isinstance(values, Form) else None
    if problem is None:
        return "", ""
    place = f"{escape(name)}-error"
    return f' aria-invalid=true aria-describedby="{place}"', f'<p class=error id="{place}">{escape(problem)}</p>'


def text(name: str, label: str, values: Values, *, beside: str = "", **attributes: str) -> str:
    """A line of text with its label; its id is its name. `beside` is HTML after it."""
    found = attributes | {"value": values.get(name, "")}
    shown = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in found.items())
    return _field(name, label, "input", f"{shown}>{beside}", values)


def card(values: Values, **attributes: str) -> str:
    """The inputs of a card. The script of the page writes the brand beside the number."""
    numeric = {"inputmode": "numeric", **attributes}
    brand = "<output class=mark id=cardBrand for=cardNumber></output>"
    shown = {"autocomplete": "cc-number", "placeholder": "1234 1234 1234 1234"}
    number = text("cardNumber", "Card number", values, beside=brand, **shown, **numeric)
    expiry = text("cardExpiry", "Expiry", values, autocomplete="cc-exp", placeholder="MM / YY", **numeric)
    cvc = text("cardCvc", "CVC", values, autocomplete="cc-csc", placeholder="CVC", **numeric)
    return f"{number}<div class=pair>{expiry}{cvc}</div>"


def select(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str, values: Values = Form()) -> str:  # noqa: B008 - nobody changes it
    """A list to choose from with its label, of values and their names."""
    shown = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(named)}</option>'
        for value, named in options
    )
    return _field(name, label, "select", f">{shown}</select>", values)


def check(name: str, label: str, values: Values) -> str:
    """A box to check."""
    marks, problem = _error(name, values)
    checked = " checked" if values.get(name) else ""
    return f"<label><input type=checkbox {_named(name)}{marks}{checked}><span>{escape(label)}</span></label>{problem}"


def country(name: str, values: Values, codes: Iterable[str] | None = None) -> str:
    """A list of countries: the given ones, or all."""
    known = countries.with_names(codes)
    default = "US" if any(code == "US" for code, _ in known) else known[0][0]
    return select(name, "Country or region", known, values.get(name) or default, values)


def address(prefix: str, values: Values, codes: Iterable[str] | None = None, *, required: bool = True) -> str:
    """The inputs of an address, whose names begin with a prefix."""
    optional = OPTIONAL if required else tuple(ADDRESS)
    lines = "".join(
        text(f"{prefix}{part}", label, values, autocomplete=hint, **({} if part in optional else {"required": ""}))
        for part, (label, hint) in ADDRESS.items()
    )
    return country(f"{prefix}Country", values, codes) + lines
