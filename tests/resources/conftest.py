from __future__ import annotations

import orjson
import pytest

from emulator.model.declaration.resource import Fields
from emulator.model.stored import stored


@pytest.fixture(autouse=True)
def _stored_fields_stay_as_they_were_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields are remembered as they were encoded: they must be exactly what JSON gives back, and never changed."""
    fields_of = stored.fields_of

    def checked(data: bytes) -> Fields:
        fields = fields_of(data)
        assert repr(fields) == repr(orjson.loads(data))
        return fields

    monkeypatch.setattr(stored, "fields_of", checked)
