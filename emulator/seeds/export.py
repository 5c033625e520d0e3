"""A sandbox as a fixtures document: enough to make its connected accounts again, with their ids.

Each exporter turns what a sandbox holds into fixtures; a resource that can be exported is one line in EXPORTERS. The
documents run on Stripe, too, where the objects get other ids. What no request can make again is named in `_left_out`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from emulator.sandbox.sandbox import Sandbox
from emulator.seeds.accounts import fixtures_of
from emulator.seeds.omitted import left_out_of
from emulator.wire.json import Json

FixtureJson = dict[str, Json]


class Exporter(NamedTuple):
    """One resource: its fixtures, oldest first, and a line for each thing of it that cannot be made again."""

    fixtures: Callable[[Sandbox], Iterator[FixtureJson]]
    left_out: Callable[[Sandbox], Iterator[str]]


def _accounts(sandbox: Sandbox) -> Iterator[FixtureJson]:
    for account in reversed(list(sandbox.accounts.newest_first())):
        yield from fixtures_of(account)


def _left_out_of_accounts(sandbox: Sandbox) -> Iterator[str]:
    for account in reversed(list(sandbox.accounts.newest_first())):
        yield from left_out_of(account)
    for closed in reversed(list(sandbox.closed_accounts.newest_first())):
        yield f"{closed.id}: it is closed"
    rows = list(sandbox.accounts.newest_first())
    if any(each.ready_at or any(person.ready_at for person in each.persons) for each in rows):
        yield "the checks that are running or have ended, which start again"
    if any(each.external_accounts for each in rows):
        yield "the fingerprints of bank accounts and cards, which follow from the platform"


def _no_fixtures(_: Sandbox) -> Iterator[FixtureJson]:
    return iter(())


def _others(sandbox: Sandbox) -> Iterator[str]:
    for rows, name in (
        (sandbox.webhook_endpoints, "webhook endpoints"),
        (sandbox.event_destinations, "event destinations"),
        (sandbox.sessions, "account sessions"),
    ):
        if len(rows):
            yield f"{len(rows)} {name}, whose secrets would be others"


EXPORTERS: Sequence[Exporter] = (
    Exporter(_accounts, _left_out_of_accounts),
    Exporter(_no_fixtures, _others),
)


def export(sandbox: Sandbox) -> dict[str, Json]:
    """The fixtures document of a sandbox."""
    left_out: list[Json] = [line for each in EXPORTERS for line in each.left_out(sandbox)]
    return {
        "_meta": {"template_version": 0},
        "fixtures": [fixture for each in EXPORTERS for fixture in each.fixtures(sandbox)],
        **({"_left_out": left_out} if left_out else {}),
    }
