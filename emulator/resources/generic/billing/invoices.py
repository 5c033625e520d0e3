"""Invoices."""

from emulator.resources.generic.base.additions import Additions

ADDITIONS: dict[str, Additions] = {}
