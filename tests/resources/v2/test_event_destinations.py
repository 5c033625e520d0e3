"""`/v2/core/event_destinations`, by literal answers."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.store.destinations import EventDestination

from ...api import NEWEST, Api

URL = "http://127.0.0.1:3000/hook"
PATH = "/core/event_destinations"
THIN: dict[str, Any] = {
    "name": "Accounts",
    "type": "webhook_endpoint",
    "event_payload": "thin",
    "enabled_events": ["v2.core.account.created", "v2.core.account[requirements].updated"],
    "events_from": ["@accounts"],
    "webhook_endpoint": {"url": URL},
}
SNAPSHOT: dict[str, Any] = {**THIN, "event_payload": "snapshot", "enabled_events": ["*"]}
NOON = 1893499200
AT_NOON = "2030-01-01T12:00:00.000Z"


def new_destination(api: Api, **params: Any) -> Any:
    return api.v2("POST", PATH, {**THIN, **params}).result


@pytest.mark.asyncio
async def test_a_new_destination_has_the_included_fields(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": NOON})
    include = ["webhook_endpoint.signing_secret", "webhook_endpoint.url"]
    answer = api.v2("POST", PATH, {**THIN, "include": include})
    identifier, secret = answer.body["id"], answer.body["webhook_endpoint"]["signing_secret"]
    shown = {
        "id": identifier,
        "object": "v2.core.event_destination",
        "amazon_eventbridge": None,
        "azure_event_grid": None,
        "created": AT_NOON,
        "description": "",
        "enabled_events": ["v2.core.account.created", "v2.core.account[requirements].updated"],
        "event_payload": "thin",
        "events_from": ["@accounts"],
        "livemode": False,
        "metadata": {},
        "name": "Accounts",
        "snapshot_api_version": None,
        "status": "enabled",
        "status_details": None,
        "type": "webhook_endpoint",
        "updated": AT_NOON,
        "webhook_endpoint": {"signing_secret": secret, "url": URL},
    }
    assert (answer.status, answer.body) == (200, shown)
    assert list(answer.body) == list(shown)
    assert (identifier[:10], len(identifier)) == ("ed_test_61", 52)
    assert (secret[:6], len(secret)) == ("whsec_", 38)
    hidden = {**shown, "webhook_endpoint": {"signing_secret": None, "url": None}}
    assert api.v2("GET", f"{PATH}/{identifier}").body == hidden
    with_url = {**shown, "webhook_endpoint": {"signing_secret": None, "url": URL}}
    query = "include[0]=webhook_endpoint.url"
    assert api.v2("GET", f"{PATH}/{identifier}?{query}").body == with_url
    assert api.v2("GET", f"{PATH}?{query}").body == {
        "data": [with_url],
        "next_page_url": None,
        "previous_page_url": None,
    }


def test_snapshots_have_the_version_of_the_platform_by_default(api: Api) -> None:
    assert new_destination(api, **SNAPSHOT)["snapshot_api_version"] == NEWEST
    assert new_destination(api, **SNAPSHOT, snapshot_api_version="2023-10-16")["snapshot_api_version"] == "2023-10-16"


def test_an_sdk_ahead_of_the_published_versions_names_its_own(api: Api) -> None:
    later = "2099-01-01.later"
    params = {**THIN, **SNAPSHOT, "snapshot_api_version": later}
    assert api.v2("POST", PATH, params, stripe_version=later).body["snapshot_api_version"] == later
    assert api.v2("POST", PATH, params).status == 400


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (None, ["@self"]),
        ([], ["@self"]),
        (["@self"], ["@self"]),
        (["other_accounts"], ["@accounts"]),
        (["self", "@accounts", "@self"], ["@self", "@accounts"]),
    ],
)
def test_whose_events_are_sent(api: Api, sent: Any, shown: list[str]) -> None:
    assert new_destination(api, events_from=sent)["events_from"] == shown


@pytest.mark.asyncio
async def test_an_update_changes_only_the_sent_parameters(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": NOON})
    before = new_destination(api, description="d", metadata={"a": "1", "b": "2"})
    path = f"{PATH}/{before['id']}"
    await api.control("POST", "/clock", {"advance": 60})
    for nothing in ({}, dict.fromkeys(("name", "enabled_events", "webhook_endpoint"))):
        assert api.v2("POST", path, nothing).body == {**before, "updated": "2030-01-01T12:01:00.000Z"}
    changed = {"name": "New", "enabled_events": ["v2.core.account.closed"], "webhook_endpoint": {"url": f"{URL}/2"}}
    also = {"description": None, "metadata": {"a": None, "c": "3"}, "include": ["webhook_endpoint.url"]}
    assert api.v2("POST", path, {**changed, **also}).body == {
        **before,
        "name": "New",
        "description": "",
        "enabled_events": ["v2.core.account.closed"],
        "metadata": {"b": "2", "c": "3"},
        "updated": "2030-01-01T12:01:00.000Z",
        "webhook_endpoint": {"signing_secret": None, "url": f"{URL}/2"},
    }


def test_a_destination_is_disabled_and_enabled(api: Api) -> None:
    path = f"{PATH}/{new_destination(api)['id']}"
    disabled = api.v2("POST", f"{path}/disable").body
    assert (disabled["status"], disabled["status_details"]) == ("disabled", {"disabled": {"reason": "user"}})
    assert api.v2("GET", path).body == disabled
    enabled = api.v2("POST", f"{path}/enable").body
    assert (enabled["status"], enabled["status_details"]) == ("enabled", None)


def test_a_deleted_destination_is_gone(api: Api) -> None:
    identifier = new_destination(api)["id"]
    deleted = api.v2("DELETE", f"{PATH}/{identifier}")
    assert (deleted.status, deleted.body) == (200, {"id": identifier, "object": "v2.core.event_destination"})
    missing = {"error": {"code": "not_found", "message": f"No such event destination: '{identifier}'"}}
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "/disable"), ("POST", "/ping")):
        answer = api.v2(method, f"{PATH}/{identifier}{path}")
        assert (answer.status, answer.body) == (404, missing)


def test_lists_come_newest_first_in_pages(api: Api) -> None:
    ids = [new_destination(api, name=str(number))["id"] for number in range(3)]
    first = api.v2("GET", f"{PATH}?limit=2").body
    assert [row["id"] for row in first["data"]] == [ids[2], ids[1]]
    second = api.v2("GET", first["next_page_url"].removeprefix("/v2")).body
    assert [row["id"] for row in second["data"]] == [ids[0]]
    assert (second["next_page_url"], bool(second["previous_page_url"])) == (None, True)


def test_endpoints_of_v1_and_destinations_have_lists_of_their_own(api: Api) -> None:
    api.post("/v1/webhook_endpoints", {"url": URL, "enabled_events": ["*"]})
    new_destination(api)
    assert [row["object"] for row in api.get("/v1/webhook_endpoints").body["data"]] == ["webhook_endpoint"]
    assert [row["object"] for row in api.v2("GET", PATH).body["data"]] == ["v2.core.event_destination"]


def test_there_can_be_sixteen(api: Api) -> None:
    for _ in range(16):
        new_destination(api)
    answer = api.v2("POST", PATH, THIN)
    assert (answer.status, answer.body) == (
        400,
        {"error": {"code": "invalid_fields", "message": "You have reached the maximum of 16 event destinations."}},
    )


def field(path: str, said: str) -> str:
    return f"Some fields in the request were invalid: '{path}: {said}'"


NO_URL = field("webhook_endpoint.url", "url must be a valid URL and start with https:// or, during testing, http://.")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"events_from": ["@self", "all"]},
            field("events_from[1]", "Unrecognized enum value 'all', valid values are: @accounts, @self."),
        ),
        (
            {"enabled_events": ["*"]},
            field("enabled_events[0]", "Thin event destinations cannot select all types of events. Name each."),
        ),
        (
            {"enabled_events": ["v2.core.account.updated", "account.updated"]},
            field("enabled_events[1]", "'account.updated' is not a type of thin events."),
        ),
        (
            {"enabled_events": ["v2.core.account.updated"], "event_payload": "snapshot"},
            field("enabled_events[0]", "'v2.core.account.updated' is not a type of snapshot events."),
        ),
        ({"enabled_events": []}, field("enabled_events", "At least one value is required.")),
        ({"snapshot_api_version": NEWEST}, field("snapshot_api_version", "Thin events have no version.")),
        (
            {**SNAPSHOT, "snapshot_api_version": "2020-01-01"},
            field("snapshot_api_version", "'2020-01-01' is not an API version."),
        ),
        (
            {"webhook_endpoint": None},
            field("webhook_endpoint", "Required for event destinations of type webhook_endpoint."),
        ),
        (
            {"amazon_eventbridge": {"aws_account_id": "1", "aws_region": "us-east-1"}},
            field("amazon_eventbridge", "Only for event destinations of this type."),
        ),
        ({"webhook_endpoint": {"url": "localhost:3000"}}, NO_URL),
        ({"webhook_endpoint": {"url": "http://[::1"}}, NO_URL),
        ({"webhook_endpoint": {"url": "http://a b"}}, NO_URL),
    ],
)
def test_invalid_parameters_are_refused(api: Api, params: Any, message: str) -> None:
    answer = api.v2("POST", PATH, {**THIN, **params})
    assert (answer.status, answer.body) == (400, {"error": {"code": "invalid_fields", "message": message}})
    assert api.v2("GET", PATH).body["data"] == []


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"type": "amazon_eventbridge"}, "type"),
        ({"type": "azure_event_grid"}, "type"),
        ({"events_from": ["@organization_members"]}, "events_from[0]"),
        ({"enabled_events": ["v2.core.account.created", "v1.account.updated"]}, "enabled_events[1]"),
    ],
)
def test_destinations_that_are_not_emulated_are_refused_by_name(api: Api, params: Any, name: str) -> None:
    answer = api.v2("POST", PATH, {**THIN, **params})
    message = f"The emulator does not emulate the parameter {name}. Stripe has it; FIDELITY.md lists what is emulated."
    assert (answer.status, answer.body) == (501, {"error": {"code": "emulator_not_emulated", "message": message}})


def test_a_connected_account_has_no_destinations(api: Api) -> None:
    account = api.account(type="standard")
    assert api.v2("POST", PATH, THIN, stripe_account=account).status == 403
    assert api.v2("GET", PATH, stripe_account=account).status == 403


@pytest.mark.parametrize(
    ("payload", "sources", "account", "thin", "wanted"),
    [
        ("thin", ("@accounts",), "acct_1", True, True),
        ("thin", ("@accounts",), "acct_1", False, False),
        ("thin", ("@self",), "acct_1", True, True),
        ("thin", ("@self",), None, True, True),
        ("thin", ("@accounts",), None, True, False),
        ("thin", ("@self",), "acct_1", False, False),
        ("thin", ("@self", "@accounts"), "acct_1", True, True),
        ("snapshot", ("@accounts",), "acct_1", False, True),
        ("snapshot", ("@accounts",), "acct_1", True, False),
        ("snapshot", ("@accounts",), None, False, False),
        ("snapshot", ("@self",), None, False, True),
        ("snapshot", ("@self",), "acct_1", False, False),
    ],
)
def test_who_gets_an_event(payload: Any, sources: Any, account: str | None, thin: bool, wanted: bool) -> None:
    destination = EventDestination("ed_1", "name", payload, URL, ("account.updated",), sources, "whsec_1")
    assert destination.is_subscribed("account.updated", account, thin=thin) == wanted
    assert not destination.is_subscribed("account.closed", account, thin=thin)


# --- pings, and how thin events are listed -----------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_ping_is_a_thin_event_about_the_destination(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": NOON})
    destination = new_destination(api)["id"]
    answer = api.v2("POST", f"{PATH}/{destination}/ping")
    shown = {
        "id": answer.body["id"],
        "object": "v2.core.event",
        "changes": None,
        "context": None,
        "created": AT_NOON,
        "data": None,
        "livemode": False,
        "reason": None,
        "related_object": {
            "id": destination,
            "type": "v2.core.event_destination",
            "url": f"/v2/core/event_destinations/{destination}",
        },
        "type": "v2.core.event_destination.ping",
    }
    assert (answer.status, answer.body) == (200, shown)
    assert list(answer.body) == list(shown)
    assert (shown["id"][:11], len(shown["id"])) == ("evt_test_65", 55)
    assert api.v2("GET", f"/core/events/{shown['id']}").body == shown
    assert api.v2("GET", "/core/events").body == {
        "data": [shown],
        "next_page_url": None,
        "previous_page_url": None,
    }


@pytest.mark.asyncio
async def test_the_two_apis_show_each_its_own_events(api: Api) -> None:
    account = api.account(type="standard")
    api.post(f"/v1/accounts/{account}", {"metadata": {"a": "b"}})
    thin = api.v2("POST", f"{PATH}/{new_destination(api)['id']}/ping").body["id"]
    (snapshot,) = api.get("/v1/events", stripe_account=account).body["data"]
    assert api.get("/v1/events").body["data"] == []
    assert [event["id"] for event in api.v2("GET", "/core/events").body["data"]] == [thin]
    for identifier in (snapshot["id"], "evt_test_unknown"):
        answer = api.v2("GET", f"/core/events/{identifier}")
        missing = {"error": {"code": "not_found", "message": f"No such event: '{identifier}'"}}
        assert (answer.status, answer.body) == (404, missing)
    assert api.get(f"/v1/events/{thin}").status == 404
    assert api.v2("GET", f"/core/events/{thin}", stripe_account=account).status == 404
    assert api.v2("GET", "/core/events", stripe_account=account).body["data"] == []
    listed = (await api.control("GET", "/events")).json()["data"]
    assert [(event["id"], event["object"]) for event in listed] == [
        (thin, "v2.core.event"),
        (snapshot["id"], "event"),
    ]


@pytest.mark.asyncio
async def test_thin_events_are_filtered_by_object_type_and_time(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": NOON})
    paths = [f"{PATH}/{new_destination(api)['id']}" for _ in range(2)]
    early = api.v2("POST", f"{paths[0]}/ping").body["id"]
    await api.control("POST", "/clock", {"advance": 60})
    late = api.v2("POST", f"{paths[1]}/ping").body["id"]
    for query, expected in {
        "": [late, early],
        f"?object_id={paths[0].rpartition('/')[2]}": [early],
        "?object_id=acct_1": [],
        "?types[0]=v2.core.account.created&types[1]=v2.core.event_destination.ping": [late, early],
        "?types[0]=v2.core.account.created": [],
        "?created[gt]=2030-01-01T12:00:00.000Z": [late],
        "?created[gte]=2030-01-01T12:00:00Z": [late, early],
        "?created[lt]=2030-01-01T13:01:00%2B01:00": [early],
        "?created[gte]=2030-01-01T12:00:00.001Z": [late],
        "?created[lt]=2030-01-01T12:01:00.001Z": [late, early],
        "?created[gt]=2030-01-01T11:59:59.999Z&created[lte]=2030-01-01T12:00:59.999Z": [early],
        "?created[lte]=2030-01-01T12:01:00Z&created[gt]=2030-01-01T12:00:00Z": [late],
    }.items():
        assert [event["id"] for event in api.v2("GET", f"/core/events{query}").body["data"]] == expected, query


def test_thin_events_come_in_pages(api: Api) -> None:
    path = f"{PATH}/{new_destination(api)['id']}/ping"
    ids = [api.v2("POST", path).body["id"] for _ in range(5)][::-1]
    found, url = [], "/v2/core/events?limit=2&types[0]=v2.core.event_destination.ping"
    while url:
        page = api.v2("GET", url.removeprefix("/v2")).body
        found += [event["id"] for event in page["data"]]
        url = page["next_page_url"]
    assert found == ids
    assert len(api.v2("GET", "/core/events?limit=100&types[0]=v2.core.event_destination.ping").body["data"]) == 5


@pytest.mark.asyncio
async def test_thin_events_are_kept_for_thirty_days(api: Api) -> None:
    path = f"{PATH}/{new_destination(api)['id']}/ping"
    await api.control("POST", "/clock", {"freeze": NOON})
    identifier = api.v2("POST", path).body["id"]
    await api.control("POST", "/clock", {"advance": 30 * 86_400 - 1})
    assert api.v2("GET", f"/core/events/{identifier}").status == 200
    await api.control("POST", "/clock", {"advance": 1})
    assert api.v2("GET", f"/core/events/{identifier}").status == 404
    assert api.v2("GET", "/core/events").body["data"] == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=101", "Some fields in the request were invalid: 'limit: Expected a number from 1 to 100.'"),
        (
            "&".join(f"types[{number}]=v2.core.account.created" for number in range(21)),
            "Some fields in the request were invalid: 'types: At most 20 values are allowed.'",
        ),
        (
            "created[gt]=1893499200",
            (
                "Some fields in the request were invalid: 'created.gt: Expected a date and time such as "
                "2025-06-09T21:16:03.000Z.'"
            ),
        ),
    ],
)
def test_a_wrong_filter_is_refused(api: Api, query: str, message: str) -> None:
    answer = api.v2("GET", f"/core/events?{query}")
    assert (answer.status, answer.body) == (400, {"error": {"code": "invalid_fields", "message": message}})
