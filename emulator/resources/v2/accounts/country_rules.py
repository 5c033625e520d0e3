"""What a merchant or a recipient must have: a country where it can be, and an email address."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from emulator import errors
from emulator.resources.connect.accounts.base import countries
from emulator.resources.connect.accounts.base.capability_rules import CARD_PAYMENTS, NO_CARDS
from emulator.resources.v2.accounts import field_names
from emulator.resources.v2.accounts.translation import in_words_of_v2
from emulator.schema.check import Params
from emulator.schema.trees import dig, hash_at
from emulator.store.rows import Account


def check_needs(account: Account, params: Params, applied: Collection[str], home: str) -> None:
    """Refuses a merchant or a recipient without what it must have. Raises StripeError.

    `home` is the platform's country.
    """
    if {field_names.MERCHANT, field_names.RECIPIENT}.isdisjoint(applied):
        return
    if account.v2 is None or not account.v2.country:
        raise errors.v2_identity_country_required()
    if not params.get("contact_email", account.email):
        raise errors.v2_contact_email_required(next(name for name in applied if name != field_names.CUSTOMER))
    if CARD_PAYMENTS in _requested(params) and account.controller.dashboard in NO_CARDS.get(account.country, ()):
        raise errors.v2_capability_not_of_type(CARD_PAYMENTS, account.country)
    if field_names.MERCHANT in applied and countries.is_behind_border(account.country, home):
        raise errors.v2_country_across_border()
    if account.country in countries.PROCESSING or account.country == home:
        return
    if account.country in countries.RECIPIENTS:
        for capability in _requested(params):
            raise errors.v2_capability_not_in_country(capability, account.country)
        raise errors.v2_country_across_border()
    with in_words_of_v2():
        countries.check_country(account.country, home, "")


def _requested(params: Params) -> Iterable[str]:
    """The capabilities that a request asks for, as messages name them."""
    configuration = hash_at(params, "configuration")
    transfers = ("capabilities", "stripe_balance", "stripe_transfers", "requested")
    if dig(hash_at(configuration, field_names.RECIPIENT), transfers) is True:
        yield "stripe_transfers"
    for name, wish in hash_at(configuration, field_names.MERCHANT, "capabilities").items():
        if isinstance(wish, dict) and wish.get("requested") is True:
            yield name
