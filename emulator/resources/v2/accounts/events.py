"""Thin events: what has happened to an account of Accounts v2, found by comparing what v2 shows of it.

Which change is told by which event is documented by the names of the events alone; a row for each, and the rules
between them are our choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from emulator.resources.resource import Diff, Resource
from emulator.resources.snapshots import compressed, previous
from emulator.resources.v2.accounts import person_fields
from emulator.resources.v2.accounts.render import render
from emulator.store.events import NewEvent, Related, Thin
from emulator.store.rows import Account
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

ACCOUNT, PERSON = "v2.core.account", "v2.core.account_person"
CONFIGURATIONS = ("customer", "merchant", "recipient")
Body = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the account that has an event of its own. `tracked` says whether the event holds the changes."""

    event: str
    path: tuple[str, ...]
    tracked: bool = False


# In the order in which the events of one request come (our choice: Stripe promises none).
PARTS: tuple[Part, ...] = (
    *(Part(f"{ACCOUNT}[configuration.{name}].updated", ("configuration", name)) for name in CONFIGURATIONS),
    Part(f"{ACCOUNT}[defaults].updated", ("defaults",), tracked=True),
    Part(f"{ACCOUNT}[identity].updated", ("identity",)),
    Part(f"{ACCOUNT}[requirements].updated", ("requirements",)),
    Part(f"{ACCOUNT}[future_requirements].updated", ("future_requirements",)),
)
INCLUDE = tuple(".".join(part.path) for part in PARTS)
INCLUDED = frozenset(part.path[0] for part in PARTS)


def events(_: Resource[Any], diff: Diff) -> Iterator[NewEvent]:
    """The thin events of a change of an account; one that v1 has created has none."""
    account: Account = diff.row.data
    if account.v2 is None:
        return
    live = diff.sandbox.livemode
    before = diff.before.data if diff.before else None
    old = _rendered(before, diff.then, livemode=live) if before else None
    new = _rendered(account, diff.now, livemode=live) if diff.after else None
    persons = _rendered_persons(before, livemode=live), _rendered_persons(account, livemode=live)
    yield from events_between(account, (old, new), persons)


def events_between(
    account: Account, bodies: tuple[Body | None, Body | None], persons: tuple[Mapping[str, Body], Mapping[str, Body]]
) -> Iterator[NewEvent]:
    """The thin events of an account whose body was one and is the other, None where it is not there; so its persons."""
    old, new = bodies
    if old is None or new is None:
        name = "closed" if new is None else "created"
        yield _about(account, f"{ACCOUNT}.{name}", changes=(_own(old), _own(new)))
        if new is None:
            return
    if old is None and new is not None:
        yield from _configured_first(account, new)
    yield from _persons(account, *persons)
    if old is not None and new is not None:
        yield from _updated(account, old, new)


def _rendered(account: Account, now: int, *, livemode: bool) -> Body:
    return render(account, livemode=livemode, include=INCLUDE, now=now)


def _rendered_persons(account: Account | None, *, livemode: bool) -> Mapping[str, Body]:
    rows = account.persons if account else ()
    return {person.id: person_fields.render(account, person, livemode=livemode) for person in rows if account}


def _configured_first(account: Account, new: Body) -> Iterator[NewEvent]:
    """The configurations of a new account, each with an event of its own (official of a customer's)."""
    for name in CONFIGURATIONS:
        if _at(new, ("configuration", name)) is not None:
            yield _about(account, f"{ACCOUNT}[configuration.{name}].updated")


def _updated(account: Account, old: Body, new: Body) -> Iterator[NewEvent]:
    for part in PARTS:
        was, is_now = _configured(_at(old, part.path)), _configured(_at(new, part.path))
        if was != is_now:
            yield _about(account, part.event, changes=_changed(old, new, part.path) if part.tracked else None)
    for name in CONFIGURATIONS:
        yield from _capabilities(account, name, old, new)
    if _own(old) != _own(new):
        yield _about(account, f"{ACCOUNT}.updated", changes=_differing(_own(old), _own(new)))


def _capabilities(account: Account, name: str, old: Body, new: Body) -> Iterator[NewEvent]:
    """One event for each capability whose status is another one: what was not there was asked for just now."""
    path = ("configuration", name, "capabilities")
    before, after = _statuses(_at(old, path)), _statuses(_at(new, path))
    for capability in sorted({*before, *after}):
        if before.get(capability) != after.get(capability):
            yield _about(
                account,
                f"{ACCOUNT}[configuration.{name}].capability_status_updated",
                data={"updated_capability": capability},
                changes=_changed(old, new, (*path, *capability.split("."))),
            )


def _statuses(capabilities: Json, prefix: str = "") -> dict[str, Json]:
    """The status of each capability by its dotted name, such as `stripe_balance.payouts`."""
    found: dict[str, Json] = {}
    for name, value in capabilities.items() if isinstance(capabilities, Mapping) else ():
        if isinstance(value, Mapping) and "status" in value:
            found[f"{prefix}{name}"] = value["status"]
        else:
            found |= _statuses(value, f"{prefix}{name}.")
    return found


def _persons(account: Account, before: Mapping[str, Body], after: Mapping[str, Body]) -> Iterator[NewEvent]:
    for identifier in dict.fromkeys((*before, *after)):
        if before.get(identifier) != after.get(identifier):
            happened = "created" if identifier not in before else "updated" if identifier in after else "deleted"
            url = f"/v2/core/accounts/{account.id}/persons/{identifier}"
            related = Related(identifier, PERSON, url)
            thin = Thin(related, {"account_id": account.id})
            yield NewEvent(f"{PERSON}.{happened}", account.id, None, thin)


def returned(account: str, configurations: Iterable[str], use_case: str) -> NewEvent:
    """That somebody has come back from an account link. It is about no object (official)."""
    data: Body = {"account_id": account, "configurations": list(configurations), "use_case": use_case}
    return NewEvent("v2.core.account_link.returned", account, None, Thin(None, data))


def _about(
    account: Account, event: str, *, data: Body | None = None, changes: tuple[Json, Json] | None = None
) -> NewEvent:
    related = Related(account.id, ACCOUNT, f"/v2/core/accounts/{account.id}")
    return NewEvent(event, account.id, None, Thin(related, data, _compressed(changes) if changes else None))


def _compressed(changes: tuple[Json, Json]) -> bytes:
    return compressed({"after": changes[1], "before": changes[0]})


def _own(shown: Body | None) -> Body | None:
    """What the account shows when nothing is included."""
    return None if shown is None else {name: value for name, value in shown.items() if name not in INCLUDED}


def _changed(old: Body, new: Body, path: tuple[str, ...]) -> tuple[Json, Json]:
    """What differs at a path, in the account's structure (official)."""
    was, is_now = _under(path, _at(old, path)), _under(path, _at(new, path))
    return _differing(was, is_now)


def _differing(old: Body | None, new: Body | None) -> tuple[Json, Json]:
    return previous(old or {}, new or {}), previous(new or {}, old or {})


def _under(path: tuple[str, ...], value: Json) -> dict[str, Json]:
    for name in reversed(path[1:]):
        value = {name: value}
    return {path[0]: value}


def _at(shown: Json, path: tuple[str, ...]) -> Json:
    for name in path:
        shown = shown.get(name) if isinstance(shown, Mapping) else None
    return shown


def _configured(part: Json) -> Json:
    """A configuration without its capabilities, which have an event of their own."""
    if not isinstance(part, Mapping) or "capabilities" not in part:
        return part
    return {name: value for name, value in part.items() if name != "capabilities"}
