"""Why a seed cannot be loaded, or a sandbox cannot be exported."""

from __future__ import annotations


class SeedError(ValueError):
    """A fixtures document that cannot be read, or a fixture that failed; the text says which, and why."""

    def __init__(self, message: str, code: str = "fixture_failed") -> None:
        super().__init__(message)
        self.code = code


def unreadable(message: str) -> SeedError:
    """Nothing of the document was run."""
    return SeedError(message, "invalid_fixtures")
