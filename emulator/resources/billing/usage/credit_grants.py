"""`/v1/billing/credit_grants`: credit of a customer, which pays for usage before taxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from emulator import errors
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import CLOCK, decode, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.base.clocks import Life
from emulator.resources.billing.base.declarations import long_id
from emulator.resources.billing.usage import credit_transactions
from emulator.resources.billing.usage.credit_transactions import GRANT, OWNER, balance, money
from emulator.resources.money.currencies import check_currency
from emulator.schema.trees import hash_at, hash_in, integer, list_in
from emulator.store.table import Row

PRIORITY = 50
HIGHEST = 100
EXPIRES = "expires_at"


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new grant. Raises StripeError."""
    params = call.params
    if not params.get(OWNER):
        raise errors.missing_param((OWNER,))
    amount = hash_at(hash_at(params, "amount"), "monetary")
    if not amount:
        raise errors.missing_param(("amount", "monetary"))
    if integer(amount, "value") < 1:
        raise errors.integer_too_small(("amount", "monetary", "value"), 1)
    check_currency(str(amount["currency"]), "amount[monetary][currency]")
    if not 0 <= integer(params, "priority", PRIORITY) <= HIGHEST:
        raise errors.integer_too_large(("priority",), HIGHEST)
    _check_applicable(call)
    scope = clocks.scope_of_customer(call.scope, params[OWNER])
    starts = integer(params, "effective_at", scope.now)
    _check_expiry(call, max(starts, scope.now))
    holder = objects.get(scope, OWNER, str(params[OWNER]))
    clock = shared(holder).get(CLOCK) if holder is not None else None
    own: Fields = {"category": "paid", "effective_at": starts, "priority": PRIORITY}
    return {**own, **fields, CLOCK: clock}


def _check_applicable(call: Call) -> None:
    """Refuses a grant that is for nothing, for both, or for a price that is not metered. Raises StripeError."""
    place = ("applicability_config", "scope")
    applicable = hash_at(hash_at(call.params, place[0]), place[1])
    if bool(applicable.get("price_type")) is bool(applicable.get("prices")):
        raise errors.exclusive_params([(*place, "price_type"), (*place, "prices")])
    for number, each in enumerate(list_in(applicable, "prices")):
        of_id(call, "price", str(each["id"]), f"applicability_config[scope][prices][{number}][id]")


def _check_expiry(call: Call, after: int) -> None:
    at = call.params.get(EXPIRES)
    if isinstance(at, int) and at <= after:
        raise errors.time_in_the_past(EXPIRES, at)


def _then(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A new grant with the transaction of its credit."""
    fields = decode(row)
    row = objects.place(call.scope, GRANT, row, str(fields[OWNER]))
    credit_transactions.grant(clocks.scope_of(call.scope, fields), row)
    return row


def _update(call: Call, _: Row[bytes], fields: Fields) -> Fields:
    scope = clocks.scope_of(call.scope, fields)
    _check_expiry(call, scope.now)
    return {**fields, "updated": scope.now}


def _ended(call: Call, row: Row[bytes], fields: Fields) -> Scope:
    """The time of a grant that has not ended. Raises StripeError."""
    scope = clocks.scope_of(call.scope, fields)
    if fields.get("voided_at"):
        raise errors.credit_grant_ended(row.id, "voided")
    until = fields.get(EXPIRES)
    if isinstance(until, int) and until <= scope.now:
        raise errors.credit_grant_ended(row.id, "expired")
    return scope


def _expire(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/billing/credit_grants/{id}/expire. Raises StripeError."""
    scope = _ended(call, row, fields)
    credit_transactions.take(scope, row, "credits_expired")
    return {**fields, EXPIRES: scope.now, "updated": scope.now}


def _void(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/billing/credit_grants/{id}/void. Raises StripeError for a grant that has paid for something."""
    scope = _ended(call, row, fields)
    if credit_transactions.is_applied(scope, row):
        raise errors.credit_grant_applied(row.id)
    credit_transactions.take(scope, row, "credits_voided")
    return {**fields, "voided_at": scope.now, "updated": scope.now}


# --- time ---------------------------------------------------------------------------------------------------------


def _due(row: Row[bytes]) -> Iterable[int]:
    fields = shared(row)
    until = fields.get(EXPIRES)
    return (until,) if isinstance(until, int) and not fields.get("voided_at") else ()


def _elapse(scope: Scope, row: Row[bytes]) -> None:
    """The rest of a grant expires."""
    credit_transactions.take(scope, row, "credits_expired")


LIFE = Life(GRANT, _due, _elapse)


# --- usage --------------------------------------------------------------------------------------------------------


def usable(scope: Scope, customer: str, currency: str) -> list[Row[bytes]]:
    """The grants of a customer with a balance now, in the order in which they are used (official)."""
    rows = scope.sandbox.table(GRANT).oldest(scope.owner, parent=customer)
    found = [row for row in rows if money(shared(row)).get("currency") == currency and _is_effective(scope, row)]
    return sorted((row for row in found if balance(scope, row) > 0), key=_order)


def _is_effective(scope: Scope, row: Row[bytes]) -> bool:
    fields = shared(row)
    until = fields.get(EXPIRES)
    over = fields.get("voided_at") or (isinstance(until, int) and until <= scope.now)
    return not over and integer(fields, "effective_at") <= scope.now


def _order(row: Row[bytes]) -> tuple[int, float, bool, int, int]:
    """By priority, by expiry, promotional before paid, by the beginning, by age."""
    fields = shared(row)
    until = fields.get(EXPIRES)
    ends = float(until) if isinstance(until, int) else float("inf")
    return integer(fields, "priority"), ends, fields["category"] == "paid", integer(fields, "effective_at"), row.number


def is_for(grant: Mapping[str, object], price: str) -> bool:
    """Whether a grant pays for the usage of a metered price."""
    scope = hash_in(hash_in(grant, "applicability_config"), "scope")
    return bool(scope.get("price_type")) or any(each.get("id") == price for each in list_in(scope, "prices"))


def _unknown(scope: Scope, identifier: str, _: str | None) -> Mapping[str, object]:
    return {
        "customer": objects.existing(scope, OWNER, f"cus_{identifier}").id,
        "amount": {"type": "monetary", "monetary": {"currency": "usd", "value": 1000}},
        "applicability_config": {"scope": {"price_type": "metered"}},
    }


GRANTS = stored(
    GRANT,
    "credgr",
    new_id=long_id("credgr"),
    filters=["customer", "customer_account"],
    create=_create,
    then=_then,
    update=_update,
    actions={"expire": _expire, "void": _void},
    unknown=by_request(GRANT, _unknown),
    events=Events("billing.credit_grant.created"),
    timer=LIFE.timer,
    elapse=LIFE.by_itself,
)
RESOURCES = (GRANTS,)
