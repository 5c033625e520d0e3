"""`/v1/payment_methods`, and the payment methods of a customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.answering.paging import Page
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Diff, Fields, Resource, Shared
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, shared, stored
from emulator.resources.connect.accounts.external_accounts.input import expiry
from emulator.resources.payments.methods import method_state, payment_methods, sources
from emulator.resources.payments.methods.method_state import NAME, MethodState
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, merge
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

CUSTOMER = "customer"


def _create(call: Call) -> Json:
    """POST /v1/payment_methods. Raises StripeError."""
    if "payment_method" in call.params:
        return _shown(call, payment_methods.clone(call.scope, call.params))
    if "customer" in call.params:
        raise errors.customer_in_creation()
    return _shown(call, payment_methods.from_data(call, call.params))


def _retrieve(call: Call) -> Json:
    """GET /v1/payment_methods/{payment_method}. Raises StripeError."""
    return _shown(call, _named(call))


def _update(call: Call) -> Json:
    """POST /v1/payment_methods/{payment_method}. Raises StripeError."""
    row = _named(call)
    fields = decode(row)
    if not fields.get(CUSTOMER):
        raise errors.payment_method_unsaved()
    return _shown(call, objects.change(call.scope, NAME, row, **_updated(call, fields)))


def _updated(call: Call, fields: Fields) -> Fields:
    kind, params = str(fields["type"]), call.params
    changed: Fields = {}
    if "billing_details" in params:
        old = cast("Params", fields["billing_details"])
        changed["billing_details"] = payment_methods.billing_details(merge(old, hash_at(params, "billing_details")))
    if "metadata" in params:
        changed["metadata"] = dict(merged(cast("Mapping[str, str]", fields["metadata"]), params["metadata"]))
    if "allow_redisplay" in params:
        changed["allow_redisplay"] = str(params["allow_redisplay"])
    if isinstance(params.get(kind), dict):
        changed[kind] = _details(call, kind, cast("Params", fields[kind]))
    return changed


def _details(call: Call, kind: str, old: Params) -> Json:
    new = merge(old, hash_at(call.params, kind))
    if kind == "card":
        new = {**new, **expiry(new, call.now)}
    return cast("Json", new)


def _attach(call: Call) -> Json:
    """POST /v1/payment_methods/{payment_method}/attach. Raises StripeError."""
    _check_kind_of_owner(call)
    row, customer = _named(call), call.params.get(CUSTOMER)
    if not customer:
        raise errors.customer_to_attach_missing()
    validate = call.params.get("validate") is not False
    return _shown(call, payment_methods.attach(call.scope, row, _customer(call, str(customer)), validate=validate))


def _detach(call: Call) -> Json:
    """POST /v1/payment_methods/{payment_method}/detach. Raises StripeError."""
    return _shown(call, payment_methods.detach(call.scope, _named(call)))


def _list(call: Call) -> Json:
    """GET /v1/payment_methods: those of a customer, and none without one (observed). Raises StripeError."""
    _check_kind_of_owner(call)
    customer = call.params.get(CUSTOMER)
    source = verbs.source(PAYMENT_METHODS, call, _customer(call, str(customer)) if customer else "")
    page: Page[Row[Any]] = paging.page(call, source, noun="PaymentMethod", keep=verbs.kept(PAYMENT_METHODS, call))
    return paging.listing([_shown(call, row) for row in page.rows], call.url, has_more=page.has_more)


def _check_kind_of_owner(call: Call) -> None:
    """Refuse accounts of v2 as customers. Raises StripeError."""
    if call.params.get("customer_account"):
        raise errors.param_not_emulated(("customer_account",))


def _of_customer(call: Call) -> Json:
    """GET /v1/customers/{customer}/payment_methods/{payment_method}. Raises StripeError."""
    row = unknown.row(PAYMENT_METHODS, call.scope, call.path[NAME], call.path[CUSTOMER])
    if row is None or row.parent != call.path[CUSTOMER]:
        raise errors.payment_method_of_nobody()
    return _shown(call, row)


def _named(call: Call) -> Row[bytes]:
    return payment_methods.resolve(call.scope, call.path[NAME], status=404)


def _customer(call: Call, identifier: str) -> str:
    if objects.get(call.scope, CUSTOMER, identifier) is None:
        raise errors.no_such(CUSTOMER, identifier, CUSTOMER, other_mode=call.sandbox.other_mode_of(identifier))
    return identifier


def _shown(call: Call, row: Row[bytes]) -> Fields:
    return objects.shown(call.scope, NAME, row)


def _make(scope: Scope, identifier: str, parent: str | None) -> None:
    """Make the payment method of an id that nobody created; the id of a bank account makes one.

    In a later attempt of a request, such as an update, it belongs to a customer.
    """
    if parent is None and scope.sandbox.unknown_ids.attempt > 0:
        parent = objects.existing(scope, CUSTOMER, f"cus_{identifier.rpartition('_')[2]}").id
    objects.add(scope, NAME, identifier, sources.nobody_created(scope, identifier, parent), parent)


def _look_up(call: Call, identifier: str) -> Fields | None:
    """A payment method by its id; a test name in a parameter makes a new one."""
    row = payment_methods.find(call.scope, identifier)
    return _shown(call, row) if row else None


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The events of saving for a customer, of removing from one, and of updates; creation has none (observed).

    The bank's checks and the use for a payment are not updates. Payment sources have events under both names.
    """
    if _event(*(shared(row) if row else None for row in (diff.before, diff.after))) is None:
        return  # each payment makes and uses one: such changes are not rendered
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    after = diff.render(resource, diff.after, diff.now) if diff.after else None
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    name = _event(before, after)
    if name and method_state.is_source(diff.row.id):
        yield from _source_event(name, account, diff)
    if name and diff.row.id.startswith(("pm_", "card_")):
        yield snapshot(f"{NAME}.{name}", account, before if name in ("detached", "updated") else None, after or before)


def _event(before: Shared | None, after: Shared | None) -> str | None:
    """The suffix of the event of a change, None for changes without one."""
    was, now = (fields.get(CUSTOMER) if fields else None for fields in (before, after))
    if was != now:
        return "attached" if now else "detached"
    if before is None or after is None:
        return None
    changed = [name for name in {**before, **after} if name[0] != "_" and before.get(name) != after.get(name)]
    only_checks = changed == ["card"] and _but_checks(before.get("card")) == _but_checks(after.get("card"))
    return "updated" if changed and not only_checks else None


def _but_checks(card: Json) -> Json:
    return {**card, "checks": None} if isinstance(card, dict) else card


_SOURCE_EVENTS = {"attached": "created", "detached": "deleted", "updated": "updated"}


def _source_event(name: str, account: str | None, diff: Diff) -> Iterator[NewEvent]:
    before = sources.shown(diff.sandbox, diff.before) if diff.before and name != "attached" else None
    after = sources.shown(diff.sandbox, diff.after) if diff.after and name != "detached" else None
    yield snapshot(f"customer.source.{_SOURCE_EVENTS[name]}", account, before, after)


PAYMENT_METHODS = stored(
    NAME,
    "pm",
    noun="PaymentMethod",
    private=MethodState,
    verbs={
        "create": _create,
        "retrieve": _retrieve,
        "update": _update,
        "attach": _attach,
        "detach": _detach,
    },
    endpoints={"GetPaymentMethods": _list, "GetCustomersCustomerPaymentMethodsPaymentMethod": _of_customer},
    filters=["type", "allow_redisplay"],
    look_up=_look_up,
    unknown=_make,
    events=_events,
)
RESOURCES = (PAYMENT_METHODS,)
