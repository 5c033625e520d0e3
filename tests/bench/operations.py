"""The cost of operations on accounts, each compared with the creation of an account session in the same run.

One connection, one request at a time; all operations take turns, in random order, so that whatever else the machine
does meets each of them. The list is of one hundred accounts; accounts have a company's details and a bank account.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from emulator.catalog import versions
from emulator.wire import form
from tests.bench.memory import timed
from tests.bench.processes import HOST, QUIET, Launcher
from tests.bench.table import Row, ms
from tests.bench.traffic import PATH, components

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
LISTED = 100
PERSONS = 5
PAUSE_SECONDS = 0.002
ACCOUNTS, CUSTOMERS = "/v1/accounts", "/v1/customers"
CUSTOMER: Mapping[str, Any] = {"name": "Jenny Rosen", "email": "jenny.rosen@example.com", "metadata": {"order": "1"}}
ACCOUNT: Mapping[str, Any] = {
    "type": "custom",
    "country": "US",
    "business_type": "company",
    "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
    "business_profile": {"mcc": "7299", "url": "https://accessible.stripe.com"},
    "company": {"name": "Test company", "phone": "0000000000", "address": {"line1": "1 Main Street", "city": "New York"}},
    "external_account": "btok_us",
}  # fmt: skip
ACCOUNT_V2: Mapping[str, Any] = {
    "contact_email": "jenny.rosen@example.com",
    "dashboard": "none",
    "identity": {"country": "us", "entity_type": "company"},
    "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}},
    "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
    "include": ["configuration.merchant", "identity", "requirements"],
}
PERSON: Mapping[str, Any] = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "email": "jenny.rosen@example.com",
    "dob": {"day": 1, "month": 1, "year": 1901},
    "relationship": {"owner": True, "percent_ownership": 10},
}
TAX_RATES = "/v1/tax_rates"
TAX_RATE: Mapping[str, Any] = {"display_name": "VAT", "percentage": "19", "inclusive": False, "country": "DE"}
PAYMENTS = "/v1/payment_intents"
PAYMENT: Mapping[str, Any] = {
    "amount": 1000,
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "payment_method_types": ["card"],
    "confirm": True,
}
# The largest cost of an operation, in account sessions.
TARGETS: Mapping[str, float] = {
    "retrieve an account": 1.6,
    "update the metadata of an account": 3,
    f"update the metadata of an account with {PERSONS} persons": 5,
    f"list {LISTED} accounts": 25,
    "create an account by v1": 2.5,
    "create an account by v2": 4,
    "create a customer": 1.5,
    "retrieve a customer": 1.5,
    "create a tax rate, which is generic": 1.5,
    "retrieve a tax rate": 1.5,
    "create and confirm a payment intent": 3,
}


class Requests:
    """Requests of one new key, as bytes; each POST has an Idempotency-Key of its own, as SDKs send it."""

    def __init__(self) -> None:
        self._head = f"Host: 127.0.0.1\r\nAuthorization: Bearer sk_test_{secrets.token_hex(12)}\r\n"
        self._head += f"Stripe-Version: {versions.NEWEST}\r\n"

    def get(self, path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode()

    def post(self, path: str, params: Mapping[str, Any]) -> bytes:
        is_v2 = path.startswith("/v2/")
        kind = "application/json" if is_v2 else "application/x-www-form-urlencoded"
        body = json.dumps(params) if is_v2 else form.encode(params)
        more = f"Idempotency-Key: {secrets.token_hex(16)}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        return f"POST {path} HTTP/1.1\r\n{self._head}{more}\r\n{body}".encode()


def measure(launcher: Launcher, times: int) -> list[Row]:
    with launcher.emulator(*QUIET) as running, socket.create_connection((HOST, running.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seconds = _take_turns(connection, _prepare(connection), times)
    base, *others = map(median, seconds)
    return [_row(name, value, base, TARGETS[name]) for name, value in zip(TARGETS, others, strict=True)]


def _prepare(connection: socket.socket) -> list[Callable[[], bytes]]:
    """The requests of an account session, and of the operations of TARGETS in their order."""
    listed, other, numbers = Requests(), Requests(), itertools.count()
    account, owned = (_create(connection, other.post(ACCOUNTS, ACCOUNT)) for _ in range(2))
    for _ in range(PERSONS):
        _create(connection, other.post(f"{ACCOUNTS}/{owned}/persons", PERSON))
    for _ in range(LISTED):
        _create(connection, listed.post(ACCOUNTS, ACCOUNT))
    customer = _create(connection, other.post(CUSTOMERS, CUSTOMER))
    tax_rate = _create(connection, other.post(TAX_RATES, TAX_RATE))
    return [
        lambda: other.post(PATH, {"account": account, "components": components(0)}),
        lambda: other.get(f"{ACCOUNTS}/{account}"),
        lambda: other.post(f"{ACCOUNTS}/{account}", {"metadata": {"order": next(numbers)}}),
        lambda: other.post(f"{ACCOUNTS}/{owned}", {"metadata": {"order": next(numbers)}}),
        lambda: listed.get(f"{ACCOUNTS}?limit={LISTED}"),
        lambda: other.post(ACCOUNTS, ACCOUNT),
        lambda: other.post("/v2/core/accounts", ACCOUNT_V2),
        lambda: other.post(CUSTOMERS, CUSTOMER),
        lambda: other.get(f"{CUSTOMERS}/{customer}"),
        lambda: other.post(TAX_RATES, TAX_RATE),
        lambda: other.get(f"{TAX_RATES}/{tax_rate}"),
        lambda: other.post(PAYMENTS, PAYMENT),
    ]


def _create(connection: socket.socket, request: bytes) -> str:
    """The id of a new object."""
    return str(json.loads(exchange(connection, request))["id"])


def exchange(connection: socket.socket, request: bytes) -> bytes:
    """The body of a response. Raises RuntimeError unless its status is 200."""
    connection.sendall(request)
    head, _, body = connection.recv(1 << 20).partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    parts, missing = [body], int(found[1] if found else 0) - len(body)
    while missing > 0:
        parts.append(connection.recv(missing))
        missing -= len(parts[-1])
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{head.decode()}\n{body.decode()}")
    return b"".join(parts)


def _take_turns(connection: socket.socket, builders: list[Callable[[], bytes]], times: int) -> list[list[float]]:
    """Seconds of each operation, without those of the first turn.

    Each turn has another order: the list leaves nothing of the next operation in the caches of the processor.
    """
    seconds: list[list[float]] = [[] for _ in builders]
    for _ in range(times + 1):
        for place in random.sample(range(len(builders)), len(builders)):
            seconds[place].append(_timed(connection, builders[place]()))
    return [each[1:] for each in seconds]


def _timed(connection: socket.socket, request: bytes) -> float:
    time.sleep(PAUSE_SECONDS)  # the server may free what the last response consisted of
    return timed(lambda: exchange(connection, request))


def _row(name: str, seconds: float, session: float, most: float) -> Row:
    ratio = seconds / session
    return Row(
        name,
        ms(seconds),
        f"{ratio:.2f} times an account session of {ms(session)}",
        f"at most {most:g} times",
        ratio <= most,
    )
