"""The component table: one row for each Connect embedded component.

Parameters, response, rules, the browser's table and the documentation are derived from the rows. Features and defaults
are official (the API reference, the SDKs' types and the changelogs) unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from emulator.catalog.versions import Version
from emulator.wire.dataclasses import dataclass, replace


class Default(Enum):
    """The value of a feature that a request does not name."""

    ON = "`true`"
    OFF = "`false`"
    STRIPE_LIABLE = "`true` when Stripe is liable for negative balances, else `false`"
    OPPOSITE_OF_COLLECTION = "the opposite of `external_account_collection`"
    LIKE_DISPUTES = "the value of `dispute_management`"


COLLECTION = "external_account_collection"
NO_STRIPE_LOGIN = "disable_stripe_user_authentication"
DISPUTES = "dispute_management"
APPS = "allowed_apps"  # a list among the features, which has no bit

FOLLOWED = {Default.OPPOSITE_OF_COLLECTION: COLLECTION, Default.LIKE_DISPUTES: DISPUTES}
"""The feature that a default depends on."""

PREVIEW_BETA = "embedded_connect_beta=v2"
"""The beta in `Stripe-Version` that opens preview components at any version (official)."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a component. The table sets `bit`, the feature that it follows, and if it is that one's opposite."""

    name: str
    default: Default
    bit: int = 0
    follows: str = ""
    opposite: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """A component, available at every version; with `preview`, at preview versions and with the beta only.

    Stripe adds components and features to all versions at once (official). `capability` is the one that an account must
    have requested (official that there is one, our choice which). `in_response` is false for preview components that
    Stripe's types have in requests only, and `apps` says that they take a list of apps. The table sets the rest: the
    component's bit, its features' bits by name, the features that follow another one, and the one about Stripe's login.
    """

    name: str
    features: tuple[Feature, ...] = ()
    preview: bool = False
    capability: str | None = None
    in_response: bool = True
    apps: bool = False
    bit: int = 0
    bits: Mapping[str, int] = field(default_factory=dict)
    followers: tuple[Feature, ...] = ()
    login: Feature | None = None


LOGIN = Feature(NO_STRIPE_LOGIN, Default.OPPOSITE_OF_COLLECTION)
COLLECT = Feature(COLLECTION, Default.ON)
LOGIN_AND_COLLECT = (LOGIN, COLLECT)
CAPTURE = Feature("capture_payments", Default.ON)
ON_BEHALF = Feature("destination_on_behalf_of_charge_management", Default.OFF)
DISPUTE = Feature(DISPUTES, Default.ON)
REFUND = Feature("refund_management", Default.ON)
SMART = Feature("smart_disputes_management", Default.LIKE_DISPUTES)
PAYMENTS = (CAPTURE, ON_BEHALF, DISPUTE, REFUND, SMART)
INSTANT = Feature("instant_payouts", Default.STRIPE_LIABLE)
PAYOUTS = (
    LOGIN,
    Feature("edit_payout_schedule", Default.STRIPE_LIABLE),
    COLLECT,
    INSTANT,
    Feature("standard_payouts", Default.STRIPE_LIABLE),
)
# No default is published for these; the reference's example shows `false`.
SEND_MONEY = Feature("send_money", Default.OFF)
CARDS = tuple(
    Feature(name, Default.OFF) for name in ("card_management", "card_spend_dispute_management", "cardholder_management")
)
SPEND_CONTROL = Feature("spend_control_management", Default.OFF)

_TABLE: tuple[Component, ...] = (
    Component("account_management", LOGIN_AND_COLLECT),
    Component("account_onboarding", LOGIN_AND_COLLECT),
    Component("agentic_commerce_settings", preview=True),
    Component("app_install", preview=True, in_response=False, apps=True),
    Component("app_viewport", preview=True, in_response=False, apps=True),
    Component("balance_report"),
    Component("balances", PAYOUTS),
    Component("capital_financing", preview=True),
    Component("capital_financing_application", preview=True),
    Component("capital_financing_promotion", preview=True),
    Component("capital_overview", preview=True, in_response=False),
    Component("check_scanning", (Feature("create_us_paper_check_on_application", Default.OFF),), preview=True),
    Component("disputes_list", PAYMENTS),
    Component("documents"),
    Component("export_tax_transactions", preview=True, in_response=False),
    Component(
        "financial_account",
        (*LOGIN_AND_COLLECT, SEND_MONEY, Feature("transfer_balance", Default.OFF)),
        capability="treasury",
    ),
    Component(
        "financial_account_transactions",
        (Feature("card_spend_dispute_management", Default.OFF),),
        capability="treasury",
    ),
    Component("instant_payouts_promotion", (*LOGIN_AND_COLLECT, INSTANT)),
    Component("issuing_card", (*CARDS, SPEND_CONTROL), capability="card_issuing"),
    Component(
        "issuing_cards_list",
        (*CARDS, Feature(NO_STRIPE_LOGIN, Default.OFF), SPEND_CONTROL),
        capability="card_issuing",
    ),
    Component("notification_banner", LOGIN_AND_COLLECT),
    Component("payment_details", PAYMENTS),
    Component("payment_disputes", (ON_BEHALF, DISPUTE, REFUND, SMART)),
    Component("payment_method_settings", (Feature(NO_STRIPE_LOGIN, Default.OFF),)),
    Component("payments", PAYMENTS),
    Component("payout_details"),
    Component("payout_reconciliation_report"),
    Component("payouts", PAYOUTS),
    Component("payouts_list"),
    Component("product_tax_code_selector", preview=True, in_response=False),
    Component("recipients", (SEND_MONEY,), preview=True, in_response=False),
    Component("reporting_chart"),
    Component("tax_registrations"),
    Component("tax_settings"),
    Component("tax_threshold_monitoring", preview=True, in_response=False),
    Component("terminal_hardware_orders"),
    Component("terminal_hardware_shop"),
)

# A stored session has a set of components and a set of features, as bits.
COMPONENT_BIT = {component.name: 1 << index for index, component in enumerate(_TABLE)}
CAPABILITY_BITS = sum(COMPONENT_BIT[component.name] for component in _TABLE if component.capability)
FEATURE_BIT = {
    pair: 1 << index for index, pair in enumerate((c.name, feature.name) for c in _TABLE for feature in c.features)
}
LOGIN_BITS = sum(bit for (_, name), bit in FEATURE_BIT.items() if name == NO_STRIPE_LOGIN)
COLLECTION_BITS = sum(bit for (_, name), bit in FEATURE_BIT.items() if name == COLLECTION)


def _complete(component: Component) -> Component:
    """The component with the attributes that follow from its row."""
    bits = {feature.name: FEATURE_BIT[component.name, feature.name] for feature in component.features}
    features = tuple(
        replace(
            feature,
            bit=bits[feature.name],
            follows=FOLLOWED.get(feature.default, ""),
            opposite=feature.default is Default.OPPOSITE_OF_COLLECTION,
        )
        for feature in component.features
    )
    return replace(
        component,
        features=features,
        bit=COMPONENT_BIT[component.name],
        bits={**bits, APPS: 0} if component.apps else bits,
        followers=tuple(feature for feature in features if feature.follows),
        login=next((feature for feature in features if feature.name == NO_STRIPE_LOGIN), None),
    )


COMPONENTS: tuple[Component, ...] = tuple(map(_complete, _TABLE))


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The components that a request may name, by name, alphabetical."""

    name: str
    components: Mapping[str, Component]


_LAYOUTS = {
    name: Layout(name, {component.name: component for component in COMPONENTS if previews or not component.preview})
    for name, previews in (("general", False), ("preview", True))
}


def layout_of(version: Version) -> Layout:
    """The layout of a request's version: with or without preview components."""
    return _LAYOUTS["preview" if version.preview or PREVIEW_BETA in version.betas else "general"]


def layout(name: str) -> Layout:
    """The layout of a stored session."""
    return _LAYOUTS[name]
