"""A platform for a browser: its page, with the unmodified npm packages, and its backend, which creates secrets."""

from __future__ import annotations

import json
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from playwright.sync_api import BrowserContext, Page, Route

from ..clients import install, transcript

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

ORIGIN = "https://platform.test"
TIMEOUT_MS = 8_000
COMPONENTS: Mapping[str, object] = {"account_onboarding": {"enabled": True}, "notification_banner": {"enabled": True}}
# As Stripe documents it for embedded components; the hash is that of an empty style element.
CSP = (
    "default-src 'none'; connect-src 'self'; img-src https://*.stripe.com; "
    "frame-src https://connect-js.stripe.com https://js.stripe.com; "
    "script-src 'self' https://connect-js.stripe.com https://js.stripe.com; "
    "style-src 'sha256-0hAheEzaMe6uXIKV4EehS9pu1am1lj/KnnzrOYqckXk='"
)
# The start of each page: a function that fetches secrets, and a log of all callbacks.
PRELUDE = """
window.calls = [];
window.fetches = window.responses = 0;
window.fetchClientSecret = async () => {
  window.fetches += 1;
  const response = await fetch("/account_session", {method: "POST"});
  window.responses += 1;
  if (!response.ok) throw new Error(`the backend responded with ${response.status}`);
  return (await response.json()).client_secret;
};
window.show = (instance, name, settings = {}) => {
  const element = instance.create(name);
  // Before 3.3.12 there were no such setters.
  element.setOnLoaderStart?.(({elementTagName}) => calls.push(["loaderstart", elementTagName]));
  element.setOnLoadError?.(({elementTagName, error}) => calls.push(["error", elementTagName, error.type, error.message]));
  for (const [setter, value] of Object.entries(settings)) element[setter](value);
  document.body.append(element);
  return element;
};
"""
APP = """
import {{loadConnectAndInitialize}} from "{package}";
window.start = (more = {{}}) =>
  (window.instance = loadConnectAndInitialize({{publishableKey: KEY, fetchClientSecret, ...more}}));
"""
REACT = """
import {{StrictMode, createElement as h, useState}} from "react";
import {{createRoot}} from "react-dom/client";
import {{loadConnectAndInitialize}} from "{package}";
import {{ConnectComponentsProvider, ConnectAccountOnboarding, ConnectNotificationBanner}} from "{react}";

function App() {{
  const [instance] = useState(() => loadConnectAndInitialize({{publishableKey: KEY, fetchClientSecret}}));
  const [seen, see] = useState(null);
  const [failed, fail] = useState(null);
  window.renders = (window.renders || 0) + 1;
  return h(
    ConnectComponentsProvider,
    {{connectInstance: instance}},
    h("output", {{"data-total": seen && seen.total, "data-failed": failed && failed.type}}),
    h(ConnectAccountOnboarding, {{onExit: () => calls.push(["exit"]), onLoadError: ({{error}}) => fail({{...error}})}}),
    h(ConnectNotificationBanner, {{onNotificationsChange: (change) => see({{...change}})}}),
  );
}}
window.startReact = (strict) => createRoot(document.querySelector("main")).render(strict ? h(StrictMode, null, h(App)) : h(App));
"""


@cache
def bundle(source: str) -> str:
    """A page's program, bundled by esbuild with the npm packages."""
    modules = transcript.installed(install.BROWSER) / "node_modules"
    # The native program starts faster than its JavaScript wrapper.
    program = next(modules.glob("@esbuild/*/bin/esbuild"))
    done = subprocess.run(
        [program, "--bundle", "--format=iife", '--define:process.env.NODE_ENV="development"', "--log-level=error"],
        cwd=modules,
        input=source,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Pages:
    """A platform with one connected account. `account` is its id, `created` the secrets that its backend created.

    `files` are those of its site, by path: the type and the text of each.
    """

    def __init__(self, handle: StripeEmulator) -> None:
        self.handle = handle
        self.account = str(handle.create_account(type="express", country="US")["id"])
        self.components = COMPONENTS
        self.version: str | None = None
        self.created: list[str] = []
        self.backend: Callable[[], tuple[int, Mapping[str, object]]] = self.create_session
        self.files: dict[str, tuple[str, str]] = {}
        self.csp = ""

    def create_session(self) -> tuple[int, Mapping[str, object]]:
        """A new secret, created with stripe-python."""
        params: Any = {"account": self.account, "components": self.components}
        options: Any = {"stripe_version": self.version} if self.version else {}
        session = self.handle.client.v1.account_sessions.create(params, options)
        self.created.append(session.client_secret)
        return 200, {"client_secret": session.client_secret}

    def write(
        self, script: str, *, package: str = "connect-js-3.4.6", react: str = "", tag: str = "", before: str = ""
    ) -> None:
        """Write a page that runs a script after the bundle of a package; or after a script `tag`, without npm.

        `react` is the package of the React components. `before` is the address of a script before the bundle.
        """
        program = "" if tag else bundle((REACT if react else APP).format(package=package, react=react))
        key = f"const KEY = {json.dumps(self.handle.publishable_key)};"
        text = f"{key}{PRELUDE}{program}\n{script}"
        inserted = f'<script src="{tag or before}"></script>' if tag or before else ""
        html = f'<!doctype html><title>Platform</title><body><main></main>{inserted}<script src="/app.js"></script>'
        self.files = {"/": ("text/html", html), "/app.js": ("text/javascript", text)}


class Platform(Pages):
    """A platform whose site is served by a browser's routes. `complaints` are the errors of its pages."""

    def __init__(self, handle: StripeEmulator, context: BrowserContext) -> None:
        super().__init__(handle)
        self.context = context
        self.complaints: list[str] = []
        self.log: deque[str] = deque(maxlen=200)
        context.on("request", lambda request: self.log.append(f"> {request.method} {request.url}"))
        context.on("response", lambda response: self.log.append(f"< {response.status} {response.url}"))
        context.on("requestfailed", lambda request: self.log.append(f"! {request.failure} {request.url}"))
        context.on("console", lambda line: self.log.append(f"{line.type}: {line.text}"))
        context.route(f"{ORIGIN}/**", self._serve)

    def open(self, script: str, **made_of: Any) -> Page:
        """Open a page; the parameters are those of `write`."""
        self.write(script, **made_of)
        page = self.page()
        page.goto(f"{ORIGIN}/")
        return page

    def page(self) -> Page:
        """An empty page, whose errors are kept in `complaints`."""
        page = self.context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        return page

    def state(self) -> str:
        """The state to print of a failed test: pages, network, console, and the emulator's log."""
        pages = [page.content().partition("<script")[0] for page in self.context.pages]
        seen = self.handle.browser
        record = [f"created {seen.created}, claimed {seen.claimed}", *map(str, seen.log)]
        return "\n".join(("--- pages", *pages, "--- network and console", *self.log, "--- emulator", *record))

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/account_session":
            status, body = self.backend()
            route.fulfill(status=status, json=body)
        elif path in self.files:
            kind, text = self.files[path]
            headers = {"content-security-policy": self.csp} if self.csp and path == "/" else {}
            route.fulfill(body=text, headers={"content-type": kind, **headers})
        else:
            route.fulfill(status=204)


def component(page: Page, name: str, state: str) -> Any:
    """The element of a component, once it is in a state."""
    found = page.locator(f"stripe-connect-{name}[data-state={state}]").first
    found.wait_for(state="attached")
    return found


def logged(page: Page) -> list[Any]:
    """The logged callbacks of a page, once all pending ones have arrived."""
    found: list[Any] = page.evaluate("StripeConnect.reported().then(() => calls)")
    return found


def errors(page: Page) -> list[list[str]]:
    """The calls of the page's onLoadError: element, type, message."""
    return [entry[1:] for entry in logged(page) if entry[0] == "error"]
