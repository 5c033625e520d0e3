"""The payment that a transfer makes on the account that it pays: a charge `py_`, and its refunds `pyr_`."""

from __future__ import annotations

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.money import ledger
from emulator.resources.money.exchange import settle
from emulator.resources.money.ledger import Fee, Movement
from emulator.resources.payments.transfers.settlements import integer, settlement_of
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

CHARGE = "charge"
REFUND = "refund"
_ADDRESS: Fields = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_BILLING: Fields = {"address": _ADDRESS, **dict.fromkeys(("email", "name", "phone", "tax_id"))}


class IncomingPayment(NamedTuple):
    """Incoming money: the paying account, the transfer, and the second at which it is available (None: at once).

    `fee` is the id of an application fee of `fee_amount`, in the currency of the payment.
    """

    payer: str
    transfer: str
    amount: int
    currency: str
    available_on: int | None = None
    fee: str | None = None
    fee_amount: int | None = None


class Received(NamedTuple):
    """The id of a payment, and the application fee in the currency in which its account settles."""

    payment: str
    withheld: int
    settlement_currency: str


def receive(scope: Scope, paid: IncomingPayment) -> Received:
    """Add a payment to the account of the scope, with its balance transaction."""
    identifier = scope.sandbox.ids.in_account("py", scope.now, scope.owner)
    settled = settle(scope, paid.amount, paid.currency)
    fee = settle(scope, paid.fee_amount, paid.currency).amount if paid.fee_amount else 0
    transaction = ledger.post(
        scope,
        Movement(
            "payment",
            settled.amount,
            settled.currency,
            identifier,
            fees=(fee_line(scope, fee),) if fee else (),
            available_on=paid.available_on,
            exchange_rate=settled.rate,
        ),
    )
    objects.add(scope, CHARGE, identifier, _fields(scope, paid, transaction))
    return Received(identifier, fee, settled.currency)


def _fields(scope: Scope, paid: IncomingPayment, transaction: str) -> Fields:
    sandbox = scope.sandbox
    return {
        "amount": paid.amount,
        "amount_captured": paid.amount,
        "application": sandbox.client_id if paid.payer == sandbox.platform_id else None,
        "application_fee": paid.fee,
        "application_fee_amount": paid.fee_amount,
        "balance_transaction": transaction,
        "billing_details": _BILLING,
        "captured": True,
        "currency": paid.currency,
        "fraud_details": {},
        "metadata": {},
        "paid": True,
        "payment_method_details": {"stripe_account": {}, "type": "stripe_account"},
        "source": _source(scope, paid.payer),
        "source_transfer": paid.transfer,
        "status": "succeeded",
    }


def _source(scope: Scope, payer: str) -> Fields:
    """The paying account. Platforms here have no icon, logo or site."""
    named = application_name() if payer == scope.sandbox.platform_id else None
    return {
        "id": payer,
        "object": "account",
        "application_icon": None,
        "application_logo": None,
        "application_name": named,
        "application_url": None,
    }


def take_back(scope: Scope, payment: Row[bytes], amount: int, reversal: str, fees: tuple[Fee, ...] = ()) -> str:
    """Refund a payment of the scope's account, and return the id of the refund. `fees` are refunded with it."""
    fields = decode(payment)
    currency = str(fields["currency"])
    settlement = settlement_of(scope, str(fields["balance_transaction"]))
    refunded = integer(fields.get("amount_refunded")) + amount
    identifier = scope.sandbox.ids.in_account("pyr", scope.now, scope.owner)
    transaction = ledger.post(
        scope,
        Movement(
            "payment_refund",
            settlement.alike(refunded - amount, currency) - settlement.alike(refunded, currency),
            settlement.currency,
            identifier,
            "REFUND FOR PAYMENT",
            fees,
            settlement.later(scope.now),
            settlement.rate,
        ),
    )
    objects.add(scope, REFUND, identifier, _refund(payment.id, amount, currency, transaction, reversal), payment.id)
    whole = refunded >= integer(fields["amount"])
    objects.change(scope, CHARGE, payment, amount_refunded=refunded, refunded=whole)
    return identifier


def _refund(payment: str, amount: int, currency: str, transaction: str, reversal: str) -> Fields:
    return {
        "amount": amount,
        "balance_transaction": transaction,
        "charge": payment,
        "currency": currency,
        "metadata": {},
        "source_transfer_reversal": reversal,
        "status": "succeeded",
        "transfer_reversal": reversal,
    }


def application_name() -> str:
    """The name of a platform's application (our choice: platforms have none)."""
    return "Platform"


def fee_line(scope: Scope, amount: int) -> Fee:
    """The line of an application fee among the fees of a payment; a negative one returns it."""
    words = "application fee" if amount > 0 else "application fee refund"
    return Fee(amount, f"{application_name()} {words}", "application_fee", scope.sandbox.client_id)
