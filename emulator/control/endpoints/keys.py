"""The state of API keys, the permissions of restricted keys, and the sandbox that a key belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast, get_args

from starlette.requests import Request
from starlette.responses import Response

from emulator.auth import keys, permissions
from emulator.auth.keyring import MAX_KEYS, KeyRecord, KeyState, TooManyKeys, join
from emulator.auth.keys import Key
from emulator.control.endpoints.reading import Body, excerpt, fields_of, secret_key, state
from emulator.control.endpoints.responses import ControlError, respond
from emulator.sandbox.sandbox import Sandboxes

STATES: tuple[str, ...] = get_args(KeyState)
FIELDS = ("key", "state", "permissions")


async def change(request: Request) -> Response:
    """POST /_emulator/keys with at least one of `key`, `state` and `permissions`.

    `key` defaults to the key of the request; another key is added to the same sandbox. `state` is active, expired or
    revoked; `permissions` are those of a restricted key, null for all of them.
    """
    caller, body, sandboxes = secret_key(request), await fields_of(request, *FIELDS), state(request).sandboxes
    if not any(field in body for field in FIELDS):
        raise ControlError(400, "missing_field", "The body has no field of a key.", f"Send one of {', '.join(FIELDS)}.")
    key = _key(body, caller)
    record = _record(key, caller, body, sandboxes)
    sandboxes.of(caller)  # so that the record belongs to a sandbox that there is
    try:
        sandboxes.keyring.declare(key, record)
    except TooManyKeys:
        message = f"A sandbox has at most {MAX_KEYS} declared keys, and this one has them all."
        raise ControlError(400, "too_many_keys", message, "Use another sandbox, or reset all.") from None
    granted = None if record.permissions is None else sorted(record.permissions)
    return respond({"key": key.text, "state": record.state, "permissions": granted})


def _record(key: Key, caller: Key, body: Body, sandboxes: Sandboxes) -> KeyRecord:
    before = sandboxes.keyring.of(key)
    granted = _permissions(key, body["permissions"]) if "permissions" in body else before.permissions
    key_state = _state(body.get("state", before.state))
    if key.text == caller.text:
        return KeyRecord(key_state, granted, before.platforms)
    platform = sandboxes.sandbox_key(caller)
    if key.kind != "org" and sandboxes.sandbox_key(key).sandbox != platform.sandbox and sandboxes.find(key):
        message = "The key opens another sandbox, which is in use and could no longer be reached."
        hint = "Name a key that no request has used, or reset its sandbox first: POST /_emulator/reset with that key."
        raise ControlError(409, "key_in_use", message, hint)
    return KeyRecord(key_state, granted, join(key, platform, before.platforms))


def _key(body: Body, caller: Key) -> Key:
    named = body.get("key", caller.text)
    key = keys.parse(named) if isinstance(named, str) else None
    if key is None:
        hint = "Send a key that starts with sk_test_, rk_test_, pk_test_ or sk_org_."
        raise ControlError(400, "invalid_key", "The field key is not an API key.", hint)
    if key.livemode != caller.livemode:
        message = "A live key and a test key never belong to the same sandbox."
        raise ControlError(400, "mode_mismatch", message, "Name a key of the calling key's mode.")
    return key


def _state(value: object) -> KeyState:
    if value not in STATES:
        message = f"A key cannot be {excerpt(value)}."
        raise ControlError(400, "invalid_state", message, f"Use one of {', '.join(STATES)}.")
    return cast("KeyState", value)


def _permissions(key: Key, given: object) -> frozenset[str] | None:
    if key.kind not in ("rk", "org"):
        message = "Only restricted keys and organization keys have permissions."
        raise ControlError(400, "not_a_restricted_key", message, "Name a key that starts with rk_test_.")
    if given is None:
        return None
    return frozenset(map(_permission, _items(given)))


def _items(given: object) -> Iterable[object]:
    """The elements of a list, of the indexed fields of a form, or of names separated by commas."""
    if isinstance(given, dict):
        return given.values()
    if isinstance(given, str):
        return filter(None, (name.strip() for name in given.split(",")))
    if isinstance(given, list):
        return given
    raise ControlError(
        400, "invalid_permission", f"{excerpt(given)} is not a list of permissions.", "Send a list of names."
    )


def _permission(given: object) -> str:
    name = permissions.parse(given) if isinstance(given, str) else None
    if name is None:
        hint = "Names are like connected_account_write and account_link_write, with or without rak_ before them."
        raise ControlError(400, "invalid_permission", f"{excerpt(given)} is not a permission.", hint)
    return name
