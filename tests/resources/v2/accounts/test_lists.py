"""Accounts v2: pages of lists, and their filters."""

from __future__ import annotations

from ....api import Api
from .samples import RECIPIENT, SELLER, new_account, refusal


def test_pages_link_to_the_next_and_the_previous_one(api: Api) -> None:
    ids = [new_account(api, SELLER)["id"] for _ in range(25)][::-1]
    api.account(type="express", country="US")  # no account of v2
    seen, url, pages = [], "/v2/core/accounts?limit=8", []
    while url:
        page = api.v2("GET", url.removeprefix("/v2")).body
        assert set(page) == {"data", "next_page_url", "previous_page_url"}
        pages.append(page)
        seen += [each["id"] for each in page["data"]]
        url = page["next_page_url"]
    assert (seen, [len(page["data"]) for page in pages]) == (ids, [8, 8, 8, 1])
    assert pages[0]["previous_page_url"] is None
    assert pages[1]["next_page_url"].startswith("/v2/core/accounts?limit=8&page=page_")
    back: list[str] = []
    url = pages[-1]["previous_page_url"]
    while url:
        page = api.v2("GET", url.removeprefix("/v2")).body
        back = [each["id"] for each in page["data"]] + back
        url = page["previous_page_url"]
    assert back == ids[:24]


def test_lists_have_ten_accounts_by_default_and_at_most_twenty(api: Api) -> None:
    for _ in range(21):
        new_account(api, {})
    assert len(api.v2("GET", "/core/accounts").body["data"]) == 10
    assert len(api.v2("GET", "/core/accounts?limit=20").body["data"]) == 20
    for wrong in ("0", "21", "-1"):
        assert refusal(api.v2("GET", f"/core/accounts?limit={wrong}"))[1:] == (
            "invalid_fields",
            "Some fields in the request were invalid: 'limit: Expected a number from 1 to 20.'",
        )


def test_lists_can_be_filtered(api: Api) -> None:
    both, one = new_account(api, SELLER)["id"], new_account(api, RECIPIENT)["id"]
    for query, expected in {
        "": [one, both],
        "applied_configurations[0]=recipient": [one, both],
        "applied_configurations[0]=merchant&applied_configurations[1]=recipient": [both],
        "applied_configurations[0]=customer": [],
        "closed=false": [one, both],
        "closed=true": [],
    }.items():
        found = api.v2("GET", f"/core/accounts?{query}").body
        assert [each["id"] for each in found["data"]] == expected, query
    assert refusal(api.v2("GET", "/core/accounts?applied_configurations[]=merchant"))[1:] == (
        "invalid_fields",
        (
            "Some fields in the request were invalid: 'applied_configurations: Number the values of an array, as in "
            "applied_configurations[0].'"
        ),
    )


def test_a_page_token_is_valid_for_one_list_and_one_day(api: Api) -> None:
    for _ in range(3):
        new_account(api, SELLER)
    url = api.v2("GET", "/core/accounts?limit=2").body["next_page_url"]
    token = url.partition("page=")[2]
    invalid = (
        400,
        "invalid_fields",
        "Some fields in the request were invalid: 'page: Invalid page token. Start again from the first page.'",
    )
    for wrong in (f"closed=true&page={token}", "page=page_", "page=x", f"page={token}AAAA", "page=page_é"):
        assert refusal(api.v2("GET", f"/core/accounts?{wrong}")) == invalid
    assert api.v2("GET", f"/core/accounts?limit=1&page={token}").status == 200
    api.sandbox.clock.advance(86_399)
    assert api.v2("GET", url.removeprefix("/v2")).status == 200
    api.sandbox.clock.advance(1)
    assert refusal(api.v2("GET", url.removeprefix("/v2"))) == invalid
