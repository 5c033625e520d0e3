"""What forms are made of: fields that bear the names of the API's parameters, and the request that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emulator import catalog
from emulator.store.rows import Person
from emulator.wire.form import Tree, insert
from emulator.wire.json import Json
from emulator.wire.path import format_path

Path = tuple[str, ...]
ACCOUNT, PERSONS = "PostAccountsAccount", "PostAccountsAccountPersonsPerson"
# Labels that the last part of a name does not say.
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
# They are known to Stripe, and never shown again.
SECRET = frozenset({"account_number", "id_number", "ssn_last_4", "tax_id"})


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
        return all(takes(operation, field.path) for field in self.fields)

    def tree(self, values: Mapping[str, object]) -> Tree:
        """What was typed, as a request would have it. Raises KeyError for a name that is no field's, or for no text."""
        paths = {field.name: field.path for field in self.fields}
        tree: Tree = {}
        for name, value in values.items():
            if not isinstance(value, str):
                raise KeyError(name)
            insert(tree, paths[name], value)
        return tree


def takes(operation_id: str, path: Path) -> bool:
    """Whether an operation has a parameter at a path; a few entries are named after none."""
    return catalog.operation(operation_id).params.at(path) is not None


def label_of(name: str) -> str:
    """What a field is called, by its path with dots."""
    parts = name.split(".")
    known = LABELS.get(".".join(parts[-2:])) or LABELS.get(parts[-1])
    return known or parts[-1].replace("_", " ").capitalize()
