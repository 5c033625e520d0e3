"""PDF documents of plain text: a heading, and lines of a fixed width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

WIDTH = 86  # characters of a line
_LINES = 54  # of a page
_LEADING, _SIZE, _LEFT, _TOP = 13, 10, 40, 780


def document(title: str, lines: Sequence[str]) -> bytes:
    """The bytes of a document. Characters beyond those of Western Europe are shown as question marks."""
    pages = [lines[start : start + _LINES] for start in range(0, max(len(lines), 1), _LINES)]
    contents = [_content(title, page) for page in pages]
    first = 5  # the objects before are the catalog, the pages, and two fonts
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /B 3 0 R /T 4 0 R >> >> "
            + f"/Contents {first + 2 * number + 1} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    return _file(objects)


def _content(title: str, lines: Sequence[str]) -> bytes:
    """The text of a page."""
    parts = [f"BT /B 18 Tf {_LEFT} {_TOP} Td ({_escaped(title)}) Tj ET"]
    for number, line in enumerate(lines):
        height = _TOP - 34 - number * _LEADING
        parts.append(f"BT /T {_SIZE} Tf {_LEFT} {height} Td ({_escaped(line[:WIDTH])}) Tj ET")
    return "\n".join(parts).encode("cp1252", "replace")


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
