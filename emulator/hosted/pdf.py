"""PDF documents of rows of text in Helvetica, which every reader has, with rules and links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from emulator.wire.namedtuples import NamedTuple

LEFT, RIGHT = 40, 555  # of the text, in points of a page that is 595 wide
_LEADING, _TOP, _BOTTOM = 15, 790, 50
# The widths of the characters from space to tilde in thousandths of the size (Adobe's metrics of Helvetica).
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip


class Cell(NamedTuple):
    """A text at `left`, or with its end there if `ends`; `link` is the URL that it leads to."""

    text: str
    left: int = LEFT
    size: int = 10
    bold: bool = False
    ends: bool = False
    link: str = ""


class Row(NamedTuple):
    """Cells side by side; without any, a gap. `rule` is a line below."""

    cells: Sequence[Cell] = ()
    rule: bool = False


def wrapped(text: str, columns: int) -> list[str]:
    """The lines of a text of at most some characters each."""
    return wrap(text, columns) or [""]


def document(title: str, rows: Sequence[Row]) -> bytes:
    """The bytes of a document. Characters beyond those of Western Europe are shown as question marks."""
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
        content = _content(title, placed)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /B 3 0 R /T 4 0 R >> >> "
            + f"/Annots [{' '.join(_links(placed))}] /Contents {first + 2 * number + 1} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    return _file(objects)


def _content(title: str, placed: Sequence[tuple[int, Row]]) -> bytes:
    """The text of a page, of rows with their heights."""
    parts = [_shown(Cell(title, size=20, bold=True), _TOP)]
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
    """The width of a text in points; characters beyond ASCII count as digits do."""
    codes = (ord(character) - 32 for character in cell.text)
    return sum(_WIDTHS[code] if 0 <= code < len(_WIDTHS) else 556 for code in codes) * cell.size / 1000


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
