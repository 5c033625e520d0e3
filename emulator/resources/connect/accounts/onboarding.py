"""The onboarding that a user completes in Stripe's own pages, done in one step with Stripe's test data."""

from __future__ import annotations

from dataclasses import replace

from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS, TRANSFERS, configuration_of
from emulator.resources.connect.accounts.base.identity import shows_individual
from emulator.resources.connect.accounts.external_accounts import rules as external_account_rules
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.connect.accounts.storage import store
from emulator.resources.connect.accounts.test_data import representative_or_new, sample_bank_account
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params
from emulator.schema.trees import hash_at, merge
from emulator.store.rows import Account

USUAL = (CARD_PAYMENTS, TRANSFERS)
# What the pages fill in where a test leaves it to them.
_PERSON: Params = {
    "dob": {"day": 1, "month": 1, "year": 1901},
    "email": "jenny.rosen@example.com",
    "first_name": "Jenny",
    "last_name": "Rosen",
    "phone": "0000000000",
    "relationship": {"representative": True},
}
_PROFILE: Params = {"mcc": "7299", "url": "https://accessible.stripe.com"}
_COMPANY: Params = {"name": "Test company", "owners_provided": True}


@step("complete_onboarding")
def onboard(sandbox: Sandbox, account: Account) -> Account:
    """Completes the onboarding of an account, as its owner would in the hosted one, and stores it.

    Nothing is due any more, all is verified, and its capabilities are active; an account without any gets the usual
    two, one of Accounts v2 those of its configurations. What it lacks of a business type, a representative, a website,
    a bank account and the acceptance of the terms is filled in with test data (our choice). A rejected account stays
    rejected.
    """
    now = sandbox.clock.now()
    done = _described(account, now)
    done = _represented(sandbox, done, now)
    if not done.external_accounts:
        done = external_account_rules.add(done, sample_bank_account(sandbox, done, now))
    names = account.capabilities or _usual(account)
    asked = {**dict.fromkeys(names, now), **account.requested_at}
    return store(
        sandbox,
        now,
        replace(
            done,
            onboarded=True,
            capabilities=names,
            requested_at=asked,
            added_requirements={},
            forced_statuses={},
            verdict=None,
        ),
    )


def _usual(account: Account) -> tuple[str, ...]:
    return tuple(name for name in USUAL if account.v2 is None or configuration_of(name) in account.v2.applied)


def _sells(account: Account) -> bool:
    """Whether what only merchants of Accounts v2 have is asked of it."""
    return account.v2 is None or configuration_of(CARD_PAYMENTS) in account.v2.applied


def _described(account: Account, now: int) -> Account:
    fields = dict(account.fields)
    profile = {name: value for name, value in _PROFILE.items() if name != "mcc" or _sells(account)}
    fields["business_profile"] = {**profile, **hash_at(fields, "business_profile")}
    fields["tos_acceptance"] = {"date": now, **hash_at(fields, "tos_acceptance")}
    kind = account.business_type or "individual"
    if kind != "individual":
        fields["company"] = {**_COMPANY, **hash_at(fields, "company")}
    return replace(account, business_type=kind, fields=fields)


def _represented(sandbox: Sandbox, account: Account, now: int) -> Account:
    role: Params = {} if shows_individual(account) else {"relationship": {"title": "CEO"}}
    person = representative_or_new(sandbox, account, now)
    return person_changes.put_person(account, replace(person, fields=merge(merge(_PERSON, role), person.fields)))
