"""Nothing that is sent holds the loop: each request takes linear time, and no more than one of honest size."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from emulator.wire.form import LIMITS

from ..api import Api
from ..work import seconds

PAIRS = LIMITS.pairs - 1


ROUNDS = 12
HONEST = "&".join(f"metadata[key{number}]=value" for number in range(PAIRS))  # about 12 ms on an idle core of 2024


def takes_at_most_twice_as_long(api: Api, run: Callable[[], object]) -> bool:
    """Whether a request takes at most twice as long as a form of as many parameters as are allowed.

    Both are measured in turns, and the shortest of each are compared: others on the machine slow down either.
    """
    fastest = honest = float("inf")
    for _ in range(ROUNDS):
        honest = min(honest, seconds(lambda: api.post("/v1/accounts", HONEST)))
        fastest = min(fastest, seconds(run))
        if fastest < 2 * honest:
            return True
    return False


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    gc.collect()
    gc.freeze()  # what the tests before have left is traversed by no collection that a request causes
    yield Api()
    gc.unfreeze()


def many(template: str, count: int = PAIRS) -> str:
    return "&".join(template.replace("#", str(number)) for number in range(count))


FORMS = {
    "unknown names": many("capabilitiez#=1"),
    "unknown names in a hash": many("settings[paymentz#][x]=1"),
    "unknown names deep down": many("metadata" + "".join(f"[{place}a#]" for place in range(4)) + "=1"),
    "arrays in arrays": many("a" + "[]" * 30 + "=1"),
    "elements": many("a[][b][c][d][e]=1"),
    "elements of an enum": many("enabled_events[#]=account.updatet"),
    "elements that are hashes": many("documents[company_license][files][#][x]=1"),
    "one long name": "a" * LIMITS.body,
    "a name of brackets": "a" + "[" * LIMITS.body,
    "a name of closed brackets": "a" + "[]" * (LIMITS.body // 2),
    "a deep name": "a" + "[b]" * (LIMITS.body // 3),
    "an escaped name": many("%41" * 30 + "#=1"),
    "stray escapes": "email=" + "%" * (LIMITS.body - 6),
    "an email address": "email=a@" + "a." * (LIMITS.body // 2 - 5),
    "expansions": many("expand[]=external_accounts.data.account"),
    "an expansion": "expand[]=" + "." * (LIMITS.body - 9),
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/account_sessions", "/v1/webhook_endpoints"])
def test_a_malicious_form_takes_no_longer_than_a_normal_one(api: Api, path: str, body: str) -> None:
    assert takes_at_most_twice_as_long(api, lambda: api.post(path, body[: LIMITS.body]))


BODIES: dict[str, object] = {
    "an array": {"include": [1] * 500_000},
    "arrays": {"include": [[]] * 300_000},
    "unknown names": {f"contact_emailz{number}": 1 for number in range(PAIRS)},
    "too many names": {f"contact_emailz{number}": 1 for number in range(50_000)},
    "unknown names in a hash": {"identity": {f"countryz{number}": 1 for number in range(PAIRS - 1)}},
    "elements": {"include": ["identitie"] * PAIRS},
    "a name of brackets": {"[" * 900_000: 1},
    "a name of words in brackets": {"[a]" * 300_000: 1},
    "a long text": {"contact_email": "a@" + "a." * 450_000},
    "metadata": {"metadata": {f"key{number}": "value" for number in range(PAIRS - 1)}},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_malicious_json_takes_no_longer_than_a_normal_form(api: Api, body: object) -> None:
    sent = json.dumps(body).encode()
    headers = {"content_type": "application/json", "stripe_version": "2026-10-28.endive", "idempotency_key": "one"}
    assert takes_at_most_twice_as_long(api, lambda: api.send("POST", "/v2/core/accounts", sent, **headers))


def test_deep_json_is_refused_at_once(api: Api) -> None:
    headers = {"content_type": "application/json", "stripe_version": "2026-10-28.endive"}
    for body in (b'{"a":' + b"[" * 900_000, b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", b'{"a":' * 200_000):
        send = partial(api.send, "POST", "/v2/core/accounts", body, **headers)
        assert send().status == 400
        assert takes_at_most_twice_as_long(api, send)


@pytest.mark.parametrize("pattern", ["*" * 20 + "!", "*a" * 200 + "!", "a*" * 200, "*" * 4000])
def test_wildcards_of_events_are_matched_in_linear_time(api: Api, pattern: str) -> None:
    api.account(type="custom")
    api.account(type="custom")
    assert takes_at_most_twice_as_long(api, lambda: api.get(f"/v1/events?type={pattern}"))
