"""A server that starts and stops at once: uvicorn's protocol around a life cycle of our own.

uvicorn's main loop wakes on timers, which a frozen clock never fires, and its shutdown sleeps. Here an event ends the
server, and nothing waits for time to pass.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal

import uvicorn

from emulator.app import Emulator
from emulator.settings import Settings

SHUTDOWN_SECONDS = 5.0


class CannotListen(OSError):
    """The address cannot be had: the port is taken, or the host is not this machine's."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Port 0 picks a free one. Raises CannotListen.

    The protocol is named: asyncio sets TCP_NODELAY on TCP sockets only, and without it each call takes 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        why = f"cannot listen on {host} port {port}: {error.strerror or error}"
        raise CannotListen(
            error.errno, f"{why}. Free it, or choose another with --port (0 picks a free one)."
        ) from None
    return listener


def url_of(listener: socket.socket) -> str:
    """Where clients reach a listener; a wildcard address is shown as loopback."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def config_of(emulator: Emulator) -> uvicorn.Config:
    """uvicorn as a bare HTTP protocol: no log, no lifespan, no headers of its own."""
    return uvicorn.Config(
        emulator,
        http=_protocol(),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=False,
        proxy_headers=False,
    )


def _protocol() -> type[asyncio.Protocol] | Literal["h11"]:
    """Our extension of uvicorn's faster protocol; where its parser is not installed, uvicorn's other one as it is."""
    try:
        from emulator.protocol import WholeResponseProtocol  # noqa: PLC0415
    except ImportError:
        return "h11"
    return WholeResponseProtocol


async def serve(config: uvicorn.Config, listener: socket.socket, started: Callable[[asyncio.Event], None]) -> None:
    """Serves until the event that `started` is given is set; then drops every connection and returns."""
    server, stop = uvicorn.Server(config), asyncio.Event()
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    started(stop)
    try:
        await stop.wait()
    finally:
        _close(server)


def _close(server: uvicorn.Server) -> None:
    for listening in server.servers:
        listening.close()
    for connection in list(server.server_state.connections):
        connection.transport.close()
    for task in server.server_state.tasks:
        task.cancel()


class Server:
    """A server in a thread, for tests and for embedding. A context manager; `url` is set while it runs."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self.emulator = Emulator(self.settings)
        self.url = ""
        self._stop: Callable[[], object] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Server:
        """Returns when requests are answered. Raises CannotListen."""
        listener = bind(self.settings.host, self.settings.port)
        running = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listener, running), name="stripe-emulator", daemon=True)
        self._thread.start()
        running.wait()
        self.url = url_of(listener)
        return self

    def _run(self, listener: socket.socket, running: threading.Event) -> None:
        def started(stop: asyncio.Event) -> None:
            loop = asyncio.get_running_loop()
            self._stop = lambda: loop.call_soon_threadsafe(stop.set)
            running.set()

        config = config_of(self.emulator)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(serve(config, listener, started))

    def stop(self) -> None:
        """Ends the server and its thread; a second call does nothing."""
        if self._stop is not None and self._thread is not None:
            self._stop()
            self._thread.join(SHUTDOWN_SECONDS)
        self._stop = self._thread = None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
