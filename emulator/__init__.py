"""A local, offline emulator of the Stripe API for tests."""

from emulator.version import __version__ as __version__
