"""Credit grants pay for the usage on an invoice when it is finalized, before taxes."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.usage import credit_grants, credit_transactions
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json


class CreditedLine(Private, total=False):
    """What a line of an invoice keeps: the amounts of grants that pay for it, as `pretax_credit_amounts` shows them."""

    _credits: list[Fields]


def credits_of(line: Mapping[str, Json]) -> list[Fields]:
    """The amounts of grants that pay for a line."""
    return private(CreditedLine, line).get("_credits", [])


def applied(scope: Scope, invoice: str, fields: Mapping[str, Json]) -> list[Fields]:
    """The lines of an invoice with the credit that pays for them, which is taken from the grants."""
    lines, grants = list_in(hash_in(fields, "lines"), "data"), _grants(scope, fields)
    return [{**line, **_paid(scope, grants, invoice, line)} for line in lines] if grants else []


def _grants(scope: Scope, fields: Mapping[str, Json]) -> list[Row[bytes]]:
    return credit_grants.usable(scope, str(fields.get("customer")), str(fields.get("currency")))


def _paid(scope: Scope, grants: list[Row[bytes]], invoice: str, line: Mapping[str, Json]) -> Fields:
    price = str(hash_in(hash_in(line, "pricing"), "price_details").get("price"))
    if not _is_usage(scope, line, price):
        return {}
    left = integer(line, "amount") - sum(integer(each, "amount") for each in list_in(line, "discount_amounts"))
    taken: list[Fields] = []
    for grant in grants:
        amount = min(left, credit_transactions.balance(scope, grant))
        if amount > 0 and credit_grants.is_for(shared(grant), price):
            paid = credit_transactions.apply(scope, grant, amount, invoice, str(line["id"]))
            kind = "credit_balance_transaction"
            taken.append({"amount": amount, kind: paid, "type": kind})
            left -= amount
    return kept(CreditedLine(_credits=taken))


def _is_usage(scope: Scope, line: Mapping[str, Json], price: str) -> bool:
    """Whether a line is that of a metered item of a subscription."""
    row = objects.get(scope, "price", price)
    recurring = hash_in(shared(row), "recurring") if row is not None else {}
    return recurring.get("usage_type") == "metered" and bool(
        hash_in(hash_in(line, "parent"), "subscription_item_details")
    )


def changed(scope: Scope, before: Row[bytes], after: Row[bytes]) -> None:
    """Follows a change of an invoice: one that is void gives its credit back (official)."""
    if shared(after).get("status") == "void" != shared(before).get("status"):
        credit_transactions.give_back(scope, after.id)
