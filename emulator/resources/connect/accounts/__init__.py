"""Accounts: the connected accounts of a platform, and its own.

`create_account`, `onboard`, `find`, `named` and `platform` also serve callers without a request; `lock` is for account
links and account sessions, `add_requirement`, `set_capability` and `verify` for tests.
"""

from __future__ import annotations

from emulator.model.declaration.resource import Resource, owned_by_the_platform
from emulator.resources.connect.accounts import endpoints, params
from emulator.resources.connect.accounts.events import events, objects, turns
from emulator.resources.connect.accounts.lifecycle import (
    apply_update,
    create_account,
    delete_account,
    find,
    find_or_create,
    platform,
    update_account,
)
from emulator.resources.connect.accounts.locking import lock
from emulator.resources.connect.accounts.overrides import add_requirement, reject, set_capability, verify
from emulator.resources.connect.accounts.render import render
from emulator.resources.connect.accounts.test_data import nobody_created, onboard, provide_test_data
from emulator.store.rows import Account

__all__ = [
    "add_requirement",
    "apply_update",
    "create_account",
    "delete_account",
    "find",
    "find_or_create",
    "lock",
    "onboard",
    "platform",
    "provide_test_data",
    "reject",
    "render",
    "set_capability",
    "update_account",
    "verify",
]

# On every answer of POST /v1/accounts (observed, August 2026).
V2_NOTICE = "We recommend building your integration using Accounts v2. See https://docs.stripe.com/api/v2/core/accounts"


ACCOUNTS = Resource[Account](
    name="account",
    noun="account",
    render=lambda _, row, now: render(row.data, now=now),
    verbs={
        "show": endpoints.retrieve_own,
        "list": endpoints.list_all,
        "create": endpoints.create,
        "retrieve": endpoints.retrieve,
        "update": endpoints.update,
        "delete": endpoints.delete,
        "reject": endpoints.reject,
    },
    params={"create": params.create_params, "update": params.update_params},
    notices={"create": V2_NOTICE},
    look_up=endpoints.shown,
    owner=owned_by_the_platform,
    unknown=nobody_created,
    objects=lambda row: objects(row.data),
    events=events,
    timer=lambda row: turns(row.data),
)
RESOURCES = (ACCOUNTS,)
