"""Thin events of accounts of v2, found by comparing the account object before and after a change.

Only the names of the events document which changes they are about; the rows here and their order are our choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from emulator.model.declaration.resource import Diff, Resource
from emulator.model.declaration.snapshots import previous
from emulator.resources.v2.accounts import person_fields
from emulator.resources.v2.accounts.render import render
from emulator.schema.trees import dig, nest
from emulator.store.events import NewEvent, Related, Thin, pack
from emulator.store.rows import Account
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

ACCOUNT, PERSON = "v2.core.account", "v2.core.account_person"
CONFIGURATIONS = ("customer", "merchant", "recipient")
Body = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the account with an event of its own. `tracked`: the event has the changes."""

    event: str
    path: tuple[str, ...]
    tracked: bool = False


# In the order of the events of one request (our choice: Stripe promises none).
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
    """The thin events of a change of an account. Accounts created by v1 have none."""
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
    """The thin events between two bodies of an account, of which one may be missing, and of its persons' bodies."""
    old, new = bodies
    if old is None or new is None:
        name = "closed" if new is None else "created"
        yield _event(account, f"{ACCOUNT}.{name}", changes=(_own(old), _own(new)))
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
    """An event for each configuration of a new account (official for customers)."""
    for name in CONFIGURATIONS:
        if dig(new, ("configuration", name)) is not None:
            yield _event(account, f"{ACCOUNT}[configuration.{name}].updated")


def _updated(account: Account, old: Body, new: Body) -> Iterator[NewEvent]:
    for part in PARTS:
        if _configured(dig(old, part.path)) != _configured(dig(new, part.path)):
            yield _event(account, part.event, changes=_differences(old, new, part.path) if part.tracked else None)
    for name in CONFIGURATIONS:
        yield from _capabilities(account, name, old, new)
    if _own(old) != _own(new):
        yield _event(account, f"{ACCOUNT}.updated", changes=_compare(_own(old), _own(new)))


def _capabilities(account: Account, name: str, old: Body, new: Body) -> Iterator[NewEvent]:
    """One event for each capability whose status has changed, or that was just requested."""
    path = ("configuration", name, "capabilities")
    before, after = _statuses(dig(old, path)), _statuses(dig(new, path))
    for capability in sorted({*before, *after}):
        if before.get(capability) != after.get(capability):
            yield _event(
                account,
                f"{ACCOUNT}[configuration.{name}].capability_status_updated",
                data={"updated_capability": capability},
                changes=_differences(old, new, (*path, *capability.split("."))),
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
    """The event of an owner's return from an account link. It has no related object (official)."""
    data: Body = {"account_id": account, "configurations": list(configurations), "use_case": use_case}
    return NewEvent("v2.core.account_link.returned", account, None, Thin(None, data))


def _event(
    account: Account, event: str, *, data: Body | None = None, changes: tuple[Json, Json] | None = None
) -> NewEvent:
    related = Related(account.id, ACCOUNT, f"/v2/core/accounts/{account.id}")
    return NewEvent(event, account.id, None, Thin(related, data, _packed(changes) if changes else None))


def _packed(changes: tuple[Json, Json]) -> bytes:
    return pack({"after": changes[1], "before": changes[0]})


def _own(shown: Body | None) -> Body | None:
    """The account as shown when nothing is included."""
    return None if shown is None else {name: value for name, value in shown.items() if name not in INCLUDED}


def _differences(old: Body, new: Body, path: tuple[str, ...]) -> tuple[Json, Json]:
    """The differences at a path, nested as in the account (official)."""
    return _compare(nest(path, dig(old, path)), nest(path, dig(new, path)))


def _compare(old: Body | None, new: Body | None) -> tuple[Json, Json]:
    old, new = old or {}, new or {}
    return previous(old, new, whole_if_empty=True), previous(new, old, whole_if_empty=True)


def _configured(part: Json) -> Json:
    """A configuration without its capabilities, which have events of their own."""
    if not isinstance(part, Mapping) or "capabilities" not in part:
        return part
    return {name: value for name, value in part.items() if name != "capabilities"}
