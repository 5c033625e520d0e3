"""Warnings: likely mistakes that no error names, derived from the journal and the account sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from emulator import catalog
from emulator.sandbox.journal import Entry
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.mask import mask, mask_path
from emulator.wire.namedtuples import NamedTuple

# The newest major versions of SDKs (official, November 2026).
NEWEST_SDKS = {"PythonBindings": 16, "NodeBindings": 23}
_SDK = re.compile(r"Stripe/v[12] (\w{1,40})/([0-9]{1,6})(?![0-9])", re.ASCII)
OWN_USER_AGENT = "stripe-emulator"  # of set-up: seeds, and create_account of the client
MAX_OF_SESSIONS = 1000
MAX_EXAMINED = 5000  # sessions: the dashboard counts the warnings after each request


class Warning(NamedTuple):  # noqa: A001
    """One warning: `kind` is stable, `message` is for people."""

    kind: str
    message: str


def operation_of(entry: Entry) -> str | None:
    """The operation of a request, such as `GET /v1/accounts/{account}`, `POST /oauth/token`; None if unknown."""
    route = catalog.route(entry.method, entry.path)
    if route is not None:
        return f"{entry.method} {route.operation.path}"
    from emulator.oauth.serving import PATHS  # noqa: PLC0415 - beside the API

    return f"{entry.method} {entry.path}" if entry.path in PATHS else None


def warnings_of(sandbox: Sandbox) -> list[Warning]:
    """All current warnings, up to a thousand of them about the newest sessions. They are computed on each call."""
    return [*islice(_sessions(sandbox), MAX_OF_SESSIONS), *_requests(sandbox)]


def _sessions(sandbox: Sandbox) -> Iterator[Warning]:
    now = sandbox.clock.now()
    for session in islice(sandbox.sessions.newest_first(), MAX_EXAMINED):
        name = f"The account session {mask(session.client_secret)} of {session.account}"
        outcomes = [attempt.outcome for attempt in sandbox.sessions.attempts(session.client_secret)]
        if not outcomes and now >= session.expires_at:
            yield Warning("never_claimed", f"{name} was never claimed: was it needed?")
        if "used" in outcomes:
            yield Warning("claimed_twice", f"{name} was claimed again: does fetchClientSecret return an old secret?")
        if "expired" in outcomes:
            yield Warning("claimed_late", f"{name} was claimed after it expired: is it created ahead of time?")


def _requests(sandbox: Sandbox) -> Iterator[Warning]:
    seen: set[str] = set()
    for entry in sandbox.journal:
        if entry.user_agent and entry.user_agent.startswith(OWN_USER_AGENT):
            continue
        if entry.hint is not None:
            yield Warning("different_sandboxes", entry.hint)
        if entry.method == "POST" and entry.idempotency_key is None and catalog.route(entry.method, entry.path):
            message = (
                f"POST {mask_path(entry.path)} ({entry.request_id}) had no idempotency key: a retry would run twice."
            )
            yield Warning("no_idempotency_key", message)
        sdk = _SDK.match(entry.user_agent or "")
        if sdk and sdk[0] not in seen and int(sdk[2]) < NEWEST_SDKS.get(sdk[1], 0):
            seen.add(sdk[0])
            yield Warning(
                "outdated_sdk", f"{sdk[1]} {sdk[2]} is outdated: the newest major version is {NEWEST_SDKS[sdk[1]]}."
            )
