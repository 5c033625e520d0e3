"""Navigation in the dashboard: filters, links, copying, curl, seeds, and stability while rows change."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.sandbox.observers import MAX_OBSERVERS
from emulator.server import Server
from emulator.settings import Settings

from .looking import KEY, Look


def rows(look: Look) -> list[str]:
    """The main words of each row."""
    return list(look.page.locator("summary .main").all_inner_texts())


def copied(look: Look, name: str) -> str:
    look.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    look.page.get_by_role("button", name=f"Copy: {name}", exact=True).click()
    look.sees("Copied.")
    return str(look.page.evaluate("navigator.clipboard.readText()"))


# --- filters ----------------------------------------------------------------------------------------------------


def test_a_filter_takes_words_and_fields_and_stays_in_the_address(look: Look) -> None:
    account = look.account()
    look.api.get("/v1/accounts/acct_nobody")
    look.api.get(f"/v1/accounts/{account}")
    look.enter()
    field = look.page.get_by_label("Filter requests")
    field.fill("status:403")
    look.page.locator("summary", has_text=account).first.wait_for(state="detached")
    assert rows(look) == ["/v1/accounts/acct_nobody"]
    field.fill(f"method:get {account}")
    look.page.locator("summary", has_text=account).wait_for()
    assert rows(look) == [f"/v1/accounts/{account}"]
    look.page.reload()
    look.page.locator("summary", has_text=account).wait_for()
    assert (rows(look), field.input_value()) == ([f"/v1/accounts/{account}"], f"method:get {account}")
    field.fill('no "such" thing')
    look.sees("No matches")


def test_an_older_account_is_found_and_the_total_is_shown(look: Look) -> None:
    fixtures = [{"name": f"a{n}", "path": "/v1/accounts", "method": "post", "_id": f"acct_{n}"} for n in range(203)]
    look.api.post("/_emulator/seeds", json={"fixtures": fixtures})
    look.enter("accounts")
    look.sees("Shown are the newest 200 of 203.")
    assert look.page.locator("summary").count() == 200
    look.page.get_by_label("Filter accounts").fill("acct_1")
    look.page.locator("details[data-key=acct_1]").wait_for()
    look.page.get_by_label("Filter accounts").fill("")
    look.page.get_by_role("button", name="Show more").click()
    look.page.locator("details[data-key=acct_0]").wait_for()
    assert look.page.locator("summary").count() == 203
    assert look.page.locator(".more").inner_text() == ""


# --- links and copies -------------------------------------------------------------------------------------------


def test_a_session_leads_to_its_account_and_to_the_request_that_made_it(look: Look) -> None:
    look.session(look.account())
    account = look.account()
    secret = look.session(account)
    look.enter("sessions")
    look.page.locator("summary", has_text=account).click()
    assert copied(look, f"{secret[:17]}***{secret[-4:]}") == secret
    look.page.get_by_role("link", name="the request that created it").click()
    look.page.get_by_label("Response body, scrollable").wait_for()
    assert rows(look) == ["/v1/account_sessions"]
    look.page.go_back()
    look.page.locator("summary", has_text=account).click()
    look.page.get_by_role("link", name=account).click()
    look.page.get_by_role("button", name="Complete onboarding").wait_for()
    assert rows(look) == [account]
    assert copied(look, account) == account
    look.page.get_by_role("link", name="requests", exact=True).click()
    look.page.locator("summary", has_text="/v1/account_sessions").wait_for()
    assert rows(look) == ["/v1/account_sessions", "/v1/accounts"]


FORM = {
    "type": "express",
    "metadata[quote]": 'it\'s "$HOME" `id` \\ !',
    "metadata[lines]": "one\ntwo & three=four + five%20",
    "metadata[word]": "\u202eJosé 👩‍👩‍👧‍👦",
    "metadata[file]": "@/etc/hostname",
    "metadata[empty]": "",
    "metadata[na me]": "x",
}
CALLS: Any = [
    {"method": "POST", "url": "/v1/accounts", "data": FORM},
    {"method": "POST", "url": "/v1/accounts", "data": {key: FORM[key] for key in list(FORM)[:6]}},
    {"method": "POST", "url": "/v1/accounts", "content": b"email=%ff"},
    {"method": "GET", "url": "/v1/accounts", "params": {"limit": "3", "expand[]": "data.x"}},
    {"method": "GET", "url": "/v1/account", "headers": {"stripe-version": "2024-06-20"}},
    {"method": "GET", "url": "/v1/accounts", "headers": {"stripe-account": "acct_here"}},
    {"method": "DELETE", "url": "/v1/accounts/acct_it's"},
    {"method": "POST", "url": "/v2/core/accounts", "json": {"display_name": "it's {[]}"}},
]


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_request_is_made_again_by_its_curl(look: Look, call: Any) -> None:
    request = look.api.build_request(**call)
    if "content" in call:
        request.headers["content-type"] = "application/x-www-form-urlencoded"
    look.api.send(request)
    look.enter()
    look.page.locator("summary").click()
    command = copied(look, "With curl")
    assert f"-u '{KEY}:'" in command
    assert KEY not in look.page.content()
    subprocess.run(["bash", "-c", f"{command} -s -o /dev/null"], check=True, timeout=10)
    first, second = look.api.get("/_emulator/requests").json()["data"]
    for field in ("method", "path", "account", "version", "status", "error"):
        assert (field, second[field]) == (field, first[field])
    assert meaning(second["request_body"]) == meaning(first["request_body"])


def meaning(body: str) -> object:
    """The content of a body, whatever its encoding."""
    if body.startswith("{"):
        return json.loads(body)
    return httpx.QueryParams(body).multi_items()


# --- what stays -------------------------------------------------------------------------------------------------


def test_a_pause_keeps_the_list_as_it_is_while_the_counts_go_on(look: Look) -> None:
    look.account()
    look.enter()
    look.page.locator("summary").wait_for()
    look.page.get_by_role("button", name="Pause").click()
    for _ in range(3):
        look.api.get("/v1/account")
    look.page.locator('[data-count="requests"]', has_text="4").wait_for()
    look.page.wait_for_timeout(600)
    assert rows(look) == ["/v1/accounts"]
    look.page.get_by_role("button", name="Pause", pressed=True).click()
    look.page.locator("summary", has_text="GET").nth(2).wait_for()


def test_focus_and_scroll_position_survive_a_change(look: Look) -> None:
    account = look.account()
    look.enter("accounts")
    look.page.locator("summary").click()
    block = look.page.get_by_label("The account, scrollable")
    block.evaluate("node => node.scrollTop = 300")
    look.page.get_by_role("button", name="End the checks").focus()
    look.api.post(f"/v1/accounts/{account}", data={"email": "ada@example.com"})
    look.page.locator("summary", has_text="ada@example.com").wait_for()
    assert block.evaluate("node => node.scrollTop") == 300
    assert look.page.evaluate("document.activeElement.textContent") == "End the checks"


def test_a_pressed_button_keeps_the_focus_when_it_has_no_more_to_do(look: Look) -> None:
    look.enter()
    look.page.get_by_role("button", name="Freeze").press("Enter")
    look.page.locator("#mode", has_text="frozen").wait_for()
    assert look.page.evaluate("[document.activeElement.id, document.activeElement.ariaDisabled]") == ["freeze", "true"]


def test_names_from_right_to_left_turn_nothing_around(look: Look) -> None:
    look.account(**{"business_profile[name]": "\u202eevil", "capabilities[transfers][requested]": "true"})
    look.enter("accounts")
    cell = look.page.locator("summary .wide")
    assert cell.locator("bdi").all_inner_texts() == ["\u202eevil", "requirements.past_due"]


def test_screen_readers_get_separate_words_and_no_ornaments(look: Look) -> None:
    account = look.account()
    look.enter("accounts")
    look.page.locator("summary", has_text=account).wait_for()
    read = look.page.locator("body").aria_snapshot()
    assert 'link "Accounts 1"' in read
    assert f"express US {account} 8 due charges payouts requirements.past_due" in read
    assert "\u203a" not in read


# --- the clock --------------------------------------------------------------------------------------------------


def test_a_moved_clock_shows_its_difference_from_the_machines(look: Look) -> None:
    look.enter()
    assert look.page.get_by_role("button", name="Release").get_attribute("aria-disabled") == "true"
    look.page.get_by_role("button", name="+1 h").click()
    look.page.locator("#offset", has_text="1:00:00 ahead").wait_for()
    look.page.get_by_role("button", name="Release").click()
    look.page.locator("#offset:empty").wait_for(state="attached")


def test_the_clock_ends_with_the_year_9999_and_begins_with_1970(look: Look) -> None:
    look.enter()
    seconds = look.page.get_by_label("Seconds to advance")
    for wish, time in (("253402300799", "9999-12-31 23:59:59 UTC"), ("-253402300799", "1970-01-01 00:00:0")):
        seconds.fill(wish)
        look.page.get_by_role("button", name="Advance").click()
        look.page.locator("#now", has_text=time).wait_for()
    seconds.fill("253402300800")
    look.page.get_by_role("button", name="Advance").click()
    assert seconds.evaluate("node => node.validity.rangeOverflow")


# --- seeds, capabilities, faults -------------------------------------------------------------------------------


def test_a_shipped_seed_is_loaded_exported_and_loaded_again(look: Look, tmp_path: Path) -> None:
    look.enter("accounts")
    look.page.locator("select[name=seed]").select_option("accounts_v1")
    look.page.get_by_role("button", name="Load", exact=True).click()
    look.sees("The seed “accounts_v1” was loaded.")
    names = {account["id"] for account in look.api.get("/_emulator/accounts").json()["data"]}
    with look.page.expect_download() as saved:
        look.page.get_by_role("button", name="Export").click()
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    look.sees("The accounts were exported as seed.json.")
    look.api.post("/_emulator/reset")
    look.sees("No connected accounts yet")
    look.page.get_by_label("A fixtures file to load").set_input_files(path)
    look.sees("The seed “seed.json” was loaded.")
    assert {account["id"] for account in look.api.get("/_emulator/accounts").json()["data"]} == names
    path.write_text("{")
    look.page.get_by_label("A fixtures file to load").set_input_files(path)
    look.sees("seed.json is not JSON")


def test_a_capability_is_set_and_an_account_disconnected(look: Look) -> None:
    account = look.account(**{"capabilities[transfers][requested]": "true"})
    look.enter("accounts")
    look.page.locator("summary").click()
    look.page.get_by_label("Status").select_option("pending")
    look.page.get_by_role("button", name="Set", exact=True).click()
    look.sees("The capability transfers is pending.")
    look.page.locator(".badge", has_text="transfers pending").wait_for()
    look.page.get_by_role("button", name="Disconnect").click()
    look.page.get_by_role("button", name="Really disconnect?").click()
    look.sees("No connected accounts yet")
    assert look.api.get(f"/v1/accounts/{account}").status_code == 403


def test_the_form_of_faults_requires_an_effect_and_takes_arguments(look: Look) -> None:
    look.enter("faults")
    look.page.get_by_role("button", name="Add the fault").click()
    look.sees("Choose an effect: an error, a status, a latency or a connection.")
    look.page.get_by_label("Error").fill("invalid_integer")
    look.page.get_by_label("Arguments").fill("path=capabilities[a], echo=x")
    look.page.get_by_label("Path, with *").fill("/v1/accounts/*")
    look.page.get_by_label("Account", exact=True).fill("acct_1")
    look.page.get_by_label("Probability").fill("0.5")
    look.page.get_by_role("button", name="Add the fault").click()
    look.page.locator(".fault h2", has_text="parameter_invalid_integer").wait_for()
    (fault,) = look.api.get("/_emulator/faults").json()["data"]
    assert fault["match"] == {"method": None, "path": "/v1/accounts/*", "account": "acct_1", "params": {}}
    assert (fault["effect"]["message"], fault["probability"]) == ("Invalid integer: x", 0.5)


# --- the connection ---------------------------------------------------------------------------------------------


def test_a_page_beyond_the_maximum_of_streams_shows_its_refresh_interval(look: Look) -> None:
    limits = httpx.Limits(max_connections=MAX_OBSERVERS)
    with ExitStack() as stack:
        many = stack.enter_context(httpx.Client(base_url=look.url, auth=(KEY, ""), timeout=10, limits=limits))
        for _ in range(MAX_OBSERVERS):
            stack.enter_context(many.stream("GET", "/_emulator/stream"))
        look.page.goto(f"{look.url}/_emulator/")
        look.page.get_by_label("Secret key").fill(KEY)
        look.page.keyboard.press("Enter")
        look.sees("updated every 10 s")
        assert f"{MAX_OBSERVERS} streams are open" in str(look.page.locator("#live").get_attribute("title"))
    look.page.get_by_text("live", exact=True).wait_for()
    look.wrong[:] = [text for text in look.wrong if "503 (Service Unavailable)" not in text]


def test_an_emulator_that_is_started_again_is_found_again(chromium: Any) -> None:
    with Server() as server:
        look = Look(chromium.new_page(), server.url)
        look.account()
        look.api.close()
        look.enter("accounts")
        look.page.locator("summary").wait_for()
    look.sees("reconnecting…")
    look.page.get_by_role("button", name="+1 min").click()
    look.sees("The emulator does not respond. Is it still running?")
    with Server(Settings(port=int(server.url.rpartition(":")[2]))):
        look.page.get_by_text("live", exact=True).wait_for()
        look.sees("No connected accounts yet")
        assert look.page.locator(".problem").count() == 0
        look.page.close()
