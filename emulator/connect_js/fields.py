"""Form fields, named like the API's parameters, and the request parameters that a submitted form becomes."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import catalog
from emulator.store.rows import Person
from emulator.wire.dataclasses import dataclass
from emulator.wire.form import Tree, insert
from emulator.wire.json import Json
from emulator.wire.path import format_path

Path = tuple[str, ...]
ACCOUNT, PERSONS = "PostAccountsAccount", "PostAccountsAccountPersonsPerson"
# Labels that do not follow from the last part of a name.
LABELS: Mapping[str, str] = {
    "business_profile.name": "Doing business as",
    "city": "City",
    "company.name": "Legal business name",
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
# Stripe stores these and never shows them again.
SECRETS = frozenset({"account_number", "id_number", "ssn_last_4", "tax_id"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `path` is that of its parameter; `interval` the payout interval that it applies to, empty for all."""

    path: Path
    label: str
    value: str = ""
    test_value: str = ""
    options: tuple[str, ...] = ()
    interval: str = ""

    @property
    def name(self) -> str:
        """The name of the parameter, as in `business_profile[url]`."""
        return format_path(self.path)

    @property
    def group(self) -> str:
        """The parameter that must be sent as a whole, a date; empty for other fields."""
        return format_path(self.path[:-1]) if self.path[-2:-1] == ("dob",) else ""

    @property
    def secret(self) -> bool:
        return self.path[-1] in SECRETS

    def to_json(self) -> Json:
        """The field for the script. Of a secret, only whether it is provided."""
        value: Json = "" if self.secret else self.value
        options: list[Json] = list(self.options)
        return {
            "name": self.name,
            "label": self.label,
            "value": value,
            "test_value": self.test_value,
            "options": options,
            "provided": self.secret and bool(self.value),
            "interval": self.interval,
            "group": self.group,
        }


@dataclass(frozen=True, slots=True)
class Form:
    """Fields of the account or of `person`. All values are sent with `send_all`, else those that were changed."""

    fields: tuple[Field, ...]
    person: Person | None = None
    send_all: bool = False

    def to_json(self) -> Json:
        """The form for the script."""
        return {"send_all": self.send_all, "fields": [field.to_json() for field in self.fields]}

    def is_known(self) -> bool:
        """Whether every field is a parameter of the API."""
        operation = ACCOUNT if self.person is None else PERSONS
        return all(has_param(operation, field.path) for field in self.fields)

    def tree(self, values: Mapping[str, object]) -> Tree:
        """The submitted values as parameters. Raises KeyError for an unknown name and for a value that is not text."""
        paths = {field.name: field.path for field in self.fields}
        tree: Tree = {}
        for name, value in values.items():
            if not isinstance(value, str):
                raise KeyError(name)
            insert(tree, paths[name], value)
        return tree


def has_param(operation_id: str, path: Path) -> bool:
    """Whether an operation has a parameter at a path; a few requirements have no parameter of their name."""
    return catalog.operation(operation_id).params.at(path) is not None


def label_of(name: str) -> str:
    """The label of a field, by its dotted path."""
    parts = name.split(".")
    known = LABELS.get(".".join(parts[-2:])) or LABELS.get(parts[-1])
    return known or parts[-1].replace("_", " ").capitalize()
