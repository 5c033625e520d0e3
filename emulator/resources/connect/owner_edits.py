"""Changes that the owner of an account makes on pages of Stripe: details, persons and external accounts.

The rules and errors are those of the API. Rules for the platform alone do not apply, such as the lock that the first
account session puts on an account. Everything is checked before anything is stored.
"""

from __future__ import annotations

from emulator import catalog
from emulator.catalog import versions
from emulator.model.declaration.endpoint import Scope
from emulator.resources.connect.accounts import lifecycle, params
from emulator.resources.connect.accounts.external_accounts import rules as external_account_rules
from emulator.resources.connect.accounts.external_accounts.input import payout_destination
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.connect.accounts.storage import store
from emulator.resources.connect.external_accounts import row_of
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import check
from emulator.store.rows import Account, Person
from emulator.wire.form import Tree

EXTERNAL_ACCOUNT = "external_account"


@step("edit_account")
def edit(sandbox: Sandbox, now: int, account: Account, tree: Tree) -> Account:
    """Update and store an account by parameters as in the update of an account. Raises StripeError."""
    sent = check(tree, params.update_params(versions.parse(sandbox.api_version)))
    return store(sandbox, now, lifecycle.apply_update(sandbox, now, account, sent))


@step("edit_person")
def edit_person(sandbox: Sandbox, now: int, account: Account, person: Person, tree: Tree) -> Account:
    """Update a person by parameters as in its update, and store the account. Raises StripeError."""
    sent = check(tree, catalog.operation("PostAccountsAccountPersonsPerson").params)
    changed = person_changes.apply_update(account, person, sent, now)
    person_changes.check_files(Scope(sandbox, account.id, now), sent)
    return store(sandbox, now, person_changes.put_updated_person(account, changed, sent))


@step("add_external_account")
def add_external_account(sandbox: Sandbox, now: int, account: Account, tree: Tree, *, instead: bool) -> Account:
    """Add the `external_account` of the parameters, a token or a hash; `instead` of the default of its currency.

    Raises StripeError.
    """
    sent = check(tree, params.update_params(versions.parse(sandbox.api_version)))
    row = payout_destination(sandbox, now, account, sent.get(EXTERNAL_ACCOUNT, {}), EXTERNAL_ACCOUNT)
    return store(
        sandbox, now, (external_account_rules.replace_default if instead else external_account_rules.add)(account, row)
    )


@step("set_default_external_account")
def prefer_external_account(sandbox: Sandbox, now: int, account: Account, identifier: str) -> Account:
    """Make one the default of its currency. Raises StripeError."""
    row = row_of(account, identifier)
    return store(sandbox, now, external_account_rules.apply_update(account, row, {"default_for_currency": True}))


@step("remove_external_account")
def remove_external_account(sandbox: Sandbox, now: int, account: Account, identifier: str) -> Account:
    """Remove one. Raises StripeError for a default that must stay."""
    return store(sandbox, now, external_account_rules.remove(account, row_of(account, identifier)))
