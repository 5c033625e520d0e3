"""Every error that Stripe can return, one named constructor each."""

from emulator.errors.errors import *  # noqa: F403
