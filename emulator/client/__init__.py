"""The Python client of the control API, on which the pytest fixtures are built."""

from emulator.client.client import ClaimRefused, EmulatorClient
from emulator.client.faults import FaultHandle
from emulator.client.transport import EmulatorError

__all__ = ["ClaimRefused", "EmulatorClient", "EmulatorError", "FaultHandle"]
