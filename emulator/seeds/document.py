"""The format: a fixtures document of the Stripe CLI, read and checked before anything of it runs.

    {"_meta": {"template_version": 0}, "fixtures": [{"name", "path", "method", "params", "expected_error_type",
     "idempotency_key", "headers"}], "env": {"KEY": "${name:id}"}}

As for the CLI, other names are ignored, `context` and `api_base` among them: every address of Stripe's is here. Of our
own are `_id`, the id or the list of ids of what a fixture makes, and `_onboard`, which completes the hosted onboarding
of the answer's account: the CLI ignores both (our choice). Nothing can refer to a fixture without a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from emulator.seeds.errors import unreadable
from emulator.seeds.reserved import kind_of
from emulator.wire.json import Json

SUPPORTED_VERSION = 0


@dataclass(frozen=True, slots=True)
class Fixture:
    """One request of a document. `ids` are those of what it makes."""

    name: str
    path: str
    method: str
    params: Mapping[str, Json] = field(default_factory=dict)
    expected_error_type: str = ""
    idempotency_key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    onboard: bool = False
    where: str = ""  # how errors call it


@dataclass(frozen=True, slots=True)
class Document:
    """Fixtures in their order. `env` is what the CLI writes into a `.env`: here it is only resolved."""

    fixtures: tuple[Fixture, ...]
    env: Mapping[str, str]


def read(tree: Json) -> Document:
    """A document from JSON. Raises SeedError."""
    if not isinstance(tree, Mapping) or not isinstance(tree.get("fixtures"), list):
        raise unreadable("A fixtures document is an object with a list 'fixtures', as of 'stripe fixtures'.")
    _check_version(tree.get("_meta"))
    fixtures = tuple(_fixture(each, number) for number, each in enumerate(cast("Sequence[Json]", tree["fixtures"])))
    ids = [each for fixture in fixtures for each in fixture.ids]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise unreadable(f"The document gives the id {twice[0]} more than once.")
    return Document(fixtures, _texts(tree, "env", "The document"))


def _check_version(meta: Json) -> None:
    version = meta.get("template_version", 0) if isinstance(meta, Mapping) else 0
    if not isinstance(version, int) or isinstance(version, bool):
        raise unreadable(f"template_version of _meta must be a whole number, not {version!r}.")
    if version > SUPPORTED_VERSION:
        raise unreadable(f"Fixture version not supported: {version}")


def _fixture(tree: Json, number: int) -> Fixture:
    where = f"Fixture {number + 1}"
    if not isinstance(tree, Mapping):
        raise unreadable(f"{where} must be an object.")
    name = _text(tree, "name", where)
    where = f"The fixture {name!r}" if name else f"{where} (without a name)"
    params = tree.get("params")
    if params is not None and not isinstance(params, Mapping):
        raise unreadable(f"{where}: params must be an object.")
    if not isinstance(tree.get("_onboard", False), bool):
        raise unreadable(f"{where}: _onboard must be true or false.")
    return Fixture(
        name=name,
        path=_text(tree, "path", where),
        method=_text(tree, "method", where).upper(),
        params=params or {},
        expected_error_type=_text(tree, "expected_error_type", where),
        idempotency_key=_text(tree, "idempotency_key", where),
        headers=_texts(tree, "headers", where),
        ids=_ids(tree.get("_id"), where),
        onboard=tree.get("_onboard") is True,
        where=where,
    )


def _text(tree: Mapping[str, Json], name: str, where: str) -> str:
    value = tree.get(name)
    if value is not None and not isinstance(value, str):
        raise unreadable(f"{where}: {name} must be a string.")
    return value or ""


def _texts(tree: Mapping[str, Json], name: str, where: str) -> Mapping[str, str]:
    value = tree.get(name) or {}
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise unreadable(f"{where}: {name} must be an object of strings.")
    return cast("Mapping[str, str]", value)


def _ids(given: Json, where: str) -> tuple[str, ...]:
    ids = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(ids, list) or not all(isinstance(each, str) and kind_of(each) for each in ids):
        raise unreadable(
            f"{where}: _id must be an id, or a list of them, such as acct_123: a prefix, an underscore, and up to "
            f"250 letters, digits and underscores. It is {given!r}."
        )
    return tuple(ids)
