"""What v1 was told of an account and v2 refuses: a fixture of v2 is without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from emulator.catalog.versions import NEWEST, parse
from emulator.errors import StripeError
from emulator.resources.v2 import params
from emulator.resources.v2.accounts import addresses, checks, identities
from emulator.sandbox.clock import wall
from emulator.schema.check import Params
from emulator.schema.check import check as check_types
from emulator.schema.trees import nest, path_tree, split_path, without
from emulator.store.rows import Account
from emulator.wire.form import Tree, text_tree
from emulator.wire.json import Json

Hash = dict[str, Json]
Check = Callable[[Params], None]
# What must be in the country of residence, each of which is fine alone.
_ELSEWHERE = ("additional_addresses", "script_addresses")


def of_account(account: Account, sent: Hash) -> list[str]:
    """The dotted paths of what no request of v2 can tell of an account."""

    def check(part: Params) -> None:
        _check_types("PostV2CoreAccounts", part)
        checks.check_account(part, wall())
        identities.check_identity(account, {}, part, account.v2.applied if account.v2 else (), new=False)

    return list(_refused(sent, "", check))


def of_person(account: Account, sent: Hash) -> list[str]:
    """The same of a person."""

    def check(part: Params) -> None:
        _check_types("PostV2CoreAccountsAccountIdPersons", part)
        checks.check_person(part, wall())
        identities.check_person(account, part, {})

    found = list(_refused(sent, "", check))
    left = without(cast("Params", sent), path_tree(found))
    return found + [name for name in _ELSEWHERE if name in left and addresses.elsewhere(left)]


def _refused(tree: Mapping[str, Json], at: str, check: Check) -> Iterator[str]:
    for name, value in tree.items():
        path = f"{at}.{name}" if at else name
        if _passes(path, value, check):
            continue
        if isinstance(value, Mapping) and value and not _is_whole(value):
            yield from _refused(value, path, check)
        else:
            yield path


def _is_whole(value: Mapping[str, Json]) -> bool:
    """Whether a hash is sent with all that is in it or not at all: a document, an address, a day, an acceptance."""
    flat = not any(isinstance(inner, Mapping) for inner in value.values())
    return "type" in value or (flat and any(word in value for word in ("country", "date", "year")))


def _passes(path: str, value: Json, check: Check) -> bool:
    try:
        check(nest(split_path(path), cast("Params", value)))
    except StripeError:
        return False
    return True


def _check_types(operation: str, part: Params) -> None:
    check_types(cast("Tree", text_tree(part)), params.of(operation)(parse(NEWEST)))
