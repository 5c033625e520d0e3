"""Invoices."""

from emulator.resources.generic.additions import Additions

ADDITIONS: dict[str, Additions] = {}
