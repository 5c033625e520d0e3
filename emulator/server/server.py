"""A server that starts and stops at once: uvicorn's protocol with a life cycle of its own.

uvicorn's main loop wakes on timers, which a frozen clock never fires, and its shutdown sleeps. Here an event ends the
server, and nothing waits for time to pass.
"""

from __future__ import annotations

import asyncio
import math
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import uvicorn
from uvicorn.server import ServerState

from emulator.app import Emulator
from emulator.server import listeners
from emulator.server.listeners import CannotListen, bind, url_of
from emulator.settings import BadSetting, Settings

if TYPE_CHECKING:
    from emulator.server.protocol import WholeResponseProtocol
    from emulator.server.protocol_h11 import BoundedProtocol
    from emulator.server.tls import Tls

__all__ = ["CannotListen", "Server", "bind", "config_of", "opened", "serve", "url_of"]

SHUTDOWN_SECONDS = 5.0
# nginx's default: after uvicorn's five seconds, a client's pool may use a connection just when it is closed.
KEEP_ALIVE_SECONDS = 75
TICKS = 10  # during the time that a slow client has
Result = TypeVar("Result")


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
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        limit_concurrency=emulator.settings.max_connections,
    )


def _protocol() -> type[asyncio.Protocol]:
    """The extension of uvicorn's faster protocol, or of its other one where the parser of that one is missing."""
    try:
        from emulator.server.protocol import WholeResponseProtocol  # noqa: PLC0415
    except ImportError:
        from emulator.server.protocol_h11 import BoundedProtocol  # noqa: PLC0415

        return BoundedProtocol
    return WholeResponseProtocol


async def serve(
    config: uvicorn.Config,
    sockets: Sequence[socket.socket],
    started: Callable[[asyncio.Event], None],
    tls: Tls | None = None,
) -> None:
    """Serve until the event that `started` receives is set; then close every connection and return."""
    stop, files, state = asyncio.Event(), listeners.files(sockets), ServerState()
    emulator = cast("Emulator", config.app)
    config.load()
    seconds = emulator.settings.request_timeout
    servers = [await _listen(config, state, listener, tls, seconds) for listener in sockets]
    tasks = [asyncio.create_task(_tick(state, seconds)), asyncio.create_task(emulator.deliver())]
    try:
        started(stop)
        await stop.wait()
    finally:
        for server in servers:
            server.close()
        for task in (*tasks, *state.tasks):
            task.cancel()
        _disconnect(state)
        listeners.remove(files)


async def _listen(
    config: uvicorn.Config, state: ServerState, listener: socket.socket, tls: Tls | None, seconds: int
) -> asyncio.Server:
    """Accept connections of a listener. A TLS handshake has the time of a request."""
    timeouts: dict[str, Any] = {"ssl_handshake_timeout": seconds, "ssl_shutdown_timeout": seconds} if tls else {}
    return await asyncio.get_running_loop().create_server(
        lambda: config.http_protocol_class(config=config, server_state=state, app_state={}),  # type: ignore[call-arg]
        sock=listener,
        ssl=tls.context if tls else None,
        backlog=listeners.BACKLOG,
        **timeouts,
    )


async def _tick(state: ServerState, seconds: int) -> None:
    """Disconnect slow and idle clients. Under a frozen clock this may never wake: then they stay connected."""
    pause = seconds / TICKS
    most_idle = math.ceil(KEEP_ALIVE_SECONDS / pause)
    while True:
        await asyncio.sleep(pause)
        for connection in list(state.connections):
            cast("WholeResponseProtocol | BoundedProtocol", connection).tick(TICKS, most_idle)


def opened(settings: Settings) -> tuple[list[socket.socket], Tls | None]:
    """The sockets and the TLS of a server. Raises CannotListen and BadSetting, and then leaves nothing open."""
    sockets = listeners.listen(settings)
    if not (settings.tls or settings.tls_cert):
        return sockets, None
    from emulator.server.tls import tls_of  # noqa: PLC0415 - and cryptography

    try:
        return sockets, tls_of(settings)
    except BadSetting:
        listeners.close(sockets)
        raise


def _disconnect(state: ServerState) -> None:
    for connection in list(state.connections):
        transport = connection.transport
        # Over TLS, close() waits for the client's close_notify, and the loop ends before: the socket would stay open.
        end = transport.close if transport.get_extra_info("sslcontext") is None else transport.abort
        end()


class Server:
    """A server in a thread, for tests and for embedding. A context manager; `url` is set while it runs.

    `ca_file` is the certificate that clients must trust if it speaks https.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self.emulator = Emulator(self.settings)
        self.url = ""
        self.ca_file = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._tls: Tls | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Server:
        """Start the thread, and return when it accepts requests. Raises CannotListen and BadSetting."""
        sockets, tls = opened(self.settings)
        self._tls = tls
        if tls is not None:
            self.ca_file = tls.ca_file
            self.emulator.trust(tls.ca)
        self.url = url_of(sockets[0], "https" if tls else "http")
        running = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(sockets, running), name="stripe-emulator", daemon=True)
        self._thread.start()
        running.wait()
        return self

    def _run(self, sockets: Sequence[socket.socket], running: threading.Event) -> None:
        def started(stop: asyncio.Event) -> None:
            self._loop, self._stop = asyncio.get_running_loop(), stop
            running.set()

        config = config_of(self.emulator)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(serve(config, sockets, started, self._tls))

    def submit(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Run a coroutine in the server's event loop. Raises RuntimeError if it does not run."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the emulator is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        """End the server and its thread; a second call does nothing."""
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(SHUTDOWN_SECONDS)
        if self._tls is not None:
            self._tls.remove_files()
        self._loop = self._stop = self._thread = self._tls = None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
