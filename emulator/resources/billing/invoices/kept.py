"""What invoices, their lines and their items keep, and responses never show."""

from __future__ import annotations

from emulator.model.declaration.private import Private
from emulator.model.declaration.resource import Fields
from emulator.resources.billing.invoices.urls import PageState
from emulator.resources.billing.usage.credit_use import CreditedLine


class InvoiceState(PageState, total=False):
    """What an invoice keeps.

    `_times_sent`, `_failures` and `_actions` count events within a state, `_overdue` marks one that comes once.
    `_first_attempt` is the unix second of the first automatic attempt at payment, and after the last one the invoice is
    `_exhausted`; `_hard` is the payment method of a decline after which it is not charged again. The others are terms
    of its payment: amounts and percentages, and `transfer_data` as a request has it.
    """

    _times_sent: int
    _failures: int
    _actions: int
    _overdue: bool
    _first_attempt: int
    _exhausted: bool
    _hard: str | None
    _application_fee_amount: int | None
    _application_fee_percent: float | None
    _transfer_data: Fields | None


class LineState(CreditedLine, total=False):
    """What a line keeps: its tax rates, where it has some of its own."""

    _rates: list[Fields]


class InvoiceItemState(Private, total=False):
    """What an item keeps: the id of the subscription that bills it, where `parent` does not name one."""

    _subscription: str | None
