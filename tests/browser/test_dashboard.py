"""The dashboard in Chromium: changes appear without a reload, buttons work, and hostile text stays text."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from emulator.settings import Settings

from .looking import HOSTILE, KEY, VIEWS, Look


def test_a_request_appears_by_itself_with_its_error_and_its_bodies(look: Look) -> None:
    look.enter()
    look.sees("No requests yet")
    look.api.get("/v1/accounts/acct_nobody")
    look.page.locator("summary").first.wait_for(timeout=1000)
    look.sees("account_invalid")
    look.page.locator("summary").first.click()
    look.sees("does not have access to account")
    assert look.page.locator('[data-count="requests"]').inner_text() == "1"


def test_a_session_expires_before_the_eyes_when_the_clock_is_advanced(look: Look) -> None:
    look.api.post("/_emulator/clock", json={"freeze": 1_900_000_000})
    look.session(look.account())
    look.enter("sessions")
    look.sees("claim within 2:00")
    look.sees("2030-03-17 17:46:40 UTC")
    look.page.get_by_role("button", name="+1 min").click()
    look.sees("claim within 1:00")
    look.page.get_by_role("button", name="Advance").click()
    look.sees("never claimed")
    look.sees("2030-03-17 17:49:40 UTC")
    assert look.page.locator("summary .badge").inner_text() == "expired"


def paid(look: Look, **params: str) -> str:
    sent = {"amount": "2000", "currency": "usd", "source": "tok_visa", **params}
    return str(look.api.post("/v1/charges", data=sent).json()["id"])


def moved(look: Look, text: str) -> None:
    """A payment, a transfer, a payout and their balances, all described by a text."""
    seller = look.api.post("/_emulator/seeds", json={"name": "marketplace"}) and "acct_custom_active"
    paid(look, description=text, source="tok_bypassPending", amount="50000", transfer_group=text[:50])
    for path, fields in (
        ("/v1/transfers", {"amount": "1000", "currency": "usd", "destination": seller, "description": text}),
        ("/v1/payouts", {"amount": "1000", "currency": "usd", "description": text}),
    ):
        assert look.api.post(path, data=fields).status_code == 200


def test_a_payment_shows_its_path_through_the_ledger_and_is_disputed(look: Look) -> None:
    charge = paid(look, description=HOSTILE)
    look.enter("payments")
    look.page.locator(f'[data-key="{charge}"] summary').click()
    rows = look.page.locator(".ledger tbody tr")
    rows.first.wait_for()
    assert rows.first.locator("td").all_inner_texts()[1:] == [
        "platform", "charge", "$20.00", "$0.88", "$19.12", charge,
    ]  # fmt: skip
    look.page.get_by_role("button", name="Dispute", exact=True).click()
    look.sees("The charge is disputed.")
    look.page.get_by_role("button", name="Decide the dispute").wait_for()
    rows.nth(1).wait_for()
    assert look.page.get_by_label("What each account has of it").inner_text() == "platform: -$15.88"
    look.page.get_by_role("button", name="Decide the dispute").click()
    look.sees("The dispute is decided.")
    rows.nth(2).wait_for()
    assert look.page.get_by_label("What each account has of it").inner_text() == "platform: $4.12"
    assert look.page.locator('[data-count="payments"]').inner_text() == "1"


def test_a_customer_authenticates_by_a_button(look: Look) -> None:
    sent = {"amount": "2000", "currency": "usd", "confirm": "true", "payment_method_types[]": "card"}
    for _ in range(2):
        look.api.post("/v1/payment_intents", data={**sent, "payment_method": "pm_card_authenticationRequired"})
    look.enter("payments")
    rows = look.page.locator("details.row")
    rows.nth(1).wait_for()
    rows.first.locator("summary").click()
    look.page.get_by_role("button", name="Authenticate", exact=True).click()
    look.sees("The customer has authenticated.")
    look.page.locator("summary .badge", has_text="succeeded").wait_for()
    assert rows.first.locator("summary .badge").inner_text() == "requires action"


def test_pending_money_is_made_available_and_paid_out(look: Look) -> None:
    paid(look)
    look.enter("balances")
    look.page.locator("summary").first.click()
    look.page.get_by_role("button", name="Make pending money available").click()
    look.sees("All pending money is available.")
    look.sees("$19.12")
    payout = look.api.post("/v1/payouts", data={"amount": "1000", "currency": "usd"}).json()["id"]
    look.show("payouts")
    look.page.locator(f'[data-key="{payout}"] summary').click()
    look.page.get_by_label("Outcome").select_option("failed")
    look.page.get_by_role("button", name="End the payout").click()
    look.sees("The payout has ended.")
    look.sees("could_not_process")


def test_a_claim_shows_with_every_try(look: Look) -> None:
    secret = look.session(look.account())
    look.enter("sessions")
    claim = {"client_secret": secret, "publishable_key": KEY.replace("sk_", "pk_")}
    look.api.post("/_emulator/connect/claim", json=claim)
    look.sees("ends in")
    look.page.locator("summary").click()
    look.api.post("/_emulator/connect/claim", json=claim)
    look.page.get_by_role("cell", name="used").wait_for()
    assert look.page.locator("tbody td .badge").all_inner_texts() == ["claimed", "used"]
    assert secret not in look.page.inner_text("body")


def test_a_session_shows_its_component_events_and_is_ended(look: Look) -> None:
    secret = look.session(look.account())
    key = KEY.replace("sk_", "pk_")
    claim = {"client_secret": secret, "publishable_key": key, "origin": "https://platform.test"}
    token = look.api.post("/_emulator/connect/claim", json=claim).json()["session_token"]
    reported = [{"component": "payouts", "kind": "event", "name": "onClose", "detail": HOSTILE}]
    report = {"publishable_key": key, "client_secret": secret, "events": reported}
    look.api.post("/_emulator/connect/report", json=report)
    look.enter("sessions")
    look.page.locator("summary").click()
    look.sees("https://platform.test")
    assert look.page.get_by_role("row").all_inner_texts()[-1].split("\t")[1:] == ["payouts", "onClose", HOSTILE]
    look.page.get_by_role("button", name="End the session").click()
    look.sees("The session has ended: its page fetches a new secret.")
    look.page.get_by_role("button", name="End the session").wait_for(state="detached")
    poll = look.api.post("/_emulator/connect/poll", json={"session_token": token})
    assert poll.json()["error"]["code"] == "session_ended"


def test_many_warnings_of_a_kind_come_in_one_row(look: Look) -> None:
    for _ in range(5):
        look.account()
    look.enter("warnings")
    look.page.locator("summary", has_text="5 times").click()
    look.page.locator("details p", has_text="had no idempotency key").nth(4).wait_for()


def test_the_clock_is_frozen_and_released(look: Look) -> None:
    look.enter()
    look.page.get_by_role("button", name="Freeze").click()
    look.page.locator("#mode", has_text="frozen").wait_for()
    assert look.api.get("/_emulator/clock").json()["mode"] == "frozen"
    look.page.get_by_role("button", name="Release").click()
    look.page.locator("#mode", has_text="running").wait_for()


def test_an_account_is_onboarded_gets_a_requirement_and_is_rejected(look: Look) -> None:
    account = look.account(**{"capabilities[transfers][requested]": "true"})
    look.enter("accounts")
    look.page.locator("summary").click()
    look.page.get_by_role("button", name="Complete onboarding").click()
    look.page.locator("summary .badge.good", has_text="payouts").wait_for()
    look.page.get_by_label("Requirement").fill("business_profile.url")
    look.page.get_by_role("button", name="Add", exact=True).click()
    look.page.locator("summary", has_text="1 due").wait_for()
    look.page.get_by_role("button", name="Reject").click()
    look.page.get_by_role("button", name="Really reject?").click()
    look.sees("rejected.fraud")
    assert look.api.get(f"/v1/accounts/{account}").json()["requirements"]["disabled_reason"] == "rejected.fraud"


def test_accounts_of_v2_are_shown_in_the_words_of_v2(look: Look) -> None:
    look.api.post("/_emulator/seeds", json={"name": "accounts_v2"})
    look.enter("accounts")
    seller = look.page.locator("details[data-key=acct_v2_seller_express]")
    assert seller.locator(".cell.kind").inner_text() == "v2 express DE"
    assert seller.locator(".cell.wide").inner_text().startswith("recipient, merchant")
    seller.locator("summary").click()
    assert '"applied_configurations"' in seller.get_by_label("The account in v2").inner_text()
    assert '"controller"' in seller.get_by_label("The account in v1").inner_text()
    customer = look.page.locator("details[data-key=acct_v2_customer]")
    assert customer.locator(".cell.kind").inner_text() == "v2 US"
    assert customer.locator(".cell.wide").inner_text() == "customer · customer@example.com"
    assert customer.locator("summary .badge").count() == 0
    customer.locator("summary").click()
    assert customer.get_by_role("button").all_inner_texts() == [
        "Add",
        "End the checks",
        "Reject",
        "Disconnect",
        "Copy",
    ]
    assert customer.get_by_text("Payouts", exact=True).count() == 0


def test_a_refused_override_is_explained(look: Look) -> None:
    look.account()
    look.enter("accounts")
    look.page.locator("summary").click()
    look.page.get_by_label("Requirement").fill("no such thing")
    look.page.get_by_role("button", name="Add", exact=True).click()
    look.page.locator(".notice.bad").wait_for()
    look.wrong[:] = [text for text in look.wrong if "400 (Bad Request)" not in text]


def test_a_fault_is_added_hit_and_removed(look: Look) -> None:
    look.enter("faults")
    look.sees("No faults")
    look.page.get_by_label("Error").fill("lock_timeout")
    look.page.get_by_role("button", name="Add the fault").click()
    look.page.locator(".fault").wait_for()
    assert look.api.get("/v1/accounts").status_code == 429
    look.sees("1 hit")
    look.page.get_by_role("button", name="Remove", exact=True).click()
    look.sees("No faults")
    assert look.api.get("/_emulator/faults").json() == {"data": []}


def test_an_unknown_error_of_a_fault_is_explained_briefly_and_the_known_ones_are_offered(look: Look) -> None:
    look.enter("faults")
    look.page.locator('#errors option[value="lock_timeout"]').wait_for(state="attached")
    look.page.get_by_label("Error").fill("nope")
    look.page.get_by_role("button", name="Add the fault").click()
    look.sees("There is no error 'nope'. GET /_emulator/faults/errors lists them.")
    look.wrong[:] = [text for text in look.wrong if "400 (Bad Request)" not in text]


def test_a_long_notice_keeps_its_dismissal_in_view(look: Look) -> None:
    look.enter()
    look.page.evaluate("import('/_emulator/dashboard/dom.js').then(({notice}) => notice('long '.repeat(5000), 'bad'))")
    close = look.page.get_by_role("button", name="Dismiss")
    close.wait_for()
    box = close.bounding_box()
    assert box["y"] > 0
    assert look.page.locator(".notice").bounding_box()["height"] < 400
    close.click()
    close.wait_for(state="detached")


def test_a_delivery_is_shown_and_sent_again(look: Look) -> None:
    fields = {"url": "http://127.0.0.1:9/webhook", "enabled_events[]": "*", "connect": "true"}
    endpoint = look.api.post("/v1/webhook_endpoints", data=fields).json()
    look.enter("webhooks")
    look.sees("No deliveries yet.")
    assert endpoint["secret"] not in look.page.inner_text("body")
    look.page.locator("summary", has_text="endpoint").click()
    assert endpoint["secret"] not in look.page.inner_text("body")
    look.page.get_by_role("button", name="Show").click()
    look.sees(endpoint["secret"])
    look.api.post(f"/v1/accounts/{look.account(type='standard')}", data={"metadata[shop]": "7"})
    look.page.locator("summary", has_text="account.updated").wait_for()
    look.page.locator("summary", has_text="1 to be retried").wait_for()
    assert endpoint["secret"] in look.page.inner_text("body")  # a redraw does not hide it again
    look.page.locator("summary", has_text="account.updated").click()
    look.page.get_by_role("button", name="Resend").first.click()
    look.page.locator("summary", has_text="2 attempts").wait_for(timeout=4000)
    look.show("events")
    look.page.locator("summary", has_text="account.updated").first.wait_for()


def test_an_event_that_went_nowhere_cannot_be_sent_again(look: Look) -> None:
    look.api.post(f"/v1/accounts/{look.account(type='standard')}", data={"metadata[shop]": "7"})
    look.enter("events")
    look.page.locator("summary").first.click()
    look.sees("API version")
    assert look.page.get_by_role("button", name="Resend").count() == 0


def test_a_click_is_not_lost_to_a_change_meanwhile(look: Look) -> None:
    account = look.account()
    look.enter("accounts")
    row = look.page.locator("summary", has_text=account)
    box = row.bounding_box()
    assert box is not None
    look.page.mouse.move(box["x"] + 20, box["y"] + 10)
    look.page.mouse.down()
    look.api.post(f"/v1/accounts/{account}", data={"email": "ada@example.com"})
    look.page.wait_for_timeout(1000)
    look.page.mouse.up()
    look.page.locator("details[open]", has_text="ada@example.com").wait_for()


def test_an_empty_sandbox_is_filled_and_emptied_again(look: Look) -> None:
    look.enter("accounts")
    look.page.get_by_role("button", name="Load the marketplace").click()
    look.page.locator("summary", has_text="acct_custom_rejected").wait_for()
    look.page.get_by_label("Filter accounts").fill("custom_rejected")
    assert look.page.locator("summary").count() == 1
    look.page.get_by_role("button", name="Reset").click()
    look.page.get_by_role("button", name="Really reset?").click()
    look.sees("No connected accounts yet")


def test_hostile_text_stays_text(look: Look) -> None:
    account = look.account(**{"metadata[shop]": HOSTILE, "business_profile[name]": HOSTILE})
    look.session(account)
    look.api.get(f"/v1/accounts/{HOSTILE}", headers={"user-agent": HOSTILE, "idempotency-key": HOSTILE})
    look.api.post("/v1/account_sessions", data={"account": HOSTILE, HOSTILE: HOSTILE})
    look.api.post(
        "/v1/webhook_endpoints", data={"url": "http://127.0.0.1:9/webhook", "enabled_events[]": "*", "connect": "true"}
    )
    look.api.post(f"/v1/accounts/{account}", data={"metadata[again]": HOSTILE})
    look.api.post(
        "/_emulator/faults", json={"error": "lock_timeout", "path": f"/v1/{HOSTILE}", "params": {HOSTILE: HOSTILE}}
    )
    moved(look, HOSTILE)
    look.enter()
    for view in VIEWS:
        look.show(view)
        look.page.locator(".list > *").first.wait_for()
        for row in look.page.locator("summary").all()[:8]:
            row.click()
        assert look.page.evaluate(
            "[window.hacked ?? null, document.querySelectorAll('main img, main script').length]"
        ) == [None, 0]
    look.show("accounts")
    look.sees(HOSTILE)


def test_everything_is_reached_by_the_keyboard_and_the_focus_shows(look: Look) -> None:
    look.session(look.account())
    page = look.page
    page.goto(f"{look.url}/_emulator/#sessions")
    page.locator("input:focus").wait_for()
    page.keyboard.type(KEY)
    page.keyboard.press("Enter")
    look.sees("claim within")
    page.reload()
    look.sees("claim within")
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(document.activeElement.textContent || document.activeElement.name || '').trim().slice(0, 20)"
            )
        )
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", reached
    assert {"Skip to the content", "Reset", "Leave", "+1 min", "Freeze", "Release", "seconds", "filter"} <= set(reached)
    page.keyboard.press("Enter")
    look.sees("There was no attempt to claim it.")
    look.account()
    page.locator('[data-count="accounts"]', has_text="2").wait_for()
    assert page.evaluate("document.activeElement.tagName + document.activeElement.parentElement.open") == "SUMMARYtrue"


@pytest.mark.parametrize("look", [1280, 390], indirect=True)
def test_the_tabs_stay_in_their_places_whichever_is_open(look: Look) -> None:
    look.account()
    look.enter()
    look.sees("acct_")
    places = "[...document.querySelectorAll('nav a')].map((tab) => { const {x, y} = tab.getBoundingClientRect(); return [x, y]; })"
    seen = []
    for view in VIEWS:
        look.show(view)
        look.page.locator("nav a[aria-current]").wait_for()
        seen.append(look.page.evaluate(places))
    assert seen == [seen[0]] * len(VIEWS)


@pytest.mark.parametrize("look", [360], indirect=True)
def test_nothing_scrolls_sideways_on_a_phone(look: Look) -> None:
    moved(look, "w" * 300)
    look.session("acct_express_active")
    look.api.get("/v1/accounts/acct_" + "x" * 300)
    look.api.post(
        "/v1/webhook_endpoints",
        data={"url": "http://127.0.0.1:9/" + "y" * 300, "enabled_events[]": "*", "connect": "true"},
    )
    look.api.post("/_emulator/faults", json={"error": "lock_timeout", "path": "/v1/" + "z" * 200})
    look.page.goto(f"{look.url}/_emulator/")
    assert look.page.evaluate("document.documentElement.scrollWidth") == 360
    look.enter()
    for view in VIEWS:
        look.show(view)
        look.page.locator(".list > *").first.wait_for()
        for row in look.page.locator("summary").all()[:3]:
            row.click()
        assert look.page.evaluate("document.documentElement.scrollWidth") == 360, view


def test_the_key_is_kept_for_the_tab_only_and_deleted_on_leaving(look: Look) -> None:
    look.enter()
    assert look.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert KEY not in look.page.content()
    look.page.reload()
    look.page.get_by_text("live", exact=True).wait_for()
    look.page.get_by_role("button", name="Leave").click()
    look.page.get_by_label("Secret key").wait_for()
    assert look.page.evaluate("sessionStorage.length") == 0


def test_another_sandbox_is_chosen_by_its_key(look: Look) -> None:
    look.api.get("/v1/accounts", auth=("sk_test_another77", ""))
    look.enter()
    look.page.get_by_label("Sandbox").select_option("other")
    look.page.get_by_role("button", name="Back to the open sandbox").click()
    look.sees("No requests yet")
    look.page.get_by_label("Sandbox").select_option("other")
    look.page.get_by_label("Secret key").fill("sk_test_another77")
    look.page.keyboard.press("Enter")
    look.page.locator("summary", has_text="/v1/accounts").wait_for()
    look.page.get_by_label("Sandbox").select_option("1")
    look.sees("No requests yet")


def test_a_key_that_is_not_secret_is_refused_in_the_terms_of_the_form(look: Look) -> None:
    look.page.goto(f"{look.url}/_emulator/")
    look.page.get_by_label("Secret key").fill("pk_test_123")
    look.page.keyboard.press("Enter")
    look.sees("This is not a secret key.")
    assert "Bearer" not in look.page.inner_text("form")
    assert look.page.get_by_label("Secret key").input_value() == "pk_test_123"
    assert ["401 (Unauthorized)" in text for text in look.wrong] == [True]
    look.wrong.clear()


def test_the_token_of_the_control_api_is_requested(chromium: Any) -> None:
    with Server(Settings(port=0, control_token="hidden")) as server:
        page = chromium.new_page()
        page.goto(f"{server.url}/_emulator/")
        page.get_by_label("Secret key").fill(KEY)
        page.keyboard.press("Enter")
        page.get_by_label("Token of the control API").fill("wrong")
        page.keyboard.press("Enter")
        page.get_by_text("which is wrong").wait_for()
        assert "x-emulator-token" not in page.inner_text("form")
        assert page.get_by_label("Secret key").input_value() == KEY
        page.get_by_label("Token of the control API").fill("hidden")
        page.keyboard.press("Enter")
        page.get_by_text("live", exact=True).wait_for()
        page.close()


def test_a_stopped_server_is_shown(look: Look, chromium: Any) -> None:
    with Server() as server:
        page = chromium.new_page()
        other = Look(page, server.url)
        other.enter()
    page.get_by_text("reconnecting").wait_for()
    page.close()


def test_sandboxes_are_listed_on_loopback_and_opened_by_a_click(look: Look) -> None:
    look.api.post("/v1/accounts", auth=("sk_test_another77", ""))
    look.page.goto(f"{look.url}/_emulator/")
    look.page.locator("li", has_text="1 request, 1 account").get_by_role("button").click()
    look.page.locator("summary", has_text="/v1/accounts").wait_for()


def test_a_link_opens_a_sandbox_and_the_key_leaves_the_address(look: Look) -> None:
    look.account()
    look.page.goto(f"{look.url}/_emulator/#key/{KEY}")
    look.page.locator("summary", has_text="/v1/accounts").wait_for()
    assert KEY not in look.page.url


def test_rows_of_requests_show_the_account_wherever_it_is_named(look: Look) -> None:
    account = look.account()
    look.session(account)
    look.enter()
    for path in ("/v1/account_sessions", "/v1/accounts"):
        row = look.page.locator("summary").filter(has=look.page.get_by_text(path, exact=True))
        row.get_by_text(account).wait_for()


def test_every_tab_has_a_count(look: Look) -> None:
    look.account()
    look.enter()
    look.page.locator('[data-count="warnings"]', has_text="1").wait_for()
    assert all(look.page.locator("nav .count").all_inner_texts())


def test_operations_that_are_not_emulated_are_summed_up_and_filtered(look: Look) -> None:
    for _ in range(2):
        look.api.post("/v1/tokens", data={"pii[id_number]": "000000000"})
    look.api.post("/v1/apple_pay/domains", data={"domain_name": "example.com"})
    look.api.get("/v1/acounts")
    look.account()
    look.enter()
    look.page.locator(".gaps li", has_text="POST /v1/tokens (pii), 2 requests").wait_for()
    look.page.locator("summary .badge", has_text="unknown URL").wait_for()
    look.page.get_by_role("link", name="Operations that were requested and are not emulated").click()
    look.page.locator("summary .badge", has_text="unknown URL").wait_for(state="detached")
    assert look.page.locator("summary .badge", has_text="not emulated").count() == 2
    look.page.get_by_role("link", name="POST /v1/apple_pay/domains").click()
    look.page.locator("summary .badge", has_text="generic").wait_for()
    assert look.page.locator("summary").count() == 1


def test_requests_of_set_up_are_apart_from_those_of_the_test(look: Look) -> None:
    look.api.post("/_emulator/seeds", json={"name": "marketplace"})
    look.session("acct_express_active")
    look.enter()
    look.page.locator("summary", has_text="/v1/account_sessions").wait_for()
    assert look.page.locator("summary").count() == 1
    look.page.get_by_role("button", name="of set-up").click()
    look.page.locator("summary .badge", has_text="set-up").first.wait_for()


def test_keys_of_different_sandboxes_are_explained(look: Look) -> None:
    token = look.api.post("/v1/tokens", data={"person[first_name]": "Jenny"}, auth=("pk_test_another77", "")).json()
    account = look.account(type="custom")
    look.api.post(f"/v1/accounts/{account}/persons", data={"person_token": token["id"]})
    look.enter()
    look.page.locator("summary", has_text="different sandboxes").click()
    look.sees("Pair the publishable key with the secret key")
