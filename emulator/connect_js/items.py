"""The items of components: one object each, with the actions that its owner has on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from emulator.connect_js.access import Grant
from emulator.model.declaration.endpoint import Scope
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

SHOWN = 20  # items of a list (our choice)


class Action(NamedTuple):
    """A button of an item: the feature that it requires, its label, and the request that it makes.

    With `amount`, the owner may change the amount, which becomes a parameter. With `text`, the owner enters a text,
    which becomes the parameter at this path.
    """

    name: str
    label: str
    feature: str
    path: str
    params: Mapping[str, str] = {}
    amount: int | None = None
    text: tuple[str, ...] = ()


class Item(NamedTuple):
    """One object in a list: its name, its amount as text, its status, and other details."""

    id: str
    name: str
    amount: str
    status: str
    about: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    currency: str = ""


def scope(grant: Grant) -> Scope:
    return Scope(grant.sandbox, grant.account.id, grant.now)


def rows(grant: Grant, name: str) -> Iterator[Row[bytes]]:
    """The newest objects of the account."""
    return islice(grant.sandbox.table(name).newest(grant.account.id), SHOWN)
