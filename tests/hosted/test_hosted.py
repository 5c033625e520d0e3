"""The hosted pages over a real socket: with the official client, with plain HTTP, and in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stripe

from emulator.client import EmulatorClient
from emulator.hosted.pages import policy
from emulator.hosted.serving import BODY_LIMIT
from emulator.server import Server
from emulator.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.handle import StripeEmulator

REFRESH, RETURN = "http://127.0.0.1:1/refresh?a=1&b=%20", "http://127.0.0.1:1/return"
BOTH: Any = {"card_payments": {"requested": True}, "transfers": {"requested": True}}
ALL = {"complete", "provide", "fail", "leave"}

# stripe-python repeats Stripe's notice on POST /v1/accounts as a warning.
pytestmark = pytest.mark.filterwarnings("ignore:We recommend building your integration using Accounts v2")


class Pages:
    """A sandbox of its own, whose clock stands still."""

    def __init__(self, emulator: StripeEmulator) -> None:
        self.emulator = emulator
        self.v1 = emulator.client.v1
        emulator.freeze()

    def account(self, **params: Any) -> str:
        sent: Any = {"type": "express", "country": "US", "capabilities": BOTH, **params}
        return self.v1.accounts.create(sent).id

    def shown(self, account: str) -> stripe.Account:
        return self.v1.accounts.retrieve(account)

    def due(self, account: str) -> list[str]:
        return list(self.shown(account)["requirements"]["currently_due"])

    def link(self, account: str, **params: Any) -> str:
        sent: Any = {"account": account, "type": "account_onboarding", "refresh_url": REFRESH, "return_url": RETURN}
        sent.update(params)
        return self.v1.account_links.create(sent).url

    def types(self) -> list[str]:
        return [event["type"] for event in self.emulator.webhooks.events()]


@pytest.fixture
def pages(stripe_emulator: StripeEmulator) -> Pages:
    return Pages(stripe_emulator)


def session(page: httpx.Response) -> str:
    found = re.search(r'name=session value="([0-9A-Za-z]{24})"', page.text)
    assert found
    return found[1]


def boxes(page: httpx.Response) -> list[str]:
    return re.findall(r'name=requirement value="([^"]*)"', page.text)


def buttons(page: httpx.Response) -> set[str]:
    return set(re.findall(r'name=action value="([^"]*)"', page.text))


def redirect(response: httpx.Response) -> tuple[int, str | None]:
    return response.status_code, response.headers.get("location")


# --- the onboarding -----------------------------------------------------------------------------------------------


def test_an_onboarding_enables_charges(pages: Pages) -> None:
    account = pages.account()
    page = httpx.get(url := pages.link(account))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (boxes(page), buttons(page)) == (pages.due(account), ALL)
    assert not pages.shown(account).charges_enabled
    done = httpx.post(url, data={"session": session(page), "action": "complete"})
    assert redirect(done) == (303, RETURN)
    event = pages.emulator.webhooks.wait("account.updated", account=account)
    emitted, now = event["data"]["object"], pages.shown(account)
    assert (emitted["charges_enabled"], emitted["payouts_enabled"], emitted["details_submitted"]) == (True, True, True)
    assert (now.charges_enabled, now.payouts_enabled, now.details_submitted) == (True, True, True)
    assert pages.due(account) == []


def test_a_post_to_a_new_link_opens_and_ends_it_in_one_step(pages: Pages) -> None:
    account = pages.account(type="custom")
    url = pages.link(account)
    assert redirect(httpx.post(url, data={"action": "complete"})) == (303, RETURN)
    assert pages.shown(account).charges_enabled
    assert redirect(httpx.post(url, data={"action": "complete"})) == (303, REFRESH)


def test_leaving_an_onboarding_changes_nothing(pages: Pages) -> None:
    account = pages.account()
    before, events = pages.due(account), pages.types()
    assert redirect(httpx.post(pages.link(account), data={"action": "leave"})) == (303, RETURN)
    assert (pages.due(account), pages.shown(account).details_submitted, pages.types()) == (before, False, events)


def test_requirements_can_be_provided_step_by_step(pages: Pages) -> None:
    account = pages.account(business_type="individual")
    due = pages.due(account)
    some = ["external_account", "individual.first_name"]
    assert redirect(httpx.post(pages.link(account), data={"action": "provide", "requirement": some})) == (303, RETURN)
    rest = [name for name in due if name not in some]
    assert (pages.due(account), pages.shown(account).details_submitted) == (rest, False)
    httpx.post(pages.link(account), data={"action": "provide", "requirement": rest})
    assert (pages.due(account), pages.shown(account).details_submitted) == ([], True)


def test_a_failed_identity_check_requires_a_document(pages: Pages) -> None:
    account = pages.account(business_type="individual")
    assert redirect(httpx.post(pages.link(account), data={"action": "fail"})) == (303, RETURN)
    shown = pages.shown(account)
    assert (shown.details_submitted, shown.payouts_enabled) == (True, False)
    assert pages.due(account) == ["individual.verification.document"]


@pytest.mark.parametrize(
    "options", [{"collect": "eventually_due"}, {"collection_options": {"fields": "eventually_due"}}]
)
def test_a_link_collects_by_its_options(pages: Pages, options: dict[str, Any]) -> None:
    account = pages.account(business_type="company")
    eventually = list(pages.shown(account)["requirements"]["eventually_due"])
    assert boxes(httpx.get(pages.link(account))) == pages.due(account)
    assert boxes(httpx.get(pages.link(account, **options))) == eventually


def test_future_requirements_are_collected_when_they_are_included(pages: Pages) -> None:
    account = pages.account(type="custom", business_type="individual")
    future = list(pages.shown(account)["future_requirements"]["eventually_due"])
    included = boxes(httpx.get(pages.link(account, collection_options={"future_requirements": "include"})))
    assert included == sorted({*pages.due(account), *future})


def test_an_update_shows_its_own_page(pages: Pages) -> None:
    account = pages.account(type="custom")
    pages.emulator.complete_onboarding(account)
    page = httpx.get(url := pages.link(account, type="account_update"))
    assert "<h1>Update your details</h1>" in page.text
    assert buttons(page) == {"complete", "leave"}
    assert httpx.post(url, data={"session": session(page), "action": "fail"}).status_code == 400
    assert redirect(httpx.post(url, data={"session": session(page), "action": "complete"})) == (303, RETURN)


# --- one visit ----------------------------------------------------------------------------------------------------


def test_a_link_works_for_one_visit(pages: Pages) -> None:
    account = pages.account()
    url = pages.link(account)
    assert httpx.get(url).status_code == 200
    assert redirect(httpx.get(url)) == (303, REFRESH)
    assert redirect(httpx.get(pages.link(account)))[0] == 200


def test_an_expired_link_redirects_to_the_refresh_url(pages: Pages) -> None:
    url, late = pages.link(account := pages.account()), pages.link(account)
    pages.emulator.advance(299)
    assert httpx.get(url).status_code == 200
    pages.emulator.advance(1)
    assert redirect(httpx.get(late)) == (303, REFRESH)
    assert redirect(httpx.post(late, data={"action": "complete"})) == (303, REFRESH)
    assert not pages.shown(account).charges_enabled


def test_the_link_of_a_rejected_or_deleted_account_redirects_to_the_refresh_url(pages: Pages) -> None:
    for end in (pages.emulator.reject, pages.emulator.disconnect):
        account = pages.account()
        unopened, opened = pages.link(account), pages.link(account)
        token = session(httpx.get(opened))
        end(account)
        assert redirect(httpx.get(unopened)) == (303, REFRESH)
        assert redirect(httpx.post(opened, data={"session": token, "action": "complete"})) == (303, REFRESH)


def test_a_head_request_does_not_use_a_link(pages: Pages) -> None:
    url = pages.link(pages.account())
    assert (httpx.head(url).status_code, httpx.head(url).text) == (200, "")
    assert httpx.get(url).status_code == 200
    assert redirect(httpx.head(url)) == (303, REFRESH)


def test_a_page_can_be_submitted_once_within_an_hour(pages: Pages) -> None:
    account = pages.account()
    first, second, third = (pages.link(account) for _ in range(3))
    tokens = {url: session(httpx.get(url)) for url in (first, second, third)}
    foreign = httpx.post(first, data={"session": tokens[second], "action": "complete"})
    assert redirect(foreign) == (303, REFRESH)
    pages.emulator.advance(3599)
    assert redirect(httpx.post(first, data={"session": tokens[first], "action": "leave"})) == (303, RETURN)
    assert redirect(httpx.post(first, data={"session": tokens[first], "action": "complete"})) == (303, REFRESH)
    pages.emulator.advance(1)
    assert redirect(httpx.post(second, data={"session": tokens[second], "action": "complete"})) == (303, REFRESH)
    assert not pages.shown(account).charges_enabled


def test_a_refresh_url_that_redirects_to_a_new_link_opens_the_page(pages: Pages) -> None:
    account = pages.account()
    url = pages.link(account)
    httpx.get(url)
    if redirect(httpx.get(url)) == (303, REFRESH):  # as the platform's server does
        url = pages.link(account)
    page = httpx.get(url)
    assert redirect(httpx.post(url, data={"session": session(page), "action": "complete"})) == (303, RETURN)
    assert pages.shown(account).charges_enabled


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Send action as one of complete, provide, fail, leave"),
        ({"action": "succeed"}, "Send action as one of complete, provide, fail, leave"),
        ({"action": "provide"}, "Send requirement, once or more often, each one of: "),
        ({"action": "provide", "requirement": "<script>"}, "Send requirement, once or more often, each one of: "),
    ],
)
def test_an_invalid_form_is_refused_and_keeps_the_link(pages: Pages, form: dict[str, str], words: str) -> None:
    url = pages.link(pages.account())
    refused = httpx.post(url, data=form)
    assert refused.status_code == 400
    assert words in refused.text
    assert "<script" not in refused.text
    assert httpx.get(url).status_code == 200


def test_a_form_without_a_selection_shows_the_page_again(pages: Pages) -> None:
    account = pages.account()
    url = pages.link(account)
    page = httpx.get(url)
    refused = httpx.post(url, data={"session": session(page), "action": "provide"})
    assert (refused.status_code, session(refused)) == (400, session(page))
    assert "<p class=problem role=alert>Select at least one of the details, or leave without finishing.</p>" in (
        refused.text
    )
    sent = {"session": session(refused), "action": "provide", "requirement": "business_type"}
    assert redirect(httpx.post(url, data=sent)) == (303, RETURN)
    assert "business_type" not in pages.due(account)


def test_a_selection_that_is_no_longer_due_shows_the_page_again(pages: Pages) -> None:
    account = pages.account()
    url = pages.link(account)
    page = httpx.get(url)
    pages.emulator.complete_onboarding(account)
    sent = {"session": session(page), "action": "provide", "requirement": "business_type"}
    refused = httpx.post(url, data=sent)
    assert refused.status_code == 400
    assert "The required details have changed meanwhile: please select again." in refused.text
    assert 'value="business_type"' not in refused.text


def test_a_right_to_left_name_leaves_the_id_readable(pages: Pages) -> None:
    account = pages.account(business_profile={"name": "\u202e<b>"})
    page = httpx.get(pages.link(account))
    assert f"<p class=quiet><bdi>\u202e&lt;b&gt;</bdi> ({account})</p>" in page.text


def test_a_form_that_is_too_large_is_refused(pages: Pages) -> None:
    assert httpx.post(pages.link(pages.account()), content=b"a" * (BODY_LIMIT + 1)).status_code == 413


@pytest.mark.parametrize("path", ["/setup/e/acct_1/000000000000", "/setup/", "/express/", "/setup/../express/x"])
def test_an_unknown_link_is_not_found(pages: Pages, path: str) -> None:
    response = httpx.get(pages.emulator.url + path)
    assert (response.status_code, "has not created this link" in response.text) == (404, True)


def test_other_methods_are_not_allowed(pages: Pages) -> None:
    account = pages.account()
    response = httpx.put(pages.link(account))
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
    pages.emulator.complete_onboarding(account)
    response = httpx.post(pages.v1.accounts.login_links.create(account).url)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


# --- the Express Dashboard ----------------------------------------------------------------------------------------


def test_a_login_link_works_once(pages: Pages) -> None:
    account = pages.account(email="jenny@example.com")
    with pytest.raises(stripe.InvalidRequestError, match="has not completed onboarding"):
        pages.v1.accounts.login_links.create(account)
    httpx.post(pages.link(account), data={"action": "complete"})
    url = pages.v1.accounts.login_links.create(account).url
    assert re.fullmatch(rf"{re.escape(pages.emulator.url)}/express/{account}/[0-9A-Za-z]{{12}}", url)
    assert httpx.head(url).status_code == 200
    page = httpx.get(url)
    assert page.status_code == 200
    shown = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.text)
    assert shown == [
        ("Account", account),
        ("Email", "jenny@example.com"),
        ("Country", "US"),
        ("Payments", "enabled"),
        ("Payouts", "enabled"),
        ("Paid out to", "•••• 6789"),
    ]
    again = httpx.get(url)
    assert (again.status_code, "Create another login link" in again.text) == (410, True)


def test_the_express_dashboard_lists_requirements(pages: Pages) -> None:
    account = pages.account(business_type="individual")
    pages.emulator.complete_onboarding(account)
    pages.emulator.add_requirement(account, "individual.verification.document")
    page = httpx.get(pages.v1.accounts.login_links.create(account).url)
    assert "<li><code>individual.<wbr>verification.<wbr>document</code></li>" in page.text


def test_the_express_dashboard_leads_back_where_an_old_version_says(pages: Pages) -> None:
    account = pages.account()
    pages.emulator.complete_onboarding(account)
    path = f"{pages.emulator.url}/v1/accounts/{account}/login_links"
    old = {"authorization": f"Bearer {pages.emulator.api_key}", "stripe-version": "2020-08-27"}
    back = "https://shop.example/back?a=1&b=2"
    link = httpx.post(path, data={"redirect_url": back}, headers=old)
    assert link.status_code == 200, link.text
    page = httpx.get(link.json()["url"]).text
    assert '<a href="https://shop.example/back?a=1&amp;b=2">Return to the platform</a>' in page
    refused = httpx.post(path, data={"redirect_url": "shop"}, headers=old).json()["error"]
    assert (refused["code"], refused["param"]) == ("url_invalid", "redirect_url")
    later = httpx.post(path, data={"redirect_url": back}, headers={**old, "stripe-version": "2022-08-01"})
    assert later.json()["error"]["message"] == "Received unknown parameter: redirect_url"


def test_the_login_link_of_a_deleted_account_is_gone(pages: Pages) -> None:
    account = pages.account()
    pages.emulator.complete_onboarding(account)
    url = pages.v1.accounts.login_links.create(account).url
    pages.emulator.disconnect(account)
    assert httpx.get(url).status_code == 410


# --- safety -------------------------------------------------------------------------------------------------------


def test_pages_are_escaped_and_load_no_resources(pages: Pages) -> None:
    account = pages.account(business_profile={"name": "<script>alert(1)</script>\"'&"})
    page = httpx.get(pages.link(account))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in page.text
    assert "<script" not in page.text
    assert not re.search(r'(src|href)=(?!"data:,")', page.text)
    assert page.headers["content-security-policy"] == policy()
    assert "default-src 'none'" in policy()
    assert "unsafe" not in policy()
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_a_return_url_cannot_add_headers(pages: Pages) -> None:
    url = pages.link(pages.account(), return_url="https://example.com/ä?next=%0d%0aset-cookie:a#done")
    response = httpx.post(url, data={"action": "leave"})
    assert redirect(response) == (303, "https://example.com/%C3%A4?next=%0d%0aset-cookie:a#done")
    assert "set-cookie" not in response.headers


# --- in a browser -------------------------------------------------------------------------------------------------


def test_the_onboarding_is_completed_in_a_browser(page: Page) -> None:
    with Server(Settings(port=0)) as platform, Server(Settings(port=0)) as server:
        client = EmulatorClient(server.url, "sk_test_browser")
        account = client.create_account(type="express", business_type="company")
        sdk = stripe.StripeClient(client.api_key, base_addresses={"api": server.url})
        link = sdk.v1.account_links.create(
            {
                "account": account["id"],
                "type": "account_onboarding",
                "refresh_url": f"{platform.url}/_emulator/version?refresh",
                "return_url": f"{platform.url}/_emulator/version?return",
            }
        )
        page.goto(link.url)
        assert page.title() == "Set up your account"
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert page.evaluate("getComputedStyle(document.querySelector('button.first')).minHeight") == "44px"
        page.get_by_label("business_profile.url").check()
        page.get_by_role("button", name="Use test data and submit").click()
        assert page.url == f"{platform.url}/_emulator/version?return"
        assert sdk.v1.accounts.retrieve(account["id"]).charges_enabled
        page.goto(link.url)
        assert page.url == f"{platform.url}/_emulator/version?refresh"
