"""Account links of v2."""

from __future__ import annotations

from typing import Any

from ....api import Api
from .samples import SELLER, STAMP, linked, new_account, refusal


def test_an_account_link(api: Api) -> None:
    account = new_account(api, {**SELLER, "dashboard": "express"})["id"]
    sent = linked(
        account,
        "merchant",
        "recipient",
        return_url="https://example.com/back",
        collection_options={"fields": "eventually_due"},
    )
    body = api.v2("POST", "/core/account_links", sent).body
    assert body == {
        "object": "v2.core.account_link",
        "account": account,
        "created": STAMP,
        "expires_at": "2030-01-01T12:05:00.000Z",
        "livemode": False,
        "url": body["url"],
        "use_case": {
            "account_onboarding": {
                "collection_options": {"fields": "eventually_due", "future_requirements": "omit"},
                "configurations": ["merchant", "recipient"],
                "refresh_url": "https://example.com/again",
                "return_url": "https://example.com/back",
            },
            "account_update": None,
            "type": "account_onboarding",
        },
    }
    plain = api.v2("POST", "/core/account_links", linked(account, "merchant", "recipient")).body
    wanted = plain["use_case"]["account_onboarding"]
    assert (wanted["collection_options"], wanted["return_url"]) == (None, None)


def test_invalid_account_links_are_refused(api: Api) -> None:
    account = new_account(api, SELLER)["id"]

    def refused(params: Any) -> tuple[int, str, str]:
        return refusal(api.v2("POST", "/core/account_links", params))

    assert refused(linked(account, "merchant")) == (
        400,
        "configs_must_match_to_use_account_links",
        (
            "The configurations in the request must match the applied configurations on the account in order to use "
            "v2/core/account_links."
        ),
    )
    assert refused(linked("acct_123", "merchant")) == (404, "not_found", "No such account: 'acct_123'")
    assert refused({"account": account, "use_case": {"type": "account_onboarding"}}) == (
        400,
        "invalid_fields",
        "Some fields in the request were invalid: 'use_case.account_onboarding: Missing required field.'",
    )
    wrong = linked(account, "merchant", "recipient", return_url="nowhere")
    assert refused(wrong) == (
        400,
        "invalid_fields",
        (
            "Some fields in the request were invalid: 'use_case: return_url must be a valid URL and start with https:// or, "
            "during testing, http://. localhost is only allowed in testmode.'"
        ),
    )
    update = {
        "account": account,
        "use_case": {
            "type": "account_update",
            "account_update": {
                "configurations": ["merchant", "recipient"],
                "refresh_url": "https://example.com/again",
            },
        },
    }
    assert refused(update)[0] == 400
