"""`/v1/webhook_endpoints`, by literal answers."""

from __future__ import annotations

import pytest

from emulator.store.webhooks import MOST, Attempt, Deliveries, Delivery, WebhookEndpoint
from emulator.webhooks.signature import signature

from ...api import Api

URL = "https://example.com/hook"


def new_endpoint(api: Api, **params: object) -> str:
    sent = {"url": URL, "enabled_events": ["account.updated"], **params}
    return str(api.posted("webhook_endpoints", **sent)["id"])


@pytest.mark.asyncio
async def test_a_new_endpoint_shows_its_secret_once(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": 1893499200})
    answer = api.post(
        "/v1/webhook_endpoints", {"url": URL, "enabled_events": ["account.updated", "capability.updated"]}
    )
    secret, identifier = answer.body["secret"], answer.body["id"]
    shown = {
        "id": identifier,
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": 1893499200,
        "description": None,
        "enabled_events": ["account.updated", "capability.updated"],
        "livemode": False,
        "metadata": {},
        "secret": secret,
        "status": "enabled",
        "url": URL,
    }
    assert (answer.status, answer.body) == (200, shown)
    assert list(answer.body) == list(shown)
    assert (secret[:6], len(secret)) == ("whsec_", 38)
    assert identifier.startswith("we_1")
    del shown["secret"]
    assert api.get(f"/v1/webhook_endpoints/{identifier}").body == shown
    assert api.get("/v1/webhook_endpoints").body == {
        "object": "list",
        "data": [shown],
        "has_more": False,
        "url": "/v1/webhook_endpoints",
    }


def test_a_connect_endpoint_names_the_platforms_application(api: Api) -> None:
    identifier = new_endpoint(
        api, connect=True, api_version="2026-10-28.endive", description="d", metadata={"b": "2", "a": "1"}
    )
    body = api.get(f"/v1/webhook_endpoints/{identifier}").body
    assert body["application"].startswith("ca_")
    assert "connect" not in body
    assert (body["api_version"], body["description"]) == ("2026-10-28.endive", "d")
    assert list(body["metadata"].items()) == [("a", "1"), ("b", "2")]


def test_an_update_changes_only_the_sent_parameters(api: Api) -> None:
    identifier = new_endpoint(api, description="d", metadata={"a": "1"})
    path = f"/v1/webhook_endpoints/{identifier}"
    before = api.get(path).body
    changed = {"url": "http://127.0.0.1:3000/x", "enabled_events": ["*"], "disabled": True, "metadata": {"b": "2"}}
    assert api.post(path, changed).body == {
        **before,
        "url": "http://127.0.0.1:3000/x",
        "enabled_events": ["*"],
        "metadata": {"a": "1", "b": "2"},
        "status": "disabled",
    }
    assert api.post(path, "disabled=false&description=").body["status"] == "enabled"
    assert api.get(path).body["description"] is None


def test_a_deleted_endpoint_is_gone(api: Api) -> None:
    identifier = new_endpoint(api)
    path = f"/v1/webhook_endpoints/{identifier}"
    assert api.delete(path).body == {"id": identifier, "object": "webhook_endpoint", "deleted": True}
    for answer in (api.get(path), api.post(path, {"disabled": True}), api.delete(path)):
        assert answer.status == 404
        assert answer.error == {
            "code": "resource_missing",
            "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
            "message": f"No such webhook endpoint: '{identifier}'",
            "param": "webhook_endpoint",
            "type": "invalid_request_error",
        }


def test_lists_come_newest_first(api: Api) -> None:
    made_ones = [new_endpoint(api) for _ in range(3)]
    assert [row["id"] for row in api.get("/v1/webhook_endpoints?limit=2").body["data"]] == [made_ones[2], made_ones[1]]


def test_there_can_be_sixteen(api: Api) -> None:
    identifiers = [new_endpoint(api) for _ in range(16)]
    refused = api.post("/v1/webhook_endpoints", {"url": URL, "enabled_events": ["*"]})
    assert refused.status == 400
    assert refused.error == {
        "message": "You have reached the maximum of 16 test webhook endpoints.",
        "type": "invalid_request_error",
    }
    api.delete(f"/v1/webhook_endpoints/{identifiers[0]}")
    new_endpoint(api)


def test_an_sdk_ahead_of_the_published_versions_names_its_own(api: Api) -> None:
    params = f"url={URL}&enabled_events[]=*&api_version=2099-01-01.later"
    answer = api.post("/v1/webhook_endpoints", params, stripe_version="2099-01-01.later")
    assert (answer.status, answer.body["api_version"]) == (200, "2099-01-01.later")
    refused = api.post("/v1/webhook_endpoints", params)
    assert (refused.status, refused.error["param"]) == (400, "api_version")


@pytest.mark.parametrize(
    ("params", "param", "message"),
    [
        ("enabled_events[]=*", "url", "Missing required param: url."),
        (f"url={URL}", "enabled_events", "Missing required param: enabled_events."),
        (f"url={URL}&enabled_events=account.updated", "enabled_events", "Invalid array"),
        (f"url={URL}&enabled_events[]=*&api_version=2019-01-01", "api_version", "Invalid api_version: must be one of "),
        (f"url={URL}&enabled_events[]=*&connect=1", "connect", "Invalid boolean: 1"),
        (f"url={URL}&enabled_events[]=*&status=enabled", "status", "Received unknown parameter: status"),
        (
            "url=example.com&enabled_events[]=*",
            "url",
            "Invalid URL: An explicit scheme (such as https) must be provided.",
        ),
        ("url=ftp://example.com&enabled_events[]=*", "url", "Not a valid URL"),
        ("url=http://&enabled_events[]=*", "url", "Not a valid URL"),
        ("url=http://[&enabled_events[]=*", "url", "Not a valid URL"),
        ("url=http://a/%0d%0aX:y&enabled_events[]=*", "url", "Not a valid URL"),
        ("url=http://a/%20&enabled_events[]=*", "url", "Not a valid URL"),
        ("url=http://a:99999/&enabled_events[]=*", "url", "Not a valid URL"),
    ],
)
def test_invalid_parameters_are_refused(api: Api, params: str, param: str, message: str) -> None:
    refused = api.post("/v1/webhook_endpoints", params)
    assert (refused.status, refused.error["param"]) == (400, param)
    assert refused.error["message"].startswith(message)


def test_an_unknown_event_is_refused_with_the_list_of_all(api: Api) -> None:
    refused = api.post("/v1/webhook_endpoints", f"url={URL}&enabled_events[]=*&enabled_events[]=account.changed")
    assert (refused.status, refused.error["param"]) == (400, "enabled_events[1]")
    start = "Invalid enabled_events[1]: must be one of *, account.application.authorized, "
    assert refused.error["message"].startswith(start)


def test_a_connected_account_has_no_endpoints(api: Api) -> None:
    account = api.account(type="standard")
    identifier = new_endpoint(api)
    answers = [
        api.post("/v1/webhook_endpoints", {"url": URL, "enabled_events": ["*"]}, stripe_account=account),
        api.get("/v1/webhook_endpoints", stripe_account=account),
        api.get(f"/v1/webhook_endpoints/{identifier}", stripe_account=account),
    ]
    for answer in answers:
        assert answer.status == 403
        assert answer.error == {
            "message": "You are not permitted to configure webhook endpoints on a connected account. Did you mean to "
            "create a Connect webhook on your account instead?",
            "type": "invalid_request_error",
        }


@pytest.mark.parametrize(
    ("endpoint", "account", "wanted"),
    [
        (WebhookEndpoint("we", URL, ("account.updated",), ""), None, True),
        (WebhookEndpoint("we", URL, ("account.updated",), ""), "acct_1", False),
        (WebhookEndpoint("we", URL, ("account.updated",), "", connect=True), "acct_1", True),
        (WebhookEndpoint("we", URL, ("account.updated",), "", connect=True), None, False),
        (WebhookEndpoint("we", URL, ("*",), "", connect=True), "acct_1", True),
        (WebhookEndpoint("we", URL, ("person.created",), "", connect=True), "acct_1", False),
        (WebhookEndpoint("we", URL, ("*",), "", connect=True, disabled=True), "acct_1", False),
        (WebhookEndpoint("forward_to", URL, ("*",), "", everything=True), "acct_1", True),
        (WebhookEndpoint("forward_to", URL, ("*",), "", everything=True), None, True),
    ],
)
def test_who_gets_an_event(endpoint: WebhookEndpoint, account: str | None, wanted: bool) -> None:
    assert endpoint.is_subscribed("account.updated", account) is wanted


def test_a_signature_is_the_hmac_of_time_and_payload() -> None:
    v1 = "a81d94f9116f6bdf38850b7a97523cc02d64d93c7b588900b56575f71588c6c1"
    found = signature(b'{\n  "id": "evt_1"\n}', "whsec_test", 1893499200, livemode=True)
    assert found == f"t=1893499200,v1={v1}"
    assert signature(b"{}", "whsec_test", 1893499200).count(",") == 2


def test_deliveries_are_bounded() -> None:
    kept = Deliveries()
    for number in range(MOST + 3):
        kept.schedule(f"evt_{number}", "we_1", 0)
    assert len(kept) == MOST
    assert kept.of("evt_2") == ()
    assert next(iter(kept)) == Delivery("evt_3", "we_1", 0)


def test_an_event_whose_deliveries_are_forgotten_has_still_not_arrived() -> None:
    kept = Deliveries()
    kept.schedule("evt_lost", "we_1", 1)
    kept.schedule("evt_lost", "we_2", 1)
    kept.record(Delivery("evt_lost", "we_2", 1), Attempt(1, 200, None, 1, ""), None)
    kept.schedule("evt_arrived", "we_1", 1)
    kept.record(Delivery("evt_arrived", "we_1", 1), Attempt(1, 200, None, 1, ""), None)
    for number in range(MOST):
        kept.schedule(f"evt_{number}", "we_1", 1)
    assert (kept.of("evt_lost"), kept.of("evt_arrived"), len(kept)) == ((), (), MOST)
    assert (kept.undelivered("evt_lost"), kept.undelivered("evt_arrived")) == (1, 0)
    kept.schedule("evt_lost", "we_1", 2)
    kept.record(Delivery("evt_lost", "we_1", 2), Attempt(2, 200, None, 1, ""), None)
    assert kept.undelivered("evt_lost") == 0


def test_a_delivery_scheduled_while_it_is_being_sent_is_sent_again() -> None:
    kept = Deliveries()
    kept.schedule("evt_1", "we_1", 0)
    (delivery,) = kept.due(0)
    kept.send(delivery)
    assert kept.due(10) == []
    kept.schedule("evt_1", "we_1", 5)
    kept.record(delivery, Attempt(0, 200, None, 1, ""), None)
    assert [row.due_at for row in kept.due(10)] == [5]


def test_the_end_of_a_delivery_that_was_dropped_meanwhile_is_not_noted() -> None:
    kept = Deliveries()
    kept.schedule("evt_1", "we_1", 0)
    (delivery,) = kept.due(0)
    kept.send(delivery)
    kept.drop_endpoint("we_1")
    kept.record(delivery, Attempt(0, 200, None, 1, ""), None)
    assert (len(kept), list(kept), kept.sending) == (0, [], False)
