"""Thin events: the event of each change of a v2 account, and its content."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from emulator.resources.v2.accounts.events import events_between
from emulator.store.events import unpack
from emulator.store.rows import Account, AccountV2Fields, Controller, Person
from emulator.wire.json import Json

from ..api import Api

NOON = 1893499200
AT_NOON = "2030-01-01T12:00:00.000Z"
NOBODY = Controller("account", "stripe", "stripe", "none")
RECIPIENT: dict[str, Any] = {
    "contact_email": "jenny@example.com",
    "dashboard": "express",
    "identity": {"country": "us", "entity_type": "individual"},
    "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
    "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
}
MERCHANT: dict[str, Any] = {
    **RECIPIENT,
    "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}},
}


def created(api: Api, params: Any) -> str:
    response = api.v2("POST", "/core/accounts", params)
    assert response.status == 200, response.body
    return str(response.body["id"])


def update(api: Api, account: str, params: Any) -> None:
    response = api.v2("POST", f"/core/accounts/{account}", params)
    assert response.status == 200, response.body


def all_events(api: Api, query: str = "") -> list[Any]:
    """The thin events, oldest first."""
    found, url = [], f"/v2/core/events?limit=20{query}"
    while url:
        page = api.v2("GET", url.removeprefix("/v2")).body
        found += page["data"]
        url = page["next_page_url"]
    return found[::-1]


def types(api: Api) -> list[str]:
    return [event["type"].removeprefix("v2.core.") for event in all_events(api)]


# --- comparing accounts ------------------------------------------------------------------------------------------


def account(*persons: str, **fields: Any) -> Account:
    """A row whose `fields` are what v2 shows of it."""
    rows = tuple(Person(name, "acct_1", 0) for name in persons)
    second = AccountV2Fields(fields=fields)
    return Account("acct_1", 0, "none", NOBODY, "US", "usd", persons=rows, v2=second)


def show(row: Account, _: int) -> dict[str, Json]:
    return {"id": row.id, **(dict(row.v2.fields) if row.v2 else {})}


def show_persons(row: Account) -> dict[str, dict[str, Json]]:
    return {person.id: {"id": person.id, "given_name": person.id[0]} for person in row.persons}


Found = list[tuple[str, Any, Any]]


def compared(before: Account | None, after: Account | None) -> Found:
    """Type, data and changes of each event, without the common beginning of types."""
    found: Found = []
    row = after or before
    assert row is not None
    bodies = (show(before, NOON) if before else None, show(after, NOON) if after else None)
    persons = (show_persons(before) if before else {}, show_persons(row))
    for item in events_between(row, bodies, persons):
        assert item.thin is not None
        changes = unpack(item.thin.changes) if item.thin.changes else None
        found.append((item.type.removeprefix("v2.core."), item.thin.data, changes))
    return found


def configured(status: str, mcc: str | None = None) -> dict[str, Any]:
    return {"merchant": {"applied": True, "capabilities": {"card_payments": {"status": status}}, "mcc": mcc}}


def paid(transfers: str, payouts: str) -> dict[str, Any]:
    balance = {"payouts": {"status": payouts}, "stripe_transfers": {"status": transfers}}
    return {"recipient": {"applied": True, "capabilities": {"stripe_balance": balance}}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (account(display_name="a"), account(display_name="a"), []),
        (
            account(display_name="a", metadata={"a": "b"}),
            account(display_name="b", metadata={"a": "b"}),
            [("account.updated", None, {"after": {"display_name": "b"}, "before": {"display_name": "a"}})],
        ),
        (
            account(defaults={"currency": "usd", "locales": []}),
            account(defaults={"currency": "eur", "locales": []}),
            [
                (
                    "account[defaults].updated",
                    None,
                    {"after": {"defaults": {"currency": "eur"}}, "before": {"defaults": {"currency": "usd"}}},
                )
            ],
        ),
        (account(identity={"country": "US"}), account(identity={}), [("account[identity].updated", None, None)]),
        (
            account(requirements={"entries": [1]}, future_requirements={"entries": []}),
            account(requirements={"entries": []}, future_requirements={"entries": [1]}),
            [
                ("account[requirements].updated", None, None),
                ("account[future_requirements].updated", None, None),
            ],
        ),
        (
            account(configuration=configured("pending")),
            account(configuration=configured("pending", "5734")),
            [("account[configuration.merchant].updated", None, None)],
        ),
        (
            account(configuration=configured("pending")),
            account(configuration=configured("active")),
            [
                (
                    "account[configuration.merchant].capability_status_updated",
                    {"updated_capability": "card_payments"},
                    {
                        "after": {
                            "configuration": {"merchant": {"capabilities": {"card_payments": {"status": "active"}}}}
                        },
                        "before": {
                            "configuration": {"merchant": {"capabilities": {"card_payments": {"status": "pending"}}}}
                        },
                    },
                )
            ],
        ),
        (
            account(configuration=paid("restricted", "pending")),
            account(configuration=paid("active", "restricted")),
            [
                (
                    "account[configuration.recipient].capability_status_updated",
                    {"updated_capability": f"stripe_balance.{name}"},
                    {
                        side: {
                            "configuration": {"recipient": {"capabilities": {"stripe_balance": {name: {"status": to}}}}}
                        }
                        for side, to in (("after", after), ("before", before))
                    },
                )
                for name, before, after in (
                    ("payouts", "pending", "restricted"),
                    ("stripe_transfers", "restricted", "active"),
                )
            ],
        ),
        (
            account("bob", "cy"),
            account("cy", "dan"),
            [
                ("account_person.deleted", {"account_id": "acct_1"}, None),
                ("account_person.created", {"account_id": "acct_1"}, None),
            ],
        ),
        (
            None,
            account("bob", display_name="a", identity={"country": "US"}),
            [
                ("account.created", None, {"after": {"id": "acct_1", "display_name": "a"}, "before": None}),
                ("account_person.created", {"account_id": "acct_1"}, None),
            ],
        ),
        (
            None,
            account(configuration={"customer": {"applied": True}, **paid("restricted", "restricted")}),
            [
                ("account.created", None, {"after": {"id": "acct_1"}, "before": None}),
                ("account[configuration.customer].updated", None, None),
                ("account[configuration.recipient].updated", None, None),
            ],
        ),
        (
            account("bob", display_name="a"),
            None,
            [("account.closed", None, {"after": None, "before": {"id": "acct_1", "display_name": "a"}})],
        ),
    ],
)
def test_each_kind_of_change_emits_its_event(before: Account | None, after: Account | None, expected: Found) -> None:
    assert compared(before, after) == expected


def test_accounts_of_v1_have_no_thin_events(api: Api) -> None:
    identifier = api.account(type="standard")
    api.post(f"/v1/accounts/{identifier}", {"metadata": {"a": "b"}})
    api.delete(f"/v1/accounts/{identifier}")
    assert all_events(api) == []


# --- events of requests -----------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_thin_event_names_its_object_and_has_its_changes_when_retrieved(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": NOON})
    identifier = created(api, RECIPIENT)
    changed = api.v2("POST", f"/core/accounts/{identifier}", {"display_name": "Shop"}, idempotency_key="once")
    event = all_events(api, "&types[0]=v2.core.account.updated")[0]
    fetched = {
        "id": event["id"],
        "object": "v2.core.event",
        "changes": {"after": {"display_name": "Shop"}, "before": {"display_name": None}},
        "context": None,
        "created": AT_NOON,
        "data": None,
        "livemode": False,
        "reason": {
            "type": "request",
            "request": {"id": changed.headers["request-id"], "idempotency_key": "once"},
        },
        "related_object": {
            "id": identifier,
            "type": "v2.core.account",
            "url": f"/v2/core/accounts/{identifier}",
        },
        "type": "v2.core.account.updated",
    }
    assert event == fetched
    assert api.v2("GET", f"/core/events/{event['id']}").body == fetched
    delivered = (await api.control("GET", "/events?type=v2.core.account.updated")).json()["data"][0]
    assert delivered == {name: value for name, value in fetched.items() if name not in ("changes", "data")}
    assert list(delivered) == [
        "id",
        "object",
        "type",
        "livemode",
        "created",
        "context",
        "reason",
        "related_object",
    ]


def test_thin_events_of_persons_name_their_account(api: Api) -> None:
    company = {**RECIPIENT, "identity": {"country": "us", "entity_type": "company"}}
    identifier = created(api, company)
    path = f"/core/accounts/{identifier}/persons"
    person = api.v2("POST", path, {"given_name": "Jenny"}).body["id"]
    api.v2("POST", f"{path}/{person}", {"surname": "Rosen"})
    api.v2("DELETE", f"{path}/{person}")
    found = all_events(api, f"&object_id={person}")
    assert [(event["type"], event["data"], event["changes"]) for event in found] == [
        (f"v2.core.account_person.{happened}", {"account_id": identifier}, None)
        for happened in ("created", "updated", "deleted")
    ]
    assert found[0]["related_object"] == {
        "id": person,
        "type": "v2.core.account_person",
        "url": f"/v2/core/accounts/{identifier}/persons/{person}",
    }


def test_a_refused_request_emits_no_event(api: Api) -> None:
    identifier = created(api, RECIPIENT)
    before = types(api)
    response = api.v2("POST", f"/core/accounts/{identifier}", {"display_name": "Shop", "contact_email": "none"})
    assert (response.status, types(api)) == (400, before)


@pytest.mark.asyncio
async def test_a_completed_onboarding_emits_an_event_for_every_capability(api: Api) -> None:
    identifier = created(api, RECIPIENT)
    count = len(all_events(api))
    await api.control("POST", f"/accounts/{identifier}/complete_onboarding")
    found = all_events(api)[count:]
    statuses = [
        (event["data"], event["changes"]["after"]["configuration"]["recipient"]["capabilities"])
        for event in found
        if event["type"].endswith("capability_status_updated")
    ]
    active = {"status": "active", "status_details": []}
    assert statuses == [
        ({"updated_capability": f"stripe_balance.{name}"}, {"stripe_balance": {name: active}})
        for name in ("payouts", "stripe_transfers")
    ]
    assert {event["reason"] is None for event in found} == {True}
    assert "v2.core.account[requirements].updated" in [event["type"] for event in found]


@pytest.mark.asyncio
async def test_events_of_the_clock_have_no_request(api: Api) -> None:
    identifier = created(api, RECIPIENT)
    await api.control("POST", f"/accounts/{identifier}/complete_onboarding")
    await api.control("POST", "/clock", {"freeze": NOON})
    deadline = {"requirement": "individual.id_number", "deadline": NOON + 3600}
    response = await api.control("POST", f"/accounts/{identifier}/requirements", deadline)
    assert response.status_code == 200, response.text
    count = len(all_events(api))
    await api.control("POST", "/clock", {"advance": 3600})
    found = [
        (event["type"].removeprefix("v2.core."), event["created"], event["reason"]) for event in all_events(api)[count:]
    ]
    at = "2030-01-01T13:00:00.000Z"
    status = "account[configuration.recipient].capability_status_updated"
    assert found == [("account[requirements].updated", at, None), (status, at, None), (status, at, None)]


@pytest.mark.asyncio
async def test_a_document_required_of_a_person_later_only_stops_payouts(api: Api) -> None:
    identifier = created(api, RECIPIENT)
    await api.control("POST", f"/accounts/{identifier}/complete_onboarding")
    count = len(all_events(api))
    await api.control(
        "POST", f"/accounts/{identifier}/requirements", {"requirement": "individual.verification.document"}
    )
    assert [
        event["data"] for event in all_events(api)[count:] if event["type"].endswith("capability_status_updated")
    ] == [{"updated_capability": "stripe_balance.payouts"}]
    path = f"/core/accounts/{identifier}?include[0]=requirements"
    (entry,) = api.v2("GET", path).body["requirements"]["entries"]
    assert entry["impact"] == {
        "restricts_capabilities": [
            {
                "capability": "stripe_balance.payouts",
                "configuration": "recipient",
                "deadline": {"status": "past_due"},
            }
        ]
    }


def test_closing_an_account_emits_an_event_and_the_account_can_be_retrieved(api: Api) -> None:
    identifier = created(api, {**RECIPIENT, "dashboard": "none"})
    api.v2("POST", f"/core/accounts/{identifier}/close", {"applied_configurations": ["recipient"]})
    event = all_events(api)[-1]
    assert (event["type"], event["changes"]["after"]) == ("v2.core.account.closed", None)
    assert event["changes"]["before"]["id"] == identifier
    assert api.v2("GET", event["related_object"]["url"].removeprefix("/v2")).body["closed"] is True


@pytest.mark.asyncio
async def test_returning_from_an_account_link_emits_an_event(api: Api) -> None:
    identifier = created(api, RECIPIENT)
    use_case = {
        "type": "account_onboarding",
        "account_onboarding": {
            "configurations": ["recipient"],
            "refresh_url": "https://example.com/again",
            "return_url": "https://example.com/back",
        },
    }
    link = api.v2("POST", "/core/account_links", {"account": identifier, "use_case": use_case}).body["url"]
    assert await open_and_leave(api, link) == 303
    event = all_events(api)[-1]
    assert {name: event[name] for name in ("type", "data", "changes", "reason", "related_object")} == {
        "type": "v2.core.account_link.returned",
        "data": {"account_id": identifier, "configurations": ["recipient"], "use_case": "account_onboarding"},
        "changes": None,
        "reason": None,
        "related_object": None,
    }


async def open_and_leave(api: Api, link: str) -> int:

    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://emulator.test") as client:
        path = "/" + link.rsplit("://", maxsplit=1)[-1].partition("/")[2]
        return (await client.post(path, data={"action": "leave"})).status_code


# --- and in v1 -------------------------------------------------------------------------------------------------


def in_v1(api: Api, identifier: str) -> list[str]:
    response = api.get("/v1/events", stripe_account=identifier)
    return [event["type"] for event in response.body["data"]][::-1]


def test_a_mere_recipient_has_no_events_of_v1(api: Api) -> None:
    identifier = created(api, RECIPIENT)
    update(api, identifier, {"display_name": "Shop", "identity": {"individual": {"given_name": "Jenny"}}})
    api.post(f"/v1/accounts/{identifier}", {"metadata": {"a": "b"}})
    assert in_v1(api, identifier) == []
    assert "account[identity].updated" in types(api)


@pytest.mark.asyncio
async def test_a_merchant_has_events_of_v1_and_v2(api: Api) -> None:
    identifier = created(api, {**MERCHANT, "dashboard": "none"})
    update(api, identifier, {"configuration": {"merchant": {"mcc": "5734"}}})
    assert in_v1(api, identifier) == ["capability.updated", "account.updated"]
    assert types(api)[-2:] == ["account[configuration.merchant].updated", "account[requirements].updated"]
    api.v2("POST", f"/core/accounts/{identifier}/close", {"applied_configurations": ["merchant"]})
    listed = (await api.control("GET", "/events?limit=2")).json()["data"]
    assert [event["type"] for event in listed] == ["v2.core.account.closed", "account.application.deauthorized"]
