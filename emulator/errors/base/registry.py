"""The registry of all errors, with how sure the words of each are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, ParamSpec

from emulator.errors.base.body import StripeError
from emulator.wire.namedtuples import NamedTuple

Sure = Literal["official", "observed", "inferred", "by analogy", "our choice"]
P = ParamSpec("P")


class Constructor(NamedTuple):
    """One registered error. `parts` are those parts of it that are less or more sure than the whole."""

    make: Callable[..., StripeError]
    sure: Sure
    note: str
    parts: tuple[tuple[str, Sure], ...]
    faults_only: bool

    @property
    def sureness(self) -> str:
        """As in `official; words: our choice (2026)`."""
        levels = "; ".join((self.sure, *(f"{part}: {level}" for part, level in self.parts)))
        return f"{levels} ({self.note})" if self.note else levels


CONSTRUCTORS: dict[str, Constructor] = {}


def error(
    sure: Sure, note: str = "", *, faults_only: bool = False, **parts: Sure
) -> Callable[[Callable[P, StripeError]], Callable[P, StripeError]]:
    """Register the constructor of an error; `words`, `code`, `status` and `param` may differ from the whole.

    `faults_only` marks an error that only faults respond with.
    """

    def register(make: Callable[P, StripeError]) -> Callable[P, StripeError]:
        CONSTRUCTORS[make.__name__] = Constructor(make, sure, note, tuple(parts.items()), faults_only)
        return make

    return register
