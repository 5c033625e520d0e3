"""Runs a fixtures document in a sandbox: each fixture is a request through the pipeline, or a step.

The order, the requests and the messages are those of the Stripe CLI (official). It stops at the first unexpected error;
the changes of earlier fixtures stay, as on Stripe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import cast

import orjson

from emulator.auth import keys
from emulator.auth.keys import Key
from emulator.http.message import Request
from emulator.http.pipeline import Pipeline
from emulator.resources.connect.accounts.endpoints import URL as V1_URL
from emulator.resources.connect.accounts.events import objects
from emulator.resources.v2.accounts.endpoints import URL as V2_URL
from emulator.sandbox.change_log import ELAPSE
from emulator.sandbox.clock import EARLIEST, LATEST, Clock
from emulator.sandbox.faults import Faults
from emulator.sandbox.ids import kind_of
from emulator.sandbox.rate_limits import RateLimits
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.seeds.document import Document, Fields, Fixture
from emulator.seeds.encoding import resolved
from emulator.seeds.errors import SeedError, unreadable
from emulator.seeds.lookup import NOTHING, Found, text_of
from emulator.seeds.references import Scope, resolve
from emulator.seeds.requests import base_headers, failure, request_of
from emulator.seeds.steps import made_by_time, run_step
from emulator.wire.dataclasses import replace
from emulator.wire.form import path_of
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import format_timestamp, parse_timestamp


class LoadResult(NamedTuple):
    """The result of a document: the responses by fixture, the resolved `env`, and the messages of the CLI."""

    responses: Mapping[str, Json]
    env: Mapping[str, str]
    notes: Sequence[str]


class Run:
    """One run of a document with a secret key. Iterating over it runs one fixture at a time.

    Raises SeedError; for ids that exist already, before any fixture runs.
    """

    def __init__(
        self, document: Document, pipeline: Pipeline, sandboxes: Sandboxes, key: Key, variables: Mapping[str, str]
    ) -> None:
        self._document = document
        self._pipeline = pipeline
        self._sandbox = sandboxes.of(key)
        self._newest = partial(sandboxes.find, key)
        self._key = key.text
        own = keys.parse("pk_" + key.text.partition("_")[2])
        self._publishable = own.text if own and sandboxes.find(own) is self._sandbox else ""
        self._responses: dict[str, Found] = {}
        self._scope = Scope(self._responses, variables, self._now, self._sandbox.ids.uuid)
        now = self._sandbox.clock.now()
        self._shift = 0 if document.at is None else now - document.at

    def _now(self) -> int:
        return self._sandbox.clock.now()

    def __iter__(self) -> Iterator[None]:
        """Run the fixtures. The clock does not move between two of them, so that nothing due later happens early."""
        clock, ids, made = self._sandbox.clock, self._sandbox.ids, made_by_time(self._document.fixtures)
        _check_free(self._document, self._sandbox, made)
        ids.made_by_time = made
        try:
            for fixture in self._document.fixtures:
                if self._newest() is not self._sandbox:
                    raise SeedError("The sandbox was reset while the seed was loaded.", "sandbox_reset")
                moved = _moved(fixture, self._shift)
                self._sandbox.clock = clock if moved.at is None else Clock(frozen_at=moved.at)
                self._responses |= self._named(moved)
                yield
        finally:
            self._sandbox.clock = clock
            ids.made_by_time = {}

    def _named(self, fixture: Fixture) -> dict[str, Found]:
        """The result of a fixture by its name. Raises SeedError."""
        try:
            with _without_faults(self._sandbox):
                result = self._run(fixture)
        except SeedError as error:
            raise SeedError(f"{fixture.where} failed: {error}") from None
        return {fixture.name: result} if fixture.name else {}

    def result(self) -> LoadResult:
        """The result, after all fixtures have run. Raises SeedError."""
        env = {name: resolve(text, self._scope) for name, text in self._document.env.items()}
        shown = {name: result for name, result in self._responses.items() if result is not NOTHING}
        return LoadResult(cast("Mapping[str, Json]", shown), env, tuple(self._scope.notes))

    def _run(self, fixture: Fixture) -> Found:
        ids = self._sandbox.ids
        if fixture.method == "GET" and fixture.ids and fixture.step is None:
            raise _misplaced(fixture, ())
        ids.reserve(fixture.ids)
        try:
            result = self._send(fixture) if fixture.step is None else self._step(fixture, fixture.step)
        finally:
            left = ids.release()
        if left and result is not NOTHING:
            raise (
                _misplaced(fixture, ids.drawn)
                if left[0] == fixture.ids[0]
                else SeedError(f"the id {left[0]} was not used: it created no such object")
            )
        return result

    def _send(self, fixture: Fixture) -> Found:
        key = self._publishable if fixture.publishable else self._key
        if not key:
            raise SeedError("it requires a publishable key, and the sandbox has none with the same suffix")
        request = request_of(fixture, key, self._scope)
        response, _ = self._pipeline.respond(request)
        if response.status < 300:
            result: Json = orjson.loads(response.body)
            return self._onboarded(result, request) if fixture.onboard else result
        error = _error_of(response.body)
        if not fixture.expected_error_type or fixture.expected_error_type != error.get("type"):
            raise SeedError(failure(request, response.status, error))
        return NOTHING  # as in the CLI, an expected error has no response to refer to

    def _step(self, fixture: Fixture, step: Fields) -> Json:
        exact = fixture.exact_params
        run_step(self._sandbox, cast("Fields", resolved(step, self._scope)) if exact is None else exact)
        return {}

    def _onboarded(self, result: Json, request: Request) -> Json:
        """Complete the hosted onboarding of the account in a response, and retrieve it from the same API."""
        identifier = text_of(result.get("id")) if isinstance(result, Mapping) else ""
        if identifier not in self._sandbox.accounts:
            raise SeedError("_onboard is for fixtures whose response is a connected account")
        run_step(self._sandbox, {"do": "complete_onboarding", "account": identifier})
        version, url = ("v2", V2_URL) if request.v2 else ("v1", V1_URL)
        read = Request("GET", f"{url}/{identifier}", b"", base_headers(self._key, version), b"")
        shown: Json = orjson.loads(self._pipeline.respond(read)[0].body)
        return shown


def run(
    document: Document, pipeline: Pipeline, sandboxes: Sandboxes, key: Key, variables: Mapping[str, str]
) -> LoadResult:
    """Run all fixtures. Raises SeedError."""
    running = Run(document, pipeline, sandboxes, key, variables)
    for _ in running:
        pass
    return running.result()


@contextmanager
def _without_faults(sandbox: Sandbox) -> Iterator[None]:
    """Suspend faults and rate limits, which are for the tested code (our choice)."""
    before = sandbox.faults, sandbox.limits
    sandbox.faults, sandbox.limits = Faults(), RateLimits()
    try:
        yield
    finally:
        sandbox.faults, sandbox.limits = before


def _moved(fixture: Fixture, shift: int) -> Fixture:
    """A fixture with its times shifted by a number of seconds."""
    if fixture.at is not None:
        fixture = replace(fixture, at=min(max(fixture.at + shift, EARLIEST), LATEST))
    for name in fixture.times if shift else ():
        path = path_of(name)
        fixture = replace(
            fixture,
            params=_shifted(fixture.params, path, shift),
            exact_params=fixture.exact_params and _shifted(fixture.exact_params, path, shift),
            step=fixture.step and _shifted(fixture.step, path, shift),
        )
    return fixture


def _shifted(tree: Fields, path: Sequence[str], shift: int) -> Fields:
    return cast("Fields", _shift(tree, path, shift))


def _shift(node: Json, path: Sequence[str], shift: int) -> Json:
    """JSON with the time at a path shifted; other values stay."""
    if isinstance(node, Mapping) and path:
        return {name: _shift(child, path[1:], shift) if name == path[0] else child for name, child in node.items()}
    if isinstance(node, list) and path:
        return [_shift(child, path[1:], shift) if str(at) == path[0] else child for at, child in enumerate(node)]
    if isinstance(node, bool) or not isinstance(node, str | int):
        return node
    try:
        if isinstance(node, int):
            return node + shift
        return str(int(node) + shift) if node.isdigit() else format_timestamp(int(parse_timestamp(node)) + shift)
    except ValueError:
        return node


def _misplaced(fixture: Fixture, drawn: Sequence[str]) -> SeedError:
    """The error of an id whose kind of object the request does not create."""
    kinds = [f"{kind}_..." for kind in dict.fromkeys(kind_of(each) for each in drawn) if kind != "evt"]
    return SeedError(
        f"{fixture.method} {fixture.path} cannot be given the id {fixture.ids[0]}: "
        f"in this place it takes {' or '.join(kinds) or 'none'}"
    )


def _check_free(document: Document, sandbox: Sandbox, made: Mapping[str, Iterable[Sequence[str]]]) -> None:
    """Refuse a document with an id that the sandbox has: of a fixture, or of an object that time makes."""
    inside = {identifier for account in sandbox.accounts.newest_first() for identifier, _ in objects(account)}
    named = [(fixture.where, identifier) for fixture in document.fixtures for identifier in fixture.ids]
    named += [(f"The step {ELAPSE}", identifier) for runs in made.values() for ids in runs for identifier in ids]
    for where, identifier in named:
        if identifier == sandbox.platform_id or identifier in inside or sandbox.has(identifier):
            raise unreadable(
                f"{where} cannot have the id {identifier}: the sandbox has it already. "
                "Reset the sandbox first, or use another key."
            )


def _error_of(body: bytes) -> Mapping[str, Json]:
    """The error of a response; empty for an HTML page of Stripe's proxy."""
    try:
        tree = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error: Mapping[str, Json] = tree["error"]
    return error
