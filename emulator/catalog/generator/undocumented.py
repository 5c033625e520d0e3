"""Operations and parameters that Stripe takes and its document lacks. Each has its source.

An operation here has no described response: it is answered with 501 by its name until something emulates it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.catalog.format import Fields, Node, bare
from emulator.catalog.generator.newer import gaps
from emulator.wire.namedtuples import NamedTuple


class Addition(NamedTuple):
    """A parameter of some operations, as keys and types of the data files have it.

    `until` is the date of the first version that takes it no more.
    """

    operations: str
    parameters: Fields
    source: str
    until: str = ""


BASIL = "2025-03-31"
_TEXT = "string 5000"
_AGENT: Fields = {"payment_user_agent": _TEXT}
_PLAN: Fields = {"plan": _TEXT}
_LEVEL3: Fields = {
    "customer_reference": _TEXT,
    "line_items": [
        {
            "discount_amount": "integer",
            "product_code": _TEXT,
            "product_description": _TEXT,
            "quantity": "integer",
            "tax_amount": "integer",
            "unit_cost": "integer",
        }
    ],
    "merchant_reference": _TEXT,
    "shipping_address_zip": _TEXT,
    "shipping_amount": "integer",
    "shipping_from_zip": _TEXT,
}
_MOTO: Fields = {"moto": "boolean"}
_EXEMPTION: Fields = {
    "mit_exemption": {
        "claim_without_transaction_id": "boolean",
        "ds_transaction_id": _TEXT,
        "network_transaction_id": _TEXT,
    },
}
# A card of a wallet, with the proof of it.
_WALLET: Fields = {
    "card": {
        "cryptogram": _TEXT,
        "eci": _TEXT,
        "last4": _TEXT,
        "tokenization_method": "enum android_pay|apple_pay",
    },
}
_HASH_OR_TEXT: Node = {"|": [{"*": {"|": ["string", {"*": "string"}]}}, _TEXT]}
_CUSTOMERS = "PostCustomers PostCustomersCustomer"
_SOURCES = "PostCustomersCustomerSources PostCustomersCustomerCards PostCustomersCustomerBankAccounts"
_PAYMENTS = "PostPaymentIntents PostPaymentIntentsIntent PostPaymentIntentsIntentConfirm"
_SETUPS = "PostSetupIntents PostSetupIntentsIntent PostSetupIntentsIntentConfirm"
_SUBSCRIPTIONS = (
    "PostSubscriptions PostSubscriptionsSubscriptionExposedId "
    "PostCustomersCustomerSubscriptions PostCustomersCustomerSubscriptionsSubscriptionExposedId"
)
_NEWEST = "types of the SDKs of 2026-10-28"
_SUITES = "suites of applications that pass on Stripe's test mode"
PARAMETERS: tuple[Addition, ...] = (
    *(Addition(operations, gap, _NEWEST) for operations, gap in gaps()),
    Addition("PostProducts GetProducts", {"type": "enum good|service"}, "types of the SDKs"),
    # It says what made the request, and has no effect.
    Addition(
        "PostCharges PostTokens PostPaymentMethods PostSources PostPaymentIntents PostPaymentIntentsIntentConfirm "
        "PostSetupIntents PostSetupIntentsIntentConfirm",
        _AGENT,
        "sent by Stripe.js and the mobile SDKs",
    ),
    Addition(f"{_PAYMENTS} {_SETUPS}", {"payment_method_data": _AGENT}, "sent by Stripe.js and the mobile SDKs"),
    Addition(
        f"{_PAYMENTS} {_SETUPS}",
        {"payment_method_options": {"link": {"persistent_token": _TEXT}}},
        "types of the SDKs: it has no function any more",
    ),
    # A hash since 2026-09-30.endive.
    Addition(
        "PostSubscriptionsSubscriptionExposedId",
        {"billing_cycle_anchor": {"|": ["enum? now|unchanged", {"type": "gap"}]}},
        _NEWEST,
    ),
    Addition(
        "PostSubscriptionsSubscriptionResume",
        {"billing_cycle_anchor": {"|": ["enum now|unchanged", {"type": "gap"}]}},
        _NEWEST,
    ),
    Addition(
        "PostInvoicesCreatePreview",
        {
            "subscription_details": {
                "billing_cycle_anchor": {"|": ["enum now|unchanged", "timestamp", {"type": "gap", "timestamp": "gap"}]}
            }
        },
        _NEWEST,
    ),
    Addition("GetSubscriptions", _PLAN, "types of the SDKs"),
    Addition("PostSubscriptionItems PostSubscriptionItemsItem", _PLAN, "types of the SDKs"),
    Addition(_SUBSCRIPTIONS, {"items": [_PLAN]}, "observed"),
    Addition(
        _SUBSCRIPTIONS,
        {"coupon?": _TEXT, "plan": _TEXT, "promotion_code?": _TEXT, "prorate": "boolean", "quantity": "integer"},
        "observed",
        until=BASIL,
    ),
    Addition(
        "GetInvoicesInvoice",
        {"subscription_plan": _TEXT, "subscription_prorate": "boolean", "subscription_quantity": "integer"},
        "observed, of the id `upcoming`, which versions before basil know",
    ),
    Addition(
        "PostSubscriptionItemsIdUsageRecords",
        {
            "quantity!": "integer 0..",
            "action": "enum increment|set",
            "timestamp": {"|": ["enum now", "timestamp"]},
        },
        "types of the SDKs before basil",
    ),
    Addition(
        "GetSubscriptionItemsIdUsageRecordSummaries",
        {"ending_before": _TEXT, "limit": "integer", "starting_after": _TEXT},
        "types of the SDKs before basil",
    ),
    Addition(
        "PostPlans",
        {"aggregate_usage": "enum last_during_period|last_ever|max|sum"},
        "types of the SDKs before basil",
        until=BASIL,
    ),
    Addition(
        "PostInvoices",
        {"pending_invoice_items_behavior": "enum exclude|include|include_and_require"},
        "official: the changelog of 2022-08-01",
        until="2022-08-01",
    ),
    # Where the Express Dashboard leads back to.
    Addition(
        "PostAccountsAccountLoginLinks",
        {"redirect_url": _TEXT},
        "types of the SDKs before 2022-08-01",
        until="2022-08-01",
    ),
    Addition("PostCharges", {"recurring": "boolean"}, _SUITES),
    Addition(
        f"PostCharges PostChargesChargeCapture {_PAYMENTS} PostPaymentIntentsIntentCapture",
        {"level3": _LEVEL3},
        _SUITES,
    ),
    Addition(
        "PostCharges PostPaymentIntents PostPaymentIntentsIntentConfirm",
        {"radar_options": {"skip_rules": [_TEXT]}},
        _SUITES,
    ),
    Addition(_PAYMENTS, {"payment_method_options": {"card": {**_MOTO, **_EXEMPTION}}}, _SUITES),
    Addition(_SETUPS, {"payment_method_options": {"card": _MOTO}}, "types of the SDKs"),
    # Without the check of a card by its bank.
    Addition(
        f"{_CUSTOMERS} {_SOURCES} PostTokens PostPaymentMethodsPaymentMethodAttach", {"validate": "boolean"}, _SUITES
    ),
    Addition("PostCharges", {"source": _HASH_OR_TEXT}, "older documents"),
    Addition(
        f"{_CUSTOMERS} {_SOURCES}", {"source?": _HASH_OR_TEXT}, "older documents; the empty text has words of its own"
    ),
    Addition(
        "PostCharges PostCustomersCustomer PostCustomersCustomerSources PostCustomersCustomerCards PostTokens",
        {"card": {"swipe_data": "gap"}},
        _SUITES,
    ),
    # Observed with 2020-08-27.
    Addition("PostPaymentIntents", {"shipping": {"name?": _TEXT}}, "observed"),
    Addition(f"PostTokens PostCharges PostCustomersCustomer {_SOURCES}", _WALLET, _SUITES),
    Addition(_PAYMENTS, {"save_payment_method": "boolean"}, _SUITES),
)

# Paths and methods of SDKs (official: stripe-node and stripe-python).
_ROUTES = """
/v1/accounts/{account}/unreject POST
/v1/apps/installs GET POST
/v1/apps/installs/{id} GET POST
/v1/apps/installs/{id}/uninstall POST
/v1/billing/feedback_options GET POST
/v1/billing/feedback_options/{id} GET POST
/v1/billing/feedback_options/{id}/deactivate POST
/v1/capital/financing_offers GET
/v1/capital/financing_offers/{id} GET
/v1/capital/financing_offers/{id}/mark_delivered POST
/v1/payment_records GET
/v1/product_catalog/trial_offers GET POST
/v1/product_catalog/trial_offers/{id} GET POST
/v1/subscription_items/{id}/usage_record_summaries GET
/v1/subscription_items/{id}/usage_records POST
/v1/subscriptions/{id}/pause POST
/v1/tax/locations GET POST
/v1/tax/locations/{id} GET
/v1/three_d_secure/authentications GET POST
/v1/three_d_secure/authentications/{id} GET
/v1/three_d_secure/authentications/{id}/cancel POST
/v1/three_d_secure/authentications/{id}/submit POST
/v2/core/vault/gb_bank_accounts GET POST
/v2/core/vault/gb_bank_accounts/{id} GET
/v2/core/vault/gb_bank_accounts/{id}/archive POST
/v2/core/vault/gb_bank_accounts/{id}/unarchive POST
/v2/core/vault/us_bank_accounts GET POST
/v2/core/vault/us_bank_accounts/{id} GET POST
/v2/core/vault/us_bank_accounts/{id}/archive POST
/v2/core/vault/us_bank_accounts/{id}/confirm_microdeposits POST
/v2/core/vault/us_bank_accounts/{id}/send_microdeposits POST
/v2/core/vault/us_bank_accounts/{id}/unarchive POST
/v2/money_management/adjustments GET
/v2/money_management/adjustments/{id} GET
/v2/money_management/financial_accounts GET
/v2/money_management/financial_accounts/{id} GET POST
/v2/money_management/financial_addresses GET POST
/v2/money_management/financial_addresses/{id} GET
/v2/money_management/inbound_transfers GET POST
/v2/money_management/inbound_transfers/{id} GET
/v2/money_management/outbound_payments GET POST
/v2/money_management/outbound_payments/{id} GET
/v2/money_management/outbound_payments/{id}/cancel POST
/v2/money_management/outbound_setup_intents GET POST
/v2/money_management/outbound_setup_intents/{id} GET POST
/v2/money_management/outbound_setup_intents/{id}/cancel POST
/v2/money_management/payout_intents GET POST
/v2/money_management/payout_intents/{id} GET POST
/v2/money_management/payout_intents/{id}/cancel POST
/v2/money_management/payout_intents/{id}/confirm POST
/v2/money_management/payout_intents/{id}/refresh_fx_quote POST
/v2/money_management/payout_intents/{id}/refresh_recipient_verification POST
/v2/money_management/payout_methods GET
/v2/money_management/payout_methods/{id} GET
/v2/money_management/payout_methods/{id}/archive POST
/v2/money_management/payout_methods/{id}/unarchive POST
/v2/money_management/payout_methods_bank_account_spec GET
/v2/money_management/received_credits GET
/v2/money_management/received_credits/{id} GET
/v2/money_management/recipient_verifications POST
/v2/money_management/recipient_verifications/{id} GET
/v2/money_management/recipient_verifications/{id}/acknowledge POST
/v2/money_management/test_helpers/financial_addresses/{id}/credit POST
/v2/money_management/transaction_entries GET
/v2/money_management/transaction_entries/{id} GET
/v2/money_management/transactions GET
/v2/money_management/transactions/{id} GET POST
/v2/money_management/transactions/{id}/refresh_regulatory_receipt POST
/v2/test_helpers/money_management/recipient_verifications POST
"""
_RESPONSES = {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}


def merged_paths(documented: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The paths of the document, and those that it lacks, in its form."""
    added = {path: dict(_methods(path, methods)) for path, *methods in map(str.split, _ROUTES.strip().splitlines())}
    return {**documented, **{path: {**documented.get(path, {}), **methods} for path, methods in added.items()}}


def _methods(path: str, methods: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    kind = "application/json" if path.startswith("/v2/") else "application/x-www-form-urlencoded"
    content = {kind: {"schema": {"type": "object", "properties": {}}}}
    for method in methods:
        operation = {"operationId": _id(method, path), "responses": _RESPONSES}
        yield method.lower(), operation if method == "GET" else {**operation, "requestBody": {"content": content}}


def _id(method: str, path: str) -> str:
    """`PostAccountsAccountUnreject` of `POST /v1/accounts/{account}/unreject`, as the document names operations."""
    words = path.removeprefix("/v1/").replace("{", "").replace("}", "").replace("/", "_").split("_")
    return method.title() + "".join(word[:1].upper() + word[1:] for word in words)


def with_additions(operation_id: str, params: Fields) -> Fields:
    """The parameters of an operation with those that the document lacks, at the end."""
    for each in _of(operation_id):
        params = params if each.until else _with(params, each.parameters)
    return params


def old_parameters(operation_id: str) -> Fields:
    """The parameters that only versions before a date take, by that date."""
    found: Fields = {}
    for each in _of(operation_id):
        if each.until:
            found = _with(found, {each.until: each.parameters})
    return found


def _of(operation_id: str) -> list[Addition]:
    return [each for each in PARAMETERS if operation_id in each.operations.split()]


def _with(known: Fields, added: Fields) -> Fields:
    """A hash with more names, also in its inner hashes and those of arrays; any other type replaces the known one.

    After `...` stands what an enum has besides.
    """
    news, whole = {bare(key): (key, node) for key, node in added.items()}, dict[str, Node]()
    for key, node in known.items():
        new, inner = news.pop(bare(key), (key, None))
        marks = [mark for mark in new.removeprefix(bare(new)) if mark not in key]
        whole[key + "".join(marks)] = node if inner is None else _within(node, inner)
    return {**whole, **dict(news.values())}


def _within(known: Node, added: Node) -> Node:
    if isinstance(known, str) and isinstance(added, str) and added.startswith("..."):
        return known + added.removeprefix("...")
    if isinstance(known, list) and isinstance(added, list):
        return [_within(known[0], added[0]), *known[1:]]
    if not isinstance(known, dict) or not isinstance(added, dict) or "|" in added:
        return added
    options = known.get("|")
    if isinstance(options, list):
        return {"|": [_within(options[0], added), *options[1:]]}
    return _with(known, added)
