"""The rules of configurations: responsibilities and dashboard, country and email address, details of customers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import cast

from emulator import errors
from emulator.resources.connect.accounts.base import countries
from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS, NO_CARDS
from emulator.resources.v2.accounts.field_names import CUSTOMER, MERCHANT, RECIPIENT
from emulator.resources.v2.accounts.translation import v2_param_names
from emulator.schema.check import Params, Value
from emulator.schema.trees import dig, hash_at, nest, overlay, split_path
from emulator.store.rows import Account, Controller, Dashboard, Party, Payer

# An account that is neither merchant nor recipient has no dashboard, and its platform is responsible (our choice).
NOBODY = Controller("application", "application", "application", "none")
_PAYERS = {"stripe": "account"}
_COLLECTORS = {payer: collector for collector, payer in _PAYERS.items()}
_PREFIX = re.compile(r"[A-Z0-9]{3,12}\Z", re.ASCII)
_MAX_FIELDS = 4
_MAX_LENGTHS = {"name": 40, "value": 140}
_INVOICE = "configuration.customer.billing.invoice"
_FIELDS = f"{_INVOICE}.custom_fields"


def is_connected(applied: Iterable[str]) -> bool:
    """Whether the applied configurations make an account more than a customer."""
    return not {MERCHANT, RECIPIENT}.isdisjoint(applied)


def collector_of(payer: str) -> str:
    """The fees collector of v2 for the fees payer of v1."""
    return _COLLECTORS.get(payer, payer)


def resolve(
    applied: Collection[str], dashboard: Dashboard | None, params: Params, before: Controller | None, *, preview: bool
) -> tuple[Controller, Dashboard | None]:
    """The controller and the dashboard after a request. Raises StripeError.

    If none is named, the dashboard is full for a merchant whose losses Stripe collects, otherwise none (our choice).
    """
    sent = hash_at(params, "defaults", "responsibilities")
    if not is_connected(applied):
        if sent:
            raise errors.v2_responsibilities_unsupported()
        return NOBODY, dashboard
    if not sent and before is None:
        raise errors.v2_responsibilities_missing()
    fees = str(sent.get("fees_collector") or (collector_of(before.fees_payer) if before else ""))
    losses = str(sent.get("losses_collector") or (before.losses_payments if before else ""))
    dashboard = dashboard or ("full" if losses == "stripe" and MERCHANT in applied else "none")
    _check_responsibilities(applied, dashboard, fees, losses, preview=preview)
    collects = "application" if dashboard == "none" and losses == "application" else "stripe"
    payer = cast("Payer", _PAYERS.get(fees, fees))
    return Controller(payer, cast("Party", losses), cast("Party", collects), dashboard), dashboard


def _check_responsibilities(
    applied: Collection[str], dashboard: Dashboard, fees: str, losses: str, *, preview: bool
) -> None:
    if MERCHANT not in applied and dashboard != "full" and losses != "application":
        raise errors.v2_losses_application_only(dashboard, fees, losses)
    if losses == "application" and fees == "stripe":
        raise errors.v2_fees_follow_losses()
    if not _is_supported(applied, dashboard, fees, losses, preview=preview):
        raise errors.v2_configuration_unsupported(dashboard, fees, losses)


def _is_supported(applied: Collection[str], dashboard: Dashboard, fees: str, losses: str, *, preview: bool) -> bool:
    """The full Dashboard is for merchants whose losses Stripe collects; Express with these is a preview (observed)."""
    if dashboard == "full":
        return MERCHANT in applied and losses == "stripe"
    return dashboard == "none" or losses == "application" or (preview and fees == "stripe")


def check_country(account: Account, params: Params, applied: Collection[str], home: str) -> None:
    """Refuses a merchant or recipient without email address or in an unsupported country. Raises StripeError.

    `home` is the platform's country.
    """
    if not is_connected(applied):
        return
    if account.v2 is None or not account.v2.country:
        raise errors.v2_identity_country_required()
    if not params.get("contact_email", account.email):
        raise errors.v2_contact_email_required(next(name for name in applied if name != CUSTOMER))
    if CARD_PAYMENTS in _requested(params) and account.controller.dashboard in NO_CARDS.get(account.country, ()):
        raise errors.v2_capability_not_of_type(CARD_PAYMENTS, account.country)
    if MERCHANT in applied and countries.is_behind_border(account.country, home):
        raise errors.v2_country_across_border()
    if account.country in countries.PROCESSING or account.country == home:
        return
    if account.country in countries.RECIPIENTS:
        for capability in _requested(params):
            raise errors.v2_capability_not_in_country(capability, account.country)
        raise errors.v2_country_across_border()
    with v2_param_names():
        countries.check_country(account.country, home, "")


def _requested(params: Params) -> Iterable[str]:
    """The capabilities that a request requests, by their names in messages."""
    configuration = hash_at(params, "configuration")
    transfers = ("capabilities", "stripe_balance", "stripe_transfers", "requested")
    if dig(hash_at(configuration, RECIPIENT), transfers) is True:
        yield "stripe_transfers"
    for name, sent in hash_at(configuration, MERCHANT, "capabilities").items():
        if isinstance(sent, dict) and sent.get("requested") is True:
            yield name


def check_customer(sent: Params) -> None:
    """Refuses invalid settings of invoices (limits official, words our choice). Raises StripeError."""
    invoice = hash_at(sent, "billing", "invoice")
    prefix = invoice.get("prefix")
    if prefix and not _PREFIX.match(str(prefix)):
        raise errors.v2_invalid(f"{_INVOICE}.prefix", "3 to 12 uppercase letters or numbers")
    if isinstance(invoice.get("next_sequence"), int) and int(str(invoice["next_sequence"])) < 1:
        raise errors.v2_invalid(f"{_INVOICE}.next_sequence", "a number from 1")
    fields = invoice.get("custom_fields")
    listed = fields if isinstance(fields, list) else []
    if len(listed) > _MAX_FIELDS:
        raise errors.v2_too_many_values(_FIELDS, _MAX_FIELDS)
    for index, field in enumerate(listed):
        _check_field(index, field)


def _check_field(index: int, field: Value) -> None:
    for name, most in _MAX_LENGTHS.items():
        text = field.get(name) if isinstance(field, dict) else None
        if isinstance(text, str) and len(text) > most:
            raise errors.v2_invalid(f"{_FIELDS}[{index}].{name}", f"at most {most} characters")


def without_empty_fields(fields: Params) -> Params:
    """The fields of an account without custom fields of invoices that have no value (official)."""
    listed = dig(fields, split_path(_FIELDS))
    if not isinstance(listed, list):
        return fields
    left: list[Value] = [each for each in listed if isinstance(each, dict) and each.get("value")]
    return overlay(fields, nest(split_path(_FIELDS), left))


def check_shipping(sent: Params, after: Mapping[str, Value]) -> None:
    """Refuses shipping details without name or address. `after` is the customer afterwards. Raises StripeError."""
    if not hash_at(sent, "shipping"):
        return
    shipping = hash_at(after, "shipping")
    if not shipping.get("address"):
        raise errors.v2_shipping_address_missing()
    if not shipping.get("name"):
        raise errors.v2_shipping_name_missing()
