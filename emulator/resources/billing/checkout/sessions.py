"""`/v1/checkout/sessions`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.errors import StripeError
from emulator.model.answering.verbs import V1
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource, Shared
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, rendered, shared, stored
from emulator.resources.billing.base.clocks import Life
from emulator.resources.billing.base.old_parameters import old_session_params
from emulator.resources.billing.base.old_sessions import DAHLIA, LAZY_SINCE, UI_MODES
from emulator.resources.billing.checkout import completing, creation, items
from emulator.resources.billing.checkout.checks import check_items, check_total
from emulator.resources.billing.checkout.creation import SESSION
from emulator.resources.billing.checkout.kept import SessionState
from emulator.resources.billing.products import shipping
from emulator.resources.billing.products.breakdowns import BREAKDOWN, breakdown
from emulator.resources.generic.base import lists
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.schema.check import Value
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json
from emulator.wire.timestamps import DAY

OPEN, COMPLETE, EXPIRED = "open", "complete", "expired"
ABSENT = frozenset(
    "excluded_payment_method_types line_items name_collection optional_items presentment_details "
    "redirect_on_completion return_url tax_id_collection".split()
)
RECOVERY = 30 * DAY  # seconds in which an expired session can be recovered (official)
# An unknown session of a request: the usual one.
UNKNOWN: Mapping[str, Json] = {
    "mode": "payment",
    "status": OPEN,
    "payment_status": "unpaid",
    "success_url": "https://example.com/success",
    "payment_method_types": ["card"],
    "currency": "usd",
    "amount_subtotal": 1000,
    "amount_total": 1000,
    "metadata": {},
}


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    """The session; its line items show only when they are expanded."""
    body = rendered(SESSION, ABSENT, sandbox, row, shared(row))
    body.pop(items.LINES, None)
    return body


def _include(call: Call, identifier: str, name: str) -> Json:
    """A field that only an expansion shows: the line items, or the discounts and taxes of the totals."""
    row = objects.row(call.scope, SESSION, identifier)
    if row is not None and name == BREAKDOWN:
        return breakdown(call, row)
    return lists.include("/v1/checkout/sessions", SESSION, call, identifier, name)


def _missing(_: Resource[Any], call: Call, template: str) -> StripeError:
    return errors.no_such_session(call.path[template])


def _new_id(_: Call, data: bytes) -> str:
    return private(SessionState, shared(Row("", "", 0, 0, None, (), data)))["_id"]


# --- changes ------------------------------------------------------------------------------------------------------


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/checkout/sessions/{session}. Raises StripeError."""
    known = decode(row)
    if call.params.keys() - {"metadata", "expand"} and known["status"] != OPEN:
        raise errors.session_over(str(known["status"]))
    after = {**known, "metadata": fields.get("metadata")}
    sent = hash_in(call.params, "collected_information")
    if sent:
        collected = {**hash_in(known, "collected_information"), **hash_in(fields, "collected_information")}
        after["collected_information"] = collected
    if "shipping_options" in call.params:
        offered = shipping.options_of(call, str(known["currency"]))
        after |= {"shipping_options": cast("Json", offered), "shipping_cost": None}
        after |= {"shipping_cost": shipping.cost(offered[0])} if offered else {}
    found = _changed_items(call, known) if list_in(call.params, items.LINES) else items.of(known)
    return after if known["mode"] == "setup" else {**after, **repriced(after, found)}


def _changed_items(call: Call, known: Fields) -> list[Fields]:
    """The items of an update: those that it names keep their prices, others are new. Raises StripeError."""
    old = {str(each["id"]): each for each in items.of(known)}
    found: list[Fields] = []
    for place, each in enumerate(items.sent_in(call.params)):
        kept = old.get(str(each.get("id")))
        if each.get("id") and kept is None:
            raise errors.no_such("line item", str(each["id"]), f"line_items[{place}][id]")
        if kept is None or each.get("price") or each.get("price_data"):
            found += items.new(call, [{"quantity": cast("Value", (kept or {}).get("quantity")), **each}])
        else:
            found.append({**kept, "quantity": integer(each, "quantity", integer(kept, "quantity"))})
    check_items(str(known["mode"]), found)
    return found


def repriced(fields: Fields, found: list[Fields]) -> Fields:
    """The amounts of a session with these items, its discounts and its shipping. Raises StripeError."""
    coupons = private(SessionState, fields).get("_coupons", [])
    totals = items.totals(found, coupons, integer(hash_in(fields, "shipping_cost"), "amount_total"))
    if fields["mode"] == "payment":
        check_total(totals.total, str(fields["currency"]))
    nothing_due = fields["mode"] == "payment" and totals.total == 0
    return {**totals.fields, "payment_status": "no_payment_required" if nothing_due else "unpaid"}


def _expire(call: Call, row: Row[bytes], _: Fields) -> Fields:
    """POST /v1/checkout/sessions/{session}/expire. Raises StripeError."""
    fields = decode(row)
    if fields["status"] != OPEN:
        raise errors.session_not_open(str(fields["status"]))
    return expired(call.scope, fields)


def expired(scope: Scope, fields: Fields) -> Fields:
    """A session after it has expired, with the URL at which it can be recovered, if it asks for one."""
    completing.end(scope, fields)
    after = {**fields, "status": EXPIRED, "url": None}
    recovery = hash_in(hash_in(fields, "after_expiration"), "recovery")
    if not recovery.get("enabled"):
        return after
    own = private(SessionState, fields)
    url = f"{own.get('_address')}/r/{own['_id']}"
    ends = scope.now + RECOVERY
    return {**after, "after_expiration": {"recovery": {**recovery, "expires_at": ends, "url": url}}}


def _due(row: Row[bytes]) -> Iterable[int]:
    fields = shared(row)
    return [integer(fields, "expires_at")] if fields["status"] == OPEN and "expires_at" in fields else []


def _elapse(scope: Scope, row: Row[bytes]) -> None:
    objects.replace(scope, SESSION, row, expired(scope, decode(row)))


LIFE = Life(SESSION, _due, _elapse)

# --- events, filters and versions ---------------------------------------------------------------------------------


def _events(found: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """A session that is completed, expires, or whose payment ends later."""
    if diff.before is None or diff.after is None:
        return
    name = _event(shared(diff.before), shared(diff.after))
    if name is not None:
        owner = diff.after.owner
        account = None if owner == diff.sandbox.platform_id else owner
        yield snapshot(f"{SESSION}.{name}", account, None, diff.render(found, diff.after, diff.now))


def _event(was: Shared, now: Shared) -> str | None:
    if was["status"] != now["status"]:
        return {COMPLETE: "completed", EXPIRED: EXPIRED}.get(str(now["status"]))
    before, after = (private(SessionState, each).get("_async") for each in (was, now))
    return f"async_payment_{after}" if after and after != before else None


def _is_of_email(row: Row[bytes], value: Value) -> bool:
    email = hash_in(shared(row), "customer_details").get("email")
    return isinstance(value, dict) and email == value.get("email")


def _create_params(version: Version) -> spec.Object:
    """The parameters of a create: `ui_mode` has other words before dahlia, and lines have amounts before 2022-08-01."""
    known = catalog.operation("PostCheckoutSessions").params.params
    if version.date >= DAHLIA:
        return spec.Object(dict(known))
    words = {"ui_mode": spec.Param(spec.Enum(tuple(sorted(UI_MODES))))}
    return old_session_params({**known, **words}) if version.date < LAZY_SINCE else spec.Object({**known, **words})


SESSIONS = stored(
    SESSION,
    "cs",
    noun=SESSION,
    style=V1._replace(missing=_missing),
    param="session",
    private=SessionState,
    new_id=_new_id,
    absent=ABSENT,
    request_only=creation.REQUEST_ONLY,
    filters=["customer", "customer_account", "payment_intent", "payment_link", "status", "subscription"],
    matches={"customer_details": _is_of_email},
    create=creation.fields_of,
    update=_update,
    actions={"expire": _expire},
    unknown=lambda _, identifier, __: {**UNKNOWN, **kept(SessionState(_id=identifier))},
    render=_render,
    include=_include,
    events=_events,
    timer=LIFE.timer,
    elapse=LIFE.by_itself,
    params={"create": _create_params},
)
RESOURCES = (SESSIONS,)
