"""The inputs of forms as HTML. All text from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from emulator.hosted import countries

Values = Mapping[str, str]  # earlier input, by the names of inputs
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


def text(name: str, label: str, values: Values, **attributes: str) -> str:
    """A line of text with its label; its id is its name."""
    found = attributes | {"value": values.get(name, "")}
    shown = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in found.items())
    return f"<label class=field><span>{escape(label)}</span><input {_named(name)}{shown}></label>"


def select(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> str:
    """A list to choose from with its label, of values and their names."""
    shown = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(named)}</option>'
        for value, named in options
    )
    return f"<label class=field><span>{escape(label)}</span><select {_named(name)}>{shown}</select></label>"


def check(name: str, label: str, *, required: bool = False, checked: bool = False) -> str:
    """A box to check."""
    marks = (" required" if required else "") + (" checked" if checked else "")
    return f"<label><input type=checkbox {_named(name)}{marks}><span>{escape(label)}</span></label>"


def country(name: str, values: Values, codes: Iterable[str] | None = None) -> str:
    """A list of countries: the given ones, or all."""
    known = countries.named(codes)
    default = "US" if any(code == "US" for code, _ in known) else known[0][0]
    return select(name, "Country or region", known, values.get(name) or default)


def address(prefix: str, values: Values, codes: Iterable[str] | None = None, *, required: bool = True) -> str:
    """The inputs of an address, whose names begin with a prefix."""
    optional = OPTIONAL if required else tuple(ADDRESS)
    lines = "".join(
        text(f"{prefix}{part}", label, values, autocomplete=hint, **({} if part in optional else {"required": ""}))
        for part, (label, hint) in ADDRESS.items()
    )
    return country(f"{prefix}Country", values, codes) + lines
