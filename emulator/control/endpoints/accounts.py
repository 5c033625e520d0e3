"""Connected accounts in the hands of a test: what their owner, Stripe or time would do, at once, and its events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.requests import Body, fields_of, limit_of, query_of, secret_key, text, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.events import Origin, Transaction, elapse
from emulator.resources.connect import accounts
from emulator.resources.v2.accounts import field_names
from emulator.resources.v2.accounts.render import render as render_v2
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account
from emulator.wire.json import Json

INCLUDED = ("defaults", "identity", "requirements", *(f"configuration.{name}" for name in field_names.CONFIGURATIONS))
Act = Callable[[Sandbox, Account, Body, Request], Account | None]


async def listing(request: Request) -> Response:
    """GET /_emulator/accounts?limit= : the newest first, as v1 shows them; under `v2`, those that v2 shows, by id."""
    sandbox = world(request).sandboxes.of(secret_key(request))
    wanted, now = limit_of(query_of(request, "limit")), sandbox.clock.now()
    elapse(sandbox, now)
    found = list(islice(sandbox.accounts.newest_first(), wanted))
    second: dict[str, Json] = {
        row.id: render_v2(row, livemode=sandbox.livemode, include=INCLUDED, now=now) for row in found if row.v2
    }
    data: list[Json] = [accounts.render(row, now=now) for row in found]
    return answer({"data": data, "v2": second, "total": len(sandbox.accounts)})


def _action(act: Act, *known: str) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that acts on the account in its path; the answer is the account as Stripe shows it then."""

    async def endpoint(request: Request) -> Response:
        sandbox = world(request).sandboxes.of(secret_key(request))
        body = await fields_of(request, *known)
        now = sandbox.clock.now()
        account = _account(sandbox, request.path_params["account"])
        try:
            with Transaction(sandbox, Origin(now)):
                after = act(sandbox, account, body, request)
        except ValueError as error:
            raise ControlError(400, "invalid_wish", f"{error}.", "Nothing was changed.") from None
        return answer(accounts.render(after, now=now) if after else {"id": account.id, "disconnected": True})

    endpoint.__doc__ = act.__doc__
    return endpoint


def _account(sandbox: Sandbox, identifier: str) -> Account:
    account = accounts.find(sandbox, identifier)
    if account is None:
        raise ControlError(
            404,
            "account_not_found",
            f"This sandbox has no connected account {identifier[:100]}.",
            "Use the key that created it; GET /_emulator/accounts lists those of a key. A reset forgets all.",
        )
    return account


def _complete(sandbox: Sandbox, account: Account, _: Body, __: Request) -> Account:
    """POST .../complete_onboarding: what its owner would do in the hosted onboarding, with test data."""
    return accounts.onboard(sandbox, account)


def _require(sandbox: Sandbox, account: Account, body: Body, _: Request) -> Account:
    """POST .../requirements with `requirement`, and perhaps `deadline` in unix seconds."""
    return accounts.add_requirement(sandbox, account, text(body, "requirement"), _deadline(body))


def _capability(sandbox: Sandbox, account: Account, body: Body, request: Request) -> Account:
    """POST .../capabilities/:name with `status`, and perhaps `reason`."""
    reason = text(body, "reason") if body.get("reason") is not None else None
    return accounts.set_capability(sandbox, account, request.path_params["name"], text(body, "status"), reason)


def _verify(sandbox: Sandbox, account: Account, body: Body, _: Request) -> Account:
    """POST .../verify with `outcome`: how its checks end."""
    return accounts.verify(sandbox, account, str(body.get("outcome", "verified")))


def _reject(sandbox: Sandbox, account: Account, body: Body, _: Request) -> Account:
    """POST .../reject with `reason`: as by Stripe, so whoever is liable for losses."""
    return accounts.reject(sandbox, account, str(body.get("reason", "other")))


def _disconnect(sandbox: Sandbox, account: Account, _: Body, __: Request) -> None:
    """POST .../disconnect: its owner ends the connection; the account is gone for the platform."""
    accounts.delete_account(sandbox, account.id)


complete_onboarding, disconnect = _action(_complete), _action(_disconnect)
require, capability = _action(_require, "requirement", "deadline"), _action(_capability, "status", "reason")
verify, reject = _action(_verify, "outcome"), _action(_reject, "reason")


def _deadline(body: Body) -> int | None:
    given = body.get("deadline")
    if given is None:
        return None
    if isinstance(given, bool) or not str(given).isascii() or not str(given).isdigit() or len(str(given)) > 12:
        hint = "Send unix seconds; without a deadline, the requirement is past due now."
        raise ControlError(400, "invalid_deadline", f"deadline cannot be {given!r}.", hint)
    return int(str(given))
