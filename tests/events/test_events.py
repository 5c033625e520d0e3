"""Events: the event of each change, the accounts that list it, and how long it is kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from emulator.auth import keys
from emulator.events import Origin, Transaction
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.side_tables import SideTable
from emulator.model.declaration.snapshots import previous
from emulator.model.stored import objects
from emulator.resources.connect.accounts import storage
from emulator.resources.core.events import delivered
from emulator.resources.money.topups import TOPUPS
from emulator.sandbox.sandbox import Sandbox
from emulator.settings import Settings
from emulator.store import timers as timers_module
from emulator.store.events import MOST, Event, Events
from emulator.store.table import Row
from emulator.store.timers import Timer, Timers
from emulator.wire.json import Json

from ..api import KEY, NEWEST, Api

AUTHORIZED = "account.application.authorized"
DAY = 86_400
NOON = 1893499200
CAPABILITIES: dict[str, Any] = {"capabilities": {name: {"requested": True} for name in ("card_payments", "transfers")}}
INDIVIDUAL = {"type": "custom", "country": "US", "business_type": "individual", **CAPABILITIES}
PERSON = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "email": "jenny@example.com",
    "phone": "0000000000",
    "dob": {"day": 1, "month": 1, "year": 1901},
    "address": {"line1": "address_full_match", "city": "Oakland", "state": "CA", "postal_code": "94607"},
    "id_number": "000000000",
    "ssn_last_4": "0000",
}
BUSINESS = {
    "business_profile": {"mcc": "5734", "url": "https://accessible.stripe.com"},
    "tos_acceptance": {"date": NOON, "ip": "127.0.0.1"},
}


def event(number: int, created: int = 0) -> Event:
    return Event(f"evt_{number}", "account.updated", created, "acct_1", None, None, NEWEST, b"")


def timer(at: int) -> Timer:
    return Timer(at, "account", "acct_platform", "acct_1")


def events(api: Api, account: str, query: str = "") -> list[Any]:
    response = api.get(f"/v1/events{query}", stripe_account=account)
    assert response.status == 200, response.body
    return list(response.body["data"])


def sandbox_of(api: Api) -> Sandbox:
    key = keys.parse(KEY)
    assert key is not None
    return api.emulator.sandboxes.of(key)


async def all_events(api: Api, query: str = "") -> list[Any]:
    """The events of every account, newest first."""
    return list((await api.control("GET", f"/events{query}")).json()["data"])


def test_a_change_whose_event_fails_is_undone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    account = api.account(type="custom")
    before = api.get(f"/v1/accounts/{account}").raw

    def broken(*_: object) -> None:
        raise ValueError("unprintable")

    with monkeypatch.context() as patched:
        patched.setattr("emulator.events.transaction.publish", broken)
        with pytest.raises(ValueError, match="unprintable"), Transaction(sandbox_of(api), Origin(NOON)):
            storage.remove(sandbox_of(api), account)
    assert api.get(f"/v1/accounts/{account}").raw == before
    assert api.get(f"/v1/accounts/{account}").status == 200


# --- the events of changes -----------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_an_update_of_an_account_emits_an_event_in_stripes_format(api: Api) -> None:
    account = api.account(type="standard")
    await api.control("POST", "/clock", {"freeze": NOON})
    changed = api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}}, idempotency_key="once")

    response = api.get("/v1/events", stripe_account=account)
    (found,) = response.body["data"]
    assert found == {
        "id": found["id"],
        "object": "event",
        "api_version": NEWEST,
        "created": NOON,
        "data": {"object": changed.body, "previous_attributes": {"metadata": {}}},
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": changed.headers["request-id"], "idempotency_key": "once"},
        "type": "account.updated",
    }
    assert list(found) == [
        "id",
        "object",
        "api_version",
        "created",
        "data",
        "livemode",
        "pending_webhooks",
        "request",
        "type",
    ]
    assert found["id"].startswith("evt_1")
    assert found["id"][10:20] == account[-10:]
    assert {**response.body, "data": []} == {"object": "list", "data": [], "has_more": False, "url": "/v1/events"}
    one = api.get(f"/v1/events/{found['id']}", stripe_account=account)
    assert (one.status, one.body) == (200, found)


@pytest.mark.asyncio
async def test_deliveries_name_the_connected_account(api: Api) -> None:
    account = api.account(type="standard")
    api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}})
    (found,) = await all_events(api)
    assert list(found)[:3] == ["id", "object", "account"]
    assert found["account"] == account


def test_the_event_of_a_request_without_an_idempotency_key_has_the_generated_one(api: Api) -> None:
    account = api.account(type="standard")
    changed = api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}})
    assert events(api, account)[0]["request"]["idempotency_key"] == changed.headers["idempotency-key"]


def test_an_update_that_changes_nothing_emits_no_event(api: Api) -> None:
    account = api.account(type="standard", metadata={"foo": "bar"})
    assert api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}}).status == 200
    assert api.post(f"/v1/accounts/{account}").status == 200
    assert events(api, account) == []


@pytest.mark.parametrize(
    ("params", "types"),
    [
        ({"type": "standard", "email": "a@example.com"}, []),
        ({"type": "express", **CAPABILITIES}, [AUTHORIZED]),
        ({"type": "custom", "business_type": "company", "company": {"name": "Furever"}}, [AUTHORIZED]),
        (
            {**INDIVIDUAL, "individual": PERSON, "external_account": "btok_us_verified"},
            [AUTHORIZED, "person.created", "account.external_account.created"],
        ),
    ],
)
def test_a_creation_emits_an_event_for_each_created_object(api: Api, params: Any, types: list[str]) -> None:
    account = api.account(**params)
    assert [one["type"] for one in reversed(events(api, account))] == types


@pytest.mark.asyncio
async def test_the_creation_of_an_account_without_a_full_dashboard_authorizes_the_platforms_application(
    api: Api,
) -> None:
    response = api.post("/v1/accounts", {"type": "express"}, idempotency_key="once")
    (found,) = await all_events(api)
    application = found["data"]["object"]["id"]
    assert found == {
        "id": found["id"],
        "object": "event",
        "account": response.body["id"],
        "api_version": NEWEST,
        "created": response.body["created"],
        "data": {"object": {"id": application, "object": "application", "name": None}},
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": response.headers["request-id"], "idempotency_key": "once"},
        "type": AUTHORIZED,
    }
    api.delete(f"/v1/accounts/{response.body['id']}")
    assert (await all_events(api))[0]["data"]["object"]["id"] == application


def test_events_of_a_creation_show_objects_as_they_are_after_it(api: Api) -> None:
    account = api.account(**INDIVIDUAL, individual=PERSON, external_account="btok_us_verified")
    bank, person, _ = (one["data"] for one in events(api, account))
    assert person == {"object": api.get(f"/v1/accounts/{account}/persons").body["data"][0]}
    assert bank == {"object": api.get(f"/v1/accounts/{account}/external_accounts").body["data"][0]}


def test_a_refused_update_emits_no_event(api: Api) -> None:
    account = api.account(type="standard")
    assert api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}, "email": "none"}).status == 400
    assert events(api, account) == []


def test_a_replayed_request_emits_its_event_once(api: Api) -> None:
    account = api.account(type="standard")
    for _ in range(2):
        api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}}, idempotency_key="twice")
    assert len(events(api, account)) == 1


@pytest.mark.asyncio
async def test_a_deletion_emits_application_deauthorized(api: Api) -> None:
    account = api.account(type="standard")
    gone = api.delete(f"/v1/accounts/{account}")
    assert gone.status == 200
    (found,) = await all_events(api)
    application = found["data"]["object"]["id"]
    assert found == {
        "id": found["id"],
        "object": "event",
        "account": account,
        "api_version": NEWEST,
        "created": found["created"],
        "data": {"object": {"id": application, "object": "application", "name": None}},
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": gone.headers["request-id"], "idempotency_key": None},
        "type": "account.application.deauthorized",
    }
    assert (application[:3], len(application)) == ("ca_", 35)
    other = api.account(type="standard")
    api.delete(f"/v1/accounts/{other}")
    assert (await all_events(api))[0]["data"]["object"]["id"] == application


@pytest.mark.asyncio
async def test_the_end_of_the_checks_of_an_individual_emits_events(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": NOON})
    account = api.account(**INDIVIDUAL)
    api.post(f"/v1/accounts/{account}", {"individual": PERSON, **BUSINESS})
    api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": "btok_us_verified"})
    assert [one["type"] for one in reversed(await all_events(api))] == [
        AUTHORIZED,
        "person.created",
        "capability.updated",
        "capability.updated",
        "account.updated",
        "account.external_account.created",
        "account.updated",
    ]
    before = (await all_events(api))[0]["id"]
    await api.control("POST", "/clock", {"advance": 7})
    assert (await all_events(api))[0]["id"] == before
    await api.control("POST", "/clock", {"advance": 22})
    _, person, website, *_, previous = found = (await all_events(api))[:6]
    assert previous["id"] == before
    assert [(one["type"], one["created"] - NOON) for one in found[4::-1]] == [
        ("capability.updated", 8),
        ("capability.updated", 8),
        ("account.updated", 8),
        ("person.updated", 17),
        ("account.updated", 17),
    ]
    assert person["data"]["previous_attributes"] == {"verification": {"status": "pending"}}
    due = ("requirements", "future_requirements")
    pending = {name: website["data"]["previous_attributes"][name]["pending_verification"][0] for name in due}
    assert pending == dict.fromkeys(due, "business_profile.url")
    await api.control("POST", "/clock", {"advance": 100})
    found = list(reversed((await all_events(api))[:4]))
    assert [(one["type"], one["created"] - NOON, one["request"]["id"]) for one in found] == [
        ("person.updated", 30, None),
        ("capability.updated", 30, None),
        ("capability.updated", 30, None),
        ("account.updated", 30, None),
    ]
    assert [one["data"]["object"]["id"] for one in found[1:3]] == ["card_payments", "transfers"]
    assert {one["data"]["previous_attributes"]["status"] for one in found[1:3]} == {"pending"}
    previously = found[3]["data"]["previous_attributes"]
    assert previously["capabilities"] == {"card_payments": "pending", "transfers": "pending"}
    assert (previously["charges_enabled"], previously["payouts_enabled"]) == (False, False)
    assert found[3]["data"]["object"] == api.get(f"/v1/accounts/{account}").body


def test_the_event_of_a_requested_capability_has_its_previous_status(api: Api) -> None:
    account = api.account(**INDIVIDUAL)
    api.post(f"/v1/accounts/{account}/capabilities/us_bank_account_ach_payments", {"requested": True})
    updated, capability, _ = events(api, account)
    assert (
        capability["data"]["object"]
        == api.get(f"/v1/accounts/{account}/capabilities/us_bank_account_ach_payments").body
    )
    assert capability["data"]["previous_attributes"]["status"] == "unrequested"
    assert capability["data"]["previous_attributes"]["requested"] is False
    assert updated["data"]["previous_attributes"]["capabilities"] == {"us_bank_account_ach_payments": None}


def test_creating_changing_and_deleting_a_person_emits_events(api: Api) -> None:
    account = api.account(type="custom", business_type="company", **CAPABILITIES)
    path = f"/v1/accounts/{account}/persons"
    person = api.post(path, {"first_name": "Jenny", "relationship": {"owner": True}}).body["id"]
    made = api.get(f"{path}/{person}").body
    api.post(f"{path}/{person}", {"last_name": "Rosen"})
    changed = api.get(f"{path}/{person}").body
    api.delete(f"{path}/{person}")
    deleted, updated, created = events(api, account, "?type=person.*")
    assert (created["type"], created["data"]) == ("person.created", {"object": made})
    assert (updated["type"], updated["data"]["object"]) == ("person.updated", changed)
    assert updated["data"]["previous_attributes"]["last_name"] is None
    assert (deleted["type"], deleted["data"]) == ("person.deleted", {"object": changed})


def test_creating_changing_and_deleting_an_external_account_emits_events(api: Api) -> None:
    account = api.account(type="custom", **CAPABILITIES)
    path = f"/v1/accounts/{account}/external_accounts"
    first, second = (api.post(path, {"external_account": "btok_us_verified"}).body for _ in range(2))
    api.post(f"{path}/{second['id']}", {"metadata": {"a": "1"}})
    changed = api.get(f"{path}/{second['id']}").body
    api.delete(f"{path}/{second['id']}")
    found = [(one["type"].rpartition(".")[2], one["data"]) for one in events(api, account, "?type=account.external*")]
    assert found == [
        ("deleted", {"object": changed}),
        ("updated", {"object": changed, "previous_attributes": {"metadata": {"a": None}}}),
        ("created", {"object": second}),
        ("created", {"object": first}),
    ]


@pytest.mark.asyncio
async def test_the_event_of_a_bank_account_shows_it_at_the_end_of_its_checks(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": NOON})
    bank = {
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
        "account_number": "000999999992",
    }
    api.account(**INDIVIDUAL, **BUSINESS, individual=PERSON, external_account=bank)
    await api.control("POST", "/clock", {"advance": 60})
    (emitted,) = [event for event in await all_events(api) if event["type"] == "account.external_account.updated"]
    due = ["documents.bank_account_ownership_verification.files"]
    assert emitted["data"]["object"]["requirements"]["currently_due"] == due
    assert emitted["data"]["previous_attributes"]["requirements"]["currently_due"] == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": 2}),
        ({"a": 1}, {"a": 1}, {}),
        ({"metadata": {}}, {"metadata": {"foo": "bar"}}, {"metadata": {"foo": None}}),
        ({"metadata": {"a": "1"}}, {"metadata": {"a": "1", "b": "2"}}, {"metadata": {"b": None}}),
        ({"metadata": {"a": "1", "b": "2"}}, {"metadata": {"b": "3"}}, {"metadata": {"a": "1", "b": "2"}}),
        ({"metadata": {"a": "1", "b": "2"}}, {"metadata": {"b": "2"}}, {"metadata": {"a": "1"}}),
        ({"list": [1, 2]}, {"list": [1, 2, 3]}, {"list": [1, 2]}),
        ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 1, "d": 3}}}, {"a": {"b": {"d": 2}}}),
        ({"a": None}, {"a": {"b": 1}}, {"a": None}),
        ({"a": {"b": 1}}, {"a": None}, {"a": {"b": 1}}),
        ({"a": 1}, {"b": 2}, {"a": 1, "b": None}),
    ],
)
def test_previous_attributes_hold_the_old_values_of_changed_fields(
    before: dict[str, Json], after: dict[str, Json], expected: dict[str, Json]
) -> None:
    assert previous(before, after) == expected


def test_previous_attributes_are_in_order_of_their_names() -> None:
    found = previous({"status": "a", "x": {"b": 1}}, {"failure": "f", "status": "b", "x": {"a": 1, "b": 2}})
    assert (list(found), list(found["x"])) == (["failure", "status", "x"], ["a", "b"])  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_an_event_has_the_version_of_the_platform_or_of_its_endpoint(api: Api) -> None:
    endpoint = {"url": "http://127.0.0.1:1/", "enabled_events": ["*"], "connect": True, "api_version": "2023-10-16"}
    api.post("/v1/webhook_endpoints", endpoint)
    account = api.account(type="standard")
    api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}}, stripe_version="2024-06-20")
    (found,) = sandbox_of(api).events.newest_first(0)
    shown = [delivered(sandbox_of(api), found, version)["api_version"] for version in (None, "2023-10-16")]
    assert shown == [NEWEST, "2023-10-16"]
    assert events(api, account)[0]["api_version"] == NEWEST


# --- lists ------------------------------------------------------------------------------------------------------


def test_events_of_a_connected_account_are_in_its_own_list_only(api: Api) -> None:
    account, other = api.account(type="standard"), api.account(type="standard")
    api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}})
    (found,) = events(api, account)
    assert events(api, other) == []
    assert api.get("/v1/events").body["data"] == []
    assert api.get(f"/v1/events/{found['id']}").status == 404


def test_an_unknown_event_is_a_missing_notification(api: Api) -> None:
    missing = api.get("/v1/events/evt_1")
    assert missing.status == 404
    assert missing.error == {
        "code": "resource_missing",
        "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
        "message": "No such notification: 'evt_1'",
        "param": "id",
        "type": "invalid_request_error",
    }
    cursor = api.get("/v1/events?starting_after=evt_1")
    assert (cursor.status, cursor.error["message"]) == (400, "No such notification: 'evt_1'")
    assert cursor.error["param"] == "starting_after"


@pytest.mark.asyncio
async def test_lists_are_newest_first_and_can_be_filtered(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": NOON})
    account = api.account(type="standard")
    for number in range(3):
        api.post(f"/v1/accounts/{account}", {"metadata": {"n": str(number)}})
        await api.control("POST", "/clock", {"advance": 10})
    found = events(api, account)
    times = [1893499220, 1893499210, 1893499200]
    assert [one["created"] for one in found] == times
    assert found[0]["data"]["previous_attributes"] == {"metadata": {"n": "1"}}

    def created(query: str) -> list[int]:
        return [one["created"] for one in events(api, account, query)]

    assert created("?limit=1") == times[:1]
    assert created(f"?starting_after={found[0]['id']}") == times[1:]
    assert created(f"?ending_before={found[2]['id']}") == times[:2]
    assert created("?created[gt]=1893499200&created[lt]=1893499220") == times[1:2]
    assert created("?type=account.updated") == times
    assert created("?type=account.*") == times
    assert created("?type=*") == times
    assert created("?type=person.*") == []
    assert created("?types[]=person.created&types[]=account.updated") == times
    assert created("?types[]=account.*") == []
    assert created("?delivery_success=true") == times
    assert created("?delivery_success=false") == []


def test_type_and_types_exclude_each_other(api: Api) -> None:
    refused = api.get("/v1/events?type=a&types[]=b")
    assert refused.status == 400
    assert refused.error == {
        "message": "You may only specify one of these parameters: type, types.",
        "param": "type",
        "type": "invalid_request_error",
    }


def test_at_most_twenty_types_can_be_named(api: Api) -> None:
    query = "&".join(f"types[]=t{number}" for number in range(21))
    assert api.get(f"/v1/events?{query}").error["param"] == "types"
    assert api.get(f"/v1/events?{query.rpartition('&')[0]}").status == 200


# --- bounds -----------------------------------------------------------------------------------------------------


def test_the_newest_thousand_events_are_kept() -> None:
    kept = Events()
    dropped = [name for number in range(MOST + 2) for name in kept.add(event(number))]
    assert dropped == ["evt_0", "evt_1"]
    assert len(kept) == MOST
    assert kept.get("evt_1") is None
    assert kept.get("evt_2") is not None


def test_events_are_kept_for_thirty_days() -> None:
    kept = Events()
    kept.add(event(1, created=100))
    assert kept.add(event(2, created=100 + 30 * DAY - 1)) == []
    assert kept.add(event(3, created=100 + 30 * DAY)) == ["evt_1"]
    assert [one.id for one in kept.newest_first(100 + 60 * DAY - 1)] == ["evt_3"]


def test_an_event_that_waits_for_its_first_delivery_is_kept_longer() -> None:
    kept = Events()
    kept.add(event(1, created=100))
    assert kept.add(event(2, created=100 + 60 * DAY), {"evt_1"}.__contains__) == []
    assert [one.id for one in kept.newest_first(100 + 60 * DAY)] == ["evt_2"]
    assert kept.add(event(3, created=100 + 60 * DAY)) == ["evt_1"]


@pytest.mark.asyncio
async def test_an_event_older_than_thirty_days_is_not_found(api: Api) -> None:
    account = api.account(type="standard")
    api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}})
    (found,) = events(api, account)
    await api.control("POST", "/clock", {"advance": 30 * DAY})
    assert api.get(f"/v1/events/{found['id']}", stripe_account=account).status == 404
    assert events(api, account) == []


def test_timers_are_unique_and_in_order() -> None:
    timers = Timers()
    for at in (30, 10, 30, 20):
        timers.add(timer(at))
    assert timers.next() == 10
    assert [timers.pop(20), timers.pop(20), timers.pop(20), timers.pop(30), timers.pop(99)] == [
        timer(10),
        timer(20),
        None,
        timer(30),
        None,
    ]
    timers.add(timer(30))
    assert timers.next() == 30


ROW = ("table", "acct_1", "row_1")


def test_the_timers_of_a_row_are_those_that_it_asks_for() -> None:
    timers = Timers()
    for at in range(20, 5_000):
        timers.set(ROW, [(10, 0), (at, 0)], 5)
    assert (len(timers), timers.next()) == (2, 10)
    assert timers.pop(10) == Timer(10, *ROW)
    timers.set(ROW, [(10, 0), (30, 0)], 10)
    assert (len(timers), timers.next()) == (1, 30)
    timers.set(ROW, [], 10)
    assert (len(timers), timers.next(), timers.pop(9_999)) == (0, None, None)


def test_a_timer_that_is_due_stays_while_its_row_asks_for_it() -> None:
    timers = Timers()
    timers.set(ROW, [(10, 0), (20, 0)], 5)
    timers.set(ROW, [(10, 0), (30, 0)], 10)
    assert [timers.pop(99), timers.pop(99), timers.pop(99)] == [Timer(10, *ROW), Timer(30, *ROW), None]


def test_timers_that_were_replaced_take_no_memory() -> None:
    timers = Timers()
    for at in range(20, 50_000):
        timers.set(ROW, [(at, 0)], 5)
    assert len(timers._heap) < 2_000


def test_a_request_beyond_the_bound_of_timers_is_refused_and_changes_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    topup = {"amount": "500", "currency": "usd", "source": "btok_us_verified"}
    first = api.post("/v1/topups", topup).body
    monkeypatch.setattr(timers_module, "MOST", 1)
    refused = api.post("/v1/topups", topup)
    assert (refused.status, refused.error["code"]) == (400, "emulator_too_many_timers")
    assert [each["id"] for each in api.get("/v1/topups").body["data"]] == [first["id"]]
    assert api.post(f"/v1/topups/{first['id']}/cancel").status == 200
    assert api.post("/v1/topups", topup).status == 200


# --- control API ------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_control_api_lists_the_events_of_all_accounts(api: Api) -> None:
    accounts = [api.account(type="standard") for _ in range(2)]
    for account in accounts:
        api.post(f"/v1/accounts/{account}", {"metadata": {"foo": "bar"}})
    response = (await api.control("GET", "/events?limit=1")).json()
    assert ([one["account"] for one in response["data"]], response["total"]) == (accounts[1:], 2)
    assert [one["account"] for one in await all_events(api, f"?account={accounts[0]}&type=account.*")] == accounts[:1]
    assert await all_events(api, "?type=person.*") == []
    assert (await api.control("GET", "/events?limit=0")).json() == {
        "error": {
            "code": "invalid_limit",
            "message": "limit cannot be '0'.",
            "hint": "Send a number from 1 to 1000.",
        }
    }


@pytest.mark.asyncio
async def test_the_event_of_a_change_outside_of_a_request_is_emitted_with_the_next_request(api: Api) -> None:
    account = api.account(type="standard")
    sandbox = sandbox_of(api)
    row = sandbox.accounts.get(account)
    assert row is not None
    storage.put(sandbox, NOON, replace(row, email="new@example.com"))
    assert api.post(f"/v1/accounts/{account}", {"email": "none"}).status == 400
    (found,) = await all_events(api)
    assert found["data"]["object"]["email"] == "new@example.com"
    assert found["request"] == {"id": None, "idempotency_key": None}
    assert api.get(f"/v1/accounts/{account}").body["email"] == "new@example.com"


# --- transactions -----------------------------------------------------------------------------------------------


def test_a_failed_transaction_leaves_the_tables_as_they_were_in_their_order() -> None:
    key = keys.parse(KEY)
    assert key is not None
    sandbox = Sandbox(key, Settings())
    rows, scope = SideTable[str]("made_up"), Scope(sandbox, sandbox.platform_id, 0)
    with Transaction(sandbox, Origin(0)):
        for name in ("a", "b", "c"):
            rows.put(scope, name, f"old {name}")

    def fail() -> None:
        with Transaction(sandbox, Origin(0)):
            rows.put(scope, "b", "new b")
            rows.drop(scope, "a")
            rows.put(scope, "d", "new d")
            rows.drop(scope, "b")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [row.data for row in rows.newest(scope)] == ["old c", "old b", "old a"]
    assert not sandbox.changes


def test_a_timer_that_fails_is_logged_and_leaves_no_change(
    api: Api, monkeypatch: pytest.MonkeyPatch, failed_timers: list[logging.LogRecord]
) -> None:
    def half(sandbox: Sandbox, row: Row[bytes], _: int) -> None:
        objects.change(Scope(sandbox, row.owner, NOON), "topup", row, description="half")
        raise OverflowError("a number out of range")

    sandbox = sandbox_of(api)
    sandbox.clock.frozen_at = NOON
    topup = api.post("/v1/topups", {"amount": 1000, "currency": "usd", "description": "whole"}).body["id"]
    fails = replace(TOPUPS, elapse=half)
    monkeypatch.setattr(registry, "of_table", lambda *_: [fails])
    sandbox.clock.advance(7 * DAY)
    shown = api.get(f"/v1/topups/{topup}")
    assert (shown.status, shown.body["status"], shown.body["description"]) == (200, "pending", "whole")
    assert [record.getMessage() for record in failed_timers] == [f"{topup} did not change at {NOON + 30}"]
    failed_timers.clear()
