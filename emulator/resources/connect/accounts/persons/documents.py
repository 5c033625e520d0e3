"""Files in the parameters of accounts and persons: test tokens of documents, and uploads of the right purpose."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Scope
from emulator.resources.connect.accounts.requirements.test_values import DOCUMENTS
from emulator.schema.check import Value
from emulator.schema.trees import dig
from emulator.wire.path import ParamPath, format_path

FILE = "file"
SIDES = ("front", "back")
# The purposes of uploads that are documents of a person, of a company and of anything else (official).
PURPOSES = OF_PERSONS, OF_COMPANIES, OF_OTHERS = "identity_document", "additional_verification", "account_requirement"


def check_verification(scope: Scope, sent: Mapping[str, Value], at: ParamPath, purpose: str = OF_PERSONS) -> None:
    """Refuse files of a `verification` hash that do not exist or are for something else. Raises StripeError.

    The account of the scope, or its platform, has uploaded them.
    """
    for name in sent:
        for side in SIDES:
            _check(scope, dig(sent, (name, side)), (*at, name, side), purpose)


def check_documents(scope: Scope, sent: Mapping[str, Value], at: ParamPath = ("documents",)) -> None:
    """Refuse files of a `documents` hash in the same way. Raises StripeError."""
    for name in sent:
        files = dig(sent, (name, "files"))
        for index, file in enumerate(files) if isinstance(files, list) else ():
            _check(scope, file, (*at, name, "files", str(index)), OF_OTHERS)


def purpose_of(scope: Scope, file: str) -> str | None:
    """The purpose of an upload of the account or of its platform, None where there is no such file."""
    from emulator.model.stored import objects, stored  # noqa: PLC0415 - and much else, for few requests

    row = objects.get(scope, FILE, file) or objects.get(scope.platform, FILE, file)
    return str(stored.shared(row)["purpose"]) if row is not None else None


def _check(scope: Scope, file: Value | None, path: ParamPath, wanted: str) -> None:
    if not isinstance(file, str) or not file or file in DOCUMENTS:
        return
    purpose = purpose_of(scope, file)
    if purpose is None:
        raise errors.no_such("file upload", file, format_path(path))
    if purpose != wanted and not unknown.are_created(scope.sandbox):
        raise errors.file_purpose_wrong(file, purpose, wanted, path)
