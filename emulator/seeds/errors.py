"""The errors of loading a seed and of exporting a sandbox."""

from __future__ import annotations


class SeedError(ValueError):
    """A fixtures document that is invalid, a fixture that failed, or an export that is impossible."""

    def __init__(self, message: str, code: str = "fixture_failed") -> None:
        super().__init__(message)
        self.code = code


def unreadable(message: str) -> SeedError:
    """The error of an invalid document, none of whose fixtures was run."""
    return SeedError(message, "invalid_fixtures")
