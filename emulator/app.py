"""The composition root: one ASGI application of Stripe's API and the control API."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from emulator.connect_js.serving import PATHS, ConnectJs
from emulator.control.app import PREFIX, control_app
from emulator.control.requests import World
from emulator.events import Courier
from emulator.http.asgi import StripeApi
from emulator.http.ladder import Ladder
from emulator.resources.accounts.countries import PROCESSING
from emulator.sandbox import Sandboxes
from emulator.seeds import start
from emulator.settings import BadSetting, Settings


class Emulator:
    """One emulator. An ASGI application, and the sandboxes behind it for those who run it in-process."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        if self.settings.platform_country not in PROCESSING:
            raise BadSetting(f"platform_country must be a code such as US or DE, not {self.settings.platform_country}")
        self.sandboxes = Sandboxes(self.settings)
        ladder = Ladder(self.settings, self.sandboxes)
        self._api = StripeApi(ladder, self.settings.limits.body)
        self._world = World(self.settings, self.sandboxes, ladder)
        self._control = control_app(self._world)
        self._connect_js = ConnectJs(live=self.settings.allow_live_keys)
        if self.settings.load:
            start.load(self.settings, ladder, self.sandboxes)

    def trust(self, certificate: bytes) -> None:
        """Offers the certificate that clients must trust, in PEM, to those who ask for it."""
        self._world.ca.append(certificate)

    async def deliver(self) -> None:
        """Sends events to webhook endpoints, until it is cancelled."""
        await Courier(self.sandboxes.outbox, public=self.settings.public_webhooks).run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            await self._connect_js(scope, receive, send)
        elif scope["type"] == "http" and not scope["path"].startswith(PREFIX):
            await self._api(scope, receive, send)
        else:
            await self._control(scope, receive, send)
