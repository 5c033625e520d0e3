"""Secrets of apps, found and deleted by their names in a scope, and ephemeral keys."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.answering.paging import TableSource
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.registry import declared
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.generic.base.behaviour import Behaviour
from emulator.schema.check import Value
from emulator.store.table import Row, Table
from emulator.wire.json import Json

NAME, KEY = "apps.secret", "ephemeral_key"


def _create(call: Call, fields: Fields) -> Fields:
    """A secret replaces the one of its name (official)."""
    _check_scope(call)
    for row in _rows(call):
        if _is_named(call, row):
            objects.remove(call.scope, NAME, row.id)
    return fields


def _find(call: Call) -> Json:
    """GET /v1/apps/secrets/find. Raises StripeError."""
    return objects.shown(call.scope, NAME, _found(call))


def _delete(call: Call) -> Json:
    """POST /v1/apps/secrets/delete, which responds with the secret. Raises StripeError."""
    row = _found(call)
    objects.remove(call.scope, NAME, row.id)
    return {**objects.shown(call.scope, NAME, row), "deleted": True}


def _list(call: Call) -> Json:
    """GET /v1/apps/secrets of one scope. Raises StripeError."""
    _check_scope(call)
    source = TableSource(_table(call), call.owner)
    page = paging.page(call, source, noun="secret", keep=lambda row: _scope(decode(row)) == _scope(call.params))
    return paging.listing([objects.shown(call.scope, NAME, row) for row in page.rows], call.url, has_more=page.has_more)


def _found(call: Call) -> Row[bytes]:
    _check_scope(call)
    row = next((each for each in _rows(call) if _is_named(call, each)), None)
    if row is None:
        raise errors.no_such("secret", str(call.params["name"]), "name", 404)
    return row


def _is_named(call: Call, row: Row[bytes]) -> bool:
    fields = decode(row)
    return fields["name"] == call.params["name"] and _scope(fields) == _scope(call.params)


def _scope(fields: Mapping[str, Value] | Mapping[str, Json]) -> tuple[object, object]:
    scope = fields.get("scope")
    return (scope.get("type"), scope.get("user")) if isinstance(scope, dict) else (None, None)


def _check_scope(call: Call) -> None:
    """A scope of type `user` names the user (official)."""
    kind, user = _scope(call.params)
    if kind == "user" and not user:
        raise errors.missing_param(("scope", "user"))


def _table(call: Call) -> Table[bytes]:
    return call.sandbox.table(NAME)


def _rows(call: Call) -> list[Row[bytes]]:
    return list(_table(call).newest(call.owner))


# The type of the object that a key is for (that of customers observed, the others by analogy).
ASSOCIATED = {
    "customer": "customer",
    "issuing_card": "issuing.card",
    "verification_session": "identity.verification_session",
}


def _key(call: Call, fields: Fields) -> Fields:
    """A key has its secret only in the response to its create, and names the objects that it is for."""
    named = ((call.params.get(param), kind) for param, kind in ASSOCIATED.items())
    associated: list[Json] = [{"id": str(identifier), "type": kind} for identifier, kind in named if identifier]
    mode = "live" if call.sandbox.livemode else "test"
    secret = base64.b64encode(f"{call.owner},{call.sandbox.ids.token(30)}".encode()).decode().rstrip("=")
    return {**fields, "associated_objects": associated, "secret": f"ek_{mode}_{secret}00{call.sandbox.ids.token(8)}"}


def _delete_key(call: Call) -> Json:
    """DELETE /v1/ephemeral_keys/{key}, which responds with the key without its secret. Raises StripeError."""
    row = verbs.row_of_path(declared(KEY), verbs.Place("key"), call)
    objects.remove(call.scope, KEY, row.id)
    return {name: value for name, value in objects.shown(call.scope, KEY, row).items() if name != "secret"}


BEHAVIOUR = {
    KEY: Behaviour(create=_key, verbs={"delete": _delete_key}),
    NAME: Behaviour(create=_create, verbs={"list": _list, "show": _find}, endpoints={"PostAppsSecretsDelete": _delete}),
}
