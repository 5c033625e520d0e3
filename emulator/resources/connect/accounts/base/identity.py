"""The persons of an account: their roles and details."""

from __future__ import annotations

from emulator.resources.connect.accounts.base.capability_rules import TRANSFERS
from emulator.resources.connect.accounts.base.countries import RECIPIENT
from emulator.schema.check import Params
from emulator.schema.trees import dig, hash_at
from emulator.store.rows import Account, Person

ALL_OF_IT = 100.0


def roles_of(person: Person) -> Params:
    """The `relationship` hash as it was sent."""
    return hash_at(person.fields, "relationship")


def with_role(account: Account, role: str) -> list[Person]:
    """The persons of an account that have a role, newest first."""
    return [person for person in account.persons if roles_of(person).get(role) is True]


def representative(account: Account) -> Person | None:
    """The representative, who opened the account; an account has at most one."""
    found = with_role(account, "representative")
    return found[0] if found else None


def shows_individual(account: Account) -> bool:
    """Whether the account speaks of its representative as `individual`."""
    return account.business_type in (None, "individual")


def prefix_of(account: Account, person: Person) -> str:
    """The first part of the names of requirements about a person (observed)."""
    return "individual" if account.business_type == "individual" and person == representative(account) else person.id


def ownership(person: Person) -> float:
    """The share of the company that an owner has, in percent."""
    share = roles_of(person).get("percent_ownership")
    return float(share) if isinstance(share, int | float) else 0.0


def total_ownership(account: Account) -> float:
    """The share of the company that its known owners have together, in percent."""
    return sum(map(ownership, with_role(account, "owner")))


def date_of_birth(person: Person) -> tuple[int, int, int] | None:
    """The date of birth as year, month and day; None unless all three are known."""
    parts = [dig(person.fields, ("dob", name)) for name in ("year", "month", "day")]
    whole = [part for part in parts if isinstance(part, int)]
    return (whole[0], whole[1], whole[2]) if len(whole) == 3 else None


def id_number_of(person: Person) -> str | None:
    """The government's number of a person, or its last four digits."""
    found = person.fields.get("id_number", person.fields.get("ssn_last_4"))
    return None if found is None else str(found).replace("-", "")


def is_recipient(account: Account) -> bool:
    """Whether the account is under the recipient agreement, which is for payouts across borders."""
    return dig(account.fields, ("tos_acceptance", "service_agreement")) == RECIPIENT


def is_connected(account: Account) -> bool:
    """Whether it is more than a customer of v2, who has no requirements."""
    return account.v2 is None or not {"merchant", "recipient"}.isdisjoint(account.v2.applied)


def tier(account: Account) -> str:
    """The tier of requirements by capabilities: `none`, `transfers` for these alone, otherwise `payments`."""
    names = set(account.capabilities)
    return "payments" if names - {TRANSFERS} else "transfers" if names else "none"


def is_reviewed(account: Account) -> bool:
    """Whether the account is reviewed: for payments, once the business type is known, outside the full Dashboard.

    A test's verdict of failed or pending is about any account.
    """
    if account.verdict in ("failed", "pending"):
        return True
    return (
        not account.onboarded
        and account.business_type is not None
        and account.controller.dashboard != "full"
        and tier(account) == "payments"
        and not is_recipient(account)
    )
