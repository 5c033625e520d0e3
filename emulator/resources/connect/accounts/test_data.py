"""Filling in requirements with Stripe's test data, one by one, as a user would who answers some of the questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.connect.accounts.external_accounts import rules as external_account_rules
from emulator.resources.connect.accounts.external_accounts import test_numbers
from emulator.resources.connect.accounts.external_accounts.input import payout_destination
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.connect.accounts.requirements import required, test_values
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT
from emulator.resources.connect.accounts.storage import store
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params, Value
from emulator.schema.trees import merge, nest
from emulator.store.rows import Account, ExternalAccount, Person

_DOCUMENT: Params = {"front": test_values.DOCUMENT_GOOD}
# The answer to an entry, by its last part or parts.
_ANSWERS: Mapping[str, Value] = {
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


@step("provide_test_data")
def provide_test_data(sandbox: Sandbox, account: Account, names: Iterable[str]) -> Account:
    """Meets entries of an account's requirements with test data, and stores it.

    Entries of the owners, directors and executives that are not known are met by saying that there are no more.
    """
    now = sandbox.clock.now()
    for name in names:
        account = _provided(sandbox, account, name, now)
    return store(sandbox, now, account)


def sample_bank_account(sandbox: Sandbox, account: Account, now: int) -> ExternalAccount:
    """A bank account of the country that test mode takes, not stored."""
    number, routing = test_numbers.sample_number(account.country)
    sent: Params = {"country": account.country, "account_number": number, "currency": account.default_currency}
    if routing:
        sent["routing_number"] = routing
    return payout_destination(sandbox, now, account, sent, EXTERNAL_ACCOUNT)


def representative_or_new(sandbox: Sandbox, account: Account, now: int) -> Person:
    """The representative of an account, a blank one where there is none."""
    known = representative(account)
    if known is not None:
        return known
    blank = person_changes.new_person(account, sandbox.ids.in_account("person", now, account.id), now)
    return replace(blank, fields={"relationship": {"representative": True}})


def _provided(sandbox: Sandbox, account: Account, name: str, now: int) -> Account:
    account = replace(
        account, added_requirements={each: at for each, at in account.added_requirements.items() if each != name}
    )
    first, _, field = name.partition(".")
    if name == EXTERNAL_ACCOUNT:
        return external_account_rules.add(account, sample_bank_account(sandbox, account, now))
    if name == "business_type":
        return replace(account, business_type="individual")
    if first in ("individual", "representative"):
        return _told(account, representative_or_new(sandbox, account, now), field, now)
    person, field = required.subject(account, name)
    if person is not None:
        return _told(account, person, field, now)
    if first in requirement_rules.GROUPS_OF_PERSONS:
        name = f"company.{first}_provided"
    return replace(account, fields=merge(account.fields, nest(tuple(name.split(".")), test_value(account, name, now))))


def _told(account: Account, person: Person, field: str, now: int) -> Account:
    field = field.replace("proof_of_liveness", "additional_document")
    sent = nest(tuple(field.split(".")), test_value(account, field, now))
    return person_changes.put_updated_person(account, person_changes.apply_update(account, person, sent, now), sent)


def test_value(account: Account, name: str, now: int) -> Value:
    """What test data says where an entry, or a field by its path with dots, is asked for."""
    last = name.rpartition(".")[2]
    if last == "date":
        return now
    return account.country if last in ("country", "nationality") else _ANSWERS.get(last, "test")
