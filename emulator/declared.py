"""A fault as the test that declared it holds it: how often it was hit, and what is told when it never was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.recorded import RecordedRequest, Requests

Control = Callable[..., dict[str, Any]]


class DeclaredFault:
    """A fault that was declared. In a `with` block, it is removed at the end, and must have been hit by then."""

    def __init__(self, control: Control, declared: Mapping[str, Any]) -> None:
        self._control = control
        self._declared = declared
        self._hits = 0
        self.id = str(declared["id"])

    @property
    def hits(self) -> int:
        """How often it was hit, also when it was removed since."""
        found = (int(fault["hits"]) for fault in self._control("GET", "/faults")["data"] if fault["id"] == self.id)
        self._hits = next(found, self._hits)
        return self._hits

    def remove(self) -> None:
        """Takes it back."""
        self._hits = int(self._control("DELETE", f"/faults/{self.id}")["hits"])

    def __enter__(self) -> DeclaredFault:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.remove()
        if kind is None and not self._hits:
            raise AssertionError(never_hit([self._declared], recorded(self._control)))


def never_hit(faults: Sequence[Mapping[str, Any]], requests: Requests) -> str:
    """What to tell of faults that nothing has hit: what they waited for, and what came instead."""
    seen = f"the last requests were:{requests.listed()}" if requests else "there was no request at all"
    return "".join(f"the fault {_in_words(fault)} was never hit\n" for fault in faults) + seen


def _in_words(fault: Mapping[str, Any]) -> str:
    """Its id, and its keywords as they were given, without those that say nothing."""
    said = {**fault["match"], **fault["effect"]}
    told = ", ".join(f"{name}={value!r}" for name, value in said.items() if value and (name, value) != ("path", "*"))
    return f"{fault['id']} ({told})"


def recorded(control: Control) -> Requests:
    """The last requests of a sandbox, oldest first."""
    return Requests(RecordedRequest(**row) for row in control("GET", "/requests")["data"])
