"""What an export cannot bring back of an account: a line for each thing, as no fixture says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.v2.accounts import field_names, id_numbers
from emulator.resources.v2.accounts.render import sent_of
from emulator.schema.check import Value
from emulator.schema.trees import hash_at, path_tree, without
from emulator.seeds import accounts_v2, unsupported_in_v2
from emulator.store.rows import Account, AccountV2Fields
from emulator.wire.path import ParamPath, format_path

# What v2 is told in another way than by its name.
_OTHERWISE = (
    "company.tax_id", "company.vat_id", "full_name_aliases", "id_number", "nationality",
    "ssn_last_4", "tokens", "v2",
)  # fmt: skip


def left_out_of(account: Account) -> Iterator[str]:
    """The lines of one account."""
    if account.locked:
        yield f"{account.id}: that its requirements were handed over to Stripe"
    if _accepted_by_owner(account):
        yield f"{account.id}: that its owner has accepted the terms"
    if account.onboarded and not account.external_accounts:
        yield f"{account.id}: that the bank account of its onboarding was deleted"
    if account.v2:
        yield from _of_v2(account)
        yield from _refused(account)
    if account.added_requirements or account.forced_statuses or account.verdict:
        yield f"{account.id}: what a test has decided about its requirements, capabilities and checks"


def _accepted_by_owner(account: Account) -> bool:
    """Of which a platform may not tell; the end of the hosted onboarding is told along with it."""
    theirs = account.controller.requirement_collection == "stripe" and not account.onboarded
    return theirs and "date" in hash_at(account.fields, "tos_acceptance")


def _of_v2(account: Account) -> Iterator[str]:
    """What v2 has no words for."""
    own = account.v2 or AccountV2Fields()
    for name in own.known:
        if name not in own.applied:
            yield f"{account.id}: its configuration {name}, which was deactivated"
    for name in _unnamed(account.fields, field_names.ACCOUNT_V1):
        yield f"{account.id}: its {name}, which v2 has no name for"
    for name, configuration in _unapplied(account.fields, own.applied):
        yield f"{account.id}: its {name}, as {configuration} is not among its configurations"
    company = hash_at(account.fields, "company")
    typed = hash_at(sent_of(account), "identity", "business_details").get("id_numbers")
    for name in _untyped(company, typed, id_numbers.COMPANY_FIELDS, id_numbers.company_field):
        yield f"{account.id}: its company[{name}], for which v2 has no one type in {account.country}"
    for row in account.persons:
        if account.business_type == "individual" and row != representative(account):
            yield f"{row.id}: its place among the persons, and what v2 alone was told of it"
        typed = id_numbers.of_person(row.fields, account.country)
        for name in _untyped(row.fields, typed, id_numbers.PERSON_FIELDS, id_numbers.person_field):
            yield f"{row.id}: its {name}, for which v2 has no one type in {account.country}"
        for name in _unnamed(row.fields, field_names.PERSON_V1):
            yield f"{row.id}: its {name}, which v2 has no name for"


def _refused(account: Account) -> Iterator[str]:
    """What v1 has taken and v2 would not."""
    params, ids = accounts_v2.whole(account)
    for path in unsupported_in_v2.of_account(account, params):
        yield f"{account.id}: its {path}, which v2 refuses"
    for row in account.persons if account.business_type != "individual" else ():
        for path in (
            () if row.id in ids else unsupported_in_v2.of_person(account, accounts_v2.whole_person(account, row))
        ):
            yield f"{row.id}: its {path}, which v2 refuses"


def _unnamed(fields: Mapping[str, Value], known: Mapping[str, str]) -> list[str]:
    """What v1 was told beyond what v2 can be told."""
    left = without(fields, path_tree([*known, *_OTHERWISE]))
    return [format_path(path) for path in _leaves(left)]


def _unapplied(fields: Mapping[str, Value], applied: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What v1 was told that v2 tells of a configuration which the account does not have."""
    for path in _leaves(fields):
        part, _, rest = field_names.ACCOUNT_V1.get(".".join(path), "").partition(".")
        configuration = rest.partition(".")[0]
        if part == "configuration" and configuration not in applied:
            yield format_path(path), configuration


def _leaves(tree: Mapping[str, Value], at: ParamPath = ()) -> Iterator[ParamPath]:
    for name, value in tree.items():
        yield from _leaves(value, (*at, name)) if isinstance(value, dict) else ((*at, name),)


def _untyped(
    fields: Mapping[str, Value], typed: object, known: Iterable[str], field: Callable[[str], str]
) -> Iterator[str]:
    listed = typed if isinstance(typed, list) else []
    named = {field(str(each.get("type"))) for each in listed if isinstance(each, dict)}
    return (name for name in known if name in fields and name not in named)
