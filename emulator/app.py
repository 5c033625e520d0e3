"""The composition root: one ASGI application of Stripe's API and the control API."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from emulator.control.app import PREFIX, control_app
from emulator.control.requests import World
from emulator.http.asgi import StripeApi
from emulator.http.ladder import Ladder
from emulator.resources.accounts.countries import PROCESSING
from emulator.sandbox import Sandboxes
from emulator.settings import BadSetting, Settings


class Emulator:
    """One emulator. An ASGI application, and the sandboxes behind it for those who run it in-process."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        if self.settings.platform_country not in PROCESSING:
            raise BadSetting(f"platform_country must be a code such as US or DE, not {self.settings.platform_country}")
        self.sandboxes = Sandboxes(self.settings)
        self._api = StripeApi(Ladder(self.settings, self.sandboxes), self.settings.limits.body)
        self._control = control_app(World(self.settings, self.sandboxes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(PREFIX):
            await self._api(scope, receive, send)
        else:
            await self._control(scope, receive, send)
