"""Seeds: the Stripe CLI's fixtures files run here as there, and a sandbox can be exported as one."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import catalog
from emulator.app import Emulator
from emulator.auth.keys import parse
from emulator.client import EmulatorClient, EmulatorError
from emulator.events import elapse
from emulator.seeds import files
from emulator.seeds.document import read
from emulator.seeds.encoding import form_data, json_body
from emulator.seeds.errors import SeedError
from emulator.seeds.lookup import look_up, number
from emulator.seeds.references import Scope, resolve, resolve_path
from emulator.seeds.run import Run
from emulator.seeds.variables import dotenv, is_path, variables, variables_of
from emulator.server import Server
from emulator.settings import BadSetting, Settings
from emulator.wire.json import Json

from ..api import KEY, PUBLISHABLE, Api
from ..clients.stripe_cli import cli

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

NOON = 1_893_499_200  # 2030-01-01 12:00:00
ANSWERS: Mapping[str, Any] = {
    "account": {
        "id": "acct_1",
        "charges_enabled": False,
        "email": None,
        "name": "",
        "created": 1700000000,
        "share": 50.0,
        "metadata": {"a.b": "dotted", "0": "zero"},
        "external_accounts": {"data": [{"id": "ba_1", "last4": "6789"}, {"id": "ba_2"}]},
    },
    "account_2": {"id": "acct_2"},
}


def scope(**variables_given: str) -> Scope:
    return Scope(ANSWERS, variables_given, lambda: NOON, lambda: "8a9f")


# --- references ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ("${account:id}", "acct_1"),
        ("x-${account:id}-y", "x-acct_1-y"),
        ("${account:id} ${account:id}", "acct_1"),  # one match from the first brace to the last
        ("${account:id}/${account:id}", "acct_1/acct_1"),
        ("${account:id}/${account_2:id}", "acct_1/${account_2:id}"),
        ("${account:id}-${account_2:id}", "acct_1"),
        ("${account:id|other}", "acct_1"),
        ("${account:nothing|other}", "other"),
        ("x-${account:nothing|other}", "other"),
        ("x-${account:nothing}", "x-${account:nothing}"),
        ("${account:nothing|a/b}", "${account:nothing|a/b}"),
        ("${account:email|none}", "none"),
        ("${account:name|none}", "none"),
        ("${account:charges_enabled|none}", "false"),
        ("${account:created}", "1700000000"),
        ("${account:share}", "50"),
        ("${account:external_accounts.data.#}", "2"),
        ("${account:external_accounts.data.1.id}", "ba_2"),
        ("${account:external_accounts.data.2.id|none}", "none"),
        ("${.env:VAR}", "value"),
        ("${.env:VAR}/x/${.env:VAR}", "value/x/value"),
        ("${.env:OTHER|default}", "default"),
        ("${.env:OTHER}", "${.env:OTHER}"),
        ("${time-now-RFC3339}", "2030-01-01T12:00:00Z"),
        ("at ${time-now-RFC3339}", "at ${time-now-RFC3339}"),
        ("${generate-uuid}", "8a9f"),
        ("${account.id}", "${account.id}"),
        ("$account:id", "$account:id"),
    ],
)
def test_a_reference_is_resolved_as_the_cli_does(text: str, value: str) -> None:
    assert resolve(text, scope(VAR="value")) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/v1/accounts", "/v1/accounts"),
        ("//v1//accounts/", "//v1//accounts/"),
        ("/v1/accounts/${account:id}", "/v1/accounts/acct_1"),
        ("/v1//accounts/${account:id}/persons/", "/v1/accounts/acct_1/persons"),
        ("/v1/accounts/${account:id}/x/${account_2:id}/y", "/v1/accounts/acct_1/x/acct_2/y"),
        ("${.env:BASE}/accounts", "/v1/accounts"),
    ],
)
def test_every_reference_of_a_path_is_resolved(path: str, value: str) -> None:
    assert resolve_path(path, scope(BASE="/v1")) == value


def test_an_unknown_name_is_an_error_even_with_a_default_and_similar_names_are_suggested() -> None:
    with pytest.raises(SeedError) as refused:
        resolve("${Acc-ount:id|default}", scope())
    assert str(refused.value) == (
        "an undeclared fixture name was referenced: Acc-ount\n"
        "Perhaps you meant one of the following: account, account_2"
    )
    with pytest.raises(SeedError, match=r"^an undeclared fixture name was referenced: seller$"):
        resolve("${seller:id}", scope())


def test_a_variable_without_a_value_is_noted() -> None:
    state = scope()
    resolve("${.env:KEY|default}", state)
    assert state.notes == ["No value for env var: KEY"]


NAMES = st.text(st.characters(exclude_characters="|}:", codec="utf-8"), min_size=1).filter(
    lambda name: name not in (".env",) and "${" not in name
)
PLAIN = st.text(st.characters(exclude_characters="$|{}:/\n", codec="utf-8"))


@given(name=NAMES, value=st.text(min_size=1), before=PLAIN)
def test_a_name_may_contain_any_characters(name: str, value: str, before: str) -> None:
    state = Scope({name: {"id": value}}, {}, lambda: NOON, str)
    assert resolve(f"{before}${{{name}:id}}", state) == f"{before}{value}"


@given(default=st.text(st.characters(exclude_characters="/\n}", codec="utf-8"), min_size=1), before=PLAIN)
def test_a_default_replaces_the_whole_string(default: str, before: str) -> None:
    assert resolve(f"{before}${{account:nothing|{default}}}", scope()) == default


@given(text=st.text())
def test_a_string_without_a_reference_is_unchanged(text: str) -> None:
    text = text.replace("${", "$")
    assert resolve(text, scope()) == text


@given(
    tree=st.recursive(st.integers(-(2**63), 2**63) | st.text(), lambda t: st.lists(t) | st.dictionaries(st.text(), t)),
    path=st.text(),
)
def test_every_failure_of_a_lookup_is_a_seed_error(tree: Any, path: str) -> None:
    try:
        assert isinstance(look_up(tree, path), str)
    except SeedError as error:
        assert "wildcards" in str(error)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.a\\.b", "dotted"),
        ("metadata.0", "zero"),
        ("external_accounts.data.#.id", '[\n  "ba_1",\n  "ba_2"\n]'),
        ("external_accounts.data.#.last4", '[\n  "6789"\n]'),
        ("external_accounts.data.id", ""),
        ("id.x", ""),
        ("#", ""),
    ],
)
def test_paths_are_those_of_gjson(path: str, value: str) -> None:
    assert look_up(ANSWERS["account"], path) == value


@pytest.mark.parametrize("path", ["data.*.id", "da?a", "data.#(id==1).x", "@pretty", "data.@this"])
def test_unsupported_gjson_paths_are_refused(path: str) -> None:
    with pytest.raises(SeedError, match="wildcards, queries or modifiers"):
        look_up(ANSWERS["account"], path)


def test_numbers_are_written_in_their_shortest_form() -> None:
    assert [number(each) for each in (10, 3.145, 25.0, 20.10, -0.5, 1e21, 0)] == [
        "10", "3.145", "25", "20.1", "-0.5", "1000000000000000000000", "0",
    ]  # fmt: skip


# --- parameters ---------------------------------------------------------------------------------------------------


def test_parameters_are_encoded_as_by_the_cli() -> None:
    params: dict[str, Json] = {
        "type": "custom",
        "business_profile": {"mcc": "5734", "name": None},
        "amount": 25.00,
        "on": True,
        "expand": ["a", "b ", 1, True, None],
        "items": [{"price": 1, "more": {"x": "y"}}, "between", {"price": "${account:id}"}],
        "nested": [["a"], ["b"]],
        "text": "  spaces inside & out  ",
        "nothing": {},
    }
    assert unquote_plus(form_data(params, scope())).replace("spaces inside & out", "...").split("&") == [
        "type=custom", "business_profile[mcc]=5734", "amount=25", "on=true", "expand[]=a", "expand[]=b",
        "items[0][price]=1", "items[0][more][x]=y", "items[]=between", "items[1][price]=acct_1",
        "nested[]=a", "nested[]=b", "text=  ...",
    ]  # fmt: skip


def test_parameters_of_v2_are_json_and_strings_that_resolve_to_json_are_parsed() -> None:
    params: dict[str, Json] = {
        "a": "${account:metadata}",
        "b": ["${account:id}", "[1]"],
        "c": "[1, 2]",
        "d": "{slip}",
        "e": 1.5,
        "f": None,
    }
    assert json.loads(json_body(params, scope())) == {
        "a": {"a.b": "dotted", "0": "zero"}, "b": ["acct_1", "[1]"], "c": [1, 2], "d": {}, "e": 1.5, "f": None,
    }  # fmt: skip
    assert json_body({}, scope()) == ""
    with pytest.raises(SeedError, match="empty string"):
        json_body({"a": ""}, scope())


# --- the document -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "A fixtures document is an object with a list 'fixtures', as of 'stripe fixtures'."),
        ({"fixture": []}, "A fixtures document is an object with a list 'fixtures', as of 'stripe fixtures'."),
        ({"_meta": {"template_version": 1}, "fixtures": []}, "Fixture version not supported: 1"),
        (
            {"_meta": {"template_version": "0"}, "fixtures": []},
            "template_version of _meta must be a whole number, not '0'.",
        ),
        ({"fixtures": [1]}, "Fixture 1 must be an object."),
        ({"fixtures": [{"name": 1}]}, "Fixture 1: name must be a string."),
        ({"fixtures": [{"path": 1}]}, "Fixture 1 (without a name): path must be a string."),
        ({"fixtures": [{"name": "a", "path": 1}]}, "The fixture 'a': path must be a string."),
        ({"fixtures": [{"name": "a", "params": []}]}, "The fixture 'a': params must be an object."),
        ({"fixtures": [{"name": "a", "headers": {"x": 1}}]}, "The fixture 'a': headers must be an object of strings."),
        ({"fixtures": [{"name": "a", "_onboard": 1}]}, "The fixture 'a': _onboard must be true or false."),
        (
            {"fixtures": [{"name": "a", "_id": "acct-1"}]},
            (
                "The fixture 'a': _id must be an id, or a list of them, such as acct_123: a prefix, an underscore, and up to "
                "250 letters, digits and underscores. It is 'acct-1'."
            ),
        ),
        (
            {"fixtures": [{"name": "a", "_id": "acct_1"}, {"name": "b", "_id": ["acct_1"]}]},
            "The document gives the id acct_1 more than once.",
        ),
    ],
)
def test_an_invalid_document_is_refused_with_a_reason(document: Any, message: str) -> None:
    with pytest.raises(SeedError) as refused:
        read(document)
    assert (str(refused.value), refused.value.code) == (message, "invalid_fixtures")


def test_variables_come_from_the_process_and_then_from_the_dotenv_file(tmp_path: Path) -> None:
    assert variables_of('"${.env:A}" "x${.env:B|c}" "${a:id}"') == {"A", "B"}
    (tmp_path / ".env").write_text("# A=no\nA=file\nB=file\nexport C='x y' # z\nD=d # e\nF\nG=\"#\"\n")
    assert variables(["A", "B", "E"], {"A": "process", "B": "", "X": "unasked"}, tmp_path) == {
        "A": "process",
        "B": "file",
    }
    assert dotenv((tmp_path / ".env").read_text()) == {"A": "file", "B": "file", "C": "x y", "D": "d", "G": "#"}
    assert [is_path(each) for each in ("marketplace", "a.json", "./a", "a\\b")] == [False, True, True, True]


# --- running ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Settings(port=0)) as running:
        yield running


@pytest.fixture
def client(server: Server, request: pytest.FixtureRequest) -> EmulatorClient:
    """A sandbox of its own for each test."""
    return EmulatorClient(server.url, f"sk_test_{abs(hash(request.node.nodeid)):x}")


def fixture(name: str, path: str = "/v1/accounts", method: str = "post", **more: object) -> dict[str, object]:
    return {"name": name, "path": path, "method": method, **more}


def refusal(client: EmulatorClient, *fixtures: Mapping[str, object]) -> str:
    with pytest.raises(EmulatorError) as refused:
        client.load({"fixtures": list(fixtures)})
    assert refused.value.code in ("fixture_failed", "invalid_fixtures")
    return refused.value.message


def test_the_clis_own_examples_run(client: EmulatorClient) -> None:
    loaded = client.load(
        {
            "_meta": {"template_version": 0},
            "fixtures": [
                fixture("account", params={"type": "standard"}),
                fixture("account_updated", "/v1/accounts/${account:id}", params={"metadata": {"foo": "bar"}}),
                fixture("delete_account", "/v1/accounts/${account:id}", "delete", params={}),
            ],
            "env": {"ACCOUNT": "${account:id}", "TYPE": "type-${account:type}"},
        }
    )
    identifier = loaded["account"]["id"]
    assert list(loaded) == ["account", "account_updated", "delete_account"]
    assert loaded["account_updated"]["metadata"] == {"foo": "bar"}
    assert loaded["delete_account"] == {"id": identifier, "object": "account", "deleted": True}
    assert (loaded.env, loaded.notes) == ({"ACCOUNT": identifier, "TYPE": "type-standard"}, [])
    assert [(each.method, each.status) for each in client.requests] == [("POST", 200), ("POST", 200), ("DELETE", 200)]


def test_loading_stops_at_an_error_and_reports_the_request_and_stripes_message(client: EmulatorClient) -> None:
    message = refusal(client, fixture("one", _id="acct_one"), fixture("two", params={"typ": "x"}), fixture("three"))
    assert message.startswith(
        "The fixture 'two' failed: POST /v1/accounts answered 400 invalid_request_error (parameter_unknown): "
        "Received unknown parameter: typ"
    )
    assert [each["name"] for each in client.export()["fixtures"]] == ["acct_one"]


def test_loading_continues_after_an_expected_error_which_cannot_be_referenced(client: EmulatorClient) -> None:
    wrong = fixture("wrong", params={"typ": "x"}, expected_error_type="invalid_request_error")
    after = fixture("after", params={"metadata": {"code": "${wrong:error.code|nothing}"}})
    loaded = client.load({"fixtures": [wrong, after]})
    assert (list(loaded), loaded["after"]["metadata"]) == (["after"], {"code": "nothing"})
    assert refusal(client, {**wrong, "expected_error_type": "api_error"}).startswith("The fixture 'wrong' failed: POST")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (fixture("a", "/v3/accounts"), 'fixture path "/v3/accounts" is not a valid Stripe API path (must start with /v1/ or /v2/)'),
        (fixture("a", method="put"), "its method must be get, post or delete, not 'put'"),
        (fixture("a", "/v1/accounts/${b:id}"), "an undeclared fixture name was referenced: b"),
        (fixture("a", "/v2/core/accounts", "get", params={"limit": 1}),
         "the Stripe CLI cannot send its params: v2 API takes a single 'data' param containing a full JSON string"),
        (fixture("a", "/v1/accounts", "get", _id="acct_1"), "GET /v1/accounts cannot be given the id acct_1: in this place it takes none"),
        (fixture("a", _id="person_1"), "POST /v1/accounts cannot be given the id person_1: in this place it takes acct_..."),
        (fixture("a", _id=["acct_a", "person_1"]), "the id person_1 was not used: it created no such object"),
        (fixture("a", "/v1/accounts", "get", _onboard=True), "_onboard is for fixtures whose response is a connected account"),
    ],
)  # fmt: skip
def test_a_fixture_that_cannot_run_is_reported_with_a_reason(
    client: EmulatorClient, broken: dict[str, object], message: str
) -> None:
    assert refusal(client, broken) == f"The fixture 'a' failed: {message}"


def test_a_fixture_without_a_name_runs_and_errors_give_its_position(client: EmulatorClient) -> None:
    made = {"path": "/v1/accounts", "method": "post", "params": {"type": "custom"}}
    assert list(client.load({"fixtures": [made, fixture("b")]})) == ["b"]
    assert [(each.path, each.status) for each in client.requests] == [("/v1/accounts", 200)] * 2
    message = refusal(client, {**made, "params": {"type": "customs"}})
    assert message.startswith("Fixture 1 (without a name) failed: ")


def test_an_error_has_stripes_message_and_a_hint(client: EmulatorClient) -> None:
    with pytest.raises(EmulatorError) as refused:
        client.load({"fixtures": [fixture("seller", params={"type": "nope"})]})
    assert str(refused.value) == (
        "The fixture 'seller' failed: POST /v1/accounts answered 400 invalid_request_error: Invalid type: must be one of "
        "custom, express, or standard. The fixtures before it have run: correct the document, reset the sandbox, and "
        "load again."
    )


def test_an_html_error_page_is_reported(client: EmulatorClient) -> None:
    message = refusal(client, fixture("a", method="get", params={"starting_after": "x" * 20_000}))
    assert message == "The fixture 'a' failed: GET /v1/accounts answered 414"


def test_v2_asks_for_a_secret_key(client: EmulatorClient) -> None:
    client.api_key = client.restricted_key(["connected_account_write"])
    message = refusal(client, fixture("a", "/v2/core/accounts", params={}))
    assert message == "The fixture 'a' failed: this trigger must be run with a secret API key (starts with 'sk_')"


def test_headers_and_idempotency_keys_are_sent_and_may_hold_references(client: EmulatorClient) -> None:
    loaded = client.load(
        {
            "fixtures": [
                fixture("a"),
                fixture("b", idempotency_key="of-${a:id}"),
                fixture("c", idempotency_key="of-${a:id}"),
                fixture("d", "/v1/account", "get", headers={"Stripe-Account": "${a:id}"}),
            ]
        }
    )
    assert loaded["b"]["id"] == loaded["c"]["id"] != loaded["a"]["id"] == loaded["d"]["id"]


def test_parameters_replace_the_query_of_a_path_unless_sent_in_the_body(client: EmulatorClient) -> None:
    loaded = client.load({"fixtures": [
        fixture("a"), fixture("b"), fixture("all", "/v1/accounts?limit=1", "get"),
        fixture("one", "/v1/accounts", "get", params={"limit": 1}),
    ]})  # fmt: skip
    assert [len(loaded[name]["data"]) for name in ("all", "one")] == [2, 1]


def test_variables_of_the_process_reach_a_document(client: EmulatorClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDS_TEST_EMAIL", "jenny@example.com")
    document = {
        "fixtures": [
            fixture("a", params={"email": "${.env:SEEDS_TEST_EMAIL}", "metadata": {"x": "${.env:SEEDS_NONE|y}"}})
        ]
    }
    loaded = client.load(document)
    assert (loaded["a"]["email"], loaded["a"]["metadata"]) == ("jenny@example.com", {"x": "y"})
    assert loaded.notes == ["No value for env var: SEEDS_NONE"]


def test_a_request_cannot_read_the_servers_environment(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "secret")
    document = fixture("a", params={"metadata": {"x": "${.env:SECRET_OF_THE_SERVER|default}"}})
    response = asyncio.run(api.control("POST", "/seeds", {"fixtures": [document]}))
    assert response.json()["fixtures"]["a"]["metadata"] == {"x": "default"}


def test_loading_ignores_faults_and_rate_limits(client: EmulatorClient) -> None:
    client.fault(error="lock_timeout", path="/v1/accounts", times=1)
    client.limit(total=1)
    client.load("marketplace")
    assert [fault["hits"] for fault in client.faults] == [0]


# --- ids ----------------------------------------------------------------------------------------------------------


def test_an_account_can_be_given_an_id(client: EmulatorClient) -> None:
    account = client.create_account(id="acct_123", type="custom", country="DE", metadata={"a": 1})
    assert (account["id"], account["type"], account["country"], account["metadata"]) == (
        "acct_123",
        "custom",
        "DE",
        {"a": "1"},
    )
    with pytest.raises(
        EmulatorError, match=r"^The account cannot have the id acct_123: the sandbox has it already\. Reset the sandbox"
    ):
        client.create_account(id="acct_123")
    client.reset()
    assert client.create_account(id="acct_123", type="express")["id"] == "acct_123"


@pytest.mark.parametrize(("account", "digits"), [("acct_123", "0000000123"), ("acct_custom_rejected", "omrejected")])
def test_objects_of_an_account_with_a_chosen_id_have_ids_in_stripes_format(
    client: EmulatorClient, account: str, digits: str
) -> None:
    made = client.create_account(account, type="custom", business_type="individual", individual={"first_name": "Jenny"})
    assert re.fullmatch(rf"person_1[0-9A-Za-z]{{5}}{digits}[0-9A-Za-z]{{8}}", made["individual"]["id"])


def test_a_refused_account_is_reported_with_stripes_message(client: EmulatorClient) -> None:
    fields = "Some fields in the request were invalid: 'nope: Unknown field.'"
    with pytest.raises(EmulatorError) as refused:
        client.create_account_v2(nope=1)
    assert str(refused.value) == f"POST /v2/core/accounts answered 400 (invalid_fields): {fields}"
    with pytest.raises(EmulatorError) as refused:
        client.create_account(id="acct_1", nope=1)
    words = "POST /v1/accounts answered 400 invalid_request_error (parameter_unknown): Received unknown parameter: nope"
    assert str(refused.value) == words
    with pytest.raises(EmulatorError, match=r"^The account: _id must be an id"):
        client.create_account_v2(id="acct-1")


def test_an_existing_id_is_refused_before_any_fixture_runs(client: EmulatorClient) -> None:
    client.create_account(id="acct_taken")
    assert "cannot have the id acct_taken" in refusal(client, fixture("a"), fixture("b", _id="acct_taken"))
    assert len(client.export()["fixtures"]) == 1


def test_objects_created_with_an_account_can_be_given_ids(client: EmulatorClient) -> None:
    params = {
        "type": "custom",
        "business_type": "individual",
        "individual": {"first_name": "Jenny"},
        "external_account": "btok_us",
    }
    loaded = client.load({"fixtures": [fixture("a", params=params, _id=["acct_a", "ba_a", "person_a"])]})
    account = loaded["a"]
    assert (account["id"], account["individual"]["id"]) == ("acct_a", "person_a")
    assert [each["id"] for each in account["external_accounts"]["data"]] == ["ba_a"]


# --- seeds -------------------------------------------------------------------------------------------------------


def state(account: Mapping[str, Any]) -> tuple[object, ...]:
    """The state of an account: type, Dashboard, charges, payouts, details submitted, reason why it is disabled."""
    names = ("type", "charges_enabled", "payouts_enabled", "details_submitted")
    dashboard = account["controller"]["stripe_dashboard"]["type"]
    return (*(account[name] for name in names), dashboard, account["requirements"]["disabled_reason"])


SEEDS: Mapping[str, Mapping[str, Any]] = {
    "marketplace": {
        "acct_standard_new": ("standard", False, False, False, "full", "requirements.past_due"),
        "acct_standard_active": ("standard", True, True, True, "full", None),
        "acct_express_new": ("express", False, False, False, "express", "requirements.past_due"),
        "acct_express_prefilled": ("express", False, False, False, "express", "requirements.past_due"),
        "acct_express_active": ("express", True, True, True, "express", None),
        "acct_express_abroad": ("express", True, True, True, "express", None),
        "acct_custom_new": ("custom", False, False, False, "none", "requirements.past_due"),
        "acct_custom_active": ("custom", True, True, True, "none", None),
        "acct_custom_in_review": ("custom", False, False, True, "none", "requirements.pending_verification"),
        "acct_custom_failed": ("custom", True, False, True, "none", "requirements.past_due"),
        "acct_custom_without_bank": ("custom", True, False, False, "none", "requirements.past_due"),
        "acct_custom_recipient": ("custom", False, False, False, "none", "requirements.past_due"),
        "acct_custom_company": ("custom", False, False, True, "none", "requirements.past_due"),
        "acct_custom_company_active": ("custom", True, True, True, "none", None),
        "acct_custom_rejected": ("custom", False, False, True, "none", "rejected.fraud"),
    },
    "accounts_v1": {
        "acct_full_dashboard": ("standard", False, False, False, "full", "requirements.past_due"),
        "acct_full_dashboard_platform_pays": ("none", False, False, False, "full", "requirements.past_due"),
        "acct_express_dashboard": ("none", False, False, False, "express", "requirements.past_due"),
        "acct_express_dashboard_active": ("none", True, True, True, "express", None),
        "acct_no_dashboard": ("none", False, False, False, "none", "requirements.past_due"),
        "acct_no_dashboard_platform_collects": ("none", True, True, True, "none", None),
    },
    "accounts_v2": {
        "acct_v2_recipient_new": ("none", False, False, False, "express", "requirements.past_due"),
        "acct_v2_recipient_active": ("none", False, True, True, "express", None),
        "acct_v2_merchant_full": ("none", False, False, False, "full", "requirements.past_due"),
        "acct_v2_merchant_full_active": ("none", True, True, True, "full", None),
        "acct_v2_seller_express": ("none", False, False, False, "express", "requirements.past_due"),
        "acct_v2_seller_without_dashboard": ("none", True, True, True, "none", None),
        "acct_v2_company_with_people": ("none", False, False, False, "none", "requirements.past_due"),
        "acct_v2_customer": ("none", False, False, False, "none", "action_required.requested_capabilities"),
    },
    "payments": {"acct_seller": ("custom", True, True, True, "none", None)},
}


@pytest.mark.parametrize("name", SEEDS)
def test_each_shipped_seed_creates_its_documented_accounts(client: EmulatorClient, name: str) -> None:
    client.load(name)
    reached = client.load({"fixtures": [fixture("all", method="get", params={"limit": 100})]})["all"]["data"]
    assert {account["id"]: state(account) for account in reversed(reached)} == SEEDS[name]


def test_accounts_of_the_marketplace_stay_as_named_until_their_checks_are_ended(client: EmulatorClient) -> None:
    client.load("marketplace")
    client.advance(86_400)
    reads = [fixture(name, f"/v1/accounts/{name}", "get") for name in SEEDS["marketplace"]]
    later = {name: state(account) for name, account in client.load({"fixtures": reads}).items()}
    assert later == SEEDS["marketplace"]
    client.verify("acct_custom_in_review", "automatic")
    client.advance(60)
    (passed,) = client.load({"fixtures": [fixture("in_review", "/v1/accounts/acct_custom_in_review", "get")]}).values()
    assert state(passed) == ("custom", True, True, True, "none", None)


def test_the_seed_of_payments_has_one_of_each_state(client: EmulatorClient) -> None:
    client.load("payments")
    reads = [
        fixture("intents", "/v1/payment_intents", "get"),
        fixture("refunds", "/v1/refunds", "get"),
        fixture("disputes", "/v1/disputes", "get"),
        fixture("payouts", "/v1/payouts", "get"),
        fixture("saved", "/v1/customers/cus_jenny/payment_methods", "get"),
        fixture("money", "/v1/balance", "get", headers={"Stripe-Account": "acct_seller"}),
    ]
    found = client.load({"fixtures": reads})
    shown = {each["description"]: each["status"] for each in found["intents"]["data"]}
    assert shown == {
        "Money that is available at once": "succeeded",
        "Record player": "succeeded",
        "Records": "succeeded",
        "Deposit": "requires_capture",
        "Waits for its customer": "requires_action",
        "Declined": "requires_payment_method",
        "Needle": "succeeded",
        "Speakers": "succeeded",
    }
    counted = {name: [each["status"] for each in found[name]["data"]] for name in ("refunds", "disputes", "payouts")}
    assert counted == {"refunds": ["succeeded"], "disputes": ["needs_response"], "payouts": ["pending"]}
    assert [each["card"]["brand"] for each in found["saved"]["data"]] == ["mastercard", "visa"]
    kinds = {name: found["money"][name][0]["amount"] for name in ("available", "pending")}
    # Sales of 100.00, 40.00 and 30.00 without fees of 10 %, a refund of 15.00 with its fee, and a transfer of 50.00.
    assert kinds == {"available": 5000, "pending": 9000 + 3600 - 1500 + 150 + 2700}


def test_an_export_repeats_a_declined_payment(server: Server, client: EmulatorClient) -> None:
    client.freeze(NOON)
    params = {
        "amount": 2000,
        "currency": "usd",
        "confirm": True,
        "payment_method": "pm_card_chargeDeclined",
        "payment_method_types": ["card"],
    }
    declined = fixture("declined", "/v1/payment_intents", params=params, expected_error_type="card_error")
    client.load({"fixtures": [declined]})
    exported = client.export()
    assert [each["expected_error_type"] for each in exported["fixtures"]] == ["card_error"]
    other = EmulatorClient(server.url, f"{client.api_key}other")
    other.freeze(NOON)
    other.load(exported)
    read = {"fixtures": [fixture("all", "/v1/payment_intents", "get"), fixture("charges", "/v1/charges", "get")]}
    before, after = (each.load(read) for each in (client, other))
    (intent,) = after["all"]["data"]
    assert intent["id"] == before["all"]["data"][0]["id"]
    assert (intent["status"], intent["last_payment_error"]["code"]) == ("requires_payment_method", "card_declined")
    assert after["charges"]["data"][0]["id"] == before["charges"]["data"][0]["id"] == intent["latest_charge"]


def test_what_is_due_after_a_fixture_does_not_happen_before_the_next(api: Api) -> None:
    """A hold ends after seven days, and was captured a minute after it was made, a month ago."""
    month_ago = NOON - 30 * 86_400
    params = {
        "amount": 2000,
        "currency": "usd",
        "confirm": True,
        "capture_method": "manual",
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
    }
    held = fixture("held", "/v1/payment_intents", params=params, _at=month_ago)
    captured = fixture("captured", "/v1/payment_intents/${held:id}/capture", _at=month_ago + 60)
    key = parse(KEY)
    assert key
    sandbox = api.emulator.sandboxes.of(key)
    sandbox.clock.freeze()
    sandbox.clock.set(NOON)
    document: Any = {"fixtures": [held, captured], "_at": NOON}
    running = Run(read(document), api.pipeline, api.emulator.sandboxes, key, {})
    for _ in running:
        elapse(sandbox, sandbox.clock.now())  # as the dispatcher does between two fixtures
    assert cast("Any", running.result().responses)["captured"]["status"] == "succeeded"
    assert sandbox.clock.now() == NOON


def test_the_shipped_seeds_are_the_files_in_the_folder() -> None:
    assert files.shipped() == tuple(sorted(SEEDS))


def test_every_parameter_of_the_seeds_is_in_stripes_document() -> None:
    """So that the CLI can run them against Stripe: no parameter that only recordings know of."""
    unlisted = {"external_account"}  # a hash there is described in prose alone
    for name in files.shipped():
        for each in read(files.read_shipped(name)).fixtures:
            route = catalog.route(each.method, re.sub(r"\$\{[^}]+\}", "acct_1", each.path))
            assert route is not None
            assert set(each.params) - unlisted <= set(route.operation.params.params)


@pytest.mark.parametrize("name", SEEDS)
def test_an_export_of_a_seed_reproduces_it(server: Server, client: EmulatorClient, name: str) -> None:
    client.freeze(NOON)
    client.load(name)
    exported = client.export()
    again = EmulatorClient(server.url, f"{client.api_key}again")
    again.freeze(NOON)
    again.load(exported)
    assert again.export() == exported
    everything = {"fixtures": [fixture("all", method="get", params={"limit": 100})]}
    before, after = (each.load(everything)["all"]["data"] for each in (client, again))
    for one, other in zip(before, after, strict=True):
        for bank in (*one["external_accounts"]["data"], *other["external_accounts"]["data"]):
            del bank["fingerprint"]  # of the platform, not of the account
        assert other == one


def test_an_export_names_the_objects_that_it_omits(client: EmulatorClient) -> None:
    client.freeze(NOON)
    account = client.create_account(id="acct_a", type="express")["id"]
    session = fixture(
        "s", "/v1/account_sessions", params={"account": account, "components": {"payouts": {"enabled": True}}}
    )
    client.load({"fixtures": [session]})
    exported = client.export()
    assert exported["fixtures"] == [
        fixture("acct_a", params={"type": "express"}, _id="acct_a", _at=NOON),
        {
            "path": "/v1/account_sessions",
            "method": "post",
            "params": {"account": "${acct_a:id}", "components": {"payouts": {"enabled": "true"}}},
            "_at": NOON,
        },  # the first one hands the requirements over to Stripe
    ]
    assert exported["_left_out"] == ["1 account sessions, whose secrets would differ"]
    assert exported["_at"] == NOON


def again(api: Api) -> tuple[Api, Any]:
    """The export of a sandbox, loaded into another emulator."""
    document = asyncio.run(api.control("GET", "/export")).json()
    other = Api()
    loaded = asyncio.run(other.control("POST", "/seeds", document))
    assert loaded.status_code == 200, loaded.text
    return other, document


def seller(country: str, kind: str) -> dict[str, Any]:
    return {
        "contact_email": "jenny@example.com",
        "dashboard": "none",
        "identity": {"country": country, "entity_type": kind},
        "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}},
        "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
    }


FILE = "file_identity_document_success"


@pytest.mark.parametrize(
    ("country", "kind", "sent"),
    [
        ("US", "company", {"company": {"address": {"line1": "x"}, "tax_id": "000000000"}}),
        ("US", "company", {"business_profile": {"support_address": {"line1": "x"}}}),
        ("US", "individual", {"individual": {"address": {"line1": "x"}, "full_name_aliases": ["Jen"]}}),
        ("US", "company", {"company": {"verification": {"document": {"front": FILE}}}}),
        ("US", "company", {"documents": {"company_license": {"files": [FILE]}}}),
        ("US", "individual", {"individual": {"verification": {"document": {"front": FILE}}}}),
        ("JP", "company", {"company": {"address_kana": {"line1": "x", "postal_code": "1500001"}}}),
        ("JP", "company", {"company": {"address_kana": {"line1": "x"}}, "settings": {"branding": {"primary_color": "red"}}}),
        ("GB", "company", {"company": {"ownership_declaration": {"date": 1_700_000_000, "ip": "1.2.3.4"}}}),
        ("GB", "company", {"company": {"tax_id": "12345678"}}),
        ("SG", "individual", {"individual": {"id_number": "S1234567D"}}),
        ("CA", "company", {"company": {"tax_id": "12345678"}}),
        ("US", "company", {"settings": {"payouts": {"schedule": {"interval": "manual"}}}}),
        ("AU", "individual", {"individual": {"id_number": "123456789", "registered_address": {"line1": "x"}}}),
    ],
)  # fmt: skip
def test_an_export_reproduces_an_account_of_v2_that_v1_has_changed(
    api: Api, country: str, kind: str, sent: Any
) -> None:
    identifier = api.v2("POST", "/core/accounts", seller(country, kind)).body["id"]
    assert api.post(f"/v1/accounts/{identifier}", sent).status == 200
    other, document = again(api)
    assert "_left_out" not in document
    query = "include[0]=identity&include[1]=configuration.merchant"
    assert_same(api, other, f"/v1/accounts/{identifier}", f"/v2/core/accounts/{identifier}?{query}")


def assert_same(api: Api, other: Api, *paths: str) -> None:
    for path in paths:
        before, after = (
            each.get(path) if path.startswith("/v1/") else each.v2("GET", path[3:]) for each in (api, other)
        )
        drop = ("created", "updated", "front", "date", "files")
        assert before.status == after.status == 200
        assert without(after.body, drop) == without(before.body, drop)


def without(tree: Any, names: tuple[str, ...]) -> Any:
    if isinstance(tree, dict):
        return {name: without(value, names) for name, value in tree.items() if name not in names}
    return [without(each, names) for each in tree] if isinstance(tree, list) else tree


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/v2", {"additional_addresses": [{"line1": "x", "line2": None, "purpose": "registered"}]}),
        ("/v1", {"address": {"line1": "x"}, "address_kana": {"country": "JP", "postal_code": "1500001"}}),
        ("/v1", {"additional_tos_acceptances": {"account": {"ip": "1.2.3.4"}}}),
    ],
)
def test_an_export_reproduces_a_person_of_v2_with_parameters_that_v2_refuses(api: Api, path: str, sent: Any) -> None:
    identifier = api.v2("POST", "/core/accounts", seller("US", "company")).body["id"]
    person = api.v2("POST", f"/core/accounts/{identifier}/persons", {"given_name": "Jenny"}).body["id"]
    if path == "/v2":
        response = api.v2("POST", f"/core/accounts/{identifier}/persons/{person}", sent)
    else:
        response = api.post(f"/v1/accounts/{identifier}/persons/{person}", sent)
    assert response.status == 200, response.body
    other, _ = again(api)
    assert_same(
        api,
        other,
        f"/v1/accounts/{identifier}/persons/{person}",
        f"/v2/core/accounts/{identifier}/persons/{person}",
    )


def test_an_export_reproduces_terms_of_an_individual_of_v2_accepted_by_its_person(api: Api) -> None:
    identifier = api.v2("POST", "/core/accounts", seller("US", "individual")).body["id"]
    sent = {"individual": {"first_name": "Jenny"}}
    person = api.post(f"/v1/accounts/{identifier}", sent).body["individual"]["id"]
    accepted = {"additional_tos_acceptances": {"account": {"date": 1_700_000_000, "ip": "1.2.3.4"}}}
    assert api.post(f"/v1/accounts/{identifier}/persons/{person}", accepted).status == 200
    other, _ = again(api)
    path = f"/v1/accounts/{identifier}/persons/{person}"
    assert other.get(path).body["additional_tos_acceptances"] == api.get(path).body["additional_tos_acceptances"]


def test_an_export_keeps_persons_created_with_a_browser_token(api: Api) -> None:
    identifier = api.v2("POST", "/core/accounts", seller("US", "company")).body["id"]
    params = {
        "given_name": "Jenny",
        "relationship": {"legal_guardian": True},
        "additional_terms_of_service": {"account": {"shown_and_accepted": True}},
    }
    path = f"/core/accounts/{identifier}/person"
    assert api.v2("POST", f"{path}s", {"relationship": {"representative": True}}).status == 200
    token = api.v2("POST", f"{path}_tokens", params, authorization=f"Bearer {PUBLISHABLE}").body["id"]
    person = api.v2("POST", f"{path}s", {"person_token": token}).body
    other, _ = again(api)
    found = other.v2("GET", f"{path}s/{person['id']}").body
    assert found["additional_terms_of_service"] == person["additional_terms_of_service"]


def test_terms_accepted_on_a_clock_that_is_ahead_can_be_loaded(client: EmulatorClient) -> None:
    client.advance(400 * 86_400)
    client.complete_onboarding(client.create_account("acct_one", type="custom", country="US"))
    client.complete_onboarding(
        client.create_account_v2(
            "acct_two",
            contact_email="jenny@example.com",
            dashboard="none",
            identity={"country": "us", "entity_type": "individual"},
            configuration={
                "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
            },
            defaults={"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
        )
    )
    exported = client.export()
    client.reset()
    client.release()
    loaded = client.load(exported)
    assert {"acct_one", "acct_two"} <= set(loaded)
    again = client.export()
    for document in (exported, again):
        for each in document["fixtures"]:
            each["_at"] -= document["_at"]
    for one, other in zip(again["fixtures"], exported["fixtures"], strict=True):
        assert abs(one.pop("_at") - other.pop("_at")) <= 2
        assert one == other


def test_an_export_keeps_closed_accounts_and_running_checks(api: Api) -> None:
    asyncio.run(api.control("POST", "/clock", {"freeze": NOON}))
    account = api.account(type="custom", country="US")
    api.post(f"/v1/accounts/{account}", {"external_account": "btok_us", "business_type": "individual"})
    api.post(f"/v1/accounts/{account}", {"individual": {"first_name": "Jenny"}})
    closed = api.v2("POST", "/core/accounts", {"configuration": {"customer": {}}}).body["id"]
    assert api.v2("POST", f"/core/accounts/{closed}/close", {"applied_configurations": ["customer"]}).status == 200
    other, _ = again(api)
    assert_same(api, other, f"/v2/core/accounts/{closed}", f"/v1/accounts/{account}")
    assert other.v2("GET", f"/core/accounts/{closed}").body["closed"] is True


def test_a_typo_in_a_name_lists_the_seeds(client: EmulatorClient) -> None:
    with pytest.raises(
        EmulatorError,
        match=r"There is no seed 'market'\. There are accounts_v1, accounts_v2, marketplace, payments, and files",
    ):
        client.load("market")


def test_a_file_can_be_loaded_by_its_path(client: EmulatorClient, tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps({"fixtures": [fixture("a", _id="acct_file")]}))
    assert client.load(path)["a"]["id"] == client.export()["fixtures"][0]["_id"] == "acct_file"
    for wrong in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(EmulatorError, match="cannot be read"):
            client.load(wrong)


# --- the start of a server ----------------------------------------------------------------------------------------


def test_a_server_starts_with_a_seed_in_the_sandbox_of_one_key(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps({"fixtures": [fixture("a", _id="acct_start")]}))
    for source, key, expected in (
        (str(path), "sk_test_123", "acct_start"),
        ("marketplace", "sk_test_x", "acct_standard_new"),
    ):
        emulator = Emulator(Settings(load=source, load_key=key))
        (only,) = emulator.sandboxes._sandboxes.values()
        assert (only.name, expected in only.accounts) == (key.removeprefix("sk_"), True)


@pytest.mark.parametrize(
    ("source", "key", "message"),
    [
        ("nowhere", "sk_test_123", "load: There is no seed 'nowhere'"),
        ("/nowhere/seed.json", "sk_test_123", "load: /nowhere/seed.json cannot be read: No such file or directory."),
        ("marketplace", "pk_test_123", "load_key must be a secret key such as sk_test_123"),
        ("marketplace", "sk_live_123", "load: The fixture 'standard_new' failed: POST /v1/accounts answered 401"),
    ],
)
def test_a_server_with_an_unknown_seed_does_not_start(source: str, key: str, message: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Emulator(Settings(load=source, load_key=key))
    assert str(refused.value).startswith(message)


def test_the_command_prints_why_a_seed_cannot_be_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "emulator", "--port", "0", "--load", "nowhere"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        2,
        (
            "stripe-emulator: load: There is no seed 'nowhere'. There are accounts_v1, accounts_v2, marketplace, payments, and files that end in "
            ".json.\n"
        ),
    )


def test_the_handle_of_a_test_loads_seeds(stripe_emulator: StripeEmulator) -> None:
    seller = stripe_emulator.load("marketplace")["custom_active"]
    account = stripe_emulator.client.v1.accounts.retrieve("acct_custom_active")
    assert (account.id, account.charges_enabled) == (seller["id"], True)


# --- the Stripe CLI as judge --------------------------------------------------------------------------------------

EVERY_RULE: list[dict[str, object]] = [
    fixture(
        "acc",
        params={
            "type": "custom",
            "business_type": "company",
            "company": {"name": "N"},
            "metadata": {
                "a.b": "x", "num": 25.00, "n2": 20.10, "big": 1234567890123, "t": True, "sp": "  lead and trail  ",
                "quote": "a&b=c+d",
            },
        },
    ),
    fixture(
        "list",
        "/v1/accounts?limit=1",
        "get",
        params={"limit": 3, "expand": ["data.x", " y ", 1, True, None]},
        expected_error_type="invalid_request_error",
    ),
    fixture(
        "update",
        "/v1//accounts/${acc:id}",
        params={
            "metadata": {
                "one": "${acc:id}-${acc:object}",
                "two": "pre-${acc:id}-post",
                "three": "${acc:nothing|default}",
                "four": "pre-${acc:nothing|default}",
                "five": "${acc:metadata.num}",
                "six": "${acc:charges_enabled}",
                "seven": "${acc:email|nobody}",
                "eight": "${acc:requirements.currently_due.#}",
                "nine": "${acc:requirements.currently_due.0}",
                "ten": "${acc:metadata.a\\.b}",
                "eleven": "${.env:SEEDS_UNSET|default}",
                "twelve": "${.env:SEEDS_SET}/x",
                "thirteen": "${acc:external_accounts.data.#}",
                "fourteen": "${list:error.type|nothing}",
                "fifteen": "${acc:created}",
                "sixteen": "${acc:metadata.num|z}/${acc:object}",
                "seventeen": "${acc:nothing}",
                "none": None,
            }
        },
    ),
    fixture(
        "session",
        "/v1/account_sessions",
        params={"account": "${acc:id}", "components": {"payouts": {"enabled": True}}},
        idempotency_key="key-of-${acc:id}",
    ),
    fixture(
        "arrays",
        "/v1/accounts/${acc:id}",
        params={
            "items": [{"a": 1, "b": {"c": "d"}, "e": ["x", {"f": "g"}]}, "between", {"a": "${acc:object}"}],
            "nested": [["p"], ["q", ["r"]]],
            "empty": {},
            "text": "",
        },
        expected_error_type="invalid_request_error",
    ),
    fixture("gone", "/v1/accounts/${acc:id}", "delete", params={"x": "y"}, expected_error_type="invalid_request_error"),
    fixture("last", "/v1/accounts/${Acc_:id|default}"),
]  # fmt: skip


def run_cli(client: EmulatorClient, path: Path) -> subprocess.CompletedProcess[str]:
    """`stripe fixtures` against the emulator."""
    return cli(client, path.parent, "fixtures", str(path))


def sent(client: EmulatorClient) -> list[tuple[object, ...]]:
    """The requests that reached a sandbox, without the ids that differ; the CLI sends names in no fixed order."""
    shown = [
        (r.method, r.path, r.status, r.idempotency_key, *sorted(r.request_body.split("&"))) for r in client.requests
    ]
    return [tuple(re.sub("acct_1[0-9A-Za-z]+", "ACCT", str(part)) for part in parts) for parts in shown]


def test_the_cli_sends_the_same_requests_as_the_emulator(
    server: Server, client: EmulatorClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDS_SET", "set")
    path = tmp_path / "seed.json"
    path.write_text(json.dumps({"fixtures": EVERY_RULE}))
    theirs = EmulatorClient(server.url, f"{client.api_key}cli")
    for each in (client, theirs):
        each.freeze(NOON)
    done = run_cli(theirs, path)
    with pytest.raises(EmulatorError) as refused:
        client.load(path)
    assert len(sent(client)) == 6
    assert sent(client) == sent(theirs)
    undeclared, suggestion = refused.value.message.removeprefix("The fixture 'last' failed: ").splitlines()
    assert done.returncode == 1
    assert undeclared in done.stderr + done.stdout
    assert suggestion == "Perhaps you meant one of the following: acc"
    assert suggestion in done.stderr + done.stdout


@pytest.mark.parametrize("name", SEEDS)
def test_the_cli_runs_the_shipped_seeds_and_exports(
    server: Server, client: EmulatorClient, tmp_path: Path, name: str
) -> None:
    client.load(name)
    theirs = EmulatorClient(server.url, f"{client.api_key}cli")
    for place, seed in enumerate((files.read_shipped(name), client.export())):
        path = tmp_path / f"{place}.json"
        path.write_text(json.dumps(seed))
        theirs.reset()
        done = run_cli(theirs, path)
        assert done.returncode == 0, done.stderr + done.stdout
        made = [each for each in theirs.export()["fixtures"] if each["path"] in ("/v1/accounts", "/v2/core/accounts")]
        assert len(made) == len(SEEDS[name])


def test_the_cli_runs_an_export_with_new_ids(server: Server, client: EmulatorClient, tmp_path: Path) -> None:
    bank = {"object": "bank_account", "country": "US", "currency": "usd", "account_number": "000123456789"}
    individual = {"first_name": "Jenny", "metadata": {"a": "b"}}
    params = {"type": "custom", "country": "US", "business_type": "individual", "individual": individual}
    client.load(
        {
            "fixtures": [
                fixture("a", params={**params, "external_account": {**bank, "routing_number": "110000000"}}),
                fixture("b", "/v1/accounts/${a:id}/persons/${a:individual.id}", params={"last_name": "Rosen"}),
                fixture(
                    "c",
                    "/v1/accounts/${a:id}/external_accounts/${a:external_accounts.data.0.id}",
                    params={"metadata": {"x": "y"}},
                ),
                fixture("d", params={"type": "custom", "metadata": {"of": "${a:id}"}}),
            ]
        }
    )
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(client.export()))
    theirs = EmulatorClient(server.url, f"{client.api_key}cli")
    done = run_cli(theirs, path)
    assert done.returncode == 0, done.stderr + done.stdout
    second, first = theirs.load({"fixtures": [fixture("all", method="get")]})["all"]["data"]
    assert (first["individual"]["last_name"], first["individual"]["metadata"]) == ("Rosen", {"a": "b"})
    assert first["external_accounts"]["data"][0]["metadata"] == {"x": "y"}
    assert second["metadata"] == {"of": first["id"]}


@pytest.mark.asyncio
async def test_the_shipped_seeds_are_listed_by_their_names(api: Api) -> None:
    response = await api.control("GET", "/seeds", key=None)
    assert response.json() == {"data": ["accounts_v1", "accounts_v2", "marketplace", "payments"]}


@pytest.mark.parametrize("event", ["account.updated", "account.application.deauthorized"])
def test_the_cli_triggers_its_events(client: EmulatorClient, tmp_path: Path, event: str) -> None:
    done = cli(client, tmp_path, "trigger", event)
    assert done.returncode == 0, done.stderr + done.stdout
    assert [each["type"] for each in client.webhooks.events()] == [event]
