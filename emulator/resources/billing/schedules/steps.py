"""The steps of a schedule on its subscription: it creates it, changes it when a phase begins, and ends or leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator.model.asking import requests
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.schedules.phases import intervals
from emulator.resources.billing.subscriptions import canceling
from emulator.resources.billing.subscriptions.base import invoice_items
from emulator.resources.billing.subscriptions.base.items import SUBSCRIPTION, items_of, period_of, sync
from emulator.resources.billing.subscriptions.base.states import BILLED, ENDED
from emulator.resources.billing.subscriptions.cycles import renew
from emulator.resources.billing.subscriptions.revising import RevisionTerms, revise
from emulator.resources.billing.subscriptions.updating import changed
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

SCHEDULE = "subscription_schedule"
# Fields of a phase, or of the default settings, that the subscription has under the same name.
SETTINGS = (
    "application_fee_percent",
    "collection_method",
    "default_payment_method",
    "description",
    "on_behalf_of",
    "transfer_data",
)


def phases_in(fields: Mapping[str, Json]) -> list[Fields]:
    """The stored phases of a schedule."""
    return cast("list[Fields]", list_in(fields, "phases"))


def place_of(fields: Mapping[str, Json]) -> int:
    """The place of the current phase."""
    current = hash_in(fields, "current_phase").get("start_date")
    return next(place for place, each in enumerate(phases_in(fields)) if each["start_date"] == current)


def current(phase: Mapping[str, Json]) -> Json:
    """The field `current_phase` during a phase."""
    return {"end_date": phase["end_date"], "start_date": phase["start_date"]}


# --- the parameters of a phase ------------------------------------------------------------------------------------


def parameters(fields: Mapping[str, Json], phase: Fields, now: int) -> Params:
    """The parameters of a subscription during a phase, without its items. Default settings fill what it lacks."""
    defaults = hash_in(fields, "default_settings")
    invoices = {**hash_in(defaults, "invoice_settings"), **_given(hash_in(phase, "invoice_settings"))}
    picked: Fields = {name: _first(phase.get(name), defaults.get(name)) for name in SETTINGS}
    own: dict[str, object] = {
        **picked,
        "add_invoice_items": [_extra(each, phase) for each in list_in(phase, "add_invoice_items")],
        "days_until_due": invoices.pop("days_until_due", None),
        "default_tax_rates": _ids(phase, "default_tax_rates"),
        "invoice_settings": _given(invoices),
        "metadata": phase.get("metadata"),
        "trial_end": phase.get("trial_end") if integer(phase, "trial_end") > now else None,
    }
    tax = hash_in(phase, "automatic_tax") or hash_in(defaults, "automatic_tax")
    own |= {"automatic_tax": {"enabled": True}} if tax.get("enabled") else {}
    sent = cast("Params", {name: value for name, value in own.items() if value not in (None, [], {})})
    discounts: Params = {"discounts": [_given(each) for each in list_in(phase, "discounts")]}
    return {**sent, **discounts}


def _first(*values: Json) -> Json:
    return next((value for value in values if value is not None), None)


def _given(fields: Mapping[str, object]) -> Params:
    return cast("Params", {name: value for name, value in fields.items() if value is not None})


def _ids(fields: Mapping[str, object], name: str) -> list[Json]:
    return [str(each["id"]) for each in list_in(fields, name)]


def _line(item: Mapping[str, object]) -> Params:
    """An item, or a one-time price, of a phase as a parameter."""
    sent = _given({name: item.get(name) for name in ("metadata", "price", "quantity")})
    more: dict[str, object] = {
        "discounts": [_given(each) for each in list_in(item, "discounts")],
        "tax_rates": _ids(item, "tax_rates"),
    }
    return {**sent, **cast("Params", {name: value for name, value in more.items() if value})}


def _extra(item: Mapping[str, object], phase: Fields) -> Params:
    """A one-time price of a phase as a parameter; its period may begin and end with the phase."""
    period: dict[str, Value] = {}
    for name, date in (("start", "start_date"), ("end", "end_date")):
        bound = hash_in(hash_in(item, "period"), name)
        whole = bound.get("type") == f"phase_{name}"
        period[name] = {"timestamp": integer(phase, date), "type": "timestamp"} if whole else _given(bound)
    return {**_line(item), "discountable": item.get("discountable") is not False, "period": period}


def items_for(phase: Fields, subscription: Mapping[str, Json]) -> list[Value]:
    """The items of a phase as parameters of an update: those of a known price stay, the others are replaced."""
    known = {str(hash_in(item, "price").get("id")): str(item["id"]) for item in items_of(subscription)}
    kept: list[Value] = []
    for each in list_in(phase, "items"):
        identifier = known.pop(str(each["price"]), None)
        line = _line(each)
        kept.append({"id": identifier, **{n: v for n, v in line.items() if n != "price"}} if identifier else line)
    dropped: list[Value] = [{"id": each, "deleted": True} for each in known.values()]
    return [*dropped, *kept]


# --- steps --------------------------------------------------------------------------------------------------------


def start(scope: Scope, row: Row[bytes], now: int) -> None:
    """Create the subscription of a schedule, which has its id already. Its first invoice stays a draft for an hour.

    Raises StripeError.
    """
    fields = decode(row)
    phase = phases_in(fields)[0]
    mode = hash_in(fields, "billing_mode")
    begins = integer(phase, "start_date")
    own: Params = {
        "billing_mode": _given({name: mode.get(name) for name in ("flexible", "type")}),
        "customer": str(fields["customer"]),
        "items": [_line(each) for each in list_in(phase, "items")],
        "schedule": row.id,
        **({"backdate_start_date": begins} if begins < now else {}),
    }
    sent: Params = {**parameters(fields, phase, now), **own}
    requests.create(scope.outside, SUBSCRIPTION, sent, identifier=str(fields["subscription"]))
    set_end(scope, decode(row))


def enter(scope: Scope, row: Row[bytes], phase: Fields, prorations: str) -> None:
    """Let a phase change the subscription of a schedule. Raises StripeError."""
    fields = decode(row)
    subscription = objects.get(scope, SUBSCRIPTION, str(fields.get("subscription") or ""))
    if subscription is None or shared(subscription).get("status") in ENDED:
        return
    before = decode(subscription)
    sent: Params = {**parameters(fields, phase, scope.now), "items": items_for(phase, before)}
    call = requests.call_of(scope.outside, sent)
    after = {**changed(call, subscription), "cancel_at": end_shown(fields)}
    anchored = phase.get("billing_cycle_anchor") or hash_in(fields, "default_settings").get("billing_cycle_anchor")
    restarts = anchored == "phase_start" or _other_interval(scope, before, phase)
    extras = tuple(invoice_items.requested(call, scope, after))
    trial = sent.get("trial_end")
    if _is_boundary(scope, before) and not isinstance(trial, int):
        _enter_between_periods(scope, subscription, after, extras, restarts=restarts)
    else:
        behavior = "none" if _is_boundary(scope, before) else prorations
        terms = RevisionTerms(
            behavior, restarts=restarts, trial_end=trial if isinstance(trial, int) else None, extras=extras
        )
        revise(scope, subscription, after, terms)


def _other_interval(scope: Scope, before: Fields, phase: Fields) -> bool:
    """Whether no item keeps its interval: the anchor is moved to the beginning of the phase (official)."""
    was = [hash_in(hash_in(item, "price"), "recurring") for item in items_of(before)]
    names = ("interval", "interval_count")
    old, new = ({tuple(each.get(n) for n in names) for each in found} for found in (was, intervals(scope, [phase])))
    return not old & new


def _is_boundary(scope: Scope, before: Fields) -> bool:
    """Whether all periods of a subscription end now, so that they are renewed next."""
    items = items_of(before)
    return before.get("status") in BILLED and all(period_of(item).end <= scope.now for item in items)


def _enter_between_periods(
    scope: Scope, row: Row[bytes], after: Fields, extras: tuple[Fields, ...], *, restarts: bool
) -> None:
    """Renew a subscription whose periods are over with the items of a phase, which begins right now."""
    for item in extras:
        invoice_items.add(scope, after, item, row.id)
    anchor: Fields = {"billing_cycle_anchor": scope.now} if restarts else {}
    sync(scope, row.id, items_of(decode(row)), items_of(after))
    renew(scope, row, {**after, **anchor})


def end_shown(fields: Fields) -> Json:
    """The time at which a subscription shows that its schedule ends it: in the last phase of one that cancels."""
    last = phases_in(fields)[-1]
    ends = fields.get("end_behavior") == "cancel" and current(last) == fields["current_phase"]
    return last["end_date"] if ends else None


def set_end(scope: Scope, fields: Fields) -> None:
    """Let the subscription of a schedule show when it ends."""
    row = objects.get(scope, SUBSCRIPTION, str(fields.get("subscription") or ""))
    at = end_shown(fields)
    if row is not None and shared(row).get("cancel_at") != at and shared(row).get("status") not in ENDED:
        objects.change(scope, SUBSCRIPTION, row, cancel_at=at)


def end(scope: Scope, fields: Fields) -> None:
    """Cancel the subscription of a schedule after the last phase, and bill the rest."""
    row = objects.get(scope, SUBSCRIPTION, str(fields.get("subscription") or ""))
    if row is not None and shared(row).get("status") not in ENDED:
        canceling.bill_rest(scope, row, decode(row))
        canceling.end(scope, row, hash_in(shared(row), "cancellation_details"))


def leave(scope: Scope, fields: Shared, *, keep_end: bool) -> None:
    """Release the subscription of a schedule, which goes on as it is."""
    row = objects.get(scope, SUBSCRIPTION, str(fields.get("subscription") or ""))
    if row is not None and shared(row).get("status") not in ENDED:
        kept: Fields = {} if keep_end else {"cancel_at": None}
        objects.change(scope, SUBSCRIPTION, row, schedule=None, **kept)
