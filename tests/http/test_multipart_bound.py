"""A multipart body of too many parts is refused before they are read."""

from __future__ import annotations

import pytest

from ..api import Api
from ..work import calls_of

PARTS = b"--b\r\n\r\n\r\n"


def test_many_empty_parts_are_refused_with_the_work_of_few() -> None:
    api = Api()

    def sent(count: int) -> int:
        body = PARTS * count + b"--b--\r\n"
        return calls_of(lambda: api.send("POST", "/v1/files", body, content_type="multipart/form-data; boundary=b"))

    assert sent(100_000) < sent(10)


@pytest.mark.parametrize(("count", "status"), [(10_000, 200), (10_001, 400)])
def test_a_body_has_as_many_parts_as_a_form_has_parameters(count: int, status: int) -> None:
    purpose = b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndispute_evidence\r\n'
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4\r\n'
    body = purpose * (count - 1) + file + b"--b--\r\n"
    response = Api().send("POST", "/v1/files", body, content_type="multipart/form-data; boundary=b")
    assert response.status == status
