"""Connected accounts under a test's control: actions of the owner or of Stripe, which emit their events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.overriding import Asked, Handler, overriding
from emulator.control.endpoints.reading import (
    Body,
    limit_of,
    number,
    optional_text,
    query_of,
    sandbox_of,
    text,
)
from emulator.control.endpoints.responses import ControlError, respond
from emulator.events import catch_up
from emulator.resources.connect import accounts
from emulator.resources.v2.accounts import field_names
from emulator.resources.v2.accounts.render import render as render_v2
from emulator.sandbox.clock import LATEST
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account
from emulator.wire.json import Json

INCLUDED = ("defaults", "identity", "requirements", *(f"configuration.{name}" for name in field_names.CONFIGURATIONS))
Action = Callable[[Sandbox, Account, Body, Mapping[str, str]], Account | None]


async def list_all(request: Request) -> Response:
    """GET /_emulator/accounts?limit= : newest first, in the shape of v1; `v2` maps ids to the shape of v2."""
    sandbox = sandbox_of(request)
    limit, now = limit_of(query_of(request, "limit")), await catch_up(sandbox)
    rows = list(islice(sandbox.accounts.newest_first(), limit))
    v2: dict[str, Json] = {
        row.id: render_v2(row, livemode=sandbox.livemode, include=INCLUDED, now=now) for row in rows if row.v2
    }
    data: list[Json] = [accounts.render(row, now=now) for row in rows]
    return respond({"data": data, "v2": v2, "total": len(sandbox.accounts)})


def _endpoint(action: Action, *known: str) -> Handler:
    """An endpoint that runs an action on the account in the path and responds with the account in the shape of v1."""

    def act(asked: Asked) -> Json:
        account = _account(asked.sandbox, asked.path["account"])
        after = action(asked.sandbox, account, asked.body, asked.path)
        return accounts.render(after, now=asked.now) if after else {"id": account.id, "disconnected": True}

    act.__doc__ = action.__doc__
    return overriding(act, *known)


def _account(sandbox: Sandbox, identifier: str) -> Account:
    account = accounts.find(sandbox, identifier)
    if account is None:
        raise ControlError(
            404,
            "account_not_found",
            f"This sandbox has no connected account {identifier[:100]}.",
            "Use the key that created it; GET /_emulator/accounts lists the accounts of a key. A reset deletes all.",
        )
    return account


def _complete_onboarding(sandbox: Sandbox, account: Account, _: Body, __: Mapping[str, str]) -> Account:
    """POST .../complete_onboarding: completes the hosted onboarding with test data, as the owner would."""
    return accounts.onboard(sandbox, account)


def _add_requirement(sandbox: Sandbox, account: Account, body: Body, _: Mapping[str, str]) -> Account:
    """POST .../requirements with `requirement` and optionally `deadline` in unix seconds: adds a requirement."""
    deadline = number(body, "deadline", None, 0, LATEST)
    return accounts.add_requirement(sandbox, account, text(body, "requirement"), deadline)


def _set_capability(sandbox: Sandbox, account: Account, body: Body, path: Mapping[str, str]) -> Account:
    """POST .../capabilities/:name with `status` and optionally `reason`: overrides the status of a capability."""
    name, reason = path["name"], optional_text(body, "reason")
    return accounts.set_capability(sandbox, account, name, text(body, "status"), reason)


def _verify(sandbox: Sandbox, account: Account, body: Body, _: Mapping[str, str]) -> Account:
    """POST .../verify with `outcome`, the result of the account's checks."""
    return accounts.verify(sandbox, account, str(body.get("outcome", "verified")))


def _reject(sandbox: Sandbox, account: Account, body: Body, _: Mapping[str, str]) -> Account:
    """POST .../reject with `reason`: rejects as Stripe would, whoever is liable for losses."""
    return accounts.reject(sandbox, account, str(body.get("reason", "other")))


def _disconnect(sandbox: Sandbox, account: Account, _: Body, __: Mapping[str, str]) -> None:
    """POST .../disconnect: ends the connection to the platform, as the owner would; the account is gone here."""
    accounts.delete_account(sandbox, account.id)


complete_onboarding, disconnect = _endpoint(_complete_onboarding), _endpoint(_disconnect)
add_requirement = _endpoint(_add_requirement, "requirement", "deadline")
set_capability = _endpoint(_set_capability, "status", "reason")
verify, reject = _endpoint(_verify, "outcome"), _endpoint(_reject, "reason")
