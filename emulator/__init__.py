"""A local, offline emulator of the Stripe API for tests."""

__version__ = "0.1.0"
