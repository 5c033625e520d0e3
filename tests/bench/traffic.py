"""The requests that are sent: account session POSTs as stripe-python's, for many connected accounts.

Brackets are percent-encoded, as some SDKs send them. Every request has an Idempotency-Key of its own, as the SDK makes
one for each POST, so a request is a head, twelve hexadecimal digits that count, and a tail.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from http.client import HTTPConnection

from emulator.catalog import versions
from emulator.client import EmulatorClient
from emulator.wire import form

ACCOUNTS = 50
DIGITS = 12
PATH = "/v1/account_sessions"
KEY, UNKEYED = "Idempotency-Key", "X-Number"
Components = dict[str, dict[str, object]]

ONBOARDING: Components = {"account_onboarding": {"enabled": True, "features": {"external_account_collection": True}}}
PAYMENTS: Components = {
    "payments": {
        "enabled": True,
        "features": {"refund_management": True, "dispute_management": True, "capture_payments": False},
    }
}
OTHERS: tuple[Components, ...] = (
    {"payouts": {"enabled": True, "features": {"instant_payouts": False, "standard_payouts": True}}},
    {"balances": {"enabled": True, "features": {"edit_payout_schedule": True}}},
    {"payment_details": {"enabled": True, "features": {"destination_on_behalf_of_charge_management": True}}},
    {"notification_banner": {"enabled": True}},
    {"documents": {"enabled": True}},
    {"tax_settings": {"enabled": True}},
    {"account_management": {"enabled": True}},
)
CLIENT = {
    "bindings_version": "16.1.0",
    "lang": "python",
    "httplib": "requests",
    "telemetry_id": "3ec3fa4bc32703fe84b633508021479a",
    "lang_version": "3.11.7",
    "platform": "Linux-6.8.0-generic-x86_64-with-glibc2.39",
}


@dataclass(frozen=True, slots=True)
class Template:
    """One request, but for its number."""

    head: str
    tail: str

    def request(self, number: int) -> bytes:
        return f"{self.head}{number:0{DIGITS}x}{self.tail}".encode()


def components(number: int) -> Components:
    """Four components; the two that vary give seven different sets."""
    first, second = OTHERS[number % len(OTHERS)], OTHERS[(number + 1) % len(OTHERS)]
    return {**ONBOARDING, **PAYMENTS, **first, **second}


def create_accounts(url: str, key: str, count: int = ACCOUNTS) -> list[str]:
    """Connected accounts of a sandbox."""
    client = EmulatorClient(url, key)
    return [str(client.create_account(type="custom", country="US")["id"]) for _ in range(count)]


def templates(accounts: list[str], api_key: str, *, keyed: bool = True) -> list[Template]:
    """A request for each account. Unless `keyed`, the number is in a header that means nothing."""
    return [_template(account, number, api_key, KEY if keyed else UNKEYED) for number, account in enumerate(accounts)]


def sandbox_traffic(url: str, *, keyed: bool = True) -> list[Template]:
    """The requests for a new sandbox with its accounts."""
    key = f"sk_test_{secrets.token_hex(12)}"
    return templates(create_accounts(url, key), key, keyed=keyed)


def key_of(template: Template) -> str:
    """The API key that a request is sent with."""
    return template.head.partition("Bearer ")[2].partition("\r\n")[0]


def send(connection: HTTPConnection, template: Template) -> bytes:
    """One request over a connection that is kept alive, for its body. Raises RuntimeError unless the status is 200."""
    head, _, body = template.request(secrets.randbelow(1 << 40)).decode().partition("\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    connection.request("POST", PATH, body, headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200:
        raise RuntimeError(f"{response.status} {answer.decode()}")
    return answer


def _template(account: str, number: int, api_key: str, counter: str) -> Template:
    body = form.encode({"account": account, "components": components(number)})
    before = {
        "Host": "127.0.0.1",
        "User-Agent": "Stripe/v1 PythonBindings/16.1.0",
        "Accept-Encoding": "gzip, deflate",
        "Accept": "*/*",
        "Connection": "keep-alive",
        "X-Stripe-Client-User-Agent": json.dumps(CLIENT),
        "Authorization": f"Bearer {api_key}",
    }
    after = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Stripe-Version": versions.NEWEST,
        "Content-Length": str(len(body)),
    }
    head = f"POST {PATH} HTTP/1.1\r\n{_lines(before)}{counter}: {_uuid()}"
    return Template(head, f"\r\n{_lines(after)}\r\n{body}")


def _lines(headers: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _uuid() -> str:
    """The beginning of a UUIDv4, up to its last twelve digits."""
    digits = secrets.token_hex(8)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-8{digits[13:16]}-"
