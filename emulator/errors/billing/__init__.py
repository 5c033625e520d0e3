"""Errors of billing, one module per area."""

from emulator.errors.billing.checkout import *  # noqa: F403
from emulator.errors.billing.invoices import *  # noqa: F403
from emulator.errors.billing.products import *  # noqa: F403
from emulator.errors.billing.schedules import *  # noqa: F403
from emulator.errors.billing.subscriptions import *  # noqa: F403
