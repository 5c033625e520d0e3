"""Billing before basil's three years: what API versions up to 2024-04-10 show, each with the version that ends it."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.versions import Find, Node, before, in_order
from emulator.wire.json import Json

CHARGE_AUTOMATICALLY = "charge_automatically"


@before("2024-04-10", "invoice")
def rendering_options(invoice: Node, _: Find) -> Node:
    """Before 2024-04-10, invoices show how amounts are rendered under a second name (official)."""
    rendering = invoice.get("rendering")
    amounts = rendering.get("amount_tax_display") if isinstance(rendering, Mapping) else None
    return _and(invoice, {"rendering_options": {"amount_tax_display": amounts} if amounts else None})


@before("2020-08-27", "plan")
def tiers(plan: Node, find: Find) -> Node:
    """Before 2020-08-27, plans show their tiers unexpanded (official)."""
    found = find("tiers_of_plan", str(plan.get("id")))
    return _and(plan, found if isinstance(found, Mapping) else {"tiers": None})


@before("2020-08-27", "subscription")
@before("2020-08-27", "invoice")
def tax_percent(node: Node, _: Find) -> Node:
    """Before 2020-08-27, one percentage could be all tax (official); null as with tax rates, which replaced it."""
    return _and(node, {"tax_percent": None})


@before("2019-12-03", "subscription")
def balance_settings(subscription: Node, _: Find) -> Node:
    """Before 2019-12-03, subscriptions say what becomes of the balance that a void invoice used (official)."""
    return _and(subscription, {"invoice_customer_balance_settings": {"consume_applied_balance_on_void": True}})


@before("2019-12-03", "line_item")
def unique_id(line: Node, _: Find) -> Node:
    """Before 2019-12-03, a line has the id of its item or one that begins with `sli_`, and a `unique_id` (official)."""
    if "type" not in line:
        return line
    own = str(line["id"])
    return in_order({**line, "id": line.get("invoice_item") or own.replace("il_", "sli_"), "unique_id": own})


@before("2018-05-21", "line_item")
def subscription_as_id(line: Node, _: Find) -> Node:
    """Before 2018-05-21, the line of a subscription has the id of the subscription (official)."""
    return {**line, "id": line.get("subscription") or line["id"]} if line.get("type") == "subscription" else line


@before("2019-10-17", "subscription")
@before("2019-10-17", "subscription_schedule")
@before("2019-10-17", "invoice")
def billing(node: Node, _: Find) -> Node:
    """Before 2019-10-17, the way to collect has a second name, and the start of a subscription too (official)."""
    start: dict[str, Json] = {"start": node.get("start_date")} if "start_date" in node else {}
    return _and(node, {"billing": node.get("collection_method") or CHARGE_AUTOMATICALLY, **start})


@before("2018-02-05", "plan")
def name_of_plan(plan: Node, find: Find) -> Node:
    """Before 2018-02-05, plans have the name and the statement descriptor of their product (official)."""
    product = find("product", str(plan.get("product")))
    shown: Mapping[str, Json] = product if isinstance(product, Mapping) else {}
    return _and(plan, {name: shown.get(name) for name in ("name", "statement_descriptor")})


@before("2014-12-17", "plan")
@before("2014-12-17", "invoice")
def statement_description(node: Node, _: Find) -> Node:
    """Before 2014-12-17, the statement descriptor has its older name (official)."""
    return _and(node, {"statement_description": node.get("statement_descriptor")})


def _and(node: Node, more: Mapping[str, Json]) -> Node:
    return node if node.get("deleted") else in_order({**node, **more})
