"""What pages did with the components of connect.js, for tests in Python, and the errors that wait for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Control = Callable[..., dict[str, Any]]
RECORD = "/connect/record"
NEXT_ERROR = "/connect/next_error"


@dataclass(frozen=True, slots=True)
class ComponentEvent:
    """One thing that a page told. `at` is in unix seconds; `kind` is mounted, event or error.

    `name` is the callback of an event, such as onExit, or the type of an error; `detail` is JSON or a message. A logout
    is an event of no component.
    """

    at: int
    kind: str
    component: str
    name: str
    detail: str
    client_secret: str | None
    origin: str | None

    def __str__(self) -> str:
        return " ".join(part for part in (self.component, self.kind, self.name, self.detail) if part)

    @property
    def args(self) -> Any:
        """What a callback was called with, a list, or an action given, a dict; None for nothing, or for too much."""
        try:
            return json.loads(self.detail) if self.kind == "event" else None
        except ValueError:
            return None  # empty, or cut short


class Browser:
    """The pages of one sandbox."""

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def minted(self) -> int:
        """How many account sessions were created."""
        return int(self._control("GET", RECORD)["minted"])

    @property
    def claimed(self) -> int:
        """How many of them were claimed."""
        return int(self._control("GET", RECORD)["claimed"])

    @property
    def happenings(self) -> list[ComponentEvent]:
        """What pages told, oldest first, the last thousand."""
        return [ComponentEvent(**row) for row in self._control("GET", RECORD)["happenings"]]

    @property
    def mounted(self) -> list[str]:
        """The components that got ready, in their order."""
        return [happening.component for happening in self.happenings if happening.kind == "mounted"]

    @property
    def events(self) -> list[ComponentEvent]:
        """Callbacks and actions, and logouts."""
        return [happening for happening in self.happenings if happening.kind == "event"]

    @property
    def errors(self) -> list[ComponentEvent]:
        """What went to onLoadError."""
        return [happening for happening in self.happenings if happening.kind == "error"]

    def next_error(self, type: str | None = None, **forced: object) -> None:  # noqa: A002
        """Makes the next component fail with a load error: `next_error("render_error", component="payments")`.

        `account`, `message`, `times`, `delay_ms` and `before_loader_start` say more. Raises EmulatorError.
        """
        self._control("POST", NEXT_ERROR, {"type": type, **forced})

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """The forced errors that no component has met yet."""
        return list(self._control("GET", NEXT_ERROR)["data"])

    def calm(self) -> int:
        """Forgets them, and says how many there were."""
        return int(self._control("DELETE", NEXT_ERROR)["forgotten"])
