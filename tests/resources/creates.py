"""Bodies of creates, with what they need besides the parameters that the catalog calls required."""

from __future__ import annotations

from typing import Any

from emulator.catalog import Operation

from ..api import Api
from .generic.values import Values

# As in the tables of `generic/values.py`, `@` begins the object that a value names.
BODIES: dict[str, dict[str, Any]] = {
    "PostAccountLinks": {"account": "@account", "refresh_url": "https://a.example", "return_url": "https://b.example"},
    "PostAccountsAccountBankAccounts": {"external_account": "btok_us_verified"},
    "PostAccountsAccountExternalAccounts": {"external_account": "btok_us_verified"},
    "PostAccountsAccountReject": {"reason": "fraud"},
    "PostBillingCreditGrants": {"amount": {"type": "monetary", "monetary": {"currency": "usd", "value": "100"}}},
    "PostBillingPortalSessions": {"customer": "@customer"},
    "PostCharges": {"amount": "1000", "currency": "usd", "source": "tok_bypassPending"},
    "PostCustomersCustomerBankAccounts": {"source": "btok_us_verified"},
    "PostCustomersCustomerBankAccountsIdVerify": {"amounts": ["32", "45"]},
    "PostCustomersCustomerCards": {"source": "tok_visa"},
    "PostCustomersCustomerSources": {"source": "tok_visa"},
    "PostCustomersCustomerSourcesIdVerify": {"amounts": ["32", "45"]},
    "PostInvoiceitems": {"customer": "@customer", "amount": "1000", "currency": "usd"},
    "PostInvoices": {"customer": "@customer"},
    "PostInvoicesInvoiceRemoveLines": {"lines": [{"behavior": "delete", "id": "il_123"}]},
    "PostInvoicesInvoiceUpdateLines": {"lines": [{"id": "il_123"}]},
    "PostPaymentIntents": {
        "amount": "1000",
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
    },
    "PostPaymentIntentsIntentIncrementAuthorization": {"amount": "2100"},
    "PostPaymentMethods": {"type": "card", "card": {"token": "tok_visa"}},
    "PostPaymentMethodsPaymentMethodAttach": {"customer": "@customer"},
    "PostRefunds": {"charge": "@charge", "amount": "10"},
    "PostTransfersIdReversals": {"amount": "10"},
    "PostShippingRates": {"fixed_amount": {"amount": "500", "currency": "usd"}},
    "PostSubscriptionSchedules": {"customer": "@customer", "start_date": "now"},
    "PostSubscriptions": {"customer": "@customer"},
    "PostTestHelpersConfirmationTokens": {"payment_method": "pm_card_visa"},
    "PostTokens": {"pii": {"id_number": "000000000"}},
    "PostTopups": {"amount": "100", "currency": "usd", "source": "btok_us_verified"},
    "PostTransfers": {"amount": "100", "currency": "usd", "destination": "@account"},
    "PostWebhookEndpoints": {"url": "https://shop.example/hook"},
}


class Creates(Values):
    """Values of requests to an emulator, whose creates succeed."""

    def body(self, operation: Operation, *, whole: bool = False) -> dict[str, Any]:
        return {**super().body(operation, whole=whole), **self._known(BODIES.get(operation.id, {}))}


def with_money(api: Api) -> Creates:
    """Values of requests to an emulator with money to transfer and to pay out."""
    funds = {"amount": "5000000", "currency": "usd", "source": "tok_bypassPending"}
    assert api.post("/v1/charges", funds).status == 200
    return Creates(api)
