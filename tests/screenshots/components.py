"""The pictures of the components: a page of a platform, with the secret of a session that its backend made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser

from emulator.connect_js.elements import BY_KEY
from fixtures.browser import ConnectJsRoute

STRIPE = "https://connect-js.stripe.com"
PLATFORM = "https://platform.example/"
KEYS = ("notification_banner", "account_onboarding", "account_management", "payments")
GROUNDS = {"light": "#ffffff", "dark": "#0d1017"}
OWNER = {
    "type": "custom",
    "country": "US",
    "email": "jenny@example.com",
    "business_type": "individual",
    "business_profile[name]": "Furever",
    "business_profile[url]": "https://furever.dev",
    "business_profile[mcc]": "7299",
    "individual[first_name]": "Jenny",
    "individual[last_name]": "Rosen",
    "individual[dob][day]": "1",
    "individual[dob][month]": "1",
    "individual[dob][year]": "1990",
    "capabilities[transfers][requested]": "true",
}
# The payments that the account has taken, oldest first.
SOLD = (
    {"amount": "2000", "source": "tok_visa", "description": "A lead"},
    {"amount": "4500", "source": "tok_createDispute", "description": "A basket"},
    {"amount": "12000", "source": "tok_visa", "description": "A kennel", "capture": "false"},
)


def page_of(public: str, secret: str, ground: str) -> str:
    """The platform's page."""
    names = json.dumps([BY_KEY[key].name for key in KEYS])
    return f"""<!doctype html><html lang="en"><title>Platform</title>
<style>body {{ display: grid; gap: 20px; margin: 20px; background: {ground} }}</style>
<body><script src="{STRIPE}/v1.0/connect.js"></script>
<script>
const instance = StripeConnect.init({{publishableKey: "{public}", fetchClientSecret: async () => "{secret}"}});
for (const name of {names}) document.body.append(instance.create(name));
</script>"""


def take(browser: Browser, url: str, key: str, scheme: Any, now: int) -> None:
    """The picture of one scheme, at a time that does not pass."""
    enabled = {f"components[{name}][enabled]": "true" for name in KEYS}
    with httpx.Client(base_url=url, auth=(key, "")) as api:
        api.post("/_emulator/clock", json={"freeze": now})
        account = api.post("/v1/accounts", data=OWNER).json()["id"]
        api.post(f"/_emulator/accounts/{account}/capabilities/card_payments", json={"status": "active"})
        for sold in SOLD:
            api.post(
                "/v1/charges", data={"currency": "usd", **sold}, headers={"stripe-account": account}
            ).raise_for_status()
        session = api.post("/v1/account_sessions", data={"account": account, **enabled}).json()
    html = page_of(key.replace("sk_", "pk_"), session["client_secret"], GROUNDS[scheme])
    size: Any = {"width": 900, "height": 760}
    page = browser.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page.route(PLATFORM, lambda route: route.fulfill(body=html, content_type="text/html"))
    ConnectJsRoute(url)(page)
    page.goto(PLATFORM)
    for name in KEYS:
        page.locator(f"[data-testid=stripe-connect-{BY_KEY[name].name}][data-state=ready]").wait_for()
    page.get_by_role("button", name="Open business_details").click()
    page.get_by_label("Doing business as").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.screenshot(path=Path(__file__).parent / f"components-{scheme}.png", full_page=True)
    page.unroute_all(behavior="ignoreErrors")
    page.close()
