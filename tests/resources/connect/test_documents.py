"""Uploaded files as documents of accounts and persons: those of the right purpose, of the account or its platform."""

from __future__ import annotations

import pytest

from ...api import Api
from ..core.test_files import upload


@pytest.fixture
def account(api: Api) -> str:
    return api.account(type="custom", country="US", business_type="company")


def document(file: str) -> dict[str, object]:
    return {"verification": {"document": {"front": file}}}


def test_a_person_has_the_document_that_its_platform_uploaded(api: Api, account: str) -> None:
    file = upload(api).body["id"]
    person = api.post(f"/v1/accounts/{account}/persons", document(file))
    assert (person.status, person.body["verification"]["document"]["front"]) == (200, file)


def test_a_person_has_the_document_that_its_account_uploaded(api: Api, account: str) -> None:
    file = upload(api, stripe_account=account).body["id"]
    assert api.post(f"/v1/accounts/{account}/persons", document(file)).status == 200


def test_an_uploaded_document_is_verified(api: Api) -> None:
    account = api.account(type="custom", country="US", business_type="individual")
    changed = api.post(f"/v1/accounts/{account}", {"individual": document(upload(api).body["id"])})
    assert changed.status == 200
    assert changed.body["individual"]["verification"]["document"]["details"] is None


def test_a_company_has_its_own_purpose(api: Api, account: str) -> None:
    file = upload(api, "additional_verification").body["id"]
    shown = api.post(f"/v1/accounts/{account}", {"company": document(file)}).body
    assert shown["company"]["verification"]["document"]["front"] == file


def test_other_documents_are_account_requirements(api: Api, account: str) -> None:
    file = upload(api, "account_requirement").body["id"]
    sent = {"documents": {"company_license": {"files": [file]}}}
    assert api.post(f"/v1/accounts/{account}", sent).status == 200


def test_a_file_of_another_purpose_is_refused(api: Api, account: str) -> None:
    file = upload(api, "dispute_evidence").body["id"]
    refused = api.post(f"/v1/accounts/{account}/persons", document(file))
    assert (refused.status, refused.error["param"]) == (400, "verification[document][front]")
    assert refused.error["message"] == (
        f"The file {file} has the purpose dispute_evidence; this parameter takes files of identity_document."
    )
    assert api.get(f"/v1/accounts/{account}/persons").body["data"] == []


def test_a_file_of_another_account_is_unknown(api: Api, account: str) -> None:
    other = api.account(type="custom", country="US")
    file = upload(api, stripe_account=other).body["id"]
    refused = api.post(f"/v1/accounts/{account}/persons", document(file))
    assert (refused.status, refused.error["message"]) == (400, f"No such file upload: '{file}'")


def test_v2_takes_uploads_too(api: Api) -> None:
    front = {"type": "front_back", "front_back": {"front": upload(api).body["id"]}}
    individual = {"documents": {"primary_verification": front}}
    body = {
        "contact_email": "jenny@example.com",
        "identity": {"country": "US", "entity_type": "individual", "individual": individual},
        "configuration": {"merchant": {}},
        "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
    }
    assert api.v2("POST", "/core/accounts", body).status == 200
    front["front_back"] = {"front": "file_none"}
    refused = api.v2("POST", "/core/accounts", body)
    assert (refused.status, refused.body["error"]["code"]) == (400, "document_invalid")
