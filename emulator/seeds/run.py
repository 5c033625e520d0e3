"""Runs a fixtures document in a sandbox: each fixture is a request that climbs the pipeline, as any other.

The order, the requests and the words are those of the Stripe CLI (official). It stops at the first error that was not
expected; what ran before stays, as it does on Stripe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import orjson

from emulator import catalog
from emulator.events import Origin, Transaction
from emulator.http.message import Request, Response
from emulator.http.pipeline import Pipeline
from emulator.resources.connect import accounts
from emulator.resources.connect.accounts.endpoints import URL as V1_URL
from emulator.resources.v2.accounts.endpoints import URL as V2_URL
from emulator.sandbox.faults import Faults
from emulator.sandbox.rate_limits import RateLimits
from emulator.sandbox.sandbox import Sandbox
from emulator.seeds.document import Document, Fixture
from emulator.seeds.errors import SeedError, unreadable
from emulator.seeds.lookup import NOTHING, Found, text_of
from emulator.seeds.references import Known, resolve
from emulator.seeds.requests import refused, request_of, sender
from emulator.seeds.reserved import MADE, NOTHING_MADE, ReservedIds, kind_of
from emulator.wire.json import Json


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a document came to: the answers by fixture, the resolved `env`, and what the CLI would have printed."""

    answers: Mapping[str, Json]
    env: Mapping[str, str]
    notes: Sequence[str]


def run(document: Document, pipeline: Pipeline, sandbox: Sandbox, key: str, variables: Mapping[str, str]) -> Loaded:
    """Runs every fixture as the caller with a key. Raises SeedError, before anything ran for ids that are taken."""
    _check_free(document, sandbox)
    answers: dict[str, Found] = {}
    known = Known(answers, variables, sandbox.clock.now, sandbox.ids.uuid)
    runner = _Runner(pipeline, sandbox, key, known)
    with _undisturbed(sandbox):
        for fixture in document.fixtures:
            answer = runner.run(fixture)
            if fixture.name:
                answers[fixture.name] = answer
    env = {name: resolve(text, known) for name, text in document.env.items()}
    shown = {name: answer for name, answer in answers.items() if answer is not NOTHING}
    return Loaded(shown, env, tuple(known.notes))  # type: ignore[arg-type]


@contextmanager
def _undisturbed(sandbox: Sandbox) -> Iterator[None]:
    """Faults and rate limits are for the code under test: a world is loaded without them (our choice)."""
    faults, limits = sandbox.faults, sandbox.limits
    sandbox.faults, sandbox.limits = Faults(), RateLimits()
    try:
        yield
    finally:
        sandbox.faults, sandbox.limits = faults, limits


def _check_free(document: Document, sandbox: Sandbox) -> None:
    tables = (sandbox.accounts, sandbox.persons, sandbox.external_accounts)
    for fixture in document.fixtures:
        for identifier in fixture.ids:
            if identifier == sandbox.platform_id or any(identifier in table for table in tables):
                raise unreadable(
                    f"{fixture.where} cannot have the id {identifier}: the sandbox has it already. "
                    "Reset the sandbox first, or use another key."
                )


@dataclass(frozen=True, slots=True)
class _Runner:
    pipeline: Pipeline
    sandbox: Sandbox
    key: str
    known: Known

    def run(self, fixture: Fixture) -> Found:
        """The answer of one fixture. Raises SeedError that says which one it was."""
        try:
            return self._run(fixture)
        except SeedError as error:
            raise SeedError(f"{fixture.where} failed: {error}") from None

    def _run(self, fixture: Fixture) -> Found:
        request = request_of(fixture, self.key, self.known)
        response = self._answer(request, fixture.ids)
        if response.status < 300:
            answer: Json = orjson.loads(response.body)
            return self._onboarded(answer, request) if fixture.onboard else answer
        error = _error_of(response.body)
        if not fixture.expected_error_type or fixture.expected_error_type != error.get("type"):
            raise SeedError(refused(request, response.status, error))
        return NOTHING  # as for the CLI, which keeps nothing of an expected error

    def _answer(self, request: Request, identifiers: Sequence[str] = ()) -> Response:
        """Answers a request; what it makes gets the given ids. Raises SeedError for ids of what it does not make."""
        _check_made(request, identifiers)
        source, reserved = self.sandbox.ids, ReservedIds(self.sandbox.ids, identifiers)
        self.sandbox.ids = reserved
        try:
            response, _ = self.pipeline.respond(request)
        finally:
            self.sandbox.ids = source
        if response.status < 300 and reserved.left:
            raise SeedError(f"nothing that it made took the id {reserved.left[0]}: it made no such object")
        return response

    def _onboarded(self, answer: Json, request: Request) -> Json:
        """The account of an answer after the hosted onboarding, as the API of the request shows it."""
        identifier = text_of(answer.get("id")) if isinstance(answer, Mapping) else ""
        account = accounts.find(self.sandbox, identifier)
        if account is None:
            raise SeedError("_onboard is for fixtures that answer with a connected account")
        with Transaction(self.sandbox, Origin(self.sandbox.clock.now())):
            accounts.onboard(self.sandbox, account)
        version, url = ("v2", V2_URL) if request.v2 else ("v1", V1_URL)
        response = self._answer(Request("GET", f"{url}/{identifier}", b"", sender(self.key, version), b""))
        shown: Json = orjson.loads(response.body)
        return shown


def _error_of(body: bytes) -> Mapping[str, Json]:
    """The error of an answer; an empty one of a page of Stripe's proxy, which is no JSON."""
    try:
        tree = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error: Mapping[str, Json] = tree["error"]
    return error


def _check_made(request: Request, identifiers: Sequence[str]) -> None:
    """Refuses ids of what a request never makes. Raises SeedError."""
    route = catalog.route(request.method, request.path)
    made = MADE.get(route.operation.id, NOTHING_MADE) if route else NOTHING_MADE
    for place, identifier in enumerate(identifiers):
        kinds = made.own if made.own and place == 0 else made.others
        if kind_of(identifier) not in kinds:
            allowed = " or ".join(f"{kind}_..." for kind in kinds) or "none"
            raise SeedError(
                f"{request.method} {request.path} cannot be given the id {identifier}: in this place it takes {allowed}"
            )
