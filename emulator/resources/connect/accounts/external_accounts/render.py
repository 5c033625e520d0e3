"""External accounts as the API shows them: bank accounts and debit cards."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources.connect.accounts.external_accounts import test_numbers
from emulator.resources.connect.accounts.requirements.business_reviews import owner_is_proven
from emulator.resources.connect.accounts.requirements.reviews import OWNERSHIP_DOCUMENT, REVIEW_SECONDS
from emulator.resources.connect.accounts.requirements.test_values import OWNERSHIP_BY_ITSELF, OWNERSHIP_REQUIRED
from emulator.store.memo import derived_once
from emulator.store.rows import Account, ExternalAccount
from emulator.wire.json import Json

_NOTHING_DUE: Mapping[str, Json] = {"currently_due": [], "errors": [], "past_due": [], "pending_verification": []}
_CARD = """
address_city address_country address_line1 address_line1_check address_line2 address_state address_zip address_zip_check
cvc_check dynamic_last4 exp_month exp_year name tokenization_method wallet
""".split()
_CHECKED = {"address_line1": "address_line1_check", "address_zip": "address_zip_check"}


def render(account: Account, row: ExternalAccount, now: int | None = None) -> dict[str, Json]:
    """A bank account or a card of an account (every name observed). It is `new` until a payout to it fails (official).

    It is as it stands at `now`, unix seconds; without one, as it stood at the last change of its account.
    """
    body = dict(_rendered(row, account.country))
    if row.object == "bank_account":
        verification = _ownership(account, row, account.changed_at if now is None else now)
        body["requirements"] = {**_NOTHING_DUE, **verification}
    return body


@derived_once
def _rendered(row: ExternalAccount, country: str) -> Mapping[str, Json]:
    """The object with nothing due, of an account in a country."""
    body = _bank(row) if row.object == "bank_account" else _card(row)
    shared: dict[str, Json] = {
        "account": row.account,
        "available_payout_methods": _methods(country, row),
        "country": row.country,
        "currency": row.currency,
        "default_for_currency": row.default_for_currency,
        "fingerprint": row.fingerprint,
        "last4": row.number.replace(" ", "")[-4:],
        "metadata": dict(sorted(row.metadata.items())),
        "status": "errored" if row.errored else "new",
    }
    return {"id": row.id, "object": row.object, **dict(sorted({**body, **shared}.items()))}


def _bank(row: ExternalAccount) -> dict[str, Json]:
    fields = row.fields
    routing = test_numbers.shown_routing(row.country, row.routing)
    return {
        "account_holder_name": fields.get("account_holder_name"),
        "account_holder_type": fields.get("account_holder_type"),
        "account_type": fields.get("account_type", test_numbers.ACCOUNT_TYPES.get(row.country)),
        "bank_name": test_numbers.BANKS.get((row.country, row.routing or ""), test_numbers.TEST_BANK),
        "future_requirements": _NOTHING_DUE,
        "requirements": _NOTHING_DUE,
        "routing_number": routing,
    }


def _card(row: ExternalAccount) -> dict[str, Json]:
    checks: dict[str, Json] = {check: "unchecked" for name, check in _CHECKED.items() if name in row.fields}
    return {**dict.fromkeys(_CARD), **row.fields, **checks}


def _ownership(account: Account, row: ExternalAccount, now: int) -> dict[str, Json]:
    """Two numbers start a verification of the ownership, after a delay (official; lists and times are our choice)."""
    due: list[Json] = [OWNERSHIP_DOCUMENT]
    begun = row.created + REVIEW_SECONDS <= now
    if begun and row.number == OWNERSHIP_BY_ITSELF and now < row.created + 2 * REVIEW_SECONDS:
        return {"pending_verification": due}
    if begun and row.number == OWNERSHIP_REQUIRED and not owner_is_proven(account, row):
        return {"currently_due": due, "past_due": due}
    return {}


def _methods(country: str, row: ExternalAccount) -> list[Json]:
    """Instant payouts: test banks of US and FR at home, and debit cards of US (observed; cards are our choice)."""
    at_home = row.country == country == "US"
    if row.country == country == "FR":
        instant = row.object == "bank_account" and row.currency == "eur"
    elif row.object == "bank_account":
        instant = at_home and row.routing == test_numbers.TEST_ROUTING
    else:
        instant = at_home and row.number != test_numbers.CARD_WITHOUT_INSTANT
    return ["standard", "instant"] if instant else ["standard"]
