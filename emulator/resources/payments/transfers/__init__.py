"""Transfers between accounts and their reversals, application fees and their refunds.

`pay_destination`, `take_fee` and `direct_fee_line` serve charges, `reverse` and `refund_fee` their refunds, and
`check_terms` refuses payments whose parameters for Connect do not fit.
"""

from __future__ import annotations

from emulator.resources.payments.transfers.fees import direct_fee_line, refund_fee, take_fee
from emulator.resources.payments.transfers.reversals import reverse
from emulator.resources.payments.transfers.terms import check_terms
from emulator.resources.payments.transfers.transfers import pay_destination

__all__ = ["check_terms", "direct_fee_line", "pay_destination", "refund_fee", "reverse", "take_fee"]
