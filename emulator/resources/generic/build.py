"""A resource from the catalog: its shape, its parameters, and a row of facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

from emulator import catalog, errors
from emulator.catalog import Operation
from emulator.catalog.versions import Version
from emulator.model.answering import verbs
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Diff, Fields, Resource, Transitions
from emulator.model.declaration.snapshots import snapshot
from emulator.model.declaration.templates import properties, times
from emulator.model.stored import recipes
from emulator.model.stored.stored import Update, decode, encode, stored
from emulator.resources.generic import (
    filters,
    issuing,
    payment_records,
    secrets,
    tax,
    terminal,
    treasury,
    values,
)
from emulator.resources.generic.base import lists
from emulator.resources.generic.base.behaviour import NOTHING, Behaviour, raw
from emulator.resources.generic.facts import OBJECTS, Action, After, Facts
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

PAGING = frozenset({"created", "ending_before", "expand", "limit", "starting_after"})
MODULES = (
    issuing,
    payment_records,
    secrets,
    tax,
    terminal,
    treasury,
    values,
)
BEHAVIOUR: Mapping[str, Behaviour] = {name: more for module in MODULES for name, more in module.BEHAVIOUR.items()}


class GenericObject(NamedTuple):
    """One kind of object, with its rows in all tables."""

    name: str
    facts: Facts
    more: Behaviour


def resource(name: str) -> Resource[Any] | None:
    """The generic resource of an object, None for one that the catalog lacks."""
    operations = tuple(catalog.operations_of(name))
    if not operations or name == "-" or name.startswith("v2."):
        return None
    kind = GenericObject(name, OBJECTS.get(name, Facts()), BEHAVIOUR.get(name, NOTHING))
    facts, more, matches = kind.facts, kind.more, filters.of(name, _filters(operations))
    noun = facts.noun or name.rpartition(".")[2]
    known = {operation.verb for operation in operations}
    return stored(
        name,
        facts.prefix,
        noun=noun,
        param=facts.param,
        new_id=partial(new_id, facts),
        absent=facts.absent.split(),
        request_only=facts.request_only.split(),
        filters=sorted((_filters(operations).keys() & properties(name).keys()) - matches.keys()),
        matches=matches,
        create=partial(_start, facts, more),
        then=more.then,
        update=partial(_changed, kind),
        actions=_actions(kind, noun),
        delete=_deletable if "delete" in known else None,
        keeps_stubs=facts.keeps_stubs,
        unknown=partial(recipes.make, name, facts.prefix, partial(_unknown, facts), _recipe(kind)),
        alone=partial(_alone, facts) if _is_alone(operations) else None,
        render=partial(_render, kind),
        include=partial(lists.include, _path(name), name) if name in lists.HIDDEN else None,
        events=partial(_events, kind),
        verbs=more.verbs,
        endpoints={**lists.endpoints(name, operations), **more.endpoints},
        params=_params(operations, facts.clearable.split()),
        style=verbs.V1._replace(stub=more.stub, missing=more.missing or verbs.V1.missing),
        fidelity="generic",
    )


def _params(operations: Sequence[Operation], clearable: list[str]) -> Mapping[str, Callable[[Version], spec.Object]]:
    """The parameters of creates and updates in which more can be unset than the catalog says."""
    found: dict[str, Callable[[Version], spec.Object]] = {}
    for operation in operations if clearable else ():
        known = operation.params.params
        if operation.verb in ("create", "update"):
            cleared = {name: replace(known[name], clearable=True) for name in clearable if name in known}
            changed = spec.Object({**known, **cleared})
            found[operation.verb] = lambda _, changed=changed: changed  # type: ignore[misc]
    return found


def _filters(operations: Iterable[Operation]) -> Mapping[str, spec.Param]:
    lists = (each.params.params for each in operations if each.verb == "list")
    return {name: param for params in lists for name, param in params.items() if name not in PAGING}


def _is_alone(operations: Sequence[Operation]) -> bool:
    """An object without an id is shown, and never created or retrieved by one."""
    verbs = {operation.verb for operation in operations}
    return "show" in verbs and not verbs & {"create", "retrieve", "list"}


def _alone(facts: Facts, call: Call) -> bytes:
    return encode(_first(facts, call.now))


def _unknown(facts: Facts, scope: Scope, _: str, __: str | None) -> Fields:
    return _first(facts, scope.now)


def _actions(kind: GenericObject, noun: str) -> Mapping[str, Update]:
    """The actions of the table, and those of the behaviour, which may continue them."""
    table = {verb: _action(verb, noun, action) for verb, action in kind.facts.actions.items()}
    return table | {verb: raw(change, table.get(verb)) for verb, change in kind.more.actions.items()}


def _recipe(kind: GenericObject) -> recipes.Recipe:
    """The recipe of an object, which has each state that allows an action."""
    states = dict.fromkeys(state for action in kind.facts.actions.values() for state in action.states.split())
    return kind.more.recipe._replace(states=(*states, *kind.more.recipe.states))


def _deletable(_: Call, __: Row[bytes]) -> None:
    """Every object can be deleted."""


def _start(facts: Facts, more: Behaviour, call: Call, fields: Fields) -> Fields:
    _refuse(facts, call)
    if "customer" in call.path:
        fields = {**fields, "customer": call.path["customer"]}
    for names in facts.needs.split():
        one_of = names.split("|")
        if not any(call.params.get(name) or fields.get(name) for name in one_of):
            raise errors.missing_param((one_of[0],))
    whole = {**_first(facts, call.now), **fields}
    return more.create(call, whole) if more.create else whole


def _changed(kind: GenericObject, call: Call, row: Row[bytes], fields: Fields) -> Fields:
    _refuse(kind.facts, call)
    whole = {**fields, "updated": call.now} if "updated" in times(kind.name) else fields
    return kind.more.update(call, row, whole) if kind.more.update else whole


def _refuse(facts: Facts, call: Call) -> None:
    """Refuses parameters whose effect is not emulated."""
    for name in facts.refused.split():
        if call.params.get(name):
            raise errors.param_not_emulated((name,))


def _first(facts: Facts, now: int) -> Fields:
    return {name: _at(value, now) for name, value in facts.start.items()}


def _at(value: Json | After, now: int) -> Json:
    if isinstance(value, After):
        return now + value.seconds
    return {name: _at(each, now) for name, each in value.items()} if isinstance(value, Mapping) else value


def new_id(facts: Facts, call: Call, _: bytes) -> str:
    """The id of a new object in the form of its kind."""
    ids, test = call.sandbox.ids, "" if call.sandbox.livemode else "test_"
    made: dict[str, Callable[[], str]] = {
        "short": lambda: ids.random(facts.prefix, 14),
        "long": lambda: ids.random(facts.prefix, 30, f"{test}61"),
    }
    return made.get(facts.form, lambda: ids.in_account(facts.prefix or "obj", call.now, call.owner))()


def _action(verb: str, noun: str, action: Action) -> Update:
    life = Transitions({verb: {state: action.to or state for state in action.states.split()}})

    def act(call: Call, _: Row[bytes], fields: Fields) -> Fields:
        state = str(fields.get("status"))
        changed: Fields = {**fields}
        if action.refuse is not None and state not in action.states.split():
            raise action.refuse(state)
        if action.states:
            changed["status"] = life.after(verb, noun, state)
        for name, value in action.sets.items():
            new, old = _at(value, call.now), changed.get(name)
            changed[name] = {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new
        return changed

    return act


def _render(kind: GenericObject, sandbox: Sandbox, row: Row[bytes], now: int) -> Fields:
    """The object; lists inside it have its id in their URLs, and fields that only an expansion shows are left out."""
    name, more = kind.name, kind.more
    body = lists.shown(name, _path(name), frozenset(kind.facts.absent.split()), sandbox, row, now)
    return more.show(row, now, body) if more.show else body


@cache
def _path(name: str) -> str:
    """The path at which objects of a name are listed or created."""
    paths = [each.path for each in catalog.operations_of(name) if "{" not in each.path]
    return min(paths, key=len, default=f"/v1/{name.replace('.', '/')}s")


def _events(kind: GenericObject, found: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """Stripe's events, if any, of a creation, a deletion, an action with a name of its own, and other updates."""
    before = diff.render(found, diff.before, diff.then) if diff.before else None
    after = diff.render(found, diff.after, diff.now) if diff.after else None
    name = "created" if before is None else "deleted" if after is None else "updated"
    if diff.before and diff.after:
        state, was = decode(diff.after).get("status"), decode(diff.before).get("status")
        named = (action.event for action in kind.facts.actions.values() if action.event and action.to == state != was)
        own = kind.more.event(decode(diff.before), decode(diff.after)) if kind.more.event else ""
        name = own or next(named, name)
    if before == after and name == "updated":
        return
    account = None if diff.row.owner == diff.sandbox.platform_id else diff.row.owner
    known = None if name in ("created", "deleted") and after is not None else before
    for each in name.split():
        if each in kind.facts.events.split():
            yield snapshot(f"{kind.facts.event or kind.name}.{each}", account, known, after)
