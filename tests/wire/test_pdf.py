"""The writer of PDF documents."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from emulator.wire.pdf import Cell, Row, document, wrapped


def test_a_text_is_wrapped_between_words_and_where_it_has_line_breaks() -> None:
    assert wrapped("Tea and cups\nfor one year", 70) == ["Tea and cups", "for one year"]
    assert wrapped("Tea and cups", 40) == ["Tea and", "cups"]
    assert wrapped("", 40) == [""]


def test_a_word_that_is_too_long_is_broken() -> None:
    assert wrapped("a WWWWW", 20) == ["a", "WW", "WW", "W"]


@given(st.text(max_size=200), st.integers(1, 300))
def test_a_wrapped_text_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join("".join(wrapped(text, width)).split()) == "".join(text.split())


def test_rows_continue_on_further_pages_with_numbers() -> None:
    found = document("Rows", [Row([Cell(f"Row {number}")]) for number in range(100)])
    shown = re.findall(rb"\((.*)\) Tj", found)
    assert [text for text in shown if not text.startswith(b"Row ")] == [
        *(b"Rows", b"Page 1 of 3", b"Rows", b"Page 2 of 3", b"Rows", b"Page 3 of 3"),
    ]
    assert shown.count(b"Row 99") == 1


def test_the_table_of_a_document_has_the_places_of_its_objects() -> None:
    found = document("A (small) \\ title", [Row([Cell("Pay", link="https://shop.example/(pay)")], rule=True), Row()])
    places = [int(place) for place in re.findall(rb"^(\d{10}) 00000 n $", found, re.MULTILINE)]
    assert [found[place:].split(b" ", 1)[0] for place in places] == [b"1", b"2", b"3", b"4", b"5", b"6"]
    assert int(found.split(b"startxref\n")[1].split()[0]) == found.index(b"xref\n0 7")
    assert b"(A \\(small\\) \\\\ title) Tj" in found
    assert b"/URI (https://shop.example/\\(pay\\))" in found


def test_characters_beyond_western_europe_are_question_marks() -> None:
    assert b"(caf\xe9 \x80 ??) Tj" in document("caf\u00e9 \u20ac \u65e5\u672c", [])
