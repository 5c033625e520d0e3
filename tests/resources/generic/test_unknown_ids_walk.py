"""Where unknown ids are created, every operation finds the ids that it names, fresh or used before."""

from __future__ import annotations

import re
from collections import Counter
from random import Random
from typing import Any

import pytest

from emulator import catalog
from emulator.catalog import Operation
from emulator.model.answering import endpoints
from emulator.model.declaration import registry
from emulator.settings import Settings
from emulator.wire import form

from ...api import Answer, Api
from .values import BODIES, NAMED, Values

EVERY = [each for each in catalog.operations() if endpoints.endpoint(each) and not each.v2]
# Operations that find nothing all the same, with the reason.
NOT_FOUND = {
    "GetAppsSecretsFind": "A secret is named by its name and scope, not by an id.",
    "PostAppsSecretsDelete": "A secret is named by its name and scope, not by an id.",
    "GetEventsId": "Events say what happened.",
    "GetTokensToken": "Tokens say what was sent.",
    "PostExternalAccountsId": "No account is named in which an external account could be made.",
    "GetSubscriptionItemsIdUsageRecordSummaries": "Usage records are gone since basil.",
    "PostSubscriptionItemsIdUsageRecords": "Usage records are gone since basil.",
    "GetTaxAssociationsFind": "No payment has a tax calculation.",
}
KINDS = {"open invoice": "invoice", "plan": "price", "payment record": "payment_record", "walk meter": "billing.meter"}


class FreshIds(Values):
    """Requests that name only ids that nobody created."""

    def request(self, operation: Operation) -> tuple[str, dict[str, Any]]:
        path, templates = operation.path, re.findall(r"\{[^}]+\}", operation.path)
        below = operation.parent not in ("-", operation.object)
        for place, template in enumerate(templates):
            name = operation.parent if below and place == 0 else operation.object
            path = path.replace(template, self.one(name), 1)
        own = BODIES.get(operation.id)
        return path, self.body(operation) if own is None else self._known(own, self.one(operation.object))

    def one(self, name: str) -> str:
        resource = registry.resource(KINDS.get(name, name))
        return NAMED["query"] if name == "query" else f"{(resource.prefix if resource else '') or 'thing'}_123"

    def _prepared(self, steps: list[tuple[str, Any]]) -> str:
        return ""


def creating() -> Api:
    return Api(Settings(unknown_ids="create"))


def answer(api: Api, operation: Operation) -> Answer:
    path, body = FreshIds(api).request(operation)
    sent = form.encode(body)
    if operation.method == "GET":
        return api.get(f"{path}?{sent}" if sent else path)
    return api.send(operation.method, path, sent.encode())


@pytest.mark.parametrize("operation", EVERY, ids=lambda each: each.id)
def test_every_operation_finds_fresh_ids(operation: Operation) -> None:
    found = answer(creating(), operation)
    assert found.status != 500, found.body
    assert (found.status == 404) == (operation.id in NOT_FOUND), found.body


def test_every_operation_finds_ids_that_others_have_used_before() -> None:
    api, order = creating(), [*EVERY, *EVERY]
    Random(18).shuffle(order)
    wrong = [(each.id, found.body) for each in order if (found := answer(api, each)).status in {404, 500}]
    assert [each for each in wrong if each[0] not in NOT_FOUND] == []
    assert_balance_is_the_sum_of_the_ledger(api)


def assert_balance_is_the_sum_of_the_ledger(api: Api) -> None:
    shown, net = api.get("/v1/balance").body, Counter[str]()
    at = "/v1/balance_transactions?limit=100"
    page = api.get(at).body
    while page["data"]:
        for each in page["data"]:
            net[each["currency"]] += each["net"]
        page = api.get(f"{at}&starting_after={page['data'][-1]['id']}").body
    held = Counter[str]()
    for each in (*shown["available"], *shown["pending"]):
        held[each["currency"]] += each["amount"]
    assert +held == +net


def test_a_balance_transaction_that_a_request_names_stays_in_the_ledger() -> None:
    api = creating()
    api.get("/v1/balance_transactions/txn_123")
    for _ in range(2):
        api.post("/v1/charges/ch_123/capture", {"metadata": {"a": "txn_123"}})
        api.post("/v1/quotes/qt_123/cancel", {"expand": ["txn_123"]})
        api.post("/v1/refunds/re_123/cancel", {"expand": ["txn_123"]})
        api.post("/v1/payouts/po_123/reverse", {"metadata": {"transaction": "txn_123"}})
    assert_balance_is_the_sum_of_the_ledger(api)


ACTIONS: list[tuple[str, dict[str, object], str]] = [
    ("payouts/po_123/reverse", {}, "pending"),
    ("refunds/re_123/cancel", {}, "canceled"),
    ("test_helpers/refunds/re_123/expire", {}, "failed"),
    ("payment_intents/pi_123/verify_microdeposits", {"amounts": ["32", "45"]}, "processing"),
    ("payment_intents/pi_123/verify_microdeposits", {"descriptor_code": "SM11AA"}, "processing"),
    ("setup_intents/seti_123/verify_microdeposits", {"amounts": ["32", "45"]}, "succeeded"),
    ("setup_intents/seti_123/verify_microdeposits", {"descriptor_code": "SM11AA"}, "succeeded"),
    ("payment_intents/pi_123/apply_customer_balance", {}, "requires_action"),
    ("payment_intents/pi/confirm", {}, "succeeded"),
]


@pytest.mark.parametrize(("path", "params", "status"), ACTIONS)
def test_an_action_finds_a_state_that_allows_it_each_time(path: str, params: dict[str, object], status: str) -> None:
    api = creating()
    for _ in range(2):
        acted = api.post(f"/v1/{path}", params)
        assert (acted.status, acted.body["status"]) == (200, status), acted.body
        assert_balance_is_the_sum_of_the_ledger(api)


@pytest.mark.parametrize("outcome", ["canceled", "failed", "guaranteed"])
def test_a_payment_record_that_nobody_created_takes_every_report(outcome: str) -> None:
    api, at = creating(), "/v1/payment_records/pr_123/report_payment_attempt"
    ended = api.post(f"{at}_{outcome}", {f"{outcome}_at": "1700000000"})
    assert (ended.status, ended.body[f"amount_{outcome}"]) == (200, {"currency": "usd", "value": 1000})
    assert api.post(at, {"initiated_at": "1700000000"}).status == 200


@pytest.mark.parametrize("source", ["ba_123", "card_123", "src_123"])
def test_a_source_that_nobody_created_is_a_payment_method_too(source: str) -> None:
    assert creating().post(f"/v1/payment_methods/{source}/detach").body["id"] == source
    shown = creating().get(f"/v1/customers/cus_123/payment_methods/{source}")
    assert (shown.status, shown.body["customer"]) == (200, "cus_123")


def test_the_items_of_a_subscription_that_is_made_anew_are_its_own() -> None:
    api = creating()
    assert api.delete("/v1/subscriptions/sub_123").status == 200
    assert api.post("/v1/subscriptions/sub_123/resume").status == 200
    items = api.get("/v1/subscription_items?subscription=sub_123")
    assert (items.status, len(items.body["data"])) == (200, 1)


def test_a_card_token_that_nobody_created_pays_out_to_a_debit_card() -> None:
    card = creating().post("/v1/accounts/acct_123/external_accounts", {"external_account": "tok_123"}).body
    assert (card["object"], card["funding"]) == ("card", "debit")
