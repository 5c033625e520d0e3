"""Test data: meet single requirements with Stripe's test values, or complete the onboarding in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from emulator.model.declaration.endpoint import Scope
from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS, TRANSFERS, configuration_of
from emulator.resources.connect.accounts.base.countries import BY_TOKEN
from emulator.resources.connect.accounts.base.identity import representative, shows_individual
from emulator.resources.connect.accounts.external_accounts import rules as external_account_rules
from emulator.resources.connect.accounts.external_accounts import test_numbers
from emulator.resources.connect.accounts.external_accounts.input import payout_destination
from emulator.resources.connect.accounts.lifecycle import new_account
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.connect.accounts.requirements import required, test_values
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT
from emulator.resources.connect.accounts.storage import store
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at, merge, nest
from emulator.store.rows import Account, ExternalAccount, Person
from emulator.wire.dataclasses import replace

_DOCUMENT: Params = {"front": test_values.DOCUMENT_GOOD}
# The value that meets a requirement, by the last part of its name.
_VALUES: Mapping[str, Value] = {
    "additional_document": _DOCUMENT,
    "city": "New York",
    "day": 1,
    "directors_provided": True,
    "document": _DOCUMENT,
    "email": "jenny.rosen@example.com",
    "executive": True,
    "executives_provided": True,
    "files": [test_values.DOCUMENT_GOOD],
    "first_name": "Jenny",
    "full_name_aliases": [""],
    "id_number": "000000000",
    "ip": "127.0.0.1",
    "last_name": "Rosen",
    "line1": "address_full_match",
    "mcc": "7299",
    "month": 1,
    "name": "Test company",
    "owners_provided": True,
    "phone": "0000000000",
    "postal_code": "10001",
    "product_description": "Test products",
    "ssn_last_4": "0000",
    "state": "NY",
    "statement_descriptor": "TEST",
    "support_phone": "0000000000",
    "tax_id": "000000000",
    "title": "CEO",
    "url": "https://accessible.stripe.com",
    "year": 1901,
}
USUAL = (CARD_PAYMENTS, TRANSFERS)
# Values that the onboarding fills in where none were sent.
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


@step("provide_test_data")
def provide_test_data(sandbox: Sandbox, account: Account, names: Iterable[str]) -> Account:
    """Meet requirements of an account with test data, and store it.

    Requirements about unknown owners, directors and executives are met by saying that there are no more.
    """
    now = sandbox.clock.now()
    for name in names:
        account = _meet(sandbox, account, name, now)
    return store(sandbox, now, account)


def sample_bank_account(sandbox: Sandbox, account: Account, now: int) -> ExternalAccount:
    """A bank account of the country that test mode takes, not stored."""
    number, routing = test_numbers.sample_number(account.country)
    sent: Params = {"country": account.country, "account_number": number, "currency": account.default_currency}
    if routing:
        sent["routing_number"] = routing
    return payout_destination(sandbox, now, account, sent, EXTERNAL_ACCOUNT)


def representative_or_new(sandbox: Sandbox, account: Account, now: int) -> Person:
    """The representative of an account, a new one where there is none."""
    known = representative(account)
    if known is not None:
        return known
    new = person_changes.new_person(account, sandbox.ids.in_account("person", now, account.id), now)
    return replace(new, fields={"relationship": {"representative": True}})


def _meet(sandbox: Sandbox, account: Account, name: str, now: int) -> Account:
    account = replace(
        account, added_requirements={each: at for each, at in account.added_requirements.items() if each != name}
    )
    first, _, field = name.partition(".")
    if name == EXTERNAL_ACCOUNT:
        return external_account_rules.add(account, sample_bank_account(sandbox, account, now))
    if name == "business_type":
        return replace(account, business_type="individual")
    if first in ("individual", "representative"):
        return _update_person(account, representative_or_new(sandbox, account, now), field, now)
    person, field = required.subject(account, name)
    if person is not None:
        return _update_person(account, person, field, now)
    if first in requirement_rules.GROUPS_OF_PERSONS:
        name = f"company.{first}_provided"
    return replace(account, fields=merge(account.fields, nest(tuple(name.split(".")), test_value(account, name, now))))


def _update_person(account: Account, person: Person, field: str, now: int) -> Account:
    field = field.replace("proof_of_liveness", "additional_document")
    sent = nest(tuple(field.split(".")), test_value(account, field, now))
    return person_changes.put_updated_person(account, person_changes.apply_update(account, person, sent, now), sent)


def test_value(account: Account, name: str, now: int) -> Value:
    """The test value of a requirement, or of a field by its dotted path."""
    last = name.rpartition(".")[2]
    if last == "date":
        return now
    return account.country if last in ("country", "nationality") else _VALUES.get(last, "test")


# --- onboarding in one step ----------------------------------------------------------------------------------------


@step("complete_onboarding")
def onboard(sandbox: Sandbox, account: Account) -> Account:
    """Complete the onboarding of an account, as its owner would in the hosted one, and store it.

    No requirements remain, everything is verified, and its capabilities are active; an account without any gets the
    usual two, one of Accounts v2 those of its configurations. A missing business type, representative, website, bank
    account and acceptance of the terms are filled in with test data (our choice). A rejected account stays rejected.
    """
    now = sandbox.clock.now()
    return store(sandbox, now, onboarded(sandbox, account, now))


def onboarded(sandbox: Sandbox, account: Account, now: int) -> Account:
    """An account after its onboarding, not stored."""
    done = _with_details(account, now)
    done = _with_representative(sandbox, done, now)
    if not done.external_accounts:
        done = external_account_rules.add(done, sample_bank_account(sandbox, done, now))
    names = account.capabilities or _usual(account)
    requested_at = {**dict.fromkeys(names, now), **account.requested_at}
    return replace(
        done,
        onboarded=True,
        capabilities=names,
        requested_at=requested_at,
        added_requirements={},
        forced_statuses={},
        verdict=None,
    )


def nobody_created(scope: Scope, identifier: str, _: str | None) -> Account | None:
    """An account that a request names and nobody created: onboarded, and of the kind that its platform may change.

    In a later attempt of a request, such as a login link, it has the Express Dashboard.
    """
    sandbox = scope.sandbox
    if identifier == sandbox.platform_id:
        return None
    later = sandbox.unknown_ids.attempt > 0
    kind = "express" if later or sandbox.settings.platform_country in BY_TOKEN else "custom"
    return onboarded(sandbox, new_account(sandbox, scope.now, {"type": kind}, identifier), scope.now)


def _usual(account: Account) -> tuple[str, ...]:
    return tuple(name for name in USUAL if account.v2 is None or configuration_of(name) in account.v2.applied)


def _sells(account: Account) -> bool:
    """Whether it has the fields that only merchants of Accounts v2 have."""
    return account.v2 is None or configuration_of(CARD_PAYMENTS) in account.v2.applied


def _with_details(account: Account, now: int) -> Account:
    fields = dict(account.fields)
    profile = {name: value for name, value in _PROFILE.items() if name != "mcc" or _sells(account)}
    fields["business_profile"] = {**profile, **hash_at(fields, "business_profile")}
    fields["tos_acceptance"] = {"date": now, **hash_at(fields, "tos_acceptance")}
    kind = account.business_type or "individual"
    if kind != "individual":
        fields["company"] = {**_COMPANY, **hash_at(fields, "company")}
    return replace(account, business_type=kind, fields=fields)


def _with_representative(sandbox: Sandbox, account: Account, now: int) -> Account:
    role: Params = {} if shows_individual(account) else {"relationship": {"title": "CEO"}}
    person = representative_or_new(sandbox, account, now)
    return person_changes.put_person(account, replace(person, fields=merge(merge(_PERSON, role), person.fields)))
