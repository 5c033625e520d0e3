"""Configurations of payment methods: the types that an account accepts for payments that do not name types."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import cast

from emulator import errors
from emulator.model.answering import paging
from emulator.model.answering.paging import TableSource
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Fields
from emulator.model.declaration.templates import properties
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, render, stored
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.shape import Ref
from emulator.schema.trees import dig
from emulator.store.table import Row
from emulator.wire.json import Json

NAME = "payment_method_configuration"
TYPE = "payment_method_config_resource_payment_method_properties"
# Accepted unless a configuration says otherwise (our choice; observed in 2026 for a new account: card and link).
ON = frozenset(("apple_pay", "card", "google_pay", "link"))
# Wallets and networks of cards, which payments accept as cards.
OF_CARDS = frozenset(("apple_pay", "cartes_bancaires", "google_pay", "jcb"))


def default_id(account: str) -> str:
    """The id of the configuration that an account has from the start."""
    digits = "".join(filter(str.isalnum, account.removeprefix("acct_")))
    return f"pmc_{f'{digits}{digits}':0<24.24}"


def configuration_of(scope: Scope, identifier: str | None) -> Row[bytes]:
    """The configuration of an id, the default one without an id. Raises StripeError."""
    wanted = identifier or default_id(scope.owner)
    row = objects.get(scope, NAME, wanted) or (_untouched(scope) if wanted == default_id(scope.owner) else None)
    if row is None:
        raise errors.no_such(NAME, wanted, NAME, other_mode=scope.sandbox.other_mode_of(wanted))
    return row


def _untouched(scope: Scope) -> Row[bytes]:
    """The default configuration before anybody has changed it; it is not stored."""
    return Row(scope.owner, default_id(scope.owner), -1, scope.now, None, (), b'{"is_default":true,"name":"Default"}')


def accepted(row: Row[bytes]) -> list[str]:
    """The types that a configuration accepts: cards first, the others in alphabetical order (observed)."""
    fields = decode(row)
    if fields.get("active") is False:
        return []
    found = [name for name in types() if _preference(fields, name)[1] and name not in OF_CARDS]
    return sorted(found, key=lambda name: (name != "card", name))


@cache
def types() -> tuple[str, ...]:
    """All types that a configuration has."""
    return tuple(name for name, each in properties(NAME).items() if each.type == Ref(TYPE))


def _preference(fields: Fields, name: str) -> tuple[str, bool]:
    """The preference of a type, and whether it is accepted."""
    preference = str(dig(cast("dict[str, object]", fields), (name, "display_preference", "preference")) or "none")
    return preference, preference == "on" or (preference == "none" and name in ON)


def _shown(sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    fields, body = decode(row), render(NAME, frozenset(), sandbox, row, now)
    for name in types():
        preference, accepts = _preference(fields, name)
        shown: Json = {"overridable": None, "preference": preference, "value": "on" if accepts else "off"}
        body[name] = {"available": accepts, "display_preference": shown}
    body["active"] = fields.get("active", True)
    return {"id": body["id"], "object": body["object"], **dict(sorted(_rest(body)))}


def _rest(body: Fields) -> Iterator[tuple[str, Json]]:
    return ((name, value) for name, value in body.items() if name not in ("id", "object"))


def _list(call: Call) -> Json:
    """GET /v1/payment_method_configurations. Raises StripeError."""
    _default(call)
    source = TableSource(call.sandbox.table(NAME), call.owner)
    page = paging.page(call, source, noun=NAME, keep=lambda row: _is_kept(call, row))
    shown = [objects.shown(call.scope, NAME, row) for row in page.rows]
    return paging.listing(shown, call.url, has_more=page.has_more)


def _is_kept(call: Call, row: Row[bytes]) -> bool:
    wanted = call.params.get("active")
    return wanted is None or decode(row).get("active", True) is wanted


def _default(call: Call) -> None:
    """Store the default configuration, so that lists contain it."""
    row = configuration_of(call.scope, None)
    if row.number < 0:
        objects.add(call.scope, NAME, row.id, decode(row))


def _retrieve(call: Call) -> Json:
    """GET /v1/payment_method_configurations/{configuration}. Raises StripeError."""
    return objects.shown(call.scope, NAME, _in_path(call))


def _in_path(call: Call) -> Row[bytes]:
    _default(call)
    wanted = call.path["configuration"]
    row = objects.row(call.scope, NAME, wanted)
    if row is None:
        raise errors.no_such(NAME, wanted, "configuration", 404, call.sandbox.other_mode_of(wanted))
    return row


def _update(call: Call) -> Json:
    """POST /v1/payment_method_configurations/{configuration}. Raises StripeError."""
    row = _in_path(call)
    sent = {name: cast("Json", value) for name, value in call.params.items() if name in {*types(), "active", "name"}}
    return objects.shown(call.scope, NAME, objects.replace(call.scope, NAME, row, {**decode(row), **sent}))


CONFIGURATIONS = stored(
    NAME,
    "pmc",
    noun=NAME,
    param="configuration",
    start={"is_default": False},
    render=_shown,
    verbs={"list": _list, "retrieve": _retrieve, "update": _update},
    unknown={},
)
RESOURCES = (CONFIGURATIONS,)
