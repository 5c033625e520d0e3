"""The component table: one row for each Connect embedded component.

Parameters, response, rules, the browser's table and the documentation are derived from the rows. Features, defaults
and versions are official (the API reference, the SDKs' types and the changelogs) unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache

from emulator.catalog.versions import Version


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

FOLLOWED = {Default.OPPOSITE_OF_COLLECTION: COLLECTION, Default.LIKE_DISPUTES: DISPUTES}
"""The feature that a default depends on."""

ALWAYS = ""  # Additions before acacia, the first named release, became available in every version.
NEVER = "9999"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a component, in versions from `since` on. A layout sets `bit` and the feature that it follows."""

    name: str
    default: Default
    since: str = ALWAYS
    bit: int = 0
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A component, available in the half-open ranges of version dates in `ranges`.

    A preview version has all components, also those without ranges. `capability` is the one that an account must have
    requested (official that there is one, our choice which). `in_response` is false for preview components that
    Stripe's types have in requests only, and `apps` says that they take a list of apps. A layout sets the rest: the
    component's bit, its features' bits by name, the features that follow another one, and the one about Stripe's login.
    """

    name: str
    features: tuple[Feature, ...] = ()
    ranges: tuple[tuple[str, str], ...] = ((ALWAYS, NEVER),)
    capability: str | None = None
    in_response: bool = True
    apps: bool = False
    bit: int = 0
    bits: Mapping[str, int] = field(default_factory=dict)
    followers: tuple[Feature, ...] = ()
    login: Feature | None = None

    def exists(self, version: Version) -> bool:
        """Whether a version has the component."""
        return self.preview_at(version) or any(since <= version.date < until for since, until in self.ranges)

    def preview_at(self, version: Version) -> bool:
        """Whether a version has the component only because it is a preview version."""
        return version.preview and not any(since <= version.date < until for since, until in self.ranges)


def _since(date: str) -> tuple[tuple[str, str], ...]:
    return ((date, NEVER),)


LOGIN = Feature(NO_STRIPE_LOGIN, Default.OPPOSITE_OF_COLLECTION, "2024-10-28")
COLLECT = Feature(COLLECTION, Default.ON)
LOGIN_AND_COLLECT = (LOGIN, COLLECT)
CAPTURE = Feature("capture_payments", Default.ON)
ON_BEHALF = Feature("destination_on_behalf_of_charge_management", Default.OFF)
DISPUTE = Feature(DISPUTES, Default.ON)
REFUND = Feature("refund_management", Default.ON)
SMART = Feature("smart_disputes_management", Default.LIKE_DISPUTES, "2026-07-29")
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

CLOVER_GAP = (("2025-08-27", "2025-09-30"), ("2026-04-22", NEVER))
PREVIEW_ONLY: tuple[tuple[str, str], ...] = ()

COMPONENTS: tuple[Component, ...] = (
    Component("account_management", LOGIN_AND_COLLECT),
    Component("account_onboarding", LOGIN_AND_COLLECT),
    Component("agentic_commerce_settings", ranges=PREVIEW_ONLY),
    Component("app_install", ranges=PREVIEW_ONLY, in_response=False, apps=True),
    Component("app_viewport", ranges=PREVIEW_ONLY, in_response=False, apps=True),
    Component("balance_report", ranges=CLOVER_GAP),
    Component("balances", PAYOUTS),
    Component("capital_financing", ranges=PREVIEW_ONLY),
    Component("capital_financing_application", ranges=PREVIEW_ONLY),
    Component("capital_financing_promotion", ranges=PREVIEW_ONLY),
    Component("capital_overview", ranges=PREVIEW_ONLY, in_response=False),
    Component("check_scanning", (Feature("create_us_paper_check_on_application", Default.OFF),), ranges=PREVIEW_ONLY),
    Component("disputes_list", PAYMENTS, _since("2025-05-28")),
    Component("documents"),
    Component("export_tax_transactions", ranges=PREVIEW_ONLY, in_response=False),
    Component(
        "financial_account",
        (*LOGIN_AND_COLLECT, SEND_MONEY, Feature("transfer_balance", Default.OFF)),
        _since("2025-01-27"),
        capability="treasury",
    ),
    Component(
        "financial_account_transactions",
        (Feature("card_spend_dispute_management", Default.OFF),),
        _since("2025-01-27"),
        capability="treasury",
    ),
    Component("instant_payouts_promotion", (*LOGIN_AND_COLLECT, INSTANT), _since("2025-07-30")),
    Component("issuing_card", (*CARDS, SPEND_CONTROL), _since("2025-01-27"), capability="card_issuing"),
    Component(
        "issuing_cards_list",
        (*CARDS, Feature(NO_STRIPE_LOGIN, Default.OFF), SPEND_CONTROL),
        _since("2025-01-27"),
        capability="card_issuing",
    ),
    Component("notification_banner", LOGIN_AND_COLLECT),
    Component("payment_details", PAYMENTS),
    Component("payment_disputes", (ON_BEHALF, DISPUTE, REFUND, SMART), _since("2025-05-28")),
    Component("payment_method_settings", (Feature(NO_STRIPE_LOGIN, Default.OFF),), _since("2026-08-26")),
    Component("payments", PAYMENTS),
    Component("payout_details", ranges=_since("2025-08-27")),
    Component("payout_reconciliation_report", ranges=CLOVER_GAP),
    Component("payouts", PAYOUTS),
    Component("payouts_list"),
    Component("product_tax_code_selector", ranges=PREVIEW_ONLY, in_response=False),
    Component("recipients", (SEND_MONEY,), ranges=PREVIEW_ONLY, in_response=False),
    Component("reporting_chart", ranges=_since("2026-10-28")),
    Component("tax_registrations"),
    Component("tax_settings"),
    Component("tax_threshold_monitoring", ranges=PREVIEW_ONLY, in_response=False),
    Component("terminal_hardware_orders", ranges=_since("2026-10-28")),
    Component("terminal_hardware_shop", ranges=_since("2026-10-28")),
)

# A stored session has a set of components and a set of features, as bits.
COMPONENT_BIT = {component.name: 1 << index for index, component in enumerate(COMPONENTS)}
CAPABILITY_BITS = sum(COMPONENT_BIT[component.name] for component in COMPONENTS if component.capability)
FEATURE_BIT = {
    pair: 1 << index for index, pair in enumerate((c.name, feature.name) for c in COMPONENTS for feature in c.features)
}


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The components of a version by name, in alphabetical order, each with its features in that version."""

    name: str
    components: Mapping[str, Component]
    previews: frozenset[str]


def layout_of(version: Version) -> Layout:
    """The layout of a request's version."""
    return layout(version.date + (".preview" if version.preview else ""))


@lru_cache(maxsize=256)
def layout(name: str) -> Layout:
    """The layout of a date, or of a date with `.preview`."""
    version = Version(name, name[:10], name.endswith(".preview"))
    available = [component for component in COMPONENTS if component.exists(version)]
    previews = frozenset(component.name for component in available if component.preview_at(version))
    return Layout(name, {component.name: _at(component, version) for component in available}, previews)


def _at(component: Component, version: Version) -> Component:
    features = tuple(
        replace(feature, bit=FEATURE_BIT[component.name, feature.name], follows=FOLLOWED.get(feature.default))
        for feature in component.features
        if feature.since <= version.date
    )
    return replace(
        component,
        features=features,
        bit=COMPONENT_BIT[component.name],
        bits={feature.name: feature.bit for feature in features},
        followers=tuple(feature for feature in features if feature.follows),
        login=next((feature for feature in features if feature.name == NO_STRIPE_LOGIN), None),
    )
