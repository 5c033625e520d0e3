"""What a platform cannot change of a person any more once the identity is verified."""

from __future__ import annotations

from emulator import errors
from emulator.resources.connect.accounts.base.identity import prefix_of
from emulator.resources.connect.accounts.persons.render import is_verified
from emulator.resources.connect.accounts.requirements.due import due_of, part
from emulator.schema.check import Params
from emulator.schema.trees import dig, merge
from emulator.store.rows import Account, Person
from emulator.wire.path import ParamPath

# Names, numbers and documents are observed; the date of birth is by analogy.
_KEPT: tuple[ParamPath, ...] = (
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


def check_verified(account: Account, person: Person | None, sent: Params, now: int, at: ParamPath = ()) -> None:
    """Refuses other details of an identity that is verified, and documents of it. Raises StripeError.

    What is asked for can be sent, and what was never told. `sent` are the checked parameters of a person, `at` is where
    in the request they stand, `now` unix seconds.
    """
    if person is None or account.v2 is not None:
        return
    owed = due_of(account, now)
    if not is_verified(account, person, owed):
        return
    asked = part(owed, f"{prefix_of(account, person)}.").eventually
    after = merge(person.fields, {name: value for name, value in sent.items() if name != "verification"})
    changed = [path for path in _KEPT if dig(person.fields, path) not in (None, dig(after, path))]
    for path in (*changed, *(path for path in _DOCUMENTS if dig(sent, path))):
        if not f"{'.'.join(path)}.".startswith(tuple(f"{name}." for name in asked)):
            raise errors.identity_verified((*at, *path))
