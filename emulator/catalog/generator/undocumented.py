"""Operations and parameters that Stripe takes and its document lacks. Each has its source.

An operation here has no described response: it is answered with 501 by its name until something emulates it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.catalog.format import Fields
from emulator.wire.namedtuples import NamedTuple


class Addition(NamedTuple):
    """A parameter of some operations, as keys and types of the data files have it."""

    operations: str
    parameters: Fields
    source: str


_AGENT: Fields = {"payment_user_agent": "string 5000"}
PARAMETERS: tuple[Addition, ...] = (
    Addition("PostProducts GetProducts", {"type": "enum good|service"}, "types of the SDKs"),
    # It says what made the request, and has no effect.
    Addition(
        "PostCharges PostTokens PostPaymentIntents PostPaymentMethods PostSources",
        _AGENT,
        "sent by Stripe.js and the mobile SDKs",
    ),
    Addition("GetSubscriptions", {"plan": "string 5000"}, "types of the SDKs"),
    Addition("PostSubscriptionItems PostSubscriptionItemsItem", {"plan": "string 5000"}, "types of the SDKs"),
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
    for each in PARAMETERS:
        if operation_id in each.operations.split():
            params = {**params, **each.parameters}
    return params
