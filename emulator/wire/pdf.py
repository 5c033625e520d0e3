"""PDF documents of rows of text in Helvetica, which every reader has, with rules and links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile

from emulator.wire.namedtuples import NamedTuple

LEFT, RIGHT = 40, 555  # of the text, in points of a page of A4, which is 595 by 842
SIZE = 10  # of a font
_LEADING, _TOP, _BOTTOM = 15, 790, 50
# The widths of the characters from space to tilde in thousandths of the size (Adobe's metrics of both fonts).
_PLAIN = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278,
    556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584,
    556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
    333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip


class Cell(NamedTuple):
    """A text at `left`, or with its end there if `ends`; `link` is the URL that it leads to."""

    text: str
    left: int = LEFT
    size: int = SIZE
    bold: bool = False
    ends: bool = False
    link: str = ""


class Row(NamedTuple):
    """Cells side by side; without any, a gap. `rule` is a line below."""

    cells: Sequence[Cell] = ()
    rule: bool = False


def wrapped(text: str, width: float) -> list[str]:
    """The lines of a text that fit a width in points. A word that is too long is broken."""
    space = _measured(" ")
    found: list[str] = []
    for paragraph in text.splitlines():
        line, end = "", 0.0
        for part in _parts(paragraph, width):
            wide = _measured(part)
            if line and end + space + wide > width:
                found.append(line)
                line, end = part, wide
            else:
                line, end = (f"{line} {part}", end + space + wide) if line else (part, wide)
        found.append(line)
    return found or [""]


def _parts(paragraph: str, width: float) -> Iterator[str]:
    """The words of a paragraph, those that are too long in pieces."""
    for word in paragraph.split():
        rest = word
        while rest:
            fits = _fitting(rest, width)
            yield rest[:fits]
            rest = rest[fits:]


def _fitting(word: str, width: float) -> int:
    """The number of characters of a word that fit a width, at least one."""
    ends = accumulate(map(_measured, word))
    return max(sum(1 for _ in takewhile(lambda end: end <= width, ends)), 1)


def _measured(text: str, size: int = SIZE, *, bold: bool = False) -> float:
    """The width of a text in points; characters beyond ASCII count as digits do."""
    widths = _BOLD if bold else _PLAIN
    codes = (ord(character) - 32 for character in text)
    return sum(widths[code] if 0 <= code < len(widths) else 556 for code in codes) * size / 1000


def document(title: str, rows: Sequence[Row]) -> bytes:
    """The bytes of a document of as many pages as the rows need.

    Characters beyond those of Western Europe are shown as question marks.
    """
    height = (_TOP - _BOTTOM) // _LEADING - 2
    pages = [rows[start : start + height] for start in range(0, max(len(rows), 1), height)]
    first = 5  # the objects before are the catalog, the pages, and two fonts
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        placed = [(_TOP - 34 - _LEADING * line, row) for line, row in enumerate(page)]
        content = _content(title, placed, f"Page {number + 1} of {len(pages)}" if len(pages) > 1 else "")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /B 3 0 R /T 4 0 R >> >> "
            + f"/Annots [{' '.join(_links(placed))}] /Contents {first + 2 * number + 1} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    return _file(objects)


def _content(title: str, placed: Sequence[tuple[int, Row]], footer: str) -> bytes:
    """The text of a page, of rows with their heights, between the title and a footer."""
    parts = [_shown(Cell(title, size=20, bold=True), _TOP), _shown(Cell(footer, RIGHT, 9, ends=True), _BOTTOM - 20)]
    for height, row in placed:
        parts += [_shown(cell, height) for cell in row.cells]
        if row.rule:
            parts.append(f"0.75 G {LEFT} {height - 5} m {RIGHT} {height - 5} l S")
    return "\n".join(parts).encode("cp1252", "replace")


def _shown(cell: Cell, height: int) -> str:
    color = "0.2 0.2 0.7 rg" if cell.link else "0 g"
    font = "B" if cell.bold else "T"
    return f"{color} BT /{font} {cell.size} Tf {_start(cell):.1f} {height} Td ({_escaped(cell.text)}) Tj ET"


def _start(cell: Cell) -> float:
    return cell.left - _width(cell) if cell.ends else cell.left


def _width(cell: Cell) -> float:
    return _measured(cell.text, cell.size, bold=cell.bold)


def _links(placed: Sequence[tuple[int, Row]]) -> Iterator[str]:
    for height, cell in ((height, cell) for height, row in placed for cell in row.cells if cell.link):
        area = f"{_start(cell):.1f} {height - 3} {_start(cell) + _width(cell):.1f} {height + cell.size}"
        url = _escaped(cell.link)
        yield f"<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [{area}] /A << /S /URI /URI ({url}) >> >>"


def _escaped(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return printable.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects of a document with the table of their places."""
    head = b"%PDF-1.4\n"
    whole = list(_numbered(objects))
    places = [len(head) + sum(map(len, whole[:number])) for number in range(len(whole))]
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(head) + sum(map(len, whole))
    tail = f"xref\n0 {len(whole) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(whole) + 1} /Root 1 0 R >>\n"
    return head + b"".join(whole) + tail.encode() + f"startxref\n{start}\n%%EOF\n".encode()


def _numbered(objects: Sequence[bytes]) -> Iterator[bytes]:
    for number, content in enumerate(objects, 1):
        yield f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
