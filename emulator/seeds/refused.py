"""What v1 was told of an account and v2 refuses: a fixture of v2 is without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from emulator.clock import wall
from emulator.errors import StripeError
from emulator.resources.v2 import checks, identities
from emulator.resources.v2.trees import nested
from emulator.schema.check import Params
from emulator.store.rows import Account
from emulator.wire.json import Json

Hash = dict[str, Json]
Check = Callable[[Params], None]
_WHOLE = ("country", "date", "year")


def of_account(account: Account, params: Hash) -> list[str]:
    """The dotted paths of what no request of v2 can tell of an account."""

    def check(sent: Params) -> None:
        checks.check_account(sent, wall())
        identities.check_identity(account, {}, sent, account.v2.applied if account.v2 else (), new=False)

    return list(_refused(params, "", check))


def of_person(account: Account, params: Hash) -> list[str]:
    """The same of a person."""

    def check(sent: Params) -> None:
        checks.check_person(sent, wall())
        identities.check_person(account, sent, {})

    return list(_refused(params, "", check))


def _refused(tree: Mapping[str, Json], at: str, check: Check) -> Iterator[str]:
    for name, value in tree.items():
        path = f"{at}.{name}" if at else name
        if _passes(path, value, check):
            continue
        if isinstance(value, Mapping) and not _is_whole(value):
            yield from _refused(value, path, check)
        else:
            yield path


def _is_whole(value: Mapping[str, Json]) -> bool:
    """Whether a hash is sent with all that is in it or not at all: an address, a day, an acceptance."""
    return any(word in value for word in _WHOLE) and not any(isinstance(inner, Mapping) for inner in value.values())


def _passes(path: str, value: Json, check: Check) -> bool:
    try:
        check(nested(path, cast("Params", value)))
    except StripeError:
        return False
    return True
