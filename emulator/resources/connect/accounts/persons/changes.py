"""Writing persons: checks of the parameters, and how an update changes a person.

Functions return changed rows; nothing is stored here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration.endpoint import Scope
from emulator.model.stored.metadata import merged
from emulator.resources.connect.accounts.base import formats
from emulator.resources.connect.accounts.base.dates_of_birth import check_birth
from emulator.resources.connect.accounts.base.identity import prefix_of, representative, total_ownership
from emulator.resources.connect.accounts.persons import documents
from emulator.resources.connect.accounts.persons.render import is_verified
from emulator.resources.connect.accounts.requirements import test_values
from emulator.resources.connect.accounts.requirements.due import due_of, part
from emulator.resources.connect.accounts.requirements.reviews import (
    ADDRESS,
    DOCUMENT,
    DOCUMENTS,
    IDENTITY,
    NUMBER,
    REVIEW_SECONDS,
    STATUS,
    STATUS_SECONDS,
)
from emulator.sandbox import ids
from emulator.schema.check import Params
from emulator.schema.trees import dig, hash_at, merge, nest
from emulator.store.rows import Account, Person
from emulator.wire.dataclasses import replace
from emulator.wire.path import ParamPath

# The fields whose change starts a check again, by check.
_CHECKED: Mapping[str, tuple[str, ...]] = {
    ADDRESS: ("address", "address_kana", "address_kanji"),
    IDENTITY: ("dob", "first_name", "id_number", "last_name", "ssn_last_4"),
    STATUS: ("dob", "first_name", "id_number", "last_name", "ssn_last_4"),
    NUMBER: ("id_number", "ssn_last_4"),
    DOCUMENTS: ("documents",),
}
_IDENTITY_FIELDS = frozenset({"dob", "id_number", "ssn_last_4", "verification"})
_NOT_FIELDS = frozenset({"expand", "metadata"})
# Names, numbers and documents are observed; the date of birth is by analogy.
_UNCHANGEABLE: tuple[ParamPath, ...] = (
    ("first_name",),
    ("last_name",),
    ("id_number",),
    ("ssn_last_4",),
    ("dob", "day"),
    ("dob", "month"),
    ("dob", "year"),
)
_DOCUMENTS: tuple[ParamPath, ...] = tuple(
    ("verification", name, side) for name in ("document", "additional_document") for side in ("front", "back")
)


def new_person(account: Account, person_id: str, now: int) -> Person:
    """A person without any details."""
    return Person(id=person_id, account=account.id, created=now)


def apply_update(account: Account, person: Person, params: Params, now: int, *, at: ParamPath = ()) -> Person:
    """A person updated by checked parameters, which stand at `at` in the request. Raises StripeError."""
    _check(account, params, at)
    sent = {name: value for name, value in params.items() if name not in _NOT_FIELDS}
    fields = merge(person.fields, _with_share(sent))
    if "dob" in sent:
        check_birth(fields, now, (*at, "dob"))
    fields, uploaded = with_documents(fields, hash_at(sent, "verification"), now, ("verification",))
    again = [check for check, names in _CHECKED.items() if any(person.fields.get(n) != fields.get(n) for n in names)]
    again += [DOCUMENT] if uploaded else []
    after = replace(
        person,
        fields=fields,
        metadata=merged(person.metadata, params.get("metadata"), (*at, "metadata")),
        ready_at={
            **person.ready_at,
            **{check: now + (STATUS_SECONDS if check == STATUS else REVIEW_SECONDS) for check in again},
        },
    )
    return person if after == person else replace(after, updated_at=now)


def put_person(account: Account, person: Person) -> Account:
    """Add a person to an account, or replace it in its place. Raises StripeError for roles that cannot be."""
    known = any(each.id == person.id for each in account.persons)
    persons = tuple(person if each.id == person.id else each for each in account.persons)
    after = replace(account, persons=persons if known else (person, *account.persons))
    leaders = [each for each in after.persons if dig(each.fields, ("relationship", "representative")) is True]
    if len(leaders) > 1:
        raise errors.second_representative()
    if total_ownership(after) > 100:
        raise errors.too_much_ownership()
    return after


def put_updated_person(account: Account, person: Person, sent: Params) -> Account:
    """Put a person changed by `sent`, with the added requirements that this meets. Raises StripeError.

    Details of an identity end a verdict of failed.
    """
    after = put_person(account, person)
    prefix = f"{prefix_of(after, person)}."
    met = {
        name
        for name in after.added_requirements
        if name.startswith(prefix) and dig(sent, tuple(name.removeprefix(prefix).split("."))) not in (None, "")
    }
    again = account.verdict == "failed" and not _IDENTITY_FIELDS.isdisjoint(sent)
    return replace(
        after,
        added_requirements={name: deadline for name, deadline in after.added_requirements.items() if name not in met},
        verdict=None if again else account.verdict,
    )


def remove_person(account: Account, person: Person) -> Account:
    """Remove a person from an account. Raises StripeError for the representative."""
    if person == representative(account):
        raise errors.representative_kept()
    return replace(account, persons=tuple(each for each in account.persons if each.id != person.id))


def _check(account: Account, params: Params, at: ParamPath) -> None:
    formats.check_email(params, ("email",), at)
    formats.check_person(account, params, at)
    share = dig(params, ("relationship", "percent_ownership"))
    if isinstance(share, int | float | str) and share != "" and not 0 <= float(share) <= 100:
        raise errors.ownership_out_of_range((*at, "relationship", "percent_ownership"))


def check_verified(account: Account, person: Person | None, sent: Params, now: int, at: ParamPath = ()) -> None:
    """Refuse other details of an identity that is verified, and documents of it. Raises StripeError.

    Fields that are due can be sent, and those that were never provided. `sent` are the checked parameters of a person,
    which stand at `at` in the request; `now` is unix seconds.
    """
    if person is None or account.v2 is not None:
        return
    due = due_of(account, now)
    if not is_verified(account, person, due):
        return
    open_names = part(due, f"{prefix_of(account, person)}.").eventually
    after = merge(person.fields, {name: value for name, value in sent.items() if name != "verification"})
    changed = [path for path in _UNCHANGEABLE if dig(person.fields, path) not in (None, dig(after, path))]
    for path in (*changed, *(path for path in _DOCUMENTS if dig(sent, path))):
        if not f"{'.'.join(path)}.".startswith(tuple(f"{name}." for name in open_names)):
            raise errors.identity_verified((*at, *path))


def check_files(scope: Scope, params: Params, at: ParamPath = ()) -> None:
    """Refuse files in the parameters of a person, which stand at `at`. Raises StripeError."""
    documents.check_verification(scope, hash_at(params, "verification"), (*at, "verification"))
    documents.check_documents(scope, hash_at(params, "documents"), (*at, "documents"))


def with_documents(fields: Params, sent: Params, now: int, path: ParamPath) -> tuple[Params, bool]:
    """Fields with documents, and whether one is new. A test token shows a made-up file, as Stripe stores one for it.

    Uploaded files pass the review as the token of a good one does (our choice).
    """
    result = fields
    for name in sent:
        for side in documents.SIDES:
            token = dig(sent, (name, side))
            if isinstance(token, str) and token:
                known = token in test_values.DOCUMENTS
                shown: Params = {side: file_id(now, token, (*path, name, side)) if known else token}
                token = token if known else test_values.DOCUMENT_GOOD
                result = merge(result, {"tokens": {name: token}, **nest((*path, name), shown)})
    return result, result is not fields


def file_id(now: int, token: str, path: ParamPath) -> str:
    """The id of the file of a test token; the same one for the same token, place and second."""
    digest = hashlib.sha256("\0".join((token, *path)).encode()).digest()[:18]
    return f"file_{ids.time_digits(now)}{''.join(ids.ALPHABET[byte % 62] for byte in digest)}"


def _with_share(sent: Params) -> Params:
    """Shares are numbers with a fraction, also in responses (observed: `100.0`)."""
    share = dig(sent, ("relationship", "percent_ownership"))
    if not isinstance(share, str) or share == "":
        return sent
    return merge(sent, {"relationship": {"percent_ownership": float(share)}})
