"""Payments, customers and tokens of older API versions, each change with the version that ends it.

The find that a change is given also finds the lists that newer versions show only when expanded.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.versions import Find, Node, before, in_order
from emulator.wire.json import Json

INVOICE = "expandable invoice"


@before("2025-03-31", "payment_intent", {"invoice?": INVOICE})
@before("2025-03-31", "charge", {"invoice?": INVOICE})
def invoice(payment: Node, find: Find) -> Node:
    """Before basil, payments show the invoice that they pay (official)."""
    intent = payment.get("id") if payment.get("object") == "payment_intent" else payment.get("payment_intent")
    paid = find("invoice_of_intent", str(intent.get("id") if isinstance(intent, Mapping) else intent))
    return in_order({**payment, "invoice": paid.get("id") if isinstance(paid, Mapping) else None})


@before("2024-04-10", "charge")
def amount_updates(charge: Node, _: Find) -> Node:
    """Charges list the updates of their amount (observed with 2023-10-16; until which version is our choice)."""
    return in_order({**charge, "amount_updates": []})


@before("2022-11-15", "payment_intent", {"charges!+": {"list of": "@charge"}})
def charges(intent: Node, find: Find) -> Node:
    """Before 2022-11-15, payment intents show all of their charges, but not to publishable keys (observed)."""
    found = find("charges_of_intent", str(intent.get("id")))
    return in_order({**intent, "charges": found}) if found is not None else intent


@before("2022-11-15", "charge")
def refunds(charge: Node, find: Find) -> Node:
    """Before 2022-11-15, charges show their refunds (observed)."""
    return in_order({**charge, "refunds": find("refunds_of_charge", str(charge.get("id")))})


@before("2022-08-01", "customer")
def default_currency(customer: Node, _: Find) -> Node:
    """Before 2022-08-01, customers show their currency under a second name (observed)."""
    return _and(customer, {"default_currency": customer.get("currency")})


@before("2020-08-27", "customer")
def lists(customer: Node, find: Find) -> Node:
    """Before 2020-08-27, customers show the lists that newer versions show only when expanded (official)."""
    found = find("lists_of_customer", str(customer.get("id")))
    return _and(customer, found) if isinstance(found, Mapping) else customer


@before("2019-12-03", "customer")
def tax_info(customer: Node, _: Find) -> Node:
    """Before 2019-12-03, customers have one tax id and its verification (official); both are always null here."""
    return _and(customer, {"tax_info": None, "tax_info_verification": None})


@before("2019-10-17", "customer")
def account_balance(customer: Node, _: Find) -> Node:
    """Before 2019-10-17, customers show their balance under a second name (official)."""
    return _and(customer, {"account_balance": customer.get("balance")})


@before("2015-02-18", "customer")
def cards(customer: Node, _: Find) -> Node:
    """Before 2015-02-18, customers show their cards a second time, under the names of that time (official)."""
    return _and(customer, {"cards": _cards(customer.get("sources")), "default_card": customer.get("default_source")})


@before("2015-02-18", "charge")
def paid(charge: Node, _: Find) -> Node:
    """Before 2015-02-18, charges have a card, and a successful one is `paid` (official)."""
    source, status = charge.get("source"), charge.get("status")
    card = source if isinstance(source, Mapping) and source.get("object") == "card" else None
    return in_order({**charge, "card": card, "status": "paid" if status == "succeeded" else status})


@before("2015-02-18", "token")
def customer_of_card(token: Node, _: Find) -> Node:
    """The card of a token has a customer (observed with 2014-12-08; until which version is our choice)."""
    card = token.get("card")
    return {**token, "card": in_order({"customer": None, **card})} if isinstance(card, Mapping) else token


@before("2014-12-17", "charge")
def statement_description(charge: Node, _: Find) -> Node:
    """Before 2014-12-17, the statement descriptor has its older name (official)."""
    return in_order({**charge, "statement_description": charge.get("statement_descriptor")})


def _and(customer: Node, more: Mapping[str, Json]) -> Node:
    return customer if customer.get("deleted") else in_order({**customer, **more})


def _cards(sources: Json) -> Json:
    """The cards of a list of sources, as a list of their own."""
    shown = sources.get("data") if isinstance(sources, Mapping) else None
    if not isinstance(sources, Mapping) or not isinstance(shown, list):
        return None
    data = [each for each in shown if isinstance(each, Mapping) and each.get("object") == "card"]
    url = str(sources.get("url")).replace("sources", "cards")
    return {**sources, "data": data, "total_count": len(data), "url": url}
