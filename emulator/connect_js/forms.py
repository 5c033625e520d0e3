"""The forms in which an account's owner submits details.

Which fields a form has is our choice. Each is named like its parameter of the API, so that errors are shown beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from emulator.connect_js.fields import ACCOUNT, Field, Form, Path, has_param, label_of
from emulator.resources.connect.accounts.base import countries, identity, templates
from emulator.resources.connect.accounts.external_accounts.test_numbers import sample_number
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT
from emulator.resources.connect.accounts.settings import settings
from emulator.resources.connect.accounts.test_data import test_value
from emulator.schema.trees import dig
from emulator.store.rows import Account, Person

BUSINESS_TYPES = ("individual", "company", "non_profit", "government_entity")
SCHEDULE: Path = ("settings", "payouts", "schedule")
# Each with its first value, its options, and the interval that it applies to.
SCHEDULED = (
    ("interval", "daily", ("daily", "weekly", "monthly", "manual"), ""),
    ("weekly_anchor", "monday", ("monday", "tuesday", "wednesday", "thursday", "friday"), "weekly"),
    ("monthly_anchor", "1", (), "monthly"),
    ("delay_days", "minimum", (), ""),
)
ADDRESS = ("address.line1", "address.city", "address.state", "address.postal_code")
BUSINESS = tuple(f"business_profile.{name}" for name in ("name", "url", "product_description", "mcc"))
COMPANY = tuple(f"company.{name}" for name in ("name", "phone", "tax_id", *ADDRESS))
DATE = ("dob.day", "dob.month", "dob.year")
PERSON = ("first_name", "last_name", "email", "phone", *DATE, *ADDRESS, "id_number")
PUBLIC = (
    *(f"business_profile.{name}" for name in ("support_phone", "support_email", "support_url")),
    "settings.payments.statement_descriptor",
)
# Test values of fields that are no requirements.
TEST_VALUES: Mapping[str, str] = {
    "business_type": "individual",
    "email": "jenny.rosen@example.com",
    "support_email": "support@example.com",
    "support_url": "https://accessible.stripe.com",
}
BANK = ("account_holder_name", "country", "currency", "routing_number", "account_number")


# --- the sections of account management ---------------------------------------------------------------------------


def business(account: Account, now: int) -> Form:
    """The details of the business, with its type until that is known."""
    kind = () if account.business_type else ("business_type",)
    company = () if identity.shows_individual(account) else COMPANY
    return Form(tuple(account_field(account, name, now) for name in (*kind, *BUSINESS, *company)))


def public(account: Account, now: int) -> Form:
    """The details that customers see."""
    return Form(tuple(account_field(account, name, now) for name in PUBLIC))


def contact(account: Account, now: int) -> Form:
    """The account's own email address."""
    return Form((account_field(account, "email", now),))


def representative(account: Account, person: Person, now: int) -> Form:
    """The person who represents the account, under `individual` where the API does so."""
    names = (*PERSON, *(() if identity.shows_individual(account) else ("relationship.title",)))
    return _of_person(account, person, names, now)


def payout_schedule(account: Account) -> Form:
    """The payout schedule; each anchor belongs to one interval."""
    schedule = templates.inner(templates.inner(settings(account), "payouts"), "schedule")
    return Form(
        tuple(
            Field(
                (*SCHEDULE, name),
                label_of(name),
                _text(schedule.get(name)) or first,
                options=options,
                interval=interval,
            )
            for name, first, options, interval in SCHEDULED
        ),
        send_all=True,
    )


def bank_account(account: Account) -> Form:
    """A new bank account, by default in the account's own country."""
    number, routing = sample_number(account.country)
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
            Field((EXTERNAL_ACCOUNT, name), label_of(name), tests[name] if name in at_first else "", tests[name])
            for name in BANK
        ),
        send_all=True,
    )


# --- the form for one requirement --------------------------------------------------------------------------------


def requirement_form(account: Account, name: str, person: Person, now: int) -> Form | None:
    """The form for a requirement that can be met with text; None for others. `person` is the representative."""
    first, _, rest = name.partition(".")
    names = DATE if rest in DATE else (rest,)
    if first in ("individual", "representative"):
        return _if_text(_of_person(account, person, names, now))
    other = next((each for each in account.persons if each.id == first), None)
    if other is not None:
        return _if_text(_of_person(account, other, names, now))
    if first in ("business_type", "business_profile", "company", "settings"):
        also = (name, *requirement_rules.ALSO_MET_BY.get(name, ()))
        return _if_text(Form((account_field(account, next(filter(_is_param, also), name), now),)))
    return None


def _if_text(form: Form) -> Form | None:
    """The form if all fields are text or numbers of the API: no documents, booleans or lists. Else None."""
    return form if all(field.test_value or field.options for field in form.fields) and form.is_known() else None


def _is_param(name: str) -> bool:
    return has_param(ACCOUNT, tuple(name.split(".")))


def account_field(account: Account, name: str, now: int) -> Field:
    """A field of the account by its dotted path."""
    path = tuple(name.split("."))
    known = {"business_type": account.business_type, "email": account.email}
    value = known[name] if name in known else dig(account.fields, path)
    options = BUSINESS_TYPES if name == "business_type" else ()
    return Field(path, label_of(name), _text(value), _test_value(account, name, now), options)


def _of_person(account: Account, person: Person, names: Iterable[str], now: int) -> Form:
    individual = identity.shows_individual(account) and identity.representative(account) in (None, person)
    at: Path = ("individual",) if individual else ()
    return Form(tuple(_field(account, person, at, name, now) for name in names), None if individual else person)


def _field(account: Account, person: Person, at: Path, name: str, now: int) -> Field:
    path = tuple(name.split("."))
    return Field((*at, *path), label_of(name), _text(dig(person.fields, path)), _test_value(account, name, now))


def _test_value(account: Account, name: str, now: int) -> str:
    value = TEST_VALUES.get(name.rpartition(".")[2]) or test_value(account, name, now)
    return "" if isinstance(value, bool | list | dict) else str(value)


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
