"""Changes of payments that no API request makes, under a test's control: a bank disputes, a payout arrives.

Each function is a step of an export. It raises LookupError for an object that the sandbox lacks, ValueError for an
argument that it does not know, and StripeError where Stripe's rules refuse.
"""

from __future__ import annotations

from typing import cast

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.connect.accounts.lifecycle import find
from emulator.resources.money import ledger, paying
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.holders import default_currency
from emulator.resources.money.ledger import Movement
from emulator.resources.payments.charges import disputes, fraud_warnings, reviews
from emulator.resources.payments.charges.disputes import ESCALATING, KINDS, LOSING, WINNING
from emulator.resources.payments.intents import customer_actions
from emulator.resources.payments.intents.confirmation import ActionResult
from emulator.resources.payments.intents.states import PAYMENT
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row

VERDICTS = {"won": WINNING, "lost": LOSING, "escalated": ESCALATING}
CHARGE = "charge"
ENDS = {"paid": ("pending", "in_transit"), "failed": ("pending", "in_transit", "paid")}


def scope_and_row(sandbox: Sandbox, name: str, identifier: str) -> tuple[Scope, Row[bytes]]:
    """An object of the platform or of any of its accounts. Raises LookupError."""
    row: Row[bytes] | None = sandbox.table(name).find(identifier)
    if row is None:
        raise LookupError(f"This sandbox has no {name} {identifier[:100]}")
    return Scope(sandbox, row.owner, sandbox.clock.now()), row


@step("dispute_charge")
def dispute_charge(sandbox: Sandbox, charge: str, kind: str = "fraudulent") -> Fields:
    """The bank of the card holder disputes a captured charge; `kind` is one of `KINDS`."""
    scope, row = scope_and_row(sandbox, CHARGE, charge)
    if kind not in KINDS:
        raise ValueError(f"kind is {kind[:100]!r}, and must be one of {', '.join(KINDS)}")
    fields = decode(row)
    if not fields.get("paid") or not fields.get("captured"):
        raise ValueError(f"{row.id} is not a captured charge, and only money that has moved can be disputed")
    if fields.get("refunded") or fields.get("disputed"):
        raise ValueError(f"{row.id} is refunded or disputed already")
    return objects.shown(scope, disputes.NAME, disputes.open_dispute(scope, row, KINDS[kind]))


@step("decide_dispute")
def decide_dispute(sandbox: Sandbox, dispute: str, outcome: str) -> Fields:
    """The bank decides a dispute: `won`, `lost`, or, of an inquiry, `escalated`."""
    scope, row = scope_and_row(sandbox, disputes.NAME, dispute)
    if outcome not in VERDICTS:
        raise ValueError(f"outcome is {outcome[:100]!r}, and must be one of {', '.join(VERDICTS)}")
    return objects.shown(scope, disputes.NAME, disputes.decide(scope, row, VERDICTS[outcome]))


@step("warn_of_fraud")
def warn_of_fraud(sandbox: Sandbox, charge: str) -> Fields:
    """The card network reports a charge as fraud; the warning is actionable."""
    scope, row = scope_and_row(sandbox, CHARGE, charge)
    return objects.shown(scope, fraud_warnings.NAME, fraud_warnings.warn(scope, row, actionable=True))


@step("review_charge")
def review_charge(sandbox: Sandbox, charge: str) -> Fields:
    """Somebody marks a payment for a manual review."""
    scope, row = scope_and_row(sandbox, CHARGE, charge)
    fields = decode(row)
    if not fields.get("paid") or fields.get("refunded") or fields.get("review"):
        raise ValueError(f"{row.id} is no payment without a review, or is refunded")
    intent = objects.get(scope, PAYMENT, cast("str | None", fields.get(PAYMENT)))
    review = reviews.open_review(scope, row, intent.id if intent else None)
    if intent is not None:
        objects.change(scope, PAYMENT, intent, review=review.id)
    return objects.shown(scope, reviews.NAME, review)


@step("set_balance")
def set_balance(
    sandbox: Sandbox, available: int | None = None, currency: str | None = None, account: str | None = None
) -> Fields:
    """Set the available balance of an account, or of the platform, by an adjustment; None makes all money available.

    The currency is by default that of the account. Returns the balance.
    """
    if account is not None and find(sandbox, account) is None:
        raise LookupError(f"This sandbox has no connected account {account[:100]}")
    scope = Scope(sandbox, account or sandbox.platform_id, sandbox.clock.now())
    currency = check_currency(currency or default_currency(sandbox, scope.owner))
    if available is None:
        ledger.make_available(scope, currency)
    else:
        before = ledger.available(scope, currency)
        ledger.post(scope, Movement("adjustment", available - before, currency, None, "Set by a test"))
    row = objects.get(scope, ledger.BALANCE, scope.owner)
    return objects.shown(scope, ledger.BALANCE, row) if row else {}


@step("settle_payout")
def settle_payout(sandbox: Sandbox, payout: str, outcome: str, failure_code: str | None = None) -> Fields:
    """A payout arrives now, or fails, even after it was paid; `outcome` is `paid` or `failed`."""
    scope, row = scope_and_row(sandbox, paying.PAYOUT, payout)
    code = failure_code or "could_not_process"
    status = decode(row)["status"]
    if outcome not in ENDS:
        raise ValueError(f"outcome is {outcome[:100]!r}, and must be one of {', '.join(ENDS)}")
    if code not in paying.MESSAGES:
        raise ValueError(f"failure_code is {code[:100]!r}, and must be one of {', '.join(paying.MESSAGES)}")
    if status not in ENDS[outcome]:
        raise ValueError(f"{row.id} is {status}, and must be {' or '.join(ENDS[outcome])} to be {outcome}")
    ended = paying.end(scope, row, code if outcome == "failed" else None)
    return objects.shown(scope, paying.PAYOUT, ended)


@step("complete_3ds")
def complete_3ds(sandbox: Sandbox, intent: str, outcome: str = "succeeded") -> Fields:
    """The card holder authenticates a payment intent or a setup intent, or fails to."""
    if outcome not in ("succeeded", "failed"):
        raise ValueError(f"outcome is {outcome[:100]!r}, and must be one of succeeded, failed")
    name = customer_actions.kind_of(intent)
    scope, row = scope_and_row(sandbox, name, intent)
    status = decode(row)["status"]
    if status != "requires_action":
        raise ValueError(f"{row.id} has the status {status}, and waits for nobody")
    done = customer_actions.complete_3ds(scope, row.id, cast("ActionResult", outcome))
    return objects.shown(scope, name, done or row)
