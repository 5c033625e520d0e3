"""Requests that the owner of an account makes on pages of Stripe: a refund, a payout, evidence for a dispute."""

from __future__ import annotations

from emulator.model.asking import requests
from emulator.model.declaration.endpoint import Scope
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account
from emulator.wire.form import Tree
from emulator.wire.json import Json


@step("request_as_owner")
def request(sandbox: Sandbox, account: Account, path: str, tree: Tree) -> Json:
    """Run a POST operation of the API as the account. Raises StripeError."""
    return requests.post(Scope(sandbox, account.id, sandbox.clock.now()), path, tree, sandbox.secret_key)
