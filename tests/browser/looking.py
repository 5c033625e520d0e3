"""A page of the dashboard, and the sandbox that it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

KEY = "sk_test_dashboard7Q2mB4"
VIEWS = (
    "requests",
    "sessions",
    "accounts",
    "payments",
    "transfers",
    "payouts",
    "balances",
    "events",
    "webhooks",
    "faults",
    "warnings",
)
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


@dataclass
class Look:
    """A page on a server of its own. `wrong` is what the console and the page complained of."""

    page: Any
    url: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.api = httpx.Client(base_url=self.url, auth=(KEY, ""), timeout=10)
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type != "log" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def enter(self, view: str = "requests") -> None:
        self.page.goto(f"{self.url}/_emulator/#{view}")
        self.page.get_by_label("Secret key").fill(KEY)
        self.page.get_by_role("button", name="Open the sandbox").click()
        self.page.get_by_text("live", exact=True).wait_for()

    def show(self, view: str) -> None:
        self.page.goto(f"{self.url}/_emulator/#{view}")

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for(timeout=4000)

    def account(self, **params: str) -> str:
        return str(self.api.post("/v1/accounts", data={"type": "express", **params}).json()["id"])

    def session(self, account: str, component: str = "payouts") -> str:
        fields = {"account": account, f"components[{component}][enabled]": "true"}
        return str(self.api.post("/v1/account_sessions", data=fields).json()["client_secret"])
