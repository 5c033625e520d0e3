from __future__ import annotations

from typing import Any

import orjson
import pytest

from emulator.model.declaration import writes
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import names
from emulator.model.declaration.resource import Resource, Shared
from emulator.model.stored import stored
from emulator.store.table import Row


@pytest.fixture(autouse=True)
def _stored_fields_stay_as_they_were_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields are remembered as they were encoded: they must be exactly what JSON gives back, and never changed."""
    fields_of = stored.fields_of

    def checked(data: bytes) -> Shared:
        fields = fields_of(data)
        assert repr(fields) == repr(orjson.loads(data))
        return fields

    monkeypatch.setattr(stored, "fields_of", checked)


@pytest.fixture(autouse=True)
def _private_fields_are_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row keeps the private fields that its resource declares, and no others."""
    add, replace = writes.add, writes.replace

    def check(resource: Resource[Any], record: object) -> None:
        if isinstance(record, bytes):
            kept = {name for name in orjson.loads(record) if name[0] == "_"}
            assert kept <= names(resource.private), f"{resource.name} declares no {', '.join(kept)}: see Private"

    def added(scope: Scope, resource: Resource[Any], identifier: str, record: object, *rest: Any) -> Row[Any]:
        check(resource, record)
        return add(scope, resource, identifier, record, *rest)

    def replaced(scope: Scope, resource: Resource[Any], row: Row[Any], record: object) -> Row[Any]:
        check(resource, record)
        return replace(scope, resource, row, record)

    monkeypatch.setattr(writes, "add", added)
    monkeypatch.setattr(writes, "replace", replaced)
