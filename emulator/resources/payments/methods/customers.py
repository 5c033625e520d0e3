"""`/v1/customers`: create, update, delete, search."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.answering.search import search
from emulator.model.declaration import registry, side_tables
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Diff, Events, Fields, Resource
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, encode, shared, stored
from emulator.model.stored.stored import sent as stored_params
from emulator.resources.billing.base import clocks
from emulator.resources.connect.accounts.base.formats import check_email
from emulator.resources.money.holders import default_currency
from emulator.resources.payments.methods import (
    customer_balances,
    customer_coupons,
    customer_parts,
    tax_ids,
)
from emulator.resources.payments.methods.method_state import CUSTOMER, NAME, MethodState, is_source
from emulator.sandbox.ids import minute_digits
from emulator.schema import spec
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, hash_in
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

if TYPE_CHECKING:
    from emulator.resources.payments.methods.sources import NewSource

SEARCHED = frozenset(("created", "email", "metadata", "name", "phone"))
CLEARABLE = ("description", "email", "name", "phone")
SOURCE_PARAMS = ("source", "card", "bank_account")
DEFAULT_PARAMS = ("default_source", "default_card", "default_bank_account")  # the last two are old names
NOT_STORED = frozenset(
    (
        *SOURCE_PARAMS,
        *DEFAULT_PARAMS,
        "default_alipay_account",
        "account_balance",
        "balance",
        "cash_balance",
        *customer_coupons.PARAMS,
        "payment_method",
        "tax",
        "tax_id_data",
        "validate",
    )
)
RENAMED = "2019-10-17"  # versions before name the balance `account_balance` (official)
SETTINGS, DEFAULT = "invoice_settings", "default_payment_method"
SEQUENCE = "next_invoice_sequence"
EVENTS = Events("customer.created", "customer.updated", "customer.deleted")
_PREFIX_DIGITS = bytes(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[byte % 36] for byte in range(256))
_PREFIX = re.compile(r"[A-Z0-9]{1,12}\Z", re.ASCII)


class CustomerState(Private, total=False):
    """What a customer keeps: the last number that an invoice has taken, and the number of its finalized quotes."""

    _numbered: int
    _quotes: int


def _first() -> Fields:
    """The fields of a customer created without parameters."""
    return {
        "balance": 0,
        "delinquent": False,
        SETTINGS: {"custom_fields": None, DEFAULT: None, "footer": None, "rendering_options": None},
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
    }


def invoice_prefix(customer: str) -> str:
    """The eight upper-case letters and digits that begin the numbers of a customer's invoices, from the id."""
    return hashlib.sha256(customer.encode()).digest()[:8].translate(_PREFIX_DIGITS).decode()


# --- create -------------------------------------------------------------------------------------------------------


def _create(call: Call) -> Json:
    """POST /v1/customers. Raises StripeError; a declined card leaves no customer."""
    scope, params = call.scope, call.params
    _check(call, None)
    identifier = scope.sandbox.ids.random("cus", 10, minute_digits(scope.now))
    fields = {"invoice_prefix": invoice_prefix(identifier), **_fields(call)}
    source, method = _sent(call)
    fields |= {"default_source": source.id} if source else {}
    fields[SETTINGS] = {**cast("Fields", fields[SETTINGS]), DEFAULT: _default_of_new(params, method)}
    fields |= {"discount": discount} if (discount := customer_coupons.discount_of(call, identifier, None)) else {}
    row = objects.add(clocks.scope_of(scope, fields), CUSTOMER, identifier, fields)
    if fields.get("test_clock"):
        clocks.join(scope, str(fields["test_clock"]), identifier)
    if source or method:
        _attach(call, identifier, source, method)
    _add_parts(call, row)
    return objects.shown(call.scope, CUSTOMER, row)


def _sent(call: Call) -> tuple[NewSource | None, Row[bytes] | None]:
    """The source and the payment method of a request. Raises StripeError."""
    params = call.params
    if not (_has_source(params) or params.get(NAME)):
        return None, None
    from emulator.resources.payments.methods import payment_methods, sources  # noqa: PLC0415 - and all cards

    source = sources.from_params(call, params) if _has_source(params) else None
    return source, payment_methods.resolve(call.scope, str(params[NAME])) if params.get(NAME) else None


def _attach(call: Call, customer: str, source: NewSource | None, method: Row[bytes] | None) -> None:
    """Add them to a new customer. Raises StripeError for a card that is declined."""
    from emulator.resources.payments.methods import payment_methods, sources  # noqa: PLC0415

    if source:
        sources.add(call.scope, source, customer, validate=_validates(call))
    if method:
        payment_methods.attach(call.scope, method, customer, validate=_validates(call))


def _validates(call: Call) -> bool:
    """Whether the bank checks the card that a customer is given."""
    return call.params.get("validate") is not False


def _fields(call: Call) -> Fields:
    """The fields of a new customer, except the default payment method. Raises StripeError."""
    settings = {name: value for name, value in hash_at(call.params, SETTINGS).items() if name != DEFAULT}
    params: Params = {**call.params, SETTINGS: settings}
    sent = stored_params(CUSTOMER, replace(call, params=params), NOT_STORED)
    fields = {**_first(), **_with_shipping(sent), "metadata": dict(merged({}, params.get("metadata")))}
    if balance := _sent_balance(params):
        fields |= {"balance": balance, "currency": default_currency(call.sandbox, call.owner)}
    return fields


def _sent_balance(params: Params) -> int | None:
    """The balance that a request sets, by its name of before 2019-10-17 too (official)."""
    return cast("int | None", params.get("balance", params.get("account_balance")))


def _with_shipping(fields: Fields) -> Fields:
    """The fields with the shipping address as shown: a carrier only if one was set (observed)."""
    shipping = fields.get("shipping")
    if not isinstance(shipping, dict):
        return fields
    return {**fields, "shipping": {name: shipping[name] for name in ("address", "name", "phone") if name in shipping}}


def _default_of_new(params: Params, method: Row[bytes] | None) -> str | None:
    """The default payment method of a new customer: none, or the one that the same request attaches."""
    wanted = hash_at(params, SETTINGS).get(DEFAULT)
    if not wanted:
        return None
    if method is None or wanted not in (method.id, params.get(NAME)):
        raise errors.default_payment_method_not_attached(str(wanted))
    return method.id


def _add_parts(call: Call, row: Row[bytes]) -> None:
    """The tax ids, the first transaction and the settings of the cash balance that a customer is created with."""
    scope, params = call.scope, call.params
    data = params.get("tax_id_data")
    for index, each in enumerate(data if isinstance(data, list) else ()):
        kind, value = (str(cast("Params", each)[name]) for name in ("type", "value"))
        tax_ids.add(scope, row.id, kind, value, f"tax_id_data[{index}][value]")
    if balance := _sent_balance(params):
        currency = default_currency(scope.sandbox, scope.owner)
        customer_balances.add(scope, row.id, balance, balance, currency, type="initial")
    _set_cash(call, row.id)


def _set_cash(call: Call, customer: str) -> None:
    mode = hash_at(hash_at(call.params, "cash_balance"), "settings").get("reconciliation_mode")
    if mode:
        customer_balances.set_cash(call.scope, customer, mode=None if mode == "merchant_default" else str(mode))


def _has_source(params: Params) -> bool:
    return any(name in params for name in SOURCE_PARAMS)


def _check(call: Call, customer: str | None) -> None:
    """Refuse invalid details of a customer. Raises StripeError."""
    check_email(call.params, ("email",))
    customer_coupons.check(call)
    prefix = call.params.get("invoice_prefix")
    if not prefix:
        return
    if not _PREFIX.match(str(prefix)):
        raise errors.invoice_prefix_invalid()
    for row in call.sandbox.table(CUSTOMER).newest(call.owner, keys={PREFIX_KEY: str(prefix)}):
        if row.id != customer:
            raise errors.invoice_prefix_taken(row.id)


# --- update and delete --------------------------------------------------------------------------------------------


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/customers/{customer}. Raises StripeError."""
    _check(call, row.id)
    if call.params.get("default_alipay_account"):
        raise errors.param_not_emulated(("default_alipay_account",))
    if _has_source(call.params):
        fields["default_source"] = _replaced_source(call, row)
    elif any(call.params.get(name) for name in DEFAULT_PARAMS):
        fields["default_source"] = _default_source(call, row)
    wanted = hash_at(call.params, SETTINGS).get(DEFAULT)
    if wanted:
        _check_default(call, row, fields, str(wanted))
    if (balance := _sent_balance(call.params)) is not None:
        fields |= _balanced(call, row, fields, balance)
    _set_cash(call, row.id)
    discount = customer_coupons.discount_of(call, row.id, fields.get("discount"))
    return _with_shipping({**fields, "discount": discount} if "discount" in fields or discount else fields)


def _replaced_source(call: Call, row: Row[bytes]) -> str:
    """A new default source. The old default is removed (official)."""
    from emulator.resources.payments.methods import sources  # noqa: PLC0415

    old = decode(row).get("default_source")
    new = sources.add(call.scope, sources.from_params(call, call.params), row.id, validate=_validates(call))
    if isinstance(old, str):
        objects.remove(call.scope, NAME, old)
    return new.id


def _default_source(call: Call, row: Row[bytes]) -> str:
    """The default source that a request names. Raises StripeError for one that the customer does not have."""
    name = next(name for name in DEFAULT_PARAMS if call.params.get(name))
    wanted = str(call.params[name])
    found = objects.get(call.scope, NAME, wanted)
    if found is None or found.parent != row.id or not is_source(wanted):
        raise errors.source_missing(wanted, name)
    return wanted


def _check_default(call: Call, row: Row[bytes], fields: Fields, wanted: str) -> None:
    """Refuse a default payment method of another customer, or of none."""
    identifier = cast("Fields", fields[SETTINGS])[DEFAULT]
    found = objects.get(call.scope, NAME, str(identifier))
    if found is None or found.parent != row.id:
        raise errors.default_payment_method_not_attached(wanted)


def _balanced(call: Call, row: Row[bytes], fields: Fields, new: int) -> Fields:
    """The balance that an update sets, with a transaction of the difference (official)."""
    old = cast("int", decode(row)["balance"])
    currency = str(fields.get("currency") or default_currency(call.sandbox, call.owner))
    if new != old:
        customer_balances.add(call.scope, row.id, new - old, new, currency)
    return {"balance": new, "currency": currency if new != old else fields.get("currency")}


def _delete(call: Call, row: Row[bytes]) -> None:
    """DELETE /v1/customers/{customer}."""
    _release(call.scope, row)


def remove(scope: Scope, row: Row[bytes]) -> None:
    """Delete a customer without a request of its own, as with its test clock."""
    _release(scope, row)
    objects.remove(scope, CUSTOMER, row.id)
    stub = encode({"id": row.id, "object": CUSTOMER, "deleted": True})
    side_tables.stubs(CUSTOMERS).put(scope.of(row.owner), row.id, stub)


def drop_discount(scope: Scope, discount: str, customer: str, _: str) -> None:
    """Take a discount that was removed from the customer, if it holds that one."""
    row = objects.get(scope, CUSTOMER, customer)
    if row is not None and hash_in(shared(row), "discount").get("id") == discount:
        objects.change(scope, CUSTOMER, row, discount=None)


def _release(scope: Scope, row: Row[bytes]) -> None:
    """End the subscriptions of a customer, detach its payment methods, and remove its sources."""
    registry.happen(scope, "customer.deleted", row)
    table = scope.sandbox.table(NAME)
    for method in list(table.newest(scope.owner, parent=row.id)):
        if is_source(method.id):
            objects.remove(scope, NAME, method.id)
        else:
            used = kept(MethodState(_used=True))
            objects.change(scope, NAME, method._replace(parent=None), customer=None, **used)


# --- show ---------------------------------------------------------------------------------------------------------


def _lists(call: Call, customer: str) -> Fields:
    """The lists that old versions show unexpanded."""
    return {name: customer_parts.included(call, customer, name) for name in customer_parts.LISTS}


def _search(call: Call) -> Json:
    """GET /v1/customers/search. Raises StripeError."""
    return search(call, CUSTOMER, SEARCHED, lambda row: objects.shown(call.scope, CUSTOMER, row))


@cache
def _params(operation: str) -> spec.Object:
    """The parameters of an operation: more can be unset than the document says, and old names are still accepted."""
    known = {**catalog.operation("PostCustomersCustomer").params.params, **catalog.operation(operation).params.params}
    if operation == "PostCustomers":
        known = {name: each for name, each in known.items() if not name.startswith("default_")}
    return spec.Object(known | {name: replace(known[name], clearable=True) for name in CLEARABLE})


def _create_params(version: Version) -> spec.Object:
    return _with(_params("PostCustomers"), {**_old_params(version), **customer_coupons.params(version)})


def _update_params(version: Version) -> spec.Object:
    coupons = customer_coupons.params(version, clearable=True)
    return _with(_params("PostCustomersCustomer"), {**_old_params(version), **coupons})


def _old_params(version: Version) -> dict[str, spec.Param]:
    return {"account_balance": spec.Param(spec.Integer())} if version.date < RENAMED else {}


def _with(known: spec.Object, more: dict[str, spec.Param]) -> spec.Object:
    return spec.Object({**known.params, **more}) if more else known


def _events(resource: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """The events of a customer; a number that an invoice takes has none of its own."""
    if diff.before is not None and diff.after is not None:
        before, after = (shared(row) for row in (diff.before, diff.after))
        taken = private(CustomerState, after).get("_numbered")
        if taken is not None and taken != private(CustomerState, before).get("_numbered"):
            numbered = {SEQUENCE: after[SEQUENCE], **kept(CustomerState(_numbered=taken))}
            if {**before, **numbered} == after:
                return
    yield from EVENTS(resource, diff)


CUSTOMERS = stored(
    CUSTOMER,
    "cus",
    noun=CUSTOMER,
    param="id",
    private=CustomerState,
    absent=customer_parts.HIDDEN,
    request_only=NOT_STORED,
    filters=["email", "test_clock", "invoice_prefix"],
    update=_update,
    delete=_delete,
    keeps_stubs=True,
    include=customer_parts.included,
    unknown=lambda _, identifier, __: {"invoice_prefix": invoice_prefix(identifier), **_first()},
    verbs={"create": _create, "search": _search},
    params={"create": _create_params, "update": _update_params},
    events=_events,
)
PREFIX_KEY = list(CUSTOMERS.filters).index("invoice_prefix")
RESOURCES = (CUSTOMERS, Resource[bytes](name="lists_of_customer", look_up=_lists))
