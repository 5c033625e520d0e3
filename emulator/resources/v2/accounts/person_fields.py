"""Persons in v2: the person object, updates, and the rules that have errors of their own in v2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from emulator import catalog, errors
from emulator.errors import StripeError
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.v2.accounts import field_names, id_numbers
from emulator.resources.v2.accounts.identities import check_person
from emulator.resources.v2.accounts.translation import aliases, person_params, v2_param_names
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at, nest, overlay, rename
from emulator.store.rows import Account, Person
from emulator.wire.json import Json
from emulator.wire.path import ParamPath
from emulator.wire.timestamps import format_timestamp

PERSON = "v2.core.account_person"
_REPRESENTATIVE, _GUARDIAN, _AUTHORIZER = "representative", "legal_guardian", "authorizer"
_IDENTIFYING = ("first_name", "last_name", "dob")


def person_body(account: Account, person: Person) -> dict[str, Json]:
    """The person object without `livemode`. Its lists are empty in official examples, not null."""
    own = hash_at(person.fields, "v2")
    tree = id_numbers.documents_with_types(overlay(own, rename(person.fields, field_names.PERSON_FROM_V1)))
    for path, format_value in _FORMATS:
        value = dig(tree, path)
        if isinstance(value, int | float):
            tree = overlay(tree, nest(path, format_value(value, own)))
    return {
        "additional_addresses": [],
        **{name: value for name, value in tree.items() if name != "share"},
        "additional_names": _additional_names(person, own),
        "id_numbers": id_numbers.of_person(person.fields, account.country),
        "nationalities": _nationalities(person, own),
        "account": person.account,
        "created": format_timestamp(person.created),
        "id": person.id,
        "metadata": dict(sorted(person.metadata.items())),
        "object": PERSON,
        "updated": format_timestamp(person.updated_at or person.created),
    }


def render(account: Account, person: Person, *, livemode: bool) -> dict[str, Json]:
    """The person object."""
    return catalog.fill({**person_body(account, person), "livemode": livemode}, PERSON)


def _format_share(share: float, own: Params) -> str:
    """The digits that were sent to v2, or those of v1's number."""
    sent = own.get("share")
    if isinstance(sent, str) and float(sent) == share:
        return sent
    return f"{Decimal(repr(share)):f}".removesuffix(".0")


_FORMATS: tuple[tuple[ParamPath, Callable[[float, Params], str]], ...] = (
    (("relationship", "percent_ownership"), _format_share),
    (("additional_terms_of_service", "account", "date"), lambda date, _: format_timestamp(int(date))),
)


def _additional_names(person: Person, own: Params) -> list[Value]:
    """The names sent to v2, without aliases that v1 has removed, and with those that v1 has added."""
    sent, listed = own.get("additional_names"), person.fields.get("full_name_aliases")
    known = [name for name in listed if isinstance(name, str) and name] if isinstance(listed, list) else []
    kept = [each for each in sent if set(aliases([each])) <= set(known)] if isinstance(sent, list) else []
    more = [name for name in known if name not in set(aliases(kept))]
    added: list[Value] = [{"full_name": name, "purpose": "alias"} for name in more]
    return [*kept, *added]


def _nationalities(person: Person, own: Params) -> list[Value]:
    """The nationalities sent to v2, unless v1 has changed the first of them."""
    sent, first = own.get("nationalities"), person.fields.get("nationality")
    if first is None:
        return []
    return sent if isinstance(sent, list) and sent[:1] == [first] else [first]


def apply_update(account: Account, person: Person, params: Params, now: int) -> tuple[Account, Person]:
    """The account and the person after an update by v2. Raises StripeError."""
    known = rename(person.fields, field_names.PERSON_FROM_V1)
    check_person(account, params, known)
    sent = person_params(params)
    with v2_param_names(field_names.PERSON_V1):
        after = person_changes.apply_update(account, person, sent, now)
    check_roles(account, after)
    _check_added(account, after, params)
    return person_changes.put_updated_person(account, after, sent), after


def _check_added(account: Account, person: Person, sent: Params) -> None:
    """Refuses a person that exists already, and terms accepted for others. Raises StripeError."""
    if hash_at(sent, "additional_terms_of_service", "account") and not _has(person, _GUARDIAN):
        raise errors.v2_terms_of_others()
    same = next((each for each in account.persons if each.id != person.id and _is_same(each, person)), None)
    if same is not None:
        raise errors.v2_duplicate_person(same.id)


def _is_same(one: Person, other: Person) -> bool:
    """Whether two persons have the same name and date of birth (our choice of criteria)."""
    ours, theirs = (tuple(str(each.fields.get(name, "")).casefold() for name in _IDENTIFYING) for each in (one, other))
    return all(ours) and ours == theirs


def check_roles(account: Account, person: Person) -> None:
    """Refuses roles that a person cannot have, given the other persons of the account. Raises StripeError."""
    others = tuple(each for each in account.persons if each.id != person.id)
    for refused, error in _REFUSALS:
        if refused(person, others):
            raise error()


Others = Sequence[Person]


def _has(person: Person, role: str) -> bool:
    return hash_at(person.fields, "relationship").get(role) is True


def _any(others: Others, role: str) -> bool:
    return any(_has(each, role) for each in others)


def _is_second(person: Person, others: Others, role: str) -> bool:
    return _has(person, role) and _any(others, role)


def _is_guardian_of_nobody(person: Person, others: Others) -> bool:
    return _has(person, _GUARDIAN) and not _any(others, _REPRESENTATIVE)


def _owns_nothing(person: Person) -> bool:
    return _has(person, "owner") and hash_at(person.fields, "relationship").get("percent_ownership") == 0


# Refused combinations of roles, in order of precedence. The codes are official.
_REFUSALS: tuple[tuple[Callable[[Person, Others], bool], Callable[[], StripeError]], ...] = (
    (lambda person, others: _is_second(person, others, _REPRESENTATIVE), errors.v2_second_representative),
    (lambda person, others: _is_second(person, others, _GUARDIAN), errors.v2_second_legal_guardian),
    (lambda person, _: _has(person, _GUARDIAN) and _has(person, _REPRESENTATIVE), errors.v2_guardian_represents),
    (
        _is_guardian_of_nobody,
        errors.v2_guardian_of_nobody,
    ),
    (lambda person, others: _is_second(person, others, _AUTHORIZER), errors.v2_second_authorizer),
    (lambda person, _: _has(person, _AUTHORIZER) and _has(person, _REPRESENTATIVE), errors.v2_authorizer_represents),
    (lambda person, _: _owns_nothing(person), errors.v2_owner_of_nothing),
    (lambda person, others: sum(map(_share, (*others, person))) > 100, errors.v2_too_much_ownership),
)


def _share(person: Person) -> float:
    roles = hash_at(person.fields, "relationship")
    share = roles.get("percent_ownership")
    return float(share) if roles.get("owner") is True and isinstance(share, int | float) else 0.0
