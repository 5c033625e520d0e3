"""Values of single objects that follow from their requests."""

from __future__ import annotations

import pytest

from ...api import Api


def test_a_verification_session_has_a_page_until_it_ends() -> None:
    api = Api()
    session = api.posted("identity/verification_sessions", type="document")
    assert session["client_secret"].startswith(f"{session['id']}_secret_test_")
    ended = api.posted(f"identity/verification_sessions/{session['id']}/cancel")
    assert (ended["status"], ended["client_secret"], ended["url"]) == ("canceled", None, None)


@pytest.mark.asyncio
async def test_a_registration_is_in_the_state_of_its_dates() -> None:
    api = Api()
    now = api.posted("customers")["created"]
    params = {
        "country": "IE",
        "country_options": {"ie": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}},
    }
    later = api.posted("tax/registrations", active_from=str(now + 60), expires_at=str(now + 120), **params)
    assert later["status"] == "scheduled"
    await api.control("POST", "/clock", {"advance": 61})
    assert api.get(f"/v1/tax/registrations/{later['id']}").body["status"] == "active"
    await api.control("POST", "/clock", {"advance": 60})
    assert api.get(f"/v1/tax/registrations/{later['id']}").body["status"] == "expired"


def test_a_value_list_shows_its_items_and_has_an_alias_of_its_own() -> None:
    api = Api()
    made_list = api.posted("radar/value_lists", alias="vip", name="VIP")
    item = api.posted("radar/value_list_items", value_list=made_list["id"], value="x")
    shown = api.get(f"/v1/radar/value_lists/{made_list['id']}").body["list_items"]
    assert (shown["data"], shown["url"]) == ([item], f"/v1/radar/value_list_items?value_list={made_list['id']}")
    refused = api.post("/v1/radar/value_lists", {"alias": "vip", "name": "Other"})
    assert (refused.status, refused.error["param"]) == (400, "alias")


@pytest.mark.parametrize(
    ("kind", "flow", "status"), [("ideal", "redirect", "pending"), ("multibanco", "receiver", "pending")]
)
def test_a_source_waits_for_its_customer(kind: str, flow: str, status: str) -> None:
    source = Api().posted("sources", type=kind, currency="eur", redirect={"return_url": "https://shop.example"})
    assert (source["type"], source["flow"], source["status"]) == (kind, flow, status)
    assert source["client_secret"].startswith("src_client_secret_")


def test_an_issuing_dispute_is_about_the_amount_of_its_transaction() -> None:
    api = Api()
    address = {"city": "Berlin", "country": "DE", "line1": "Street 1", "postal_code": "10115"}
    holder = api.posted("issuing/cardholders", name="Jenny", billing={"address": address})
    assert (holder["type"], holder["requirements"]["past_due"]) == ("individual", [])
    card = api.posted("issuing/cards", cardholder=holder["id"], currency="eur", type="virtual")["id"]
    transaction = api.posted("test_helpers/issuing/transactions/create_force_capture", amount="70", card=card)["id"]
    dispute = api.posted("issuing/disputes", transaction=transaction)
    assert (dispute["amount"], dispute["currency"], dispute["status"]) == (70, "eur", "unsubmitted")


def test_reversals_are_those_of_what_was_received() -> None:
    api = Api()
    account = api.posted("treasury/financial_accounts", supported_currencies=["usd"])["id"]
    params = {"amount": "500", "currency": "usd", "financial_account": account, "network": "ach"}
    credit = api.posted("test_helpers/treasury/received_credits", **params)["id"]
    reversal = api.posted("treasury/credit_reversals", received_credit=credit)
    assert (reversal["amount"], reversal["financial_account"]) == (500, account)
    listed = api.get(f"/v1/treasury/credit_reversals?financial_account={account}").body["data"]
    assert [each["id"] for each in listed] == [reversal["id"]]


def test_an_ephemeral_key_shows_its_secret_once() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    key = api.posted("ephemeral_keys", customer=customer)
    assert list(key) == ["id", "object", "associated_objects", "created", "expires", "livemode", "secret"]
    assert key["associated_objects"] == [{"id": customer, "type": "customer"}]
    assert (key["secret"][:8], key["expires"] - key["created"]) == ("ek_test_", 3_600)
    deleted = api.delete(f"/v1/ephemeral_keys/{key['id']}").body
    assert deleted == {name: value for name, value in key.items() if name != "secret"}
    assert api.delete(f"/v1/ephemeral_keys/{key['id']}").status == 404


def test_a_deleted_reader_leaves_a_stub_with_its_device() -> None:
    api = Api()
    reader = api.posted("terminal/readers", registration_code="simulated-wpe")
    stub = {
        "id": reader["id"],
        "object": "terminal.reader",
        "deleted": True,
        "device_type": "simulated_wisepos_e",
        "serial_number": reader["serial_number"],
    }
    assert api.delete(f"/v1/terminal/readers/{reader['id']}").body == stub
    assert api.get(f"/v1/terminal/readers/{reader['id']}").body == stub


def test_nothing_is_forwarded_to_others() -> None:
    sent = {"payment_method": "pm_card_visa", "replacements": ["card_number"], "url": "https://other.example"}
    assert Api().post("/v1/forwarding/requests", sent).status == 501
