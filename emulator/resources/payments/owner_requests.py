"""Requests that the owner of an account makes on pages of Stripe: a refund, a payout, evidence for a dispute."""

from __future__ import annotations

from emulator import catalog, errors
from emulator.catalog import versions
from emulator.model.answering import endpoints
from emulator.model.declaration.endpoint import Call
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import check
from emulator.store.rows import Account
from emulator.wire.form import Tree
from emulator.wire.json import Json


@step("request_as_owner")
def request(sandbox: Sandbox, account: Account, path: str, tree: Tree) -> Json:
    """Run a POST operation of the API as the account. Raises StripeError."""
    route = catalog.route("POST", path)
    endpoint = endpoints.endpoint(route.operation) if route else None
    if route is None or endpoint is None:
        raise errors.unrecognized_url("POST", path)
    version = versions.parse(sandbox.api_version)
    sent = check(tree, endpoint.params(version) if endpoint.params else route.operation.params)
    call = Call(
        sandbox, sandbox.clock.now(), version, sent, route.path_params, account.id, sandbox.secret_key, url=path
    )
    return endpoint.run(call)
