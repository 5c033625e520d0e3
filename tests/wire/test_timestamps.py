"""Timestamps of v2."""

from __future__ import annotations

import pytest

from emulator.wire.timestamps import format_timestamp, parse_timestamp


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1_749_503_763, "2025-06-09T21:16:03.000Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.000Z"),
        (-(10**15), "0001-01-01T00:00:00.000Z"),
        (10**15, "9999-12-31T23:59:59.000Z"),
    ],
)
def test_a_unix_second_is_printed_with_milliseconds(seconds: int, text: str) -> None:
    assert format_timestamp(seconds) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2025-06-09T21:16:03.000Z", 1_749_503_763.0),
        ("2025-06-09T23:16:03.250+02:00", 1_749_503_763.25),
        ("2025-06-09T21:16:03Z", 1_749_503_763.0),
    ],
)
def test_a_timestamp_is_read_with_its_offset_and_fraction(text: str, seconds: float) -> None:
    assert parse_timestamp(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-06-09",
        "2025-06-09T21:16:03",
        "2025-13-09T21:16:03Z",
        "2025-06-09 21:16:03Z",
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_other_texts_are_no_timestamps(text: str) -> None:
    with pytest.raises(ValueError, match="is no RFC 3339 time"):
        parse_timestamp(text)
