"""The table of custom elements: a row for each Connect embedded component, with its callbacks.

Tags are derived from the component table. The callbacks are named by the setters of the npm packages.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources.connect.account_sessions.components import COMPONENTS
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json

PREFIX = "stripe-connect-"


@dataclass(frozen=True, slots=True)
class Callback:
    """A setter that takes a listener, and a button that calls the listener with `args` if `feature` is on.

    `on_load`: the arguments of a call once the component is ready, which say that nothing is there (our choice).
    """

    setter: str
    label: str
    args: tuple[Json, ...] = ()
    feature: str | None = None
    on_load: tuple[Json, ...] | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """A custom element. `key` is its name in an account session, None where no version of the API has one."""

    name: str
    key: str | None
    callbacks: tuple[Callback, ...] = ()

    @property
    def tag(self) -> str:
        return PREFIX + self.name


CLOSE = Callback("setOnClose", "Close")
_INSTANT = "instant_payouts"
CALLBACKS: Mapping[str, tuple[Callback, ...]] = {
    "account-management": (Callback("setOnSectionOpen", "Open a section", ({"sectionName": "business_details"},)),),
    "account-onboarding": (
        Callback("setOnStepChange", "Change the step", ({"step": "business_type"},)),
        Callback("setOnExit", "Exit"),
    ),
    "app-install": (
        Callback("setOnAppInstallStateFetched", "Fetch the state", ({"appId": "app_emulated", "state": "INSTALLED"},)),
        Callback("setOnAppInstallStateChanged", "Install the app", ({"appId": "app_emulated", "state": "INSTALLED"},)),
    ),
    "agentic-commerce-settings": (
        Callback("setOnAgreementUpdated", "Accept the agreement", ({"agreementId": "agr_emulated"},)),
    ),
    "capital-financing": (
        Callback("setOnFinancingsLoaded", "Load a financing", ({"total": 1},), None, ({"total": 0},)),
    ),
    "capital-financing-application": (
        Callback("setOnApplicationStepChange", "Change the step", ({"step": "review"},)),
        Callback("setOnApplicationSubmitted", "Submit the application"),
    ),
    "capital-financing-promotion": (
        Callback("setOnApplicationStepChange", "Change the step", ({"step": "review"},)),
        Callback("setOnApplicationSubmitted", "Submit the application"),
        Callback(
            "setOnEligibleFinancingOfferLoaded",
            "Load an offer",
            ({"productType": "standard", "activeFinancingCount": 0},),
        ),
    ),
    "check-scanning": (
        Callback("setHandleCheckScanSubmitted", "Submit a check", ({"checkScanToken": "token_emulated"},)),
    ),
    "instant-payouts-promotion": (
        Callback(
            "setOnInstantPayoutsPromotionLoaded",
            "Load the promotion",
            ({"promotionShown": True},),
            on_load=({"promotionShown": False},),
        ),
        Callback("setOnInstantPayoutCreated", "Pay out instantly", ({"payoutId": "po_emulated"},), _INSTANT),
    ),
    "notification-banner": (
        Callback("setOnNotificationsChange", "Change the notifications", ({"total": 1, "actionRequired": 1},)),
    ),
    "payment-details": (CLOSE,),
    "payment-disputes": (Callback("setOnDisputesLoaded", "Load a dispute", ({"total": 1},), None, ({"total": 0},)),),
    "payout-details": (CLOSE,),
    "payout-reconciliation-report": (
        Callback(
            "setOnReportAvailabilityLoaded",
            "Load the report",
            ({"isReportAvailable": True},),
            on_load=({"isReportAvailable": False},),
        ),
    ),
    "product-tax-code-selector": (
        Callback("setOnTaxCodeSelect", "Select a tax code", ("txcd_10000000", {"analyticsName": "general_services"})),
    ),
    "tax-registrations": (
        Callback("setOnAfterTaxRegistrationAdded", "Add a registration", ({"id": "taxreg_emulated"},)),
        Callback("setOnAfterTaxRegistrationExpired", "End a registration", ({"id": "taxreg_emulated"},)),
    ),
    "tax-settings": (Callback("setOnTaxSettingsUpdated", "Save the settings", ({"id": "taxset_emulated"},)),),
    "terminal-hardware-shop": (Callback("setOnCheckoutFinished", "Check out"),),
}

# Tags of the preview npm package without a component in the API's types.
WITHOUT_KEY = (
    "bills",
    "financial-accounts",
    "financial-accounts-transactions",
    "instant-payouts",
    "network-cost-passthrough-report",
    "recipients-list",
)


def _element(name: str, key: str | None) -> Element:
    return Element(name, key, CALLBACKS.get(name, ()))


ELEMENTS: Mapping[str, Element] = {
    element.name: element
    for element in (
        *(_element(component.name.replace("_", "-"), component.name) for component in COMPONENTS),
        *(_element(name, None) for name in WITHOUT_KEY),
    )
}
BY_KEY: Mapping[str, Element] = {element.key: element for element in ELEMENTS.values() if element.key}

# The label of a feature's button. A feature without one has no button.
FEATURE_LABELS: Mapping[str, str] = {
    "capture_payments": "Capture a payment",
    "card_management": "Manage cards",
    "card_spend_dispute_management": "Dispute card spend",
    "cardholder_management": "Manage cardholders",
    "create_us_paper_check_on_application": "Create a paper check",
    "destination_on_behalf_of_charge_management": "Manage destination charges",
    "dispute_management": "Respond to a dispute",
    "edit_payout_schedule": "Edit the payout schedule",
    "external_account_collection": "Change the bank account",
    "instant_payouts": "Pay out instantly",
    "refund_management": "Refund a payment",
    "send_money": "Send money",
    "smart_disputes_management": "Use smart disputes",
    "spend_control_management": "Manage spend controls",
    "standard_payouts": "Pay out",
    "transfer_balance": "Transfer the balance",
}

# The seven types of the npm package.
LOAD_ERRORS = (
    "api_connection_error",
    "authentication_error",
    "account_session_create_error",
    "invalid_request_error",
    "rate_limit_error",
    "render_error",
    "api_error",
)
