"""Idempotency keys: replays of the saved response, and conflicts."""

from __future__ import annotations

import pytest

from emulator.store.budgets import Budget
from emulator.store.idempotency import Conflict, IdempotencyKeys, Saved, Use, fingerprint

from ..api import NEWEST, Answer, Api, on

LOGIN = "disable_stripe_user_authentication"


def _session(api: Api, account: str, key: str | None, **headers: str | None) -> Answer:
    return api.session(account, {"payments": on()}, idempotency_key=key, **headers)


def test_a_replay_is_the_first_response_with_a_new_request_id(api: Api) -> None:
    account = api.account(type="custom")
    first, second = _session(api, account, "k"), _session(api, account, "k")
    assert (second.status, second.raw) == (200, first.raw)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["original-request"] == first.headers["request-id"] != second.headers["request-id"]
    assert second.headers["idempotency-key"] == "k"
    assert "idempotent-replayed" not in first.headers
    assert _session(api, account, "other").raw != first.raw
    assert _session(api, account, None).raw != first.raw


@pytest.mark.asyncio
async def test_a_replay_has_the_same_secret_even_if_claimed(api: Api) -> None:
    account = api.account(type="custom")
    secret = _session(api, account, "k").body["client_secret"]
    claim = {"client_secret": secret, "publishable_key": "pk" + api.headers["authorization"][9:]}
    assert (await api.control("POST", "/connect/claim", claim)).status_code == 200
    assert _session(api, account, "k").body["client_secret"] == secret
    assert (await api.control("POST", "/connect/claim", claim)).json()["error"]["code"] == "client_secret_used"


ALIASES = "business_type=individual&individual[full_name_aliases]"
SAME_PARAMETERS = [
    ("type=custom&country=US", "country=US&type=custom"),
    ("metadata[a]=b&metadata[c]=d", "metadata%5Ba%5D=b&metadata%5bc%5d=d"),
    ("metadata[a]=b&metadata[c]=d", "metadata[c]=d&metadata[a]=b"),
    ("metadata[a]=b+c%2Bd", "m%65tadata[a]=b%20c%2bd"),
    ("type=express&type=custom", "type=custom"),
    (f"{ALIASES}[]=A&individual[full_name_aliases][]=B", f"{ALIASES}[0]=A&individual[full_name_aliases][1]=B"),
    ("metadata[a]=%5B1%5D", "metadata[a]=[1]"),
]
OTHER_PARAMETERS = [
    ("type=custom", "type=express"),
    ("type=custom", ""),
    ("type=express&type=custom", "type=custom&type=express"),
    (f"{ALIASES}[]=A&individual[full_name_aliases][]=B", f"{ALIASES}[]=B&individual[full_name_aliases][]=A"),
    (f"{ALIASES}[0]=A&individual[full_name_aliases][1]=B", f"{ALIASES}[1]=A&individual[full_name_aliases][0]=B"),
    ("metadata[a]=1", "metadata[a]=1&metadata[b]="),
    ("metadata[a]=b", "metadata[a]=b+"),
    ("metadata[a]=b", "metadata[a]=%ff"),
]


@pytest.mark.parametrize(("first", "second"), SAME_PARAMETERS)
def test_encoding_and_order_of_parameters_do_not_matter(api: Api, first: str, second: str) -> None:
    made = api.post("/v1/accounts", first, idempotency_key="k")
    assert made.status == 200
    assert api.post("/v1/accounts", second, idempotency_key="k").raw == made.raw
    assert api.post("/v1/accounts?" + second, idempotency_key="k").raw == made.raw


@pytest.mark.parametrize(("first", "second"), OTHER_PARAMETERS)
def test_different_parameters_are_another_request(api: Api, first: str, second: str) -> None:
    assert api.post("/v1/accounts", first, idempotency_key="k").status == 200
    response = api.post("/v1/accounts", second, idempotency_key="k")
    assert (response.status, response.error["type"]) == (400, "idempotency_error")


@pytest.mark.parametrize(
    ("first", "second"), [("", "{}"), ("{}", " "), ('{"metadata":{"a":"b"}}', '{"metadata": {"a": "\\u0062"}}')]
)
def test_on_v2_the_spelling_of_the_json_does_not_matter(api: Api, first: str, second: str) -> None:
    headers = {"stripe_version": NEWEST, "content_type": "application/json", "idempotency_key": "k"}
    made = api.send("POST", "/v2/core/accounts?include[0]=identity", first.encode(), **headers)
    assert made.status == 200
    again = api.send("POST", "/v2/core/accounts?include%5B0%5D=identity", second.encode(), **headers)
    assert again.raw == made.raw
    other = api.send("POST", "/v2/core/accounts?include[0]=defaults", second.encode(), **headers)
    assert (other.status, other.error["code"]) == (409, "idempotency_error")


def test_other_parameters_are_refused(api: Api) -> None:
    api.post("/v1/accounts", "type=custom", idempotency_key="k")
    response = api.post("/v1/accounts", "type=express", idempotency_key="k")
    assert response.status == 400
    assert response.error == {
        "message": "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
        "using a key other than 'k' if you meant to execute a different request.",
        "type": "idempotency_error",
    }


def test_another_endpoint_is_refused(api: Api) -> None:
    account = api.account(type="custom")
    api.post("/v1/accounts", "type=custom", idempotency_key="k")
    response = api.post(f"/v1/accounts/{account}", "email=a@example.com", idempotency_key="k", stripe_account=None)
    assert response.status == 200  # acts on that account: another scope
    api.post("/v1/accounts", "type=custom", idempotency_key="k2")
    response = _session(api, account, "k2")
    assert response.status == 400
    assert response.error == {
        "message": "Keys for idempotent requests can only be used for the same endpoint they were first used for "
        "('/v1/account_sessions' vs '/v1/accounts'). Try using a key other than 'k2' if you meant to execute a different "
        "request.",
        "type": "idempotency_error",
    }


@pytest.mark.parametrize(("key", "length"), [("", 0), ("k" * 256, 256)])
def test_a_key_has_1_to_255_characters(api: Api, key: str, length: int) -> None:
    response = api.post("/v1/accounts", "type=custom", idempotency_key=key)
    assert response.status == 400
    assert response.error == {
        "message": f"Idempotent key length is {length} characters long, which is outside accepted lengths. Idempotent Keys "
        "must be 1-255 characters long. If you're looking for a decent generator, try using a UUID defined by IETF RFC "
        "4122.",
        "type": "idempotency_error",
    }
    assert api.post("/v1/accounts", "type=custom", idempotency_key="k" * 255).status == 200


def test_an_error_of_the_endpoint_is_saved(api: Api) -> None:
    account = api.account(type="standard")
    asked = {"payouts": on(**{LOGIN: True})}
    first = api.session(account, asked, idempotency_key="k")
    second = api.session(account, asked, idempotency_key="k")
    assert (second.status, second.raw) == (400, first.raw)
    assert second.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("body", ["type=nonsense", "foo=1", "type=custom&email="])
def test_an_error_before_the_endpoint_is_not_saved(api: Api, body: str) -> None:
    assert api.post("/v1/accounts", body, idempotency_key="k").status == 400
    assert api.post("/v1/accounts", "type=custom", idempotency_key="k").status == 200


def test_an_unknown_id_is_not_saved(api: Api) -> None:
    assert _session(api, "acct_none", "k").status == 400
    assert _session(api, api.account(type="custom"), "k").status == 200


def test_a_refused_key_is_not_saved(api: Api) -> None:
    assert api.post("/v1/accounts", "type=custom", idempotency_key="k", authorization="Bearer x").status == 401
    assert "idempotent-replayed" not in api.post("/v1/accounts", "type=custom", idempotency_key="k").headers


def test_a_key_belongs_to_the_account_acted_on_and_to_the_sandbox(api: Api) -> None:
    one, two = api.account(type="custom"), api.account(type="custom")
    for account in (one, two):
        response = api.post(f"/v1/accounts/{account}", "email=a@example.com", idempotency_key="k")
        assert (response.body["id"], "idempotent-replayed" in response.headers) == (account, False)
    other = api.post("/v1/accounts", "type=custom", idempotency_key="k", authorization="Bearer sk_test_other")
    assert "idempotent-replayed" not in other.headers


@pytest.mark.asyncio
async def test_a_key_expires_after_24_hours_of_the_sandbox(api: Api) -> None:
    await api.control("POST", "/clock", {"freeze": 1_790_000_000})
    first = api.post("/v1/accounts", "type=custom", idempotency_key="k")
    await api.control("POST", "/clock", {"advance": 86_399})
    assert api.post("/v1/accounts", "type=custom", idempotency_key="k").raw == first.raw
    await api.control("POST", "/clock", {"advance": 1})
    assert api.post("/v1/accounts", "type=custom", idempotency_key="k").raw != first.raw


def test_keys_have_no_effect_on_get_and_delete(api: Api) -> None:
    account = api.account(type="custom")
    assert "idempotency-key" not in api.get("/v1/account", idempotency_key="k").headers
    deleted = api.delete(f"/v1/accounts/{account}", idempotency_key="k")
    assert deleted.headers["idempotency-key"] == "k"
    assert api.delete(f"/v1/accounts/{account}", idempotency_key="k").status == 403


def test_the_number_of_keys_is_bounded() -> None:
    keys = IdempotencyKeys(kept=10)
    for number in range(100):
        use = Use((None, str(number)), 0, "/v1/accounts", now=number)
        keys.save(use, 200, None, f"req_{number}")
    assert len(keys) == 10
    assert keys.find(Use((None, "89"), 0, "/v1/accounts", 100)) is None
    assert isinstance(keys.find(Use((None, "90"), 0, "/v1/accounts", 100)), Saved)


def test_the_keys_of_all_sandboxes_together_are_bounded() -> None:
    budget = Budget(limit=3000)
    one, two = IdempotencyKeys(budget=budget), IdempotencyKeys(budget=budget)
    for number in range(10):
        one.save(Use((None, str(number)), 0, "/v1/accounts", number), 200, b"x" * 488, f"req_{number}")
    assert (len(one), budget.used) == (3, 3000)
    two.save(Use((None, "a"), 0, "/v1/accounts", 0), 200, None, "req_a")
    two.save(Use((None, "b"), 0, "/v1/accounts", 0), 200, None, "req_b")
    assert (len(one), len(two), budget.used) == (3, 1, 3512)
    one.save(Use((None, "9"), 0, "/v1/accounts", 99), 200, None, "req_again")
    assert (len(one), budget.used) == (2, 2024)
    one.clear()
    two.clear()
    assert budget.used == 0


def test_a_reset_releases_the_budget_of_keys() -> None:
    api = Api()
    api.post("/v1/accounts", {"type": "custom"}, idempotency_key="k")
    assert api.emulator.sandboxes._budgets.keys.used > 0
    api.emulator.sandboxes.reset_all()
    assert api.emulator.sandboxes._budgets.keys.used == 0


def test_a_key_in_flight_conflicts_until_it_ends() -> None:
    keys, use = IdempotencyKeys(), Use((None, "k"), 0, "/v1/accounts", 0)
    keys.begin(use.slot)
    assert keys.find(use) is Conflict.IN_FLIGHT
    keys.end(use.slot)
    assert keys.find(use) is None


def test_a_fingerprint_covers_all_parts() -> None:
    marks = [fingerprint(b"a", b"bc"), fingerprint(b"ab", b"c"), fingerprint(b"abc"), fingerprint(b"abc", b"")]
    assert len(set(marks)) == 4


@pytest.mark.asyncio
async def test_a_replayed_500_has_the_headers_of_the_first(api: Api) -> None:
    await api.control("POST", "/faults", {"error": "api_error", "times": 1})
    first, second = (api.post("/v1/accounts", "type=custom", idempotency_key="k") for _ in range(2))
    assert (first.status, second.status, second.headers["idempotent-replayed"]) == (500, 500, "true")
    assert "stripe-should-retry" not in first.headers.keys() | second.headers.keys()
