"""What sessions of Checkout and the portal, payment links and their items keep, and responses never show."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.model.declaration.private import Private, private
from emulator.model.declaration.resource import Fields
from emulator.resources.billing.products.breakdowns import ItemBreakdown, RedeemedCoupons
from emulator.wire.json import Json


class SessionState(RedeemedCoupons, total=False):
    """What a session of Checkout keeps.

    `_id` is its own, known before it is stored, `_address` the base of its URLs, `_page` the id of its page, `_link`
    that of its payment link. `_payer` is the input of its visitor until it is complete, `_intent` the id of the intent
    that pays for its subscription, `_async` the result of a payment that took longer than the visit. The others are the
    parameters of the objects that it makes, as sent.
    """

    _address: str
    _async: str
    _customer_update: Fields
    _id: str
    _intent: str
    _link: str
    _page: str
    _payer: Fields
    _payment_intent_data: Fields
    _payment_method_data: Fields
    _setup_intent_data: Fields
    _subscription_data: Fields


class SessionItemState(ItemBreakdown, total=False):
    """What an item of a session or a link keeps.

    `_charged` are the amounts of the price in the currency of the session, `_tax_rates` its own rates, `_rates` those
    that it is taxed with, `_trial` whether it costs nothing at first.
    """

    _charged: Fields
    _rates: list[Fields]
    _tax_rates: list[Fields]
    _trial: bool


class LinkState(Private, total=False):
    """What a payment link keeps: the mode of its sessions, and the base of its URL."""

    _address: str
    _mode: str


class PortalSessionState(Private, total=False):
    """What a session of the portal keeps: the token in its URL."""

    _token: str


def payer_of(session: Mapping[str, Json]) -> Fields:
    """The input of the visitor of a session that is not complete, empty before the first attempt to pay."""
    return private(SessionState, session).get("_payer", {})


def subscription_data(session: Mapping[str, Json]) -> Fields:
    """The parameters of the subscription of a session."""
    return private(SessionState, session).get("_subscription_data", {})


def payment_intent_data(session: Mapping[str, Json]) -> Fields:
    """The parameters of the payment intent of a session."""
    return private(SessionState, session).get("_payment_intent_data", {})


def tax_rates(item: Mapping[str, Json]) -> list[Json]:
    """The ids of the tax rates that an item was given."""
    return [rate["id"] for rate in private(SessionItemState, item).get("_tax_rates", ())]
