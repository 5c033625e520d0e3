"""The Python client of the control API: the pytest fixtures are made of it."""

from emulator.client.client import ClaimRefused, DeclaredFault, EmulatorClient, EmulatorError

__all__ = ["ClaimRefused", "DeclaredFault", "EmulatorClient", "EmulatorError"]
