"""The examples for pages in a browser, and the ways to the emulator that they show, each run as it stands on its page."""

from __future__ import annotations

import asyncio
import json
import os
import re
import ssl
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import playwright
import pytest

from emulator.server import Server
from emulator.settings import DEFAULT_PORT, Settings

from .. import pages
from ..chromium import CHROMIUM, FLAGS
from ..clients import install, transcript
from .pages import COMPONENTS, ORIGIN, Pages, Platform, component
from .site import site

if TYPE_CHECKING:
    from fixtures.browser import ConnectJsRoute
    from fixtures.handle import StripeEmulator

DRIVER = Path(playwright.__file__).parent / "driver" / "package"
PAGE = """
start();
const shown = show(instance, "account-onboarding");
shown.setOnExit(() => document.body.append("Thank you"));
shown.setOnLoadError(() => document.body.append("Something went wrong"));
"""


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("tests/test_onboarding_page.py", "test_an_owner_completes_the_onboarding"),
        ("tests/test_page.py", "test_an_owner_completes_the_onboarding"),
        ("tests/test_page.py", "test_the_page_says_that_it_could_not_load"),
    ],
)
def test_the_example_for_playwright_in_python(
    unrouted: Platform, connect_js_route: ConnectJsRoute, stripe_emulator: StripeEmulator, file: str, name: str
) -> None:
    tests: dict[str, Any] = {}
    exec(pages.file(file).replace("http://localhost:3000/onboarding", f"{ORIGIN}/"), tests)
    unrouted.write(PAGE)
    tests[name](unrouted.page(), connect_js_route, stripe_emulator)


async def in_an_asynchronous_browser(address: str, name: str, *fixtures: object) -> None:
    """Runs a test of the asynchronous example, whose page has our own address."""
    from playwright.async_api import async_playwright  # noqa: PLC0415

    tests: dict[str, Any] = {}
    exec(pages.file("tests/test_page_async.py").replace("http://localhost:3000/onboarding", address), tests)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = await browser.new_page()
        await tests[name](page, *fixtures)
        await page.unroute_all(behavior="ignoreErrors")
        await browser.close()


def test_the_example_for_asynchronous_playwright(
    connect_js_route: ConnectJsRoute, stripe_emulator: StripeEmulator
) -> None:
    platform = Pages(stripe_emulator)
    platform.write(PAGE)
    name = "test_an_owner_completes_the_onboarding"
    with site(platform) as address, ThreadPoolExecutor(1) as elsewhere:
        # In a thread of its own: the loop of this one may be Playwright's, for the module's browser.
        wanted = in_an_asynchronous_browser(address, name, connect_js_route, stripe_emulator)
        elsewhere.submit(asyncio.run, wanted).result(timeout=60)


def test_a_script_element_needs_no_route(unrouted: Platform, stripe_emulator: StripeEmulator) -> None:
    (element,) = pages.of(pages.CONNECT_JS, "html")
    (source,) = re.findall(r'^<script src="(\S+)"></script>$', element.text, re.MULTILINE)
    unrouted.write(PAGE, before=with_own_address(source, stripe_emulator))
    page = unrouted.page()
    with site(unrouted) as address:
        page.goto(address)
        component(page, "account-onboarding", "ready")
    assert stripe_emulator.browser.claimed == 1


DRIVE = """
import {routeConnectJs} from "./playwright.mjs";
import {createRequire} from "node:module";
const {chromium} = createRequire(import.meta.url)(process.env.DRIVER);
const browser = await chromium.launch({executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"]});
const page = await browser.newPage();
await page.route("https://platform.test/", (route) =>
  route.fulfill({contentType: "text/html", body: '<script src="https://connect-js.stripe.com/v1.0/connect.js"></script>'}));
await routeConnectJs(page);
await page.goto("https://platform.test/");
const state = await page.evaluate(async ([publishableKey, secret]) => {
  const instance = StripeConnect.init({publishableKey, fetchClientSecret: async () => secret});
  const element = instance.create("account-onboarding");
  document.body.append(element);
  while (!["ready", "error"].includes(element.dataset.state)) await new Promise((done) => setTimeout(done, 20));
  return element.dataset.state;
}, [process.env.KEY, process.env.SECRET]);
console.log(state);
await page.unrouteAll({behavior: "ignoreErrors"});
await browser.close();
"""


def create_secret(handle: StripeEmulator) -> str:
    """A fresh client secret."""
    params: Any = {"account": handle.create_account(type="express")["id"], "components": COMPONENTS}
    return handle.client.v1.account_sessions.create(params).client_secret


def run(command: list[str], folder: Path, handle: StripeEmulator, **environment: str) -> str:
    """Run a program of Node.js and return its output."""
    known = {"KEY": handle.publishable_key, "SECRET": create_secret(handle), **environment}
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **known}, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def with_own_address(text: str, handle: StripeEmulator) -> str:
    """An example, with the address of the test's emulator."""
    return text.replace(f"http://127.0.0.1:{DEFAULT_PORT}", handle.url)


# Without a route the page must be on this machine; it has no script of Stripe's host.
DRIVE_BEFORE = """
import {addConnectJs as routeConnectJs} from "./playwright.mjs";
import {createServer} from "node:http";
const site = createServer((_, response) => response.setHeader("content-type", "text/html").end("<title>Platform</title>"));
await new Promise((done) => site.listen(0, "127.0.0.1", done));
const PAGE = `http://127.0.0.1:${site.address().port}/`;
""" + "\n".join(
    line
    for line in (DRIVE + "site.close();\n").replace('"https://platform.test/"', "PAGE").splitlines()
    if not line.startswith(("import {routeConnectJs}", "await page.route", "  route.fulfill"))
)


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize(
    ("name", "drive"), [("playwright.mjs", DRIVE), ("playwright.init.mjs", DRIVE_BEFORE)], ids=["route", "init"]
)
def test_the_example_for_playwright_in_javascript(
    stripe_emulator: StripeEmulator, tmp_path: Path, name: str, drive: str
) -> None:
    (tmp_path / "playwright.mjs").write_text(with_own_address(pages.file(name), stripe_emulator))
    (tmp_path / "drive.mjs").write_text(drive)
    printed = run(["node", "drive.mjs"], tmp_path, stripe_emulator, DRIVER=str(DRIVER), CHROMIUM=str(CHROMIUM))
    assert printed == "ready\n"
    assert stripe_emulator.browser.claimed == 1


DRIVE_SECURE = """
import {createRequire} from "node:module";
import config from "./playwright.config.mjs";
const {chromium} = createRequire(import.meta.url)(process.env.DRIVER);
const {launchOptions, ...options} = config.use;
const args = [...launchOptions.args, ...process.env.FLAGS.split(" ")];
const browser = await chromium.launch({...launchOptions, args, executablePath: process.env.CHROMIUM});
const page = await (await browser.newContext(options)).newPage();
await page.goto(process.env.ADDRESS);
await page.locator("stripe-connect-account-onboarding[data-state=ready]").waitFor();
console.log(await page.evaluate("document.querySelector('script[src*=stripe]').src"));
await browser.close();
"""


@pytest.mark.parametrize("trust", ["as shown", "by the hash"])
def test_the_example_for_host_rules(stripe_emulator: StripeEmulator, tmp_path: Path, trust: str) -> None:
    with Server(Settings(port=0, tls=True)) as server:
        platform = Pages(type(stripe_emulator)(server.url, stripe_emulator.api_key, ca_file=server.ca_file))
        secret = created_over_tls(platform, server.ca_file)
        platform.backend = lambda: (200, {"client_secret": secret})
        platform.write(PAGE)
        address = f"127.0.0.1:{DEFAULT_PORT}", server.url.removeprefix("https://")
        config, flags = pages.file("playwright.config.mjs").replace(*address), "--no-sandbox"
        if trust == "by the hash":
            config = config.replace("ignoreHTTPSErrors: true,", "")
            (block,) = [each for each in pages.of(pages.CONNECT_JS, "sh") if each.text.startswith("# The HASH")]
            command = block.text.replace(*address)
            flags += f" --ignore-certificate-errors-spki-list={run(['bash', '-c', command], tmp_path, stripe_emulator)}"
        (tmp_path / "playwright.config.mjs").write_text(config)
        (tmp_path / "drive.mjs").write_text(DRIVE_SECURE)
        with site(platform) as page:
            environment = {"DRIVER": str(DRIVER), "CHROMIUM": str(CHROMIUM), "ADDRESS": page, "FLAGS": flags.strip()}
            printed = run(["node", "drive.mjs"], tmp_path, stripe_emulator, **environment)
        assert printed == "https://connect-js.stripe.com/v1.0/connect.js\n"
        assert platform.handle.browser.claimed == 1


def created_over_tls(platform: Pages, ca_file: str) -> str:
    """A client secret of an emulator that speaks TLS."""
    fields = {"account": platform.account, "components[account_onboarding][enabled]": "true"}
    trusted = ssl.create_default_context(cafile=ca_file)
    with httpx.Client(verify=trusted, auth=(platform.handle.api_key, "")) as client:
        response = client.post(f"{platform.handle.url}/v1/account_sessions", data=fields)
    return str(response.json()["client_secret"])


UNIT_TEST = """
import {expect, test, vi} from "vitest";
import {loadConnectAndInitialize} from "@stripe/connect-js";

test("the component mounts", async () => {
  const instance = loadConnectAndInitialize({
    publishableKey: process.env.KEY,
    fetchClientSecret: async () => process.env.SECRET,
  });
  const element = instance.create("account-onboarding");
  const exits = vi.fn();
  element.setOnExit(exits);
  document.body.append(element);
  await vi.waitFor(() => expect(element.dataset.state).toBe("ready"), 5000);
  [...element.querySelectorAll("button")].find((found) => found.textContent === "Complete onboarding").click();
  await vi.waitFor(() => expect(exits).toHaveBeenCalledOnce(), 5000);
});

test("a notification is answered", async () => {
  const instance = loadConnectAndInitialize({
    publishableKey: process.env.KEY,
    fetchClientSecret: async () => process.env.OTHER_SECRET,
  });
  const element = instance.create("notification-banner");
  const counts = [];
  element.setOnNotificationsChange(({total}) => counts.push(total));
  document.body.append(element);
  const button = (name) => [...element.querySelectorAll("button")].find((found) => found.textContent === name);
  await vi.waitFor(() => expect(button("Answer")).toBeTruthy(), 5000);
  element.querySelector("[aria-label='Answer business_profile.url']").click();
  await vi.waitFor(() => expect(button("Submit")).toBeTruthy(), 5000);
  const field = element.querySelector("input");
  field.value = "https://shop.test";
  field.dispatchEvent(new Event("input", {bubbles: true}));
  button("Submit").click();
  await vi.waitFor(() => expect(counts.length).toBe(2), 5000);
  expect(counts[1]).toBeLessThan(counts[0]);
});
"""


def vitest(
    handle: StripeEmulator, folder: Path, files: Mapping[str, str], options: Mapping[str, object], **secrets: str
) -> None:
    """Runs test files with the setup file of the page."""
    modules = transcript.installed(install.BROWSER) / "node_modules"
    (folder / "node_modules").symlink_to(modules)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "vitest.setup.mjs").write_text(with_own_address(pages.file("vitest.setup.mjs"), handle))
    for name, text in files.items():
        (folder / name).write_text(text)
    config = json.dumps({"test": {"setupFiles": ["./vitest.setup.mjs"], **options}})
    (folder / "vitest.config.js").write_text(f"export default {config};")
    run(["node", str(modules / "vitest" / "vitest.mjs"), "run"], folder, handle, **secrets)


@pytest.mark.parametrize("environment", ["jsdom", "happy-dom"])
def test_the_example_for_vitest(stripe_emulator: StripeEmulator, tmp_path: Path, environment: str) -> None:
    other = create_secret(stripe_emulator)
    vitest(stripe_emulator, tmp_path, {"unit.test.js": UNIT_TEST}, {"environment": environment}, OTHER_SECRET=other)
    assert (stripe_emulator.browser.created, stripe_emulator.browser.claimed) == (2, 2)


@pytest.mark.parametrize("environment", ["jsdom", "happy-dom"])
def test_test_files_may_share_the_packages(stripe_emulator: StripeEmulator, tmp_path: Path, environment: str) -> None:
    """Without isolation the packages keep the script of the first file's page."""
    mounts = UNIT_TEST.partition('test("a notification')[0]
    files = {"first.test.js": mounts, "second.test.js": mounts.replace("env.SECRET", "env.OTHER_SECRET")}
    options = {"environment": environment, "isolate": False, "fileParallelism": False}
    vitest(stripe_emulator, tmp_path, files, options, OTHER_SECRET=create_secret(stripe_emulator))
    assert (stripe_emulator.browser.created, stripe_emulator.browser.claimed) == (2, 2)


LEFT = """
import {createRequire} from "node:module";
const {JSDOM} = createRequire(process.env.MODULES)("jsdom");
const wrong = [];
process.on("unhandledRejection", (error) => wrong.push(String(error)));
const {window} = new JSDOM("<body>", {url: "http://127.0.0.1/"});
const names = ["window", "document", "location", "HTMLElement", "customElements"];
for (const name of names) globalThis[name] = window[name];
(0, eval)(await (await fetch(`${process.env.EMULATOR}/v1.0/connect.js`)).text());
const instance = window.StripeConnect.init({
  publishableKey: process.env.KEY,
  fetchClientSecret: () => new Promise((done) => setTimeout(done, Number(process.env.SECRET_MS), process.env.SECRET)),
});
const shown = ["account-onboarding", "notification-banner"].map((name) => instance.create(name));
document.body.append(...shown);
await new Promise((done) => setTimeout(done, Number(process.env.LEFT_MS)));
for (const name of names) delete globalThis[name];
await new Promise((done) => setTimeout(done, 1500));
console.log(JSON.stringify(wrong));
process.exit();
"""


@pytest.mark.parametrize("moment", [(0, 0), (0, 5), (0, 20), (0, 60), (100, 50), (0, 600)])
def test_components_of_a_page_that_a_unit_test_removes_do_nothing(
    stripe_emulator: StripeEmulator, tmp_path: Path, moment: tuple[int, int]
) -> None:
    modules = transcript.installed(install.BROWSER) / "node_modules"
    (tmp_path / "left.mjs").write_text(LEFT)
    environment = {"MODULES": f"{modules}/", "EMULATOR": stripe_emulator.url}
    times = dict(zip(("SECRET_MS", "LEFT_MS"), map(str, moment), strict=True))
    assert run(["node", "left.mjs"], tmp_path, stripe_emulator, **environment, **times).splitlines()[-1] == "[]"


def test_a_policy_that_refuses_the_script_is_reported_as_on_the_page_about_trouble(
    unrouted: Platform, stripe_emulator: StripeEmulator
) -> None:
    """The sentence is Chromium's own."""
    (shown,) = [block.text for block in pages.of(pages.TROUBLE, "text") if "Content Security Policy" in block.text]
    source = f"{stripe_emulator.url}/v1.0/connect.js"
    unrouted.csp = "default-src 'self'; script-src 'self'"
    unrouted.write("", before=source)
    page = unrouted.page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with site(unrouted) as address:
        page.goto(address)
        assert page.evaluate("typeof StripeConnect") == "undefined"
    assert shown.strip().replace(pages.DEFAULT_URL, stripe_emulator.url) in said[0]
