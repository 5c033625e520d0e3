"""The composition root: one ASGI application of Stripe's API, the control API, the hosted pages and the script.

Each part is imported by the first request that needs it; Stripe's API also a moment after the start.
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from emulator.sandbox.observers import Observers
from emulator.settings import DEFAULT_COUNTRY, BadSetting, Settings

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from starlette.types import ASGIApp, Receive, Scope, Send

    from emulator.control.endpoints.reading import ControlState
    from emulator.http.asgi import StripeApi
    from emulator.http.message import Request, Response
    from emulator.http.pipeline import Pipeline
    from emulator.sandbox.gaps import Gaps
    from emulator.sandbox.sandbox import Sandboxes

CONTROL = "/_emulator"
ROOT = "/"  # an unknown URL of the API, from which a browser is led to the dashboard
HEALTH = "/_emulator/health"
SCRIPTS = ("/v1.0/connect.js", "/v0.1/connect.js", "/v1.0/bridge.html")
STRIPE_JS, STRIPE_JS_RELEASE = "/v3", "/stripe.js"
HOSTED = (
    *("/setup/", "/express/", "/3d_secure_2/", "/authorize/", "/microdeposit/", "/b/", "/c/", "/p/", "/r/"),
    *("/i/", "/invoice/", "/credit_notes/"),
)
LINKS, CONTENTS = "/links/", "/contents"
OAUTH = ("/oauth/", "/express/oauth/", "/connect/default/oauth/")
ELSEWHERE = (CONTROL, *SCRIPTS, STRIPE_JS, *HOSTED, *OAUTH)
WARM_UP_SECONDS = 0.1
MANY_OBJECTS = 5000  # between runs of the garbage collector, of a few ms each: requests leave no cycles for it to find
# Requests that change a sandbox without an entry in its journal, unless they only read.
WATCHED = (CONTROL, *HOSTED)
READING = ("GET", "HEAD", "OPTIONS")


class Emulator:
    """One emulator: an ASGI application, and its sandboxes for code in the same process."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        _check_country(self.settings.platform_country)
        _check_currencies(self.settings)
        self.owns_process = False
        self._used: asyncio.Event | None = None
        self._requests = 0
        self._observers = Observers()
        if self.settings.load:
            from emulator.seeds import start  # noqa: PLC0415

            start.load(self.settings, self.pipeline, self.sandboxes)

    @cached_property
    def sandboxes(self) -> Sandboxes:
        """The sandboxes of this server."""
        from emulator.model.declaration import registry  # noqa: PLC0415
        from emulator.resources.table import TABLE  # noqa: PLC0415
        from emulator.sandbox.sandbox import Sandboxes  # noqa: PLC0415

        registry.install(TABLE)
        return Sandboxes(self.settings)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline of Stripe's API."""
        from emulator.http.pipeline import Pipeline  # noqa: PLC0415

        return Pipeline(self.settings, self.sandboxes)

    @cached_property
    def _stripe(self) -> StripeApi:
        from emulator.http.asgi import StripeApi  # noqa: PLC0415

        return StripeApi(self.pipeline)

    @cached_property
    def _control_state(self) -> ControlState:
        from emulator.control.endpoints.reading import ControlState  # noqa: PLC0415

        return ControlState(self.settings, self.sandboxes, self.pipeline, observers=self._observers)

    @cached_property
    def _control(self) -> ASGIApp:
        from emulator.control.app import control_app  # noqa: PLC0415

        return control_app(self._control_state)

    @cached_property
    def _connect_js(self) -> ASGIApp:
        from emulator.connect_js.serving import ConnectJs  # noqa: PLC0415

        return ConnectJs(live=self.settings.allow_live_keys)

    @cached_property
    def _stripe_js(self) -> ASGIApp:
        from emulator.stripe_js.serving import StripeJs  # noqa: PLC0415

        return StripeJs(live=self.settings.allow_live_keys)

    @cached_property
    def _hosted(self) -> ASGIApp:
        from emulator.hosted.serving import Hosted  # noqa: PLC0415

        return Hosted(self.sandboxes)

    @cached_property
    def _downloads(self) -> ASGIApp:
        from emulator.hosted.downloads import Downloads  # noqa: PLC0415

        return Downloads(self.settings, self.sandboxes)

    @property
    def gaps(self) -> Gaps | None:
        """The counts of requests that are not emulated or generic, None before any sandbox is used."""
        return self.sandboxes.gaps if "sandboxes" in self.__dict__ else None

    @cached_property
    def _oauth(self) -> ASGIApp:
        from emulator.oauth.serving import OAuth  # noqa: PLC0415

        return OAuth(self.settings, self.sandboxes)

    def trust(self, certificate: bytes) -> None:
        """Serve a certificate, in PEM, which clients must trust."""
        self._control_state.ca.append(certificate)

    async def deliver(self) -> None:
        """Import Stripe's API if no request has, then send events to webhook endpoints until cancelled."""
        self._used = asyncio.Event()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._used.wait(), WARM_UP_SECONDS)
        _ = self._stripe
        from emulator.webhooks.dispatcher import Dispatcher  # noqa: PLC0415

        if self.owns_process:
            gc.freeze()  # loaded modules live as long as the process: the garbage collector need not visit them
            gc.set_threshold(MANY_OBJECTS)
            gc.enable()
        public = self.settings.public_webhooks
        dispatcher = Dispatcher(self.sandboxes.delivery_queue, public=public, observers=self._observers)
        warming = asyncio.create_task(self._warm_up())
        try:
            await dispatcher.run()
        finally:
            warming.cancel()

    async def _warm_up(self) -> None:
        """Import the modules of all resources while no request comes, in a process that does nothing else."""
        if not self.owns_process:
            return
        from emulator.http.warm_up import warm_up  # noqa: PLC0415

        await warm_up(lambda: self._requests)
        gc.freeze()

    def respond(self, request: Request) -> Response | Coroutine[object, object, Response] | None:
        """The response to a complete request to Stripe's API, without ASGI; None if it is for another part.

        Where a fault delays it, a coroutine returns the response.
        """
        if self._used is None or not self._used.is_set() or _is_other_part(request.path):
            return None
        self._requests += 1
        response = self._stripe.respond(request)
        if self._observers:
            self._observers.notify(changed=False)
        return response

    async def _is_too_early(self, scope: Scope, path: str, send: Send) -> bool:
        """Whether a request for health came, and had its response, before any part was loaded."""
        if self._used is None or self._used.is_set():
            return False
        if path == HEALTH and _is_plain(scope, self.settings):
            await _healthy(send)
            return True
        self._used.set()
        return False

    @staticmethod
    async def _by_starlette(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run a part that is made with Starlette, for which a client that disconnects is an error."""
        from starlette.requests import ClientDisconnect  # noqa: PLC0415

        with suppress(ClientDisconnect):
            await app(scope, receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._requests += 1
        http, path = scope["type"] == "http", scope.get("path", "")
        if await self._is_too_early(scope, path, send):
            return
        if http and path in SCRIPTS:
            await self._connect_js(scope, receive, send)
        elif http and (path.startswith(STRIPE_JS) or path.endswith(STRIPE_JS_RELEASE)) and _is_stripe_js(path):
            await self._stripe_js(scope, receive, send)
        elif http and path.startswith(OAUTH):
            await self._oauth(scope, receive, send)
        elif http and _is_download(path):
            await self._by_starlette(self._downloads, scope, receive, send)
        elif http and path.startswith(HOSTED):
            await self._by_starlette(self._hosted, scope, receive, send)
        elif http and path == ROOT and _is_browser(scope, self.settings):
            await _redirect(send, f"{CONTROL}/")
        elif http and not path.startswith(CONTROL):
            await self._stripe(scope, receive, send)
        else:
            await self._by_starlette(self._control, scope, receive, send)
        if self._observers:
            self._observers.notify(changed=path.startswith(WATCHED) and scope["method"] not in READING)


def _is_other_part(path: str) -> bool:
    """Whether a request is not one to Stripe's API."""
    if path.startswith("/v1/"):
        return path.endswith(CONTENTS) and _is_download(path)
    return path == ROOT or path.startswith(ELSEWHERE) or path.endswith(STRIPE_JS_RELEASE) or _is_download(path)


def _is_download(path: str) -> bool:
    """Whether a request is for the contents of a file."""
    return path.startswith(LINKS) or (path.endswith(CONTENTS) and path.startswith("/v1/files/"))


def _is_stripe_js(path: str) -> bool:
    from emulator.stripe_js.serving import FRAMES, is_script  # noqa: PLC0415

    return path in FRAMES or is_script(path)


def _check_country(country: str) -> None:
    if country == DEFAULT_COUNTRY:
        return
    from emulator.resources.connect.accounts.base.countries import PROCESSING  # noqa: PLC0415

    if country not in PROCESSING:
        raise BadSetting(f"platform_country must be a code such as US or DE, not {country}")


def _check_currencies(settings: Settings) -> None:
    if not settings.settlement_currencies:
        return
    from emulator.resources.connect.accounts.base.countries import PROCESSING  # noqa: PLC0415
    from emulator.resources.money.holders import settlement_currencies  # noqa: PLC0415

    for currency in settlement_currencies(settings):
        if currency not in PROCESSING.values():
            raise BadSetting(f"settlement_currencies must be currencies such as eur,jpy, not {currency}")


def _is_plain(scope: Scope, settings: Settings) -> bool:
    """Whether a request for health needs no check by the control API: it comes from no web page."""
    headers = {name for name, _ in scope["headers"]}
    return settings.control and scope["method"] == "GET" and not headers & {b"origin", b"sec-fetch-site"}


def _is_browser(scope: Scope, settings: Settings) -> bool:
    """Whether a request is that of a person who opens the address in a browser."""
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return settings.control and scope["method"] in ("GET", "HEAD") and b"text/html" in accepted


async def _redirect(send: Send, location: str) -> None:
    headers = [(b"location", location.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _healthy(send: Send) -> None:
    """Send the response of the control API while there are no sandboxes."""
    body = b'{\n  "status": "ok",\n  "sandboxes": 0\n}\n'
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
