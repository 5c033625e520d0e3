"""Metadata: its limits, and how an update changes it."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.schema.check import Value
from emulator.wire.path import ParamPath

LONGEST_KEY = 40
LONGEST_VALUE = 500
MOST_KEYS = 50


def merged(old: Mapping[str, str], sent: Value | None, path: ParamPath = ("metadata",)) -> dict[str, str]:
    """Metadata after an update: an empty value removes its key, empty metadata removes all. Raises StripeError.

    The keys come in order (observed). The limits are official: 50 keys of 40 characters, values of 500.
    """
    if sent is None:
        return dict(old)
    if not isinstance(sent, dict):
        return {}
    for key, value in sent.items():
        _check(key, str(value), path)
    kept = {key: value for key, value in old.items() if key not in sent}
    result = kept | {key: str(value) for key, value in sent.items() if value != ""}
    if len(result) > MOST_KEYS:
        raise errors.too_much_metadata(path)
    return dict(sorted(result.items()))


def _check(key: str, value: str, path: ParamPath) -> None:
    if len(key) > LONGEST_KEY:
        raise errors.metadata_key_too_long(path, key)
    if len(value) > LONGEST_VALUE:
        raise errors.metadata_value_too_long(path, value)
