"""Secrets of apps: one of each name in a scope."""

from __future__ import annotations

from ...api import Api

ACCOUNT = {"type": "account"}


def test_a_secret_is_found_by_its_name_and_shows_its_payload_when_it_is_expanded() -> None:
    api = Api()
    made = api.post("/v1/apps/secrets", {"name": "token", "payload": "secret", "scope": ACCOUNT}).body
    assert made == {
        "id": made["id"],
        "object": "apps.secret",
        "created": made["created"],
        "expires_at": None,
        "livemode": False,
        "name": "token",
        "scope": {"type": "account"},
    }
    assert api.get("/v1/apps/secrets/find?name=token&scope[type]=account").body == made
    found = api.get("/v1/apps/secrets/find?name=token&scope[type]=account&expand[]=payload").body
    assert found == {**made, "payload": "secret"}
    assert api.get("/v1/apps/secrets?scope[type]=account").body["data"] == [made]
    assert api.get("/v1/apps/secrets?scope[type]=user&scope[user]=usr_1").body["data"] == []


def test_a_secret_replaces_the_one_of_its_name_and_is_deleted_by_it() -> None:
    api = Api()
    api.post("/v1/apps/secrets", {"name": "token", "payload": "old", "scope": ACCOUNT})
    made = api.post("/v1/apps/secrets", {"name": "token", "payload": "new", "scope": ACCOUNT}).body
    assert [one["id"] for one in api.get("/v1/apps/secrets?scope[type]=account").body["data"]] == [made["id"]]
    deleted = api.post("/v1/apps/secrets/delete", {"name": "token", "scope": ACCOUNT}).body
    assert (deleted["id"], deleted["deleted"]) == (made["id"], True)
    missing = api.get("/v1/apps/secrets/find?name=token&scope[type]=account")
    assert (missing.status, missing.error["message"]) == (404, "No such secret: 'token'")


def test_the_scope_of_a_user_names_the_user() -> None:
    refused = Api().post("/v1/apps/secrets", {"name": "token", "payload": "x", "scope": {"type": "user"}})
    assert (refused.status, refused.error["param"]) == (400, "scope[user]")
