"""The format of seeds: a fixtures document of the Stripe CLI, parsed and checked before any of it runs.

    {"_meta": {"template_version": 0}, "fixtures": [{"name", "path", "method", "params", "expected_error_type",
     "idempotency_key", "headers"}], "env": {"KEY": "${name:id}"}}

As in the CLI, other names are ignored, including `context` and `api_base`. A fixture without a name cannot be referred
to. These keys of a fixture are our own, and the CLI ignores them (our choice):

    _id            the id, or the list of ids and secrets, of the objects that it creates
    _onboard       true completes the hosted onboarding of the account in the response
    _step          a step without a request: {"do": "verify", "account": "${seller:id}", "outcome": "failed"}
    _params        the exact parameters, sent instead of `params`, for those that the CLI cannot send
    _at            when it ran, in unix seconds; `_at` of the document is the time of the export, and loading keeps the
                   intervals: a request an hour before the export runs an hour before the sandbox's time
    _times         names of parameters that hold a time, which is shifted too, such as `tos_acceptance[date]`
    _publishable   true sends it with the publishable key
    _file          the file of an upload: {"filename": "passport.png", "content": "..."}, the content in base64
"""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import cast

from emulator.sandbox.clock import EARLIEST, LATEST
from emulator.sandbox.ids import kind_of
from emulator.seeds.errors import unreadable
from emulator.wire.dataclasses import dataclass
from emulator.wire.form import Limits
from emulator.wire.json import Json

SUPPORTED_VERSION = 0
MOST = 10_000  # fixtures in a document
Fields = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Fixture:
    """One request of a document, or one step."""

    name: str
    path: str
    method: str
    params: Fields = field(default_factory=dict)
    expected_error_type: str = ""
    idempotency_key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    onboard: bool = False
    step: Fields | None = None
    exact_params: Fields | None = None
    at: int | None = None
    times: tuple[str, ...] = ()
    publishable: bool = False
    file: tuple[str, bytes] | None = None
    where: str = ""  # its name in errors


@dataclass(frozen=True, slots=True)
class Document:
    """Fixtures in their order. The CLI writes `env` into a `.env` file; here it is only resolved."""

    fixtures: tuple[Fixture, ...]
    env: Mapping[str, str]
    at: int | None = None


def read(tree: Json) -> Document:
    """Parse a document. Raises SeedError."""
    check(tree)
    return assemble(tree, [*fixtures_of(tree)])


def check(tree: Json) -> None:
    """Check the structure of a document. Raises SeedError."""
    if not isinstance(tree, Mapping) or not isinstance(tree.get("fixtures"), list):
        raise unreadable("A fixtures document is an object with a list 'fixtures', as of 'stripe fixtures'.")
    _check_version(tree.get("_meta"))
    if len(cast("Sequence[Json]", tree["fixtures"])) > MOST:
        raise unreadable(f"A fixtures document must not hold more than {MOST} fixtures.")


def fixtures_of(tree: Json) -> Iterator[Fixture]:
    """Parse the fixtures of a checked document one by one. Raises SeedError."""
    fixtures = cast("Mapping[str, Sequence[Json]]", tree)["fixtures"]
    return (_fixture(each, number) for number, each in enumerate(fixtures))


def assemble(tree: Json, fixtures: Sequence[Fixture]) -> Document:
    """A document with parsed fixtures. Raises SeedError."""
    head = cast("Fields", tree)
    counts = Counter(each for fixture in fixtures for each in fixture.ids)
    twice = sorted(each for each, count in counts.items() if count > 1)
    if twice:
        raise unreadable(f"The document gives the id {twice[0]} more than once.")
    return Document(tuple(fixtures), _texts(head, "env", "The document"), _time(head, "The document"))


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
    return Fixture(
        name=name,
        path=_text(tree, "path", where),
        method=_text(tree, "method", where).upper(),
        params=_fields(tree, "params", where) or {},
        expected_error_type=_text(tree, "expected_error_type", where),
        idempotency_key=_text(tree, "idempotency_key", where),
        headers=_texts(tree, "headers", where),
        ids=_ids(tree.get("_id"), where),
        onboard=_flag(tree, "_onboard", where),
        step=_fields(tree, "_step", where),
        exact_params=_fields(tree, "_params", where),
        at=_time(tree, where),
        times=_names(tree, "_times", where),
        publishable=_flag(tree, "_publishable", where),
        file=_file(tree, where),
        where=where,
    )


def _file(tree: Fields, where: str) -> tuple[str, bytes] | None:
    """The name and the content of a file."""
    value = tree.get("_file")
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise unreadable(f"{where}: _file must be an object.")
    try:
        return _text(value, "filename", where), b64decode(_text(value, "content", where), validate=True)
    except ValueError:
        raise unreadable(f"{where}: the content of _file must be in base64.") from None


def _text(tree: Fields, name: str, where: str) -> str:
    value = tree.get(name)
    if value is not None and not isinstance(value, str):
        raise unreadable(f"{where}: {name} must be a string.")
    return value or ""


def _texts(tree: Fields, name: str, where: str) -> Mapping[str, str]:
    value = tree.get(name) or {}
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise unreadable(f"{where}: {name} must be an object of strings.")
    return cast("Mapping[str, str]", value)


def _names(tree: Fields, name: str, where: str) -> tuple[str, ...]:
    value = tree.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise unreadable(f"{where}: {name} must be a list of strings.")
    return tuple(value)


def _flag(tree: Fields, name: str, where: str) -> bool:
    value = tree.get(name, False)
    if not isinstance(value, bool):
        raise unreadable(f"{where}: {name} must be true or false.")
    return value


def _fields(tree: Fields, name: str, where: str) -> Fields | None:
    value = tree.get(name)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise unreadable(f"{where}: {name} must be an object.")
    _check_size(value, f"{where}: {name}")
    return value


def _check_size(value: Fields, where: str) -> None:
    """Apply the limits of a request. Iterates level by level, since recursion would fail on deep nesting."""
    limits, count = Limits(), 0
    level: list[Json] = [value]
    for _ in range(limits.depth):
        level = [child for node in level for child in _children(node)]
        count += len(level)
        if count > limits.pairs:
            raise unreadable(f"{where} must not hold more than {limits.pairs} values.")
    if level:
        raise unreadable(f"{where} must not have more than {limits.depth} levels of nesting.")


def _children(node: Json) -> Sequence[Json]:
    return [*node.values()] if isinstance(node, Mapping) else node if isinstance(node, list) else ()


def _time(tree: Fields, where: str) -> int | None:
    value = tree.get("_at")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not EARLIEST <= value <= LATEST:
        raise unreadable(f"{where}: _at must be a time in unix seconds, from {EARLIEST} to {LATEST}.")
    return value


def _ids(given: Json, where: str) -> tuple[str, ...]:
    ids = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(ids, list) or not all(isinstance(each, str) and kind_of(each) for each in ids):
        raise unreadable(
            f"{where}: _id must be an id, or a list of them, such as acct_123: a prefix, an underscore, and up to "
            f"250 letters, digits and underscores. It is {str(given)[:300]!r}."
        )
    return tuple(ids)
