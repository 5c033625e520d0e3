"""`/v1/balance_settings`: the payout settings of an account, which the v1 account shows as `settings.payouts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import cast

import orjson

from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.registry import declared
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.storage import store
from emulator.resources.money import holders
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at, merge
from emulator.store.events import NewEvent
from emulator.store.rows import Account
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

BALANCE_SETTINGS = "balance_settings"
# Settings that only this endpoint has, kept under its name in the fields of the account.
_OWN = ("automatic_transfer_rules_by_currency", "minimum_balance_by_currency")
_ANCHORS = MappingProxyType({"monthly_payout_days": "monthly_anchor", "weekly_payout_days": "weekly_anchor"})


def show(call: Call) -> Json:
    """GET /v1/balance_settings."""
    return _shown(call.scope)


def update(call: Call) -> Json:
    """POST /v1/balance_settings: the account changes with it."""
    scope, before = call.scope, _shown(call.scope)
    account = holders.account_of(call.sandbox, call.owner)
    changed = replace(account, fields=_fields(call, account))
    if call.acting is None:
        lifecycle.store_platform(call.scope, changed)
        holders.plan_payout_run(call.scope.of(account.id), call.now)
    else:
        store(call.sandbox, call.now, changed)
    after = _shown(scope)
    _note(scope, before, after)
    return after


def _fields(call: Call, account: Account) -> Params:
    """The fields of an account after an update. The days of a schedule are replaced whole."""
    sent = hash_at(call.params, "payments")
    payouts, timing = hash_at(sent, "payouts"), hash_at(sent, "settlement_timing")
    moved: Params = {name: payouts[name] for name in ("schedule", "statement_descriptor") if name in payouts}
    moved |= {name: sent[name] for name in ("debit_negative_balances",) if name in sent}
    own: Params = {name: payouts[name] for name in _OWN if name in payouts}
    own |= {name: timing[name] for name in ("delay_days_override", "start_of_day") if name in timing}
    override = timing.get("delay_days_override")
    if override is not None:
        delay = _usual_delay(call) if override == "" else override
        moved["schedule"] = {**hash_at(moved, "schedule"), "delay_days": delay}
    return merge(account.fields, {"settings": {"payouts": moved}, BALANCE_SETTINGS: own})


def _usual_delay(call: Call) -> Value:
    """The delay of an account without an override: the country's, but that of the platform in the US."""
    usual: Params = {} if call.acting else dict(lifecycle.usual_platform(call.sandbox).fields)
    return hash_at(usual, "settings", "payouts", "schedule").get("delay_days", "")


def _shown(scope: Scope) -> Fields:
    """The settings; those that only this endpoint has show once they are set (official example)."""
    account = holders.account_of(scope.sandbox, scope.owner)
    settings, own = holders.payout_settings(account), hash_at(account.fields, BALANCE_SETTINGS)
    schedule = holders.schedule_of(account)
    timing: Params = {name: own[name] for name in ("delay_days_override", "start_of_day") if name in own}
    payments = {
        "debit_negative_balances": settings["debit_negative_balances"],
        "payouts": {
            **{name: own[name] for name in _OWN if own.get(name)},
            "schedule": {"interval": schedule["interval"], **_days(schedule)},
            "statement_descriptor": settings["statement_descriptor"],
            "status": "enabled" if holders.payouts_enabled(scope) else "disabled",
        },
        "settlement_timing": {"delay_days": schedule["delay_days"], **timing},
    }
    return {"object": BALANCE_SETTINGS, "payments": cast("Json", payments)}


def _days(schedule: Mapping[str, Value]) -> dict[str, Value]:
    """The days of a schedule; the single day that v1 accounts may have is a list of one."""
    return {
        several: found
        for several, one in _ANCHORS.items()
        if (found := schedule.get(several) or [each for each in (schedule.get(one),) if each])
    }


# --- the event ----------------------------------------------------------------------------------------------------


def _note(scope: Scope, before: Fields, after: Fields) -> None:
    """Store both states, from which the event is made."""
    data, resource = orjson.dumps({"before": before, "after": after}), declared(BALANCE_SETTINGS)
    row = scope.sandbox.table(BALANCE_SETTINGS).get(scope.owner, scope.owner)
    if row is None:
        writes.add(scope, resource, scope.owner, data)
    else:
        writes.replace(scope, resource, row, data)


def _updated(_: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    states = orjson.loads(diff.row.data)
    if states["before"] != states["after"]:
        account = Scope(diff.sandbox, diff.row.owner, diff.now).account
        yield snapshot("balance_settings.updated", account, states["before"], states["after"])


SETTINGS = Resource[bytes](
    name=BALANCE_SETTINGS,
    verbs={"show": show, "update": update},
    events=_updated,
    objects=lambda _: (),
)
RESOURCES = (SETTINGS,)
