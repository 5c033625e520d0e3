"""A resource is added by its declaration alone: a made-up one is driven through HTTP, in every verb."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from emulator.catalog import catalog, files, responses
from emulator.catalog import model as catalog_model
from emulator.model.answering import endpoints
from emulator.model.declaration import registry, templates
from emulator.model.declaration.resource import Events, Resource, owner_of
from emulator.model.stored.stored import Declared, stored

from ..api import Api

# The API's description of the resource, in the format of the catalog's data files.
INDEX = {
    "PostGadgets": "POST /v1/gadgets form v1_gadgets create gadget -",
    "GetGadgets": "GET /v1/gadgets none v1_gadgets list gadget -",
    "GetGadgetsGadget": "GET /v1/gadgets/{gadget} none v1_gadgets retrieve gadget -",
    "PostGadgetsGadget": "POST /v1/gadgets/{gadget} form v1_gadgets update gadget -",
    "DeleteGadgetsGadget": "DELETE /v1/gadgets/{gadget} none v1_gadgets delete gadget -",
    "PostGadgetsGadgetPolish": "POST /v1/gadgets/{gadget}/polish form v1_gadgets polish gadget gadget",
}
EXPAND = {"expand": ["string 5000"]}
BODY = {
    "color": "enum blue|red",
    "maker": "string",
    "metadata?": {"*": "string"},
    "size": {"width": "integer"},
    **EXPAND,
}
PAGE = {"color": "string", "ending_before": "string", "limit": "integer", "starting_after": "string", **EXPAND}
OPERATIONS = {
    "params": {
        "PostGadgets": BODY,
        "GetGadgets": PAGE,
        "GetGadgetsGadget": EXPAND,
        "PostGadgetsGadget": BODY,
        "DeleteGadgetsGadget": {},
        "PostGadgetsGadgetPolish": EXPAND,
    },
    "shared": {},
    "responses": {
        "GetGadgets": {"list of": "@gadget", "at": "/v1/gadgets"},
        **dict.fromkeys(["PostGadgets", "GetGadgetsGadget", "PostGadgetsGadget", "PostGadgetsGadgetPolish"], "@gadget"),
    },
}
SCHEMA = {
    "color?": "string",
    "created!": "timestamp",
    "id!": "string",
    "livemode!": "boolean",
    "maker?": "expandable account",
    "metadata!": {"*": "string"},
    "object!": "enum gadget",
    "size?": {"depth?": "integer", "width?": "integer"},
    "status!": "enum dull|shiny",
}

# --- the declaration: these are the twenty lines ------------------------------------------------------------------
GADGETS = stored(
    "gadget",
    "gad",
    owner=owner_of,
    start={"status": "dull"},
    filters=["color"],
    delete=lambda call, row: None,
    actions={"polish": lambda call, row, fields: {**fields, "status": "shiny"}},
    events=Events("gadget.created", "gadget.updated", "gadget.deleted"),
)
# ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """An emulator whose catalog has gadgets beside accounts."""
    data = tmp_path / "data"
    for folder in ("operations", "schemas"):
        (data / folder).mkdir(parents=True)
        for path in (files.DATA / folder).iterdir():
            (data / folder / path.name).symlink_to(path)
    (data / "operations" / "v1_gadgets.json").write_text(json.dumps(OPERATIONS))
    (data / "schemas" / "gadget.json").write_text(json.dumps({"schemas": {"gadget": SCHEMA}, "shared": {}}))
    (data / "index.json").write_text(json.dumps({**json.loads((files.DATA / "index.json").read_text()), **INDEX}))
    monkeypatch.setattr(files, "DATA", data)
    known = registry.resource
    monkeypatch.setattr(registry, "resource", lambda name: GADGETS if name == "gadget" else known(name))
    _forget()
    yield Api()
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    """Empties the caches of all that was read from the catalog."""
    caches = (
        *(
            templates.order,
            templates.times,
            catalog._index,
            catalog._by_object,
            catalog._by_beginning,
            catalog.operation,
            catalog._router,
            catalog_model._params,
            files.read_group,
            files.read_schemas,
        ),
        *(
            responses.response,
            responses.schema,
            responses._reader,
            endpoints.endpoint,
            templates.template,
            templates._nothing_of,
        ),
    )
    for cache in caches:
        cache.cache_clear()


def gadget(api: Api, **params: Any) -> Any:
    response = api.post("/v1/gadgets", params)
    assert response.status == 200, response.body
    return response.body


def test_it_is_created_retrieved_updated_acted_on_and_deleted(api: Api) -> None:
    body = gadget(api, color="red", size={"width": 3}, metadata={"a": "b"})
    whole = {
        "id": body["id"],
        "object": "gadget",
        "color": "red",
        "created": body["created"],
        "livemode": False,
        "maker": None,
        "metadata": {"a": "b"},
        "size": {"depth": None, "width": 3},
        "status": "dull",
    }
    assert body == whole
    assert list(body) == list(whole)
    assert body["id"].startswith("gad_1")
    url = f"/v1/gadgets/{body['id']}"
    assert api.get(url).body == whole
    changed = {**whole, "color": None, "metadata": {"c": "d"}}
    assert api.post(url, {"color": "", "metadata": {"a": "", "c": "d"}}).body["error"]["param"] == "color"
    assert api.post(url, {"metadata": {"a": "", "c": "d"}}).body == {**changed, "color": "red"}
    assert api.post(f"{url}/polish").body == {**changed, "color": "red", "status": "shiny"}
    assert api.delete(url).body == {"id": body["id"], "object": "gadget", "deleted": True}
    missing = api.get(url)
    assert (missing.status, missing.body["error"]["message"], missing.body["error"]["param"]) == (
        404,
        f"No such gadget: '{body['id']}'",
        "gadget",
    )


def test_it_is_listed_newest_first_page_by_page_and_filtered(api: Api) -> None:
    ids = [gadget(api, color=color)["id"] for color in ("red", "blue", "red")]
    page = api.get("/v1/gadgets?limit=2").body
    assert ([one["id"] for one in page["data"]], page["has_more"], page["url"]) == (ids[:0:-1], True, "/v1/gadgets")
    rest = api.get(f"/v1/gadgets?starting_after={ids[1]}").body
    assert ([one["id"] for one in rest["data"]], rest["has_more"]) == ([ids[0]], False)
    assert [one["id"] for one in api.get("/v1/gadgets?color=red").body["data"]] == [ids[2], ids[0]]
    assert api.get("/v1/gadgets?starting_after=gad_x").body["error"]["message"] == "No such gadget: 'gad_x'"


def test_its_ids_expand(api: Api) -> None:
    account = api.account(type="standard")
    body = gadget(api, maker=account)
    assert body["maker"] == account
    url = f"/v1/gadgets/{body['id']}?expand[]=maker"
    assert api.get(url).body == {**body, "maker": api.get(f"/v1/accounts/{account}").body}
    listed = api.get("/v1/gadgets?expand[]=data.maker").body["data"]
    assert [one["maker"]["object"] for one in listed] == ["account"]


def test_it_has_events(api: Api) -> None:
    body = gadget(api, color="red")
    url = f"/v1/gadgets/{body['id']}"
    changed = api.post(url, {"color": "blue"}).body
    api.delete(url)
    events = [(event["type"], event["data"]) for event in api.get("/v1/events").body["data"]]
    assert events == [
        ("gadget.deleted", {"object": changed}),
        ("gadget.updated", {"object": changed, "previous_attributes": {"color": "red"}}),
        ("gadget.created", {"object": body}),
    ]


def test_it_belongs_to_the_account_that_a_request_acts_on(api: Api) -> None:
    account = api.account(type="standard")
    own = gadget(api)
    theirs = api.post("/v1/gadgets", {}, stripe_account=account).body
    assert [one["id"] for one in api.get("/v1/gadgets").body["data"]] == [own["id"]]
    assert [one["id"] for one in api.get("/v1/gadgets", stripe_account=account).body["data"]] == [theirs["id"]]
    assert api.get(f"/v1/gadgets/{theirs['id']}").status == 404
    assert [event["type"] for event in api.get("/v1/events", stripe_account=account).body["data"]] == ["gadget.created"]


def test_a_request_that_fails_leaves_no_gadget_and_no_event(api: Api) -> None:
    assert api.post("/v1/gadgets", {"metadata": {"k" * 41: "v"}}).status == 400
    assert api.get("/v1/gadgets").body["data"] == []
    assert api.get("/v1/events").body["data"] == []


def test_a_declaration_takes_every_part_of_a_resource_with_its_type() -> None:
    own = set(inspect.signature(stored).parameters) - {"declared"}
    parts = {part.name for part in fields(Resource)}
    assert Declared.__annotations__.keys() == parts - own
