"""Bodies of the type multipart/form-data: the fields as a form, the files apart."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

from emulator.model.declaration.endpoint import Upload
from emulator.wire import form

MULTIPART = b"multipart/form-data"


class Malformed(form.FormError):
    """A body that is no multipart/form-data, or that has no boundary."""


class _Part:
    """One part of a body while it is read."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.name, self.value, self.data = b"", b"", bytearray()


def parse(content_type: bytes, body: bytes) -> tuple[bytes, dict[str, Upload]]:
    """The fields, form-encoded, and the files by field name; a file's field holds its digest. Raises FormError."""
    from python_multipart.exceptions import FormParserError  # noqa: PLC0415 - most servers receive no file
    from python_multipart.multipart import MultipartParser, parse_options_header  # noqa: PLC0415

    parts: list[_Part] = []

    def header_end() -> None:
        part = parts[-1]
        part.headers[part.name.lower()] = part.value
        part.name = part.value = b""

    def name(data: bytes, start: int, end: int) -> None:
        parts[-1].name += data[start:end]

    def value(data: bytes, start: int, end: int) -> None:
        parts[-1].value += data[start:end]

    def content(data: bytes, start: int, end: int) -> None:
        parts[-1].data += memoryview(data)[start:end]

    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise Malformed("no boundary")
    if body.count(b"--" + boundary) - 1 > form.LIMITS.pairs:  # an empty part is read in 2 us
        raise form.TooLarge(f"more than {form.LIMITS.pairs} parameters")
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": lambda: parts.append(_Part()),
                "on_header_field": name,
                "on_header_value": value,
                "on_header_end": header_end,
                "on_part_data": content,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise Malformed(str(error)) from None
    fields, uploads = [], {}
    for part in parts:
        options = parse_options_header(part.headers.get(b"content-disposition", b""))[1]
        field, filename, sent = options.get(b"name", b""), options.get(b"filename"), bytes(part.data)
        if filename is not None:
            upload = Upload(filename.decode("utf-8", "replace"), sent)
            uploads[field.decode("utf-8", "replace")] = upload
            sent = upload.digest.encode()
        fields.append(f"{quote_from_bytes(field)}={quote_from_bytes(sent)}".encode())
    return b"&".join(fields), uploads
