"""The dashboard over HTTP: its page, its files, their policy, and the stream of changes."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from freezegun import freeze_time

from emulator.control.dashboard.page import HEADERS, POLICY, STATIC, TYPES, assets
from emulator.sandbox.observers import MAX_OBSERVERS, Observers
from emulator.server import Server
from emulator.settings import Settings

from ..api import KEY, Api

AUTH = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@contextmanager
def following(url: str, **headers: str) -> Iterator[Iterator[dict[str, Any]]]:
    """The messages of a stream as they come; five seconds without one are an error."""
    with (
        httpx.Client(base_url=url, timeout=5) as client,
        client.stream("GET", "/_emulator/stream", headers={**AUTH, **headers}) as response,
    ):
        assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        yield (json.loads(line.removeprefix("data: ")) for line in response.iter_lines() if line.startswith("data: "))


# --- the page ---------------------------------------------------------------------------------------------------


def test_the_page_comes_with_a_policy_that_lets_nothing_else_run(server: Server) -> None:
    answer = httpx.get(f"{server.url}/_emulator/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    )
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("token", ["", "hidden"])
def test_without_its_slash_the_address_leads_to_the_page(token: str) -> None:
    with Server(Settings(port=0, control_token=token)) as server:
        answer = httpx.get(f"{server.url}/_emulator", follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/_emulator/")


@pytest.mark.parametrize("name", sorted(assets()))
def test_every_file_is_served_with_its_type_and_the_policy(name: str, server: Server) -> None:
    answer = httpx.get(f"{server.url}/_emulator/dashboard/{name}")
    assert (answer.status_code, answer.content) == (200, (STATIC / name).read_bytes())
    assert answer.headers["content-type"].startswith(TYPES[f".{name.rpartition('.')[2]}"])
    assert {header: answer.headers[header] for header in HEADERS} == HEADERS


def test_everything_that_the_files_name_is_there_and_nothing_is_from_elsewhere() -> None:
    texts = {path.name: path.read_text() for path in STATIC.iterdir()}
    named = set(re.findall(r"/_emulator/dashboard/([\w.]+)", "".join(texts.values())))
    named |= set(re.findall(r'from "\./([\w.]+)"', "".join(texts.values())))
    assert named == assets()
    assert "https://" not in "".join(texts.values())


def test_no_file_makes_html_of_text() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.style\b")
    assert [path.name for path in STATIC.glob("*.js") if forbidden.search(path.read_text())] == []
    assert not re.search(r"<style|<script>|style=|\son\w+=", (STATIC / "page.html").read_text())


@pytest.mark.parametrize("name", ["page.html", "nothing.js", "..%2Fpage.py", "%2e%2e%2fstream.py", "style.css%00"])
def test_no_other_file_is_served(name: str, server: Server) -> None:
    answer = httpx.get(f"{server.url}/_emulator/dashboard/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] in ("file_not_found", "route_not_found")


def test_the_page_needs_no_token_but_holds_no_key_and_the_stream_needs_it() -> None:
    with Server(Settings(port=0, control_token="hidden")) as server:
        httpx.get(f"{server.url}/v1/account", headers=AUTH)
        page = httpx.get(f"{server.url}/_emulator/")
        assert page.status_code == 200
        assert KEY not in page.text
        assert httpx.get(f"{server.url}/_emulator/dashboard/main.js").status_code == 200
        assert httpx.get(f"{server.url}/_emulator/stream", headers=AUTH).status_code == 401
        with following(server.url, **{"x-emulator-token": "hidden"}) as messages:
            assert next(messages)["mode"] == "running"


def test_the_page_is_off_with_the_control_api_and_not_served_under_foreign_names() -> None:
    with Server(Settings(port=0, control=False)) as server:
        assert httpx.get(f"{server.url}/_emulator/").status_code == 404
    with Server() as server:
        foreign = httpx.get(f"{server.url}/_emulator/", headers={"host": "rebound.example"})
        assert (foreign.status_code, foreign.json()["error"]["code"]) == (403, "host_not_allowed")


def test_the_policy_has_no_way_around() -> None:
    assert "unsafe" not in POLICY
    assert "*" not in POLICY


# --- the stream -------------------------------------------------------------------------------------------------


def test_a_stream_begins_with_the_current_state(server: Server) -> None:
    httpx.post(f"{server.url}/_emulator/clock", headers=AUTH, json={"freeze": 1_800_000_000})
    with following(server.url) as messages:
        assert next(messages) == {
            "now": 1_800_000_000,
            "mode": "frozen",
            "offset": 0,
            "counts": {
                "requests": 0,
                "sessions": 0,
                "accounts": 0,
                "payments": 0,
                "transfers": 0,
                "payouts": 0,
                "balances": 0,
                "events": 0,
                "webhooks": 0,
                "faults": 0,
                "warnings": 0,
            },
        }


def test_a_request_sends_a_message_within_a_second(server: Server) -> None:
    with following(server.url) as messages:
        next(messages)
        answer = httpx.post(f"{server.url}/v1/accounts", headers=AUTH, data={"type": "express"})
        message = next(messages)
    assert answer.elapsed < timedelta(seconds=1)
    assert (message["counts"]["requests"], message["counts"]["accounts"]) == (1, 1)


def test_a_change_by_the_control_api_sends_a_message(server: Server) -> None:
    with following(server.url) as messages:
        next(messages)
        httpx.post(f"{server.url}/_emulator/faults", headers=AUTH, json={"error": "lock_timeout"})
        assert next(messages)["counts"]["faults"] == 1
        httpx.post(f"{server.url}/_emulator/clock", headers=AUTH, json={"freeze": 1_900_000_000})
        assert next(messages)["now"] == 1_900_000_000


def test_a_request_to_another_sandbox_sends_no_message(server: Server) -> None:
    with following(server.url) as messages:
        next(messages)
        httpx.get(f"{server.url}/v1/accounts", headers={"authorization": "Bearer sk_test_another"})
        httpx.get(f"{server.url}/v1/accounts", headers=AUTH)
        assert next(messages)["counts"]["requests"] == 1


def test_a_delivery_sends_a_message(server: Server) -> None:
    """Deliver to a closed port: the end of the attempt sends the message."""
    with following(server.url) as messages:
        next(messages)
        endpoint = {"url": "http://127.0.0.1:9/webhook", "enabled_events[]": "*", "connect": "true"}
        httpx.post(f"{server.url}/v1/webhook_endpoints", headers=AUTH, data=endpoint)
        account = httpx.post(f"{server.url}/v1/accounts", headers=AUTH, data={"type": "standard"}).json()["id"]
        httpx.post(f"{server.url}/v1/accounts/{account}", headers=AUTH, data={"metadata[shop]": "7"})
        while not _tried(server):
            next(messages)


def _tried(server: Server) -> bool:
    (endpoint,) = httpx.get(f"{server.url}/_emulator/webhooks", headers=AUTH).json()["data"]
    return any(delivery["attempts"] for delivery in endpoint["deliveries"])


def test_a_frozen_machine_keeps_the_stream_alive(server: Server) -> None:
    with freeze_time("2030-01-01 12:00:00"), following(server.url) as messages:
        assert next(messages)["now"] == 1_893_499_200
        httpx.get(f"{server.url}/v1/accounts", headers=AUTH)
        assert next(messages)["counts"]["requests"] == 1


def test_a_reset_sends_a_message_and_the_stream_goes_on(server: Server) -> None:
    httpx.post(f"{server.url}/v1/accounts", headers=AUTH, data={"type": "express"})
    with following(server.url) as messages:
        assert next(messages)["counts"]["accounts"] == 1
        httpx.post(f"{server.url}/_emulator/reset", headers=AUTH)
        assert next(messages)["counts"]["accounts"] == 0


def test_a_quiet_stream_gives_signs_of_life(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.control.dashboard.stream.HEARTBEAT_SECONDS", 0.02)
    with httpx.stream("GET", f"{server.url}/_emulator/stream", headers=AUTH, timeout=5) as response:
        assert next(line for line in response.iter_lines() if line.startswith(":")) == ": alive"


def test_a_stream_needs_a_key(server: Server) -> None:
    answer = httpx.get(f"{server.url}/_emulator/stream")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "secret_key_required")


def test_there_are_no_more_streams_than_is_good_and_a_closed_one_makes_room(server: Server) -> None:
    with httpx.Client(base_url=server.url, headers=AUTH, timeout=5) as client:
        limits = httpx.Limits(max_connections=MAX_OBSERVERS + 1)
        with httpx.Client(base_url=server.url, headers=AUTH, timeout=5, limits=limits) as many:
            for _ in range(MAX_OBSERVERS):
                many.send(many.build_request("GET", "/_emulator/stream"), stream=True)
            refused = client.get("/_emulator/stream")
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "too_many_streams")
        for _ in range(500):
            with client.stream("GET", "/_emulator/stream") as response:
                if response.status_code == 200:
                    return
    pytest.fail("no stream was let in again")


def test_the_server_stops_at_once_under_open_streams(caplog: pytest.LogCaptureFixture) -> None:
    server = Server().start()
    with following(server.url) as messages:
        next(messages)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        stopping.join(2)
        assert not stopping.is_alive()
        with pytest.raises((StopIteration, httpx.TransportError)):
            next(messages)
    assert caplog.records == [] or all("httpx" in record.name or "httpcore" in record.name for record in caplog.records)


def test_observers_are_notified_until_they_are_removed() -> None:
    observers, calls = Observers(), list[bool]()
    observers.add(calls.append)
    observers.notify(changed=True)
    observers.remove(calls.append)
    observers.notify(changed=False)
    assert calls == [True]


@pytest.mark.asyncio
async def test_a_client_without_streaming_gets_the_page_too(api: Api) -> None:
    answer = await api.control("GET", "/", key=None)
    assert (answer.status_code, answer.headers["content-security-policy"]) == (200, POLICY)


def test_sandboxes_are_listed_on_loopback_only() -> None:
    key = {"authorization": "Bearer sk_test_one"}
    for host, listed in (("127.0.0.1", True), ("0.0.0.0", False)):
        with Server(Settings(host=host, port=0)) as server:
            url = server.url.replace("0.0.0.0", "127.0.0.1")
            httpx.post(f"{url}/v1/accounts", headers=key, data={"type": "express"})
            httpx.get(f"{url}/v1/account", headers={"authorization": "Bearer pk_test_two"})
            found = httpx.get(f"{url}/_emulator/sandboxes").json()
        rows = [
            {"key": "sk_test_two", "requests": 1, "accounts": 0},
            {"key": "sk_test_one", "requests": 1, "accounts": 1},
        ]
        assert found == {"data": rows if listed else [], "total": 2, "listed": listed}


def test_the_list_of_sandboxes_requires_the_token_and_is_refused_to_other_pages() -> None:
    with Server(Settings(port=0, control_token="hidden")) as server:
        assert httpx.get(f"{server.url}/_emulator/sandboxes").status_code == 401
    with Server() as server:
        page = {"origin": "https://evil.example", "host": server.url.removeprefix("http://")}
        assert httpx.get(f"{server.url}/_emulator/sandboxes", headers=page).status_code == 403


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_address_alone_leads_a_browser_to_the_dashboard(method: str) -> None:
    with Server() as server:
        response = httpx.request(method, server.url, headers={"accept": BROWSER})
        assert (response.status_code, response.headers["location"]) == (302, "/_emulator/")
        assert httpx.get(server.url, headers={"accept": BROWSER}, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    ("settings", "method", "accept"),
    [
        (Settings(port=0), "GET", "*/*"),
        (Settings(port=0), "GET", "application/json"),
        (Settings(port=0), "POST", BROWSER),
        (Settings(port=0, control=False), "GET", BROWSER),
    ],
)
def test_the_address_alone_is_an_unknown_url_of_the_api(settings: Settings, method: str, accept: str) -> None:
    with Server(settings) as server:
        response = httpx.request(method, server.url, headers={"accept": accept})
        assert response.status_code == 404
        assert response.json()["error"]["message"].startswith(f"Unrecognized request URL ({method}: /).")
