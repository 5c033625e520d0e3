"""`/v1/customers/{customer}/sources`, `/cards` and `/bank_accounts`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.answering.paging import Page, TableSource
from emulator.model.declaration import registry, unknown
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Handler, Resource
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, encode, shared
from emulator.resources.connect.accounts.external_accounts.input import expiry
from emulator.resources.money import holders
from emulator.resources.payments.methods import method_state, payment_methods, sources
from emulator.resources.payments.methods.card_tokens import ADDRESS
from emulator.resources.payments.methods.endpoints import PAYMENT_METHODS
from emulator.resources.payments.methods.method_state import CUSTOMER, NAME, MethodState
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.json import Json

NOUN = "source"
AMOUNTS = ([32, 45], [45, 32])  # of the two deposits of test mode (official)
_KINDS = {"cards": "card", "bank_accounts": "bank_account"}  # by the name in the path


def _create(call: Call) -> Json:
    """POST /v1/customers/{customer}/sources. It becomes the default if there is none (official). Raises StripeError."""
    customer = _customer(call)
    new = sources.from_params(call, call.params)
    new.fields["metadata"] = dict(merged({}, call.params.get("metadata")))
    row = sources.add(call.scope, new, customer.id, validate=call.params.get("validate") is not False)
    if not decode(customer).get("default_source"):
        objects.change(call.scope, CUSTOMER, customer, default_source=row.id)
    return sources.shown(call.sandbox, row)


def _list(call: Call) -> Json:
    """GET /v1/customers/{customer}/sources, newest first. Raises StripeError."""
    customer, wanted = _customer(call), _wanted(call)
    source = TableSource(call.sandbox.table(NAME), call.owner, customer.id)
    page: Page[Row[Any]] = paging.page(
        call,
        source,
        noun=NOUN,
        keep=lambda row: method_state.is_source(row.id) and wanted in (None, sources.kind_of(row.id)),
    )
    return paging.listing([sources.shown(call.sandbox, row) for row in page.rows], call.url, has_more=page.has_more)


def _wanted(call: Call) -> str | None:
    """The kind of the sources of a request, None for all."""
    named = next((kind for name, kind in _KINDS.items() if f"/{name}" in call.url), None)
    return named or cast("str | None", call.params.get("object"))


def _retrieve(call: Call) -> Json:
    """GET /v1/customers/{customer}/sources/{id}. Raises StripeError."""
    return sources.shown(call.sandbox, _named(call))


def _update(call: Call) -> Json:
    """POST /v1/customers/{customer}/sources/{id}. Raises StripeError."""
    row = _named(call)
    change = _changed_card if sources.kind_of(row.id) == "card" else _changed_bank
    fields = decode(row)
    changed = change(call, fields)
    if "metadata" in call.params:
        old = cast("Mapping[str, str]", fields["metadata"])
        changed["metadata"] = dict(merged(old, call.params["metadata"]))
    return sources.shown(call.sandbox, objects.change(call.scope, NAME, row, **changed))


def _changed_card(call: Call, fields: Fields) -> Fields:
    params, billing = call.params, cast("Fields", fields["billing_details"])
    address = cast("Fields", billing["address"])
    address = {name: cast("Json", params.get(legacy, address[name])) or None for name, legacy in ADDRESS.items()}
    changed: Fields = {"billing_details": {**billing, "address": address, "name": _text(params, "name", billing)}}
    if not {"exp_month", "exp_year"}.isdisjoint(params):
        card = cast("Fields", fields["card"])
        changed["card"] = {**card, **cast("Fields", expiry(cast("Params", {**card, **params}), call.now))}
    return changed


def _changed_bank(call: Call, fields: Fields) -> Fields:
    bank, billing = cast("Fields", fields["us_bank_account"]), cast("Fields", fields["billing_details"])
    kind = _text(call.params, "account_holder_type", bank)
    return {
        "billing_details": {**billing, "name": cast("Json", call.params.get("account_holder_name", billing["name"]))},
        "us_bank_account": {**bank, "account_holder_type": kind},
    }


def _text(params: Params, name: str, old: Fields) -> Json:
    return cast("Json", params.get(name, old[name])) or None


def _delete(call: Call) -> Json:
    """DELETE /v1/customers/{customer}/sources/{id}. Raises StripeError."""
    row = _named(call)
    objects.remove(call.scope, NAME, row.id)
    payment_methods.forget(call.scope, call.path[CUSTOMER], row.id)
    return {"id": row.id, "object": sources.kind_of(row.id), "deleted": True}


def _verify(call: Call) -> Json:
    """POST /v1/customers/{customer}/sources/{id}/verify, with the two amounts of test mode. Raises StripeError."""
    row = _named(call)
    if sources.kind_of(row.id) != "bank_account":
        raise _missing(call)
    if private(MethodState, shared(row))["_status"] == sources.VERIFIED:
        raise errors.bank_account_verified()
    if "amounts" not in call.params:
        raise errors.missing_param(("amounts",))
    if call.params["amounts"] not in AMOUNTS:
        raise errors.bank_account_amounts_wrong()
    verified = objects.change(call.scope, NAME, row, **kept(MethodState(_status=sources.VERIFIED)))
    return sources.shown(call.sandbox, verified)


def _customer(call: Call) -> Row[bytes]:
    return verbs.row_of_path(_customers(), verbs.Place(CUSTOMER), call)


def _customers() -> Resource[Any]:
    return registry.declared(CUSTOMER)


def _named(call: Call) -> Row[bytes]:
    customer, wanted = _customer(call), call.path["id"]
    row = objects.get(call.scope, NAME, wanted) or unknown.create(CARDS, call.scope, wanted, customer.id)
    if row is None or row.parent != customer.id or not sources.kind_of(row.id):
        raise _missing(call)
    return row


def _missing(call: Call) -> errors.StripeError:
    wanted = call.path["id"]
    return errors.no_such(NOUN, wanted, "id", 404, call.sandbox.other_mode_of(wanted))


def _find(kind: str, call: Call, identifier: str) -> Fields | None:
    """A source by its id, for expansion; those of an account itself are the destinations of its payouts."""
    if kind not in ("", sources.kind_of(identifier)):
        return None
    row = objects.get(call.scope, NAME, identifier)
    if row and sources.kind_of(identifier):
        return sources.shown(call.sandbox, row)
    return holders.shown_bank(call.scope, identifier)


VERBS: Mapping[str, Handler] = {
    "create": _create,
    "delete": _delete,
    "list": _list,
    "retrieve": _retrieve,
    "update": _update,
    "verify": _verify,
}


def _unknown(scope: Scope, identifier: str, parent: str | None) -> bytes | None:
    return encode(sources.nobody_created(scope, identifier, parent)) if sources.kind_of(identifier) else None


CARDS, BANK_ACCOUNTS, PAYMENT_SOURCES = (
    Resource[bytes](
        name=name,
        noun=NOUN,
        prefix=prefix,
        table=NAME,
        private=MethodState,
        render=sources.shown,
        verbs=VERBS,
        look_up=partial(_find, kind),
        unknown=_unknown,
        keys=PAYMENT_METHODS.keys,
    )
    for name, prefix, kind in (
        ("card", "card", "card"),
        ("bank_account", "ba", "bank_account"),
        ("payment_source", "card", ""),
    )
)
RESOURCES = (CARDS, BANK_ACCOUNTS, PAYMENT_SOURCES)
