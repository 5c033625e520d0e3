"""A platform for a browser: its page, with the unmodified npm packages, and its backend, which mints secrets."""

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
SECONDS = 8_000  # milliseconds: how long a test waits for what a page should do
COMPONENTS: Mapping[str, object] = {"account_onboarding": {"enabled": True}, "notification_banner": {"enabled": True}}
# As Stripe documents it for embedded components; the hash is the one of an empty style element.
CSP = (
    "default-src 'none'; connect-src 'self'; img-src https://*.stripe.com; "
    "frame-src https://connect-js.stripe.com https://js.stripe.com; "
    "script-src 'self' https://connect-js.stripe.com https://js.stripe.com; "
    "style-src 'sha256-0hAheEzaMe6uXIKV4EehS9pu1am1lj/KnnzrOYqckXk='"
)
# What each page starts with: a backend that mints, and a log of all that the components say.
PRELUDE = """
window.said = [];
window.fetches = window.answers = 0;
window.fetchClientSecret = async () => {
  window.fetches += 1;
  const answer = await fetch("/account_session", {method: "POST"});
  window.answers += 1;
  if (!answer.ok) throw new Error(`the backend said ${answer.status}`);
  return (await answer.json()).client_secret;
};
window.show = (instance, name, settings = {}) => {
  const element = instance.create(name);
  // Before 3.3.12 there were no such setters.
  element.setOnLoaderStart?.(({elementTagName}) => said.push(["loaderstart", elementTagName]));
  element.setOnLoadError?.(({elementTagName, error}) => said.push(["error", elementTagName, error.type, error.message]));
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
    h(ConnectAccountOnboarding, {{onExit: () => said.push(["exit"]), onLoadError: ({{error}}) => fail({{...error}})}}),
    h(ConnectNotificationBanner, {{onNotificationsChange: (change) => see({{...change}})}}),
  );
}}
window.startReact = (strict) => createRoot(document.querySelector("main")).render(strict ? h(StrictMode, null, h(App)) : h(App));
"""


@cache
def bundle(source: str) -> str:
    """A page's program as esbuild makes it for a browser, from the packages as npm has them."""
    modules = transcript.installed(install.BROWSER) / "node_modules"
    # Its JavaScript wrapper is skipped: the program itself starts at once.
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
    """A platform with one connected account. `account` is its id, `minted` the secrets that its backend made.

    `files` is what its site has, by path: the type and the text of each.
    """

    def __init__(self, handle: StripeEmulator) -> None:
        self.handle = handle
        self.account = str(handle.create_account(type="express", country="US")["id"])
        self.components = COMPONENTS
        self.version: str | None = None
        self.minted: list[str] = []
        self.backend: Callable[[], tuple[int, Mapping[str, object]]] = self.mint
        self.files: dict[str, tuple[str, str]] = {}
        self.csp = ""

    def mint(self) -> tuple[int, Mapping[str, object]]:
        """A new secret, as a backend with stripe-python makes one."""
        params: Any = {"account": self.account, "components": self.components}
        options: Any = {"stripe_version": self.version} if self.version else {}
        session = self.handle.client.v1.account_sessions.create(params, options)
        self.minted.append(session.client_secret)
        return 200, {"client_secret": session.client_secret}

    def write(
        self, script: str, *, package: str = "connect-js-3.4.6", react: str = "", tag: str = "", before: str = ""
    ) -> None:
        """Serves a page that runs a script after the bundle of a package; or after the one of a `tag`, without npm.

        `react` is the package of the React components. `before` is the address of a script that stands before the bundle.
        """
        program = "" if tag else bundle((REACT if react else APP).format(package=package, react=react))
        key = f"const KEY = {json.dumps(self.handle.publishable_key)};"
        text = f"{key}{PRELUDE}{program}\n{script}"
        inserted = f'<script src="{tag or before}"></script>' if tag or before else ""
        html = f'<!doctype html><title>Platform</title><body><main></main>{inserted}<script src="/app.js"></script>'
        self.files = {"/": ("text/html", html), "/app.js": ("text/javascript", text)}


class Platform(Pages):
    """A platform whose site is in a browser's routes. `complaints` is what its pages said of errors."""

    def __init__(self, handle: StripeEmulator, context: BrowserContext) -> None:
        super().__init__(handle)
        self.context = context
        self.complaints: list[str] = []
        self.log: deque[str] = deque(maxlen=200)
        context.on("request", lambda asked: self.log.append(f"> {asked.method} {asked.url}"))
        context.on("response", lambda answer: self.log.append(f"< {answer.status} {answer.url}"))
        context.on("requestfailed", lambda asked: self.log.append(f"! {asked.failure} {asked.url}"))
        context.on("console", lambda line: self.log.append(f"{line.type}: {line.text}"))
        context.route(f"{ORIGIN}/**", self._serve)

    def open(self, script: str, **made_of: Any) -> Page:
        """A page of what `write` takes."""
        self.write(script, **made_of)
        page = self.page()
        page.goto(f"{ORIGIN}/")
        return page

    def page(self) -> Page:
        """An empty page, whose complaints are kept."""
        page = self.context.new_page()
        page.set_default_timeout(SECONDS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        return page

    def state(self) -> str:
        """All there is to know of a test that has failed: pages, network and console, and what the emulator saw."""
        pages = [page.content().partition("<script")[0] for page in self.context.pages]
        seen = self.handle.browser
        record = [f"minted {seen.minted}, claimed {seen.claimed}", *map(str, seen.happenings)]
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


def heard(page: Page) -> list[Any]:
    """What the callbacks of a page have said, once all that is on its way has arrived."""
    found: list[Any] = page.evaluate("StripeConnect.reported().then(() => said)")
    return found


def errors(page: Page) -> list[list[str]]:
    """What the page's onLoadError was called with: element, type, message."""
    return [entry[1:] for entry in heard(page) if entry[0] == "error"]
