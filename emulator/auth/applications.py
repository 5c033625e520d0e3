"""The applications that platforms are to the owners of accounts: their client ids and redirect URIs.

On Stripe both are set in the Dashboard, here through the control API. Without a declaration, a client id follows from
the platform's id, and every redirect URI is allowed.
"""

from __future__ import annotations

from collections import OrderedDict

from emulator.auth.keys import Key
from emulator.wire.namedtuples import NamedTuple


class Application(NamedTuple):
    """The declared application of a platform, which a secret key names. An empty `client_id` is not declared."""

    platform: Key
    client_id: str = ""
    redirect_uris: tuple[str, ...] = ()


class Applications:
    """The declared applications by the sandboxes of their platforms; beyond a limit the oldest are dropped."""

    __slots__ = ("_by_sandbox", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._by_sandbox: OrderedDict[str, Application] = OrderedDict()

    def of(self, sandbox: str) -> Application | None:
        """The application of the platform whose sandbox has this name."""
        return self._by_sandbox.get(sandbox)

    def by_client_id(self, client_id: str) -> Application | None:
        """The application that declared a client id."""
        return next((each for each in self._by_sandbox.values() if each.client_id == client_id), None)

    def declare(self, application: Application) -> None:
        """Replace the application of a platform."""
        name = application.platform.sandbox
        self._by_sandbox.pop(name, None)
        self._by_sandbox[name] = application
        if len(self._by_sandbox) > self._limit:
            self._by_sandbox.popitem(last=False)

    def clear(self) -> None:
        """Drop all declarations."""
        self._by_sandbox.clear()
