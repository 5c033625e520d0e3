"""Writes the screenshots in the pages: `python -m tests.screenshots`. Each run gives the same ones, except for fonts."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from emulator.server import Server
from emulator.settings import Settings
from tests.browser.looking import KEY

from ..screenshots import components

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NOON = 1_795_608_000  # 2026-11-25 12:00:00
ACCOUNT = "acct_express_active"
KEY_OF_PLATFORM = "sk_test_platform5Hd8Kw"


class Picture(NamedTuple):
    """A picture of the dashboard: its view, and the text of the row that is open."""

    name: str
    view: str
    opened: str
    width: int
    scheme: Any


PICTURES = (
    Picture("dashboard-light", "sessions", "claimed", 1180, "light"),
    Picture("dashboard-dark", "requests", "parameter_unknown", 1180, "dark"),
    Picture("dashboard-phone", "sessions", "claimed", 360, "light"),
    Picture("dashboard-accounts", "accounts/acct_express_new", "acct_express_new", 1180, "light"),
    Picture("dashboard-payments", "payments", "A kennel", 1180, "light"),
)


def fill(api: httpx.Client) -> None:
    """A marketplace after a minute of use."""

    def moved(**action: int) -> None:
        api.post("/_emulator/clock", json=action)

    def session(*components: str) -> str:
        enabled = {f"components[{name}][enabled]": "true" for name in components}
        answer = api.post("/v1/account_sessions", data={"account": ACCOUNT, **enabled})
        return str(answer.json()["client_secret"])

    def report(secret: str, name: str, detail: str) -> None:
        seen = {"component": "account-onboarding", "kind": "event", "name": name, "detail": detail}
        body = {"publishable_key": public, "client_secret": secret, "events": [seen]}
        api.post("/_emulator/connect/report", json=body).raise_for_status()

    public = KEY.replace("sk_", "pk_")
    moved(freeze=NOON)
    api.post(
        "/v1/webhook_endpoints", data={"url": "http://127.0.0.1:9/webhook", "enabled_events[]": "*", "connect": "true"}
    )
    api.post("/_emulator/seeds", json={"name": "marketplace"})
    session("payouts")
    moved(advance=130)
    api.post("/v1/account_sessions", data={"account": ACCOUNT, "components[payouts][feature]": "true"})
    secret = session("account_onboarding", "notification_banner")
    moved(advance=3)
    claim = {"client_secret": secret, "publishable_key": public, "origin": "https://platform.example"}
    for _ in range(2):
        api.post("/_emulator/connect/claim", json=claim)
    moved(advance=20)
    report(secret, "onStepChange", '[{"step":"external_account"}]')
    report(secret, "onExit", "[]")
    api.post("/_emulator/faults", json={"error": "lock_timeout", "times": 3, "path": "/v1/accounts"})
    api.get("/v1/accounts")
    session("payments", "payouts")
    sold(api)
    moved(advance=14)
    session("documents")


def sold(api: httpx.Client) -> None:
    """Three payments: one to a seller, which is refunded in part, one that is declined, and one that is disputed."""
    payment = {"currency": "usd", "confirm": "true", "payment_method_types[]": "card", "capture_method": "automatic"}
    to_seller = {
        "amount": "12000",
        "payment_method": "pm_card_visa",
        "application_fee_amount": "1200",
        "transfer_data[destination]": "acct_custom_active",
        "description": "A kennel",
    }
    intent = api.post("/v1/payment_intents", data={**payment, **to_seller}).json()
    part = {"charge": intent["latest_charge"], "amount": "3000"}
    api.post("/v1/refunds", data={**part, "reverse_transfer": "true", "refund_application_fee": "true"})
    for amount, method in (("4500", "pm_card_createDispute"), ("2000", "pm_card_chargeDeclined")):
        api.post("/v1/payment_intents", data={**payment, "amount": amount, "payment_method": method})


def take(page: Page, url: str, picture: Picture) -> None:
    """One picture."""
    page.goto(f"{url}/_emulator/#{picture.view}")
    page.get_by_label("Secret key").fill(KEY)
    page.keyboard.press("Enter")
    page.get_by_text("live", exact=True).wait_for()
    page.locator("summary").first.wait_for()
    row = page.locator("details", has_text=picture.opened).first
    if row.get_attribute("open") is None:
        row.locator("summary").click()
    row.locator(".inside").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=HERE / f"{picture.name}.png")


def main(browser: Browser) -> None:
    """All of them."""
    with Server(Settings(port=0, id_seed="pictures")) as server:
        with httpx.Client(base_url=server.url, auth=(KEY, "")) as api:
            fill(api)
        for picture in PICTURES:
            size: Any = {"width": picture.width, "height": 760}
            page = browser.new_page(viewport=size, color_scheme=picture.scheme, reduced_motion="reduce")
            take(page, server.url, picture)
            page.close()
        for scheme in components.GROUNDS:
            components.take(browser, server.url, KEY_OF_PLATFORM, scheme, NOON)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # the receiver that there is not
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        main(chromium)
        chromium.close()
