"""Send one delivery: headers, signature, response."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
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
                addresses = await _resolve(url)
                refused = "" if self._public else next(filter(None, map(beyond, addresses)), "")
                if refused:
                    hint = "start the emulator with --public-webhooks to send there."
                    return None, "", f"The address is {refused}; {hint}"
                status, body = await self._exchange(url, addresses, payload, headers)
        except TimeoutError:
            return None, "", f"No response within {TIMEOUT_SECONDS:.0f} seconds."
        except Exception as error:  # noqa: BLE001 - any failure of a receiver becomes the error of the attempt
            return None, "", f"No response: {str(error) or type(error).__name__}"
        return status, body, None if 200 <= status < 300 else f"Status {status}."

    async def _exchange(
        self, url: str, addresses: Sequence[str], payload: bytes, headers: dict[str, str]
    ) -> tuple[int, str]:
        """The status and the beginning of the body, from the first address that can be reached."""
        await self._prepared()
        import httpx2  # noqa: PLC0415

        *others, last = addresses
        for address in others:
            with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return await self._exchange_at(url, address, payload, headers, TIMEOUT_SECONDS / len(addresses))
        return await self._exchange_at(url, last, payload, headers, TIMEOUT_SECONDS)

    async def _exchange_at(
        self, url: str, address: str, payload: bytes, headers: dict[str, str], seconds: float
    ) -> tuple[int, str]:
        """The status, and the beginning of the body, which may be endless.

        The connection is one to the address that was checked: a name that is resolved twice may be another machine.
        """
        import httpx2  # noqa: PLC0415

        client, named = await self._prepared(), httpx2.URL(url)
        headers = {**headers, "Host": named.netloc.decode("ascii")}
        async with client.stream(
            "POST",
            named.copy_with(host=address),
            content=payload,
            headers=headers,
            timeout=httpx2.Timeout(None, connect=seconds),
            extensions={"sni_hostname": named.raw_host.decode("ascii")},
        ) as response:
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


async def _resolve(url: str) -> list[str]:
    """The addresses of a host. Raises OSError if it has none."""
    parts = urlsplit(url)
    found = await asyncio.get_running_loop().getaddrinfo(
        parts.hostname or "", parts.port or 80, type=socket.SOCK_STREAM
    )
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
