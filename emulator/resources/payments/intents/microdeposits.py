"""Micro-deposits: bank accounts are verified by small payments to them before they are debited."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.payments.intents import states
from emulator.resources.payments.intents.states import IntentState
from emulator.resources.payments.methods import method_state
from emulator.resources.payments.methods.method_state import MethodState
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.timestamps import DAY

DepositsResult = Literal["verified", "exceeded", "timeout", "wrong"]
PAGE = "/microdeposit/hosted"
ACTION = "verify_with_microdeposits"
ARRIVAL_SECONDS = 2 * DAY  # until the deposits arrive (official: one or two business days)
NOT_SENT = "000666666661"  # the account that cannot receive any (official)
# The kind of deposits of each type: a code in the descriptor of one, or the amounts of two.
KINDS: Mapping[str, str] = MappingProxyType({"acss_debit": "amounts", "us_bank_account": "descriptor_code"})
_MOST_ATTEMPTS: Mapping[str, int] = {"amounts": 10, "descriptor_code": 5}  # (official)
# The test values: in sums of two, in any order, and as codes (official).
_AMOUNTS: Mapping[tuple[int, ...], DepositsResult] = {(32, 45): "verified", (10, 11): "exceeded", (40, 41): "timeout"}
_CODES: Mapping[str, DepositsResult] = {"SM11AA": "verified", "SM33CC": "exceeded", "SM44DD": "timeout"}
TWO = 2  # amounts, where there is no code
FAIL_SECONDS = 2  # until deposits that cannot be sent have failed (our choice)


def needed(method: Shared) -> bool:
    """Whether a payment method is a bank account that is not verified."""
    return method["type"] in KINDS and not private(MethodState, method).get("_verified")


def action(scope: Scope, method: Shared, url: str) -> Fields:
    """`next_action` of a bank account: its holder verifies it, on a page or with the values of the deposits."""
    kind = KINDS[str(method["type"])]
    arrival = scope.now + ARRIVAL_SECONDS
    return {
        "type": ACTION,
        ACTION: {"arrival_date": arrival, "hosted_verification_url": url, "microdeposit_type": kind},
    }


def check(kind: str, intent: Shared) -> str:
    """The kind of deposits that an intent waits for. Raises StripeError where it waits for none."""
    waiting = intent.get("next_action")
    if intent["status"] != states.ACTION or not isinstance(waiting, dict) or waiting["type"] != ACTION:
        raise errors.intent_not_actionable(kind, str(intent["status"]))
    return str(cast("Fields", waiting[ACTION])["microdeposit_type"])


def verify(kind: str, intent: Row[bytes], scope: Scope, params: Params) -> StripeError | None:
    """Compare the values of a request: None if they are right, else the error that the attempt fails with.

    Raises StripeError for values that are wrong, which are counted and leave more attempts, and where the intent waits
    for none.
    """
    deposits = check(kind, shared(intent))
    attempts = private(IntentState, shared(intent))["_verifications"]
    outcome = _outcome(deposits, params, attempts)
    if outcome == "verified":
        return None
    if outcome == "wrong":
        objects.change(scope, kind, intent, **kept(IntentState(_verifications=attempts + 1)))
        error = errors.microdeposits_wrong("amounts" if deposits == "amounts" else "descriptor_code")
        raise error.with_details({}, changes_stay=True)
    return errors.microdeposits_timeout() if outcome == "timeout" else errors.microdeposits_too_often()


def _outcome(deposits: str, params: Params, attempts: int) -> DepositsResult:
    """The result of a verification with the values of a request, after a number of attempts. Raises StripeError."""
    param = "amounts" if deposits == "amounts" else "descriptor_code"
    if param not in params:
        raise errors.missing_param((param,))
    if param == "amounts":
        if len(cast("list[int]", params[param])) != TWO:
            raise errors.microdeposit_amounts_invalid()
        outcome = _AMOUNTS.get(tuple(sorted(cast("list[int]", params[param]))), "wrong")
    else:
        outcome = _CODES.get(str(params[param]).upper(), "wrong")
    return "exceeded" if outcome == "wrong" and attempts + 1 >= _MOST_ATTEMPTS[deposits] else outcome


def verified(scope: Scope, method: Row[bytes]) -> Row[bytes]:
    """Mark the bank account as verified, and return it."""
    return objects.change(scope, method_state.NAME, method, **kept(MethodState(_verified=True)))


def waiting(scope: Scope, method: Shared, url: str) -> Fields:
    """The fields of an intent that waits for the verification of a bank account."""
    waits = IntentState(_verifications=0)
    if private(MethodState, method).get("_number") == NOT_SENT:
        waits["_fails"] = scope.now + FAIL_SECONDS
    return {"next_action": action(scope, method, url), **kept(waits)}


def failing_at(intent: Shared) -> int | None:
    """The second at which the deposits of an intent fail, None where they arrive."""
    return private(IntentState, intent).get("_fails") if intent["status"] == states.ACTION else None


# --- the parameters of intents that nobody created ------------------------------------------------------------------

_BILLING = {"name": "Jenny Rosen", "email": "jenny@example.com"}
_US = {"account_holder_type": "individual", "account_number": "000123456789", "routing_number": "110000000"}
_CANADIAN = {"account_number": "000123456789", "institution_number": "000", "transit_number": "11000"}


def _verifiable(kind: str, bank: Mapping[str, object], options: Mapping[str, object]) -> Mapping[str, object]:
    """A bank account that waits for the verification by micro-deposits."""
    return {
        "confirm": True,
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
        "payment_method_data": {"type": kind, kind: bank, "billing_details": _BILLING},
        "payment_method_options": {kind: {"verification_method": "microdeposits", **options}},
        "payment_method_types": [kind],
    }


_MANDATE = {"payment_schedule": "sporadic", "transaction_type": "personal"}
CODE = _verifiable("us_bank_account", _US, {})
AMOUNTS = _verifiable("acss_debit", _CANADIAN, {"mandate_options": _MANDATE})
SETUP_AMOUNTS = _verifiable("acss_debit", _CANADIAN, {"currency": "cad", "mandate_options": _MANDATE})
