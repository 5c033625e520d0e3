"""Components that only show objects: tax registrations, issued cards, financial accounts and their transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from emulator.connect_js.access import Grant
from emulator.connect_js.items import SHOWN, Item, scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.resources.billing.base.countries import COUNTRIES
from emulator.resources.money.currencies import formatted
from emulator.schema.trees import hash_in, integer
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple


class Record(NamedTuple):
    """The objects of a component: what stands in front of each and beside it.

    `prop` is the property of the element that names the value that `field` of a shown object has.
    """

    kind: str
    headline: Callable[[Fields], str]
    about: Callable[[Fields], Iterable[Json]]
    prop: str = ""
    field: str = "id"

    def items(self, grant: Grant) -> list[Item]:
        """The newest objects of the account."""
        wanted = grant.props.get(self.prop)
        newest = grant.sandbox.table(self.kind).newest(grant.account.id)
        found = (objects.shown(scope(grant), self.kind, row) for row in newest)
        matching = (fields for fields in found if not wanted or fields[self.field] == wanted)
        return [self._item(fields) for fields in islice(matching, SHOWN)]

    def _item(self, fields: Fields) -> Item:
        about = tuple(str(each) for each in self.about(fields) if each)
        return Item(str(fields["id"]), self.kind, self.headline(fields), str(fields["status"]), about)


def _country(registration: Fields) -> str:
    country = str(registration["country"])
    return COUNTRIES.get(country, country)


def _of_country(registration: Fields) -> Iterable[Json]:
    """The kind of a registration, and the state that it is for: `state sales tax`, `CA`."""
    options = hash_in(hash_in(registration, "country_options"), str(registration["country"]).lower())
    return str(options.get("type") or "").replace("_", " "), options.get("state")


def _card(card: Fields) -> str:
    return f"{card.get('brand') or 'Card'} \u2022\u2022\u2022\u2022 {card.get('last4')}"


def _holder(card: Fields) -> Iterable[Json]:
    return hash_in(card, "cardholder").get("name"), card.get("type")


def _cash(account: Fields) -> str:
    """The money of a financial account: `$10.00, €5.00`, or its currency without any."""
    cash = hash_in(hash_in(account, "balance"), "cash")
    currencies = account.get("supported_currencies")
    named = map(str, currencies) if isinstance(currencies, list) else iter(cash)
    return ", ".join(formatted(integer(cash, currency), currency) for currency in named)


def _moved(transaction: Fields) -> str:
    return formatted(integer(transaction, "amount"), str(transaction["currency"]))


def _flow(transaction: Fields) -> Iterable[Json]:
    return transaction.get("description"), str(transaction.get("flow_type") or "").replace("_", " ")


_CARDS = Record("issuing.card", _card, _holder)
_ACCOUNTS = Record("treasury.financial_account", _cash, lambda fields: [fields.get("country")])
RECORDS: Mapping[str, Record] = {
    "financial-account": _ACCOUNTS._replace(prop="financialAccount"),
    "financial-account-transactions": Record(
        "treasury.transaction", _moved, _flow, "financialAccount", "financial_account"
    ),
    "financial-accounts": _ACCOUNTS,
    "issuing-card": _CARDS._replace(prop="defaultCard"),
    "issuing-cards-list": _CARDS,
    "tax-registrations": Record("tax.registration", _country, _of_country),
}
