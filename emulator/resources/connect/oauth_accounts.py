"""Accounts that OAuth connects: created on consent of their owner, who fills in a form or skips it."""

from __future__ import annotations

from emulator.catalog import versions
from emulator.resources.connect.accounts import lifecycle, params
from emulator.resources.connect.accounts.storage import store
from emulator.resources.connect.accounts.test_data import onboarded
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import check
from emulator.store.rows import Account
from emulator.wire.dataclasses import replace
from emulator.wire.form import Tree


@step("authorize_account")
def authorize(sandbox: Sandbox, now: int, tree: Tree, *, complete: bool) -> Account:
    """Create and store an account by parameters as in its creation; `complete` also completes its onboarding.

    Raises StripeError.
    """
    account = replace(build(sandbox, now, tree), authorized=True)
    account = store(sandbox, now, account)
    return store(sandbox, now, onboarded(sandbox, account, now)) if complete else account


def build(sandbox: Sandbox, now: int, tree: Tree) -> Account:
    """An account by parameters as in its creation, not stored. Raises StripeError."""
    return lifecycle.new_account(sandbox, now, check(tree, params.create_params(versions.parse(sandbox.api_version))))
