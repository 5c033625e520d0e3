"""The rows of PDF documents of billing: facts, both parties, the table of lines, sums and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import zip_longest

from emulator.model.declaration.endpoint import Scope
from emulator.resources.billing.base.countries import COUNTRIES
from emulator.resources.connect.accounts.settings import business_profile
from emulator.resources.money.currencies import formatted
from emulator.resources.money.holders import account_of
from emulator.schema.trees import hash_in, integer
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.pdf import LEFT, RIGHT, Cell, Row, wrapped

_VALUE, _CUSTOMER = 150, 300  # where the values of facts and the address of the customer begin
_QUANTITY, _PRICE, _SUM = 370, 465, 345  # where columns of numbers end, and where the names of sums begin


class Line(NamedTuple):
    """One line: the item, its quantity, period and price, and the amount. What does not apply is empty."""

    name: str
    quantity: str
    price: str
    period: str
    amount: str

    @property
    def details(self) -> str:
        """The period, and the quantity with the price of more than one."""
        several = f"{self.quantity} \u00d7 {self.price}" if self.quantity not in ("", "1") and self.price else ""
        return ", ".join(filter(None, (self.period, several)))


class Parties(NamedTuple):
    """The seller and the customer, each as lines of a name, an address and how to reach them."""

    seller: Iterable[str]
    customer: Iterable[str]


def money(fields: Mapping[str, Json], amount: int) -> str:
    """An amount in the currency of an object."""
    return formatted(amount, str(fields["currency"]))


def date(at: Json) -> str:
    """`November 14, 2023`, as on all pages."""
    return f"{datetime.fromtimestamp(at, UTC):%B %-d, %Y}" if isinstance(at, int) else ""


def interval(recurring: Mapping[str, Json]) -> str:
    """`per month`, `every 3 months`."""
    count, name = integer(recurring, "interval_count", 1), str(recurring.get("interval"))
    return f"per {name}" if count == 1 else f"every {count} {name}s"


def seller(scope: Scope, name: Json) -> list[str]:
    """The account of a scope under the name that its invoices show, at its support address or that of its company."""
    account = account_of(scope.sandbox, scope.owner)
    profile = business_profile(account)
    place = hash_in(profile, "support_address") or hash_in(hash_in(account.fields, "company"), "address")
    reached = [str(profile[key]) for key in ("support_email", "support_phone") if profile.get(key)]
    return [str(name or profile.get("name") or "Sandbox"), *address(place), *reached]


def address(found: Mapping[str, Json]) -> list[str]:
    """The lines of an address: street, postal code with the city and the state, country."""
    place = " ".join(str(found[name]) for name in ("postal_code", "city", "state") if found.get(name))
    country = str(found.get("country") or "")
    lines = (found.get("line1"), found.get("line2"), place, COUNTRIES.get(country, country))
    return [str(each) for each in lines if each]


def facts(named: Mapping[str, str]) -> Iterator[Row]:
    """A row for each fact that is known."""
    for name, value in named.items():
        shown = wrapped(value, RIGHT - _VALUE) if value else []
        for number, line in enumerate(shown):
            yield Row([Cell("" if number else name, bold=True), Cell(line, _VALUE)])


def parties(both: Parties) -> Iterator[Row]:
    """The seller and the customer side by side."""
    left, right = (
        [line for each in side if each for line in wrapped(each, width)]
        for side, width in ((both.seller, _CUSTOMER - LEFT - 10), (both.customer, RIGHT - _CUSTOMER))
    )
    yield from (Row(), Row([Cell("From", bold=True), Cell("Bill to", _CUSTOMER, bold=True)]))
    for one, other in zip_longest(left, right, fillvalue=""):
        yield Row([Cell(one), Cell(other, _CUSTOMER)])


def headline(text: str, note: str = "", link: str = "") -> Iterator[Row]:
    """The amount that matters, in large, and a link below."""
    yield from (Row(), Row([Cell(text, size=14, bold=True)]))
    if link:
        yield Row([Cell(note, link=link)])


def table(lines: Iterable[Line]) -> Iterator[Row]:
    """The lines in four columns."""
    names, columns = ("Qty", "Unit price", "Amount"), (_QUANTITY, _PRICE, RIGHT)
    titles = [Cell(name, left, bold=True, ends=True) for name, left in zip(names, columns, strict=True)]
    yield from (Row(), Row([Cell("Description", bold=True), *titles], rule=True))
    for line in lines:
        first, *others = wrapped(line.name, _QUANTITY - LEFT - 30)
        numbers = zip((line.quantity, line.price, line.amount), columns, strict=True)
        yield Row([Cell(first), *(Cell(value, left, ends=True) for value, left in numbers)])
        yield from (Row([Cell(each)]) for each in others)
        if line.period:
            yield Row([Cell(line.period, size=9)])
    yield Row(rule=True)


def sums(named: Mapping[str, str], last: str) -> Iterator[Row]:
    """The sums below the lines, the `last` one in bold."""
    for name, value in named.items():
        yield Row([Cell(name, _SUM, bold=name == last), Cell(value, RIGHT, bold=name == last, ends=True)])


def paragraphs(*texts: Json) -> Iterator[Row]:
    """Texts of the seller, such as a memo and a footer."""
    for each in filter(None, texts):
        yield Row()
        yield from (Row([Cell(line)]) for line in wrapped(str(each), RIGHT - LEFT))
