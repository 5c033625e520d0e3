"""Component events of the pages of a sandbox, and load errors forced on the next components, for tests in Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from emulator.wire.dataclasses import dataclass

Control = Callable[..., dict[str, Any]]
LOG = "/connect/log"
NEXT_ERROR = "/connect/next_error"


@dataclass(frozen=True, slots=True)
class ComponentEvent:
    """One event of a component. `at` is in unix seconds; `kind` is mounted, event or error.

    `name` is the callback of an event, such as onExit, or the type of an error; `detail` is JSON or a message. A logout
    is an event without a component.
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
        """The arguments of a callback, a list, or of an action, a dict; None if there are none, or truncated."""
        try:
            return json.loads(self.detail) if self.kind == "event" else None
        except ValueError:
            return None  # empty or truncated


class Browser:
    """The pages of one sandbox."""

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def created(self) -> int:
        """The number of account sessions created."""
        return int(self._control("GET", LOG)["created"])

    @property
    def claimed(self) -> int:
        """The number of account sessions claimed."""
        return int(self._control("GET", LOG)["claimed"])

    @property
    def log(self) -> list[ComponentEvent]:
        """The last thousand component events, oldest first."""
        return [ComponentEvent(**row) for row in self._control("GET", LOG)["data"]]

    @property
    def mounted(self) -> list[str]:
        """The names of the components that have mounted, in order."""
        return [event.component for event in self.log if event.kind == "mounted"]

    @property
    def events(self) -> list[ComponentEvent]:
        """The callbacks, actions and logouts."""
        return [event for event in self.log if event.kind == "event"]

    @property
    def errors(self) -> list[ComponentEvent]:
        """The errors passed to onLoadError."""
        return [event for event in self.log if event.kind == "error"]

    def next_error(self, type: str | None = None, **forced: object) -> None:  # noqa: A002
        """Make the next component fail with a load error: `next_error("render_error", component="payments")`.

        Takes also `account`, `message`, `times`, `delay_ms` and `before_loader_start`. Raises EmulatorError.
        """
        self._control("POST", NEXT_ERROR, {"type": type, **forced})

    @property
    def pending_errors(self) -> list[dict[str, Any]]:
        """The forced errors that no component has met yet."""
        return list(self._control("GET", NEXT_ERROR)["data"])

    def clear_errors(self) -> int:
        """Clear the forced errors and return their number."""
        return int(self._control("DELETE", NEXT_ERROR)["cleared"])
