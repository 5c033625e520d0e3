"""The input of the engine: one attempt to take money from a payment method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from emulator.model.declaration.resource import Fields, Shared
from emulator.resources.payments.methods.cards import TestCard
from emulator.resources.payments.methods.payment_methods import card_of, number_of
from emulator.resources.payments.transfers.sources import Spent
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple


class ChargeState(Spent, total=False):
    """What a charge keeps: times are unix seconds, None once they are over.

    `_number` is that of the test card, `_decline` the decline of a failed charge by its names. A delayed payment ends
    at `_ends`, and fails with the code and the message of `_failure`; a hold ends at `_expires`, and has `_expired`
    then; the fields of `_later` show at `_shows`.
    """

    _decline: dict[str, str | None]
    _ends: int | None
    _expired: bool
    _expires: int | None
    _failure: list[str] | None
    _number: str | None
    _shows: int | None


class TransferData(NamedTuple):
    """The account that a destination charge pays, and the amount, None for all of it."""

    destination: str
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One attempt. Amounts are in minor units of `currency`; all checks of parameters have passed.

    `method` are the stored fields of a payment method, and `method_id` is the id that the charge shows. The ids of the
    payment share the digits of `family`. Without `capture` the money is held. `asynchronous` payments get their
    balance transaction some seconds later. `intent` is the payment intent; `source` the card, shown whole, of a charge
    without one. `three_d_secure` is the result of an authentication. The two descriptors are as sent. `decline` is a
    key of `declines.DECLINES` where the request decides the result.
    """

    amount: int
    currency: str
    family: str
    method: Shared
    method_id: str
    customer: str | None = None
    capture: bool = True
    asynchronous: bool = False
    intent: str | None = None
    source: Fields | None = None
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    application_fee_amount: int | None = None
    transfer_data: TransferData | None = None
    on_behalf_of: str | None = None
    transfer_group: str | None = None
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None = None
    receipt_email: str | None = None
    shipping: Json = None
    three_d_secure: Fields | None = None
    mandate: str | None = None
    decline: str | None = None
    radar_options: Fields = field(default_factory=dict)

    @property
    def card(self) -> TestCard | None:
        """The test card, None for other methods."""
        return card_of(self.method)

    @property
    def number(self) -> str | None:
        """The number of the card or of the bank account, which decides what happens."""
        return number_of(self.method)

    @property
    def type(self) -> str:
        """The type of the payment method."""
        return str(self.method["type"])

    @property
    def details(self) -> Fields:
        """The hash of the payment method's type."""
        found = self.method.get(self.type)
        return found if isinstance(found, dict) else {}
