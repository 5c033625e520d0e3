"""Send one delivery: headers, signature, response."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulator.sandbox.clock import wall
from emulator.store.destinations import Receiver
from emulator.store.webhooks import Attempt
from emulator.webhooks.signature import signature

if TYPE_CHECKING:
    from httpx2 import AsyncClient

TIMEOUT_SECONDS = 10.0  # our choice: Stripe publishes no number
BODY_KEPT = 2048
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

    async def send(self, endpoint: Receiver, payload: bytes, now: int, *, livemode: bool) -> Attempt:
        """Send a payload once. `now` is the sandbox's time; the signature uses the machine's, which receivers check.

        Raises nothing but CancelledError.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        headers = {**HEADERS, "Stripe-Signature": signature(payload, endpoint.secret, wall(), livemode=livemode)}
        status, body, error = await self._response(endpoint.url, payload, headers)
        return Attempt(now, status, error, round((loop.time() - started) * 1000), body)

    async def _response(self, url: str, payload: bytes, headers: dict[str, str]) -> tuple[int | None, str, str | None]:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                if not self._public and await _is_public(url):
                    return None, "", "The address is public; start the emulator with --public-webhooks to send there."
                status, body = await self._exchange(url, payload, headers)
        except TimeoutError:
            return None, "", f"No response within {TIMEOUT_SECONDS:.0f} seconds."
        except Exception as error:  # noqa: BLE001 - any failure of a receiver becomes the error of the attempt
            return None, "", f"No response: {str(error) or type(error).__name__}"
        return status, body, None if 200 <= status < 300 else f"Status {status}."

    async def _exchange(self, url: str, payload: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """The status and the beginning of the body, which may be endless."""
        client = await self._prepared()
        async with client.stream("POST", url, content=payload, headers=headers) as response:
            body = b""
            async for chunk in response.aiter_bytes():
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


async def _is_public(url: str) -> bool:
    """Whether a host has a public address. Raises OSError if it has no address."""
    parts = urlsplit(url)
    found = await asyncio.get_running_loop().getaddrinfo(parts.hostname or "", parts.port or 80)
    return any(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)
