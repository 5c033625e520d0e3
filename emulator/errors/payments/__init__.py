"""Errors of payments and of the movement of money, one module per area."""

from emulator.errors.payments.amounts import *  # noqa: F403
from emulator.errors.payments.cards import *  # noqa: F403
from emulator.errors.payments.charges import *  # noqa: F403
from emulator.errors.payments.disputes import *  # noqa: F403
from emulator.errors.payments.intents import *  # noqa: F403
from emulator.errors.payments.methods import *  # noqa: F403
from emulator.errors.payments.payouts import *  # noqa: F403
from emulator.errors.payments.refunds import *  # noqa: F403
from emulator.errors.payments.transfers import *  # noqa: F403
