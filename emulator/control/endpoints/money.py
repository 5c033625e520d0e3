"""Payments, transfers, payouts and balances of a sandbox, of the platform and of all its accounts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.reading import limit_of, query_of, sandbox_of
from emulator.control.endpoints.responses import ControlError, respond
from emulator.events import catch_up
from emulator.model.stored.stored import decode
from emulator.wire.json import Json

if TYPE_CHECKING:
    from emulator.sandbox.sandbox import Sandbox

LISTS = {"payments": "charge", "transfers": "transfer", "payouts": "payout", "balances": "balance"}
WAITING = ("payment_intent", "setup_intent")


async def list_all(request: Request) -> Response:
    """GET /_emulator/payments?limit= and others: objects of all accounts as the API shows them, newest first.

    Payments begin with the intents that wait for their customers.
    """
    from emulator.model.declaration.endpoint import Scope  # noqa: PLC0415
    from emulator.model.stored import objects  # noqa: PLC0415 - of the dashboard only

    sandbox, name = sandbox_of(request), LISTS[request.url.path.rpartition("/")[2]]
    limit, now = limit_of(query_of(request, "limit")), await catch_up(sandbox)
    data: list[Json] = [
        {"account": row.owner, "object": objects.shown(Scope(sandbox, row.owner, now), kind, row)}
        for kind in ((*WAITING, name) if name == "charge" else (name,))
        for row in islice(sandbox.table(kind).everything(), limit)
        if kind not in WAITING or decode(row)["status"] == "requires_action"
    ]
    return respond({"data": data[:limit], "platform": sandbox.platform_id, "total": len(sandbox.table(name))})


async def ledger(request: Request) -> Response:
    """GET /_emulator/payments/:id/ledger: the balance transactions of a charge and of its later movements."""
    from emulator.resources.payments.ledger_paths import path_of  # noqa: PLC0415 - of the dashboard only

    sandbox, identifier = sandbox_of(request), request.path_params["id"]
    await catch_up(sandbox)
    row = sandbox.table("charge").find(identifier)
    if row is None:
        hint = "Use the key that created it, and the id of a charge: ch_... or py_...."
        raise ControlError(404, "object_not_found", f"This sandbox has no charge {identifier[:100]}.", hint)
    data: list[Json] = [{"account": step.account, "transaction": step.transaction} for step in path_of(sandbox, row)]
    return respond({"data": data, "platform": sandbox.platform_id})


def counts(sandbox: Sandbox) -> Iterator[tuple[str, int]]:
    """The number of objects in each list."""
    return ((name, len(sandbox.table(table))) for name, table in LISTS.items())
