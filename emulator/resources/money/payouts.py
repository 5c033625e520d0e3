"""`/v1/payouts`: money that leaves the balance for a bank account or a debit card."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import cast

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.answering.verbs import Place
from emulator.model.asking.requests import by_request
from emulator.model.declaration import unknown
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, stored
from emulator.resources.money import holders, ledger, paying
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.paying import INSTANT, PAYOUT, STANDARD, Payout, PayoutState
from emulator.store.events import NewEvent
from emulator.store.rows import Account, ExternalAccount
from emulator.store.table import Row
from emulator.wire.json import Json

# The largest instant payout to a bank account in the US (observed in 2023), in cents.
LARGEST_INSTANT = MappingProxyType({"usd": (999_900, "$9999")})
REVERSIBLE = frozenset({"CA", "US"})
_EVENT_OF_STATUS = MappingProxyType({"canceled": "payout.canceled", "failed": "payout.failed", "paid": "payout.paid"})


def create(call: Call) -> Json:
    """POST /v1/payouts: a manual payout from the available balance. Raises StripeError."""
    row = paying.pay(call.scope, _requested(call))
    return PAYOUTS.respond(call, row)


def _requested(call: Call) -> Payout:
    scope, params = call.scope, call.params
    amount = cast("int", params["amount"])
    if amount < 1:
        raise errors.integer_too_small(("amount",), 1)
    currency = check_currency(str(params["currency"]))
    if not holders.payouts_enabled(scope):
        raise errors.payouts_not_allowed()
    account = holders.account_of(call.sandbox, call.owner)
    destination = _destination(call, account, currency)
    method, source_type = str(params.get("method", STANDARD)), str(params.get("source_type", ledger.CARD))
    if method == INSTANT:
        _check_instant(account, destination, amount, currency)
    if amount > _funds(scope, currency, source_type, method):
        raise errors.payout_balance_insufficient(source_type)
    return Payout(
        amount,
        currency,
        destination,
        call.now if method == INSTANT else paying.today(call.now),
        method=method,
        source_type=source_type,
        description=cast("str | None", params.get("description") or None),
        more={
            "metadata": _metadata(call),
            "payout_method": cast("str | None", params.get("payout_method") or None),
            "statement_descriptor": cast("str | None", params.get("statement_descriptor") or None),
        },
    )


def _destination(call: Call, account: Account, currency: str) -> ExternalAccount:
    """The bank account or the card that a request names, or the default of the currency. Raises StripeError."""
    wanted = call.params.get("destination")
    if not wanted:
        default = holders.destination_of(account, call.sandbox, currency)
        if default is None:
            raise errors.no_external_account(currency)
        return default
    known = holders.bank_accounts(account, call.sandbox)
    named = next((each for each in known if each.id == wanted), None)
    if named is None:
        raise errors.no_such("external account", str(wanted), "destination")
    if named.currency != currency:
        raise errors.external_account_of_other_currency(named.id, currency)
    return named


def _check_instant(account: Account, destination: ExternalAccount, amount: int, currency: str) -> None:
    if not holders.takes_instant(account, destination):
        raise errors.instant_payout_unsupported(destination.id)
    largest = LARGEST_INSTANT.get(currency)
    if largest and destination.object == "bank_account" and amount > largest[0]:
        raise errors.instant_payout_too_large(largest[1])


def _funds(scope: Scope, currency: str, source_type: str, method: str) -> int:
    """The money that can be paid out; an instant payout can use pending money too."""
    found = ledger.totals(scope).get(currency, {}).get(source_type)
    if found is None:
        return 0
    return found["available"] + (sum(found["pending"].values()) if method == INSTANT else 0)


def cancel(call: Call) -> Json:
    """POST /v1/payouts/{payout}/cancel. Raises StripeError."""
    row = _found(call)
    fields = decode(row)
    if fields["automatic"]:
        raise errors.automatic_payout_kept()
    if fields["status"] != "pending":
        raise errors.payout_not_pending()
    return PAYOUTS.respond(call, paying.give_back(call.scope, row, "payout_cancel", status="canceled"))


def reverse(call: Call) -> Json:
    """POST /v1/payouts/{payout}/reverse: a payout of the negative amount. Raises StripeError."""
    row = _found(call)
    fields = decode(row)
    opposite = Payout(
        -cast("int", fields["amount"]),
        cast("str", fields["currency"]),
        _debited_bank(call, fields),
        paying.today(call.now),
        source_type=cast("str", fields["source_type"]),
        more={"original_payout": row.id, "metadata": _metadata(call)},
    )
    reversal = paying.pay(call.scope, opposite)
    objects.change(call.scope, PAYOUT, row, reversed_by=reversal.id)
    return PAYOUTS.respond(call, reversal)


def _debited_bank(call: Call, fields: Fields) -> ExternalAccount:
    """The bank account that the reversal of a payout debits. Raises StripeError for one that cannot be reversed."""
    if fields["status"] != "paid":
        raise errors.payout_not_reversible("it has not been paid")
    if fields.get("reversed_by") or fields.get("original_payout"):
        raise errors.payout_not_reversible("it is reversed already, or a reversal itself")
    known = holders.bank_accounts(holders.account_of(call.sandbox, call.owner), call.sandbox)
    bank = next((each for each in known if each.id == fields["destination"]), None)
    if bank is not None and PAYOUT in unknown.marked(call.scope, str(call.path["payout"])):
        return bank
    if call.acting is None or bank is None or bank.object != "bank_account" or bank.country not in REVERSIBLE:
        raise errors.payout_not_reversible("it did not go to a US or Canadian bank account of a connected account")
    return bank


def _update(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/payouts/{payout}: only the metadata change."""
    return {**fields, "metadata": dict(sorted(cast("dict[str, str]", fields["metadata"]).items()))}


def _found(call: Call) -> Row[bytes]:
    return verbs.row_of_path(PAYOUTS, Place("payout"), call)


def _metadata(call: Call) -> Json:
    return dict(sorted(merged({}, call.params.get("metadata")).items()))


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The event of a change, named by the new status."""
    if diff.after is None:
        return
    after = diff.render(resource, diff.after, diff.now)
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    if before != after:
        yield snapshot(_event(before, after), Scope(diff.sandbox, diff.row.owner, diff.now).account, before, after)


def _event(before: Fields | None, after: Fields) -> str:
    if before is None:
        return "payout.created"
    if before["status"] != after["status"]:
        return _EVENT_OF_STATUS.get(str(after["status"]), "payout.updated")
    reconciled = before["reconciliation_status"] != after["reconciliation_status"]
    return "payout.reconciliation_completed" if reconciled else "payout.updated"


def _nobody_created(scope: Scope, identifier: str, parent: str | None) -> None:
    """A payout that nobody created, which has been paid in a later attempt of a request."""
    by_request(PAYOUT, {"amount": 100, "currency": "usd"})(scope, identifier, parent)
    if scope.sandbox.unknown_ids.attempt:
        over = kept(PayoutState(_changes_at=None))
        objects.change(scope, PAYOUT, objects.existing(scope, PAYOUT, identifier), status="paid", **over)


PAYOUTS = stored(
    PAYOUT,
    "po",
    param="payout",
    private=PayoutState,
    filters=["arrival_date", "destination", "status"],
    update=_update,
    verbs={"create": create, "cancel": cancel, "reverse": reverse},
    unknown=_nobody_created,
    events=_events,
    timer=paying.due_times,
    elapse=paying.elapse,
)
RESOURCES = (PAYOUTS,)
