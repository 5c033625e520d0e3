"""Send one delivery: headers, signature, response."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulator.sandbox.clock import wall
from emulator.settings import beyond
from emulator.store.destinations import Receiver
from emulator.store.webhooks import Attempt
from emulator.webhooks.signature import signature

if TYPE_CHECKING:
    from httpx2 import AsyncClient

TIMEOUT_SECONDS = 10.0  # our choice: Stripe publishes no number
BODY_KEPT = 2048
# Without the setting `public_webhooks`, other names are refused without a look-up: a query to a name server leaves the
# machine as well (our choice). A name without a dot is that of a machine or a container.
LOCAL_NAMES = (".docker", ".home.arpa", ".internal", ".lan", ".local", ".localdomain", ".test")
LOOPBACK = ["127.0.0.1", "::1"]  # of `localhost` and all names below it, which are not looked up
WRITTEN = "http11.send_request_body.complete"  # what the HTTP client reports once a request is sent
# As observed in recorded deliveries of 2025, without the headers of proxies.
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-cache",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "Accept": "*/*; q=0.5, application/xml",
    "Accept-Encoding": "gzip",
}


class Sender:
    """Sends payloads. Its HTTP client is created for the first one, as importing it is slow."""

    def __init__(self, *, public: bool) -> None:
        self._public = public
        self._client: AsyncClient | None = None
        self._making = asyncio.Lock()

    async def _prepared(self) -> AsyncClient:
        """The HTTP client, created in a thread, so that no request waits for the import."""
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(_client)
        return self._client

    async def send(
        self,
        endpoint: Receiver,
        payload: bytes,
        now: int,
        *,
        livemode: bool,
        written: Callable[[], None] = lambda: None,
    ) -> Attempt:
        """Send a payload once. `now` is the sandbox's time; the signature uses the machine's, which receivers check.

        Calls `written` when the request is sent and its response not yet there. Raises nothing but CancelledError.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        headers = {**HEADERS, "Stripe-Signature": signature(payload, endpoint.secret, wall(), livemode=livemode)}
        status, body, error = await self._response(endpoint.url, payload, headers, written)
        return Attempt(now, status, error, round((loop.time() - started) * 1000), body)

    async def _response(
        self, url: str, payload: bytes, headers: dict[str, str], written: Callable[[], None]
    ) -> tuple[int | None, str, str | None]:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                addresses, refused = await self._addresses(url)
                if refused:
                    hint = "start the emulator with --public-webhooks to send there."
                    return None, "", f"The address is {refused}; {hint}"
                status, body = await self._exchange(url, addresses, payload, headers, written)
        except TimeoutError:
            return None, "", f"No response within {TIMEOUT_SECONDS:.0f} seconds."
        except Exception as error:  # noqa: BLE001 - any failure of a receiver becomes the error of the attempt
            return None, "", f"No response: {str(error) or type(error).__name__}"
        return status, body, None if 200 <= status < 300 else f"Status {status}."

    async def _addresses(self, url: str) -> tuple[Sequence[str], str]:
        """The addresses of a host, and why nothing is sent there, empty where it is. Raises OSError if it has none."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        found = _known(host)
        if found is None and not self._public and "." in host and not host.endswith(LOCAL_NAMES):
            return [], "public"
        found = found or await _resolve(host, parts.port or 80)
        return found, "" if self._public else next(filter(None, map(beyond, found)), "")

    async def _exchange(
        self, url: str, addresses: Sequence[str], payload: bytes, headers: dict[str, str], written: Callable[[], None]
    ) -> tuple[int, str]:
        """The status and the beginning of the body, from the first address that can be reached."""
        await self._prepared()
        import httpx2  # noqa: PLC0415

        *others, last = addresses
        for address in others:
            with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return await self._exchange_at(
                    url, address, payload, headers, TIMEOUT_SECONDS / len(addresses), written
                )
        return await self._exchange_at(url, last, payload, headers, TIMEOUT_SECONDS, written)

    async def _exchange_at(  # noqa: PLR0913, PLR0917 - an exchange has as many parts
        self,
        url: str,
        address: str,
        payload: bytes,
        headers: dict[str, str],
        seconds: float,
        written: Callable[[], None],
    ) -> tuple[int, str]:
        """The status, and the beginning of the body, which may be endless; empty where it is compressed.

        The connection is one to the address that was checked: a name that is resolved twice may be another machine.
        """
        import httpx2  # noqa: PLC0415

        client, named = await self._prepared(), httpx2.URL(url)
        headers = {**headers, "Host": named.netloc.decode("ascii")}

        async def trace(happened: str, _: object) -> None:
            if happened == WRITTEN:
                written()

        async with client.stream(
            "POST",
            named.copy_with(host=address),
            content=payload,
            headers=headers,
            timeout=httpx2.Timeout(None, connect=seconds),
            extensions={"sni_hostname": named.raw_host.decode("ascii"), "trace": trace},
        ) as response:
            body = b""
            if response.headers.get("content-encoding", "identity") != "identity":
                return response.status_code, ""  # a few bytes may hold gigabytes
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) >= BODY_KEPT:
                    break
            return response.status_code, body[:BODY_KEPT].decode(errors="replace")

    async def close(self) -> None:
        """Close the HTTP client."""
        if self._client is not None:
            await self._client.aclose()


def _client() -> AsyncClient:
    """A client without redirects, proxies and keep-alive: receivers start and stop with tests."""
    import httpx2  # noqa: PLC0415

    limits = httpx2.Limits(max_keepalive_connections=0)
    return httpx2.AsyncClient(trust_env=False, follow_redirects=False, limits=limits, timeout=None)


def _known(host: str) -> list[str] | None:
    """The addresses of a host that is one, in any way to write it, or this machine; None for any other name."""
    if host == "localhost" or host.endswith(".localhost"):
        return LOOPBACK
    with suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    with suppress(OSError):
        return [socket.inet_ntoa(socket.inet_aton(host))]  # such as 2130706433 and 0x7f.1
    return None


async def _resolve(host: str, port: int) -> list[str]:
    """The addresses of a name. Raises OSError if it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
