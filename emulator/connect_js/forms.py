"""The forms in which an account's owner answers and edits: which fields, what is in them, what a save means.

Which details a form has is our choice; each field bears the name of the API's parameter, by which its errors are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from emulator import catalog
from emulator.resources.accounts import countries, demands, templates
from emulator.resources.accounts.details import dig
from emulator.resources.accounts.identity import of_individual, opener
from emulator.resources.accounts.numbers import sample
from emulator.resources.accounts.providing import answer
from emulator.resources.accounts.render import settings
from emulator.resources.accounts.requirements import EXTERNAL_ACCOUNT
from emulator.schema import spec
from emulator.store.rows import Account, Person
from emulator.wire.form import Node, Tree
from emulator.wire.json import Json
from emulator.wire.path import format_path

Path = tuple[str, ...]
ACCOUNT, PERSONS = "PostAccountsAccount", "PostAccountsAccountPersonsPerson"
BUSINESS_TYPES = ("individual", "company", "non_profit", "government_entity")
SCHEDULE: Path = ("settings", "payouts", "schedule")
# Each with what it is at first, what it can be, and the interval that it is for.
SCHEDULED = (
    ("interval", "daily", ("daily", "weekly", "monthly", "manual"), ""),
    ("weekly_anchor", "monday", ("monday", "tuesday", "wednesday", "thursday", "friday"), "weekly"),
    ("monthly_anchor", "1", (), "monthly"),
    ("delay_days", "minimum", (), ""),
)
# Labels that the last part of a name does not say.
LABELS: Mapping[str, str] = {
    "city": "City",
    "dob.day": "Day of birth",
    "dob.month": "Month of birth",
    "dob.year": "Year of birth",
    "email": "Email address",
    "id_number": "Identification number",
    "line1": "Address",
    "mcc": "Merchant category code",
    "relationship.title": "Job title",
    "ssn_last_4": "Last four digits of the Social Security number",
    "tax_id": "Tax number",
    "url": "Website",
}
# They are known to Stripe, and never shown again.
SECRET = frozenset({"account_number", "id_number", "ssn_last_4", "tax_id"})
ADDRESS = ("address.line1", "address.city", "address.state", "address.postal_code")
BUSINESS = tuple(f"business_profile.{name}" for name in ("name", "url", "product_description", "mcc"))
COMPANY = tuple(f"company.{name}" for name in ("name", "phone", "tax_id", *ADDRESS))
DATE = ("dob.day", "dob.month", "dob.year")
PERSON = ("first_name", "last_name", "email", "phone", *DATE, *ADDRESS, "id_number")
PUBLIC = (
    *(f"business_profile.{name}" for name in ("support_phone", "support_email", "support_url")),
    "settings.payments.statement_descriptor",
)
BANK = ("account_holder_name", "country", "currency", "routing_number", "account_number")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `path` is where the API has it; `test` is what test data says; `only` the interval that it is for."""

    path: Path
    label: str
    value: str = ""
    test: str = ""
    options: tuple[str, ...] = ()
    only: str = ""

    @property
    def name(self) -> str:
        """The name of the parameter, as in `business_profile[url]`."""
        return format_path(self.path)

    @property
    def group(self) -> str:
        """What the API takes as a whole only: a date."""
        return format_path(self.path[:-1]) if self.path[-2:-1] == ("dob",) else ""

    @property
    def secret(self) -> bool:
        return self.path[-1] in SECRET

    def shown(self) -> Json:
        """The field for the script. What is secret is told to be there, no more."""
        known: Json = "" if self.secret else self.value
        options: list[Json] = list(self.options)
        return {
            "name": self.name,
            "label": self.label,
            "value": known,
            "test": self.test,
            "options": options,
            "given": self.secret and bool(self.value),
            "only": self.only,
            "group": self.group,
        }


@dataclass(frozen=True, slots=True)
class Form:
    """Some fields, of the account or, with `person`, of that one. What is not `whole` sends what was changed only."""

    fields: tuple[Field, ...]
    person: Person | None = None
    whole: bool = False

    def shown(self) -> Json:
        """The form for the script."""
        return {"whole": self.whole, "fields": [field.shown() for field in self.fields]}

    def is_known(self) -> bool:
        """Whether the API has every field."""
        operation = ACCOUNT if self.person is None else PERSONS
        return all(_takes(operation, field.path) for field in self.fields)

    def tree(self, values: Mapping[str, object]) -> Tree:
        """What was typed, as a request would have it. Raises KeyError for a name that is no field's, or for no text."""
        paths = {field.name: field.path for field in self.fields}
        tree: Tree = {}
        for name, value in values.items():
            if not isinstance(value, str):
                raise KeyError(name)
            _put(tree, paths[name], value)
        return tree


def _put(tree: Tree, path: Path, value: str) -> None:
    inner: dict[str, Node] = tree
    for name in path[:-1]:
        found = inner.setdefault(name, {})
        inner = found if isinstance(found, dict) else {}
    inner[path[-1]] = value


# --- the sections of account management ---------------------------------------------------------------------------


def business(account: Account, now: int) -> Form:
    """What the business is; its type until that is known."""
    kind = () if account.business_type else ("business_type",)
    company = () if of_individual(account) else COMPANY
    return Form(tuple(of_account(account, name, now) for name in (*kind, *BUSINESS, *company)))


def public(account: Account, now: int) -> Form:
    """What customers see."""
    return Form(tuple(of_account(account, name, now) for name in PUBLIC))


def contact(account: Account, now: int) -> Form:
    """The account's own email address."""
    return Form((of_account(account, "email", now),))


def representative(account: Account, person: Person, now: int) -> Form:
    """The person who represents the account: `individual` where the API calls it so."""
    names = (*PERSON, *(() if of_individual(account) else ("relationship.title",)))
    return _of_person(account, person, names, now)


def payout_schedule(account: Account) -> Form:
    """When the account is paid out; each anchor belongs to one interval."""
    schedule = templates.inner(templates.inner(settings(account), "payouts"), "schedule")
    return Form(
        tuple(
            Field((*SCHEDULE, name), _label(name), _text(schedule.get(name)) or first, options=options, only=only)
            for name, first, options, only in SCHEDULED
        ),
        whole=True,
    )


def bank_account(account: Account) -> Form:
    """A new bank account, in the account's own country unless another one is typed."""
    number, routing = sample(account.country)
    tests = {
        "account_holder_name": "Jenny Rosen",
        "country": account.country,
        "currency": countries.currency_of(account.country),
        "routing_number": routing or "",
        "account_number": number,
    }
    at_first = {"country", "currency"}
    return Form(
        tuple(
            Field((EXTERNAL_ACCOUNT, name), _label(name), tests[name] if name in at_first else "", tests[name])
            for name in BANK
        ),
        whole=True,
    )


# --- the answer to one requirement --------------------------------------------------------------------------------


def of_requirement(account: Account, name: str, person: Person, now: int) -> Form | None:
    """The form for one entry that a text can answer; None for the others. `person` is the representative."""
    first, _, rest = name.partition(".")
    names = DATE if rest in DATE else (rest,)
    if first in ("individual", "representative"):
        return _plain(_of_person(account, person, names, now))
    other = next((each for each in account.persons if each.id == first), None)
    if other is not None:
        return _plain(_of_person(account, other, names, now))
    if first in ("business_type", "business_profile", "company", "settings"):
        also = (name, *demands.ALSO_MET_BY.get(name, ()))
        return _plain(Form((of_account(account, next(filter(_is_param, also), name), now),)))
    return None


def _plain(form: Form) -> Form | None:
    """A form whose fields are texts and numbers that the API takes: no documents, no yes or no, no lists."""
    return form if all(field.test or field.options for field in form.fields) and form.is_known() else None


def _is_param(name: str) -> bool:
    return _takes(ACCOUNT, tuple(name.split(".")))


def _takes(operation_id: str, path: Path) -> bool:
    """Whether an operation has a parameter at a path; a few entries are named after none."""
    kind: spec.Type = catalog.operation(operation_id).params
    for name in path:
        if not isinstance(kind, spec.Object) or name not in kind.params:
            return False
        kind = kind.params[name].type
    return True


def of_account(account: Account, name: str, now: int) -> Field:
    """A field of the account by its path with dots."""
    path = tuple(name.split("."))
    known = {"business_type": account.business_type, "email": account.email}
    value = known[name] if name in known else dig(account.fields, path)
    options = BUSINESS_TYPES if name == "business_type" else ()
    return Field(path, _label(name), _text(value), _test(account, name, now), options)


def _of_person(account: Account, person: Person, names: Iterable[str], now: int) -> Form:
    individual = of_individual(account) and opener(account) in (None, person)
    at: Path = ("individual",) if individual else ()
    return Form(tuple(_field(account, person, at, name, now) for name in names), None if individual else person)


def _field(account: Account, person: Person, at: Path, name: str, now: int) -> Field:
    path = tuple(name.split("."))
    return Field((*at, *path), _label(name), _text(dig(person.fields, path)), _test(account, name, now))


def _test(account: Account, name: str, now: int) -> str:
    value = answer(account, name, now)
    return "" if isinstance(value, bool | list | dict) else str(value)


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _label(name: str) -> str:
    parts = name.split(".")
    known = LABELS.get(".".join(parts[-2:])) or LABELS.get(parts[-1])
    return known or parts[-1].replace("_", " ").capitalize()
