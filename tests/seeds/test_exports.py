"""The export of a sandbox makes its accounts again in any state, or lists the objects that it cannot make."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ..api import Api

NOON = 1_767_268_800  # 2026-01-01 12:00:00
FILE = "file_identity_document_success"
# A document's file has another id each time.
DIFFERENT = frozenset({"front", "back", "files"})
BANK = {"object": "bank_account", "country": "US", "currency": "usd", "account_number": "000123456789"}


def control(api: Api, method: str, path: str, body: object = None) -> Any:
    response = asyncio.run(api.control(method, path, body))
    assert response.status_code == 200, response.text
    return response.json()


def frozen() -> Api:
    api = Api()
    control(api, "POST", "/clock", {"freeze": NOON})
    return api


def exported(api: Api) -> tuple[Api, Any]:
    """The export of a sandbox, loaded into another emulator at the same time; a day then passes in both."""
    document = control(api, "GET", "/export")
    other = Api()
    control(other, "POST", "/clock", {"freeze": document["_at"]})
    control(other, "POST", "/seeds", document)
    for each in (api, other):
        control(each, "POST", "/clock", {"advance": 86_400})
    return other, document


def shown(api: Api) -> Any:
    """Everything that v1 shows of the accounts, in its order."""
    accounts = api.get("/v1/accounts?limit=100").body["data"]
    parts = ("persons", "external_accounts", "capabilities")
    found = [{"": each, **{part: listed(api, each["id"], part) for part in parts}} for each in accounts]
    return without(found)


INCLUDED = (
    "configuration.customer", "configuration.merchant", "configuration.recipient", "defaults", "identity",
    "requirements",
)  # fmt: skip


def shown_by_v2(api: Api) -> Any:
    """Everything that v2 shows of the accounts and of their persons."""
    query = "&".join(f"include[{place}]={name}" for place, name in enumerate(INCLUDED))
    found = []
    for each in api.v2("GET", "/core/accounts?limit=20").body["data"]:
        path = f"/core/accounts/{each['id']}"
        found += [api.v2("GET", f"{path}?{query}").body, api.v2("GET", f"{path}/persons").body["data"]]
    return without(found)


def listed(api: Api, account: str, part: str) -> Any:
    data = api.get(f"/v1/accounts/{account}/{part}").body["data"]
    return sorted(data, key=lambda each: each["id"]) if part == "capabilities" else data  # of one second, by name


def without(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: without(value) for name, value in tree.items() if name not in DIFFERENT}
    return [without(each) for each in tree] if isinstance(tree, list) else tree


# --- random sandboxes ------------------------------------------------------------------------------------------------

PERSON = st.fixed_dictionaries(
    {},
    optional={
        "first_name": st.sampled_from(["Jenny", "Zoë", "a & b=c"]),
        "last_name": st.just("Rosen"),
        "email": st.just("jenny@example.com"),
        "phone": st.just("0000000000"),
        "dob": st.sampled_from([{"day": 1, "month": 1, "year": 1901}, {"day": 2, "month": 3, "year": 1902}]),
        "address": st.sampled_from([{"line1": "address_full_match", "city": "X"}, {"line1": "address_no_match"}]),
        "id_number": st.sampled_from(["000000000", "111111111"]),
        "full_name_aliases": st.just(["J. R.", "Jen"]),
        "political_exposure": st.just("none"),
        "metadata": st.just({"a": "b"}),
        "verification": st.just({"document": {"front": FILE}}),
    },
)
ROLES = st.sampled_from(
    [
        {"representative": True, "title": "CEO"},
        {"owner": True, "percent_ownership": "33.3"},
        {"director": True, "executive": True},
    ]
)
DETAILS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "email": st.just("seller@example.com"),
        "business_profile": st.sampled_from(
            [
                {"mcc": "7299", "name": "Ü", "support_address": {"line1": "a", "city": "b"}},
                {"url": "https://furever.dev", "estimated_worker_count": 3, "support_phone": "0000000000"},
                {"annual_revenue": {"amount": 100, "currency": "usd", "fiscal_year_end": "2025-12-31"}},
            ]
        ),
        "settings": st.sampled_from(
            [
                {"payouts": {"schedule": {"interval": "weekly", "weekly_anchor": "monday"}}},
                {"payments": {"statement_descriptor": "FUREVER"}, "branding": {"primary_color": "#aabbcc"}},
            ]
        ),
        "metadata": st.sampled_from([{"k": "v"}, {"k": "", "x": " y&=+"}]),
        "company": st.sampled_from(
            [
                {"name": "Co", "tax_id": "000000000", "owners_provided": True},
                {"address": {"line1": "address_full_match"}, "verification": {"document": {"front": FILE}}},
            ]
        ),
    },
)


def of_v2(kind: str, configuration: str, capabilities: Any, dashboard: str = "none") -> dict[str, Any]:
    return {
        "contact_email": "jenny@example.com",
        "dashboard": dashboard,
        "identity": {"country": "us", "entity_type": kind},
        "configuration": {configuration: {"capabilities": capabilities}},
        "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
    }


RECIPIENT = ("recipient", {"stripe_balance": {"stripe_transfers": {"requested": True}}})
MERCHANT = ("merchant", {"card_payments": {"requested": True}})


ACCOUNT = st.fixed_dictionaries(
    {"type": st.sampled_from(["custom", "custom", "express", "standard"])},
    optional={"business_type": st.sampled_from(["individual", "company", "non_profit"])},
)
ACCOUNT_V2 = st.builds(
    lambda kind, configuration, dashboard: of_v2(kind, configuration[0], configuration[1], dashboard),
    st.sampled_from(["company", "individual", "non_profit"]),
    st.sampled_from([RECIPIENT, MERCHANT]),
    st.sampled_from(["none", "none", "express"]),
)
PERSON_V2 = st.fixed_dictionaries(
    {},
    optional={
        "given_name": st.sampled_from(["Jenny", "[]", "${acct_1:id}", " "]),
        "date_of_birth": st.just({"day": 1, "month": 1, "year": 1901}),
        "relationship": st.sampled_from([{"representative": True}, {"owner": True, "percent_ownership": "25.5"}]),
        "id_numbers": st.just([{"type": "us_ssn_last_4", "value": "0000"}]),
        "metadata": st.just({"a": "{}"}),
    },
)
DETAILS_V2: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "display_name": st.sampled_from(["[]", "{slip}", "Ü ${x:y}"]),
        "contact_email": st.just("seller@example.com"),
        "metadata": st.sampled_from([{"k": "v"}, {"k": None, "x": " "}]),
        "identity": st.sampled_from(
            [
                {"entity_type": "individual"},
                {"business_details": {"registered_name": "Co"}},
                {"attestations": {"terms_of_service": {"account": {"date": "2026-01-01T00:00:00Z", "ip": "1.2.3.4"}}}},
                {"attestations": {"ownership_declaration": {"date": "2026-01-01T00:00:00Z", "ip": "1.2.3.4"}}},
            ]
        ),
        "configuration": st.sampled_from(
            [
                {"merchant": {"mcc": "7299"}},
                {"customer": {}},
                {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
            ]
        ),
    },
)
CAPABILITY = st.sampled_from(["card_payments", "transfers", "us_bank_account_ach_payments"])
STEP = st.one_of(
    st.tuples(st.just("update"), DETAILS),
    st.tuples(st.just("individual"), PERSON),
    st.tuples(st.just("person"), st.tuples(PERSON, ROLES)),
    st.tuples(st.just("drop person"), st.integers(0, 2)),
    st.tuples(st.just("bank"), st.sampled_from([{}, {"default_for_currency": True, "metadata": {"a": "b"}}])),
    st.tuples(st.just("drop bank"), st.integers(0, 2)),
    st.tuples(st.just("capability"), st.tuples(CAPABILITY, st.booleans())),
    st.tuples(st.just("onboard"), st.none()),
    st.tuples(st.just("reject"), st.none()),
    st.tuples(st.just("verify"), st.sampled_from(["verified", "failed", "pending", "automatic"])),
    st.tuples(st.just("require"), st.sampled_from([{}, {"deadline": NOON + 3600}, {"deadline": NOON + 10**6}])),
    st.tuples(st.just("force"), st.tuples(CAPABILITY, st.sampled_from(["active", "inactive", "unrequested"]))),
    st.tuples(st.just("session"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([1, 60, 86_400])),
    st.tuples(st.just("update v2"), DETAILS_V2),
    st.tuples(st.just("person v2"), PERSON_V2),
    st.tuples(st.just("delete"), st.none()),
)
WAYS: dict[str, Any] = {
    "update": lambda api, at, said: api.post(at, said),
    "individual": lambda api, at, said: api.post(at, {"individual": said}),
    "person": lambda api, at, said: api.post(f"{at}/persons", {**said[0], "relationship": said[1]}),
    "bank": lambda api, at, said: api.post(
        f"{at}/external_accounts", {"external_account": {**BANK, "routing_number": "110000000", **said}}
    ),
    "capability": lambda api, at, said: api.post(f"{at}/capabilities/{said[0]}", {"requested": said[1]}),
    "reject": lambda api, at, _: api.post(f"{at}/reject", {"reason": "fraud"}),
    "delete": lambda api, at, _: api.delete(at),
    "session": lambda api, at, _: api.session(at.rpartition("/")[2], {"payouts": {"enabled": True}}),
    "update v2": lambda api, at, said: api.v2("POST", f"/core{at[3:]}", said),
    "person v2": lambda api, at, said: api.v2("POST", f"/core{at[3:]}/persons", said),
    "onboard": lambda api, at, _: of_test(api, at, "complete_onboarding"),
    "verify": lambda api, at, said: of_test(api, at, "verify", outcome=said),
    "require": lambda api, at, said: of_test(api, at, "requirements", requirement="business_profile.url", **said),
    "force": lambda api, at, said: of_test(api, at, f"capabilities/{said[0]}", status=said[1]),
    "wait": lambda api, _, said: control(api, "POST", "/clock", {"advance": said}),
}


def of_test(api: Api, path: str, action: str, **said: object) -> None:
    """A change of an account by the control API; a refused one changes nothing."""
    response = asyncio.run(api.control("POST", f"{path[3:]}/{action}", said))
    assert response.status_code in (200, 400, 404), response.text


def take(api: Api, account: str, what: str, said: Any) -> None:
    """One step in the life of an account; a refused one changes nothing."""
    path = f"/v1/accounts/{account}"
    if what in WAYS:
        WAYS[what](api, path, said)
        return
    part = {"drop person": "persons", "drop bank": "external_accounts"}[what]
    for each in (api.get(f"{path}/{part}").body.get("data") or [])[said : said + 1]:
        api.delete(f"{path}/{part}/{each['id']}")


@settings(max_examples=60, deadline=None)
@given(ACCOUNT, DETAILS, st.lists(STEP, max_size=8))
def test_an_export_reproduces_an_account_after_any_sequence_of_changes(
    kind: Any, details: Any, steps: list[tuple[str, Any]]
) -> None:
    api = frozen()
    account = api.account(country="US", **kind)
    api.post(f"/v1/accounts/{account}", details)
    for what, said in steps:
        take(api, account, what, said)
    assert_export_reproduces(api)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACCOUNT_V2, min_size=1, max_size=2), st.lists(st.tuples(st.integers(0, 1), STEP), max_size=8))
def test_an_export_reproduces_an_account_of_v2_after_any_sequence_of_changes(
    made: list[Any], steps: list[tuple[int, Any]]
) -> None:
    api = frozen()
    accounts = [api.v2("POST", "/core/accounts", seller).body["id"] for seller in made]
    for place, (what, said) in steps:
        take(api, accounts[place % len(accounts)], what, said)
    assert_export_reproduces(api)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.one_of(ACCOUNT_V2, ACCOUNT), min_size=1, max_size=2),
    st.lists(st.tuples(st.integers(0, 1), STEP), max_size=6),
    st.sampled_from([-(10**8), -86_400, 3600, 10**8]),
)
def test_an_export_can_be_loaded_at_any_time(made: list[Any], steps: list[Any], later: int) -> None:
    """Statuses derive from times, which keep their distance to the time of loading."""
    api = frozen()
    accounts = [
        api.account(country="US", **each) if "type" in each else api.v2("POST", "/core/accounts", each).body["id"]
        for each in made
    ]
    for place, (what, said) in steps:
        take(api, accounts[place % len(accounts)], what, said)
    document = control(api, "GET", "/export")
    other = Api()
    control(other, "POST", "/clock", {"freeze": document["_at"] + later})
    control(other, "POST", "/seeds", document)
    assert statuses(other) == statuses(api)


def statuses(api: Api) -> Any:
    names = ("id", "charges_enabled", "payouts_enabled", "details_submitted", "capabilities", "requirements")
    found = [{name: each[name] for name in names} for each in api.get("/v1/accounts?limit=100").body["data"]]
    for each in found:
        each["requirements"]["current_deadline"] = each["requirements"]["current_deadline"] is None
    return found


def assert_export_reproduces(api: Api) -> None:
    other, _ = exported(api)
    assert shown(other) == shown(api)
    assert shown_by_v2(other) == shown_by_v2(api)


# --- what it once lost --------------------------------------------------------------------------------------------


def test_a_capability_unrequested_before_the_onboarding_stays_unrequested() -> None:
    api = frozen()
    account = api.account(type="express", country="US", capabilities={"transfers": {"requested": "true"}})
    control(api, "POST", f"/accounts/{account}/complete_onboarding")
    api.post(f"/v1/accounts/{account}/capabilities/transfers", {"requested": "false"})
    other, document = exported(api)
    assert document["fixtures"][-1] == {
        "path": f"/v1/accounts/${{{account}:id}}/capabilities/transfers",
        "method": "post",
        "params": {"requested": "false"},
        "_at": NOON,
    }
    assert shown(other) == shown(api)


def test_persons_keep_their_order() -> None:
    api = frozen()
    account = api.account(type="custom", country="US", business_type="individual")
    api.post(f"/v1/accounts/{account}/persons", {"first_name": "First", "relationship": {"executive": "true"}})
    api.post(f"/v1/accounts/{account}", {"individual": {"first_name": "Second"}})
    other, _ = exported(api)
    names = [each["first_name"] for each in other.get(f"/v1/accounts/{account}/persons").body["data"]]
    assert names == ["Second", "First"]


def test_an_export_reproduces_persons_of_a_company_of_v2_that_became_an_individual() -> None:
    api = frozen()
    account = api.v2("POST", "/core/accounts", of_v2("company", *MERCHANT)).body["id"]
    params = {"given_name": "Jenny", "relationship": {"director": True}}
    assert api.v2("POST", f"/core/accounts/{account}/persons", params).status == 200
    assert api.v2("POST", f"/core/accounts/{account}", {"identity": {"entity_type": "individual"}}).status == 200
    other, _ = exported(api)
    assert shown_by_v2(other) == shown_by_v2(api)


@pytest.mark.parametrize(
    ("seller", "steps"),
    [
        (of_v2("company", *RECIPIENT), [("update", {"business_profile": {"support_email": "a@example.com"}})]),
        (of_v2("individual", *RECIPIENT), [("onboard", None), ("capability", ("transfers", False))]),
    ],
)
def test_an_export_reproduces_an_account_of_v2_changed_by_v1(seller: Any, steps: Any) -> None:
    api = frozen()
    account = api.v2("POST", "/core/accounts", seller).body["id"]
    for what, said in steps:
        take(api, account, what, said)
    other, _ = exported(api)
    assert shown(other) == shown(api)
    assert shown_by_v2(other) == shown_by_v2(api)


def test_an_export_keeps_terms_that_only_an_owner_may_accept() -> None:
    api = frozen()
    seller = of_v2("company", *MERCHANT)
    terms = {"date": "2026-01-01T00:00:00Z", "ip": "127.0.0.1"}
    seller["identity"]["attestations"] = {"terms_of_service": {"account": terms}}
    account = api.v2("POST", "/core/accounts", seller).body["id"]
    theirs = {"defaults": {"responsibilities": {"fees_collector": "stripe", "losses_collector": "stripe"}}}
    assert api.v2("POST", f"/core/accounts/{account}", theirs).status == 200
    other, _ = exported(api)
    assert shown_by_v2(other) == shown_by_v2(api)


def test_an_export_keeps_the_deletion_of_a_bank_account_from_an_onboarding() -> None:
    api = frozen()
    dollars = {**BANK, "routing_number": "110000000"}
    account = api.account(type="custom", country="CA", external_account=dollars)
    control(api, "POST", f"/accounts/{account}/complete_onboarding")
    bank = api.get(f"/v1/accounts/{account}/external_accounts").body["data"][0]["id"]
    assert api.delete(f"/v1/accounts/{account}/external_accounts/{bank}").status == 200
    other, _ = exported(api)
    assert shown(other) == shown(api)


def test_a_test_clock_is_advanced_again_with_all_that_happens_then() -> None:
    api = frozen()
    clock = api.posted("test_helpers/test_clocks", frozen_time=str(NOON))["id"]
    customer = api.posted("customers", test_clock=clock)["id"]
    price = {"currency": "usd", "unit_amount": "500", "product_data": {"name": "Tea"}}
    tea = api.posted("prices", **price, recurring={"interval": "month"})["id"]
    phases = [{"items": [{"price": tea}], "end_date": str(NOON + 10 * 86_400)}]
    sent = {"customer": customer, "start_date": "now", "end_behavior": "cancel", "phases": phases}
    schedule = api.posted("subscription_schedules", **sent)
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(NOON + 11 * 86_400))
    other, _ = exported(api)
    for path in (f"test_helpers/test_clocks/{clock}", f"subscription_schedules/{schedule['id']}"):
        assert other.get(f"/v1/{path}").body == api.get(f"/v1/{path}").body
    assert api.get(f"/v1/subscription_schedules/{schedule['id']}").body["status"] == "completed"
    assert other.get(f"/v1/subscriptions/{schedule['subscription']}").body["status"] == "canceled"
