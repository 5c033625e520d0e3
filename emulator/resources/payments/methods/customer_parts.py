"""The parts of a customer shown only when expanded: payment sources, subscriptions, tax ids, cash, tax location."""

from __future__ import annotations

from typing import Any, cast

from emulator.model.answering.paging import DEFAULT_LIMIT
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.billing.base.tax_locations import collects, location_of
from emulator.resources.generic.base import lists
from emulator.resources.payments.methods import customer_balances
from emulator.resources.payments.methods.method_state import CUSTOMER
from emulator.store.table import Row
from emulator.wire.json import Json

HIDDEN = ("cash_balance", "invoice_credit_balance", "sources", "subscriptions", "tax", "tax_ids")
LISTS = ("sources", "subscriptions", "tax_ids")


def included(call: Call, customer: str, name: str) -> Json:
    """A field that is shown only when expanded."""
    row = objects.get(call.scope, CUSTOMER, customer)
    made = {
        "cash_balance": _cash_balance,
        "invoice_credit_balance": _no_credit,
        "sources": _sources,
        "subscriptions": _listed,
        "tax": _tax,
        "tax_ids": _listed,
    }.get(name)
    return made(call, row, name) if made and row else None


def _cash_balance(call: Call, row: Row[bytes], _: str) -> Json:
    found = objects.get(call.scope, customer_balances.CASH, row.id)
    empty: Row[bytes] = Row(call.owner, row.id, -1, call.now, row.id, (), b"{}")
    return objects.shown(call.scope, customer_balances.CASH, found or empty)


def _no_credit(_: Call, __: Row[bytes], ___: str) -> Json:
    """The credit for invoices by currency: none (observed, for customers with and without a balance)."""
    return {}


def _sources(call: Call, row: Row[bytes], _: str) -> Json:
    from emulator.resources.payments.methods import sources  # noqa: PLC0415 - and all cards, for few requests

    rows = list(sources.of_customer(call.scope, row.id))
    shown = [sources.shown(call.sandbox, each) for each in rows[:DEFAULT_LIMIT]]
    return _list(shown, len(rows), f"/v1/customers/{row.id}/sources")


def _listed(call: Call, row: Row[bytes], name: str) -> Json:
    found = cast("Fields", lists.children(call.sandbox, row, CUSTOMER, name, call.now))
    shown = cast("list[Json]", found["data"])[:DEFAULT_LIMIT]
    count = lists.count_children(call.sandbox, row, CUSTOMER, name)
    return _list(shown, count, f"/v1/customers/{row.id}/{name}")


def _list(shown: list[Any], count: int, url: str) -> Json:
    """A list inside a customer, with `total_count` (observed)."""
    return {"object": "list", "data": shown, "has_more": count > len(shown), "total_count": count, "url": url}


def _tax(call: Call, row: Row[bytes], __: str) -> Json:
    """The tax location of a customer, and whether taxes are collected there (official)."""
    found = location_of(call.scope, decode(row))
    supported = found is not None and collects(call.scope, found.country)
    known = "supported" if supported else "not_collecting" if found else "unrecognized_location"
    return {
        "automatic_tax": known,
        "ip_address": None,
        "location": {"country": found.country, "source": found.source, "state": found.state} if found else None,
        "provider": "stripe",
    }
