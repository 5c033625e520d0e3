"""Writes the data files of the catalog: `python -m emulator.catalog.generator`. Not part of the wheel."""
