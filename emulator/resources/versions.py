"""Changes of objects in a response that depend on the API version of the request, betas included.

New names come to every version by date, so the newest shape is rendered for all; a function here makes the difference
where Stripe's depends on the version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from emulator.catalog import versions
from emulator.catalog.versions import Version
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

Node = Mapping[str, Json]
EVENT = "event"  # its object has the version of the event


Find = Callable[[str, str], Json]
Apply = Callable[[Node, Find], Node]


def nothing(_: str, __: str) -> Json:
    """No object is found."""
    return None


class Change(NamedTuple):
    """A change of the objects of one name, at the versions to which it applies; it may find objects by name and id."""

    name: str
    applies: Callable[[Version], bool]
    apply: Apply


Register = Callable[[Apply], Apply]
CHANGES: list[Change] = []


@lru_cache(maxsize=256)
def _changes(text: str) -> tuple[Change, ...]:
    version = versions.parse(text)
    return tuple(change for change in CHANGES if change.applies(version))


def with_beta(beta: str, name: str) -> Register:
    """Register a change of the objects `name` for versions with a beta, such as `some_beta=v1`."""
    return _registered(name, lambda version: beta in version.betas)


def before(date: str, name: str) -> Register:
    """Register a change of the objects `name` for versions before a date."""
    return _registered(name, lambda version: version.date < date)


def _registered(name: str, applies: Callable[[Version], bool]) -> Register:
    def register(apply: Apply) -> Apply:
        CHANGES.append(Change(name, applies, apply))
        _changes.cache_clear()  # modules of resources are imported when they are first used
        return apply

    return register


def in_order(node: Node) -> Node:
    """An object with its names in Stripe's order: `id` and `object`, then the others by the alphabet."""
    own = {name: node[name] for name in ("id", "object") if name in node}
    return {**own, **dict(sorted((name, value) for name, value in node.items() if name not in own))}


@with_beta("risk_in_requirements_beta=v1", "account")
def risk_controls(account: Node, _: Find) -> Node:
    """Accounts whose requirements the platform collects show pauses of charges and payouts (observed)."""
    controller = account.get("controller")
    if not isinstance(controller, Mapping) or controller.get("requirement_collection") != "application":
        return account
    paused: Json = {name: {"pause_requested": False} for name in ("charges", "payouts")}
    return in_order({**account, "risk_controls": paused})


@before("2025-03-31", "payment_intent")
@before("2025-03-31", "charge")
def invoice(payment: Node, find: Find) -> Node:
    """Before basil, payments show the invoice that they pay (official)."""
    intent = payment.get("id") if payment.get("object") == "payment_intent" else payment.get("payment_intent")
    paid = find("invoice_of_intent", str(intent.get("id") if isinstance(intent, Mapping) else intent))
    return in_order({**payment, "invoice": paid.get("id") if isinstance(paid, Mapping) else None})


@before("2022-08-01", "customer")
def default_currency(customer: Node, _: Find) -> Node:
    """Before 2022-08-01, customers show their currency under a second name (observed)."""
    return customer if customer.get("deleted") else in_order({**customer, "default_currency": customer.get("currency")})


@before("2025-09-30", "discount")
def coupon(discount: Node, find: Find) -> Node:
    """Before clover, discounts have the whole coupon instead of their source (official)."""
    return _with_coupon(discount, "source", find)


@before("2025-09-30", "promotion_code")
def coupon_of_code(code: Node, find: Find) -> Node:
    """Before clover, promotion codes have the whole coupon instead of their promotion (official)."""
    return _with_coupon(code, "promotion", find)


def _with_coupon(node: Node, newer: str, find: Find) -> Node:
    """An object with the whole coupon instead of the hash that names it."""
    named = node.get(newer)
    known = named.get("coupon") if isinstance(named, Mapping) else None
    found = find("coupon", known) if isinstance(known, str) else known
    return in_order({**{name: value for name, value in node.items() if name != newer}, "coupon": found})


@before("2025-03-31", "price")
def aggregate_usage(price: Node, _: Find) -> Node:
    """Before basil, recurring prices show how usage records were aggregated (official)."""
    recurring = price.get("recurring")
    return (
        {**price, "recurring": in_order({**recurring, "aggregate_usage": None})}
        if isinstance(recurring, Mapping)
        else price
    )


@before("2025-03-31", "plan")
def aggregate_usage_of_plan(plan: Node, _: Find) -> Node:
    """Before basil, plans show how usage records were aggregated (observed)."""
    return plan if plan.get("deleted") else in_order({**plan, "aggregate_usage": None})


def at_version(version: Version, response: Json, find: Find = nothing) -> Json:
    """The response as a version shows it. Parts that do not change are shared with the response."""
    changes = _changes(version.text)
    return _changed(response, changes, find) if changes else response


def _changed(value: Json, changes: tuple[Change, ...], find: Find) -> Json:
    if isinstance(value, Mapping):
        if value.get("object") == EVENT:
            return value
        node: Node = {name: _changed(inner, changes, find) for name, inner in value.items()}
        for change in changes:
            if node.get("object") == change.name:
                node = change.apply(node, find)
        return dict(node)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_changed(each, changes, find) for each in value]
    return value
